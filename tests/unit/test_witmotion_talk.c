/* WitMotion beyond the plain stream: settings and battery, the device's own attitude, card logs, clocks never set. */
#include "sensor_fixture.h"

static const struct protocol *wit;

enum { STREAM_MAX = 131072 };
static uint8_t stream[STREAM_MAX];
static size_t length;
static struct fed fed;

static void add_short(uint8_t type, int a, int b, int c, int d)
{
    const int v[4] = {a, b, c, d};
    uint8_t *p = stream + length;
    p[0] = 0x55, p[1] = type, p[10] = 0;
    for (int i = 0; i < 8; i++) p[2 + i] = (uint8_t)((unsigned)v[i / 2] >> 8 * (i % 2));
    for (int i = 0; i < 10; i++) p[10] = (uint8_t)(p[10] + p[i]);
    length += 11;
}

static void add_long(uint8_t flag, const int16_t v[9])
{
    stream[length++] = 0x55;
    stream[length++] = flag;
    for (int i = 0; i < 18; i++) stream[length++] = (uint8_t)((uint16_t)v[i / 2] >> 8 * (i % 2));
}

static void add_date(int ms)
{
    const uint8_t date[8] = {25, 11, 22, 8, 30, (uint8_t)(ms / 1000), (uint8_t)(ms % 1000), (uint8_t)(ms % 1000 >> 8)};
    memcpy(stream + length, date, sizeof date);
    length += sizeof date;
}

/* Unlike its neighbours, and at rest. */
static void add_still(int k)
{
    add_long(0x61, (int16_t[9]){(int16_t)(3 + k), -20, 2050, 1, (int16_t)-k, 2, 100, -50, 7});
}

static void play(void) { feed(wit, stream, length, length, FED_MAX, &fed); }

static void test_attitude_comes_along(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 30; k++) {
        add_short(0x51, k, 0, 2048, 0);
        add_short(0x52, 1, 2, k, 0);
        add_short(0x53, 0, 0, 0, 0);
        if (k != 20) add_short(0x59, 32000, k, -k, 7000);
    }
    play();
    assert_int_equal(fed.n, 30);
    for (int k = 1; k < 30; k++) {
        const struct raw_sample *s = &fed.sample[k];
        assert_int_equal(s->have, HAVE_ACCEL | HAVE_GYRO | (k == 20 ? 0 : HAVE_QUAT));
        assert_true(s->accel[0] == k && s->gyro[2] == k);
        if (k != 20) assert_true(s->quat[0] == 32000 && s->quat[1] == k && s->quat[2] == -k && s->quat[3] == 7000);
    }
    assert_slicing_is_free(wit, stream, 400);
}

/* As long as a log that a user recorded: four frames a group, none of them bad. */
static void test_card_log_of_short_frames(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 2017; k++)
        for (int type = 0x51; type <= 0x54; type++) add_short((uint8_t)type, k, -k, 2125, 2526);
    play();
    assert_int_equal(fed.n, 2017);
    assert_int_equal(fed.stats.frames, 8068);
    assert_int_equal(fed.stats.run, 8068);
    assert_int_equal(fed.stats.bad_frames + fed.stats.skipped_bytes, 0);
}

/* Cut off by just the eight bytes of the date, a dated frame is as long as a plain one. */
static void test_dated_and_plain_frames_are_not_confused(void **state)
{
    (void)state;
    for (int cut_at = 2; cut_at <= 20; cut_at++) {
        length = 0;
        for (int k = 0; k < 12; k++) {
            size_t frame = length;
            add_still(k);
            add_date(10 * k);
            if (k != 6) continue;
            memmove(stream + frame + cut_at, stream + frame + cut_at + 8, length - frame - (size_t)cut_at - 8);
            length -= 8;
        }
        play();
        assert_int_equal(fed.n, 10);
        for (size_t i = 0; i < fed.n; i++) {
            assert_int_equal(fed.sample[i].accel[0], 3 + (i < 6 ? i : i + 1));
            assert_true(fed.sample[i].device_ns != NO_DEVICE_TIME);
        }
    }
}

