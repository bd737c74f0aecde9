/* Who sits still is worn, what lies on a table is not; a device that knows is believed. */
#include "daemon/posture/calibration.h"
#include "daemon/posture/vec.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/worn.h"
#include "posture_fixture.h"
#include "tools/sim/chance.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

struct stillness {
    double breath_deg, breath_hz; /* amplitude */
    double sway_deg, sway_s;      /* SD, and the time over which it changes */
    double noise_deg;             /* of the attitude, SD */
};

/* Plays MINUTES of it at 10 Hz in a direction that nothing explains; returns when it was taken for not worn, in minutes,
 * or MINUTES. */
static double until_off(const struct stillness *s, double minutes, uint64_t seed)
{
    struct worn w;
    struct calibration c;
    struct chance chance;
    worn_init(&w);
    calibration_init(&c);
    chance_init(&chance, seed, 1);
    for (int epoch = 0; epoch < (int)(minutes * 12); epoch++) {
        float sum[3] = {0};
        for (int i = 0; i < 50; i++) {
            double t = epoch * 5 + i * 0.1;
            double pitch = s->breath_deg * sin(2 * M_PI * s->breath_hz * t), roll = 0;
            if (s->sway_s > 0) pitch += s->sway_deg * chance_wander(seed, 1, t / s->sway_s);
            if (s->sway_s > 0) roll += 0.6 * s->sway_deg * chance_wander(seed, 2, t / s->sway_s);
            float up[3] = {(float)(pitch + s->noise_deg * chance_normal(&chance)) / DEG_PER_RAD,
                           (float)(roll + s->noise_deg * chance_normal(&chance)) / DEG_PER_RAD, 1};
            vec_unit(up);
            worn_watch(&w, up);
            vec_add(sum, 0.02f, up);
        }
        vec_unit(sum);
        int64_t end_ns = SECONDS_NS((epoch + 1) * 5);
        if (worn_step(&w, &c, sum, 0.004f, end_ns - SECONDS_NS(5), end_ns) == WORN_OFF) return (epoch + 1) / 12.0;
    }
    return minutes;
}

/* A typist: 0.2° of movement in all, from mostly breathing to mostly slow sway; breathing of 0.075° is the least that the
 * simulator has, on the lower back. (Who moves slowly and breathes by less than 0.06° is lost in 1 of 20 such spells.) */
static void still_sitters(void **state)
{
    (void)state;
    static const struct stillness people[] = {
        {0.28, 0.25, 0, 0, 0.01}, {0.2, 0.2, 0.14, 20, 0.01}, {0.1, 0.25, 0.18, 30, 0.01}, {0.1, 0.3, 0.05, 60, 0.005},
        {0, 0.25, 0.2, 2, 0.01},  {0.075, 0.25, 0.18, 40, 0.01},
    };
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        for (uint64_t seed = 1; seed <= 100; seed++) {
            double off_min = until_off(&people[i], 20, seed);
            if (off_min < 20) print_error("person %zu, seed %u: not worn after %.1f min\n", i, (unsigned)seed, off_min);
            assert_true(off_min >= 20);
        }
}

static void on_a_table(void **state)
{
    (void)state;
    static const struct stillness tables[] = {{0, 0, 0, 0, 0.002}, {0, 0, 0, 0, 0.015}, {0, 0, 0.05, 600, 0.01}};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (uint64_t seed = 1; seed <= 20; seed++) assert_float_equal(until_off(&tables[i], 20, seed), 10, 0.2);
}

static void as_the_device_says(void **state)
{
    (void)state;
    struct worn w;
    struct calibration c;
    const float up[3] = {0, 0, 1};
    worn_init(&w);
    calibration_init(&c);
    assert_int_equal(worn_tell(&w, true, SECONDS_NS(1)), WORN_SAME);
    assert_int_equal(worn_tell(&w, false, SECONDS_NS(5)), WORN_OFF);
    assert_int_equal(worn_tell(&w, false, SECONDS_NS(10)), WORN_SAME);
    assert_int_equal(worn_step(&w, &c, up, 0.5f, SECONDS_NS(10), SECONDS_NS(15)), WORN_SAME); /* carried about */
    assert_true(w.off && w.still_ns == SECONDS_NS(5));
    assert_int_equal(worn_tell(&w, true, SECONDS_NS(20)), WORN_ON);
    assert_false(w.off);
    w.off = true; /* found by stillness: a device that says nothing does not end it */
    assert_int_equal(worn_tell(&w, true, SECONDS_NS(25)), WORN_SAME);
}

/* Through the tracker: a device that feels that it was put down, for two minutes, though it is carried about. */
static void put_down(void **state)
{
    (void)state;
    static struct tracker tracker;
    static struct tracker_out out;
    static const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct wearer w = {.rate_hz = 50, .sway_deg = 0.4, .t_ns = SECONDS_NS(100)};
    struct event off = {.kind = EVENT_NONE};
    tracker_init(&tracker, &config);
    for (int i = 0; i < 50 * 300; i++) {
        bool down = i >= 50 * 120 && i < 50 * 240;
        w.flexion_deg = down ? 60 : 8;
        struct sample s = wearer_sample(&w);
        if (down) s.raw.flags |= SAMPLE_UNWORN;
        tracker_push(&tracker, &s, &out);
        for (unsigned k = 0; k < out.n_events; k++)
            if (out.event[k].kind == EVENT_NOT_WORN) off = out.event[k];
    }
    assert_int_equal(off.kind, EVENT_NOT_WORN);
    assert_true(off.start_ns >= SECONDS_NS(215) && off.start_ns <= SECONDS_NS(225));
    assert_true(off.end_ns >= SECONDS_NS(335) && off.end_ns <= SECONDS_NS(345));
    assert_int_equal(tracker.calibration.strap_id, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(still_sitters),
        cmocka_unit_test(on_a_table),
        cmocka_unit_test(as_the_device_says),
        cmocka_unit_test(put_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
