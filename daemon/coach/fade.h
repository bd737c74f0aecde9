/* fade — feedback that works is given less: after each week in which at least 60 % of the slouch prompts were followed
 * by a recovery within 60 s, the delay before the next ones grows by half, up to 15 min. That fading keeps
 * the effect is unverified (six people, Jadro 2020, not traced to a paper); the numbers are ours.
 */
#ifndef PLUMBLINE_COACH_FADE_H
#define PLUMBLINE_COACH_FADE_H

#include "state.h"

/* A prompt has ended; RECOVERY_S is negative when the posture did not recover. */
void fade_count(struct fade *f, double recovery_s);
/* Call whenever the local week may have changed. */
void fade_turn_to(struct fade *f, int64_t week, const struct coach_config *config);
/* Delay before a slouch prompt. */
int fade_delay_s(const struct fade *f, const struct coach_config *config);
/* Length of one training window: 10 min, 2 more each week, up to 20. */
int fade_training_min(const struct fade *f);

#endif
