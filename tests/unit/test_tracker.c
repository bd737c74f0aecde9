/* The tracker as a whole, on a wearer made of a few angles: accounting of time, gaps, bouts, and what a newcomer
 * sees. */
#include "daemon/posture/tracker.h"
#include "posture_fixture.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

enum { EVENTS_KEPT = 256 };

struct play {
    struct tracker t;
    struct wearer w;
    double posture_s[POSTURE_COUNT], slouch_s;
    unsigned steps, n_events;
    int64_t last_epoch_end_ns;
    struct event event[EVENTS_KEPT];
};

static void keep(struct play *p, const struct tracker_out *out)
{
    assert_true(out->n_events <= TRACKER_EVENTS_MAX && out->n_epochs <= TRACKER_EPOCHS_MAX);
    for (unsigned i = 0; i < out->n_epochs; i++) {
        const struct epoch *e = &out->epoch[i];
        assert_true(e->seconds > 0 && e->seconds <= 5.0001f);
        assert_true(e->start_ns >= p->last_epoch_end_ns - NS_PER_MS); /* in order, none overlaps */
        assert_true(e->slouch_s <= e->seconds + 1e-3f && e->angle_s <= e->seconds + 1e-3f);
        p->last_epoch_end_ns = e->start_ns + (int64_t)((double)e->seconds * 1e9);
        p->posture_s[e->posture] += (double)e->seconds;
        p->slouch_s += (double)e->slouch_s;
        p->steps += e->steps;
    }
    for (unsigned i = 0; i < out->n_events && p->n_events < EVENTS_KEPT; i++) p->event[p->n_events++] = out->event[i];
}

static void begin(struct play *p, enum placement placement, double rate_hz)
{
    struct tracker_config config = {.placement = placement,
                                    .sensitivity = SENSITIVITY_MEDIUM,
                                    .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    memset(p, 0, sizeof *p);
    tracker_init(&p->t, &config);
    p->w = (struct wearer){.t_ns = SECONDS_NS(1000), .rate_hz = rate_hz, .sway_deg = 0.4};
    p->last_epoch_end_ns = INT64_MIN / 2;
}

static void hold(struct play *p, double flexion_deg, double seconds)
{
    struct tracker_out out;
    p->w.flexion_deg = flexion_deg;
    p->w.step_hz = 0;
    for (int64_t end = p->w.t_ns + (int64_t)(seconds * 1e9); p->w.t_ns < end;) {
        struct sample s = wearer_sample(&p->w);
        tracker_push(&p->t, &s, &out);
        keep(p, &out);
    }
}

static void walk(struct play *p, double seconds)
{
    struct tracker_out out;
    p->w.flexion_deg = 0;
    p->w.step_hz = 1.9;
    p->w.step_g = 0.3;
    for (int64_t end = p->w.t_ns + (int64_t)(seconds * 1e9); p->w.t_ns < end;) {
        struct sample s = wearer_sample(&p->w);
        tracker_push(&p->t, &s, &out);
        keep(p, &out);
    }
}

static void silence(struct play *p, double seconds)
{
    struct tracker_out out;
    p->w.t_ns += (int64_t)(seconds * 1e9);
    while (tracker_due_ns(&p->t) < p->w.t_ns) {
        tracker_advance(&p->t, tracker_due_ns(&p->t), &out);
        keep(p, &out);
    }
}

static void finish(struct play *p)
{
    struct tracker_out out;
    tracker_finish(&p->t, p->w.t_ns, &out);
    keep(p, &out);
}

static void capture(struct play *p, enum pose pose, double flexion_deg)
{
    struct capture_view view;
    hold(p, flexion_deg, 5);
    tracker_capture_start(&p->t, pose, p->w.t_ns);
    hold(p, flexion_deg, 15.5);
    tracker_capture(&p->t, &view);
    assert_int_equal(view.state, CAPTURE_DONE);
}

static void calibrate(struct play *p)
{
    capture(p, POSE_STAND, 0);
    capture(p, POSE_SIT_UPRIGHT, 8);
    capture(p, POSE_SIT_SLOUCHED, 32);
    capture(p, POSE_BEND, 50);
}

static double total_s(const struct play *p)
{
    double sum = 0;
    for (int i = 0; i < POSTURE_COUNT; i++) sum += p->posture_s[i];
    return sum;
}

static const struct event *find(const struct play *p, enum event_kind kind, bool open, unsigned number)
{
    for (unsigned i = 0; i < p->n_events; i++)
        if (p->event[i].kind == kind && (p->event[i].end_ns == EVENT_OPEN) == open && number-- == 0)
            return &p->event[i];
    return NULL;
}

/* ---- tests ---- */

static void every_second_once(void **state)
{
    (void)state;
    static const double rates_hz[] = {10, 25, 52, 95.238, 100, 400};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        static struct play p;
        begin(&p, PLACEMENT_UPPER_BACK, rates_hz[i]);
        double first_s = (double)p.w.t_ns * 1e-9 + 1 / rates_hz[i];
        hold(&p, 5, 33.3);
        silence(&p, 7); /* a short gap cuts an epoch */
        hold(&p, 5, 21);
        silence(&p, 200); /* a long one ends all */
        hold(&p, 5, 93);
        double observed = (double)p.w.t_ns * 1e-9 - first_s - 207 - 2 / rates_hz[i];
        finish(&p);
        assert_float_equal((float)total_s(&p), (float)observed, 0.02f);
        struct tracker_out out;
        tracker_finish(&p.t, p.w.t_ns, &out);
        assert_int_equal(out.n_epochs, 0);
    }
}

