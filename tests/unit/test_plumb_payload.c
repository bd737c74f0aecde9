/* Payloads of the plumb link: what is put comes out again, what a later version adds is passed over, nonsense is
 * refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/plumb_link.h"

#include <stdio.h>
#include <string.h>

static struct plumb_samples samples_of(uint8_t n)
{
    struct plumb_samples s = {.stream = 1, .n = n, .first_index = 0xFFFFFFF8, .t_last = 0x80000001};
    for (uint8_t i = 0; i < n; i++) {
        for (int c = 0; c < 3; c++) {
            s.sample[i].gyro[c] = (int16_t)(7 * i - 60 + c);
            s.sample[i].accel[c] = (int16_t)(3449 * i - 32768 + c);
        }
    }
    return s;
}

/* Every X: put, lengthen as a later minor version would, get, compare; and no shorter payload is taken. */
#define ROUND_TRIP(name, sent)                                                                                         \
    do {                                                                                                               \
        struct plumb_##name got;                                                                                       \
        uint8_t p[PLUMB_PAYLOAD_MAX] = {0};                                                                            \
        memset(&got, 0, sizeof got);                                                                                   \
        size_t n = plumb_put_##name(&(sent), p);                                                                       \
        assert_true(plumb_get_##name(p, n + 5, &got));                                                                 \
        memset(&got, 0, sizeof got);                                                                                   \
        assert_true(plumb_get_##name(p, n, &got));                                                                     \
        uint8_t again[PLUMB_PAYLOAD_MAX] = {0};                                                                        \
        assert_int_equal(plumb_put_##name(&got, again), n);                                                            \
        assert_memory_equal(again, p, n);                                                                              \
        for (size_t less = 0; less < n - shrinkable; less++) assert_false(plumb_get_##name(p, less, &got));            \
    } while (0)

static void encoded(uint8_t type, uint8_t seq, const uint8_t *payload, size_t size, char *hex)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    size_t n = plumb_link_encode(type, seq, payload, size, wire);
    for (size_t i = 0; i < n; i++) snprintf(hex + 2 * i, 3, "%02x", wire[i]);
}

static void vectors_of_the_document(void **state)
{
    (void)state;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    char hex[2 * PLUMB_WIRE_MAX + 1];
    struct plumb_hello hello = {1, 0, 0x000B, 0x12345678, 1, "plumb-ref", "0.1.0"};
    encoded(PLUMB_HELLO, 0, p, plumb_put_hello(&hello, p), hex);
    assert_string_equal(
        hex, "02810201020b0678563412010101010101010a706c756d622d72656601010101010106302e312e300101010101010101"
             "0101020e03933d00");
    struct plumb_stream stream = {1, 0, 0.0011964113f, 0.00030543262f, 50000, 4, 500, 1000};
    encoded(PLUMB_STREAM, 1, p, plumb_put_stream(&stream, p), hex);
    assert_string_equal(hex, "0682010106010be7d09c3a7922a03950c301020405f401e8030105d7891b0e00");
    struct plumb_status status = {1000000, 37, 0, 0, 4012, 87, PLUMB_DISCHARGING, 3120, 0};
    encoded(PLUMB_STATUS, 2, p, plumb_put_status(&status, p), hex);
    assert_string_equal(hex, "06910240420f0101010102250101010101010101010104ac0f5703300c0101010101059887d3d000");
    struct plumb_event event = {PLUMB_EVENT_BUTTON, 5000000, 350};
    encoded(PLUMB_EVENT, 3, p, plumb_put_event(&event, p), hex);
    assert_string_equal(hex, "07920301404b4c035e010105e66dab2b00");
    struct plumb_start start = {1, 50000, 10};
    encoded(PLUMB_START, 3, p, plumb_put_start(&start, p), hex);
    assert_string_equal(hex, "0610030150c301060a4740135f00");
    struct plumb_rsp rsp = {PLUMB_START, 3, PLUMB_OK, 0, {0}};
    encoded(PLUMB_RSP, 4, p, plumb_put_rsp(&rsp, p), hex);
    assert_string_equal(hex, "05a0041003056f0f6c0e00");
    struct plumb_pong pong = {0x12345678, 2000000, 2000050};
    encoded(PLUMB_PONG, 5, p, plumb_put_pong(&pong, p), hex);
    assert_string_equal(hex, "0aa1057856341280841e0101010104b2841e01010101053687863b00");
}

static void round_trips_from_device(void **state)
{
    (void)state;
    size_t shrinkable = 0;
    struct plumb_hello hello = {1, 0, 0x1FF, 0xDEADBEEF, 0x0123456789ABCDEF, "sixteen letters!", "1.2.3"};
    struct plumb_stream stream = {1, 24, 0.0011971f, 0.0010652644f, 50000, 4, 500, 1000};
    struct plumb_samples samples = samples_of(19);
    samples.flags = PLUMB_CLIPPED | PLUMB_IMU_RESTARTED;
    struct plumb_status status = {UINT64_C(1) << 40, 1, 2, 3, 3700, 55, PLUMB_CHARGING, -512, 9};
    struct plumb_event event = {PLUMB_EVENT_TAP, 0xFFFFFFFF, 2};
    struct plumb_pong pong = {7, UINT64_C(0xFFFFFFFFFF), UINT64_C(0x10000000000)};
    struct plumb_logblock block = {77, samples_of(18)};
    struct plumb_rsp rsp = {PLUMB_LOG_LIST, 9, PLUMB_BUSY, 4, {1, 2, 3, 4}};
    ROUND_TRIP(hello, hello);
    ROUND_TRIP(stream, stream);
    ROUND_TRIP(samples, samples);
    ROUND_TRIP(status, status);
    ROUND_TRIP(event, event);
    ROUND_TRIP(pong, pong);
    ROUND_TRIP(logblock, block);
    shrinkable = 4; /* the data of a RSP has no length of its own */
    ROUND_TRIP(rsp, rsp);
}

static void round_trips_from_host(void **state)
{
    (void)state;
    size_t shrinkable = 0;
    struct plumb_start start = {1, 104000, 19};
    struct plumb_range range = {16, 2000};
    struct plumb_vibrate vibrate = {100, 255, 2000, 65535};
    struct plumb_log_span span = {1, 0xFFFFFFF0, 3};
    struct plumb_log_erase erase = {0xFFFFFFFF, 5};
    ROUND_TRIP(start, start);
    ROUND_TRIP(range, range);
    ROUND_TRIP(vibrate, vibrate);
    ROUND_TRIP(log_span, span);
    ROUND_TRIP(log_erase, erase);

    uint8_t p[PLUMB_PAYLOAD_MAX];
    uint16_t ms;
    uint32_t token;
    int64_t time;
    assert_int_equal(plumb_put_identify(65535, p), 2);
    assert_true(plumb_get_identify(p, 2, &ms) && ms == 65535 && !plumb_get_identify(p, 1, &ms));
    assert_int_equal(plumb_put_ping(0x80000001, p), 4);
    assert_true(plumb_get_ping(p, 4, &token) && token == 0x80000001 && !plumb_get_ping(p, 3, &token));
    assert_int_equal(plumb_put_time(-1, p), 8);
    assert_true(plumb_get_time(p, 8, &time) && time == -1 && !plumb_get_time(p, 7, &time));
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    uint8_t p[PLUMB_PAYLOAD_MAX] = {0};
    struct plumb_stream stream = {1, 0, 0.001f, 0.001f, 50000, 4, 500, 1000}, got;
    static const uint32_t bad_floats[] = {0x00000000, 0x80000000, 0xBF800000, 0x7F800000, 0x7FC00000, 0x00000001};
    for (size_t i = 0; i < sizeof bad_floats / sizeof *bad_floats; i++) {
        size_t n = plumb_put_stream(&stream, p);
        memcpy(p + 4, &bad_floats[i], 4);
        assert_false(plumb_get_stream(p, n, &got));
    }
    static const struct {
        size_t at;
        uint8_t value;
    } fields[] = {{1, 5}, {2, 2}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t n = plumb_put_stream(&stream, p);
        p[fields[i].at] = fields[i].value;
        assert_false(plumb_get_stream(p, n, &got));
    }
    struct plumb_samples samples;
    memset(p, 0, sizeof p);
    assert_false(plumb_get_samples(p, sizeof p, &samples)); /* n = 0 */
    p[1] = PLUMB_SAMPLES_MAX + 1;
    assert_false(plumb_get_samples(p, sizeof p, &samples));
    struct plumb_hello hello;
    memset(p, 0xFF, sizeof p);
    assert_true(plumb_get_hello(p, 48, &hello));
    assert_string_equal(hello.model, "????????????????");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_document),
        cmocka_unit_test(round_trips_from_device),
        cmocka_unit_test(round_trips_from_host),
        cmocka_unit_test(refuses_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
