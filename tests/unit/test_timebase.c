/* Time of samples against the truth of a simulated link: clock error, delays of 0.5 to 239 ms, losses and restarts. */
#include "sensor_fixture.h"

#include <math.h>

enum { BATCH = 4 };
static const int64_t BOOT_NS = SECONDS_NS(5000);

/* A device, its link and what the timebase made of it. */
struct link {
    struct timebase tb;
    double rate_hz, ppm;
    bool clocked, even; /* even: every delay is as likely as any other */
    uint32_t random;
    int64_t device_start_ns, last_read_ns, last_run_ns;
    uint64_t made, sent; /* samples since power-on; those the decoder saw */
    double square_sum, worst_ms;
    uint64_t measured, gaps;
    bool backwards;
};

static struct link link_of(double rate_hz, double ppm, bool clocked)
{
    struct link l = {.rate_hz = rate_hz, .ppm = ppm, .clocked = clocked, .random = 12345, .last_run_ns = -1};
    l.device_start_ns = SECONDS_NS(77);
    timebase_init(&l.tb, TIMEBASE_LIVE, 0, 0);
    return l;
}

static int64_t true_ns(const struct link *l, uint64_t k) { return BOOT_NS + llround((double)k * 1e9 / l->rate_hz); }

/* One-sided, as on a radio bridge: half of them short, some very long. */
static int64_t delay_ns(struct link *l)
{
    double u = (double)(next_random(&l->random) % 100000) / 1e5;
    return llround(1e6 * (0.5 + 238.5 * (l->even ? u : u * u)));
}

static void check(struct link *l, const struct raw_sample *raw, int64_t truth_ns, int64_t read_ns, bool measure)
{
    bool gap;
    int64_t run_ns = timebase_map(&l->tb, raw, read_ns, &gap);
    if (run_ns <= l->last_run_ns) l->backwards = true;
    l->last_run_ns = run_ns;
    l->gaps += gap;
    if (!measure) return;
    double off_ms = (double)(run_ns - truth_ns) / 1e6;
    l->square_sum += off_ms * off_ms;
    if (fabs(off_ms) > l->worst_ms) l->worst_ms = fabs(off_ms);
    l->measured++;
}

static void run(struct link *l, double seconds, bool measure)
{
    uint64_t end = l->made + (uint64_t)llround(seconds * l->rate_hz);
    while (l->made < end) {
        int64_t read_ns = true_ns(l, l->made + BATCH - 1) + delay_ns(l);
        if (read_ns < l->last_read_ns) read_ns = l->last_read_ns;
        l->last_read_ns = read_ns;
        for (int i = 0; i < BATCH; i++, l->made++, l->sent++) {
            struct raw_sample raw = {.device_ns = NO_DEVICE_TIME, .index = l->sent};
            int64_t truth_ns = true_ns(l, l->made);
            if (l->clocked)
                raw.device_ns = l->device_start_ns + llround((double)(truth_ns - BOOT_NS) * (1 + l->ppm * 1e-6));
            check(l, &raw, truth_ns, read_ns, measure);
        }
    }
}

static double rms_ms(struct link *l)
{
    double rms = sqrt(l->square_sum / (double)l->measured);
    printf("  rms %.2f ms, worst %.2f ms, learnt %.3f Hz, %.1f ppm, %llu gaps\n", rms, l->worst_ms,
           timebase_rate_hz(&l->tb), timebase_ppm(&l->tb), (unsigned long long)l->gaps);
    l->square_sum = l->worst_ms = 0;
    l->measured = 0;
    return rms;
}

static void test_a_fast_clock_behind_a_slow_link(void **state)
{
    (void)state;
    struct link l = link_of(100, 80, true);
    run(&l, 60, false);
    run(&l, 600, true);
    assert_true(l.worst_ms < 15);
    assert_true(rms_ms(&l) < 5);
    assert_true(fabs(timebase_ppm(&l.tb) - 80) < 20);
    assert_true(fabs(timebase_rate_hz(&l.tb) - 100) < 0.1);
    run(&l, 3600, true);
    assert_true(l.worst_ms < 10);
    assert_true(rms_ms(&l) < 4);
    assert_false(l.backwards);
    assert_int_equal(l.gaps, 0);
    assert_int_equal(l.tb.steps, 0);
}

