/* The device core in conversation, as PROTOCOL.md has it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "device_fixture.h"

#include "firmware-proto/little.h"

static struct fixture x;

static int boot(void **state)
{
    (void)state;
    memset(&x, 0, sizeof x);
    fake_flash_init(&x.flash);
    fixture_boot(&x, 77, true);
    return 0;
}

static void open_port(void)
{
    device_link(&x.device, true, x.now_us);
    fixture_clear(&x);
}

/* The RSP to a command; its status, with *DATA if there is any. */
static int ask(uint8_t type, const uint8_t *payload, size_t size, const uint8_t **data)
{
    const struct fixture_frame *f = NULL;
    uint8_t seq = x.seq;
    unsigned before = fixture_count(&x, PLUMB_RSP, NULL);
    fixture_say(&x, type, payload, size);
    for (int i = 0; i < 2000 && fixture_count(&x, PLUMB_RSP, &f) == before; i++) fixture_run(&x, 1);
    if (fixture_count(&x, PLUMB_RSP, &f) != before + 1) return 99;
    assert_int_equal(f->payload[0], type);
    assert_int_equal(f->payload[1], seq);
    if (data) *data = f->payload + 3;
    return (int8_t)f->payload[2];
}

static int ask_start(uint32_t rate_mhz, uint8_t batch)
{
    uint8_t p[PLUMB_PAYLOAD_MAX];
    return ask(PLUMB_START, p, plumb_put_start(&(struct plumb_start){1, rate_mhz, batch}, p), NULL);
}

static int ask_range(uint16_t g, uint16_t dps)
{
    uint8_t p[PLUMB_PAYLOAD_MAX];
    return ask(PLUMB_SET_RANGE, p, plumb_put_range(&(struct plumb_range){g, dps}, p), NULL);
}

/* Checks the samples of all frames of TYPE: whole and in order from *NEXT on. */
static void check_samples(uint8_t type, uint32_t *next)
{
    for (unsigned i = 0; i < x.n; i++) {
        const struct fixture_frame *f = &x.frame[i];
        struct plumb_samples m;
        struct plumb_logblock block;
        if (f->type != type) continue;
        if (type == PLUMB_LOGBLOCK) {
            assert_true(plumb_get_logblock(f->payload, f->size, &block));
            m = block.samples;
            assert_true(m.flags & PLUMB_FROM_LOG);
        } else {
            assert_true(plumb_get_samples(f->payload, f->size, &m));
        }
        assert_int_equal(m.first_index, *next);
        assert_int_equal(m.t_last, (m.first_index + m.n) * FIXTURE_PERIOD_US);
        for (unsigned k = 0; k < m.n; k++) {
            struct plumb_sample want = fixture_sample(m.first_index + k);
            assert_memory_equal(&m.sample[k], &want, sizeof want);
        }
        *next += m.n;
    }
}

static void it_streams_from_boot(void **state)
{
    (void)state;
    uint32_t next = 0;
    device_link(&x.device, true, 0);
    assert_int_equal(x.frame[0].type, PLUMB_HELLO);
    assert_int_equal(x.frame[1].type, PLUMB_STREAM);
    fixture_run(&x, 50 * 121);
    check_samples(PLUMB_SAMPLES, &next);
    assert_int_equal(next, 50 * 121);
    assert_int_equal(fixture_count(&x, PLUMB_HELLO, NULL), 1);
    assert_int_equal(fixture_count(&x, PLUMB_STREAM, NULL), 3);
    assert_int_equal(fixture_count(&x, PLUMB_STATUS, NULL), 121);
    for (unsigned i = 0; i < x.n; i++) assert_int_equal(x.frame[i].seq, i & 0xFF);
}

static void after_stop_it_says_hello(void **state)
{
    (void)state;
    open_port();
    fixture_run(&x, 25);
    assert_int_equal(ask(PLUMB_STOP, NULL, 0, NULL), PLUMB_OK);
    uint32_t next = 0;
    check_samples(PLUMB_SAMPLES, &next);
    assert_int_equal(next, 25); /* a short frame at the end */
    fixture_clear(&x);
    fixture_run(&x, 50 * 20);
    assert_int_equal(fixture_count(&x, PLUMB_SAMPLES, NULL), 0);
    assert_in_range(fixture_count(&x, PLUMB_HELLO, NULL), 4, 5);
    assert_int_equal(ask_start(0, 5), PLUMB_OK);
    fixture_clear(&x);
    fixture_run(&x, 10);
    next = 25 + 50 * 20;
    check_samples(PLUMB_SAMPLES, &next);
    assert_int_equal(fixture_count(&x, PLUMB_SAMPLES, NULL), 2);
    assert_true(little_get16(x.frame[0].payload + 10) & PLUMB_GAP_BEFORE);
}

static void a_closed_port_hears_nothing(void **state)
{
    (void)state;
    open_port();
    fixture_run(&x, 100);
    device_link(&x.device, false, x.now_us);
    fixture_clear(&x);
    fixture_run(&x, 1000);
    assert_int_equal(x.n, 0);
    device_link(&x.device, true, x.now_us);
    fixture_run(&x, 600);
    assert_int_equal(fixture_count(&x, PLUMB_SAMPLES, NULL), 0); /* not until START */
    assert_in_range(fixture_count(&x, PLUMB_HELLO, NULL), 3, 4);
    assert_int_equal(x.device.frames_lost, 0);
    fixture_clear(&x);
    assert_int_equal(ask_start(0, 0), PLUMB_OK);
    fixture_run(&x, 10);
    uint32_t next = 1700;
    check_samples(PLUMB_SAMPLES, &next);
    assert_int_equal(next, 1710);
}

