/* The self-test of the range of motion: against the truth of simulated motion, and what makes it void. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/range.h"
#include "sim_fixture.h"

#include <math.h>
#include <stdlib.h>

/* ---- made-up views ----------------------------------------------------------------------------------------------- */

struct rig {
    struct range range;
    struct posture_view view;
    double rate_hz;
};

static void begin(struct rig *r, double rate_hz)
{
    *r = (struct rig){.rate_hz = rate_hz};
    r->view = (struct posture_view){.t_ns = SECONDS_NS(1000),
                                    .posture = POSTURE_STANDING,
                                    .angles_known = true,
                                    .flexion_deg = 4,
                                    .lateral_deg = -2};
    range_start(&r->range);
}

static void feed(struct rig *r, double seconds, float flexion_deg, float lateral_deg)
{
    for (int i = 0; i < (int)lround(seconds * r->rate_hz); i++) {
        r->view.flexion_deg = flexion_deg;
        r->view.lateral_deg = lateral_deg;
        range_look(&r->range, &r->view);
        r->view.t_ns += (int64_t)(NS_PER_S / r->rate_hz);
    }
}

/* The whole phase upright at 4° and −2°, or out to DEG for as long as HELD_S in its middle. */
static void phase(struct rig *r, int phase, float deg, double held_s)
{
    static const float flexion[RANGE_WAYS] = {1, -1, 0, 0}, lateral[RANGE_WAYS] = {0, 0, 1, -1};
    double rest_s = range_phase_s(phase) - held_s;
    feed(r, rest_s / 2, 4, -2);
    if (phase % 2)
        feed(r, held_s, 4 + deg * flexion[phase / 2], -2 + deg * lateral[phase / 2]);
    else
        feed(r, held_s, 4, -2);
    feed(r, rest_s / 2, 4, -2);
}

static const float wanted[RANGE_WAYS] = {80, 25, 35, 30};

static void all_phases(struct rig *r)
{
    for (int p = 0; p < RANGE_PHASES; p++) phase(r, p, p % 2 ? wanted[p / 2] : 0, 2);
    feed(r, 1, 4, -2);
}

static struct range_view shown(const struct rig *r)
{
    struct range_view v;
    range_show(&r->range, &v);
    return v;
}

static void it_measures_from_the_upright_of_the_test(void **state)
{
    (void)state;
    static const double rates_hz[] = {10, 25, 50, 100, 208, 1000};
    for (size_t i = 0; i < sizeof rates_hz / sizeof rates_hz[0]; i++) {
        struct rig r;
        begin(&r, rates_hz[i]);
        all_phases(&r);
        assert_int_equal(shown(&r).state, RANGE_DONE);
        for (int w = 0; w < RANGE_WAYS; w++) assert_float_equal(shown(&r).deg[w], wanted[w], 0.01);
    }
}

static void it_takes_a_minute(void **state)
{
    (void)state;
    struct rig r;
    int sum = 0;
    for (int p = 0; p < RANGE_PHASES; p++) sum += range_phase_s(p);
    assert_true(sum <= 60);
    begin(&r, 50);
    assert_float_equal(shown(&r).left_s, sum, 0.01);
    feed(&r, 7, 4, -2);
    assert_int_equal(shown(&r).phase, 1);
    assert_true(shown(&r).phase_left_s > 7.9f && shown(&r).phase_left_s <= 8.1f);
}

static void what_is_not_held_does_not_count(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, 100);
    phase(&r, 0, 0, 1);
    feed(&r, 3, 44, -2);    /* held at 40 beyond upright */
    feed(&r, 0.2, 150, -2); /* a knock */
    feed(&r, 1, 44, -2);
    feed(&r, 0.25, 94, -2); /* touched, not held */
    feed(&r, 4.55, 4, -2);
    for (int p = 2; p < RANGE_PHASES; p++) phase(&r, p, 0, 1);
    feed(&r, 1, 4, -2);
    assert_int_equal(shown(&r).state, RANGE_DONE);
    assert_float_equal(shown(&r).deg[RANGE_FLEXION], 40, 0.01);
}

static void a_movement_not_made_is_unknown(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, 50);
    for (int p = 0; p < RANGE_PHASES; p++) phase(&r, p, p == 1 ? 60 : p == 3 ? 4 : 0, 2);
    feed(&r, 1, 4, -2);
    assert_int_equal(shown(&r).state, RANGE_DONE);
    assert_float_equal(shown(&r).deg[RANGE_FLEXION], 60, 0.01);
    for (int w = RANGE_EXTENSION; w < RANGE_WAYS; w++) assert_true(isnan(shown(&r).deg[w]));
}

