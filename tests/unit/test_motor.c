/* Whether the limits of a vibration hold whatever is asked, by a model that knows nothing of how they are kept: every
 * millisecond that the motor is on, over many random conversations. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/ref/motor.h"

#include <stdbool.h>
#include <string.h>

enum { MINUTE_MS = 60000, LENGTH_MS = 10 * MINUTE_MS };

/* The board's end: a pulse ends by the timer. */
struct bench {
    struct motor motor;
    uint64_t now_ms, until_ms, heard_ms;
    unsigned pulses;
    bool on[LENGTH_MS];
};

static void act(struct bench *b, struct motor_act act)
{
    if (!act.change) return;
    b->until_ms = b->now_ms + act.ms;
    b->pulses += act.ms > 0;
}

/* A main loop that is held up for up to LATE_MS now and then. */
static void run(struct bench *b, uint64_t until_ms, uint32_t *dice, unsigned late_ms)
{
    uint64_t next_ms = b->now_ms;
    for (; b->now_ms < until_ms && b->now_ms < LENGTH_MS; b->now_ms++) {
        if (b->now_ms >= next_ms) {
            act(b, motor_run(&b->motor, b->now_ms * 1000, b->heard_ms * 1000));
            *dice = *dice * 1664525 + 1013904223;
            next_ms = b->now_ms + 10 + (*dice >> 24 == 0 ? *dice % late_ms : 0);
        }
        b->on[b->now_ms] = b->now_ms < b->until_ms;
    }
}

static void check(const struct bench *b, uint64_t length_ms)
{
    unsigned in_minute = 0, at_a_time = 0, rest = MOTOR_REST_MS;
    for (uint64_t t = 0; t < length_ms; t++) {
        in_minute += b->on[t];
        if (t >= MINUTE_MS) in_minute -= b->on[t - MINUTE_MS];
        assert_true(in_minute <= 12000);
        rest = b->on[t] ? 0 : rest + 1;
        at_a_time = rest >= MOTOR_REST_MS ? 0 : at_a_time + b->on[t];
        assert_true(at_a_time <= 2000);
    }
}

static uint32_t draw(uint32_t *dice, uint32_t top)
{
    *dice = *dice * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)*dice * top >> 32);
}

static void limits_hold_whatever_is_asked(void **state)
{
    (void)state;
    static struct bench b;
    uint64_t on = 0;
    unsigned accepted = 0, refused = 0;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        uint32_t dice = seed, greed = draw(&dice, 3);
        memset(&b, 0, sizeof b);
        while (b.now_ms < LENGTH_MS) {
            struct plumb_vibrate v = {(uint8_t)draw(&dice, 101), (uint8_t)draw(&dice, greed == 2 ? 256 : 8),
                                      (uint16_t)draw(&dice, greed ? 2100 : 400),
                                      (uint16_t)draw(&dice, greed ? 300 : 3000)};
            bool host_lives = draw(&dice, 20) > 0;
            if (host_lives) b.heard_ms = b.now_ms;
            if (host_lives && draw(&dice, 8) == 0) {
                act(&b, motor_stop(&b.motor, b.now_ms * 1000));
            } else if (host_lives) {
                int8_t status = motor_vibrate(&b.motor, &v, b.now_ms * 1000);
                assert_true(status == PLUMB_OK || status == PLUMB_RANGE || status == PLUMB_BUSY);
                if (v.on_ms > PLUMB_VIBRATE_ON_MAX_MS) assert_int_equal(status, PLUMB_RANGE);
                accepted += status == PLUMB_OK;
                refused += status != PLUMB_OK;
            }
            run(&b, b.now_ms + 1 + draw(&dice, host_lives ? 4000 : 15000), &dice, 700);
        }
        check(&b, LENGTH_MS);
        for (uint64_t t = 0; t < LENGTH_MS; t++) on += b.on[t];
    }
    assert_true(accepted > 1000 && refused > 1000); /* or nothing was tried */
    assert_true(on > 60u * LENGTH_MS / 50);         /* and it did vibrate: 2 % of the time and more */
}

static void a_silent_host_stops_it(void **state)
{
    (void)state;
    static struct bench b;
    uint32_t dice = 1;
    struct plumb_vibrate v = {50, 40, 200, 800};
    memset(&b, 0, sizeof b);
    assert_int_equal(motor_vibrate(&b.motor, &v, 0), PLUMB_OK);
    run(&b, 30000, &dice, 1);
    unsigned on = 0;
    for (int t = 0; t < 30000; t++) {
        on += b.on[t];
        if (t > 10010) assert_false(b.on[t]);
    }
    assert_int_equal(on, 10 * 200);
}

static void it_does_what_it_is_told(void **state)
{
    (void)state;
    static struct bench b;
    uint32_t dice = 1;
    struct plumb_vibrate v = {60, 3, 200, 100}, weak = {0, 3, 200, 100}, none = {60, 0, 200, 100};
    memset(&b, 0, sizeof b);
    assert_int_equal(motor_vibrate(&b.motor, &v, 0), PLUMB_OK);
    assert_int_equal(motor_vibrate(&b.motor, &v, 0), PLUMB_BUSY);
    run(&b, 2000, &dice, 1);
    assert_int_equal(b.pulses, 3);
    for (int t = 0; t < 2000; t++) assert_int_equal(b.on[t], t < 900 && t % 300 < 200);
    assert_int_equal(motor_vibrate(&b.motor, &weak, 2000000), PLUMB_OK);
    assert_int_equal(motor_vibrate(&b.motor, &none, 2000000), PLUMB_OK);
    run(&b, 4000, &dice, 1);
    assert_int_equal(b.pulses, 3);
}

static void the_minute_refills(void **state)
{
    (void)state;
    static struct bench b;
    uint32_t dice = 1;
    struct plumb_vibrate v = {60, 6, 2000, 1000};
    memset(&b, 0, sizeof b);
    assert_int_equal(motor_vibrate(&b.motor, &v, 0), PLUMB_OK);
    for (int s = 1; s < 60; s++) {
        b.heard_ms = b.now_ms;
        run(&b, 1000u * (unsigned)s, &dice, 1);
        assert_int_equal(motor_vibrate(&b.motor, &v, b.now_ms * 1000), PLUMB_BUSY);
    }
    assert_int_equal(b.pulses, 6);
    run(&b, 85000, &dice, 1);
    assert_int_equal(motor_vibrate(&b.motor, &v, b.now_ms * 1000), PLUMB_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_hold_whatever_is_asked),
        cmocka_unit_test(a_silent_host_stops_it),
        cmocka_unit_test(it_does_what_it_is_told),
        cmocka_unit_test(the_minute_refills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
