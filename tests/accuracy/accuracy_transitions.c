/* Sitting down and rising, found by the movement: recordings through the whole tracker, its transition verdicts held
 * against labels.
 *
 * Usage: accuracy-transitions [--upper-back] [--candidates] FOLDER. A recording is known by its header
 * (accuracy_transitions_load.h): labelled transitions (7 stand-to-sit, 8 sit-to-stand, 9…12 to and from lying; waist or
 * chest at any turn), a chest whose truth is the thigh's, trials of one activity each (chairs and bends), walking
 * without posture labels, and bare acceleration.
 *
 * As in the other accuracy programs each part is played twice to the same tracker and the second pass is scored: it
 * knows the wearer's walking, label-free, from the first. Where the tracker has settled on none (no walk long enough),
 * the mean over its own regular steps stands in, said by a "w" in the table; a trial has the person's walking trials
 * for that ("t"), and with no walking at all ("u") the mean of the first second of the trials, which begin upright.
 *
 * Found: a verdict of the right direction dated within the labelled span or 2 s beside it. Wrong: only one of the other
 * direction there, that no labelled transition nearby explains. Other: any outside all labelled spans; those at lying
 * transitions are counted apart. Trials last 15 s and begin and end within the detector's windows: their first and last sample is held for 7 s.
 */
#include "accuracy_transitions_load.h"
#include "daemon/posture/calibration.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERDICTS_MAX = 4096, PASS_S = 14400, HOLD_S = 7 };
static const int64_t beside_ns = SECONDS_NS(2);

struct heard {
    struct transition_look look[VERDICTS_MAX]; /* times from the part's beginning */
    unsigned n, sit_downs, rises;              /* events that the sitting filter said */
    float walk[3];                             /* sum of up at regular steps */
    uint32_t regular;                          /* of those, up to now */
    bool candidates, rises_only;
};

struct score {
    unsigned labelled[2], found[2]; /* stand-to-sit, sit-to-stand */
    unsigned wrong, others, at_lying, sit_downs, rises;
    unsigned chairs, sat, rose, bends, bends_sat, bends_any; /* trials */
    double hours;
};

/* ---- playing ---- */

static void hear(struct heard *h, const struct tracker *t, const struct tracker_out *out, int64_t zero_ns)
{
    for (unsigned i = 0; i < out->n_events; i++) {
        h->sit_downs += out->event[i].kind == EVENT_SIT_DOWN;
        h->rises += out->event[i].kind == EVENT_RISE;
    }
    if (t->gait.regular != h->regular) vec_add(h->walk, 1, t->up);
    h->regular = t->gait.regular;
    int64_t at_ns = t->transition.last.t_ns - zero_ns;
    if (h->rises_only && t->transition.last.kind != TRANSITION_RISE) return;
    bool new = at_ns > 0 && (h->n == 0 || h->look[h->n - 1].t_ns != at_ns);
    if (!new || h->n == VERDICTS_MAX || t->transition.last.kind == TRANSITION_NONE) return;
    h->look[h->n] = t->transition.last;
    h->look[h->n++].t_ns = at_ns;
}

static void hold(struct tracker *t, struct sample s, int64_t from_ns, struct heard *h, int64_t zero_ns)
{
    struct tracker_out out;
    memset(s.raw.gyro, 0, sizeof s.raw.gyro);
    sample_convert(&s);
    for (int i = 0; i < HOLD_S * 20; i++) {
        s.t_ns = from_ns + (int64_t)i * (NS_PER_S / 20);
        tracker_push(t, &s, &out);
        if (h) hear(h, t, &out, zero_ns);
    }
}

static void play(struct tracker *t, const struct recording *r, const struct part *p, int64_t zero_ns, struct heard *h)
{
    struct tracker_out out;
    bool trial = r->kind == RECORDING_TRIALS;
    memset(&t->transition.last, 0, sizeof t->transition.last);
    h->n = h->sit_downs = h->rises = 0;
    if (trial) hold(t, recording_sample(r, p, 0, zero_ns), zero_ns - SECONDS_NS(HOLD_S), h, zero_ns);
    for (size_t i = 0; i < p->n; i++) {
        struct sample s = recording_sample(r, p, i, zero_ns);
        tracker_push(t, &s, &out);
        hear(h, t, &out, zero_ns);
    }
    int64_t end_ns = zero_ns + p->row[p->n - 1].t_ns + SECONDS_NS(1) / 20;
    if (trial) hold(t, recording_sample(r, p, p->n - 1, zero_ns), end_ns, h, zero_ns);
    tracker_finish(t, end_ns, &out);
    hear(h, t, &out, zero_ns);
}

