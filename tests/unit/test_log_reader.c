/* The log's reader: what went in, bit for bit, in order, also beside a writer that is at work. */
#include "folder_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

/* ---- every kind of stream ---------------------------------------------------------------------------------------- */

static void six_axes(struct sample *s, uint32_t i) { *s = fixture_sample(i); }

static void accel_only(struct sample *s, uint32_t i)
{
    *s = fixture_sample(i);
    s->raw.have = HAVE_ACCEL;
    s->raw.scale.gyro_rads = 0;
    memset(s->raw.gyro, 0, sizeof s->raw.gyro);
}

static void quaternion_only(struct sample *s, uint32_t i)
{
    *s = (struct sample){.t_ns = FIXTURE_RUN_NS + i * 20000000ll,
                         .raw = {.index = i, .have = HAVE_QUAT, .scale = SCALE_16G_2000DPS}};
    s->raw.quat[0] = 30000;
    s->raw.quat[1] = (int16_t)(i % 9000);
}

static void nine_and_jitter(struct sample *s, uint32_t i)
{
    uint32_t seed = i + 1;
    quaternion_only(s, i);
    s->raw.have = HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT | HAVE_LINEAR_ACCEL;
    for (int k = 0; k < 3; k++)
        s->raw.accel[k] = (int16_t)fixture_random(&seed), s->raw.gyro[k] = (int16_t)fixture_random(&seed);
    s->t_ns += fixture_random(&seed) % 9000000;
    if (i % 50 == 49) s->raw.flags = SAMPLE_CLIPPED;
}

/* Everything changes at any time. */
static void chaos(struct sample *s, uint32_t i)
{
    uint32_t seed = i * 7919 + 5;
    nine_and_jitter(s, i);
    s->raw.index = fixture_random(&seed);
    s->raw.have = (uint8_t)(fixture_random(&seed) % 16);
    s->raw.flags = (uint8_t)(fixture_random(&seed) % 16);
    if (i % 7 == 0) s->raw.scale.accel_mps2 = (float)(1 + i % 3);
}

static bool same(const struct sample *a, const struct sample *b)
{
    return a->t_ns == b->t_ns && a->raw.device_ns == b->raw.device_ns && a->raw.index == b->raw.index &&
           a->raw.have == b->raw.have && a->raw.flags == b->raw.flags &&
           memcmp(a->raw.accel, b->raw.accel, sizeof a->raw.accel) == 0 &&
           memcmp(a->raw.gyro, b->raw.gyro, sizeof a->raw.gyro) == 0 &&
           memcmp(a->raw.quat, b->raw.quat, sizeof a->raw.quat) == 0 &&
           memcmp(&a->raw.scale, &b->raw.scale, sizeof a->raw.scale) == 0 &&
           memcmp(a->accel_mps2, b->accel_mps2, sizeof a->accel_mps2) == 0 &&
           memcmp(a->gyro_rads, b->gyro_rads, sizeof a->gyro_rads) == 0 &&
           memcmp(a->quat, b->quat, sizeof a->quat) == 0;
}

