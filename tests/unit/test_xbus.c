/* Xsens MTi: messages, items, formats and frames; loss, clock and the setting of rate and content. The recordings and
 * their golden texts are in test_xbus_golden.c. */
#include "sensor_fixture.h"

#include "daemon/sensor/protocol/xbus_message.h"

#include <math.h>

static const struct protocol *xbus;

enum { STREAM_MAX = 65536 };
static uint8_t stream[STREAM_MAX];
static size_t length;
static struct fed fed;

struct items {
    uint8_t bytes[XBUS_DATA_MAX];
    unsigned size;
};

static void add(struct items *m, const void *bytes, unsigned size)
{
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
}

static void add_number(struct items *m, uint64_t v, unsigned size)
{
    while (size-- > 0) m->bytes[m->size++] = (uint8_t)(v >> 8 * size);
}

static void add_item(struct items *m, unsigned kind, uint32_t value, unsigned size)
{
    add_number(m, kind, 2);
    add_number(m, size, 1);
    add_number(m, value, size);
}

static void add_float(struct items *m, double value, unsigned format)
{
    float f = (float)value;
    uint32_t bits;
    uint64_t wide;
    memcpy(&bits, &f, sizeof bits);
    memcpy(&wide, &value, sizeof wide);
    if (format == 0) add_number(m, bits, 4);
    if (format == 1) add_number(m, (uint32_t)(int32_t)lround(value * 1048576), 4);
    if (format == 2) add_number(m, (uint32_t)llround((value - floor(value)) * 4294967296.0), 4);
    if (format == 2) add_number(m, (uint16_t)(int16_t)floor(value), 2);
    if (format == 3) add_number(m, wide, 8);
}

static void add_floats(struct items *m, unsigned kind, const double *value, unsigned n)
{
    static const unsigned sizes[] = {4, 4, 6, 8};
    add_number(m, kind, 2);
    add_number(m, n * sizes[kind & 3], 1);
    for (unsigned i = 0; i < n; i++) add_float(m, value[i], kind & 3);
}

/* Appends the message to the stream; from 255 bytes on with an extended length. */
static void send_as(const struct items *m, uint8_t id)
{
    uint8_t *p = stream + length, sum = 0;
    assert_true(length + m->size + 7 < STREAM_MAX);
    *p++ = 0xfa, *p++ = 0xff, *p++ = id, *p++ = (uint8_t)(m->size < 255 ? m->size : 255);
    if (m->size >= 255) *p++ = (uint8_t)(m->size >> 8), *p++ = (uint8_t)m->size;
    memcpy(p, m->bytes, m->size);
    p += m->size;
    for (const uint8_t *q = stream + length + 1; q < p; q++) sum = (uint8_t)(sum + *q);
    *p++ = (uint8_t)-sum;
    length = (size_t)(p - stream);
}

static const double force[3] = {0.5, -1.25, 9.625}, rate[3] = {0.125, -0.25, 0.0625};

static void send_sample(unsigned counter, uint32_t ticks, unsigned format)
{
    struct items m = {.size = 0};
    add_item(&m, 0x1020, counter & 0xffff, 2);
    add_item(&m, 0x1060, ticks, 4);
    add_floats(&m, 0x4020 | format, force, 3);
    add_floats(&m, 0x8020 | format, rate, 3);
    send_as(&m, XBUS_MTDATA2);
}

static void play(void) { feed(xbus, stream, length, length, FED_MAX, &fed); }

