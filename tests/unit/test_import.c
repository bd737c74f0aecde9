/* Recordings as files: which format, when they were made, what is missing; WitMotion logs; and what an import leaves alone. */
#include "sensor_fixture.h"
#include "tools/import/recording.h"
#include "plumbline/pipeline.h"

#include <math.h>
#include <errno.h>
#include <unistd.h>

struct rig {
    char folder[64], file[96];
    FILE *out;
};

static int set_up(void **state)
{
    static struct rig rig;
    setenv("TZ", "Europe/Stockholm", 1);
    snprintf(rig.folder, sizeof rig.folder, "/tmp/plumbline-test-XXXXXX");
    assert_non_null(mkdtemp(rig.folder));
    snprintf(rig.file, sizeof rig.file, "%s/recording", rig.folder);
    rig.out = fopen(rig.file, "w");
    assert_non_null(rig.out);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    char command[128];
    if (rig->out) fclose(rig->out);
    snprintf(command, sizeof command, "rm -r '%s'", rig->folder);
    return system(command);
}

static void close_out(struct rig *rig)
{
    fclose(rig->out);
    rig->out = NULL;
}

static void frame(FILE *out, uint8_t type, const int16_t v[4])
{
    uint8_t b[11] = {0x55, type};
    for (int i = 0; i < 4; i++) b[2 + 2 * i] = (uint8_t)v[i], b[3 + 2 * i] = (uint8_t)((uint16_t)v[i] >> 8);
    for (int i = 0; i < 10; i++) b[10] = (uint8_t)(b[10] + b[i]);
    fwrite(b, 1, sizeof b, out);
}

/* N groups of time, acceleration and rate, 50 a second from 2026-03-02 08:30 (or the year YEAR) on. */
static void write_groups(FILE *out, int n, int year)
{
    for (int i = 0; i < n; i++) {
        int ms = i * 20 % 1000;
        const int16_t when[] = {(int16_t)(year - 2000 + 256 * 3), 2 + 256 * 8,
                                (int16_t)(30 + i / 3000 + 256 * (i / 50 % 60)), (int16_t)ms};
        const int16_t force[] = {3, 11, 2125, 2526}, rate[] = {-11, -22, 21, 2526};
        frame(out, 0x50, when);
        frame(out, 0x51, force);
        frame(out, 0x52, rate);
    }
}

static const struct recording_options all = {.start_s = INT64_MIN, .to_s = INT64_MAX};

static int read_all(struct recording *r, char why[256])
{
    struct raw_sample s[100];
    int n, sum = 0;
    while ((n = recording_read(r, s, 100, why)) > 0) sum += n;
    return n < 0 ? n : sum;
}

/* Seconds since 1970 of 2026-03-02 08:30 in Stockholm. */
static const int64_t half_past_eight = 1772436600;

/* Times go through doubles since 2000: 128 ns. */
static void assert_span(const struct recording *r, int64_t ms)
{
    assert_true(llabs(r->last_ns - r->first_ns - ms * NS_PER_MS) < NS_PER_US);
}

static void a_witmotion_log_has_its_time_in_it(void **state)
{
    struct rig *rig = *state;
    struct recording r;
    struct import_told told;
    char why[256] = "";
    write_groups(rig->out, 500, 2026);
    fseek(rig->out, 33 * 100 + 25, SEEK_SET); /* a wrong byte in one frame */
    fputc(0x77, rig->out);
    close_out(rig);
    assert_int_equal(recording_open(&r, rig->file, NULL, &(struct import_options){0}, &all, why), 0);
    assert_true(import_format_of(r.file) == &witmotion_sd_format);
    assert_int_equal(read_all(&r, why), 499);
    assert_true(r.first_ns == SECONDS_NS(half_past_eight));
    assert_span(&r, 9980);
    assert_int_equal(r.gaps, 0); /* 40 ms are none */
    import_told(r.file, &told);
    assert_int_equal(told.damaged, 1);
    recording_close(&r);
}

static void only_what_lies_between(void **state)
{
    struct rig *rig = *state;
    struct recording r;
    char why[256] = "";
    struct recording_options o = all;
    write_groups(rig->out, 500, 2026);
    close_out(rig);
    o.from_s = half_past_eight + 2;
    o.to_s = half_past_eight + 5;
    assert_int_equal(recording_open(&r, rig->file, NULL, &(struct import_options){0}, &o, why), 0);
    assert_int_equal(read_all(&r, why), 150);
    assert_true(r.first_ns == SECONDS_NS(o.from_s));
    assert_span(&r, 2980);
    recording_close(&r);
}

