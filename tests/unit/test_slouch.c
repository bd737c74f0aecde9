/* The slouch zone, its event, bends, shifts and creep. */
#include "daemon/posture/bend.h"
#include "daemon/posture/creep.h"
#include "daemon/posture/slouch.h"
#include "daemon/posture/swing.h"
#include "daemon/posture/vec.h"
#include "calibration_fixture.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* SLOUCHED_DEG, BACK_DEG: captures at those flexions; 0 leaves them out. */
static struct calibration make(double slouched_deg, double back_deg)
{
    struct calibration c;
    calibration_init(&c);
    c.state = REFERENCE_CALIBRATED;
    c.have_up = c.have_forward = true;
    up_at(0, 0, c.up);
    c.forward[2] = -1;
    const double at[POSE_COUNT] = {[POSE_SIT_SLOUCHED] = slouched_deg, [POSE_LEAN_BACK] = back_deg};
    for (int i = 0; i < POSE_COUNT; i++) {
        if (at[i] == 0) continue;
        c.pose[i].valid = true;
        up_at(at[i], 0, c.pose[i].up);
    }
    c.pose[POSE_SIT_UPRIGHT].valid = slouched_deg != 0;
    up_at(0, 0, c.pose[POSE_SIT_UPRIGHT].up);
    return c;
}

static void thresholds(void **state)
{
    (void)state;
    static const struct {
        enum placement placement;
        enum sensitivity sensitivity;
        double slouched_deg;
        float want_deg; /* NAN: none */
    } table[] = {
        {PLACEMENT_UPPER_BACK, SENSITIVITY_MEDIUM, 24, 12},  {PLACEMENT_UPPER_BACK, SENSITIVITY_HIGH, 30, 10.5f},
        {PLACEMENT_UPPER_BACK, SENSITIVITY_LOW, 20, 14},     {PLACEMENT_UPPER_BACK, SENSITIVITY_HIGH, 10, 8},
        {PLACEMENT_UPPER_BACK, SENSITIVITY_LOW, 60, 20},     {PLACEMENT_UPPER_BACK, SENSITIVITY_LOW, 0, 12},
        {PLACEMENT_LOWER_BACK, SENSITIVITY_MEDIUM, -24, 12}, {PLACEMENT_LOWER_BACK, SENSITIVITY_MEDIUM, 0, NAN},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct tracker_config config = {.placement = table[i].placement, .sensitivity = table[i].sensitivity};
        struct calibration c = make(table[i].slouched_deg, 0);
        struct slouch s;
        slouch_init(&s);
        float got = slouch_threshold_deg(&s, &config, &c);
        assert_true(isnan(table[i].want_deg) ? isnan(got) : fabsf(got - table[i].want_deg) < 0.05f);
        for (int k = 0; k < 5; k++) slouch_widen(&s);
        if (!isnan(got)) assert_float_equal(slouch_threshold_deg(&s, &config, &c), got + 6, 0.01f);
        c.state = REFERENCE_DOUBTFUL;
        assert_true(isnan(slouch_threshold_deg(&s, &config, &c)));
    }
}

struct step {
    double flexion_deg, lateral_deg;
    bool counts, zone;
    int lean;
};

