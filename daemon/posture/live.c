/* Invariants: p sums to 1; walking_ended_ns is never later than the last epoch's end. */
#include "live.h"

#include <math.h>
#include <string.h>

static const float sure = 0.95f, likely = 0.8f, upper_back_most = 0.8f;
static const int64_t risen_ns = SECONDS_NS(60); /* standing is sure only some epochs after the rise: 55 s, simulated */

void live_init(struct live *l)
{
    memset(l, 0, sizeof *l);
    for (int i = 0; i < ACTIVITY_CLASSES; i++) l->p[i] = 1.0f / ACTIVITY_CLASSES;
    l->changed_ns = l->stirred_ns = INT64_MIN / 2;
    l->walking_ended_ns = EVENT_OPEN;
    sitting_init(&l->sitting);
}

static enum posture shown(const float p[ACTIVITY_CLASSES], bool has_reference, bool off)
{
    if (off) return POSTURE_NOT_WORN;
    enum activity_class best = activity_best(p);
    if (best == ACTIVITY_WALK) return POSTURE_WALKING;
    if (!has_reference) return POSTURE_UNSURE;
    if (best == ACTIVITY_LIE) return POSTURE_LYING;
    if (p[ACTIVITY_SIT] >= sure) return POSTURE_SITTING;
    return p[ACTIVITY_SIT] <= 1 - sure ? POSTURE_STANDING : POSTURE_UNSURE;
}

/* For runs less certainty will do: a prompt is not a verdict, and a run survives what is unsure. */
static enum posture presumed(const float p[ACTIVITY_CLASSES], enum posture posture)
{
    if (posture != POSTURE_UNSURE) return posture;
    if (p[ACTIVITY_SIT] >= likely) return POSTURE_SITTING;
    return p[ACTIVITY_STAND] + p[ACTIVITY_WALK] >= likely ? POSTURE_STANDING : POSTURE_UNSURE;
}

void live_step(struct live *l, const struct activity *a, bool off, int64_t start_ns, int64_t end_ns)
{
    activity_live(a, l->p);
    l->posture = shown(l->p, a->has_reference, off);
    enum posture p = a->has_reference || off ? presumed(l->p, l->posture) : l->posture;
    sitting_step(&l->sitting, p, start_ns, (float)(end_ns - start_ns) * 1e-9f, NULL);
    if (off) sitting_end(&l->sitting, start_ns, BOUT_TAKEN_OFF, NULL);
    if (p == POSTURE_WALKING) l->walking_ended_ns = l->changed_ns = end_ns;
    if (p == POSTURE_WALKING) l->risen = false;
    if ((p == POSTURE_SITTING || p == POSTURE_STANDING) && p != l->steady) {
        l->risen = p == POSTURE_STANDING && l->steady == POSTURE_SITTING && end_ns - l->stirred_ns <= risen_ns;
        l->steady = p;
        l->changed_ns = start_ns;
    }
}

void live_lost(struct live *l, int64_t end_ns)
{
    int64_t walked = l->walking_ended_ns;
    sitting_end(&l->sitting, end_ns, BOUT_LOST, NULL);
    live_init(l);
    l->walking_ended_ns = walked;
}

float live_confidence(const struct live *l, enum placement placement)
{
    float p = l->p[activity_best(l->p)];
    if (l->posture == POSTURE_NOT_WORN) return 1;
    if (l->posture == POSTURE_UNSURE) p = fmaxf(l->p[ACTIVITY_SIT], 1 - l->p[ACTIVITY_SIT]);
    return placement == PLACEMENT_UPPER_BACK ? fminf(p, upper_back_most) : p;
}
