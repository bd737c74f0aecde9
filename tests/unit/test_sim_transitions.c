/* Sitting down and rising on simulated wearers, of any mounting, rate and placement: what is found, and what is taken
 * for it. */
#include "daemon/posture/tracker.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sim_fixture.h"

enum { WEARERS = 8, CHANGES_MAX = 64 };

struct heard {
    struct transition_look look[CHANGES_MAX];
    unsigned n;
};

static struct sample sample_of(const struct sim *sim, const struct reading *r, bool gyro)
{
    struct sample s = {.t_ns = SECONDS_NS(1000) + (int64_t)(r->t_s * 1e9)};
    s.raw.have = gyro ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL;
    s.raw.scale.accel_mps2 = (float)sim->imu.accel_lsb_mps2;
    s.raw.scale.gyro_rads = gyro ? (float)sim->imu.gyro_lsb_rads : 0;
    memcpy(s.raw.accel, r->accel, sizeof s.raw.accel);
    memcpy(s.raw.gyro, r->gyro, sizeof s.raw.gyro);
    sample_convert(&s);
    return s;
}

/* The verdicts on what WEARER number SEED does, times from the scenario's begin. */
static void hear(struct heard *h, unsigned seed, enum placement placement, double rate_hz, bool gyro, const char *what)
{
    struct tracker_config config = {.placement = placement,
                                    .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    static struct tracker t;
    struct tracker_out out;
    struct scenario s;
    struct sim sim;
    struct reading r;
    char text[2048];
    snprintf(text, sizeof text, "set seed %u\nset rate %g\nset mount %u %u %u\nset placement %s\nwalk 60s\n%s", seed,
             rate_hz, 37 * seed % 360, 101 * seed % 180, 223 * seed % 360,
             placement == PLACEMENT_LOWER_BACK ? "lower-back" : "upper-back", what);
    fixture_begin(&sim, &s, text);
    tracker_init(&t, &config);
    *h = (struct heard){0};
    while (sim_next(&sim, &r)) {
        if (sim.link != LINK_UP) continue;
        struct sample sample = sample_of(&sim, &r, gyro);
        tracker_push(&t, &sample, &out);
        const struct transition_look *last = &t.transition.last;
        if (last->kind == TRANSITION_NONE || h->n == CHANGES_MAX) continue;
        if (h->n > 0 && h->look[h->n - 1].t_ns == last->t_ns - SECONDS_NS(1000)) continue;
        h->look[h->n] = *last;
        h->look[h->n++].t_ns -= SECONDS_NS(1000);
    }
    scenario_free(&s);
}

struct tally {
    unsigned made, found, wrong, others;
};

/* WHAT changes every PERIOD_S from 60 s on, first to standing (no change), then by turns to a seat and from it. */
static void count(struct tally *tally, const struct heard *h, double period_s, unsigned changes)
{
    for (unsigned k = 0; k < h->n; k++) {
        double at_s = (double)h->look[k].t_ns * 1e-9;
        unsigned nearest = (unsigned)fmax(0, floor((at_s - 60) / period_s + 0.4));
        double late_s = at_s - 60 - period_s * nearest;
        bool beside = nearest >= 1 && nearest <= changes && late_s > -2 && late_s < 5;
        enum transition_kind wanted = nearest % 2 ? TRANSITION_SIT_DOWN : TRANSITION_RISE;
        tally->others += !beside;
        tally->found += beside && h->look[k].kind == wanted;
        tally->wrong += beside && h->look[k].kind != wanted;
    }
    tally->made += changes;
}

#define CHAIR "stand 20s\nsit upright 20s\n"
#define CHAIRS CHAIR CHAIR CHAIR CHAIR "stand 20s\n"

static struct tally chairs(enum placement placement, double rate_hz, bool gyro)
{
    struct tally tally = {0};
    struct heard h;
    for (unsigned seed = 1; seed <= WEARERS; seed++) {
        hear(&h, seed, placement, rate_hz, gyro, CHAIRS);
        count(&tally, &h, 20, 8);
    }
    printf("%s, %g Hz%s: %u of %u found, %u wrong, %u others\n", placement == PLACEMENT_LOWER_BACK ? "lower" : "upper",
           rate_hz, gyro ? "" : " without gyro", tally.found, tally.made, tally.wrong, tally.others);
    return tally;
}

static void lower_backs_are_seen_to_change(void **state)
{
    (void)state;
    static const double rates_hz[] = {10, 20, 50, 104, 400};
    for (unsigned i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
        struct tally tally = chairs(PLACEMENT_LOWER_BACK, rates_hz[i], true);
        assert_true(tally.found * 100 >= tally.made * 94);
        assert_int_equal(tally.wrong, 0);
        assert_int_equal(tally.others, 0);
    }
}

static void an_accelerometer_is_enough(void **state)
{
    (void)state;
    static const double rates_hz[] = {10, 50, 104};
    for (unsigned i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
        struct tally tally = chairs(PLACEMENT_LOWER_BACK, rates_hz[i], false);
        assert_true(tally.found * 100 >= tally.made * 90);
        assert_int_equal(tally.wrong, 0);
        assert_int_equal(tally.others, 0);
    }
}

/* Not every upper back is held differently in sitting; where it is not nothing is said, and nothing wrong. */
static void upper_backs_are_not_told_wrong(void **state)
{
    (void)state;
    struct tally tally = chairs(PLACEMENT_UPPER_BACK, 50, true);
    assert_true(tally.found * 100 >= tally.made * 50);
    assert_int_equal(tally.wrong, 0);
    assert_int_equal(tally.others, 0);
}

static unsigned said(enum placement placement, const char *what)
{
    struct heard h;
    unsigned n = 0;
    for (unsigned seed = 1; seed <= WEARERS; seed++) {
        hear(&h, seed, placement, 50, true, what);
        n += h.n;
    }
    return n;
}

static void what_is_no_change_is_none(void **state)
{
    (void)state;
    static const char *const others[] = {
        "stand 20s\nbend 40deg\nstand 15s\nbend 70deg\nstand 15s\nbend 90deg\nstand 20s\n",
        "stand 20s\nreach\nstand 15s\nreach\nstand 20s\n",
        "stand 20s\nwalk 30s\nstand 15s\nwalk 40s\nstand 20s\n",
        "stand 20s\nlie 30s\nstand 20s\n",
    };
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        for (int placement = PLACEMENT_UPPER_BACK; placement <= PLACEMENT_LOWER_BACK; placement++) {
            unsigned n = said((enum placement)placement, others[i]);
            if (n > 0) print_error("%u verdicts of %u wearers, placement %d, in\n%s", n, WEARERS, placement, others[i]);
            assert_int_equal(n, 0);
        }
}

static void a_change_in_a_gap_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(said(PLACEMENT_LOWER_BACK, "stand 20s\nsit upright 20s\nstand 20s\n"), 2 * WEARERS);
    assert_int_equal(said(PLACEMENT_LOWER_BACK, "stand 20s\nsit upright 1s\nstall 1s\nsit upright 20s\n"), 0);
    assert_int_equal(said(PLACEMENT_LOWER_BACK, "stand 20s\nsit upright 5s\nunplug 30s\nsit upright 20s\n"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lower_backs_are_seen_to_change), cmocka_unit_test(an_accelerometer_is_enough),
        cmocka_unit_test(upper_backs_are_not_told_wrong), cmocka_unit_test(what_is_no_change_is_none),
        cmocka_unit_test(a_change_in_a_gap_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