static void zone(void **state)
{
    (void)state;
    static const struct {
        enum placement placement;
        double slouched_deg, back_deg;
        struct step step[5];
    } table[] = {
        /* hysteresis: in at 12, out below 8.4 */
        {PLACEMENT_UPPER_BACK,
         24,
         0,
         {{11, 0, true, false, 0},
          {13, 0, true, true, 0},
          {9, 0, true, true, 0},
          {8, 0, true, false, 0},
          {11, 0, true, false, 0}}},
        {PLACEMENT_UPPER_BACK, 24, 0, {{13, 0, false, false, 0}, {13, 0, true, true, 0}, {13, 0, false, false, 0}}},
        /* a shallow own line, the 20° that always count, and reclining, which never does */
        {PLACEMENT_UPPER_BACK, 60, 0, {{19, 0, true, false, 0}, {21, 0, true, true, 0}, {-30, 0, true, false, 0}}},
        /* someone whose slouch slides backward, with a captured lean-back further off */
        {PLACEMENT_UPPER_BACK, -20, -45, {{-12, 0, true, true, 0}, {-40, 0, true, false, 0}, {5, 0, true, false, 0}}},
        {PLACEMENT_LOWER_BACK, -24, 0, {{-13, 0, true, true, 0}, {25, 0, true, false, 0}}},
        /* leaning */
        {PLACEMENT_UPPER_BACK,
         24,
         0,
         {{0, 11, true, false, 1},
          {0, 8, true, false, 1},
          {0, 6, true, false, 0},
          {0, -11, true, false, -1},
          {0, -11, false, false, 0}}},
        {PLACEMENT_LOWER_BACK, -24, 0, {{0, 11, true, false, 0}}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct tracker_config config = {.placement = table[i].placement, .sensitivity = SENSITIVITY_MEDIUM};
        struct calibration c = make(table[i].slouched_deg, table[i].back_deg);
        struct slouch s;
        struct tracker_out out = {0};
        slouch_init(&s);
        for (int k = 0; k < 5 && (table[i].step[k].flexion_deg != 0 || table[i].step[k].lateral_deg != 0); k++) {
            const struct step *step = &table[i].step[k];
            struct angles a;
            float up[3];
            up_at(step->flexion_deg, step->lateral_deg, up);
            calibration_angles(&c, up, &a);
            slouch_step(&s, &config, &c, &a, up, step->counts, 0.1f, SECONDS_NS(10 + k), &out);
            if (s.in_zone != step->zone || s.in_lean != step->lean) print_error("row %zu step %d\n", i, k);
            assert_int_equal(s.in_zone, step->zone);
            assert_int_equal(s.in_lean, step->lean);
            assert_int_equal(s.zone_since_ns != EVENT_OPEN, step->zone);
        }
    }
}

/* In the zone for IN_S of every PERIOD_S: the event and when it began. */
static unsigned play(int in_s, int period_s, int seconds, struct event *opened, struct event *closed)
{
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK, .sensitivity = SENSITIVITY_MEDIUM};
    struct calibration c = make(24, 0);
    struct slouch s;
    unsigned n = 0;
    slouch_init(&s);
    for (int tick = 0; tick < seconds * 10 + 1200; tick++) {
        float up[3];
        struct angles a;
        struct tracker_out out = {0};
        bool in = tick < seconds * 10 && tick / 10 % period_s < in_s;
        up_at(in ? 18 : 0, 0, up);
        calibration_angles(&c, up, &a);
        slouch_step(&s, &config, &c, &a, up, true, 0.1f, SECONDS_NS(1000) + (int64_t)(tick + 1) * 100 * NS_PER_MS,
                    &out);
        for (unsigned i = 0; i < out.n_events; i++)
            *(out.event[i].end_ns == EVENT_OPEN ? opened : closed) = out.event[i];
        n += out.n_events;
    }
    return n;
}

static void event(void **state)
{
    (void)state;
    struct event opened = {0}, closed = {0};
    assert_int_equal(play(30, 600, 300, &opened, &closed), 0); /* 30 s are no slouch */
    assert_int_equal(play(10, 20, 600, &opened, &closed), 0);  /* nor is half of the time */
    assert_int_equal(play(600, 600, 300, &opened, &closed), 2);
    assert_int_equal(closed.kind, EVENT_SLOUCH);
    assert_true(imaxabs(opened.start_ns - SECONDS_NS(1000)) <= NS_PER_S);
    assert_true(closed.start_ns == opened.start_ns);
    assert_true(imaxabs(closed.end_ns - SECONDS_NS(1300)) <= NS_PER_S);
    assert_float_equal(closed.value, 18, 0.1f);
    assert_int_equal(play(14, 20, 600, &opened, &closed), 2); /* 70 % of the time is one, not thirty */
}

static unsigned bends_of(double deep_deg, double seconds, double fall_s)
{
    struct bend b;
    unsigned n = 0;
    bend_init(&b);
    for (int tick = 0; tick < 600; tick++) {
        double t = tick * 0.1 - 5, angle = t < 0 ? 0 : t < fall_s ? deep_deg * t / fall_s : t < seconds ? deep_deg : 0;
        n += bend_step(&b, (float)angle, 0.1f, SECONDS_NS(100) + tick * 100 * (int64_t)NS_PER_MS) == BEND_DONE;
    }
    return n;
}

static void bends(void **state)
{
    (void)state;
    assert_int_equal(bends_of(25, 4, 1), 0);
    assert_int_equal(bends_of(50, 4, 1), 1);
    assert_int_equal(bends_of(50, 12, 4), 0);   /* slowly, and for long: no bend */
    assert_int_equal(bends_of(50, 12, 0.5), 1); /* quickly */
    assert_int_equal(bends_of(50, 40, 0.5), 0);
}

static void shifts(void **state)
{
    (void)state;
    struct bend b;
    unsigned n = 0;
    bend_init(&b);
    const float path[] = {3, 9, 3, 9, 9, 9, 9, 9, 9, 2, 2, 2, 2, 2, 2, NAN};
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++)
        for (int k = 0; k < 10; k++) n += bend_shifted(&b, path[i], 0.1f);
    assert_int_equal(n, 2);
}