static void the_last_dated_frame_counts(void **state)
{
    struct rig *rig = *state;
    struct recording r;
    char why[256] = "";
    for (int i = 0; i < 50; i++) { /* 55 61 with a date behind it: nothing vouches for the last but the end */
        const uint8_t b[28] = {
            0x55, 0x61, 0, 0, 0, 0, 0, 8, 1, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 26, 3, 2, 8, 30, 0, (uint8_t)(i * 5), 0};
        fwrite(b, 1, sizeof b, rig->out);
    }
    close_out(rig);
    assert_int_equal(recording_open(&r, rig->file, NULL, &(struct import_options){0}, &all, why), 0);
    assert_int_equal(read_all(&r, why), 50);
    assert_span(&r, 245);
    recording_close(&r);
}

static void refused(struct rig *rig, const struct recording_options *o, const char *pattern)
{
    struct recording r;
    char why[256] = "";
    if (recording_open(&r, rig->file, NULL, &(struct import_options){0}, o, why) == 0) {
        assert_true(read_all(&r, why) < 0);
        recording_close(&r);
    }
    if (!strstr(why, pattern)) fail_msg("expected '%s' in '%s'", pattern, why);
}

static void a_clock_that_cannot_be_right_is_asked_about(void **state)
{
    struct rig *rig = *state;
    struct recording r;
    char why[256] = "";
    struct recording_options o = all;
    write_groups(rig->out, 20, 2000);
    fflush(rig->out);
    refused(rig, &all, "its clock says 2000-03-02 08:30");
    rewind(rig->out);
    write_groups(rig->out, 20, 2069);
    close_out(rig);
    refused(rig, &all, "2069");
    o.start_s = half_past_eight;
    assert_int_equal(recording_open(&r, rig->file, NULL, &(struct import_options){0}, &o, why), 0);
    assert_int_equal(read_all(&r, why), 20);
    assert_true(r.first_ns == SECONDS_NS(half_past_eight));
    assert_span(&r, 380);
    recording_close(&r);
}

static void what_is_not_known_is_asked_for(void **state)
{
    struct rig *rig = *state;
    struct recording r;
    char why[256] = "";
    struct recording_options o = all;
    for (int i = 0; i < 100; i++) fprintf(rig->out, "0.1,0.2,0.97\n");
    close_out(rig);
    refused(rig, &o, "--rate");
    o.rate_hz = 50;
    refused(rig, &o, "--start");
    o.start_s = half_past_eight;
    assert_int_equal(recording_open(&r, rig->file, NULL, &(struct import_options){0}, &o, why), 0);
    assert_int_equal(read_all(&r, why), 100);
    assert_span(&r, 1980);
    recording_close(&r);
}

static void foreign_files_are_named(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *bytes, *pattern;
        size_t n;
    } files[] = {{"", "empty", 0},
                 {"\xff\xfex\0,\0", "UTF-8", 6},
                 {"PK\3\4zip", "ZIP", 7},
                 {"\x7f"
                  "ELF\2\1\1",
                  "known here", 7}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        rewind(rig->out);
        fwrite(files[i].bytes, 1, files[i].n, rig->out);
        fflush(rig->out);
        refused(rig, &all, files[i].pattern);
    }
    snprintf(rig->file, sizeof rig->file, "%s", rig->folder);
    refused(rig, &all, "folder");
    snprintf(rig->file, sizeof rig->file, "%s/nothing", rig->folder);
    refused(rig, &all, "No such file");
}

static void dates(void **state)
{
    (void)state;
    int64_t ns;
    assert_true(import_date((const int[]){2000, 1, 1, 0, 0, 0}, &ns) && ns == 0);
    assert_true(import_date((const int[]){2000, 3, 1, 0, 0, 1}, &ns) && ns == SECONDS_NS(60 * 86400 + 1));
    assert_true(import_date((const int[]){1999, 12, 31, 23, 59, 59}, &ns) && ns == -SECONDS_NS(1));
    assert_true(import_date((const int[]){2024, 2, 29, 0, 0, 0}, &ns));
    assert_false(import_date((const int[]){2025, 2, 29, 0, 0, 0}, &ns));
    assert_false(import_date((const int[]){2025, 0, 1, 0, 0, 0}, &ns));
    assert_false(import_date((const int[]){2025, 1, 1, 24, 0, 0}, &ns));
}

