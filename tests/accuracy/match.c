/* Invariant: the bouts of a list are in order and at least 120 s apart. */
#include "match.h"

#include "daemon/posture/sitting.h"

#include <math.h>

enum { EPOCH_S = 5, BOUTS_MAX = 256 };
static const int64_t apart_ns = SECONDS_NS(120), long_ns = SECONDS_NS(1800);

struct bout {
    int64_t start_ns, end_ns;
};

struct bouts {
    size_t n;
    struct bout bout[BOUTS_MAX];
};

static void append(struct bouts *b, int64_t start_ns, int64_t end_ns)
{
    struct bout *last = b->n ? &b->bout[b->n - 1] : NULL;
    if (last && start_ns - last->end_ns < apart_ns)
        last->end_ns = end_ns;
    else if (b->n < BOUTS_MAX)
        b->bout[b->n++] = (struct bout){start_ns, end_ns};
}

static void find_true(struct bouts *b, const enum posture *truth, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (truth[i] == POSTURE_SITTING) append(b, SECONDS_NS(i * EPOCH_S), SECONDS_NS((i + 1) * EPOCH_S));
}

static void take_closed(struct bouts *b, const struct tracker_out *out)
{
    for (unsigned i = 0; i < out->n_events; i++) {
        const struct event *e = &out->event[i];
        if (e->kind == EVENT_SITTING && e->end_ns != EVENT_OPEN) append(b, e->start_ns, e->end_ns);
    }
}

static void find_said(struct bouts *b, const enum posture *said, size_t n)
{
    struct sitting s;
    sitting_init(&s);
    for (size_t i = 0; i <= n; i++) {
        struct tracker_out out = {0};
        if (i < n)
            sitting_step(&s, said[i], SECONDS_NS(i * EPOCH_S), EPOCH_S, &out);
        else
            sitting_end(&s, SECONDS_NS(n * EPOCH_S), BOUT_STOPPED, &out);
        take_closed(b, &out);
    }
}

static bool is_long(const struct bout *b) { return b->end_ns - b->start_ns > long_ns; }

static bool match(const struct bout *a, const struct bout *b)
{
    int64_t from = a->start_ns > b->start_ns ? a->start_ns : b->start_ns;
    int64_t to = a->end_ns < b->end_ns ? a->end_ns : b->end_ns;
    return 2 * (to - from) > a->end_ns - a->start_ns && 2 * (to - from) > b->end_ns - b->start_ns;
}

static bool has_match(const struct bout *b, const struct bouts *in)
{
    for (size_t i = 0; i < in->n; i++)
        if (match(b, &in->bout[i])) return true;
    return false;
}

void match_day(struct matched *m, const enum posture *truth, const enum posture *said, size_t n)
{
    struct bouts true_ones = {0}, said_ones = {0};
    double sat = 0, called = 0, right = 0;
    find_true(&true_ones, truth, n);
    find_said(&said_ones, said, n);
    for (size_t i = 0; i < true_ones.n; i++) {
        if (!is_long(&true_ones.bout[i])) continue;
        m->bouts++;
        m->found += has_match(&true_ones.bout[i], &said_ones);
    }
    for (size_t i = 0; i < said_ones.n; i++)
        m->untrue += is_long(&said_ones.bout[i]) && !has_match(&said_ones.bout[i], &true_ones);
    for (size_t i = 0; i < n; i++) {
        sat += truth[i] == POSTURE_SITTING;
        called += said[i] == POSTURE_SITTING;
        right += truth[i] == POSTURE_SITTING && said[i] == POSTURE_SITTING;
    }
    m->days++;
    m->error_min += fabs(called - sat) * EPOCH_S / 60;
    m->said_min += called * EPOCH_S / 60;
    m->true_min += sat * EPOCH_S / 60;
    m->said_right_min += right * EPOCH_S / 60;
}

void match_add(struct matched *to, const struct matched *from)
{
    to->days += from->days;
    to->bouts += from->bouts;
    to->found += from->found;
    to->untrue += from->untrue;
    to->error_min += from->error_min;
    to->said_min += from->said_min;
    to->true_min += from->true_min;
    to->said_right_min += from->said_right_min;
}

double match_found(const struct matched *m) { return m->bouts ? (double)m->found / m->bouts : NAN; }
double match_false_per_day(const struct matched *m) { return m->days ? (double)m->untrue / m->days : NAN; }
double match_minutes_error(const struct matched *m, double hours_a_day)
{
    return m->days ? m->error_min / m->days / hours_a_day : NAN;
}