/* The slouch zone second by second: the flexion held, what of it is undecided, and what is bent at its end. */
static struct slouch lived;
static struct event last_event;
static unsigned n_events;

static float live(double flexion_deg, enum slouch_weight weight, int from_s, int to_s)
{
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK, .sensitivity = SENSITIVITY_MEDIUM};
    struct calibration c = make(24, 0);
    float up[3], held_s = 0;
    struct angles a;
    up_at(flexion_deg, 0, up);
    calibration_angles(&c, up, &a);
    for (int tick = from_s * 10; tick < to_s * 10; tick++) {
        struct tracker_out out = {0};
        held_s += slouch_step(&lived, &config, &c, &a, up, weight, 0.1f, (tick + 1) * 100 * (int64_t)NS_PER_MS, &out);
        for (unsigned i = 0; i < out.n_events; i++) last_event = out.event[i];
        n_events += out.n_events;
    }
    return held_s;
}

static void deep_flexion(void **state)
{
    (void)state;
    slouch_init(&lived);
    assert_float_equal(live(18, SLOUCH_COUNTS, 100, 105), 5, 0.15f);
    assert_float_equal(live(40, SLOUCH_UNDECIDED, 105, 113), 0, 0.01f);
    assert_false(slouch_shown(&lived)); /* nobody is spoken to meanwhile */
    assert_float_equal(live(40, SLOUCH_COUNTS, 113, 114), 9, 0.2f); /* no bend: the 8 s count after all */
    assert_true(slouch_shown(&lived) && imaxabs(lived.sure_since_ns - SECONDS_NS(100)) <= NS_PER_S / 5);
    n_events = 0;
    live(40, SLOUCH_COUNTS, 114, 140);
    assert_int_equal(n_events, 1);
    assert_true(imaxabs(last_event.start_ns - SECONDS_NS(100)) <= NS_PER_S / 5);

    slouch_init(&lived);
    live(18, SLOUCH_COUNTS, 200, 230);
    live(40, SLOUCH_UNDECIDED, 230, 237);
    slouch_bent(&lived, SECONDS_NS(237)); /* a bend: 30 + 5 s are not 36 */
    n_events = 0;
    assert_float_equal(live(18, SLOUCH_COUNTS, 237, 242), 5, 0.15f);
    assert_int_equal(n_events, 0);
    assert_true(imaxabs(lived.zone_since_ns - SECONDS_NS(237)) <= NS_PER_S / 5);
    live(18, SLOUCH_COUNTS, 242, 245);
    assert_int_equal(n_events, 1);
}

static void change_of_posture(void **state)
{
    (void)state;
    slouch_init(&lived);
    live(18, SLOUCH_COUNTS, 300, 307); /* sat down at 300 into a slouch; known only at 307 */
    slouch_quiet(&lived, SECONDS_NS(299), SECONDS_NS(310), SECONDS_NS(307));
    assert_false(slouch_shown(&lived));
    live(18, SLOUCH_IGNORED, 307, 310);
    n_events = 0;
    live(18, SLOUCH_COUNTS, 310, 345);
    assert_int_equal(n_events, 0);
    assert_true(imaxabs(lived.zone_since_ns - SECONDS_NS(310)) <= NS_PER_S / 5);
    live(18, SLOUCH_COUNTS, 345, 348);
    assert_int_equal(n_events, 1);
    slouch_init(&lived); /* known only after the quiet is over: what is left begins at its end */
    live(18, SLOUCH_COUNTS, 400, 415);
    slouch_quiet(&lived, SECONDS_NS(399), SECONDS_NS(410), SECONDS_NS(415));
    assert_true(slouch_shown(&lived) && lived.sure_since_ns == SECONDS_NS(410));
}

/* Without captures 12° count, and 20° are spoken of. */
static void guess(void **state)
{
    (void)state;
    static const struct {
        double flexion_deg;
        bool zone, shown;
    } way[] = {{11, false, false}, {13, true, false}, {19, true, false}, {21, true, true}, {15, true, true},
               {13, true, false},  {7, false, false}};
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct calibration c = make(0, 0);
    struct slouch s;
    slouch_init(&s);
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++) {
        struct tracker_out out = {0};
        struct angles a;
        float up[3];
        up_at(way[i].flexion_deg, 0, up);
        calibration_angles(&c, up, &a);
        slouch_step(&s, &config, &c, &a, up, SLOUCH_COUNTS, 0.1f, SECONDS_NS(10 + (int64_t)i), &out);
        assert_int_equal(s.in_zone, way[i].zone);
        assert_int_equal(slouch_shown(&s), way[i].shown);
    }
}

