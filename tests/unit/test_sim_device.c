/* Whether the simulated device speaks its protocols: the same bytes from the same seed, every frame whole, commands
 * obeyed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/little.h"
#include "tools/sim/emit_plumb.h"
#include "tools/sim/emit_text.h"
#include "tools/sim/emit_witmotion.h"

#include "sim_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Plays TEXT through the plumb link; returns the bytes, to be freed. */
static uint8_t *stream_of(const char *text, uint64_t seed, size_t *size)
{
    struct scenario s;
    struct sim sim;
    static struct emit_plumb device;
    struct reading r;
    fixture_begin(&sim, &s, text);
    s.seed = seed;
    sim_init(&sim, &s, false);
    emit_plumb_init(&device, &s, &sim.imu);
    uint8_t *bytes = malloc(EMIT_MAX + (size_t)sim.count * 64);
    assert_non_null(bytes);
    *size = emit_plumb_greet(&device, bytes);
    enum link_state before = LINK_UP;
    while (sim_next(&sim, &r)) {
        enum link_state link = sim.link;
        if (before == LINK_REBOOTING && link != before) emit_plumb_reboot(&device);
        if (link == LINK_UNPLUGGED && link != before) emit_plumb_unplug(&device);
        if (link == LINK_UP && before != LINK_UP && before != LINK_STALLED) {
            *size += emit_plumb_greet(&device, bytes + *size);
            if (before == LINK_UNPLUGGED) *size += emit_plumb_start(&device, bytes + *size);
        }
        if (link == LINK_UP || link == LINK_UNPLUGGED) *size += emit_plumb_sample(&device, &r, bytes + *size);
        if (link == LINK_STALLED) emit_plumb_lose(&device);
        before = link;
    }
    scenario_free(&s);
    return bytes;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    size_t size[3];
    uint8_t *bytes[3];
    for (int i = 0; i < 3; i++) bytes[i] = stream_of(FIXTURE_DAY, i < 2 ? 7 : 8, &size[i]);
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    assert_true(size[0] != size[2] || memcmp(bytes[0], bytes[2], size[0]) != 0);
    for (int i = 0; i < 3; i++) free(bytes[i]);
}

struct heard {
    unsigned hellos, streams, statuses, boots, holes, hole_samples, lost_frames, gap_flags;
    uint32_t boot_id, next_index;
    struct plumb_status status;
};

static void hear(struct heard *h, const struct plumb_frame *f)
{
    struct plumb_hello hello;
    struct plumb_stream stream;
    struct plumb_samples samples;
    bool first = f->seq == 0;
    if (!first) h->lost_frames += f->lost;
    switch (f->type) {
    case PLUMB_HELLO:
        assert_true(plumb_get_hello(f->payload, f->size, &hello) && hello.major == 1);
        h->hellos++;
        if (hello.boot_id != h->boot_id) {
            h->boots++;
            h->next_index = 0;
        }
        h->boot_id = hello.boot_id;
        break;
    case PLUMB_STREAM:
        assert_true(plumb_get_stream(f->payload, f->size, &stream));
        h->streams++;
        break;
    case PLUMB_STATUS:
        assert_true(plumb_get_status(f->payload, f->size, &h->status));
        h->statuses++;
        break;
    case PLUMB_SAMPLES:
        assert_true(h->streams > 0 && plumb_get_samples(f->payload, f->size, &samples));
        if (samples.first_index != h->next_index) {
            h->holes++;
            h->hole_samples += samples.first_index - h->next_index;
        }
        h->gap_flags += (samples.flags & PLUMB_GAP_BEFORE) != 0;
        h->next_index = samples.first_index + samples.n;
        break;
    case PLUMB_RSP: break; /* to START, after the unplug */
    default: fail();
    }
}

static void the_device_speaks_the_link(void **state)
{
    (void)state;
    struct heard h = {0};
    struct plumb_receiver receiver;
    struct plumb_frame f;
    size_t size;
    uint8_t *bytes = stream_of(FIXTURE_DAY, 1, &size);
    plumb_link_receiver_init(&receiver);
    for (size_t i = 0; i < size; i++) {
        if (plumb_link_receive(&receiver, bytes[i], &f)) hear(&h, &f);
    }
    assert_int_equal(receiver.bad_frames, 0);
    assert_int_equal(receiver.skipped_bytes, 0);
    assert_int_equal(h.boots, 2);
    assert_int_equal(h.hellos, 3); /* at the start, after the unplug, after the reboot */
    assert_int_equal(h.holes, 2);
    assert_int_equal(h.gap_flags, 2);
    assert_in_range(h.hole_samples, 1500, 1520); /* 30 s of 50 Hz, and what was pending */
    assert_int_equal(h.lost_frames, 0);
    assert_in_range(h.streams, 6, 9);
    assert_in_range(h.statuses, 277, 283);
    free(bytes);
}

