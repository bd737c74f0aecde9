/* tick — ten times a second: angles, the slouch zone, bends and shifts, creep, a running capture; summed into the
 * epoch. */
#ifndef POSTURE_TICK_H
#define POSTURE_TICK_H

#include "tracker.h"

/* The time from the last tick until NOW_NS passed with what the tracker has in attitude and force. */
void tick(struct tracker *t, int64_t now_ns, struct tracker_out *out);

#endif
