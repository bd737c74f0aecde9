/* Contexts: what lies between the samples in the raw log comes back in its place, once, and a log that somebody made up to
 * do harm gives an error. */
#include "folder_fixture.h"

#include "daemon/context.h"

/* Behind sample I. */
static bool put_context(struct store *s, uint64_t i, uint64_t number, unsigned kind, const void *bytes, size_t n)
{
    const struct log_context c = {.kind = kind, .number = number, .place_ns = fixture_sample(i).t_ns,
                                  .t_ns = fixture_sample(i).t_ns + SECONDS_NS(1), .n = n, .bytes = bytes};
    struct now now = fixture_now(i);
    return store_context(s, &c, &now);
}

static void write_log(void)
{
    static uint8_t large[LOG_CONTEXT_MAX];
    for (size_t i = 0; i < sizeof large; i++) large[i] = (uint8_t)(i * i >> 3);
    struct store *s = fixture_open(folder, fixture_options());
    fixture_put(s, 0, 500);
    assert_true(put_context(s, 499, 7, 3, "gap", 3));
    assert_true(put_context(s, 499, 8, 4, NULL, 0));
    store_flush(s);
    fixture_put(s, 500, 900);
    assert_true(put_context(s, 899, 20, 2, large, sizeof large));
    fixture_put(s, 900, 1000);
    store_close(s);
}

static void expect_context(const struct log_item *item, uint64_t number, unsigned kind, size_t n)
{
    assert_true(item->is_context);
    assert_int_equal(item->context.number, number);
    assert_int_equal(item->context.kind, kind);
    assert_int_equal(item->context.n, n);
}

static void comes_back_in_its_place(void **state)
{
    struct log_reader *r;
    struct log_item item;
    (void)state;
    write_log();
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &r), 0);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(log_reader_next_item(r, &item), 1);
        assert_false(item.is_context);
        assert_int_equal(item.sample.raw.index, i);
        assert_int_equal(item.utc_offset_s, 3600);
        if (i == 499) {
            assert_int_equal(log_reader_next_item(r, &item), 1);
            expect_context(&item, 7, 3, 3);
            assert_memory_equal(item.context.bytes, "gap", 3);
            assert_int_equal(item.context.t_ns - item.context.place_ns, NS_PER_S);
            assert_int_equal(log_reader_next_item(r, &item), 1);
            expect_context(&item, 8, 4, 0);
        }
        if (i == 899) {
            assert_int_equal(log_reader_next_item(r, &item), 1);
            expect_context(&item, 20, 2, LOG_CONTEXT_MAX);
            for (size_t k = 0; k < LOG_CONTEXT_MAX; k++)
                if (((const uint8_t *)item.context.bytes)[k] != (uint8_t)(k * k >> 3)) fail_msg("byte %zu is another", k);
        }
    }
    assert_int_equal(log_reader_next_item(r, &item), 0);
    assert_int_equal(log_reader_damaged(r), 0);
    log_reader_close(r);
}

static void is_found_without_the_samples(void **state)
{
    struct log_reader *r;
    struct log_item item;
    struct sample s;
    int64_t wall_ns;
    (void)state;
    write_log();
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &r), 0);
    assert_int_equal(log_reader_next_context(r, &item), 1);
    expect_context(&item, 7, 3, 3);
    assert_int_equal(log_reader_next_context(r, &item), 1);
    assert_int_equal(log_reader_next_context(r, &item), 1);
    expect_context(&item, 20, 2, LOG_CONTEXT_MAX);
    assert_int_equal(log_reader_next_context(r, &item), 0);
    log_reader_seek(r, fixture_sample(499).t_ns, 8);
    assert_int_equal(log_reader_next_item(r, &item), 1);
    expect_context(&item, 8, 4, 0);
    assert_int_equal(log_reader_next_item(r, &item), 1);
    assert_int_equal(item.sample.raw.index, 500);
    log_reader_seek(r, 0, 0); /* who only wants samples sees nothing else */
    for (uint64_t i = 0; i < 1000; i++) {
        assert_int_equal(log_reader_next(r, &s, &wall_ns), 1);
        assert_int_equal(s.raw.index, i);
    }
    assert_int_equal(log_reader_next(r, &s, &wall_ns), 0);
    log_reader_close(r);
}

static void names_the_device(void **state)
{
    struct log_reader *r;
    struct log_item item;
    (void)state;
    struct store *s = fixture_open(folder, fixture_options());
    store_stream(s, 11, 1);
    fixture_put(s, 0, 50);
    store_stream(s, 11, 2);
    fixture_put(s, 50, 100);
    store_close(s);
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &r), 0);
    for (uint64_t i = 0; log_reader_next_item(r, &item) == 1; i++) {
        assert_int_equal(item.stream, 11);
        assert_int_equal(item.epoch, i < 50 ? 1 : 2);
    }
    log_reader_close(r);
}

/* ---- what may stand in a log ---- */

static void take_minute(void *arg, const struct minute *m) { (void)arg, (void)m; }
static void take_event(void *arg, const struct event *e, const struct now *now) { (void)arg, (void)e, (void)now; }

static struct pipeline *open_pipeline(struct config *config)
{
    static const struct pipeline_rows rows = {NULL, take_minute, take_event};
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .rows = &rows};
    struct pipeline *p;
    config_default(config);
    assert_int_equal(pipeline_open(config, &options, NULL, NULL, &p), 0);
    return p;
}

