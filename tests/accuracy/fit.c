/* Invariant: every histogram has an entry for whatever is put in: what lies outside goes to the bins at the ends. */
#include "fit.h"

#include "fit_sway.h"

#include "daemon/posture/activity.h"
#include "daemon/posture/gait.h"
#include "daemon/posture/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REGULAR_STEPS = 3, LOWER_TILTS = 20, LOWER_ROLLS = 3, UPPER_TILTS = 36 };
static const float lower_from_deg = -30, lower_step_deg = 6, upper_step_deg = 2.5f;
static const float lower_motion[2] = {-4.0f, -0.72f}, upper_motion[2] = {-2.26f, -0.36f}; /* log10 g */
static const float lower_sigma = 1.5f, upper_sigma = 1.2f, motion_sigma = 1, floor_share = 0.02f, still_share = 0.5f;

/* ---- what each person gives ---- */

/* Sums as the tracker makes them. */
static void sum_epoch(const struct person *p, size_t at, struct sway *sway, struct gait *gait, struct features *f)
{
    uint32_t before = gait->regular;
    size_t per_epoch = p->n_samples / p->n_epochs;
    features_clear(f);
    for (size_t k = at * per_epoch; k < (at + 1) * per_epoch; k++) {
        struct sample s;
        people_sample(p, k, NS_PER_S, &s);
        features_add_force(f, s.accel_mps2, 1);
        sway_add(sway, &f->sway, s.accel_mps2, 1 / p->rate_hz);
        gait_push(gait, vec_norm(s.accel_mps2), 1 / p->rate_hz, s.t_ns);
    }
    f->regular_steps = gait->regular - before;
}

static size_t together(const struct people *p, const struct person *one)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) n += people_together(&p->person[i], one);
    return n;
}

void fit_init(struct fit *f, const struct people *p)
{
    *f = (struct fit){.n = p->n, .of = people_must(calloc(p->n + 1, sizeof *f->of))};
    for (size_t i = 0; i < p->n; i++) {
        const struct person *person = &p->person[i];
        struct sway sway = {0};
        struct gait gait;
        gait_init(&gait);
        struct fit_epoch *epoch = people_must(calloc(person->n_epochs, sizeof *epoch));
        for (size_t k = 0; k < person->n_epochs; k++) {
            struct features features = person->epoch[k].features;
            if (person->kind != PERSON_MEANS) sum_epoch(person, k, &sway, &gait, &features);
            bool lower = person->placement == PLACEMENT_LOWER_BACK;
            epoch[k].truth = person->epoch[k].truth;
            epoch[k].sway = features.sway;
            epoch[k].steps = features.regular_steps >= REGULAR_STEPS;
            epoch[k].movement_g = lower ? features_surplus_g(&features) : features_spread_g(&features);
            if (!features_up(&features, epoch[k].up)) epoch[k].truth = POSTURE_MISSING;
        }
        f->of[i] = (struct fit_person){person, epoch, 1.0f / (float)together(p, person)};
    }
}

void fit_free(struct fit *f)
{
    for (size_t i = 0; i < f->n; i++) free(f->of[i].epoch);
    free(f->of);
    *f = (struct fit){0};
}

/* ---- who takes part ---- */

struct crowd {
    size_t n;
    const struct fit_person **of;
    enum placement placement;
};

static bool complete(const struct fit_person *f)
{
    bool seen[POSTURE_COUNT] = {0};
    for (size_t k = 0; k < f->person->n_epochs; k++) seen[f->epoch[k].truth] = true;
    return seen[POSTURE_SITTING] && seen[POSTURE_STANDING] && seen[POSTURE_WALKING];
}

static void gather(struct crowd *c, const struct fit *f, enum placement placement, const struct person *without)
{
    *c = (struct crowd){.of = people_must(calloc(f->n + 1, sizeof *c->of)), .placement = placement};
    for (size_t i = 0; i < f->n; i++) {
        const struct person *p = f->of[i].person;
        if (p->placement != placement || (without && people_together(p, without)) || !complete(&f->of[i])) continue;
        c->of[c->n++] = &f->of[i];
    }
}

/* ---- walking ---- */

