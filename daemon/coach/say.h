/* say — puts an advice into words. */
#ifndef PLUMBLINE_COACH_SAY_H
#define PLUMBLINE_COACH_SAY_H

#include "state.h"

/* Title and body of A for its topic, from what the coach knows now. */
void say_fill(const struct coach *c, struct advice *a);
/* The same whether or not the screen is shared. */
void say_plain(const struct coach *c, struct advice *a);
/* The same with the details that were asked for in place of the body. */
void say_details(const struct coach *c, struct advice *a);

#endif