static void test_every_number_format(void **state)
{
    (void)state;
    for (unsigned format = 0; format < 4; format++) {
        length = 0;
        for (unsigned k = 0; k < 4; k++) send_sample(k, 1000 + 100 * k, format);
        play();
        assert_int_equal(fed.n, 4);
        assert_int_equal(fed.stats.run, 4);
        for (unsigned k = 0; k < 4; k++) {
            const struct raw_sample *s = &fed.sample[k];
            assert_int_equal(s->have, HAVE_ACCEL | HAVE_GYRO);
            assert_int_equal(s->device_ns, (1000 + 100 * k) * (int64_t)100000);
            assert_int_equal(s->index, k);
            for (int i = 0; i < 3; i++) {
                assert_int_equal(s->accel[i], lround(force[i] / (double)s->scale.accel_mps2));
                assert_int_equal(s->gyro[i], lround(rate[i] / (double)s->scale.gyro_rads));
            }
        }
        assert_slicing_is_free(xbus, stream, length);
    }
}

/* The same attitude told in each earth frame: sensor x north, y up, z east. */
static void test_every_earth_frame(void **state)
{
    (void)state;
    static const struct {
        unsigned kind;
        double quat[4], free[3];
    } told[] = {
        {0x2010, {0.5, 0.5, 0.5, 0.5}, {1, 2, 3}},
        {0x2014, {M_SQRT1_2, -M_SQRT1_2, 0, 0}, {2, 1, -3}},
        {0x2018, {M_SQRT1_2, M_SQRT1_2, 0, 0}, {2, -1, 3}},
    };
    for (size_t i = 0; i < 3; i++) {
        struct items m = {.size = 0};
        length = 0;
        add_floats(&m, told[i].kind, told[i].quat, 4);
        add_floats(&m, 0x4030 | (told[i].kind & 12), told[i].free, 3);
        send_as(&m, XBUS_MTDATA2);
        play();
        assert_int_equal(fed.n, 1);
        const struct raw_sample *s = fed.sample;
        assert_int_equal(s->have, HAVE_QUAT | HAVE_LINEAR_ACCEL);
        int sign = s->quat[0] < 0 ? -1 : 1; /* both mean the same */
        for (int c = 0; c < 4; c++) assert_in_range(sign * s->quat[c], 16382, 16385);
        /* north, up, east */
        static const double expected[3] = {2, 3, 1};
        for (int a = 0; a < 3; a++) assert_int_equal(s->accel[a], lround(expected[a] / (double)s->scale.accel_mps2));
    }
}

static void test_loss_is_counted_over_all_messages(void **state)
{
    (void)state;
    length = 0;
    unsigned counter = 65530;
    for (unsigned k = 0; k < 20; k++, counter++) {
        send_sample(counter, 100 * k, 0);
        if (k != 7) continue;
        struct items position = {.size = 0};
        add_item(&position, 0x1020, ++counter & 0xffff, 2);
        add_item(&position, 0x1060, 77, 4); /* no satellites: any time */
        add_item(&position, 0x7010, 5, 4);
        send_as(&position, XBUS_MTDATA2);
    }
    counter += 3;
    send_sample(counter, 2300, 0);
    play();
    assert_int_equal(fed.n, 21);
    assert_int_equal(fed.stats.frames, 22);
    assert_int_equal(fed.stats.lost_frames, 3);
    for (unsigned k = 0; k < 20; k++) assert_int_equal(fed.sample[k].device_ns, k * 10 * (int64_t)NS_PER_MS);
}

static void test_clock_turns_over_and_restarts(void **state)
{
    (void)state;
    static const struct {
        uint32_t first, second;
        int64_t ticks;
        bool restarted;
    } steps[] = {
        {4294967290u, 94, 100, false},      /* 2³² */
        {863999950, 50, 100, false},        /* a day: MTi 10 and 100 series */
        {863999950, 864000050, 100, false}, /* the others run on */
        {5000000, 400, 0, true},
        {4000000000u, 300000, 295267296, true}, /* too far for a turn */
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        length = 0;
        send_sample(500, steps[i].first, 0);
        send_sample(steps[i].restarted ? 0 : 501, steps[i].second, 0);
        play();
        assert_int_equal(fed.n, 2);
        assert_int_equal(fed.sample[1].flags, steps[i].restarted ? SAMPLE_RESTARTED : 0);
        assert_int_equal(fed.stats.lost_frames, 0);
        if (steps[i].restarted)
            assert_int_equal(fed.sample[1].device_ns, steps[i].second * (int64_t)100000);
        else
            assert_int_equal(fed.sample[1].device_ns - fed.sample[0].device_ns, steps[i].ticks * 100000);
    }
}

