/* Invariants: alarm times increase; run_s > 0 only in the zone. */
#include "accuracy_slouch_rule.h"

#include "daemon/posture/vec.h"

static const double step_s = 1.0 / TRUTH_HZ, guess_deg = 12, prompt_s[ALARM_KINDS] = {0, 10, 120};

static double deg(double sine, double cosine) { return atan2(sine, cosine) * 57.29577951308232; }

static void find_angles(struct truth *t, const struct truth_poses *p)
{
    float forward[3] = {1, 0, 0}, f[3], line[3];
    vec_reject(forward, p->zero, f);
    vec_unit(f);
    if (p->have_line) vec_reject(p->slouched, p->zero, line);
    if (p->have_line) vec_unit(line);
    for (int i = 0; i < t->n; i++) {
        struct truth_moment *m = &t->moment[i];
        double upright = (double)vec_dot(m->up, p->zero);
        m->flexion_deg = (float)deg((double)-vec_dot(m->up, f), upright);
        if (p->placement == PLACEMENT_UPPER_BACK)
            m->reclined =
                p->have_line ? vec_dot(m->up, p->leant_back) > vec_dot(m->up, p->slouched) : m->flexion_deg < 0;
        m->slouch_deg = p->have_line ? (float)deg((double)vec_dot(m->up, line), upright) : m->flexion_deg;
    }
    static const double share[] = {[SENSITIVITY_LOW] = 0.7, [SENSITIVITY_MEDIUM] = 0.5, [SENSITIVITY_HIGH] = 0.35};
    double length = p->have_line ? (double)vec_angle_deg(p->zero, p->slouched) : 0;
    t->threshold_deg = p->have_line ? fmax(8, fmin(20, share[p->sensitivity] * length)) : guess_deg;
    t->unsupported_deg = p->placement == PLACEMENT_UPPER_BACK ? 20 : INFINITY;
}

/* Takes bends out of what is still, and notes until when a deep flexion cannot be known to be none. */
static void take_out_bends(struct truth *t)
{
    for (int i = 1; i < t->n; i++) {
        if (t->moment[i].flexion_deg <= 30 || t->moment[i - 1].flexion_deg > 30) continue;
        int end = i;
        float rate = 0;
        for (int k = i; k < t->n && t->moment[k].flexion_deg > 25; k++) {
            if (k - i < TRUTH_HZ)
                rate = fmaxf(rate, (t->moment[k].flexion_deg - t->moment[k - 1].flexion_deg) * TRUTH_HZ);
            end = k + 1;
        }
        double allowed_s = rate > 60 ? 20 : 8, lasted_s = (end - i) * step_s;
        int known = i + (int)(allowed_s * TRUTH_HZ);
        for (int k = i; k < end; k++) {
            if (lasted_s < allowed_s) t->moment[k].still = false;
            if (lasted_s >= allowed_s && k < known) t->moment[k].undecided_s = (float)(known * step_s);
        }
        i = end - 1;
    }
}

static void find_zone(struct truth *t, bool guessed)
{
    bool zone = false, sure = false;
    float run_s = 0;
    for (int i = 0; i < t->n; i++) {
        struct truth_moment *m = &t->moment[i];
        double hold = zone ? 0.7 : 1;
        bool beyond =
            (double)m->slouch_deg >= t->threshold_deg * hold || (double)m->flexion_deg >= t->unsupported_deg * hold;
        zone = m->still && !m->reclined && beyond;
        sure = zone && (!guessed || (double)m->flexion_deg >= t->unsupported_deg * (sure ? 0.7 : 1));
        run_s = sure ? run_s + (float)step_s : 0;
        m->zone = zone;
        m->run_s = run_s;
    }
}

static void put(struct truth *t, enum alarm_kind kind, double at_s, double since_s)
{
    if (t->n_alarms[kind] < ALARMS_MAX) t->alarm[kind][t->n_alarms[kind]++] = (struct alarm){at_s, since_s};
}

static void find_prompts(struct truth *t, enum alarm_kind kind)
{
    for (int i = 0; i < t->n; i++) {
        const struct truth_moment *m = &t->moment[i];
        if (m->run_s <= 0 || fabs((double)m->run_s - prompt_s[kind]) > step_s / 2) continue;
        double at_s = (i + 1) * step_s;
        put(t, kind, fmax(at_s, (double)m->undecided_s), at_s - (double)m->run_s);
    }
}

static void find_events(struct truth *t)
{
    int held = 0, from = 0; /* moments of the zone since FROM, at most the last minute */
    bool inside = false;
    for (int i = 0; i < t->n; i++) {
        held += t->moment[i].zone;
        if (i - from >= 60 * TRUTH_HZ) held -= t->moment[from++].zone;
        if (!inside && held >= 36 * TRUTH_HZ) {
            int first = from;
            while (!t->moment[first].zone) first++;
            inside = true;
            put(t, ALARM_EVENT, fmax((i + 1) * step_s, (double)t->moment[i].undecided_s), first * step_s);
        } else if (inside && held < 18 * TRUTH_HZ) {
            inside = false;
            held = 0;
            from = i + 1;
        }
        t->moment[i].inside = inside;
    }
}

void truth_judge(struct truth *t, const struct truth_poses *p)
{
    memset(t->n_alarms, 0, sizeof t->n_alarms);
    find_angles(t, p);
    take_out_bends(t);
    find_zone(t, !p->have_line);
    find_events(t);
    find_prompts(t, ALARM_TRAINING);
    find_prompts(t, ALARM_LONG);
}
