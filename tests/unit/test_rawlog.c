/* The raw log: where blocks and days end, what is retired, and files that fail under our hands. */
#include "rawlog_fixture.h"

static unsigned count_blocks(int day)
{
    char path[FOLDER_PATH];
    struct hop h;
    struct block_head head;
    off_t at;
    unsigned n = 0;
    folder_day_path(folder, day, ".plog", path);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return 0;
    assert_int_equal(hop_begin(&h, fd, 0), 0);
    for (uint32_t all = 0; hop_next(&h, &head, &at) > 0; all++) {
        assert_int_equal(head.sequence, all);
        n += head.kind == BLOCK_SAMPLES;
    }
    close(fd);
    return n;
}

static void test_blocks_end(void **state)
{
    static const struct {
        const char *why;
        unsigned blocks;
        int64_t late_ns, wall_ns;
        int32_t offset_s;
        uint8_t flags;
        float scale;
    } cases[] = {
        {"nothing", 1, 0, 0, 0, 0, 0},
        {"a short gap", 1, 400 * NS_PER_MS, 400 * NS_PER_MS, 0, 0, 0},
        {"a gap", 2, 600 * NS_PER_MS, 600 * NS_PER_MS, 0, 0, 0},
        {"slewing", 1, 0, 50 * NS_PER_MS, 0, 0, 0},
        {"the clock was set", 2, 0, SECONDS_NS(3), 0, 0, 0},
        {"the clock was set back", 2, 0, -SECONDS_NS(3), 0, 0, 0},
        {"another UTC offset", 2, 0, 0, 3600, 0, 0},
        {"samples are missing", 2, 0, 0, 0, SAMPLE_GAP_BEFORE, 0},
        {"the device restarted", 2, 0, 0, 0, SAMPLE_RESTARTED, 0},
        {"clipping", 1, 0, 0, 0, SAMPLE_CLIPPED, 0},
        {"another scale", 2, 0, 0, 0, 0, 0.001f},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct rawlog *l = log_open();
        for (uint64_t i = 0; i < 40; i++) {
            struct rawlog_sample s = log_sample(i);
            if (i >= 20)
                s.reading.t_ns += cases[c].late_ns, s.wall_ns += cases[c].wall_ns, s.utc_offset_s += cases[c].offset_s;
            if (i >= 20) s.scale.accel_mps2 += cases[c].scale;
            if (i == 20) s.reading.flags = cases[c].flags;
            rawlog_put(l, &s, 0);
        }
        log_close(l);
        if (count_blocks(DAY) != cases[c].blocks) fail_msg("%s: %u blocks", cases[c].why, count_blocks(DAY));
        unlink(plog_path);
    }
    struct rawlog *l = log_open();
    log_put(l, 0, 15000); /* 150 s */
    log_close(l);
    assert_int_equal(count_blocks(DAY), 3);
}

/* Local midnight, and a clock that is turned back an hour at midnight: the same day's file again, run time goes on. */
static void test_midnight(void **state)
{
    static const struct {
        int64_t wall_s;
        int32_t offset_s;
        int day;
    } stretch[] = {
        {1772405990, 3600, DAY - 1},  /* 23:59:50 */
        {1772406000, 3600, DAY},      /* 00:00:00 */
        {1772406010, 0, DAY - 1},     /* 23:00:10 the evening before, once more */
        {1772409600, 0, DAY},         /* 00:00:00 */
        {1774745999, 3600, DAY + 27}, /* 29 March, 01:59:59 → 03:00:00 */
        {1774746000, 7200, DAY + 27},
    };
    enum { N = sizeof stretch / sizeof *stretch, EACH_S = 50 };
    (void)state;
    struct rawlog *l = log_open();
    for (uint64_t k = 0; k < N; k++) {
        for (uint64_t i = 0; i < EACH_S; i++) {
            struct rawlog_sample s = log_sample(k * EACH_S + i);
            s.wall_ns = SECONDS_NS(stretch[k].wall_s) + (int64_t)i * PERIOD_NS;
            s.utc_offset_s = stretch[k].offset_s;
            rawlog_put(l, &s, 0);
        }
    }
    log_close(l);
    assert_int_equal(count_blocks(DAY - 1), 2);
    assert_int_equal(count_blocks(DAY), 2);
    assert_int_equal(count_blocks(DAY + 27), 2);
    for (size_t k = 0; k < N; k++)
        assert_int_equal(folder_day(SECONDS_NS(stretch[k].wall_s), stretch[k].offset_s), stretch[k].day);

    struct log_reader *r;
    struct sample s;
    int64_t wall_ns;
    uint64_t n = 0;
    assert_int_equal(log_reader_open(folder, INT64_MIN, INT64_MAX, &r), 0);
    for (; log_reader_next(r, &s, &wall_ns) == 1; n++) {
        assert_int_equal(s.raw.index, n);
        assert_int_equal(wall_ns, SECONDS_NS(stretch[n / EACH_S].wall_s) + (int64_t)(n % EACH_S) * PERIOD_NS);
    }
    log_reader_close(r);
    assert_int_equal(n, N * EACH_S);
}

