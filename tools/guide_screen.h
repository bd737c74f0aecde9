/* guide_screen — the terminal that a guided routine is shown on: taken over, drawn, and given back as it was. */
#ifndef PLUMBLINE_GUIDE_SCREEN_H
#define PLUMBLINE_GUIDE_SCREEN_H

#include "guide.h"

/* Takes the terminal on standard input and output: keys one by one, the other screen, no cursor. False when there is none. */
bool guide_screen_open(void);
/* As it was before; may be called at any time, also twice. */
void guide_screen_close(void);
/* Waits for a key, at most WAIT_MS: the key, 0 when none came, −1 when it is to end: a signal, or the terminal is gone. */
int guide_screen_key(int wait_ms);
/* The signal that is to end it, 0 when none came. */
int guide_screen_signal(void);
/* Whether the program was stopped and goes on (Ctrl-Z, fg) since the last call. */
bool guide_screen_resumed(void);
void guide_screen_draw(const struct guide *g, bool bell);

#endif