static void nothing_is_taken_before_a_snapshot(void **state)
{
    static struct config config;
    struct pipeline *p = open_pipeline(&config);
    (void)state;
    struct log_item gap = {.is_context = true, .context = {.kind = CONTEXT_GAP, .number = 1, .n = 16, .bytes = (uint8_t[16]){0}}};
    struct log_item sample = {.sample = fixture_sample(1)};
    struct log_item lost = {.is_context = true, .context = {.kind = CONTEXT_LOST, .number = 1, .place_ns = 9}};
    assert_int_equal(pipeline_replay(p, &gap), REPLAY_NOTHING);
    assert_int_equal(pipeline_replay(p, &lost), REPLAY_NOTHING);
    assert_int_equal(pipeline_replay(p, &sample), REPLAY_NOTHING);
    p->course.last_sample_ns = 9;
    p->course.context_n = 5;
    assert_int_equal(pipeline_replay(p, &lost), REPLAY_STRANGE); /* whatever its number: what follows is not all */
    pipeline_close(p);
}

/* A snapshot that another layout wrote, or one cut short, is none; nor are numbers beyond what they stand for. */
static void what_is_not_ours_is_refused(void **state)
{
    static struct config config;
    struct pipeline *p = open_pipeline(&config);
    static uint8_t bytes[LOG_CONTEXT_MAX];
    uint32_t dice = 1;
    (void)state;
    p->course.last_sample_ns = 0; /* as after a snapshot */
    for (uint64_t number = 1; number < 20000; number++) {
        unsigned kind = fixture_random(&dice) % 16;
        size_t n = fixture_random(&dice) % 4 ? 8 * (fixture_random(&dice) % 4) : fixture_random(&dice) % 100;
        for (size_t i = 0; i < n; i++) bytes[i] = fixture_random(&dice) % 3 ? 0 : (uint8_t)fixture_random(&dice);
        struct log_item item = {.is_context = true, .context = {.kind = kind, .number = number, .place_ns = (int64_t)number,
                                                                .t_ns = (int64_t)number * NS_PER_S, .n = n, .bytes = bytes}};
        if (kind == CONTEXT_ZONE || kind == CONTEXT_WALL) continue; /* any time is one */
        enum replayed r = pipeline_replay(p, &item);
        if (kind == CONTEXT_SNAPSHOT || kind == CONTEXT_START || kind == 0 || kind > CONTEXT_ZONE) assert_int_equal(r, REPLAY_STRANGE);
        item.context.n = LOG_CONTEXT_MAX;
        item.context.number = number++;
        bool anew = kind == CONTEXT_SNAPSHOT || kind == CONTEXT_LOST;
        if (!anew) assert_int_equal(pipeline_replay(p, &item), REPLAY_NOTHING); /* done already */
    }
    pipeline_close(p);
}

#if defined(__SANITIZE_ADDRESS__)
enum { ANY_NUMBER = 0 }; /* the sanitizer of both that we use stops at any sum beyond its type, which is no harm here */
#else
enum { ANY_NUMBER = 1 };
#endif

/* A CRC keeps nobody from writing what he likes into a snapshot: some bytes of a good one are other ones, and what follows is
 * done with it. */
static void a_snapshot_that_somebody_made_does_no_harm(void **state)
{
    static struct config config;
    static uint8_t good[LOG_CONTEXT_MAX], bytes[LOG_CONTEXT_MAX];
    const char *wanted = getenv("PLUMBLINE_SNAPSHOTS");
    unsigned tries = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 400, taken = 0;
    uint32_t dice = 1;
    (void)state;
    if (!ANY_NUMBER && !wanted) skip();
    struct pipeline *p = open_pipeline(&config);
    for (int i = 0; i < 8; i++) good[i] = (uint8_t)(course_tag() >> 8 * i);
    p->course.last_sample_ns = 0;
    for (uint64_t i = 1; i < 2000; i++) pipeline_replay(p, &(struct log_item){.sample = fixture_sample(i)});
    size_t n = CONTEXT_HEAD + course_pack(p, good + CONTEXT_HEAD);
    for (unsigned k = 0; k < tries; k++) {
        memcpy(bytes, good, n);
        for (unsigned i = fixture_random(&dice) % 40; i > 0; i--) {
            size_t at = CONTEXT_HEAD + fixture_random(&dice) % (n - CONTEXT_HEAD);
            bytes[at] = fixture_random(&dice) % 2 ? (uint8_t)fixture_random(&dice) : 255;
        }
        struct log_item item = {.is_context = true, .context = {.kind = CONTEXT_SNAPSHOT, .number = k + 1, .n = n, .bytes = bytes}};
        enum replayed r = pipeline_replay(p, &item);
        assert_true(r == REPLAY_STRANGE || r == REPLAY_BEGINS);
        taken += r == REPLAY_BEGINS;
        p->course.context_n = 0;
        for (uint64_t i = 2000; i < 18000; i += i == 8000 ? 9000 : 10) /* a minute, a gap, ten seconds */
            pipeline_replay(p, &(struct log_item){.sample = fixture_sample(i)});
        item.context = (struct log_context){.kind = CONTEXT_FINISH, .number = UINT64_MAX};
        pipeline_replay(p, &item);
    }
    if (tries >= 400) assert_true(taken > tries / 20);
    pipeline_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_back_in_its_place),
        TEST(is_found_without_the_samples),
        TEST(names_the_device),
        cmocka_unit_test(nothing_is_taken_before_a_snapshot),
        cmocka_unit_test(what_is_not_ours_is_refused),
        cmocka_unit_test(a_snapshot_that_somebody_made_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