/* Files that fail under our hands are opened anew, and nothing is lost or doubled. */
static void test_files_lost(void **state)
{
    static const bool cut_between[] = {false, true};
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct rawlog *l = log_open();
        log_put(l, 0, 30);
        rawlog_cut(l, 0);
        log_put(l, 30, 60);
        rawlog_settle(l, 0);
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, l->segment.plog);
        dup2(nothing, l->segment.wal);
        close(nothing);
        log_put(l, 60, 70);
        if (cut_between[k]) rawlog_cut(l, 0);
        rawlog_settle(l, 0);
        assert_int_equal(l->error, -ESTALE);
        log_put(l, 70, 80);
        rawlog_settle(l, SECONDS_NS(1)); /* too early */
        assert_int_equal(l->error, -ESTALE);
        rawlog_settle(l, rawlog_due_ns(l));
        assert_int_equal(l->error, 0);
        assert_int_equal(rawlog_waiting(l), 0);
        assert_int_equal(fixture_count(folder, NULL), 80);
        log_close(l);
        assert_int_equal(fixture_count(folder, NULL), 80);
        unlink(plog_path);
    }
}

static void test_retention(void **state)
{
    struct rawlog *l = calloc(1, sizeof *l);
    (void)state;
    assert_non_null(l);
    assert_int_equal(rawlog_open(l, folder, &(struct rawlog_options){.retention_days = 3}), 0);
    /* Days 0 … 5, then a clock that is ten years ahead for one day. */
    static const int days[] = {0, 1, 2, 3, 4, 5, 3650};
    for (uint64_t k = 0; k < 7; k++) {
        struct rawlog_sample s = log_sample(k);
        s.wall_ns += SECONDS_NS(86400ll * days[k]);
        rawlog_put(l, &s, 0);
    }
    log_close(l);
    int *left;
    size_t n;
    assert_int_equal(folder_days(folder, ".plog", &left, &n), 0);
    assert_int_equal(n, 6);
    assert_int_equal(left[0], DAY + 1);
    assert_int_equal(left[5], DAY + 3650);
    free(left);
}

/* What was given up for good leaves a mark in its place, and the caller is told. */
static void test_given_up(void **state)
{
    enum { MINUTES = 75, LOST = MINUTES - 1 - 60 };
    struct log_reader *r;
    struct log_item item;
    (void)state;
    struct rawlog *l = log_open();
    l->options.floor_bytes = INT64_MAX;
    for (uint64_t i = 0; i < MINUTES; i++) {
        struct rawlog_sample s = log_sample(i * 6000);
        rawlog_put(l, &s, SECONDS_NS(60) * (int64_t)i);
        rawlog_cut(l, SECONDS_NS(60) * (int64_t)i);
    }
    assert_int_equal(l->samples_lost, LOST);
    assert_int_equal(l->losses, 0);
    l->options.floor_bytes = 0;
    rawlog_settle(l, SECONDS_NS(60) * MINUTES);
    assert_true(rawlog_is_settled(l));
    assert_int_equal(l->losses, 1);
    log_close(l);
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &r), 0);
    assert_int_equal(log_reader_next_item(r, &item), 1);
    assert_true(item.is_context && item.context.kind == LOG_CONTEXT_LOST && item.context.number > 0);
    assert_int_equal(item.context.place_ns, fixture_sample((LOST - 1) * 6000).t_ns);
    for (uint64_t i = LOST; i < MINUTES; i++) {
        assert_int_equal(log_reader_next_item(r, &item), 1);
        assert_int_equal(item.sample.raw.index, i * 6000);
    }
    assert_int_equal(log_reader_next_item(r, &item), 0);
    log_reader_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_blocks_end),
        TEST(test_midnight),
        TEST(test_files_lost),
        TEST(test_given_up),
        TEST(test_retention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