static void newcomer(void **state)
{
    (void)state;
    static struct play p;
    struct posture_view v;
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_MISSING);
    hold(&p, 15, 120);
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_UNSURE);
    assert_int_equal(v.reference, REFERENCE_NONE);
    assert_true(isnan(v.inclination_deg) && isnan(v.flexion_deg) && isnan(v.slouch_threshold_deg));
    assert_false(v.angles_known);
    walk(&p, 60);
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_WALKING);
    assert_int_equal(v.reference, REFERENCE_GUESSED);
    assert_float_equal(v.cadence_hz, 1.9f, 0.1f);
    hold(&p, 25, 120);
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_SITTING);
    assert_float_equal(v.inclination_deg, 25, 2);
    assert_true(isnan(v.flexion_deg)); /* which way is forward is not known */
    for (int i = 0; i < 2; i++) {      /* two bows say it */
        hold(&p, 0, 20);
        hold(&p, 50, 3);
        hold(&p, 0, 20); /* a bend just before sitting down might be a part of it */
    }
    hold(&p, 25, 60);
    tracker_view(&p.t, &v);
    assert_true(v.angles_known);
    assert_float_equal(v.flexion_deg, 25, 2);
    assert_float_equal(v.slouch_threshold_deg, 12, 0.01f);
    assert_non_null(find(&p, EVENT_BEND, false, 1));
    assert_int_equal(find(&p, EVENT_REFERENCE, false, 0)->reason, REFERENCE_GUESSED);
}

static void calibrated_day(void **state)
{
    (void)state;
    static struct play p;
    struct posture_view v;
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    calibrate(&p);
    walk(&p, 60);
    int64_t sat_ns = p.w.t_ns;
    hold(&p, 8, 600);
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_SITTING);
    assert_true(v.confidence <= 0.8f); /* upper back */
    /* the live run begins when sitting has become likely, up to a minute late; the settled bout below is exact */
    assert_true(v.sitting_since_ns - sat_ns <= SECONDS_NS(60) && sat_ns - v.sitting_since_ns <= SECONDS_NS(10));
    int64_t slouched_ns = p.w.t_ns;
    double before_s = p.slouch_s;
    hold(&p, 30, 600);
    tracker_view(&p.t, &v);
    assert_true(v.in_slouch_zone && v.zone_since_ns - slouched_ns < SECONDS_NS(3));
    assert_true(v.creep > 0.2f);
    hold(&p, 8, 300);
    hold(&p, 0, 10); /* 10 s up belong to the bout */
    hold(&p, 8, 600);
    int64_t rose_ns = p.w.t_ns;
    walk(&p, 120);
    hold(&p, 0, 120);
    finish(&p);
    const struct event *bout = find(&p, EVENT_SITTING, false, 1), *slouch = find(&p, EVENT_SLOUCH, false, 0);
    if (!bout) bout = find(&p, EVENT_SITTING, false, 0); /* calibrating may make a bout of its own */
    assert_non_null(bout);
    assert_true(bout->end_ns - rose_ns <= SECONDS_NS(5) && rose_ns - bout->end_ns <= SECONDS_NS(5));
    assert_true(bout->start_ns - sat_ns <= SECONDS_NS(6) && sat_ns - bout->start_ns <= SECONDS_NS(6));
    assert_float_equal((float)(p.slouch_s - before_s), 600, 15);
    assert_non_null(slouch);
    assert_non_null(find(&p, EVENT_WALK, false, 0));
    assert_float_equal((float)p.posture_s[POSTURE_WALKING], 180, 11);
    assert_true(p.steps > 300 && p.steps < 345);
}