static void test_a_clockless_device_at_an_odd_rate(void **state)
{
    (void)state;
    struct link l = link_of(99.26, 0, false);
    run(&l, 60, false);
    run(&l, 600, true);
    assert_true(rms_ms(&l) < 10);
    assert_true(fabs(timebase_rate_hz(&l.tb) - 99.26) < 0.05);
    assert_true(timebase_ppm(&l.tb) == 0);
    assert_false(l.backwards);
    assert_int_equal(l.gaps, 0);
}

/* Here a short delay is rare, so the line has little to hold on to. */
static void test_even_delays(void **state)
{
    (void)state;
    for (int clocked = 0; clocked < 2; clocked++) {
        struct link l = link_of(clocked ? 100 : 99.26, 80, clocked);
        l.even = true;
        run(&l, 60, false);
        run(&l, 900, true);
        assert_true(rms_ms(&l) < 8);
        assert_true(fabs(timebase_rate_hz(&l.tb) / l.rate_hz - 1) < 1e-4);
        assert_false(l.backwards);
        assert_int_equal(l.gaps, 0);
    }
}

static void test_clockless_at_other_rates(void **state)
{
    (void)state;
    static const double rates[] = {10.05, 19.86, 49.45, 198.4};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct link l = link_of(rates[i], 0, false);
        run(&l, 60, false);
        assert_true(fabs(timebase_rate_hz(&l.tb) / rates[i] - 1) < 0.005);
        run(&l, 300, true);
        assert_true(rms_ms(&l) < 30);
        assert_false(l.backwards);
        assert_int_equal(l.gaps, 0);
    }
}

/* Live, a stated rate is a first guess and no more. */
static void test_a_wrong_statement_is_unlearnt(void **state)
{
    (void)state;
    static const double stated[] = {50, 200, 98};
    for (size_t i = 0; i < sizeof stated / sizeof stated[0]; i++) {
        struct link l = link_of(99.26, 0, false);
        timebase_init(&l.tb, TIMEBASE_LIVE, 0, stated[i]);
        run(&l, 30, false);
        l.gaps = 0;
        run(&l, 120, true);
        assert_true(rms_ms(&l) < 10);
        assert_true(fabs(timebase_rate_hz(&l.tb) - 99.26) < 0.1);
        assert_false(l.backwards);
        assert_int_equal(l.gaps, 0);
    }
}

static void test_the_first_seconds_are_usable(void **state)
{
    (void)state;
    struct link l = link_of(100, -80, true);
    run(&l, 3, false);
    run(&l, 57, true);
    assert_true(rms_ms(&l) < 15);
    struct link m = link_of(50, 0, false);
    run(&m, 10, false);
    run(&m, 50, true);
    assert_true(rms_ms(&m) < 40);
    assert_int_equal(l.gaps + m.gaps, 0);
}

static void test_gaps_are_found(void **state)
{
    (void)state;
    static const struct {
        bool clocked;
        double away_s;
    } cases[] = {{true, 0.2}, {true, 0.5}, {true, 600}, {false, 0.6}, {false, 3}, {false, 600}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link l = link_of(100, 40, cases[i].clocked);
        run(&l, 120, false);
        assert_int_equal(l.gaps, 0);
        l.made += (uint64_t)(cases[i].away_s * l.rate_hz); /* the device went on, nobody heard it */
        run(&l, 30, false);
        run(&l, 120, true);
        printf("  %s, %.1f s away:", cases[i].clocked ? "clock" : "no clock", cases[i].away_s);
        assert_true(rms_ms(&l) < (cases[i].clocked ? 5 : 25));
        assert_int_equal(l.gaps, 1);
        assert_false(l.backwards);
    }
}

static void test_a_restart_begins_anew(void **state)
{
    (void)state;
    struct link l = link_of(100, 60, true);
    run(&l, 100, false);
    l.device_start_ns -= SECONDS_NS(150); /* counts from its new boot; three seconds were lost over it */
    l.made += 300;
    struct raw_sample raw = {
        .device_ns = l.device_start_ns + true_ns(&l, l.made) - BOOT_NS, .index = 0, .flags = SAMPLE_RESTARTED};
    check(&l, &raw, 0, true_ns(&l, l.made) + NS_PER_MS, false);
    l.made++;
    assert_int_equal(l.gaps, 1);
    assert_int_equal(l.tb.steps, 1);
    run(&l, 60, true);
    assert_true(rms_ms(&l) < 5);
    assert_int_equal(l.gaps, 1);
    assert_false(l.backwards);
}