/* The border of movement that tells walking from the rest with the fewest errors, each person's epochs weighing alike. */
static float walking_border(const struct crowd *c)
{
    float best = 0, best_wrong = INFINITY;
    for (float at = -4; at < 0; at += 0.02f) {
        float border = powf(10, at), wrong = 0;
        for (size_t i = 0; i < c->n; i++) {
            float walking = 0, missed = 0, rest = 0, taken = 0;
            for (size_t k = 0; k < c->of[i]->person->n_epochs; k++) {
                const struct fit_epoch *e = &c->of[i]->epoch[k];
                if (e->truth == POSTURE_MISSING) continue;
                bool walks = e->truth == POSTURE_WALKING, moves = e->movement_g > border;
                *(walks ? &walking : &rest) += 1;
                if (walks != moves) *(walks ? &missed : &taken) += 1;
            }
            wrong += c->of[i]->weight * (missed / walking + taken / rest);
        }
        if (wrong < best_wrong) {
            best_wrong = wrong;
            best = border;
        }
    }
    return best;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Median direction of what moves like walking; false when nothing does. */
static bool walking_direction(const struct fit_person *p, float border, float up[3])
{
    float *of = people_must(calloc(p->person->n_epochs, sizeof *of));
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        n = 0;
        for (size_t k = 0; k < p->person->n_epochs; k++)
            if (p->epoch[k].movement_g > border && p->epoch[k].truth != POSTURE_MISSING) of[n++] = p->epoch[k].up[i];
        qsort(of, n, sizeof *of, by_value);
        up[i] = n > 0 ? of[n / 2] : 0;
    }
    free(of);
    return n > 0 && vec_unit(up);
}

/* ---- histograms ---- */

static int class_of(enum posture truth)
{
    switch (truth) {
    case POSTURE_SITTING: return ACTIVITY_SIT;
    case POSTURE_STANDING: return ACTIVITY_STAND;
    case POSTURE_WALKING: return ACTIVITY_WALK;
    default: return -1;
    }
}

static unsigned bin_of(float x, float from, float step, unsigned bins)
{
    float at = floorf((x - from) / step);
    return at < 0 ? 0 : at >= (float)bins ? bins - 1 : (unsigned)at;
}

static unsigned tilt_entry(const struct fit_person *p, const struct activity_tables *t, const float walk[3],
                           const float up[3])
{
    float tilt = vec_angle_deg(walk, up), roll = 0, forward[3], left[3];
    const float z[3] = {0, 0, 1}; /* lower back: the recordings' own axes */
    if (t->rolls > 1 && p->person->kind == PERSON_MEANS) {
        vec_reject(z, walk, forward);
        vec_unit(forward);
        vec_cross(walk, forward, left);
        tilt = DEG_PER_RAD * atan2f(vec_dot(up, forward), vec_dot(up, walk));
        roll = fabsf(DEG_PER_RAD * asinf(fmaxf(-1, fminf(1, vec_dot(up, left)))));
    }
    unsigned roll_bin = t->rolls == 1 || roll <= 12 ? 0 : roll <= 35 ? 1 : 2;
    return bin_of(tilt, t->tilt_from_deg, t->tilt_step_deg, t->tilt_bins) * t->rolls + roll_bin;
}

/* A label that movement contradicts is the labeller's error: regular steps in what should stand or sit, stillness in what
 * should walk. Means cannot tell. */
static bool mistaken(const struct person *p, const struct fit_epoch *e, float walking_g)
{
    bool still = e->movement_g<still_share * walking_g, walks = e->movement_g> walking_g && e->steps;
    return p->kind != PERSON_MEANS && (e->truth == POSTURE_WALKING ? still : walks);
}

/* The torso recordings hold one sitting and one standing posture each, held still on demand: nobody's day. */
static bool scripted(const struct person *p, enum posture truth)
{
    return p->kind == PERSON_IMU && truth != POSTURE_WALKING;
}

struct histograms {
    float n[TABLE_CLASSES]; /* epochs that were put in */
    float tilt[TABLE_CLASSES][TABLE_TILT_MAX], motion[TABLE_CLASSES][TABLE_MOTION];
};

static void count(struct histograms *h, const struct fit_person *p, const struct activity_tables *t,
                  const float walk[3])
{
    static const struct histograms empty;
    struct histograms own = empty;
    float n[TABLE_CLASSES] = {0};
    float step = (t->motion_to - t->motion_from) / TABLE_MOTION;
    for (size_t k = 0; k < p->person->n_epochs; k++) {
        const struct fit_epoch *e = &p->epoch[k];
        int class = class_of(e->truth);
        if (class < 0 || mistaken(p->person, e, t->walking_g) || scripted(p->person, e->truth)) continue;
        own.tilt[class][tilt_entry(p, t, walk, e->up)]++;
        own.motion[class][bin_of(log10f(e->movement_g + 1e-4f), t->motion_from, step, TABLE_MOTION)]++;
        n[class]++;
    }
    for (int class = 0; class < TABLE_CLASSES; class ++) {
        h->n[class] += n[class];
        for (int i = 0; i < TABLE_TILT_MAX; i++)
            h->tilt[class][i] += p->weight * own.tilt[class][i] / sqrtf(fmaxf(1, n[class]));
        for (int i = 0; i < TABLE_MOTION; i++)
            h->motion[class][i] += p->weight * own.motion[class][i] / sqrtf(fmaxf(1, n[class]));
    }
}

