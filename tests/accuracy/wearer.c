/* Invariant: run time goes on over playings, with ten minutes between two. */
#include "wearer.h"

#include "daemon/posture/activity_tables.h"
#include "daemon/posture/calibration.h"
#include "daemon/posture/vec.h"

static const int64_t epoch_ns = SECONDS_NS(PERSON_EPOCH_S), between_ns = SECONDS_NS(600);
enum { WALKED_STEPS = 8 };

void wearer_init(struct wearer *w, const struct person *p)
{
    const struct tracker_config config = {.placement = p->placement,
                                          .sitting_bias = p->placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    tracker_init(&w->tracker, &config);
    w->now_ns = NS_PER_S;
    w->desk = NULL;
    if (p->kind == PERSON_MEANS) rezero_init(&w->tracker.rezero, w->now_ns);
}

/* ---- raw samples ---- */

static void take(const struct tracker_out *out, int64_t start_ns, size_t n, struct verdict *v)
{
    for (unsigned i = 0; i < out->n_epochs; i++) {
        int64_t at = (out->epoch[i].start_ns - start_ns + epoch_ns / 2) / epoch_ns;
        if (at >= 0 && at < (int64_t)n) v[at].settled = out->epoch[i].posture;
    }
}

static void see_live(const struct activity *a, struct verdict *v)
{
    float p[ACTIVITY_CLASSES];
    activity_live(a, p);
    v->live = activity_best(p);
    v->p_sitting = p[ACTIVITY_SIT];
}

static void play_samples(struct wearer *w, const struct person *p, const size_t *order, size_t n, struct verdict *v)
{
    struct tracker *t = &w->tracker;
    struct tracker_out out;
    size_t per_epoch = p->n_samples / p->n_epochs;
    int64_t start_ns = w->now_ns;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < per_epoch; k++) {
            struct sample s;
            people_sample(p, order[i] * per_epoch + k, 0, &s);
            s.t_ns = start_ns + (int64_t)((double)(i * per_epoch + k) * NS_PER_S / (double)p->rate_hz);
            if (w->desk) s.raw.flags |= w->desk[i];
            tracker_push(t, &s, &out);
            take(&out, start_ns, n, v);
            if (k == 0 && i > 0) see_live(&t->activity, &v[i - 1]);
        }
    }
    tracker_gap(t, t->last_ns, GAP_UNPLUGGED, &out); /* closes the last epoch */
    take(&out, start_ns, n, v);
    if (n > 0) see_live(&t->activity, &v[n - 1]);
    tracker_finish(t, t->last_ns, &out);
    take(&out, start_ns, n, v);
}

/* ---- means ---- */

static void watch_reference(struct tracker *t, const struct features *f, int64_t now_ns)
{
    struct calibration *c = &t->calibration;
    float up[3];
    if (t->activity.walking_run >= 2 && features_up(f, up))
        rezero_walked(&t->rezero, c, up, PERSON_EPOCH_S, now_ns);
    else
        rezero_broken(&t->rezero, c, now_ns);
    if (!c->have_up || c->have_forward) return;
    const float forward[3] = {0, 0, 1};
    vec_reject(forward, c->up, c->forward);
    c->have_forward = vec_unit(c->forward);
}

static float odds_of(uint16_t flags, enum desk_kind desk)
{
    struct input input = {0};
    input_add(&input, flags);
    return input_log_odds(&input, desk);
}

static void play_means(struct wearer *w, const struct person *p, const size_t *order, size_t n, struct verdict *v)
{
    static const enum posture of[ACTIVITY_CLASSES] = {POSTURE_SITTING, POSTURE_STANDING, POSTURE_WALKING,
                                                      POSTURE_LYING};
    struct tracker *t = &w->tracker;
    float walking_g = activity_tables_of(p->placement)->walking_g;
    activity_restart(&t->activity);
    for (size_t i = 0; i < n + ACTIVITY_LAG; i++) {
        if (i < n) {
            struct features f = p->epoch[order[i]].features;
            f.regular_steps = features_surplus_g(&f) > walking_g ? WALKED_STEPS : 0;
            if (w->desk) f.sitting_odds = odds_of(w->desk[i], t->config.desk);
            activity_step(&t->activity, &t->config, &t->calibration, &f);
            see_live(&t->activity, &v[i]);
            watch_reference(t, &f, w->now_ns + (int64_t)i * epoch_ns);
        }
        if (i < ACTIVITY_LAG) continue;
        float posterior[ACTIVITY_CLASSES];
        size_t age = i < n ? ACTIVITY_LAG : n - 1 - (i - ACTIVITY_LAG);
        activity_settled(&t->activity, p->placement, (unsigned)age, posterior);
        v[i - ACTIVITY_LAG].settled = of[activity_best(posterior)];
    }
}

void wearer_play(struct wearer *w, const struct person *p, const size_t *order, size_t n, struct verdict *v)
{
    for (size_t i = 0; i < n; i++) v[i] = (struct verdict){.settled = POSTURE_MISSING, .live = ACTIVITY_STAND};
    if (p->kind == PERSON_MEANS)
        play_means(w, p, order, n, v);
    else
        play_samples(w, p, order, n, v);
    w->now_ns += (int64_t)n * epoch_ns + between_ns;
}
