/* The wire's golden vectors, round trips, and what faults on the way may and may not do. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/cobs.h"
#include "firmware-proto/crc32.h"
#include "firmware-proto/plumb_link.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { FRAMES = 20, STREAM_MAX = FRAMES * PLUMB_WIRE_MAX, FAULTS = 4000 };

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static struct plumb_samples random_samples(uint32_t *state, uint8_t n)
{
    struct plumb_samples s = {.stream = 1, .n = n, .first_index = next_random(state), .t_last = next_random(state)};
    for (uint8_t i = 0; i < n; i++) {
        for (int c = 0; c < 3; c++) {
            s.sample[i].gyro[c] = (int16_t)(next_random(state) % 64 - 32);
            s.sample[i].accel[c] = (int16_t)next_random(state);
        }
    }
    return s;
}

static size_t wire_of(const struct plumb_samples *s, uint8_t seq, uint8_t *wire)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    return plumb_link_encode(PLUMB_SAMPLES, seq, payload, plumb_put_samples(s, payload), wire);
}

static void assert_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    char text[2 * PLUMB_WIRE_MAX + 1] = "";
    for (size_t i = 0; i < n; i++) snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(text, hex);
}

static void golden_vectors(void **state)
{
    (void)state;
    uint8_t wire[PLUMB_WIRE_MAX], payload[PLUMB_PAYLOAD_MAX];
    struct plumb_samples s = {
        .stream = 1,
        .n = 2,
        .first_index = 1000,
        .t_last = 10010000,
        .sample = {{{-11, -22, 21}, {3, 11, 2125}}, {{-10, -25, 23}, {0, 13, 2127}}},
    };
    size_t n = wire_of(&s, 7, wire);
    assert_int_equal(n, 44);
    assert_hex(wire, n, "0790070102e803010490bd98010106f5ffeaff150203020b084d08f6ffe7ff170101020d074f08c579e8f200");

    struct plumb_vibrate v = {.strength_percent = 60, .repeats = 1, .on_ms = 200, .off_ms = 0};
    n = plumb_link_encode(PLUMB_VIBRATE, 7, payload, plumb_put_vibrate(&v, payload), wire);
    assert_hex(wire, n, "0621073c01c8010105a0ab786800");

    n = plumb_link_encode(PLUMB_PING, 7, payload, plumb_put_ping(0x12345678, payload), wire);
    assert_hex(wire, n, "0b300778563412d022b18900");

    n = plumb_link_encode(PLUMB_HELLO_REQ, 0, NULL, 0, wire);
    assert_hex(wire, n, "020105be23c25800");
}

static void sizes_on_the_wire(void **state)
{
    (void)state;
    uint8_t wire[PLUMB_WIRE_MAX], payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello = {.model = "m"};
    struct plumb_stream stream = {.stream = 1};
    struct plumb_status status = {.time_us = 1};
    assert_int_equal(plumb_link_encode(PLUMB_HELLO, 0, payload, plumb_put_hello(&hello, payload), wire), 56);
    assert_int_equal(plumb_link_encode(PLUMB_STREAM, 0, payload, plumb_put_stream(&stream, payload), wire), 32);
    assert_int_equal(plumb_link_encode(PLUMB_STATUS, 0, payload, plumb_put_status(&status, payload), wire), 40);
    static const struct {
        uint8_t n;
        size_t size;
    } table[] = {{1, 32}, {5, 80}, {10, 140}, {16, 212}, {19, 248}};
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct plumb_samples s = random_samples(&seed, table[i].n);
        assert_int_equal(wire_of(&s, 0, wire), table[i].size);
    }
    assert_int_equal(plumb_link_encode(0xF0, 0, payload, PLUMB_PAYLOAD_MAX, wire), PLUMB_WIRE_MAX);
    assert_int_equal(plumb_link_encode(0xF0, 0, payload, PLUMB_PAYLOAD_MAX + 1, wire), 0);
}

static void crc_equals_zlib(void **state)
{
    (void)state;
    assert_int_equal(crc32_of((const uint8_t *)"123456789", 9), 0xCBF43926);
    uint8_t bytes[300];
    uint32_t seed = 2;
    for (size_t n = 0; n <= sizeof bytes; n++) {
        for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)next_random(&seed);
        assert_int_equal(crc32_of(bytes, n), crc32(0, bytes, (unsigned)n));
    }
}

static void cobs_round_trip(void **state)
{
    (void)state;
    uint8_t data[600], coded[COBS_SIZE(600)];
    uint32_t seed = 3;
    for (size_t n = 0; n <= sizeof data; n++) {
        for (unsigned zeros = 0; zeros < 3; zeros++) { /* no zero, some, only */
            for (size_t i = 0; i < n; i++) {
                uint32_t r = next_random(&seed);
                data[i] = zeros == 2 ? 0 : zeros == 1 ? (uint8_t)(r & 3) : (uint8_t)(r % 255 + 1);
            }
            size_t size = cobs_encode(data, n, coded);
            assert_true(size <= COBS_SIZE(n) && (n > 254 || size == n + 1));
            assert_null(memchr(coded, 0, size));
            assert_int_equal(cobs_decode(coded, size), n);
            assert_memory_equal(coded, data, n);
        }
    }
}