static struct plumb_rsp ask(struct emit_plumb *d, uint8_t type, const uint8_t *payload, size_t size,
                            uint8_t *answer_type)
{
    uint8_t wire[PLUMB_WIRE_MAX], out[EMIT_MAX];
    struct plumb_receiver receiver;
    struct plumb_frame f;
    struct plumb_rsp rsp = {.status = 99};
    *answer_type = 0;
    FILE *log = fopen("/dev/null", "w");
    size_t n = emit_plumb_command(d, wire, plumb_link_encode(type, 9, payload, size, wire), log, out);
    fclose(log);
    plumb_link_receiver_init(&receiver);
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&receiver, out[i], &f)) continue;
        *answer_type = f.type;
        if (f.type == PLUMB_RSP) assert_true(plumb_get_rsp(f.payload, f.size, &rsp) && rsp.command_seq == 9);
    }
    return rsp;
}

static void the_device_obeys(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    static struct emit_plumb d;
    struct reading r;
    uint8_t p[PLUMB_PAYLOAD_MAX], out[EMIT_MAX], type;
    fixture_begin(&sim, &s, "sit upright 2m\n");
    emit_plumb_init(&d, &s, &sim.imu);
    emit_plumb_greet(&d, out);

    ask(&d, PLUMB_HELLO_REQ, NULL, 0, &type);
    assert_int_equal(type, PLUMB_HELLO);
    ask(&d, PLUMB_STREAM_REQ, NULL, 0, &type);
    assert_int_equal(type, PLUMB_STREAM);
    ask(&d, PLUMB_PING, p, plumb_put_ping(5, p), &type);
    assert_int_equal(type, PLUMB_PONG);
    ask(&d, PLUMB_KEEPALIVE, NULL, 0, &type);
    assert_int_equal(type, 0);

    struct plumb_vibrate buzz = {.strength_percent = 60, .repeats = 2, .on_ms = 200, .off_ms = 100}, long_buzz = buzz;
    long_buzz.on_ms = PLUMB_VIBRATE_ON_MAX_MS + 1;
    assert_int_equal(ask(&d, PLUMB_VIBRATE, p, plumb_put_vibrate(&long_buzz, p), &type).status, PLUMB_RANGE);
    assert_int_equal(ask(&d, PLUMB_VIBRATE, p, plumb_put_vibrate(&buzz, p), &type).status, PLUMB_OK);
    assert_int_equal(ask(&d, PLUMB_VIBRATE, p, plumb_put_vibrate(&buzz, p), &type).status, PLUMB_BUSY);
    assert_int_equal(ask(&d, PLUMB_LOG_LIST, NULL, 0, &type).status, PLUMB_OK);

    struct plumb_start start = {.stream = 1, .rate_mhz = 104000, .batch = 5};
    assert_int_equal(ask(&d, PLUMB_START, p, plumb_put_start(&start, p), &type).status, PLUMB_RANGE);
    assert_int_equal(ask(&d, PLUMB_STOP, NULL, 0, &type).status, PLUMB_OK);
    size_t silent = 0;
    for (int i = 0; i < 500 && sim_next(&sim, &r); i++) silent += emit_plumb_sample(&d, &r, out);
    assert_in_range(silent, 2 * 56 + 9 * 40, 3 * 56 + 10 * 40); /* 10 s: two or three HELLOs, and STATUS */
    start.rate_mhz = 50000;
    assert_int_equal(ask(&d, PLUMB_START, p, plumb_put_start(&start, p), &type).status, PLUMB_OK);
    assert_int_equal(d.device.batch, 5);
    scenario_free(&s);
}