/* ---- what an import leaves alone --------------------------------------------------------------------------------- */

struct tally {
    unsigned minutes, events, alerts, workouts;
};

static int count_minute(void *arg, const struct minute *m) { return (void)m, ((struct tally *)arg)->minutes++, 0; }
static int count_workout(void *arg, const struct workout *w) { return (void)w, ((struct tally *)arg)->workouts++, 0; }
static int count_event(void *arg, const struct diary_event *e)
{
    struct tally *t = arg;
    t->events++;
    t->alerts += e->kind == EVENT_ALERT || e->kind == EVENT_HELD;
    return 0;
}

/* Three hours of sitting upright, then slouched, at an hour at which the coach speaks, with a workout on that day. */
static void play(struct rig *rig, bool import, struct tally *t)
{
    static struct config config;
    struct store_options so;
    struct store *store;
    struct pipeline *p;
    struct diary *d;
    struct calibration c;
    char why[256];
    config_default(&config);
    snprintf(config.data, sizeof config.data, "%s/%s", rig->folder, import ? "import" : "replay");
    config.n_workout = 1;
    config.workout[0] = (struct workout_rule){.days = 0x7f, .start_min = 10 * 60, .length_min = 60};
    store_options_default(&so);
    so.wait_when_full = true;
    assert_int_equal(store_open(config.data, &so, &store, why), 0);
    struct pipeline_options po = {
        .clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(half_past_eight), .import = import};
    config.rate_hz = 25;
    assert_int_equal(pipeline_open(&config, &po, store, NULL, &p), 0);
    pipeline_begin_stream(p, "auto");
    for (uint64_t i = 0; i < 3 * 3600 * 25; i++) {
        bool walks = i / 25 % 3600 < 120;
        double lean = i / 25 > 1800 ? 0.5 : 0.05, beat = walks ? 0.3 * sin((double)i * 6.2832 * 1.8 / 25) : 0;
        struct raw_sample s = {.device_ns = NO_DEVICE_TIME, .index = i, .have = HAVE_ACCEL, .scale = SCALE_16G_2000DPS};
        s.accel[0] = (int16_t)(2048 * sin(lean) + (double)(i % 3));
        s.accel[2] = (int16_t)(2048 * (cos(lean) + beat));
        pipeline_on_raw(p, &s, 1, 0);
    }
    pipeline_finish(p);
    pipeline_close(p);
    store_close(store);
    assert_int_equal(diary_open(config.data, &d, why), 0);
    *t = (struct tally){0};
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, count_minute, t), 0);
    assert_int_equal(diary_events(d, 0, INT64_MAX / NS_PER_S, count_event, t), 0);
    assert_int_equal(diary_workouts(d, 0, INT64_MAX / NS_PER_S, count_workout, t), 0);
    assert_int_equal(diary_calibration(d, &c), import ? -ENOENT : 0);
    diary_close(d);
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns, n = 0;
    assert_int_equal(log_reader_open(config.data, 0, INT64_MAX, &log), 0);
    for (; log_reader_next(log, &s, &wall_ns) == 1; n++) assert_int_equal(!!(s.raw.flags & SAMPLE_IMPORTED), import);
    assert_int_equal(n, 3 * 3600 * 25);
    log_reader_close(log);
}

static void an_import_says_nothing_and_sets_nothing(void **state)
{
    struct tally replayed, imported;
    play(*state, false, &replayed);
    play(*state, true, &imported);
    assert_true(replayed.alerts > 0);
    assert_int_equal(replayed.workouts, 1);
    assert_int_equal(imported.alerts, 0);
    assert_int_equal(imported.workouts, 0);
    assert_int_equal(imported.minutes, replayed.minutes);
    assert_true(imported.events > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_witmotion_log_has_its_time_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_lies_between, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_dated_frame_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_cannot_be_right_is_asked_about, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(foreign_files_are_named, set_up, tear_down),
        cmocka_unit_test(dates),
        cmocka_unit_test_setup_teardown(an_import_says_nothing_and_sets_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