static void cobs_refuses(void **state)
{
    (void)state;
    uint8_t beyond[] = {5, 1, 2}, zero_inside[] = {4, 1, 0, 2}, zero_code[] = {2, 1, 0, 1};
    assert_int_equal(cobs_decode(beyond, sizeof beyond), 0);
    assert_int_equal(cobs_decode(zero_inside, sizeof zero_inside), 0);
    assert_int_equal(cobs_decode(zero_code, sizeof zero_code), 0);
}

/* ---- the receiver -------------------------------------------------------------------------------------------- */

struct recording {
    uint8_t bytes[STREAM_MAX];
    size_t size;
    struct plumb_samples sent[FRAMES];
    size_t end[FRAMES]; /* of each frame in bytes */
};

static void record(struct recording *r, uint32_t *seed)
{
    r->size = 0;
    for (uint8_t i = 0; i < FRAMES; i++) {
        r->sent[i] = random_samples(seed, (uint8_t)(1 + i % PLUMB_SAMPLES_MAX));
        r->size += wire_of(&r->sent[i], i, r->bytes + r->size);
        r->end[i] = r->size;
    }
}

/* Plays BYTES; returns how many frames came, of them *WRONG not as sent. */
static unsigned play(const struct recording *sent, const uint8_t *bytes, size_t n, unsigned *wrong)
{
    struct plumb_receiver r;
    struct plumb_frame f;
    unsigned good = 0;
    *wrong = 0;
    plumb_link_receiver_init(&r);
    for (size_t i = 0; i < n; i++) {
        if (!plumb_link_receive(&r, bytes[i], &f)) continue;
        uint8_t payload[PLUMB_PAYLOAD_MAX];
        size_t size = f.seq < FRAMES ? plumb_put_samples(&sent->sent[f.seq], payload) : 0;
        bool same = f.type == PLUMB_SAMPLES && size == f.size && memcmp(payload, f.payload, size) == 0;
        good += same;
        *wrong += !same;
    }
    assert_int_equal(r.bytes, n);
    assert_int_equal(r.frames, good + *wrong);
    return good;
}

static size_t make_fault(int kind, const struct recording *r, uint32_t *seed, uint8_t *out)
{
    size_t at = next_random(seed) % (r->size - 16), gone = kind == 0 ? 1 : kind == 2 ? 16 : 0;
    memcpy(out, r->bytes, r->size);
    if (kind == 1) out[at] ^= (uint8_t)(1u << next_random(seed) % 8);
    if (kind == 3) out[at] = (uint8_t)(out[at] + 1 + next_random(seed) % 255);
    if (kind == 4) {
        uint8_t swap = out[at];
        out[at] = out[at + 1];
        out[at + 1] = swap;
    }
    memmove(out + at, out + at + gone, r->size - at - gone);
    return r->size - gone;
}

static void faults_make_no_wrong_frame(void **state)
{
    (void)state;
    static const char *const kinds[] = {"1 byte lost", "1 bit flipped", "16 bytes lost", "a random byte",
                                        "2 bytes swapped"};
    static struct recording r;
    static uint8_t bytes[STREAM_MAX];
    uint32_t seed = 5;
    for (int kind = 0; kind < 5; kind++) {
        unsigned wrong_sum = 0, worst = FRAMES;
        for (int i = 0; i < FAULTS; i++) {
            unsigned wrong;
            if (i % 100 == 0) record(&r, &seed);
            unsigned good = play(&r, bytes, make_fault(kind, &r, &seed, bytes), &wrong);
            wrong_sum += wrong;
            if (good < worst) worst = good;
        }
        printf("%-15s %d faults: %u wrong frames, at least %u of %d good ones kept\n", kinds[kind], FAULTS, wrong_sum,
               worst, FRAMES);
        assert_int_equal(wrong_sum, 0);
        assert_true(worst >= FRAMES - 2); /* two when the fault falls on a border */
    }
}