/* Unplugged for 30 s of a minute: what the host missed is in the log, and is what the chip read. */
static void the_log_has_what_was_missed(void **state)
{
    (void)state;
    enum { AWAY = 300, BACK = 1800, END = 3000 };
    static struct emit_plumb d;
    static struct plumb_sample made[END];
    struct scenario s;
    struct sim sim;
    struct reading r;
    struct plumb_receiver receiver;
    struct plumb_frame f;
    struct plumb_logblock block;
    struct plumb_rsp rsp;
    uint8_t p[PLUMB_PAYLOAD_MAX], wire[PLUMB_WIRE_MAX], out[EMIT_MAX];
    uint32_t next = AWAY, said = 0;
    fixture_begin(&sim, &s, "sit upright 1m\n");
    emit_plumb_init(&d, &s, &sim.imu);
    emit_plumb_greet(&d, out);
    plumb_link_receiver_init(&receiver);
    for (int i = 0; i < END && sim_next(&sim, &r); i++) {
        memcpy(made[i].gyro, r.gyro, sizeof r.gyro);
        memcpy(made[i].accel, r.accel, sizeof r.accel);
        if (i == AWAY) emit_plumb_unplug(&d);
        if (i == BACK) {
            struct plumb_log_span span = {d.device.boot_id, AWAY, BACK - AWAY};
            emit_plumb_greet(&d, out);
            size_t n = plumb_link_encode(PLUMB_LOG_READ, 0, p, plumb_put_log_span(&span, p), wire);
            assert_int_equal(emit_plumb_command(&d, wire, n, stderr, out), 0);
        }
        size_t n = emit_plumb_sample(&d, &r, out);
        if (i >= AWAY && i < BACK) assert_int_equal(n, 0);
        for (size_t k = 0; k < n; k++) {
            if (!plumb_link_receive(&receiver, out[k], &f)) continue;
            if (f.type == PLUMB_RSP && plumb_get_rsp(f.payload, f.size, &rsp)) said = little_get32(rsp.data);
            if (f.type != PLUMB_LOGBLOCK) continue;
            assert_true(plumb_get_logblock(f.payload, f.size, &block) && block.samples.first_index == next);
            assert_memory_equal(block.samples.sample, made + next, block.samples.n * sizeof *made);
            next += block.samples.n;
        }
    }
    assert_int_equal(next, BACK);
    assert_int_equal(said, BACK - AWAY);
    scenario_free(&s);
}

static void witmotion_frames_are_whole(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    struct reading r;
    fixture_begin(&sim, &s, "set mount 25 -40 10\nset accel-bias 0 0 0\nsit upright 30s\n");
    sim_init(&sim, &s, true);
    while (sim_next(&sim, &r)) {
        uint8_t out[64];
        assert_int_equal(emit_witmotion_55(&r, out), 33);
        for (int frame = 0; frame < 3; frame++) {
            uint8_t sum = 0, *b = out + 11 * frame;
            for (int i = 0; i < 10; i++) sum = (uint8_t)(sum + b[i]);
            assert_int_equal(b[0], 0x55);
            assert_int_equal(b[1], 0x51 + frame);
            assert_int_equal(b[10], sum);
        }
        double roll = (int16_t)(out[24] | out[25] << 8) * 180.0 / 32768,
               by_force = atan2(r.accel[1], r.accel[2]) / DEG_RAD;
        assert_true(fabs(roll - by_force) < 1);
        assert_int_equal(emit_witmotion_61(&r, out), 20);
        assert_true(out[0] == 0x55 && out[1] == 0x61);
    }
    scenario_free(&s);
}

static void text_lines_are_in_g(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    struct reading r;
    char line[EMIT_TEXT_MAX];
    double v[7];
    fixture_begin(&sim, &s, "sit upright 5s\n");
    assert_int_equal(emit_text_header(line), 23);
    assert_true(sim_next(&sim, &r));
    emit_text_line(&sim.imu, &r, r.t_s, line);
    char *p = line;
    for (int i = 0; i < 7; i++) v[i] = strtod(p + (i > 0), &p);
    assert_string_equal(p, "\n");
    assert_true(v[0] == 10 && fabs(sqrt(v[1] * v[1] + v[2] * v[2] + v[3] * v[3]) - 1) < 0.05);
    scenario_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes), cmocka_unit_test(the_device_speaks_the_link),
        cmocka_unit_test(the_device_obeys),     cmocka_unit_test(witmotion_frames_are_whole),
        cmocka_unit_test(text_lines_are_in_g),  cmocka_unit_test(the_log_has_what_was_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
