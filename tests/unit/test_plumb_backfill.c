/* A plumb device that keeps every sample, and a link that loses: what was missed is asked for and comes in its place. */
#include "sensor_fixture.h"

#include "firmware-proto/plumb_link.h"

enum { RATE_HZ = 100, BATCH = 10, STEP_US = 10000 };

/* The device: sample i is a function of i, so that its log needs no memory. */
static struct {
    uint32_t boot_id, made, oldest; /* the log holds oldest … made − 1 */
    uint8_t seq;
    struct plumb_receiver ear;
    bool answers;      /* LOG_READ */
    unsigned drop_one; /* every so many-th LOGBLOCK is lost on the way; 0 none */
    unsigned blocks, reads;
    unsigned skew;     /* how much earlier a block of the log begins than a batch of the stream */
    bool log_lies;     /* about the time of its blocks */
    unsigned stated_hz;
    uint16_t caps;
} device;

static const struct protocol *plumb;
static void *decoder;
static int64_t now_ns;
static uint32_t next_index; /* that must leave next */
static unsigned holes, restarts;

static void hear(const uint8_t *bytes, size_t n)
{
    struct raw_sample out[7];
    size_t count;
    for (size_t used; n > 0; bytes += used, n -= used) {
        used = plumb->push(decoder, bytes, n, out, 7, &count);
        for (size_t i = 0; i < count; i++) {
            if (out[i].flags & SAMPLE_GAP_BEFORE) holes++;
            if (out[i].flags & SAMPLE_RESTARTED) restarts++;
            if (out[i].flags & (SAMPLE_GAP_BEFORE | SAMPLE_RESTARTED)) next_index = (uint32_t)out[i].index;
            assert_int_equal(out[i].index, next_index);
            assert_int_equal(out[i].accel[0], next_index % 30000);
            assert_int_equal(out[i].device_ns, (int64_t)next_index * STEP_US * NS_PER_US + SECONDS_NS(1));
            next_index++;
        }
    }
}

static void transmit(uint8_t type, const uint8_t *payload, size_t size, bool arrives)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    size_t n = plumb_link_encode(type, device.seq++, payload, size, wire);
    if (arrives) hear(wire, n);
}

static struct plumb_samples batch_of(uint32_t first, unsigned n)
{
    struct plumb_samples m = {.stream = 1, .n = (uint8_t)n, .first_index = first, .t_last = (first + n - 1) * STEP_US + 1000000};
    for (unsigned i = 0; i < n; i++) m.sample[i] = (struct plumb_sample){{1, 2, 3}, {(int16_t)((first + i) % 30000), 0, 2048}};
    return m;
}

static void send_hello(void)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello = {.major = PLUMB_MAJOR, .caps = device.caps, .boot_id = device.boot_id, .serial = 5};
    transmit(PLUMB_HELLO, payload, plumb_put_hello(&hello, payload), true);
}

static void send_stream(void)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_stream stream = {.stream = 1, .accel_lsb_mps2 = 0.0048f, .gyro_lsb_rads = 0.001f, .rate_mhz = device.stated_hz * 1000, .tick_ns = 1000};
    transmit(PLUMB_STREAM, payload, plumb_put_stream(&stream, payload), true);
}

static void send_log(const struct plumb_log_span *span, uint8_t command_seq)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    uint32_t sent = 0, i = span->first_index > device.oldest ? span->first_index : device.oldest;
    uint32_t end = span->first_index + span->count;
    if (end > device.made) end = device.made;
    device.reads++;
    if (!device.answers) return;
    for (; i < end && span->boot_id == device.boot_id; device.blocks++) {
        uint32_t from = (i + device.skew) / BATCH * BATCH - device.skew; /* a block of the log begins where it began */
        struct plumb_logblock block = {.block = from / BATCH, .samples = batch_of(from, BATCH)};
        if (device.log_lies) block.samples.t_last = 1;
        transmit(PLUMB_LOGBLOCK, payload, plumb_put_logblock(&block, payload), !device.drop_one || device.blocks % device.drop_one);
        sent += BATCH;
        i = from + BATCH;
    }
    struct plumb_rsp rsp = {.command = PLUMB_LOG_READ, .command_seq = command_seq, .size = 4};
    memcpy(rsp.data, (uint8_t[]){(uint8_t)sent, (uint8_t)(sent >> 8), (uint8_t)(sent >> 16), 0}, 4);
    transmit(PLUMB_RSP, payload, plumb_put_rsp(&rsp, payload), true);
}

