/* DELTA_BINARY_PACKED: the specification's example, and every kind of number, read back by a decoder of the test's
 * own. */
#include "tools/export/delta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NUMBERS_MAX = 1000 };

static size_t pack(const int64_t *v, unsigned n, uint8_t *out)
{
    size_t at = delta_head(n, n ? v[0] : 0, out);
    for (unsigned i = 1; i < n; i += DELTA_VALUES)
        at += delta_block(v + i, n - i < DELTA_VALUES ? n - i : DELTA_VALUES, out + at);
    return at;
}

static uint64_t varint(const uint8_t **p)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        v |= (uint64_t)(**p & 0x7f) << shift;
        if (*(*p)++ < 0x80) return v;
    }
}

static uint64_t zigzag(const uint8_t **p)
{
    uint64_t v = varint(p);
    return v >> 1 ^ (0 - (v & 1));
}

/* Returns how many numbers there are, and in *END where they end. */
static unsigned unpack(const uint8_t *p, int64_t *v, const uint8_t **end)
{
    assert_int_equal(varint(&p), 128);
    assert_int_equal(varint(&p), 4);
    unsigned n = (unsigned)varint(&p), i = 1;
    uint64_t last = zigzag(&p);
    v[0] = (int64_t)last;
    while (i < n) {
        uint64_t least = zigzag(&p);
        const uint8_t *widths = p;
        p += 4;
        for (int m = 0; m < 4 && i < n; m++) {
            for (unsigned k = 0; k < 32; k++) {
                uint64_t delta = 0;
                for (unsigned bit = 0; bit < widths[m]; bit++) {
                    size_t at = k * widths[m] + bit;
                    delta |= (uint64_t)(p[at / 8] >> at % 8 & 1) << bit;
                }
                last += least + delta;
                if (i < n)
                    v[i++] = (int64_t)last;
                else
                    assert_int_equal(delta, 0);
            }
            p += 4 * widths[m];
        }
    }
    *end = p;
    return n;
}

static void test_example(void **state)
{
    static const int64_t v[] = {7, 5, 3, 1, 2, 3, 4, 5};
    static const uint8_t expected[] = {
        0x80, 0x01, 4, 8, 14,          /* blocks of 128 in 4, 8 numbers, the first is 7 */
        3,    2,    0, 0, 0,           /* the smallest difference is −2, 2 bits each */
        0xc0, 0x3f, 0, 0, 0,  0, 0, 0, /* 0 0 0 3 3 3 3, and padding */
    };
    uint8_t out[DELTA_HEAD_BYTES + DELTA_BLOCK_BYTES];
    (void)state;
    assert_int_equal(pack(v, 8, out), sizeof expected);
    assert_memory_equal(out, expected, sizeof expected);
    assert_int_equal(pack(v, 0, out), 5); /* a head alone */
    assert_int_equal(pack(v, 1, out), 5);
}

static void test_back(void **state)
{
    static const int64_t ends[] = {INT64_MIN, INT64_MAX, 0, -1, INT64_MIN, 1, INT64_MAX};
    static const unsigned sizes[] = {1, 2, 32, 33, 34, 65, 128, 129, 130, 257, NUMBERS_MAX};
    static uint8_t out[DELTA_HEAD_BYTES + (NUMBERS_MAX / DELTA_VALUES + 1) * DELTA_BLOCK_BYTES];
    static int64_t v[NUMBERS_MAX], back[NUMBERS_MAX];
    uint64_t dice = 1;
    (void)state;
    for (unsigned kind = 0; kind < 66; kind++) /* 0 the ends, 1 all alike, else of so many bits */
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            const uint8_t *end;
            memset(out, 0xaa, sizeof out);
            for (unsigned i = 0; i < sizes[s]; i++) {
                dice = dice * 6364136223846793005u + 1442695040888963407u;
                v[i] = kind == 0   ? ends[i % 7]
                       : kind == 1 ? -5
                                   : (int64_t)(i % 3 ? dice >> (65 - kind) : 0 - (dice >> (65 - kind)));
            }
            size_t n = pack(v, sizes[s], out);
            assert_int_equal(unpack(out, back, &end), sizes[s]);
            assert_memory_equal(back, v, sizes[s] * sizeof v[0]);
            assert_ptr_equal(end, out + n);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_example), cmocka_unit_test(test_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