static void garbage_costs_one_frame(void **state)
{
    (void)state;
    static struct recording r;
    static uint8_t bytes[2 * STREAM_MAX];
    uint32_t seed = 6;
    for (int i = 0; i < 500; i++) {
        record(&r, &seed);
        size_t garbage = next_random(&seed) % STREAM_MAX;
        for (size_t k = 0; k < garbage; k++) bytes[k] = (uint8_t)next_random(&seed);
        memcpy(bytes + garbage, r.bytes, r.size);
        unsigned wrong;
        assert_true(play(&r, bytes, garbage + r.size, &wrong) >= FRAMES - 1);
        assert_int_equal(wrong, 0);
    }
}

static void cut_anywhere(void **state)
{
    (void)state;
    static struct recording r;
    uint32_t seed = 7;
    unsigned wrong;
    record(&r, &seed);
    for (size_t cut = 0; cut <= r.size; cut++) {
        unsigned whole = 0, before = 0;
        for (int i = 0; i < FRAMES; i++) {
            before += r.end[i] <= cut;
            whole += (i == 0 ? 0 : r.end[i - 1]) >= cut;
        }
        assert_int_equal(play(&r, r.bytes, cut, &wrong), before);
        assert_int_equal(wrong, 0);
        assert_int_equal(play(&r, r.bytes + cut, r.size - cut, &wrong), whole);
        assert_int_equal(wrong, 0);
    }
}

static void counts_what_is_lost(void **state)
{
    (void)state;
    struct plumb_receiver r;
    struct plumb_frame f;
    uint8_t wire[PLUMB_WIRE_MAX], lost[4] = {0};
    static const uint8_t seqs[] = {250, 251, 254, 3};
    plumb_link_receiver_init(&r);
    for (size_t i = 0; i < 4; i++) {
        size_t n = plumb_link_encode(0xF7, seqs[i], NULL, 0, wire); /* a type nobody knows still counts as a frame */
        for (size_t k = 0; k < n; k++) {
            if (plumb_link_receive(&r, wire[k], &f)) lost[i] = f.lost;
        }
    }
    assert_int_equal(lost[0], 0);
    assert_int_equal(lost[1], 0);
    assert_int_equal(lost[2], 2);
    assert_int_equal(lost[3], 4);
    assert_int_equal(r.run, 4);
    for (size_t i = 0; i < 1000; i++) plumb_link_receive(&r, 0x55, &f);
    plumb_link_receive(&r, 0, &f);
    assert_int_equal(r.bad_frames, 1);
    assert_int_equal(r.skipped_bytes, 1000);
    assert_int_equal(r.run, 0);
}

static void bytes_before_the_first_border_are_no_bad_frame(void **state)
{
    (void)state;
    struct plumb_receiver r;
    struct plumb_frame f;
    plumb_link_receiver_init(&r);
    static const uint8_t tail[] = {1, 2, 3, 0, 0, 0};
    for (size_t i = 0; i < sizeof tail; i++) assert_false(plumb_link_receive(&r, tail[i], &f));
    assert_int_equal(r.bad_frames, 0);
    assert_int_equal(r.skipped_bytes, 3);
}

static void unwraps(void **state)
{
    (void)state;
    static const struct {
        uint64_t last;
        uint32_t low;
        uint64_t want;
    } table[] = {
        {0, 5, 5},
        {0xFFFFFFFF, 0, UINT64_C(0x100000000)},
        {UINT64_C(0x100000005), 0xFFFFFFFE, 0xFFFFFFFE},
        {UINT64_C(0x2FFFFFFF0), 0x10, UINT64_C(0x300000010)},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_true(plumb_link_unwrap(table[i].last, table[i].low) == table[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_vectors),
        cmocka_unit_test(sizes_on_the_wire),
        cmocka_unit_test(crc_equals_zlib),
        cmocka_unit_test(cobs_round_trip),
        cmocka_unit_test(cobs_refuses),
        cmocka_unit_test(faults_make_no_wrong_frame),
        cmocka_unit_test(garbage_costs_one_frame),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(counts_what_is_lost),
        cmocka_unit_test(bytes_before_the_first_border_are_no_bad_frame),
        cmocka_unit_test(unwraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