/* What the host asks for, once. */
static void listen(void)
{
    uint8_t bytes[1024];
    struct plumb_frame f;
    struct plumb_log_span span;
    size_t n = plumb->poll(decoder, now_ns, bytes, sizeof bytes);
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&device.ear, bytes[i], &f)) continue;
        if (f.type == PLUMB_HELLO_REQ) send_hello();
        if (f.type == PLUMB_STREAM_REQ) send_stream();
        if (f.type == PLUMB_LOG_READ && plumb_get_log_span(f.payload, f.size, &span)) send_log(&span, f.seq);
    }
}

/* SECONDS pass; what the device makes is heard or not. */
static void pass(double seconds, bool heard)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    for (uint32_t end = device.made + (uint32_t)(seconds * RATE_HZ); device.made < end; now_ns += BATCH * STEP_US * NS_PER_US) {
        struct plumb_samples m = batch_of(device.made, BATCH);
        device.made += BATCH;
        if (!heard) continue;
        transmit(PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload), true);
        listen();
    }
}

static int set_up(void **state)
{
    (void)state;
    plumb = protocol_find("plumb");
    decoder = realloc(decoder, plumb->state_size);
    plumb->init(decoder);
    memset(&device, 0, sizeof device);
    device.boot_id = 7;
    device.answers = true;
    device.stated_hz = RATE_HZ;
    device.caps = PLUMB_CAP_GYRO | PLUMB_CAP_LOG;
    now_ns = SECONDS_NS(1000);
    next_index = holes = restarts = 0;
    listen();
    pass(10, true);
    assert_int_equal(next_index, device.made);
    assert_int_equal(holes, 0);
    return 0;
}

static struct link_stats stats(void)
{
    struct link_stats s;
    plumb->stats(decoder, &s);
    return s;
}

static void assert_whole(void)
{
    assert_int_equal(next_index, device.made);
    assert_int_equal(holes + restarts, 0);
    assert_int_equal(stats().lost_samples, 0);
    assert_int_equal(stats().samples, device.made);
}

static void test_a_hole_in_the_stream_is_filled(void **state)
{
    (void)state;
    pass(3, false);
    pass(2, true);
    assert_whole();
    assert_int_equal(device.reads, 1);
}

static void come_back(void)
{
    plumb->resume(decoder);
    listen();
}

static void test_an_hour_away(void **state)
{
    (void)state;
    pass(3600, false);
    come_back();
    pass(60, true);
    assert_whole();
    assert_in_range(device.reads, 45, 60); /* 8000 samples at a time */
}

/* Samples that come before the device has said who it is might be another boot's: they wait for its word. */
static void test_nothing_is_taken_before_the_boot_is_known(void **state)
{
    (void)state;
    plumb->resume(decoder);
    device.made = 0;
    device.boot_id = 8;
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_samples m = batch_of(device.made, BATCH);
    transmit(PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload), true);
    assert_int_equal(next_index, 1000);
    device.made += BATCH;
    listen();
    pass(5, true);
    assert_int_equal(restarts, 1);
    assert_int_equal(next_index, device.made);
    assert_int_equal(device.reads, 0); /* never two boots in one count */
}

static void test_blocks_lost_on_the_way_are_asked_for_again(void **state)
{
    (void)state;
    device.drop_one = 7;
    pass(60, false);
    come_back();
    pass(400, true);
    assert_whole();
    assert_true(device.reads > 10);
}