static void commands_are_answered(void **state)
{
    (void)state;
    const struct fixture_frame *f = NULL;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    open_port();
    fixture_say(&x, PLUMB_HELLO_REQ, NULL, 0);
    fixture_say(&x, PLUMB_STREAM_REQ, NULL, 0);
    fixture_say(&x, PLUMB_PING, p, plumb_put_ping(0x1234, p));
    fixture_say(&x, PLUMB_KEEPALIVE, NULL, 0);
    assert_int_equal(x.n, 3);
    assert_int_equal(x.frame[2].type, PLUMB_PONG);
    assert_int_equal(ask(0x6F, NULL, 0, NULL), PLUMB_UNKNOWN);
    assert_int_equal(ask(PLUMB_START, NULL, 0, NULL), PLUMB_RANGE);
    fixture_clear(&x);
    fixture_say(&x, PLUMB_RSP, p, 3); /* an echo of a device */
    assert_int_equal(x.n, 0);
    assert_int_equal(ask(PLUMB_IDENTIFY, p, plumb_put_identify(500, p), NULL), PLUMB_OK);
    assert_true(x.lit);
    fixture_run(&x, 26);
    assert_false(x.lit);
    assert_int_equal(device_wall_us(&x.device, x.now_us), 0);
    assert_int_equal(ask(PLUMB_SET_TIME, p, plumb_put_time(-5, p), NULL), PLUMB_RANGE);
    assert_int_equal(ask(PLUMB_SET_TIME, p, plumb_put_time(1790000000000000, p), NULL), PLUMB_OK);
    fixture_run(&x, 50);
    assert_int_equal(device_wall_us(&x.device, x.now_us), 1790000001000000);
    fixture_clear(&x);
    device_event(&x.device, PLUMB_EVENT_TAP, 2, x.now_us);
    assert_int_equal(fixture_count(&x, PLUMB_EVENT, &f), 1);
    assert_int_equal(f->payload[5], 2);
}

static void rate_and_range_change_between_frames(void **state)
{
    (void)state;
    open_port();
    fixture_run(&x, 14);
    fixture_clear(&x);
    assert_int_equal(ask_range(3, 500), PLUMB_RANGE);
    assert_int_equal(ask_start(200000, 0), PLUMB_RANGE);
    assert_int_equal(fixture_count(&x, PLUMB_STREAM, NULL), 0);
    assert_int_equal(ask_start(52000, 0), PLUMB_OK); /* near enough to what it does */
    assert_int_equal(x.n, 3);
    fixture_clear(&x);
    assert_int_equal(ask_range(8, 500), PLUMB_OK);
    assert_int_equal(x.n, 3); /* what was left of 4 g; RSP; STREAM */
    assert_int_equal(x.frame[0].type, PLUMB_SAMPLES);
    assert_int_equal(x.frame[0].payload[1], 4);
    assert_int_equal(x.frame[2].type, PLUMB_STREAM);
    assert_int_equal(x.frame[2].payload[16], 8);
    fixture_clear(&x);
    fixture_run(&x, 10);
    assert_int_equal(little_get16(x.frame[0].payload + 10), PLUMB_IMU_RESTARTED);
    assert_int_equal(ask_range(8, 500), PLUMB_OK); /* twice does no harm */
    assert_int_equal(fixture_count(&x, PLUMB_STREAM, NULL), 0);
}

static void what_is_lost_is_counted(void **state)
{
    (void)state;
    struct plumb_status status;
    const struct fixture_frame *f = NULL;
    open_port();
    fixture_run(&x, 13);
    device_lose(&x.device, 7);
    fixture_run(&x, 1);
    x.room = 10; /* the link is full */
    fixture_run(&x, 50);
    x.room = SIZE_MAX;
    fixture_run(&x, 50);
    assert_int_equal(fixture_count(&x, PLUMB_STATUS, &f), 1);
    assert_true(plumb_get_status(f->payload, f->size, &status));
    assert_int_equal(status.samples_lost, 7);
    assert_int_equal(status.frames_lost, x.refused);
    assert_int_equal(x.frame[1].payload[1], 3); /* the frame before the hole is a short one */
    unsigned flagged = 0, samples = 0;
    for (unsigned i = 0; i < x.n; i++) {
        if (x.frame[i].type != PLUMB_SAMPLES) continue;
        samples += x.frame[i].payload[1];
        flagged += (little_get16(x.frame[i].payload + 10) & PLUMB_GAP_BEFORE) != 0;
    }
    assert_int_equal(flagged, 1);       /* the one that began at the hole was not sent: the next one says it */
    assert_int_equal(samples, 13 + 50); /* one of the last 51 is still to come */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_streams_from_boot, boot),
        cmocka_unit_test_setup(after_stop_it_says_hello, boot),
        cmocka_unit_test_setup(a_closed_port_hears_nothing, boot),
        cmocka_unit_test_setup(commands_are_answered, boot),
        cmocka_unit_test_setup(rate_and_range_change_between_frames, boot),
        cmocka_unit_test_setup(what_is_lost_is_counted, boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
