/* One fault in a good stream: how many samples come out that were never sent. What each framing can at all know bounds
 * it: a sum of bytes does not see two of them swapped, a frame without a sum sees only what is missing, and a lost digit
 * of a text is another number. */
#include "framers_fixture.h"

enum damage { DROP_1, DROP_16, FLIP, RANDOM, SWAP, FAULTS };
static const char *const fault_names[FAULTS] = {"drop 1", "drop 16", "flip a bit", "random", "swap two"};
enum { TRIALS = 4000, WINDOW = 1100, SAMPLES_MAX = 256 };

/* Wrong samples allowed in TRIALS: what naive readers of the same framings let through, measured on recordings, or
 * nothing. A protocol that is not named here is only shown. */
static const struct {
    const char *stream;
    int most[FAULTS];
} bars[] = {
    {"plumb", {0, 0, 0, 0, 0}},
    {"wit", {64, 0, 0, 0, 2974}},
    {"wit61", {0, 0, 3437, 3583, 3399}},
    {"xbus", {0, 8, 0, 0, 3668}},
};

struct heard {
    size_t n;
    struct raw_sample sample[SAMPLES_MAX];
};

/* What comes of BYTES after STATE, which stays as it was. States hold no pointers: they live in the caller's memory. */
static void hear(const struct protocol *p, const void *state, void *copy, const uint8_t *bytes, size_t n,
                 struct heard *h)
{
    memcpy(copy, state, p->state_size);
    h->n = 0;
    for (size_t at = 0; at < n;) {
        size_t count;
        assert_true(h->n < SAMPLES_MAX);
        at += p->push(copy, bytes + at, n - at, h->sample + h->n, SAMPLES_MAX - h->n, &count);
        h->n += count;
    }
}

static bool same(const struct raw_sample *a, const struct raw_sample *b)
{
    return memcmp(a->accel, b->accel, sizeof a->accel) == 0 && memcmp(a->gyro, b->gyro, sizeof a->gyro) == 0 &&
           (!(a->have & HAVE_QUAT) || memcmp(a->quat, b->quat, sizeof a->quat) == 0);
}

static int count_wrong(const struct heard *h, const struct heard *clean)
{
    int wrong = 0;
    for (size_t i = 0; i < h->n; i++) {
        bool sent = false;
        for (size_t k = 0; k < clean->n && !sent; k++) sent = same(&h->sample[i], &clean->sample[k]);
        wrong += !sent;
    }
    return wrong;
}

/* Damages BYTES somewhere in their first half; returns how many are left. */
static size_t damaged(enum damage fault, uint8_t *bytes, size_t n, uint32_t *random)
{
    size_t lost = fault == DROP_1 ? 1 : fault == DROP_16 ? 16 : 0, at = next_random(random) % (n / 2);
    if (fault == FLIP) bytes[at] ^= (uint8_t)(1u << next_random(random) % 8);
    if (fault == RANDOM) bytes[at] = (uint8_t)(next_random(random) >> 9);
    if (fault == SWAP) {
        uint8_t first = bytes[at];
        bytes[at] = bytes[at + 1];
        bytes[at + 1] = first;
    }
    memmove(bytes + at, bytes + at + lost, n - at - lost);
    return n - lost;
}

static int wrong_after(enum damage fault, const struct stream *s, double *kept)
{
    static struct heard clean, heard;
    static uint8_t bytes[WINDOW];
    uint32_t random = 4711;
    int wrong = 0;
    size_t at = 0, good = 0;
    struct listener l;
    void *copy = malloc(s->speaker->state_size);
    assert_non_null(copy);
    listener_open(&l, s->speaker);
    for (int trial = 0; trial < TRIALS; trial++) {
        if (trial % 40 == 0) { /* another window, farther on */
            for (size_t end = at + s->n / (TRIALS / 40 + 5); at < end; at++) listener_hear(&l, s->bytes[at]);
            hear(s->speaker, l.state, copy, s->bytes + at, WINDOW, &clean);
        }
        memcpy(bytes, s->bytes + at, WINDOW);
        size_t n = damaged(fault, bytes, WINDOW, &random);
        hear(s->speaker, l.state, copy, bytes, n, &heard);
        int bad = count_wrong(&heard, &clean);
        wrong += bad;
        good += heard.n - (size_t)bad;
    }
    *kept = (double)good / TRIALS / (double)clean.n;
    free(copy);
    free(l.state);
    return wrong;
}

static const int *bars_of(const char *stream)
{
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++)
        if (strcmp(bars[i].stream, stream) == 0) return bars[i].most;
    return NULL;
}

static void test_single_faults(void **state)
{
    (void)state;
    int over = 0;
    printf("wrong samples after %d single faults (good ones kept)\n%-12s", TRIALS, "");
    for (int f = 0; f < FAULTS; f++) printf(" %16s", fault_names[f]);
    for (int i = 0; i < RUN_PROTOCOLS; i++) {
        struct stream s;
        simulate((enum run_protocol)i, &s);
        const int *most = bars_of(s.name);
        printf("\n%-12s", s.name);
        for (int f = 0; f < FAULTS; f++) {
            double kept;
            int wrong = wrong_after((enum damage)f, &s, &kept);
            printf(" %7d (%4.1f %%)", wrong, kept * 100);
            if (most && wrong > most[f]) over++, printf("<");
        }
        free(s.bytes);
    }
    printf("\n");
    assert_int_equal(over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_single_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