/* A gap of GAP_S in the middle of a bout. */
static void gaps_and_bouts(void **state)
{
    (void)state;
    static const struct {
        double gap_s, up_s; /* standing before it */
        enum gap_reason reason;
        unsigned bouts;
        enum bout_end end; /* of the first */
    } table[] = {
        {55, 0, GAP_SILENT, 1, BOUT_STOPPED},  {65, 0, GAP_SILENT, 2, BOUT_LOST},
        {65, 0, GAP_UNPLUGGED, 2, BOUT_LOST},  {65, 8, GAP_UNPLUGGED, 2, BOUT_LEFT},
        {30, 0, GAP_SUSPEND, 1, BOUT_STOPPED},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        static struct play p;
        struct tracker_out out;
        begin(&p, PLACEMENT_UPPER_BACK, 50);
        capture(&p, POSE_STAND, 0);
        capture(&p, POSE_SIT_UPRIGHT, 12);
        walk(&p, 60);
        hold(&p, 12, 300);
        if (table[i].up_s > 0) { /* rising leans the trunk forward on the way */
            hold(&p, 45, 1.2);
            hold(&p, 0, table[i].up_s - 1.2);
        }
        int64_t gap_ns = p.w.t_ns;
        if (table[i].reason != GAP_SILENT) {
            tracker_gap(&p.t, gap_ns, table[i].reason, &out);
            keep(&p, &out);
        }
        silence(&p, table[i].gap_s);
        hold(&p, 12, 300);
        finish(&p);
        unsigned n = 0;
        while (find(&p, EVENT_SITTING, false, n)) n++;
        const struct event *first = find(&p, EVENT_SITTING, false, n - table[i].bouts),
                           *gap = find(&p, EVENT_GAP, false, 0);
        if (first->reason != (int)table[i].end)
            print_error("row %zu: %s\n", i, event_reason_name(EVENT_SITTING, first->reason));
        assert_int_equal(first->reason, table[i].end);
        assert_non_null(gap);
        assert_int_equal(gap->reason, table[i].reason);
        assert_true(gap->start_ns == gap_ns);
        if (table[i].bouts > 1) assert_true(first->end_ns <= gap_ns && first->end_ns > gap_ns - SECONDS_NS(11));
    }
}

static void taken_off(void **state)
{
    (void)state;
    static struct play p;
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    calibrate(&p);
    walk(&p, 60);
    hold(&p, 8, 300);
    int64_t off_ns = p.w.t_ns;
    p.w.sway_deg = 0;
    hold(&p, 118, 900);
    struct posture_view v;
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_NOT_WORN);
    p.w.sway_deg = 0.4;
    walk(&p, 90);
    hold(&p, 8, 120);
    finish(&p);
    const struct event *off = find(&p, EVENT_NOT_WORN, false, 0);
    assert_non_null(off);
    assert_true(off->start_ns - off_ns <= SECONDS_NS(15));
    assert_true(p.posture_s[POSTURE_NOT_WORN] > 200);
    struct calibration c;
    tracker_get_calibration(&p.t, &c);
    assert_int_equal(c.strap_id, 1);
}

static void snapshot(void **state)
{
    (void)state;
    static struct play p, q;
    begin(&p, PLACEMENT_LOWER_BACK, 50);
    walk(&p, 61);
    hold(&p, -35, 77);
    memcpy(&q, &p, sizeof p);
    for (int i = 0; i < 5000; i++) {
        struct tracker_out a, b;
        memset(&a, 0, sizeof a);
        memset(&b, 0, sizeof b);
        struct sample s = wearer_sample(&p.w);
        tracker_push(&p.t, &s, &a);
        tracker_push(&q.t, &s, &b);
        assert_memory_equal(&a, &b, sizeof a);
    }
    assert_int_equal(tracker_size(), sizeof(struct tracker));
}

static void bad_samples(void **state)
{
    (void)state;
    static struct play p;
    struct tracker_out out;
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    hold(&p, 0, 10);
    for (int i = 0; i < 100; i++) {
        struct sample s = wearer_sample(&p.w);
        if (i % 3 == 0) s.accel_mps2[i % 3] = NAN;
        if (i % 3 == 1) s.raw.have = 0;
        if (i % 3 == 2) s.t_ns -= SECONDS_NS(5);
        tracker_push(&p.t, &s, &out);
        keep(&p, &out);
    }
    hold(&p, 0, 30);
    struct posture_view v;
    tracker_view(&p.t, &v);
    assert_true(v.p_sitting >= 0 && v.p_sitting <= 1);
    assert_int_equal(v.quality, ATTITUDE_STILL);
    assert_int_equal(p.t.attitude.faults, 67);
    assert_int_equal(p.t.late, 33);
}

static void foreign_calibration(void **state)
{
    (void)state;
    static struct play p;
    struct calibration c;
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    calibrate(&p);
    tracker_get_calibration(&p.t, &c);
    begin(&p, PLACEMENT_UPPER_BACK, 50);
    assert_int_equal(tracker_set_calibration(&p.t, &c), 0);
    hold(&p, 32, 30);
    struct posture_view v;
    tracker_view(&p.t, &v);
    assert_int_equal(v.reference, REFERENCE_CALIBRATED);
    assert_float_equal(v.flexion_deg, 24, 1.5f);
    c.version = 99;
    assert_int_equal(tracker_set_calibration(&p.t, &c), -EINVAL);
}

static void without_gyro(void **state)
{
    (void)state;
    static struct play p;
    begin(&p, PLACEMENT_LOWER_BACK, 20);
    p.w.no_gyro = true;
    walk(&p, 60);
    hold(&p, -38, 300);
    struct posture_view v;
    tracker_view(&p.t, &v);
    assert_int_equal(v.posture, POSTURE_SITTING);
    assert_float_equal(v.inclination_deg, 38, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_once), cmocka_unit_test(newcomer),
        cmocka_unit_test(calibrated_day),    cmocka_unit_test(gaps_and_bouts),
        cmocka_unit_test(taken_off),         cmocka_unit_test(snapshot),
        cmocka_unit_test(bad_samples),       cmocka_unit_test(foreign_calibration),
        cmocka_unit_test(without_gyro),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