static void refused(const struct rig *r, enum range_fault fault)
{
    assert_int_equal(shown(r).state, RANGE_REFUSED);
    assert_int_equal(shown(r).fault, fault);
    for (int w = 0; w < RANGE_WAYS; w++) assert_true(isnan(shown(r).deg[w]));
}

static void what_voids_it_is_told(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, 50);
    feed(&r, 4, 4, -2);
    feed(&r, 3, 14, -2); /* moved while upright was looked at */
    refused(&r, RANGE_MOVED);

    begin(&r, 50);
    phase(&r, 0, 0, 1), phase(&r, 1, 70, 2);
    feed(&r, 6, 24, -2); /* stays bent, or the sensor slipped */
    refused(&r, RANGE_NOT_BACK);

    begin(&r, 50);
    feed(&r, 3, 4, -2);
    r.view.t_ns += SECONDS_NS(2);
    feed(&r, 1, 4, -2);
    refused(&r, RANGE_NO_SAMPLES);

    begin(&r, 50);
    feed(&r, 3, 4, -2);
    range_advance(&r.range, r.view.t_ns + SECONDS_NS(10));
    refused(&r, RANGE_NO_SAMPLES);

    begin(&r, 2); /* a hole between any two */
    all_phases(&r);
    refused(&r, RANGE_NO_SAMPLES);

    begin(&r, 50);
    feed(&r, 3, 4, -2);
    r.view.posture = POSTURE_NOT_WORN;
    feed(&r, 1, 4, -2);
    refused(&r, RANGE_NOT_WORN);

    begin(&r, 50);
    r.view.posture = POSTURE_WALKING;
    feed(&r, 4, 4, -2);
    refused(&r, RANGE_WALKED);

    begin(&r, 50);
    feed(&r, 3, 4, -2);
    r.view.angles_known = false;
    feed(&r, 1, NAN, NAN);
    refused(&r, RANGE_NO_REFERENCE);
}

static void silence_from_the_start_ends_it(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, 50);
    range_advance(&r.range, SECONDS_NS(500));
    assert_int_equal(shown(&r).state, RANGE_RUNNING);
    range_advance(&r.range, SECONDS_NS(505));
    refused(&r, RANGE_NO_SAMPLES);
}

/* Whatever comes, it ends as what it can be. */
static void nothing_harms_it(void **state)
{
    (void)state;
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0, 1e30f, -1e30f, 180, -180};
    srand(11);
    for (int n = 0; n < 2000; n++) {
        struct rig r;
        begin(&r, 20);
        for (int i = 0; i < 1500; i++) {
            r.view.flexion_deg = rand() % 50 ? (float)(rand() % 90) : odd[rand() % 8];
            r.view.lateral_deg = rand() % 50 ? 0 : odd[rand() % 8];
            r.view.posture = rand() % 500 ? POSTURE_STANDING : (enum posture)(rand() % POSTURE_COUNT);
            r.view.t_ns += rand() % 300 ? 50 * NS_PER_MS : (int64_t)(rand() % 5000 - 1000) * NS_PER_MS;
            range_look(&r.range, &r.view);
            struct range_view v = shown(&r);
            assert_true(v.phase >= 0 && v.phase <= RANGE_PHASES && v.fault <= RANGE_WALKED);
        }
    }
}

/* ---- against the simulator --------------------------------------------------------------------------------------- */

#define CALIBRATED                                                                                                     \
    "sit upright 20s\n!calibrate sit-upright\nsit upright 20s\nslouch 4s 22deg\n!calibrate sit-slouched\n"             \
    "slouch 20s 22deg\nstand 6s\n!calibrate stand\nstand 20s\nwalk 40s\n"
/* Seated, for the simulator bends sideways and back only there; what is measured is the trunk. */
#define THE_TEST                                                                                                       \
    "sit upright 20s\n!range\nsit upright 6s\nslouch 8s 62deg\nsit upright 6s\nrecline 7s 24deg\nsit upright 6s\n"     \
    "lean left 7s 33deg\nsit upright 6s\nlean right 7s 28deg\nsit upright 12s\n"

struct truth {
    struct range range; /* the same test of the true angles */
    struct quaternion to_body;
};

static void look_at_truth(struct truth *t, const struct reading *reading, int64_t t_ns)
{
    static const double up[3] = {0, 0, 1};
    double body[3], sensor[3];
    quaternion_rotate(quaternion_conjugate(reading->attitude), up, sensor);
    quaternion_rotate(t->to_body, sensor, body);
    struct posture_view v = {.t_ns = t_ns, .posture = POSTURE_STANDING, .angles_known = true};
    v.flexion_deg = (float)(atan2(-body[0], body[2]) / DEG_RAD);
    v.lateral_deg = (float)(asin(-body[1]) / DEG_RAD);
    range_look(&t->range, &v);
}

