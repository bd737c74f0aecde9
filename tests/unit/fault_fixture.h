/* fault_fixture — a stream with one fault in it, thousands of times: how many samples come out that were never sent. */
#ifndef FAULT_FIXTURE_H
#define FAULT_FIXTURE_H

#include "sensor_fixture.h"

enum { FAULT_TRIALS = 4000, FAULT_BYTES = 8192 };
enum fault { DROP_ONE, DROP_SIXTEEN, FLIP_BIT, SWAP_TWO };

static inline size_t fault_damage(enum fault fault, const uint8_t *bytes, size_t n, uint32_t *dice, uint8_t *damaged)
{
    size_t lost = fault == DROP_ONE ? 1 : fault == DROP_SIXTEEN ? 16 : 0, at = next_random(dice) % (n - lost);
    memcpy(damaged, bytes, at);
    memcpy(damaged + at, bytes + at + lost, n - at - lost);
    if (fault == FLIP_BIT) damaged[at] ^= (uint8_t)(1u << next_random(dice) % 8);
    if (fault == SWAP_TWO) {
        size_t other = next_random(dice) % n;
        damaged[at] = bytes[other];
        damaged[other] = bytes[at];
    }
    return n - lost;
}

/* Its force, rate and time are those of one sample, and its attitude, if any, is that of one. */
static inline bool fault_sent(const struct fed *clean, const struct raw_sample *s)
{
    bool numbers = false, attitude = !(s->have & HAVE_QUAT);
    for (size_t k = 0; k < clean->n; k++) {
        const struct raw_sample *c = &clean->sample[k];
        attitude = attitude || memcmp(s->quat, c->quat, sizeof s->quat) == 0;
        numbers = numbers || (memcmp(s->accel, c->accel, sizeof s->accel) == 0 &&
                              memcmp(s->gyro, c->gyro, sizeof s->gyro) == 0 && s->device_ns == c->device_ns);
    }
    return numbers && attitude;
}

/* Wrong samples of FAULT_TRIALS damaged copies of the N bytes; *KEPT: how many right ones came through on average. */
static inline int wrong_after(const struct protocol *p, enum fault fault, const uint8_t *bytes, size_t n, double *kept)
{
    static uint8_t damaged[FAULT_BYTES];
    static struct fed clean, fed;
    uint32_t dice = 4711;
    int wrong = 0;
    size_t good = 0;
    assert_true(n <= FAULT_BYTES);
    feed(p, bytes, n, n, FED_MAX, &clean);
    for (int trial = 0; trial < FAULT_TRIALS; trial++) {
        size_t left = fault_damage(fault, bytes, n, &dice, damaged);
        feed(p, damaged, left, left, FED_MAX, &fed);
        for (size_t i = 0; i < fed.n; i++) {
            bool sent = fault_sent(&clean, &fed.sample[i]);
            wrong += !sent;
            good += sent;
        }
    }
    *kept = (double)good / FAULT_TRIALS;
    return wrong;
}

/* Prints the four faults' figures; MOST: wrong samples at most, in the order of enum fault; more than KEPT_LEAST
 * of those sent come through on average. */
static inline void assert_single_faults(const struct protocol *p, const uint8_t *bytes, size_t n, const int most[4],
                                        double kept_least)
{
    static const char *const names[] = {"a byte lost", "16 bytes lost", "a bit flipped", "two bytes swapped"};
    for (int i = 0; i < 4; i++) {
        double kept;
        int wrong = wrong_after(p, (enum fault)i, bytes, n, &kept);
        printf("%s, %s: %d wrong, %.2f kept\n", p->name, names[i], wrong, kept);
        assert_in_range(wrong, 0, most[i]);
        assert_true(kept > kept_least);
    }
}

/* An idle or shorted line is no stream. */
static inline void assert_fills_are_nothing(const struct protocol *p)
{
    static const uint8_t fills[] = {0x00, 0x55, 0xaa, 0xff};
    static uint8_t line[FAULT_BYTES];
    static struct fed fed;
    for (size_t i = 0; i < sizeof fills; i++) {
        memset(line, fills[i], sizeof line);
        feed(p, line, sizeof line, sizeof line, FED_MAX, &fed);
        assert_int_equal(fed.stats.frames + fed.n, 0);
    }
}

/* The most good frames in a row that 1 MB of noise makes. */
static inline unsigned longest_run_in_noise(const struct protocol *p, uint32_t dice)
{
    unsigned longest = 0;
    void *state = malloc(p->state_size);
    assert_non_null(state);
    p->init(state);
    for (int i = 0; i < 1 << 20; i++) {
        struct raw_sample out;
        struct link_stats stats;
        size_t count;
        uint8_t byte = (uint8_t)(next_random(&dice) >> 7);
        p->push(state, &byte, 1, &out, 1, &count);
        p->stats(state, &stats);
        if (stats.run > longest) longest = stats.run;
    }
    free(state);
    return longest;
}

#endif