static void know_walking(struct tracker *t, const float up[3])
{
    struct calibration c;
    float walk[3];
    vec_copy(walk, up);
    if (!vec_unit(walk)) return;
    tracker_get_calibration(t, &c);
    vec_copy(c.up, walk);
    vec_copy(c.walk, walk);
    vec_copy(c.walk_first, walk);
    c.have_up = c.have_walk = true;
    c.state = REFERENCE_GUESSED;
    if (tracker_set_calibration(t, &c)) fprintf(stderr, "a walking direction was refused\n");
}

/* ---- scoring ---- */

static bool within(const struct transition_look *v, int64_t from_ns, int64_t to_ns)
{
    return v->t_ns >= from_ns - beside_ns && v->t_ns <= to_ns + beside_ns;
}

/* The first row behind those that are labelled as row I is. */
static size_t span_end(const struct part *p, size_t i)
{
    size_t end = i;
    while (end < p->n && p->row[end].label == p->row[i].label) end++;
    return end;
}

/* What verdict K is to the labelled transitions around it. Where two follow each other closely it belongs to the one
 * that it is right for. */
struct place {
    bool right, beside, at_lying;
};

static enum transition_kind wanted_at(unsigned label)
{
    return label == SIT_DOWN_LABEL ? TRANSITION_SIT_DOWN : TRANSITION_RISE;
}

static struct place place_of(const struct part *p, const struct transition_look *v)
{
    struct place place = {0};
    for (size_t i = 0, end; i < p->n; i = end) {
        unsigned label = p->row[i].label;
        end = span_end(p, i);
        if (label < SIT_DOWN_LABEL || !within(v, p->row[i].t_ns, p->row[end - 1].t_ns)) continue;
        place.at_lying |= label >= FIRST_LIE_LABEL;
        place.beside |= label < FIRST_LIE_LABEL;
        place.right |= label < FIRST_LIE_LABEL && v->kind == wanted_at(label);
    }
    return place;
}

static void score_labels(const struct part *p, const struct heard *h, struct score *s)
{
    struct place place[VERDICTS_MAX];
    for (unsigned k = 0; k < h->n; k++) {
        place[k] = place_of(p, &h->look[k]);
        s->others += !place[k].beside && !place[k].at_lying;
        s->at_lying += !place[k].beside && place[k].at_lying;
    }
    for (size_t i = 0, end; i < p->n; i = end) {
        unsigned label = p->row[i].label;
        bool right = false, wrong = false;
        end = span_end(p, i);
        if (label != SIT_DOWN_LABEL && label != RISE_LABEL) continue;
        for (unsigned k = 0; k < h->n; k++) {
            if (!within(&h->look[k], p->row[i].t_ns, p->row[end - 1].t_ns)) continue;
            right |= h->look[k].kind == wanted_at(label);
            wrong |= !place[k].right;
        }
        s->labelled[label - SIT_DOWN_LABEL]++;
        s->found[label - SIT_DOWN_LABEL] += right;
        s->wrong += wrong && !right;
    }
}

static void score_trial(int activity, const struct heard *h, struct score *s)
{
    bool sat = false, rose = false;
    for (unsigned k = 0; k < h->n; k++) *(h->look[k].kind == TRANSITION_SIT_DOWN ? &sat : &rose) = true;
    if (activity == TRIAL_CHAIR) s->chairs++, s->sat += sat, s->rose += rose;
    if (activity == TRIAL_BEND) s->bends++, s->bends_sat += sat, s->bends_any += sat || rose;
}

