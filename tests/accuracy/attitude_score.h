/* attitude_score — a trial through the attitude filter, cold from its first record on, and how far off "up" was.
 *
 * Errors are angles in degrees between the filter's up and the reference's, both in the sensor frame. Live is judged at
 * every moment, settled at the moment that it is about, some ten times a second.
 */
#ifndef ATTITUDE_SCORE_H
#define ATTITUDE_SCORE_H

#include "attitude_trial.h"

struct offs {
    size_t room;
    float *live_deg, *settled_deg; /* a moment; NAN where there is no reference or, settled, no answer. Owned. */
    uint32_t faults;               /* samples that the filter refused */
};

enum guard { GUARD_ON, GUARD_HELD /* the filter's guard never takes a lasting disagreement for a lost vertical */ };

/* O is zero, or of an earlier call. Where the filter has no live answer it is off by 90°. */
void attitude_score_run(const struct trial *t, enum guard guard, struct offs *o);
void attitude_score_free(struct offs *o);

/* Root mean square over the scored moments; NAN without any. */
double attitude_score_live(const struct trial *t, const struct offs *o);
double attitude_score_settled(const struct trial *t, const struct offs *o);

/* Settled answers a second of the scored time. */
double attitude_score_settled_hz(const struct trial *t, const struct offs *o);

/* The same as live, over all moments from FROM to before TO that have a reference: breaks in the movement too. */
double attitude_score_window(const struct trial *t, const struct offs *o, size_t from, size_t to);

#endif
