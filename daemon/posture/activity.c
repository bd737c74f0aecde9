/* Invariants:
 *   every posterior sums to 1; every evidence has 1 as its largest entry, so that no product underflows;
 *   slots are a ring, the newest at next − 1; a slot's factors lead into it, its steps >= 1.
 */
#include "activity.h"

#include "activity_evidence.h"

#include <math.h>
#include <string.h>

static const float factor_none = 0.5f, factor_some = 4.48f, factor_much = 54.6f; /* exp(−.7, 1.5, 4) */
static const float factor_seen = 54.6f; /* a movement that was seen */
static const float start[ACTIVITY_CLASSES] = {.3f, .3f, .3f, .1f};

void activity_init(struct activity *a)
{
    memset(a, 0, sizeof *a);
    a->tilt_before_deg = NAN;
}

void activity_restart(struct activity *a)
{
    a->n = a->next = a->skipped = a->walking_run = 0;
    a->walking = a->moved = false;
    a->seen = CHANGE_UNSEEN;
    a->tilt_before_deg = NAN;
    activity_sway_clear(&a->sway);
}

void activity_forget_threshold(struct activity *a) { activity_threshold_init(&a->threshold); }

void activity_gap(struct activity *a, unsigned epochs)
{
    a->skipped = a->skipped + epochs < ACTIVITY_SKIP_MOST ? a->skipped + epochs : ACTIVITY_SKIP_MOST;
    a->tilt_before_deg = NAN;
    a->seen = CHANGE_UNSEEN;
    a->walking_run = 0;
    a->moved = false;
    activity_sway_clear(&a->sway);
}

void activity_tell(struct activity *a, enum told told) { a->told = told; }

/* ---- transitions ---- */

static const float stay_epochs[2][ACTIVITY_CLASSES] = {
    [PLACEMENT_UPPER_BACK] = {100, 12, 8, 60},
    [PLACEMENT_LOWER_BACK] = {300, 12, 8, 60},
};
static const float leave_to[ACTIVITY_CLASSES][ACTIVITY_CLASSES] = {
    [ACTIVITY_SIT] = {0, .35f, .60f, .05f},
    [ACTIVITY_STAND] = {.30f, 0, .65f, .05f},
    [ACTIVITY_WALK] = {.35f, .60f, 0, .05f},
    [ACTIVITY_LIE] = {.4f, .2f, .4f, 0},
};

static float transition(enum placement placement, const struct activity_slot *into, int from, int to)
{
    float leave = 1 / stay_epochs[placement][from];
    if (from == to) return 1 - leave;
    float p = leave * leave_to[from][to];
    if (from == ACTIVITY_SIT && to == ACTIVITY_STAND) p *= into->rise;
    if (from == ACTIVITY_STAND && to == ACTIVITY_SIT) p *= into->sit_down;
    return p;
}

static void normalise(float p[ACTIVITY_CLASSES])
{
    float sum = 0;
    for (int i = 0; i < ACTIVITY_CLASSES; i++) sum += p[i];
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] = sum > 0 ? p[i] / sum : start[i];
}

static void forward_once(enum placement placement, const struct activity_slot *into, float p[ACTIVITY_CLASSES])
{
    float next[ACTIVITY_CLASSES] = {0};
    for (int i = 0; i < ACTIVITY_CLASSES; i++)
        for (int j = 0; j < ACTIVITY_CLASSES; j++) next[j] += p[i] * transition(placement, into, i, j);
    memcpy(p, next, sizeof next);
}

static void backward_once(enum placement placement, const struct activity_slot *into, float b[ACTIVITY_CLASSES])
{
    float before[ACTIVITY_CLASSES] = {0};
    for (int i = 0; i < ACTIVITY_CLASSES; i++)
        for (int j = 0; j < ACTIVITY_CLASSES; j++) before[i] += transition(placement, into, i, j) * b[j];
    memcpy(b, before, sizeof before);
}

/* ---- the filter ---- */

/* A jump away from upright looks like sitting down, one toward it like rising. */
static void jump_factors(struct activity_slot *s, float before_deg, float now_deg)
{
    s->rise = s->sit_down = factor_none;
    float jump = now_deg - before_deg;
    if (!(fabsf(jump) >= 4)) return;
    float factor = fabsf(jump) > 15 ? factor_much : factor_some;
    *(jump > 0 ? &s->sit_down : &s->rise) = factor;
}

/* Sway is that of still epochs since the last walk. */
static void watch_sway(struct activity *a, struct look *look, const struct features *f, bool moves)
{
    if (a->walking_run >= 2) activity_sway_clear(&a->sway);
    if (look->have_tilt && !moves) activity_sway_add(&a->sway, &f->sway, look->up);
    look->sway_bin = moves ? -1 : activity_sway_bin(&a->sway, &look->tables->sway);
}