static void play(const char *settings, struct range_view *measured, struct range_view *truth)
{
    static struct sim sim;
    struct scenario scenario;
    struct tracker *tracker = calloc(1, tracker_size());
    struct tracker_out out;
    struct range range = {0};
    struct truth true_one = {0};
    struct reading reading;
    char text[1200];
    const struct tracker_config config = {.sensitivity = SENSITIVITY_MEDIUM};
    size_t next = 0;
    snprintf(text, sizeof text, "%s%s%s", settings, CALIBRATED, THE_TEST);
    fixture_begin(&sim, &scenario, text);
    tracker_init(tracker, &config);
    true_one.to_body = sim.imu.mount;
    while (sim_next(&sim, &reading)) {
        struct sample s = {.t_ns = (int64_t)(reading.t_s * NS_PER_S)};
        while (next < scenario.n_commands && scenario.commands[next].at_s <= reading.t_s) {
            const char *words = scenario.commands[next++].words;
            const char *pose = strrchr(words, ' ');
            if (!pose) range_start(&range), range_start(&true_one.range);
            for (int i = 0; pose && i < POSE_COUNT; i++)
                if (!strcmp(pose + 1, pose_name((enum pose)i))) tracker_capture_start(tracker, (enum pose)i, s.t_ns);
        }
        for (int i = 0; i < 3; i++) {
            s.accel_mps2[i] = (float)(reading.accel[i] * sim.imu.accel_lsb_mps2);
            s.gyro_rads[i] = (float)(reading.gyro[i] * sim.imu.gyro_lsb_rads);
        }
        s.raw.have = HAVE_ACCEL | HAVE_GYRO;
        tracker_push(tracker, &s, &out);
        struct posture_view view;
        tracker_view(tracker, &view);
        if (range.state == RANGE_RUNNING) range_look(&range, &view), look_at_truth(&true_one, &reading, s.t_ns);
    }
    range_show(&range, measured);
    range_show(&true_one.range, truth);
    scenario_free(&scenario);
    free(tracker);
}

static void it_agrees_with_the_simulated_truth(void **state)
{
    (void)state;
    float worst_deg = 0;
    for (unsigned seed = 1; seed <= 12; seed++) {
        struct range_view measured, truth;
        char settings[100];
        snprintf(settings, sizeof settings, "set seed %u\nset rate %d\nset mount %d %d %d\n", seed, seed % 3 ? 50 : 100,
                 (int)(seed * 37 % 360) - 180, (int)(seed * 23 % 180) - 90, (int)(seed * 53 % 360) - 180);
        play(settings, &measured, &truth);
        assert_int_equal(truth.state, RANGE_DONE);
        if (measured.state != RANGE_DONE) print_error("seed %u: fault %d\n", seed, measured.fault);
        assert_int_equal(measured.state, RANGE_DONE);
        for (int w = 0; w < RANGE_WAYS; w++) {
            float off_deg = fabsf(measured.deg[w] - truth.deg[w]);
            if (!(off_deg <= 2))
                print_error("seed %u %s: %.1f, truth %.1f\n", seed, range_way_name((enum range_way)w),
                            (double)measured.deg[w], (double)truth.deg[w]);
            if (!(off_deg <= worst_deg)) worst_deg = off_deg;
        }
    }
    print_message("worst of 12 wearers: %.2f degrees\n", (double)worst_deg);
    assert_true(worst_deg <= 2);
}

static void medians_and_names(void **state)
{
    (void)state;
    double three[] = {9, 1, 4}, four[] = {8, 2, 4, 6};
    assert_float_equal(range_median(three, 3), 4, 0);
    assert_float_equal(range_median(four, 4), 5, 0);
    assert_true(isnan(range_median(three, 0)));
    for (int w = 0; w < RANGE_WAYS; w++) assert_int_equal(range_way_find(range_way_name((enum range_way)w)), w);
    assert_int_equal(range_way_find("up"), RANGE_WAYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_measures_from_the_upright_of_the_test),
        cmocka_unit_test(it_takes_a_minute),
        cmocka_unit_test(what_is_not_held_does_not_count),
        cmocka_unit_test(a_movement_not_made_is_unknown),
        cmocka_unit_test(what_voids_it_is_told),
        cmocka_unit_test(silence_from_the_start_ends_it),
        cmocka_unit_test(nothing_harms_it),
        cmocka_unit_test(it_agrees_with_the_simulated_truth),
        cmocka_unit_test(medians_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
