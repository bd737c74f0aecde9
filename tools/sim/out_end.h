/* out_end — the ends that a reader opens: a pseudo-terminal, and a listening Unix socket. Used by out.c only. */
#ifndef PLUMBLINE_SIM_OUT_END_H
#define PLUMBLINE_SIM_OUT_END_H

#include "out.h"

/* Makes O's pty in raw mode, prints its path on standard output and points the link at it; or listens at O's path. 0 or
 * a negative errno, said aloud. */
int out_end_pty(struct out *o);
int out_end_listen(struct out *o);

/* Sets O's reader once somebody has opened the end; looks for WAIT_MS at most. */
void out_end_find_reader(struct out *o, int wait_ms);

/* Waits until the reader took everything, as long as it goes on taking. A pty that is closed before loses the rest. */
void out_end_drain(struct out *o);

/* Closes O's descriptors and removes link and socket. */
void out_end_remove(struct out *o);

#endif
