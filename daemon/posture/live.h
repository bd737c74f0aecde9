/* live — the present posture without lag, from each epoch's posterior: what is shown, and the runs that prompts go
 * by. Pure. */
#ifndef POSTURE_LIVE_H
#define POSTURE_LIVE_H

#include "tracker.h"

void live_init(struct live *l);
/* After an epoch from START_NS to END_NS. */
void live_step(struct live *l, const struct activity *a, bool off, int64_t start_ns, int64_t end_ns);
/* The wearer was lost from view at END_NS. */
void live_lost(struct live *l, int64_t end_ns);
/* Confidence in the posture shown, at most .8 on the upper back: there being sure does not make it right. */
float live_confidence(const struct live *l, enum placement placement);

#endif