/* Another device on the same link: its kind of frame is learnt after some bytes. */
static void test_the_kind_of_frame_is_learnt_anew(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 10; k++) add_still(k);
    for (int k = 0; k < 20; k++) add_still(k), add_date(10 * k);
    play();
    assert_in_range(fed.n, 10 + 20 - 6, 29);
    assert_true(fed.sample[fed.n - 1].device_ns != NO_DEVICE_TIME);
}

static void test_a_clock_never_set_still_runs(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 10; k++) {
        add_short(0x50, 0, 0, 0, 10 * k);
        add_short(0x51, 0, 0, 2048, 0);
        add_short(0x52, 0, 0, k, 0);
    }
    play();
    assert_int_equal(fed.n, 10);
    for (size_t i = 1; i < 10; i++)
        assert_int_equal(fed.sample[i].device_ns - fed.sample[i - 1].device_ns, 10 * NS_PER_MS);
}

static void *new_decoder(bool long_frames)
{
    void *decoder = malloc(wit->state_size);
    assert_non_null(decoder);
    wit->init(decoder);
    struct raw_sample out[8];
    size_t count;
    length = 0;
    for (int k = 0; k < 3 && long_frames; k++) add_still(k);
    wit->push(decoder, stream, length, out, 8, &count);
    return decoder;
}

/* All that encode() and poll() send within ten seconds, one command a row. */
static size_t send_all(void *decoder, const struct sensor_command *command, uint8_t sent[8][5])
{
    uint8_t buf[64];
    size_t n = 0, bytes = wit->encode(decoder, command, buf, sizeof buf);
    for (int64_t ms = 0, last = 0; ms < 10000; ms += 10) {
        if (bytes == 0) bytes = wit->poll(decoder, ms * NS_PER_MS, buf, sizeof buf);
        if (bytes == 0) continue;
        assert_int_equal(bytes, 5);
        assert_true(n < 8 && (n == 0 || ms - last >= 100));
        memcpy(sent[n++], buf, 5);
        bytes = 0;
        last = ms;
    }
    return n;
}

static void test_settings(void **state)
{
    (void)state;
    static const uint8_t unlock[5] = {0xff, 0xaa, 0x69, 0x88, 0xb5}, save[5] = {0xff, 0xaa, 0, 0, 0};
    static const struct {
        enum sensor_command_kind kind;
        float rate_hz;
        bool long_frames;
        size_t writes;
        uint8_t write[2][3]; /* register, low, high */
    } settings[] = {
        {SENSOR_SET_RATE, 50, false, 1, {{3, 8, 0}}},
        {SENSOR_SET_RATE, 50, true, 1, {{3, 8, 0}}},
        {SENSOR_SET_RATE, 49.9f, false, 1, {{3, 8, 0}}}, /* what one measures of it */
        {SENSOR_SET_RATE, 25, false, 1, {{3, 7, 0}}},
        {SENSOR_SET_RATE, 125, true, 1, {{3, 9, 0}}}, /* 0A says 125 Hz and gives 99 */
        {SENSOR_SET_RATE, 1000, false, 1, {{3, 11, 0}}},
        {SENSOR_SET_RATE, 0.01f, false, 1, {{3, 1, 0}}},
        {SENSOR_SET_CONTENT, 0, false, 1, {{2, 7, 0}}},
        {SENSOR_SET_CONTENT, 20, false, 2, {{2, 7, 0}, {3, 7, 0}}},
        {SENSOR_ZERO, 0, false, 1, {{1, 8, 0}}},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        uint8_t sent[8][5];
        void *decoder = new_decoder(settings[i].long_frames);
        struct sensor_command command = {.kind = settings[i].kind, .rate_hz = settings[i].rate_hz};
        assert_int_equal(send_all(decoder, &command, sent), settings[i].writes + 2);
        assert_memory_equal(sent[0], unlock, 5);
        assert_memory_equal(sent[settings[i].writes + 1], save, 5);
        for (size_t k = 0; k < settings[i].writes; k++) assert_memory_equal(sent[1 + k] + 2, settings[i].write[k], 3);
        free(decoder);
    }
}

