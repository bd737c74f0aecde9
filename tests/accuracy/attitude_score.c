/* Invariants: offs has as many places as the trial has moments; every place is written by each run. */
#include "attitude_score.h"

#include "daemon/posture/attitude.h"
#include "daemon/posture/vec.h"

#include <stdlib.h>

static const float no_answer_deg = 90;

static void make_room(struct offs *o, size_t n)
{
    if (n > o->room) {
        o->live_deg = realloc(o->live_deg, n * sizeof *o->live_deg);
        o->settled_deg = realloc(o->settled_deg, n * sizeof *o->settled_deg);
        if (!o->live_deg || !o->settled_deg) abort();
        o->room = n;
    }
    for (size_t k = 0; k < n; k++) o->live_deg[k] = o->settled_deg[k] = NAN;
    o->faults = 0;
}

static bool known(const struct moment *m) { return vec_dot(m->up, m->up) > 0; }

void attitude_score_run(const struct trial *t, enum guard guard, struct offs *o)
{
    struct attitude a;
    size_t then = 0; /* the moment that the settled output is about */
    int64_t then_ns, last_ns = INT64_MIN;
    float up[3];
    make_room(o, t->n);
    attitude_init(&a);
    for (size_t k = 0; k < t->n; k++) {
        const struct moment *m = &t->moment[k];
        if (m->gap_before) attitude_gap(&a);
        attitude_push(&a, &m->s);
        if (guard == GUARD_HELD) a.astray_s = 0;
        if (known(m)) o->live_deg[k] = attitude_up(&a, up) ? vec_angle_deg(up, m->up) : no_answer_deg;
        if (!attitude_settled(&a, up, &then_ns) || then_ns == last_ns) continue;
        last_ns = then_ns;
        while (then + 1 < t->n && t->moment[then + 1].s.t_ns <= then_ns) then++;
        if (known(&t->moment[then])) o->settled_deg[then] = vec_angle_deg(up, t->moment[then].up);
    }
    o->faults = a.faults;
}

void attitude_score_free(struct offs *o)
{
    free(o->live_deg);
    free(o->settled_deg);
    *o = (struct offs){0};
}

struct mean {
    double sum_sq;
    size_t n;
};

static void add(struct mean *m, float off_deg)
{
    if (isnan(off_deg)) return;
    m->sum_sq += (double)off_deg * (double)off_deg;
    m->n++;
}

static double root(const struct mean *m) { return m->n ? sqrt(m->sum_sq / (double)m->n) : NAN; }

static double over_scored(const struct trial *t, const float *off_deg)
{
    struct mean m = {0};
    for (size_t k = 0; k < t->n; k++)
        if (attitude_trial_scored(&t->moment[k])) add(&m, off_deg[k]);
    return root(&m);
}

double attitude_score_live(const struct trial *t, const struct offs *o) { return over_scored(t, o->live_deg); }
double attitude_score_settled(const struct trial *t, const struct offs *o) { return over_scored(t, o->settled_deg); }

double attitude_score_settled_hz(const struct trial *t, const struct offs *o)
{
    double answers = 0, scored = 0;
    for (size_t k = 0; k < t->n; k++) {
        if (!attitude_trial_scored(&t->moment[k])) continue;
        scored++;
        answers += !isnan(o->settled_deg[k]);
    }
    return answers / (scored * (double)t->period_ns * 1e-9);
}

double attitude_score_window(const struct trial *t, const struct offs *o, size_t from, size_t to)
{
    struct mean m = {0};
    for (size_t k = from; k < to && k < t->n; k++) add(&m, o->live_deg[k]);
    return root(&m);
}
