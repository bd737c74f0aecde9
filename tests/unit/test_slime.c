/* SlimeVR's receiver: packets, which of several trackers, silence that means stillness, reports cut short, faults. */
#include "fault_fixture.h"

#include <math.h>

static const struct protocol *slime;

enum { STREAM_MAX = 1 << 19, PACKET = 16, LISTEN = 32 };
enum { INFO, PRECISE, COMPACT, STATUS, MAGNETIC, RUNTIME, BUTTON, COMPACT_BUTTON };
static uint8_t stream[STREAM_MAX];
static size_t length;
static struct fed fed, clean;

static void put16(uint8_t *p, double v)
{
    int count = (int)fmax(-32768, fmin(32767, rint(v)));
    p[0] = (uint8_t)count;
    p[1] = (uint8_t)((unsigned)count >> 8);
}

static uint8_t *add_packet(uint8_t type, uint8_t tracker)
{
    uint8_t *p = stream + length;
    memset(p, 0, PACKET);
    p[0] = type;
    p[1] = tracker;
    length += PACKET;
    return p;
}

/* Turned by DEG about x; linear acceleration 0.5, −1, A m/s². */
static void add_precise(uint8_t type, uint8_t tracker, double deg, double a)
{
    uint8_t *p = add_packet(type, tracker);
    double half = deg / 2 * M_PI / 180;
    put16(p + 2, sin(half) * 32768);
    put16(p + 8, cos(half) * 32768);
    put16(p + 10, 0.5 * 128);
    put16(p + 12, -128);
    put16(p + 14, a * 128);
}

static void add_compact(uint8_t tracker, double deg, uint8_t battery)
{
    uint8_t *p = add_packet(COMPACT, tracker);
    uint32_t bits = (uint32_t)lround((deg / 180 + 1) * 512) | 1024u << 10 | 1024u << 21;
    p[2] = battery;
    p[4] = 130;
    for (int i = 0; i < 4; i++) p[5 + i] = (uint8_t)(bits >> 8 * i);
    put16(p + 9, 64);
    put16(p + 11, -128);
    put16(p + 13, 0);
    p[15] = 40;
}

static void add_info(uint8_t tracker, int year, int month, int day)
{
    unsigned date = (unsigned)((year - 2020) << 9 | month << 5 | day);
    uint8_t *p = add_packet(INFO, tracker);
    p[10] = (uint8_t)date;
    p[11] = (uint8_t)(date >> 8);
}

static void add_address(uint8_t tracker)
{
    static const uint8_t address[6] = {0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12};
    memcpy(add_packet(255, tracker) + 2, address, sizeof address);
}

/* What a report holds where nothing is to be said; the last packet that counts waits for two. */
static void end(void)
{
    add_address(0);
    add_address(0);
}

static void play(void) { feed(slime, stream, length, length, FED_MAX, &fed); }

/* Enough for the tracker to be chosen. */
static void begin(uint8_t tracker)
{
    length = 0;
    for (int i = 0; i < LISTEN - 1; i++) add_precise(PRECISE, tracker, 10, 0);
}

static double turned_deg(const struct raw_sample *s) { return 2 * atan2(s->quat[1], s->quat[0]) * 180 / M_PI; }

static void test_precise(void **state)
{
    (void)state;
    begin(3);
    add_precise(PRECISE, 3, -77, 2);
    add_precise(MAGNETIC, 3, 30, 0);
    end();
    play();
    assert_int_equal(fed.n, 2);
    assert_int_equal(fed.sample[0].have, HAVE_QUAT | HAVE_LINEAR_ACCEL);
    assert_true(fabs(turned_deg(&fed.sample[0]) + 77) < 0.02);
    assert_true(fed.sample[0].device_ns == NO_DEVICE_TIME);
    assert_float_equal(fed.sample[0].accel[0] * fed.sample[0].scale.accel_mps2, 0.5f, 0.01f);
    assert_float_equal(fed.sample[0].accel[1] * fed.sample[0].scale.accel_mps2, -1, 0.01f);
    assert_float_equal(fed.sample[0].accel[2] * fed.sample[0].scale.accel_mps2, 2, 0.01f);
    assert_int_equal(fed.sample[1].have, HAVE_QUAT);
    assert_int_equal(fed.sample[1].index, 1);
    assert_true(fabs(turned_deg(&fed.sample[1]) - 30) < 0.02);
}

static void test_compact(void **state)
{
    (void)state;
    begin(3);
    for (int deg = -180; deg < 180; deg += 15) add_compact(3, deg, 0x80 | 64);
    end();
    play();
    assert_int_equal(fed.n, 24);
    for (int i = 0; i < 24; i++) {
        double off = turned_deg(&fed.sample[i]) - (15 * i - 180);
        assert_true(fabs(remainder(off, 360)) < 0.4);
        assert_int_equal(fed.sample[i].accel[0], 64);
    }
    assert_int_equal(fed.info.battery_percent, 64);
}