/* A backward line without a captured lean-back: reclining is what goes half as far again. */
static void backward_line(void **state)
{
    (void)state;
    struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK, .sensitivity = SENSITIVITY_MEDIUM};
    struct calibration c = make(-20, 0);
    static const double flexion_deg[] = {-5, -12, -28, -32, 12};
    static const bool zone[] = {false, true, true, false, false};
    for (int i = 0; i < 5; i++) {
        struct tracker_out out = {0};
        struct slouch s;
        struct angles a;
        float up[3];
        slouch_init(&s);
        up_at(flexion_deg[i], 0, up);
        calibration_angles(&c, up, &a);
        slouch_step(&s, &config, &c, &a, up, SLOUCH_COUNTS, 0.1f, SECONDS_NS(10), &out);
        assert_int_equal(s.in_zone, zone[i]);
    }
}

/* Seconds after 100 of the last swing, of a trunk that goes to TOP_DEG and on to END_DEG in 2 s; −1 for none. */
static double swing_of(double top_deg, double end_deg)
{
    struct swing s;
    swing_init(&s);
    for (int tick = 0; tick < 200; tick++) {
        double t = tick * 0.1 - 5;
        double angle = t < 0 ? 0 : t < 1 ? top_deg * t : t < 2 ? top_deg + (end_deg - top_deg) * (t - 1) : end_deg;
        float up[3];
        up_at(angle, 0, up);
        swing_step(&s, up, 0.1f, SECONDS_NS(100) + tick * 100 * (int64_t)NS_PER_MS - SECONDS_NS(5));
    }
    return s.t_ns == EVENT_OPEN ? -1 : (double)(s.t_ns - SECONDS_NS(100)) * 1e-9;
}

static void swings(void **state)
{
    (void)state;
    assert_true(fabs(swing_of(35, 8) - 1) < 0.6);    /* rising */
    assert_true(fabs(swing_of(25, -30) - 1) < 0.6);  /* sitting down, a lower back */
    assert_true(swing_of(15, 30) < 0);               /* sinking into a slouch */
    assert_true(swing_of(15, 0) < 0);                /* reaching */
}

static void creeping(void **state)
{
    (void)state;
    struct creep c = {0};
    for (int i = 0; i < 564; i++) creep_step(&c, 45, 45, 1);
    assert_float_equal(c.level, 0.632f, 0.002f); /* one time constant */
    float at_end = c.level;
    for (int i = 0; i < 120; i++) creep_step(&c, 0, 45, 1);
    assert_float_equal(c.level, at_end / 2, 0.01f);
    for (int i = 0; i < 1500; i++) creep_step(&c, 0, 45, 1);
    assert_float_equal(c.level, at_end / 2 * 0.368f, 0.01f);

    /* half of the full flexion is half of the load; beyond the full one no more than all */
    struct creep half = {0}, over = {0}, gap = {0.8f, 0.8f};
    for (int i = 0; i < 3600; i++) creep_step(&half, 30, 60, 1), creep_step(&over, 80, 60, 1);
    assert_true(fabs((double)half.level - (0.5 * (1 - exp(-3600 / 564.0)))) < 0.002);
    assert_true(fabs((double)over.level - (1 - exp(-3600 / 564.0))) < 0.002);
    creep_step(&gap, 0, 45, 120 + 1500); /* a gap in one step: half, then with 25 min */
    assert_true(fabs((double)gap.level - (0.4 * exp(-1))) < 0.001);
    struct creep again = {0.8f, 0.8f}; /* flexed anew at a quarter of the way: the next recovery halves from there */
    creep_step(&again, 0, 45, 60);
    assert_true(fabs((double)again.level - (0.8 * sqrt(0.5))) < 0.001);
    creep_step(&again, 45, 45, 564);
    double anew = 1 - (1 - 0.8 * sqrt(0.5)) * exp(-1);
    assert_true(fabs((double)again.level - (anew)) < 0.001);
    creep_step(&again, 0, 45, 120);
    assert_true(fabs((double)again.level - (anew / 2)) < 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(thresholds), cmocka_unit_test(zone),
                                       cmocka_unit_test(event),      cmocka_unit_test(bends),
                                       cmocka_unit_test(shifts),     cmocka_unit_test(deep_flexion),
                                       cmocka_unit_test(guess),      cmocka_unit_test(change_of_posture),
                                       cmocka_unit_test(swings),       cmocka_unit_test(backward_line),
                                       cmocka_unit_test(creeping)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