static void test_extended_length(void **state)
{
    (void)state;
    static const uint8_t satellites[250];
    length = 0;
    for (unsigned k = 0; k < 3; k++) {
        struct items m = {.size = 0};
        add_item(&m, 0x1020, k, 2);
        add_number(&m, 0x7020, 2);
        add_number(&m, sizeof satellites, 1);
        add(&m, satellites, sizeof satellites);
        add_floats(&m, 0x4020, force, 3);
        send_as(&m, XBUS_MTDATA2);
    }
    play();
    assert_int_equal(fed.n, 3);
    assert_int_equal(fed.stats.skipped_bytes + fed.stats.lost_frames, 0);
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL);
    assert_slicing_is_free(xbus, stream, 300);
}

/* Right sums around what no MTi says. */
static void test_messages_that_lie(void **state)
{
    (void)state;
    static const double nan[3] = {NAN, 0, 0}, heavy[3] = {0, 0, 300}, long_quat[4] = {3, 0, 0, 0};
    struct items m[6] = {{.size = 0}};
    add_floats(&m[0], 0x4020, nan, 3);
    add_floats(&m[1], 0x4020, heavy, 3);
    add_floats(&m[2], 0x4020, force, 2);
    add_floats(&m[3], 0x2010, long_quat, 4);
    add_item(&m[4], 0x1020, 1, 3);
    add_floats(&m[5], 0x4020, force, 3);
    m[5].bytes[2]++; /* the item reaches beyond the message */
    for (int i = 0; i < 6; i++) {
        length = 0;
        send_as(&m[i], XBUS_MTDATA2);
        send_sample(0, 0, 0);
        play();
        assert_int_equal(fed.n, 1);
        assert_true(fed.stats.bad_frames > 0);
        assert_int_equal(fed.stats.run, 1);
    }
}

/* What looked like one long message was a hundred short ones: all at once, and more than the outbox holds. */
static void test_a_long_message_that_is_none(void **state)
{
    (void)state;
    static const uint8_t false_head[] = {0xfa, 0xff, XBUS_MTDATA2, 0xff, 0x07, 0xd0};
    memcpy(stream, false_head, length = sizeof false_head);
    for (unsigned k = 0; k < 120; k++) {
        struct items m = {.size = 0};
        add_floats(&m, 0x4020, force, 3);
        send_as(&m, XBUS_MTDATA2);
    }
    play();
    assert_in_range(fed.n, 119, 120);
    assert_int_equal(fed.stats.skipped_bytes, sizeof false_head);
    assert_slicing_is_free(xbus, stream, length);
}

static void test_other_bus_ids_and_wrong_sums(void **state)
{
    (void)state;
    length = 0;
    for (unsigned k = 0; k < 5; k++) send_sample(k, k, 0);
    size_t one = length / 5;
    stream[one + 1] = 0x01; /* VectorNav begins so */
    stream[3 * one - 1]++;
    play();
    assert_int_equal(fed.n, 3);
    assert_int_equal(fed.stats.lost_frames, 2);
    assert_int_equal(fed.stats.run, 2);
}

static size_t answer(void *decoder, uint8_t id)
{
    struct raw_sample out;
    size_t count;
    struct items nothing = {.size = 0};
    length = 0;
    send_as(&nothing, id);
    xbus->push(decoder, stream, length, &out, 1, &count);
    return count;
}