static void test_which_tracker(void **state)
{
    (void)state;
    length = 0;
    for (int i = 0; i < LISTEN; i++)
        add_precise(PRECISE, (uint8_t)(i == 0 ? 7 : i % 3 + 4), i, 0);           /* 7, then 4, 5, 6 */
    for (uint8_t i = 0; i < 30; i++) add_precise(PRECISE, i % 3 + 2, 40, i % 3); /* now 2, 3 and 4 */
    add_address(4);
    for (int i = 0; i < 2; i++) add_info(4, 2025, 7, 31);
    end();
    play();
    assert_int_equal(fed.n, 12); /* of 4: ten, and its info twice */
    for (size_t i = 0; i < fed.n; i++) assert_int_equal(fed.sample[i].accel[2], 256);
    assert_string_equal(fed.info.model, "SlimeVR 4, 6 here");
    assert_string_equal(fed.info.firmware, "2025-07-31");
    assert_true(fed.info.serial == 0x123456789abcull);
}

static void test_stillness_is_said_by_other_packets(void **state)
{
    (void)state;
    begin(0);
    add_address(1);
    add_packet(BUTTON, 0);
    add_precise(PRECISE, 0, 20, 1);
    add_packet(BUTTON, 0);
    add_packet(BUTTON, 1); /* of another */
    uint8_t *status = add_packet(STATUS, 0);
    status[4] = 90;
    status[5] = 3;
    add_packet(RUNTIME, 0);
    add_packet(9, 0); /* of the future */
    end();
    play();
    assert_int_equal(fed.n, 4);
    for (size_t i = 0; i < fed.n; i++) {
        assert_true(fabs(turned_deg(&fed.sample[i]) - 20) < 0.02);
        assert_int_equal(fed.sample[i].index, i);
    }
    assert_int_equal(fed.stats.lost_frames, 3);
    assert_int_equal(fed.stats.skipped_bytes, 0);
}

/* Older firmware measured its acceleration along other axes. */
static void test_old_firmware(void **state)
{
    (void)state;
    begin(0);
    add_precise(PRECISE, 0, 20, 1);
    for (int day = 31; day > 28; day -= 2)
        for (int i = 0; i < 2; i++) add_info(0, 2025, 5, day);
    add_precise(PRECISE, 0, 20, 1);
    add_info(0, 2025, 6, 1);
    add_precise(PRECISE, 0, 20, 1);
    add_info(0, 2025, 6, 1);
    add_precise(PRECISE, 0, 20, 1);
    end();
    play();
    assert_int_equal(fed.n, 10);
    static const size_t precise[] = {0, 5, 7, 9};
    static const uint8_t linear[] = {HAVE_LINEAR_ACCEL, 0, 0, HAVE_LINEAR_ACCEL};
    for (size_t i = 0; i < 4; i++) assert_int_equal(fed.sample[precise[i]].have, HAVE_QUAT | linear[i]);
}

/* Reports of four packets, no two samples alike. */
static void add_reports(int n)
{
    for (int k = 0; k < n; k++) {
        if (k % 5 == 3)
            add_compact(0, k % 90, 0x80 | 50);
        else
            add_precise(PRECISE, 0, 10 + 0.1 * k, 0.01 * k);
        for (uint8_t i = 0; i < 3; i++) add_address(i);
    }
}

static void test_reports_cut_short(void **state)
{
    (void)state;
    static uint8_t cut[STREAM_MAX];
    length = 0;
    add_reports(60);
    play();
    clean = fed;
    for (size_t report = 40; report < 44; report++)
        for (size_t left = 0; left < 64; left++) {
            size_t at = report * 64 + left, rest = length - (report + 1) * 64;
            memcpy(cut, stream, at);
            memcpy(cut + at, stream + (report + 1) * 64, rest);
            feed(slime, cut, at + rest, 64, FED_MAX, &fed);
            assert_true(fed.n + 3 >= clean.n);
            for (size_t i = 0; i < fed.n; i++) assert_true(fault_sent(&clean, &fed.sample[i]));
        }
}

static void test_any_slices(void **state)
{
    (void)state;
    length = 0;
    for (int i = 0; i < 21; i++) stream[length++] = (uint8_t)(i * 37);
    add_reports(50);
    assert_slicing_is_free(slime, stream, length);
    play();
    assert_int_equal(fed.n, 50 - LISTEN + 1);
}

static void test_single_faults(void **state)
{
    (void)state;
    static const int most[] = {
        0,
        200, /* from within one packet to the same place in the next */
        3437,
        3399,
    };
    length = 0;
    add_reports(60);
    assert_single_faults(slime, stream, length, most, 27);
}

static void test_noise_and_fills(void **state)
{
    (void)state;
    assert_in_range(longest_run_in_noise(slime, 2024), 0, slime->lock_run - 1);
    assert_fills_are_nothing(slime);
}

/* Its bytes carry no mark: listening alone never finds it. */
static void test_known_by_its_usb_id_only(void **state)
{
    (void)state;
    struct detect *d = malloc(detect_size());
    assert_non_null(d);
    detect_init(d);
    length = 0;
    add_reports(200);
    assert_true(slime->by_identity);
    assert_null(detect_push(d, stream, length));
    free(d);
}

int main(void)
{
    slime = protocol_find("slime");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precise),         cmocka_unit_test(test_compact),
        cmocka_unit_test(test_which_tracker),   cmocka_unit_test(test_stillness_is_said_by_other_packets),
        cmocka_unit_test(test_old_firmware),    cmocka_unit_test(test_reports_cut_short),
        cmocka_unit_test(test_any_slices),      cmocka_unit_test(test_single_faults),
        cmocka_unit_test(test_noise_and_fills), cmocka_unit_test(test_known_by_its_usb_id_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
