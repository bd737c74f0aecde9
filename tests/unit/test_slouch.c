/* The slouch zone, its event, bends, shifts and creep. */
#include "daemon/posture/bend.h"
#include "daemon/posture/creep.h"
#include "daemon/posture/slouch.h"
#include "daemon/posture/vec.h"
#include "posture_fixture.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void up_at(double flexion_deg, double lateral_deg, float up[3])
{
    double u[3];
    wearer_up(flexion_deg, lateral_deg, u);
    for (int i = 0; i < 3; i++) up[i] = (float)u[i];
}

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
        float up[3];
        up_at(angle, 0, up);
        n += bend_step(&b, (float)angle, up, 0.1f, SECONDS_NS(100) + tick * 100 * (int64_t)NS_PER_MS) == BEND_DONE;
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(thresholds), cmocka_unit_test(zone),
                                       cmocka_unit_test(event),      cmocka_unit_test(bends),
                                       cmocka_unit_test(shifts),     cmocka_unit_test(creeping)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
