/* The plumb decoder: meaning before numbers, exact losses, unwrapped counts, restarts, commands, faults. */
#include "sensor_fixture.h"

#include "firmware-proto/plumb_link.h"

#include <math.h>

static const struct protocol *plumb;

/* What a device sends, and the bytes so far. */
struct device {
    uint8_t wire[65536];
    size_t n;
    uint8_t seq;
    uint32_t boot_id;
};

static struct device device;
static struct fed fed, clean;

static void send_frame(struct device *d, uint8_t type, const uint8_t *payload, size_t size)
{
    d->n += plumb_link_encode(type, d->seq++, payload, size, d->wire + d->n);
}

static void send_hello(struct device *d)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello m = {.major = PLUMB_MAJOR,
                            .caps = PLUMB_CAP_GYRO | PLUMB_CAP_VIBRATION,
                            .boot_id = d->boot_id,
                            .serial = 42,
                            .model = "Test back",
                            .firmware = "1.2.3"};
    send_frame(d, PLUMB_HELLO, payload, plumb_put_hello(&m, payload));
}

static void send_stream(struct device *d, float accel_lsb, float gyro_lsb, uint32_t tick_ns)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_stream m = {
        .accel_lsb_mps2 = accel_lsb, .gyro_lsb_rads = gyro_lsb, .rate_mhz = 100000, .tick_ns = tick_ns};
    send_frame(d, PLUMB_STREAM, payload, plumb_put_stream(&m, payload));
}

static void send_samples(struct device *d, uint32_t first, uint8_t n, uint32_t t_last, uint16_t flags)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_samples m = {.n = n, .first_index = first, .t_last = t_last, .flags = flags};
    for (unsigned i = 0; i < n; i++)
        m.sample[i] = (struct plumb_sample){{1, 2, 3}, {(int16_t)((first + i) % 30000), -5, 2048}};
    send_frame(d, PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload));
}

static void send_status(struct device *d, uint32_t lost, uint8_t battery)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_status m = {.samples_lost = lost, .battery_percent = battery};
    send_frame(d, PLUMB_STATUS, payload, plumb_put_status(&m, payload));
}

static void power_on(struct device *d)
{
    d->n = 0;
    d->seq = 0;
    d->boot_id = 7;
    send_hello(d);
    send_stream(d, 0.0048f, 0.001f, 1000);
}

static void play(struct device *d) { feed(plumb, d->wire, d->n, d->n, FED_MAX, &fed); }

static void test_a_plain_stream(void **state)
{
    (void)state;
    power_on(&device);
    for (uint32_t k = 0; k < 20; k++) send_samples(&device, 10 * k, 10, 500000 + 100000 * (k + 1), 0);
    send_status(&device, 3, 88);
    play(&device);
    assert_int_equal(fed.n, 200);
    for (size_t i = 0; i < fed.n; i++) {
        const struct raw_sample *s = &fed.sample[i];
        assert_int_equal(s->index, i);
        assert_int_equal(s->device_ns, (510000 + (int64_t)i * 10000) * 1000);
        assert_int_equal(s->accel[0], i);
        assert_int_equal(s->gyro[2], 3);
        assert_int_equal(s->have, HAVE_ACCEL | HAVE_GYRO);
        assert_int_equal(s->flags, 0);
        assert_true(s->scale.accel_mps2 == 0.0048f && s->scale.gyro_rads == 0.001f);
    }
    assert_string_equal(fed.info.model, "Test back");
    assert_string_equal(fed.info.firmware, "1.2.3");
    assert_int_equal(fed.info.serial, 42);
    assert_int_equal(fed.info.boot_id, 7);
    assert_int_equal(fed.info.battery_percent, 88);
    assert_true(fed.info.has_clock && fed.info.has_counter && fed.info.has_vibration);
    assert_true(fed.info.rate_hz == 100.0f);
    assert_int_equal(fed.stats.device_lost, 3);
    assert_int_equal(fed.stats.frames, 23);
    assert_int_equal(fed.stats.run, 23);
    assert_int_equal(fed.stats.lost_frames + fed.stats.lost_samples + fed.stats.bad_frames, 0);
}

static void test_slicing(void **state)
{
    (void)state;
    power_on(&device);
    for (uint32_t k = 0; k < 5; k++) send_samples(&device, 19 * k, 19, 190000 * (k + 1), 0);
    assert_slicing_is_free(plumb, device.wire, device.n);
}