static void score_part(const struct recording *r, const struct part *p, const struct heard *h, struct score *s)
{
    s->hours += (double)p->row[p->n - 1].t_ns / 3.6e12;
    s->sit_downs += h->sit_downs;
    s->rises += h->rises;
    if (r->kind == RECORDING_TRIALS)
        score_trial(p->label, h, s);
    else
        score_labels(p, h, s);
    for (unsigned k = 0; h->candidates && k < h->n; k++) {
        const struct transition_look *v = &h->look[k];
        printf("  %8.2f s %s burst %.2f rad/s, %.1f -> %.1f deg, turned %.1f, dip %.1f, beyond %.1f, seat %.3f g, "
               "about up %.2f\n",
               (double)v->t_ns * 1e-9, v->kind == TRANSITION_RISE ? "rise    " : "sit down", (double)v->burst_rads,
               (double)v->before_deg, (double)v->after_deg, (double)v->turned_deg, (double)v->dip_deg,
               (double)v->beyond_deg, (double)v->seat_g, (double)v->about_up);
    }
}

static void add_score(struct score *to, const struct score *s)
{
    for (int i = 0; i < 2; i++) to->labelled[i] += s->labelled[i], to->found[i] += s->found[i];
    to->wrong += s->wrong, to->others += s->others, to->at_lying += s->at_lying;
    to->sit_downs += s->sit_downs, to->rises += s->rises;
    to->chairs += s->chairs, to->sat += s->sat, to->rose += s->rose;
    to->bends += s->bends, to->bends_sat += s->bends_sat, to->bends_any += s->bends_any;
    to->hours += s->hours;
}

/* ---- a recording ---- */

static struct heard heard;
static struct tracker tracker;