static void test_a_clock_set_back_or_forth(void **state)
{
    (void)state;
    static const int64_t jump_s[] = {-3600, 3600, -5, 5};
    for (size_t i = 0; i < sizeof jump_s / sizeof jump_s[0]; i++) {
        struct link l = link_of(50, 0, true);
        run(&l, 100, false);
        l.device_start_ns += SECONDS_NS(jump_s[i]);
        run(&l, 10, false);
        run(&l, 60, true);
        assert_true(rms_ms(&l) < 15);
        assert_false(l.backwards);
        assert_int_equal(l.gaps, 1);
    }
}

/* The daemon was held up; the kernel kept the bytes and they come in one heap. */
static void test_a_held_up_reader_loses_nothing(void **state)
{
    (void)state;
    struct link l = link_of(100, 0, false);
    run(&l, 100, false);
    l.last_read_ns += 1500 * (int64_t)NS_PER_MS;
    run(&l, 1, false);
    run(&l, 60, true);
    assert_true(rms_ms(&l) < 10);
    assert_int_equal(l.gaps, 0);
    assert_false(l.backwards);
}

static void test_samples_from_the_log_do_not_bend_the_clock(void **state)
{
    (void)state;
    struct link l = link_of(100, 0, true);
    run(&l, 100, false);
    uint64_t missed = 6000;
    for (uint64_t k = 0; k < missed; k++, l.made++, l.sent++) {
        int64_t truth_ns = true_ns(&l, l.made);
        struct raw_sample raw = {
            .device_ns = l.device_start_ns + truth_ns - BOOT_NS, .index = l.sent, .flags = SAMPLE_FROM_LOG};
        check(&l, &raw, truth_ns, BOOT_NS + SECONDS_NS(161), true);
    }
    assert_true(rms_ms(&l) < 8);
    run(&l, 60, true);
    assert_true(rms_ms(&l) < 8);
    assert_int_equal(l.gaps, 0);
}

static void test_replay_is_exact(void **state)
{
    (void)state;
    struct timebase tb;
    bool gap;
    timebase_init(&tb, TIMEBASE_SAMPLES, BOOT_NS, 0);
    for (uint64_t k = 0; k < 100000; k++) {
        struct raw_sample raw = {.device_ns = SECONDS_NS(9) + (int64_t)k * 9999000, .index = k};
        assert_int_equal(timebase_map(&tb, &raw, 0, &gap), BOOT_NS + (int64_t)k * 9999000);
        assert_false(gap);
    }
    assert_true(fabs(timebase_rate_hz(&tb) - 100.01) < 0.01);
    timebase_init(&tb, TIMEBASE_SAMPLES, BOOT_NS, 99.26);
    for (uint64_t k = 7; k < 100000; k++) {
        struct raw_sample raw = {.device_ns = NO_DEVICE_TIME, .index = k};
        double expected = (double)(k - 7) * 1e9 / 99.26;
        assert_true(fabs((double)(timebase_map(&tb, &raw, 0, &gap) - BOOT_NS) - expected) <= 2);
        assert_false(gap);
    }
}

static void test_replay_with_gap_and_restart(void **state)
{
    (void)state;
    struct timebase tb;
    bool gap;
    int64_t last_ns = 0;
    timebase_init(&tb, TIMEBASE_SAMPLES, 0, 0);
    for (int k = 0; k < 400; k++) {
        int64_t device_ns =
            (int64_t)k * 10 * NS_PER_MS + (k >= 200 ? SECONDS_NS(4) : 0) - (k >= 300 ? SECONDS_NS(7) : 0);
        struct raw_sample raw = {
            .device_ns = device_ns, .index = (uint64_t)k, .flags = k == 300 ? SAMPLE_RESTARTED : 0};
        int64_t run_ns = timebase_map(&tb, &raw, 0, &gap);
        assert_int_equal(gap, k == 200 || k == 300);
        if (k > 0) assert_int_equal(run_ns - last_ns, (k == 200 ? 4010 : 10) * (int64_t)NS_PER_MS);
        last_ns = run_ns;
    }
}

