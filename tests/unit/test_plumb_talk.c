/* What is said to a plumb device: commands in its language, and what the decoder asks by itself. */
#include "sensor_fixture.h"

#include "firmware-proto/plumb_link.h"

static const struct protocol *plumb;

static void test_commands(void **state)
{
    (void)state;
    static const struct {
        struct sensor_command command;
        uint8_t type[2];
    } cases[] = {
        {{.kind = SENSOR_HELLO}, {PLUMB_HELLO_REQ, PLUMB_STREAM_REQ}},
        {{.kind = SENSOR_START, .rate_hz = 50, .batch = 10}, {PLUMB_START}},
        {{.kind = SENSOR_STOP}, {PLUMB_STOP}},
        {{.kind = SENSOR_VIBRATE, .strength_percent = 200, .repeats = 2, .on_ms = 9000, .off_ms = 100},
         {PLUMB_VIBRATE}},
        {{.kind = SENSOR_VIBRATE}, {PLUMB_VIBRATE_STOP}},
        {{.kind = SENSOR_IDENTIFY, .on_ms = 3000}, {PLUMB_IDENTIFY}},
        {{.kind = SENSOR_PING, .token = 0x12345678}, {PLUMB_PING}},
        {{.kind = SENSOR_KEEPALIVE}, {PLUMB_KEEPALIVE}},
        {{.kind = SENSOR_SET_RATE, .rate_hz = 50, .batch = 10}, {PLUMB_START}},
        {{.kind = SENSOR_SET_RANGE, .accel_g = 4, .gyro_dps = 500}, {PLUMB_SET_RANGE}},
    };
    void *p = malloc(plumb->state_size);
    assert_non_null(p);
    plumb->init(p);
    struct plumb_receiver receiver;
    plumb_link_receiver_init(&receiver);
    plumb_link_receive(&receiver, '^', &(struct plumb_frame){0}); /* an echo: it must not cost the greeting */
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t wire[2 * PLUMB_WIRE_MAX];
        size_t n = plumb->encode(p, &cases[i].command, wire, sizeof wire), frames = 0;
        assert_true(n > 0);
        for (size_t k = 0; k < n; k++) {
            struct plumb_frame f;
            struct plumb_vibrate v;
            struct plumb_start s;
            struct plumb_range r;
            if (!plumb_link_receive(&receiver, wire[k], &f)) continue;
            assert_int_equal(f.type, cases[i].type[frames++]);
            assert_int_equal(f.lost, 0);
            if (plumb_get_vibrate(f.payload, f.size, &v) && f.type == PLUMB_VIBRATE)
                assert_true(v.strength_percent == 100 && v.on_ms == PLUMB_VIBRATE_ON_MAX_MS && v.off_ms == 100);
            if (f.type == PLUMB_SET_RANGE)
                assert_true(plumb_get_range(f.payload, f.size, &r) && r.accel_g == 4 && r.gyro_dps == 500);
            if (f.type == PLUMB_START) {
                assert_true(plumb_get_start(f.payload, f.size, &s));
                assert_true(s.rate_mhz == 50000 && s.batch == 10);
            }
        }
        assert_int_equal(frames, cases[i].type[1] ? 2 : 1);
        assert_int_equal(plumb->encode(p, &cases[i].command, wire, n - 1), 0);
    }
    free(p);
}

/* ---- what poll() says ---- */

static void *decoder;
static uint8_t seq;

static void hear(uint8_t type, const uint8_t *payload, size_t size)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    struct raw_sample out[20];
    size_t count, n = plumb_link_encode(type, seq++, payload, size, wire);
    plumb->push(decoder, wire, n, out, 20, &count);
}

static void introduce(void)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello = {.major = PLUMB_MAJOR, .boot_id = 7};
    struct plumb_stream stream = {.stream = 1, .accel_lsb_mps2 = 0.005f, .gyro_lsb_rads = 0.001f, .rate_mhz = 50000,
                                  .tick_ns = 1000};
    hear(PLUMB_HELLO, payload, plumb_put_hello(&hello, payload));
    hear(PLUMB_STREAM, payload, plumb_put_stream(&stream, payload));
}

/* The first frame of what poll() says at AT_S; 0 for nothing. A PING's token in *TOKEN. */
static uint8_t said_at(double at_s, uint32_t *token)
{
    struct plumb_receiver ear;
    struct plumb_frame f;
    uint8_t bytes[600];
    size_t n = plumb->poll(decoder, (int64_t)(at_s * NS_PER_S), bytes, sizeof bytes);
    plumb_link_receiver_init(&ear);
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&ear, bytes[i], &f)) continue;
        if (token && f.type == PLUMB_PING) assert_true(plumb_get_ping(f.payload, f.size, token));
        return f.type;
    }
    assert_int_equal(n, 0);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    decoder = realloc(decoder, plumb->state_size);
    plumb->init(decoder);
    seq = 0;
    return 0;
}

static void test_a_stranger_is_asked_until_it_says_who_it_is(void **state)
{
    (void)state;
    assert_int_equal(said_at(10, NULL), PLUMB_HELLO_REQ);
    assert_int_equal(said_at(11, NULL), 0);
    assert_int_equal(said_at(12.1, NULL), PLUMB_HELLO_REQ);
    introduce();
    for (double s = 12.2; s < 60; s += 0.2) assert_int_not_equal(said_at(s, NULL), PLUMB_HELLO_REQ);
}

static void test_the_round_trip_is_measured(void **state)
{
    (void)state;
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_pong pong = {.t_rx_us = 5000000, .t_tx_us = 5004000};
    struct sensor_info info;
    introduce();
    assert_int_equal(said_at(10, &pong.token), PLUMB_PING);
    plumb->info(decoder, &info);
    assert_true(info.round_trip_ms == 0);
    hear(PLUMB_PONG, payload, plumb_put_pong(&pong, payload));
    assert_int_equal(said_at(10.024, NULL), 0);
    plumb->info(decoder, &info);
    assert_float_equal(info.round_trip_ms, 20, 0.01); /* 24 ms, of which the device kept it 4 */
    assert_int_equal(said_at(69, NULL), 0);
    assert_int_equal(said_at(70.1, NULL), PLUMB_PING);
}

static void test_a_long_vibration_is_kept_alive(void **state)
{
    (void)state;
    uint8_t wire[PLUMB_WIRE_MAX];
    unsigned kept = 0;
    introduce();
    said_at(9, NULL); /* the PING */
    struct sensor_command c = {.kind = SENSOR_VIBRATE, .strength_percent = 50, .repeats = 10, .on_ms = 500, .off_ms = 1500};
    assert_true(plumb->encode(decoder, &c, wire, sizeof wire) > 0);
    for (double s = 10; s < 60; s += 0.2) {
        bool alive = said_at(s, NULL) == PLUMB_KEEPALIVE;
        kept += alive;
        assert_true(!alive || s < 30.3); /* no longer than it lasts */
    }
    assert_in_range(kept, 4, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test_setup(test_a_stranger_is_asked_until_it_says_who_it_is, begin),
        cmocka_unit_test_setup(test_the_round_trip_is_measured, begin),
        cmocka_unit_test_setup(test_a_long_vibration_is_kept_alive, begin),
    };
    plumb = protocol_find("plumb");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(decoder);
    return failed;
}