static void test_rate_is_set_step_by_step(void **state)
{
    (void)state;
    static const uint8_t go_to_config[] = {0xfa, 0xff, 0x30, 0x00, 0xd1}, measure[] = {0xfa, 0xff, 0x10, 0x00, 0xf1},
                         output[] = {0xfa, 0xff, 0xc0, 0x10, 0x10, 0x20, 0xff, 0xff, 0x10, 0x60, 0xff,
                                     0xff, 0x40, 0x20, 0x00, 0x32, 0x80, 0x20, 0x00, 0x32, 0x31};
    uint8_t buf[64];
    void *decoder = malloc(xbus->state_size);
    assert_non_null(decoder);
    xbus->init(decoder);
    assert_int_equal(xbus->poll(decoder, 0, buf, sizeof buf), 0);
    struct sensor_command command = {.kind = SENSOR_SET_RATE, .rate_hz = 50};
    assert_int_equal(xbus->encode(decoder, &command, buf, 4), 0);
    assert_int_equal(xbus->encode(decoder, &command, buf, sizeof buf), sizeof go_to_config);
    assert_memory_equal(buf, go_to_config, sizeof go_to_config);
    answer(decoder, 0x31);
    assert_int_equal(xbus->poll(decoder, SECONDS_NS(9), buf, sizeof buf), sizeof output);
    assert_memory_equal(buf, output, sizeof output);
    assert_int_equal(xbus->poll(decoder, SECONDS_NS(9) + 1, buf, sizeof buf), 0);
    assert_int_equal(xbus->poll(decoder, SECONDS_NS(10), buf, sizeof buf), sizeof output); /* unheard: again */
    answer(decoder, 0xc1);
    assert_int_equal(xbus->poll(decoder, SECONDS_NS(10) + 1, buf, sizeof buf), sizeof measure);
    assert_memory_equal(buf, measure, sizeof measure);
    answer(decoder, 0x11);
    assert_int_equal(xbus->poll(decoder, SECONDS_NS(100), buf, sizeof buf), 0);
    command.kind = SENSOR_HELLO;
    assert_int_equal(xbus->encode(decoder, &command, buf, sizeof buf), 0);
    free(decoder);
}

/* Neither a refusal nor silence leaves the sensor in its configuration. */
static void test_measurement_always_goes_on(void **state)
{
    (void)state;
    uint8_t buf[64];
    void *decoder = malloc(xbus->state_size);
    assert_non_null(decoder);
    struct sensor_command command = {.kind = SENSOR_SET_CONTENT};
    xbus->init(decoder);
    xbus->encode(decoder, &command, buf, sizeof buf);
    answer(decoder, 0x31);
    xbus->poll(decoder, SECONDS_NS(9), buf, sizeof buf);
    answer(decoder, XBUS_ERROR);
    assert_true(xbus->poll(decoder, SECONDS_NS(9), buf, sizeof buf) > 0);
    assert_int_equal(buf[2], 0x10);

    xbus->encode(decoder, &command, buf, sizeof buf);
    int configs = 1, measures = 0;
    for (int s = 1; s < 60; s++) {
        size_t n = xbus->poll(decoder, SECONDS_NS(s), buf, sizeof buf);
        if (n > 0 && buf[2] == 0x30) configs++;
        if (n > 0 && buf[2] == 0x10) measures++;
    }
    assert_int_equal(configs, 5);
    assert_int_equal(measures, 5);
    free(decoder);
}

int main(void)
{
    xbus = protocol_find("xbus");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_format),
        cmocka_unit_test(test_every_earth_frame),
        cmocka_unit_test(test_loss_is_counted_over_all_messages),
        cmocka_unit_test(test_clock_turns_over_and_restarts),
        cmocka_unit_test(test_extended_length),
        cmocka_unit_test(test_messages_that_lie),
        cmocka_unit_test(test_a_long_message_that_is_none),
        cmocka_unit_test(test_other_bus_ids_and_wrong_sums),
        cmocka_unit_test(test_rate_is_set_step_by_step),
        cmocka_unit_test(test_measurement_always_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