static void test_numbers_without_meaning_are_refused(void **state)
{
    (void)state;
    device = (struct device){.boot_id = 7};
    send_samples(&device, 0, 10, 100000, 0);
    send_hello(&device);
    send_samples(&device, 10, 10, 200000, 0);
    play(&device);
    assert_int_equal(fed.n, 0);
    assert_int_equal(fed.stats.bad_frames, 0);
    send_stream(&device, 0.0048f, 0, 1000);
    send_samples(&device, 20, 10, 300000, 0);
    play(&device);
    assert_int_equal(fed.n, 10);
    assert_int_equal(fed.sample[0].index, 20);
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL);
}

static void test_another_major_version_is_refused(void **state)
{
    (void)state;
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello m = {.major = PLUMB_MAJOR + 1, .boot_id = 7};
    device = (struct device){.boot_id = 7};
    send_frame(&device, PLUMB_HELLO, payload, plumb_put_hello(&m, payload));
    send_stream(&device, 0.0048f, 0.001f, 1000);
    send_samples(&device, 0, 10, 100000, 0);
    play(&device);
    assert_int_equal(fed.n, 0);
}

/* The chip's real rate is 3 % off the one it states: times inside a batch follow the clock, not the statement. */
static void test_times_inside_a_batch(void **state)
{
    (void)state;
    power_on(&device);
    for (uint32_t k = 0; k < 10; k++) send_samples(&device, 10 * k, 10, 103000 * (k + 1), 0);
    play(&device);
    for (size_t i = 10; i < fed.n; i++)
        assert_int_equal(fed.sample[i].device_ns - fed.sample[i - 1].device_ns, 10300000);
}

static void test_losses_at_each_level(void **state)
{
    (void)state;
    power_on(&device);
    send_samples(&device, 0, 10, 100000, 0);
    device.seq += 2; /* two frames of ten never came */
    send_samples(&device, 30, 10, 400000, 0);
    send_status(&device, 5, 255);
    send_samples(&device, 45, 5, 500000, PLUMB_GAP_BEFORE); /* the chip lost five by itself */
    play(&device);
    assert_int_equal(fed.n, 25);
    assert_int_equal(fed.stats.lost_frames, 2);
    assert_int_equal(fed.stats.lost_samples, 25);
    assert_int_equal(fed.stats.device_lost, 5);
    assert_int_equal(fed.info.battery_percent, -1);
    for (size_t i = 0; i < fed.n; i++)
        assert_int_equal(fed.sample[i].flags, i == 10 || i == 20 ? SAMPLE_GAP_BEFORE : 0);
    assert_int_equal(fed.sample[10].device_ns, 310000000);
}

static void test_count_and_clock_turn_over(void **state)
{
    (void)state;
    power_on(&device);
    uint32_t index = UINT32_MAX - 24, t = UINT32_MAX - 249999;
    for (uint32_t k = 0; k < 6; k++) send_samples(&device, index + 10 * k, 10, t + 100000 * k, 0);
    play(&device);
    assert_int_equal(fed.n, 60);
    assert_int_equal(fed.stats.lost_samples, 0);
    for (size_t i = 1; i < fed.n; i++) {
        assert_int_equal(fed.sample[i].index, fed.sample[i - 1].index + 1);
        assert_int_equal(fed.sample[i].device_ns - fed.sample[i - 1].device_ns, 10000000);
        assert_int_equal(fed.sample[i].flags, 0);
    }
}

/* Two hours out of reach: the clock of microseconds turned over unseen, the count tells how often. */
static void test_long_absence(void **state)
{
    (void)state;
    power_on(&device);
    send_samples(&device, 0, 10, 100000, 0);
    uint64_t us = 7200ull * 1000000 * 101 / 100; /* and the rate was 1 % off */
    send_samples(&device, 720000, 10, (uint32_t)us, 0);
    play(&device);
    assert_int_equal(fed.n, 20);
    assert_int_equal(fed.sample[19].device_ns, us * 1000);
    assert_int_equal(fed.stats.lost_samples, 719990);
    assert_int_equal(fed.sample[10].flags, SAMPLE_GAP_BEFORE);
}