/* Every STRIDE-th entry of N bins, smoothed over bins; what would leave the ends stays at them. */
static void smooth(float *of, unsigned n, unsigned stride, float sigma)
{
    float sum[TABLE_TILT_MAX];
    int reach = (int)ceilf(4 * sigma);
    for (int i = 0; i < (int)n; i++) {
        float weight = 0;
        sum[i] = 0;
        for (int d = -reach; d <= reach; d++) {
            int from = i + d < 0 ? -(i + d) - 1 : i + d >= (int)n ? 2 * (int)n - 1 - (i + d) : i + d;
            float w = expf(-0.5f * (float)(d * d) / (sigma * sigma));
            if (from < 0 || from >= (int)n) continue;
            sum[i] += w * of[(unsigned)from * stride];
            weight += w;
        }
        sum[i] /= weight;
    }
    for (unsigned i = 0; i < n; i++) of[i * stride] = sum[i];
}

static void to_logs(float *of, unsigned n)
{
    float sum = 0;
    for (unsigned i = 0; i < n; i++) sum += of[i];
    for (unsigned i = 0; i < n; i++) of[i] = logf((of[i] / sum + floor_share / (float)n) / (1 + floor_share));
}

/* ---- tables ---- */

static void lay_out(struct activity_tables *t, enum placement placement)
{
    bool lower = placement == PLACEMENT_LOWER_BACK;
    const float *motion = lower ? lower_motion : upper_motion;
    *t = (struct activity_tables){
        .tilt_bins = lower ? LOWER_TILTS : UPPER_TILTS,
        .rolls = lower ? LOWER_ROLLS : 1,
        .tilt_from_deg = lower ? lower_from_deg : 0,
        .tilt_step_deg = lower ? lower_step_deg : upper_step_deg,
        .motion_from = motion[0],
        .motion_to = motion[1],
    };
}

bool fit_tables(const struct fit *f, enum placement placement, const struct person *without,
                struct activity_tables *tables)
{
    struct crowd crowd;
    struct histograms h = {0};
    struct activity_tables t;
    gather(&crowd, f, placement, without);
    lay_out(&t, placement);
    t.walking_g = walking_border(&crowd);
    for (size_t i = 0; i < crowd.n; i++) {
        float walk[3];
        if (walking_direction(crowd.of[i], t.walking_g, walk)) count(&h, crowd.of[i], &t, walk);
    }
    for (int class = 0; class < TABLE_CLASSES; class ++) {
        for (unsigned roll = 0; roll < t.rolls; roll++)
            smooth(h.tilt[class] + roll, t.tilt_bins, t.rolls, t.rolls > 1 ? lower_sigma : upper_sigma);
        smooth(h.motion[class], TABLE_MOTION, 1, motion_sigma);
        to_logs(h.tilt[class], t.tilt_bins * t.rolls);
        to_logs(h.motion[class], TABLE_MOTION);
        memcpy(t.tilt[class], h.tilt[class], sizeof t.tilt[class]);
        memcpy(t.motion[class], h.motion[class], sizeof t.motion[class]);
    }
    for (int class = 0; class < TABLE_CLASSES; class ++)
        for (unsigned i = t.tilt_bins * t.rolls; i < TABLE_TILT_MAX; i++) t.tilt[class][i] = 0;
    fit_sway(&t.sway, crowd.of, crowd.n, placement, t.walking_g);
    bool fine = h.n[ACTIVITY_SIT] > 0 && h.n[ACTIVITY_STAND] > 0 && h.n[ACTIVITY_WALK] > 0;
    if (fine) *tables = t;
    free(crowd.of);
    return fine;
}

/* ---- in use ---- */

/* Stands before the library's own, which knows only what ships. */
static struct activity_tables in_use[2];
const struct activity_tables *activity_tables_of(enum placement placement) { return &in_use[placement]; }

void fit_use(const struct fit *f, const struct person *p)
{
    in_use[PLACEMENT_UPPER_BACK] = activity_tables_upper;
    in_use[PLACEMENT_LOWER_BACK] = activity_tables_lower;
    if (f && !fit_tables(f, p->placement, p, &in_use[p->placement]))
        fprintf(stderr, "%s: nobody is left to fit to: scored with what ships\n", p->name);
}