/* One stretch of recording, twice. Returns where its reference came from. */
static char play_stretch(const struct recording *r, const struct part *p, enum placement placement, struct score *s)
{
    const struct tracker_config config = {.placement = placement,
                                          .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    char reference = ' ';
    tracker_init(&tracker, &config);
    memset(heard.walk, 0, sizeof heard.walk);
    heard.regular = 0;
    play(&tracker, r, p, NS_PER_S, &heard);
    if (!calibration_reference(&tracker.calibration)) {
        reference = vec_norm(heard.walk) > 0 ? 'w' : '-';
        know_walking(&tracker, heard.walk);
    }
    play(&tracker, r, p, SECONDS_NS(PASS_S), &heard);
    score_part(r, p, &heard, s);
    return reference;
}

static void sum_force(const struct part *p, size_t n, float sum[3])
{
    for (size_t i = 0; i < n && i < p->n; i++)
        for (int k = 0; k < 3; k++) sum[k] += p->row[i].accel[k];
}

/* The trials of one placement. */
static char play_trials(const struct recording *r, enum placement placement, struct score *s)
{
    const struct tracker_config config = {.placement = placement,
                                          .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    float walking[3] = {0}, upright[3] = {0};
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct part *p = &r->part[i];
        if (p->placement != placement) continue;
        if (p->label == TRIAL_WALK) sum_force(p, p->n, walking);
        if (p->label == TRIAL_CHAIR || p->label == TRIAL_BEND) sum_force(p, 20, upright);
    }
    bool walks = vec_norm(walking) > 0;
    for (size_t i = 0; i < r->n_parts; i++) {
        const struct part *p = &r->part[i];
        if (p->placement != placement || p->label == TRIAL_LIE) continue;
        tracker_init(&tracker, &config);
        know_walking(&tracker, walks ? walking : upright);
        if (heard.candidates) printf(" trial %zu, activity %d\n", i, p->label);
        play(&tracker, r, p, SECONDS_NS(PASS_S), &heard);
        score_part(r, p, &heard, s);
    }
    return walks ? 't' : 'u';
}

static void print_line(const char *name, const char *references, const struct score *s)
{
    printf("%-28.28s %-4.4s %6.1f min", name, references, 60 * s->hours);
    if (s->labelled[0] + s->labelled[1] > 0)
        printf("  sit down %u/%u rise %u/%u wrong %u", s->found[0], s->labelled[0], s->found[1], s->labelled[1],
               s->wrong);
    if (s->chairs + s->bends > 0)
        printf("  chairs %u: sat %u rose %u  bends %u: sat %u any %u", s->chairs, s->sat, s->rose, s->bends,
               s->bends_sat, s->bends_any);
    else
        printf("  others %u at lying %u", s->others, s->at_lying);
    printf("  filter: sat %u rose %u\n", s->sit_downs, s->rises);
}

static void judge(const struct recording *r, const char *name, enum placement placement, struct score sum[2])
{
    struct score s = {0};
    char references[5] = "";
    size_t n = 0;
    heard.rises_only = r->kind == RECORDING_BARE;
    if (r->kind != RECORDING_TRIALS) {
        for (size_t i = 0; i < r->n_parts; i++) {
            char c = play_stretch(r, &r->part[i], placement, &s);
            if (n < 4) references[n++] = c;
        }
        print_line(name, references, &s);
        add_score(&sum[placement], &s);
        return;
    }
    for (int k = 0; k < 2; k++) {
        struct score trials = {0};
        references[0] = play_trials(r, (enum placement)k, &trials);
        char named[300];
        snprintf(named, sizeof named, "%.200s %s", name, k == PLACEMENT_LOWER_BACK ? "waist" : "chest");
        if (trials.hours > 0) print_line(named, references, &trials);
        add_score(&sum[k], &trials);
    }
}

static double share(unsigned part, unsigned whole) { return whole > 0 ? (double)part / whole : 0; }

static void print_sum(const struct score sum[2])
{
    struct score s = {0};
    add_score(&s, &sum[0]);
    add_score(&s, &sum[1]);
    unsigned labelled = s.labelled[0] + s.labelled[1];
    print_line("all", "", &s);
    if (labelled > 0)
        printf("transitions=%u\nfound=%.4f\nfound_sit_down=%.4f\nfound_rise=%.4f\nwrong_direction=%u\n", labelled,
               share(s.found[0] + s.found[1], labelled), share(s.found[0], s.labelled[0]),
               share(s.found[1], s.labelled[1]), s.wrong);
    if (s.chairs + s.bends > 0) {
        printf("chairs_sat=%.4f\nchairs_rose=%.4f\nbends_as_sitting=%.4f\n", share(s.sat, s.chairs),
               share(s.rose, s.chairs), share(s.bends_sat, s.bends));
        printf("bends_as_sitting_waist=%.4f\nbends_as_sitting_chest=%.4f\n",
               share(sum[PLACEMENT_LOWER_BACK].bends_sat, sum[PLACEMENT_LOWER_BACK].bends),
               share(sum[PLACEMENT_UPPER_BACK].bends_sat, sum[PLACEMENT_UPPER_BACK].bends));
    } else
        printf("other_per_hour=%.2f\nat_lying=%u\n", s.hours > 0 ? s.others / s.hours : 0, s.at_lying);
    printf("hours=%.2f\n", s.hours);
}

static int wanted(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return strstr(e->d_name, "_Test5_") == NULL &&
           ((n > 4 && strcmp(e->d_name + n - 4, ".csv") == 0) || (n > 7 && strcmp(e->d_name + n - 7, ".csv.gz") == 0));
}

int main(int argc, char **argv)
{
    struct dirent **list;
    struct score sum[2] = {0};
    enum placement placement = PLACEMENT_LOWER_BACK;
    unsigned recordings = 0;
    for (; argc > 2; argc--, argv++) {
        if (strcmp(argv[1], "--upper-back") == 0)
            placement = PLACEMENT_UPPER_BACK;
        else if (strcmp(argv[1], "--candidates") == 0)
            heard.candidates = true;
        else
            break;
    }
    if (argc != 2) return fprintf(stderr, "usage: accuracy-transitions [--upper-back] [--candidates] FOLDER\n"), 2;
    int n = scandir(argv[1], &list, wanted, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct recording r;
        if (snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name) < (int)sizeof path &&
            recording_load(&r, path)) {
            judge(&r, list[i]->d_name, r.kind == RECORDING_THIGH ? PLACEMENT_UPPER_BACK : placement, sum);
            recording_free(&r);
            recordings++;
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    if (recordings == 0) return fprintf(stderr, "no recordings in %s\n", argv[1]), 1;
    print_sum(sum);
    return 0;
}