static void test_restart_with_and_without_hello(void **state)
{
    (void)state;
    for (int hello = 0; hello < 2; hello++) {
        power_on(&device);
        for (uint32_t k = 50; k < 52; k++) send_samples(&device, 10 * k, 10, 100000 * k, 0);
        device.seq = 0;
        if (hello) {
            device.boot_id = 8;
            send_hello(&device);
            send_samples(&device, 0, 5, 50000, 0); /* whose meaning nobody has said yet */
            send_stream(&device, 0.0024f, 0.001f, 1000);
        }
        send_samples(&device, 5, 10, 150000, 0);
        send_samples(&device, 15, 10, 250000, 0);
        play(&device);
        assert_int_equal(fed.n, 40);
        assert_int_equal(fed.sample[20].index, 5);
        assert_int_equal(fed.sample[20].flags, SAMPLE_RESTARTED);
        assert_int_equal(fed.sample[21].flags | fed.sample[30].flags, 0);
        assert_int_equal(fed.sample[29].device_ns, 150000000);
        assert_int_equal(fed.stats.lost_samples, 0);
        if (!hello) continue;
        assert_true(fed.sample[20].scale.accel_mps2 == 0.0024f);
        assert_int_equal(fed.stats.lost_frames, 0);
        assert_int_equal(fed.info.boot_id, 8);
    }
}

static void test_log_is_not_told_twice(void **state)
{
    (void)state;
    power_on(&device);
    send_samples(&device, 0, 10, 100000, 0);
    send_samples(&device, 50, 10, 600000, 0);
    send_samples(&device, 10, 10, 200000, PLUMB_FROM_LOG); /* before what is already out */
    send_samples(&device, 60, 10, 700000, PLUMB_FROM_LOG);
    play(&device);
    assert_int_equal(fed.n, 30);
    assert_int_equal(fed.sample[20].flags, SAMPLE_FROM_LOG);
    assert_int_equal(fed.sample[20].index, 60);
}

static void test_clipping_is_marked(void **state)
{
    (void)state;
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    power_on(&device);
    struct plumb_samples m = {.n = 3, .t_last = 30000};
    m.sample[1].gyro[1] = INT16_MIN;
    m.sample[2].accel[0] = INT16_MAX;
    send_frame(&device, PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload));
    send_samples(&device, 3, 1, 40000, PLUMB_CLIPPED | PLUMB_IMU_RESTARTED);
    play(&device);
    static const int expected[] = {0, SAMPLE_CLIPPED, SAMPLE_CLIPPED, SAMPLE_CLIPPED | SAMPLE_GAP_BEFORE}; /* clock and count went on */
    for (size_t i = 0; i < 4; i++) assert_int_equal(fed.sample[i].flags, expected[i]);
}

static void send_event(struct device *d, uint8_t code)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_event m = {.code = code, .t = 30000};
    send_frame(d, PLUMB_EVENT, payload, plumb_put_event(&m, payload));
}

static void test_worn_is_marked(void **state)
{
    (void)state;
    power_on(&device);
    send_samples(&device, 0, 1, 10000, 0);
    send_event(&device, PLUMB_EVENT_UNWORN);
    send_samples(&device, 1, 2, 30000, 0);
    send_event(&device, PLUMB_EVENT_TAP);
    send_samples(&device, 3, 1, 40000, 0);
    send_event(&device, PLUMB_EVENT_WORN);
    send_samples(&device, 4, 1, 50000, 0);
    play(&device);
    static const int expected[] = {0, SAMPLE_UNWORN, SAMPLE_UNWORN, SAMPLE_UNWORN, 0};
    assert_int_equal(fed.n, 5);
    for (size_t i = 0; i < 5; i++) assert_int_equal(fed.sample[i].flags, expected[i]);
}

/* A frame that was lost may have said that it is worn again. */
static void test_unworn_does_not_outlive_a_loss(void **state)
{
    (void)state;
    power_on(&device);
    send_event(&device, PLUMB_EVENT_UNWORN);
    send_samples(&device, 0, 1, 10000, 0);
    size_t kept = device.n;
    send_event(&device, PLUMB_EVENT_WORN);
    device.n = kept;
    send_samples(&device, 1, 1, 20000, 0);
    play(&device);
    assert_int_equal(fed.n, 2);
    assert_int_equal(fed.sample[0].flags, SAMPLE_UNWORN);
    assert_int_equal(fed.sample[1].flags & SAMPLE_UNWORN, 0);
}