static void test_what_it_cannot_be_told(void **state)
{
    (void)state;
    uint8_t buf[64];
    void *decoder = new_decoder(true);
    struct sensor_command command = {.kind = SENSOR_SET_CONTENT}; /* 55 61 frames are as they are */
    assert_int_equal(wit->encode(decoder, &command, buf, sizeof buf), 0);
    command = (struct sensor_command){.kind = SENSOR_SET_RANGE, .accel_g = 8, .gyro_dps = 500};
    assert_int_equal(wit->encode(decoder, &command, buf, sizeof buf), 0);
    command = (struct sensor_command){.kind = SENSOR_START, .rate_hz = 50};
    assert_int_equal(wit->encode(decoder, &command, buf, sizeof buf), 0);
    command = (struct sensor_command){.kind = SENSOR_ZERO};
    assert_int_equal(wit->encode(decoder, &command, buf, 4), 0);
    assert_int_equal(wit->poll(decoder, SECONDS_NS(9), buf, sizeof buf), 0);
    free(decoder);
}

static int battery_after(void *decoder, int first_register, int value, bool long_frames)
{
    struct raw_sample out[8];
    struct sensor_info info;
    size_t count;
    length = 0;
    if (long_frames) {
        add_long(0x71, (int16_t[9]){(int16_t)first_register, (int16_t)value});
        add_still(1);
    } else {
        add_short(0x5f, value, 1, 2, 3);
    }
    wit->push(decoder, stream, length, out, 8, &count);
    wit->info(decoder, &info);
    return info.battery_percent;
}

static void test_battery(void **state)
{
    (void)state;
    static const uint8_t read_long[5] = {0xff, 0xaa, 0x27, 0x64, 0}, read_short[5] = {0xff, 0xaa, 0x27, 0x5c, 0};
    const struct sensor_command hello = {.kind = SENSOR_HELLO};
    uint8_t sent[8][5], buf[8];
    void *decoder = new_decoder(true);
    assert_int_equal(send_all(decoder, &hello, sent), 1);
    assert_memory_equal(sent[0], read_long, 5);
    assert_int_equal(battery_after(decoder, 0x3a, 397, true), -1); /* another register */
    assert_int_equal(battery_after(decoder, 0x64, 397, true), 100);
    assert_int_equal(battery_after(decoder, 0x64, 0, true), 100); /* busy with saving */
    assert_int_equal(battery_after(decoder, 0x64, 371, true), 20);
    assert_int_equal(battery_after(decoder, 0x64, 320, true), 0);
    assert_int_equal(wit->poll(decoder, SECONDS_NS(300), buf, sizeof buf), 0);
    assert_int_equal(wit->poll(decoder, SECONDS_NS(700), buf, sizeof buf), 5);
    assert_memory_equal(buf, read_long, 5);
    free(decoder);

    decoder = new_decoder(false);
    assert_int_equal(battery_after(decoder, 0, 397, false), -1); /* nobody asked */
    assert_int_equal(send_all(decoder, &hello, sent), 1);
    assert_memory_equal(sent[0], read_short, 5);
    assert_int_equal(battery_after(decoder, 0, 330, false), -1); /* runs on 3.3 V */
    assert_int_equal(send_all(decoder, &hello, sent), 1);
    assert_int_equal(battery_after(decoder, 0, 388, false), 75);
    free(decoder);
}

/* A reply stands wherever it likes, also within a group. */
static void test_replies_split_no_group(void **state)
{
    (void)state;
    length = 0;
    for (int k = 0; k < 20; k++) {
        add_short(0x51, k, 0, 2048, 0);
        if (k % 3 == 0) add_short(0x5f, 400, 0, 0, 0);
        add_short(0x52, 0, 0, k, 0);
    }
    play();
    assert_int_equal(fed.n, 20);
    for (int k = 0; k < 20; k++) assert_true(fed.sample[k].accel[0] == k && fed.sample[k].gyro[2] == k);
}

int main(void)
{
    wit = protocol_find("witmotion");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attitude_comes_along),
        cmocka_unit_test(test_card_log_of_short_frames),
        cmocka_unit_test(test_dated_and_plain_frames_are_not_confused),
        cmocka_unit_test(test_the_kind_of_frame_is_learnt_anew),
        cmocka_unit_test(test_a_clock_never_set_still_runs),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_what_it_cannot_be_told),
        cmocka_unit_test(test_battery),
        cmocka_unit_test(test_replies_split_no_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