static void test_bit_for_bit(void **state)
{
    static const struct {
        void (*make)(struct sample *, uint32_t);
        uint32_t n;
    } streams[] = {
        {six_axes, 20000}, {accel_only, 20000}, {quaternion_only, 20000}, {nine_and_jitter, 20000}, {chaos, 700},
    };
    (void)state;
    for (size_t k = 0; k < sizeof streams / sizeof *streams; k++) {
        struct store *store = fixture_open(folder, fixture_options());
        struct sample s, got;
        for (uint32_t i = 0; i < streams[k].n; i++) {
            struct now now = fixture_now(0);
            streams[k].make(&s, i);
            store_sample(store, &s, &now);
        }
        store_flush(store);
        for (int closed = 0; closed < 2; closed++) { /* with the last block in the .wal, and in the .plog */
            struct log_reader *r;
            int64_t wall_ns;
            assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
            for (uint32_t i = 0; i < streams[k].n; i++) {
                streams[k].make(&s, i);
                s.raw.device_ns = NO_DEVICE_TIME;
                sample_convert(&s);
                if (log_reader_next(r, &got, &wall_ns) != 1) fail_msg("stream %zu ends at %u", k, i);
                assert_int_equal(wall_ns, FIXTURE_WALL_NS + s.t_ns - FIXTURE_RUN_NS);
                if (!same(&got, &s)) fail_msg("stream %zu differs at %u", k, i);
            }
            assert_int_equal(log_reader_next(r, &got, &wall_ns), 0);
            assert_int_equal(log_reader_next(r, &got, &wall_ns), 0);
            assert_int_equal(log_reader_damaged(r), 0);
            log_reader_close(r);
            if (!closed) store_close(store);
        }
        fixture_remove(folder);
        mkdir(folder, 0700);
    }
}

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

static void test_ranges(void **state)
{
    static const struct {
        int64_t from, to;
        uint64_t n;
    } ranges[] = {
        {0, 30000, 30000}, {-5, 1, 1},        {100, 100, 0},     {100, 101, 1},
        {5999, 6001, 2},   {29999, 90000, 1}, {30000, 90000, 0}, {7, 3, 0},
    };
    (void)state;
    struct store *store = fixture_open(folder, fixture_options());
    fixture_put(store, 0, 30000);
    store_close(store);
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++) {
        struct log_reader *r;
        struct sample s;
        int64_t wall_ns;
        uint64_t n = 0;
        assert_int_equal(log_reader_open(folder, FIXTURE_WALL_NS + ranges[k].from * PERIOD_NS,
                                         FIXTURE_WALL_NS + ranges[k].to * PERIOD_NS, &r),
                         0);
        for (; log_reader_next(r, &s, &wall_ns) == 1; n++)
            assert_int_equal(s.raw.index, (uint64_t)(ranges[k].from < 0 ? 0 : ranges[k].from) + n);
        log_reader_close(r);
        assert_int_equal(n, ranges[k].n);
    }
}

static void test_nothing_there(void **state)
{
    (void)state;
    assert_int_equal(fixture_count(folder, NULL), 0);
    assert_int_equal(fixture_count("/nonexistent/plumbline", NULL), 0);
}

/* ---- beside a writer --------------------------------------------------------------------------------------------- */

/* Blocks of 10 to 60 samples, flushed at every turn, as fast as it goes: the .wal is emptied all the time. */
static void busy_writer(void)
{
    struct store_options o = fixture_options();
    struct store *s;
    char why[256];
    uint32_t seed = 1;
    o.sync_s = 0;
    if (store_open(folder, &o, &s, why) < 0) _exit(1);
    for (uint64_t i = 0;;) {
        uint64_t n = 10 + fixture_random(&seed) % 50;
        fixture_put(s, i, i + n);
        i += n;
        store_flush(s);
        if (n % 3) store_cut(s);
    }
}

static void test_beside_a_writer(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) busy_writer();
    uint64_t before = 0;
    unsigned looks = 0;
    for (; before < 60000 && (looks < 3000 || before <= 100); looks++) {
        struct log_reader *r;
        struct sample s;
        int64_t wall_ns;
        uint64_t n = 0;
        assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
        for (; log_reader_next(r, &s, &wall_ns) == 1; n++)
            if (s.raw.index != n)
                fail_msg("look %u: sample %u where %u is due", looks, (unsigned)s.raw.index, (unsigned)n);
        assert_int_equal(log_reader_damaged(r), 0);
        log_reader_close(r);
        assert_true(n >= before);
        before = n;
        assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    print_message("%u looks beside a busy writer, %u samples in the last\n", looks, (unsigned)before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bit_for_bit),
        TEST(test_ranges),
        TEST(test_nothing_there),
        TEST(test_beside_a_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