static void test_faults_never_give_a_sample_that_was_not_sent(void **state)
{
    (void)state;
    static const size_t lost_bytes[] = {1, 16, 0};
    static uint8_t damaged[65536];
    uint32_t random = 77;
    power_on(&device);
    for (uint32_t k = 0; k < 20; k++) send_samples(&device, 10 * k, 10, 100000 * (k + 1), 0);
    feed(plumb, device.wire, device.n, device.n, FED_MAX, &clean);
    for (int fault = 0; fault < 3; fault++)
        for (int trial = 0; trial < 4000; trial++) {
            size_t lost = lost_bytes[fault], at = next_random(&random) % (device.n - lost);
            memcpy(damaged, device.wire, at);
            memcpy(damaged + at, device.wire + at + lost, device.n - at - lost);
            if (lost == 0) damaged[at] ^= (uint8_t)(1u << next_random(&random) % 8);
            feed(plumb, damaged, device.n - lost, device.n, FED_MAX, &fed);
            /* without the STREAM nothing means anything; any other fault costs the frames it touched */
            assert_true(fed.n >= 180 || (fed.n == 0 && at < 56 + 32));
            for (size_t i = 0; i < fed.n; i++) {
                assert_memory_equal(fed.sample[i].accel, clean.sample[fed.sample[i].index].accel, 6);
                assert_int_equal(fed.sample[i].device_ns, clean.sample[fed.sample[i].index].device_ns);
            }
        }
}

static void test_garbage_before_costs_at_most_a_frame(void **state)
{
    (void)state;
    static uint8_t noisy[65536];
    uint32_t random = 5;
    power_on(&device);
    send_hello(&device);
    send_stream(&device, 0.0048f, 0.001f, 1000);
    for (uint32_t k = 0; k < 5; k++) send_samples(&device, 10 * k, 10, 100000 * (k + 1), 0);
    for (int trial = 0; trial < 500; trial++) {
        size_t before = next_random(&random) % 600;
        for (size_t i = 0; i < before; i++) noisy[i] = (uint8_t)next_random(&random);
        memcpy(noisy + before, device.wire, device.n);
        feed(plumb, noisy, before + device.n, 64, FED_MAX, &fed);
        assert_int_equal(fed.n, 50);
        assert_in_range(fed.stats.frames, 8, 9);
    }
}

/* Well-formed frames with whatever content: no trap, and index and time of one boot only rise. */
static void test_hostile_fields(void **state)
{
    (void)state;
    uint32_t random = 1234;
    for (int trial = 0; trial < 300; trial++) {
        device = (struct device){.boot_id = 7};
        for (int k = 0; k < 60; k++) {
            uint32_t r = next_random(&random), wide = next_random(&random) >> next_random(&random) % 32;
            if (r % 16 == 0) device.boot_id = r % 3;
            if (r % 16 == 0)
                send_hello(&device);
            else if (r % 8 == 1)
                send_stream(&device, 0.0048f, 0.001f, wide);
            else
                send_samples(&device, next_random(&random) >> r % 32, (uint8_t)(1 + r % 19), wide, (uint16_t)(r >> 16));
        }
        play(&device);
        for (size_t i = 1; i < fed.n; i++) {
            if (fed.sample[i].flags & SAMPLE_RESTARTED) continue;
            assert_true(fed.sample[i].index > fed.sample[i - 1].index);
            assert_true(fed.sample[i].device_ns >= fed.sample[i - 1].device_ns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_stream),
        cmocka_unit_test(test_slicing),
        cmocka_unit_test(test_numbers_without_meaning_are_refused),
        cmocka_unit_test(test_another_major_version_is_refused),
        cmocka_unit_test(test_times_inside_a_batch),
        cmocka_unit_test(test_losses_at_each_level),
        cmocka_unit_test(test_count_and_clock_turn_over),
        cmocka_unit_test(test_long_absence),
        cmocka_unit_test(test_restart_with_and_without_hello),
        cmocka_unit_test(test_log_is_not_told_twice),
        cmocka_unit_test(test_clipping_is_marked),
        cmocka_unit_test(test_worn_is_marked),
        cmocka_unit_test(test_unworn_does_not_outlive_a_loss),
        cmocka_unit_test(test_faults_never_give_a_sample_that_was_not_sent),
        cmocka_unit_test(test_garbage_before_costs_at_most_a_frame),
        cmocka_unit_test(test_hostile_fields),
    };
    plumb = protocol_find("plumb");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