static void test_what_the_log_has_no_more_is_a_hole(void **state)
{
    (void)state;
    pass(60, false);
    device.oldest = 4000;
    come_back();
    pass(10, true);
    assert_int_equal(next_index, device.made);
    assert_int_equal(holes, 1);
    assert_int_equal(stats().lost_samples, 3000);
}

static void test_a_device_that_does_not_answer(void **state)
{
    (void)state;
    device.answers = false;
    pass(60, false);
    come_back();
    pass(30, true);
    assert_int_equal(holes, 1);
    assert_in_range(device.reads, 1, 3);
    assert_int_equal(next_index, device.made);
    assert_int_equal(stats().lost_samples, 6000); /* and nothing of what came */
}

/* A chip that is a quarter faster than it says; the hole ends within a block of the log. */
static void test_a_fast_chip(void **state)
{
    (void)state;
    device.stated_hz = 80;
    send_stream();
    for (device.skew = 0; device.skew < BATCH; device.skew++) {
        pass(3, false);
        pass(2, true);
        assert_whole();
    }
    assert_int_equal(device.reads, BATCH);
}

static void test_a_log_whose_times_fit_nowhere(void **state)
{
    (void)state;
    device.log_lies = true;
    pass(60, false);
    come_back();
    pass(30, true);
    assert_int_equal(holes, 1);
    assert_int_equal(restarts, 0);
    assert_in_range(device.reads, 1, 3);
    assert_int_equal(next_index, device.made);
}

/* What comes while something waits must not overtake it. */
static void test_a_log_that_is_taken_back(void **state)
{
    (void)state;
    device.answers = false;
    pass(3, false);
    pass(0.5, true);
    device.caps = PLUMB_CAP_GYRO;
    send_hello();
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_samples m = batch_of(device.made, BATCH);
    device.made += BATCH;
    transmit(PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload), true);
    pass(30, true);
    assert_int_equal(holes, 1);
    assert_int_equal(restarts, 0);
    assert_int_equal(next_index, device.made);
}

static void test_away_again_while_the_log_is_read(void **state)
{
    (void)state;
    pass(600, false);
    come_back();
    pass(0.3, true);
    for (int i = 0; i < 5; i++) {
        pass(7, false);
        come_back();
        pass(0.5, true);
    }
    pass(20, true);
    assert_whole();
}

/* A recorded stream answers nothing, so nothing waits. */
static void test_without_a_way_back_a_hole_is_a_hole(void **state)
{
    (void)state;
    plumb->init(decoder);
    send_hello();
    send_stream();
    next_index = device.made;
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    for (unsigned i = 0; i < 3; i++, device.made += 20 * BATCH) {
        struct plumb_samples m = batch_of(device.made, BATCH);
        transmit(PLUMB_SAMPLES, payload, plumb_put_samples(&m, payload), true);
    }
    assert_int_equal(holes, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_hole_in_the_stream_is_filled, set_up),
        cmocka_unit_test_setup(test_an_hour_away, set_up),
        cmocka_unit_test_setup(test_nothing_is_taken_before_the_boot_is_known, set_up),
        cmocka_unit_test_setup(test_blocks_lost_on_the_way_are_asked_for_again, set_up),
        cmocka_unit_test_setup(test_what_the_log_has_no_more_is_a_hole, set_up),
        cmocka_unit_test_setup(test_a_device_that_does_not_answer, set_up),
        cmocka_unit_test_setup(test_a_fast_chip, set_up),
        cmocka_unit_test_setup(test_a_log_whose_times_fit_nowhere, set_up),
        cmocka_unit_test_setup(test_a_log_that_is_taken_back, set_up),
        cmocka_unit_test_setup(test_away_again_while_the_log_is_read, set_up),
        cmocka_unit_test_setup(test_without_a_way_back_a_hole_is_a_hole, set_up),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(decoder);
    return failed;
}