/* It speaks as loud as the largest jump. */
static void seen_factors(struct activity_slot *s, enum change seen)
{
    if (seen == CHANGE_RISE) s->rise = factor_seen;
    if (seen == CHANGE_SIT_DOWN) s->sit_down = factor_seen;
}

/* From the posterior before it, P, to that of slot S. */
static void filter_slot(enum placement placement, struct activity_slot *s, const float before[ACTIVITY_CLASSES])
{
    float p[ACTIVITY_CLASSES];
    memcpy(p, before, sizeof p);
    for (unsigned i = 0; i < s->steps; i++) forward_once(placement, s, p);
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] *= s->evidence[i];
    normalise(p);
    memcpy(s->forward, p, sizeof p);
}

void activity_see(struct activity *a, enum placement placement, enum change change, bool past)
{
    if (!past) a->seen = change;
    if (!past || a->n == 0) return;
    struct activity_slot *newest = &a->slot[(a->next + ACTIVITY_SLOTS - 1) % ACTIVITY_SLOTS];
    const struct activity_slot *before = &a->slot[(a->next + ACTIVITY_SLOTS - 2) % ACTIVITY_SLOTS];
    seen_factors(newest, change);
    filter_slot(placement, newest, a->n > 1 ? before->forward : start);
}

void activity_step(struct activity *a, const struct tracker_config *config, const struct calibration *c,
                   const struct features *f)
{
    struct look look;
    float x[ACTIVITY_CLASSES], before[ACTIVITY_CLASSES];
    activity_evidence_look(&look, config, c, f);
    bool tells = look.have_tilt && !look.from_seat && !look.lying && !look.moves;
    if (config->placement == PLACEMENT_LOWER_BACK && tells) activity_threshold_learn(&a->threshold, look.tilt_deg);
    bool moved = look.movement_g > look.tables->walking_g;
    look.goes_on = moved && a->moved;
    watch_sway(a, &look, f, moved);
    activity_evidence_weigh(&look, a->threshold.shift_deg, a->told, config, c, x);
    a->told = TOLD_NOTHING;

    activity_live(a, before);
    struct activity_slot *s = &a->slot[a->next];
    float tilt_deg = look.have_tilt && !look.from_seat ? look.tilt_deg : NAN;
    jump_factors(s, a->tilt_before_deg, tilt_deg);
    seen_factors(s, a->seen);
    s->steps = 1 + a->skipped;
    a->skipped = 0;
    a->seen = CHANGE_UNSEEN;
    float most = fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3]));
    for (int i = 0; i < ACTIVITY_CLASSES; i++) s->evidence[i] = expf(x[i] - most);
    filter_slot(config->placement, s, before);

    a->next = (a->next + 1) % ACTIVITY_SLOTS;
    if (a->n < ACTIVITY_SLOTS) a->n++;
    a->tilt_before_deg = tilt_deg;
    a->has_reference = look.have_tilt;
    a->moved = moved;
    a->walking = look.moves && look.movement_g > look.tables->walking_g;
    a->walking_run = a->walking ? a->walking_run + 1 : 0;
}

void activity_live(const struct activity *a, float p[ACTIVITY_CLASSES])
{
    const struct activity_slot *newest = &a->slot[(a->next + ACTIVITY_SLOTS - 1) % ACTIVITY_SLOTS];
    memcpy(p, a->n ? newest->forward : start, ACTIVITY_CLASSES * sizeof *p);
}

void activity_settled(const struct activity *a, enum placement placement, unsigned age, float p[ACTIVITY_CLASSES])
{
    float back[ACTIVITY_CLASSES] = {1, 1, 1, 1};
    for (unsigned i = 0; i < age; i++) {
        const struct activity_slot *s = &a->slot[(a->next + 2 * ACTIVITY_SLOTS - 1 - i) % ACTIVITY_SLOTS];
        for (int k = 0; k < ACTIVITY_CLASSES; k++) back[k] *= s->evidence[k];
        for (unsigned k = 0; k < s->steps; k++) backward_once(placement, s, back);
        normalise(back);
    }
    const struct activity_slot *then = &a->slot[(a->next + 2 * ACTIVITY_SLOTS - 1 - age) % ACTIVITY_SLOTS];
    for (int i = 0; i < ACTIVITY_CLASSES; i++) p[i] = then->forward[i] * back[i];
    normalise(p);
}

enum activity_class activity_best(const float p[ACTIVITY_CLASSES])
{
    int best = 0;
    for (int i = 1; i < ACTIVITY_CLASSES; i++)
        if (p[i] > p[best]) best = i;
    return (enum activity_class)best;
}