static void test_hostile_times_only_ever_rise(void **state)
{
    (void)state;
    uint32_t random = 31;
    for (int mode = 0; mode < 2; mode++) {
        struct timebase tb;
        int64_t last_ns = -1, read_ns = BOOT_NS;
        timebase_init(&tb, mode ? TIMEBASE_SAMPLES : TIMEBASE_LIVE, 0, mode ? 50 : 0);
        for (int k = 0; k < 200000; k++) {
            uint64_t wide = (uint64_t)next_random(&random) << 31 ^ next_random(&random);
            struct raw_sample raw = {.device_ns = (int64_t)(wide >> next_random(&random) % 62), .index = wide};
            if (next_random(&random) % 4 == 0) raw.device_ns = NO_DEVICE_TIME;
            if (next_random(&random) % 3 == 0) raw.device_ns = -4000000000000000000;
            raw.flags = (uint8_t)(next_random(&random) % 32);
            read_ns += next_random(&random) % NS_PER_S;
            bool gap;
            int64_t run_ns = timebase_map(&tb, &raw, read_ns, &gap);
            assert_true(run_ns > last_ns);
            last_ns = run_ns;
        }
    }
}

/* Speaks a hundred times a second while it moves and about three times while it is still; read five times a second. */
struct on_change {
    struct timebase tb;
    int64_t now_ns, last_run_ns;
    uint64_t index;
    double worst_ms;
    unsigned gaps;
};

static void speak(struct on_change *d, double seconds, int period_ms)
{
    enum { READ_MS = 200, DELAY_MS = 3 };
    for (int64_t end_ns = d->now_ns + llround(seconds * 1e9); d->now_ns < end_ns; d->now_ns += period_ms * NS_PER_MS) {
        struct raw_sample raw = {.device_ns = NO_DEVICE_TIME, .index = d->index++, .flags = SAMPLE_ON_CHANGE};
        int64_t each_ns = READ_MS * NS_PER_MS, read_ns = ((d->now_ns + DELAY_MS * NS_PER_MS) / each_ns + 1) * each_ns;
        bool gap;
        int64_t run_ns = timebase_map(&d->tb, &raw, read_ns, &gap);
        assert_true(run_ns > d->last_run_ns && run_ns <= read_ns + NS_PER_MS);
        d->last_run_ns = run_ns;
        d->worst_ms = fmax(d->worst_ms, fabs((double)(run_ns - d->now_ns)) / 1e6);
        d->gaps += gap;
    }
}

static void test_a_device_that_speaks_on_change(void **state)
{
    (void)state;
    struct on_change d = {.now_ns = BOOT_NS, .last_run_ns = -1};
    timebase_init(&d.tb, TIMEBASE_LIVE, 0, 0);
    for (int i = 0; i < 20; i++) {
        speak(&d, 7, 10);
        speak(&d, 60, 300);
    }
    print_message("on change: at most %.0f ms off\n", d.worst_ms);
    assert_true(d.worst_ms < 410); /* the read's 200 ms and those of the read before */
    assert_int_equal(d.gaps, 0);
    speak(&d, 60, 1500);
    assert_int_equal(d.gaps, 0);
    d.now_ns += SECONDS_NS(5);
    speak(&d, 5, 10);
    assert_int_equal(d.gaps, 1);
    assert_true(timebase_rate_hz(&d.tb) <= 0); /* it has none */
    assert_int_equal(d.tb.steps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_device_that_speaks_on_change),
        cmocka_unit_test(test_a_fast_clock_behind_a_slow_link),
        cmocka_unit_test(test_a_clockless_device_at_an_odd_rate),
        cmocka_unit_test(test_even_delays),
        cmocka_unit_test(test_clockless_at_other_rates),
        cmocka_unit_test(test_a_wrong_statement_is_unlearnt),
        cmocka_unit_test(test_the_first_seconds_are_usable),
        cmocka_unit_test(test_gaps_are_found),
        cmocka_unit_test(test_a_restart_begins_anew),
        cmocka_unit_test(test_a_clock_set_back_or_forth),
        cmocka_unit_test(test_a_held_up_reader_loses_nothing),
        cmocka_unit_test(test_samples_from_the_log_do_not_bend_the_clock),
        cmocka_unit_test(test_replay_is_exact),
        cmocka_unit_test(test_replay_with_gap_and_restart),
        cmocka_unit_test(test_hostile_times_only_ever_rise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
