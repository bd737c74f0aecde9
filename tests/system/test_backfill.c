/* A sensor that remembers is out of reach for six minutes of a day and then brings them back. The diary must be the one of
 * a day on which it was never away: the same sitting bouts, the same minutes; and so must be what the coach has added up.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/pipeline_private.h"
#include "tools/sim/sim.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RATE_HZ = 50, DAY_S = 3000, READINGS = DAY_S * RATE_HZ, MINUTES = DAY_S / 60 + 2 };
enum { AWAY_S = 1500, BACK_S = 1860, CATCHES_UP_S = 20 };
#define START_WALL_NS SECONDS_NS(1791968400) /* 2026-10-14 09:00 UTC */

/* ---- the clock (linked with -Wl,--wrap=clock_gettime) ---- */

static int64_t day_ns;

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t t = day_ns + SECONDS_NS(1000);
    if (id == CLOCK_REALTIME) t += START_WALL_NS;
    else if (id != CLOCK_BOOTTIME) return __real_clock_gettime(id, ts);
    ts->tv_sec = t / NS_PER_S;
    ts->tv_nsec = t % NS_PER_S;
    return 0;
}

/* ---- the day ---- */

static const char scenario_text[] =
    "set seed 4\nset rate 50\nsit upright 40s\nslouch 24s 22deg\nrecline 24s 18deg\ndesk-bend 24s 35deg\nstand 26s\nwalk 60s\n"
    "sit upright 25m\nwalk 60s\nstand 30s\nsit upright 25m\n";
static const struct { int at_s; enum pose pose; } poses[] = {
    {20, POSE_SIT_UPRIGHT}, {44, POSE_SIT_SLOUCHED}, {68, POSE_LEAN_BACK}, {92, POSE_BEND}, {118, POSE_STAND},
};
static struct reading day[READINGS];

static void simulate_day(void)
{
    static struct sim sim;
    struct scenario s;
    FILE *in = fmemopen((void *)(uintptr_t)scenario_text, sizeof scenario_text - 1, "r");
    assert_int_equal(scenario_read(&s, in, "backfill", stderr), 0);
    fclose(in);
    sim_init(&sim, &s, true);
    for (int i = 0; i < READINGS; i++) assert_true(sim_next(&sim, &day[i]));
    scenario_free(&s);
}

static void give(struct pipeline *p, int i, uint8_t flags)
{
    struct raw_sample raw = {.device_ns = (int64_t)i * (NS_PER_S / RATE_HZ) + SECONDS_NS(5), .index = (uint64_t)i,
                             .have = HAVE_ACCEL | HAVE_GYRO, .flags = flags, .scale = SCALE_16G_2000DPS};
    memcpy(raw.accel, day[i].accel, sizeof raw.accel);
    memcpy(raw.gyro, day[i].gyro, sizeof raw.gyro);
    pipeline_on_raw(p, &raw, 1, day_ns + SECONDS_NS(1000));
}

/* What second S of the day brings. What was missed comes faster than it was made. */
static void live_a_second(struct pipeline *p, int s, bool leaves, int *next)
{
    if (leaves && s == AWAY_S) pipeline_end_stream(p, GAP_UNPLUGGED);
    if (leaves && s == BACK_S) pipeline_begin_stream(p, "plumb");
    int made = s * RATE_HZ, most = leaves && s >= BACK_S ? (BACK_S - AWAY_S) * RATE_HZ / CATCHES_UP_S + 2 * RATE_HZ : RATE_HZ;
    for (int k = 0; k < RATE_HZ; k++) {
        day_ns += NS_PER_S / RATE_HZ;
        bool heard = !leaves || s < AWAY_S || s >= BACK_S;
        for (int n = 0; heard && n < most / RATE_HZ && *next <= made + k; n++, ++*next)
            give(p, *next, *next < made ? SAMPLE_FROM_LOG : 0);
        pipeline_on_time(p);
    }
    for (size_t i = 0; i < sizeof poses / sizeof poses[0]; i++)
        if (poses[i].at_s == s) pipeline_calibrate(p, poses[i].pose);
}

/* ---- what became of it ---- */

struct record {
    unsigned n_minutes, n_bouts, n_gaps;
    struct minute minute[MINUTES];
    struct diary_event bout[8];
    int64_t gap_ns;
    struct load load;
};

static int note_minute(void *arg, const struct minute *m)
{
    struct record *r = arg;
    assert_true(r->n_minutes < MINUTES);
    r->minute[r->n_minutes++] = *m;
    return 0;
}

static int note_event(void *arg, const struct diary_event *e)
{
    struct record *r = arg;
    if (e->kind == EVENT_SITTING && r->n_bouts < 8) r->bout[r->n_bouts++] = *e;
    if (e->kind == EVENT_GAP) r->n_gaps++, r->gap_ns += e->end_wall_ns - e->start_wall_ns;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void live(bool leaves, struct record *r)
{
    static struct config config;
    char folder[] = "/tmp/plumbline-backfill-XXXXXX", why[256];
    const struct pipeline_options options = {.clock = CLOCK_LIVE};
    struct store_options o;
    struct store *store;
    struct pipeline *p;
    struct diary *diary;
    int next = 0;
    assert_non_null(mkdtemp(folder));
    config_default(&config);
    snprintf(config.data, sizeof config.data, "%s", folder);
    store_options_default(&o);
    o.wait_when_full = true;
    day_ns = 0;
    assert_int_equal(store_open(folder, &o, &store, why), 0);
    assert_int_equal(pipeline_open(&config, &options, store, NULL, &p), 0);
    assert_int_equal(pipeline_begin_stream(p, "plumb"), 0);
    for (int s = 0; s < DAY_S; s++) live_a_second(p, s, leaves, &next);
    assert_int_equal(next, READINGS);
    memset(r, 0, sizeof *r);
    pipeline_finish(p);
    coach_load(p->coach, &p->now, &r->load);
    pipeline_close(p);
    store_flush(store);
    store_close(store);
    assert_int_equal(diary_open(folder, &diary, why), 0);
    assert_int_equal(diary_minutes(diary, 0, INT64_MAX / NS_PER_S / 2, note_minute, r), 0);
    assert_int_equal(diary_events(diary, 0, INT64_MAX / NS_PER_S / 2, note_event, r), 0);
    diary_close(diary);

    struct log_reader *log;
    struct sample s;
    int64_t wall_ns;
    uint64_t kept = 0;
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &log), 0);
    for (; log_reader_next(log, &s, &wall_ns) == 1; kept++) assert_int_equal(s.raw.index, kept);
    log_reader_close(log);
    assert_int_equal(kept, READINGS);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void the_day_is_the_same(void **state)
{
    static struct record whole, filled;
    (void)state;
    setenv("TZ", "UTC", 1);
    simulate_day();
    live(false, &whole);
    live(true, &filled);
    assert_int_equal(filled.n_bouts, whole.n_bouts);
    for (unsigned i = 0; i < whole.n_bouts; i++) {
        assert_true(llabs((long long)(filled.bout[i].start_wall_ns - whole.bout[i].start_wall_ns)) <= SECONDS_NS(10));
        assert_true(llabs((long long)(filled.bout[i].end_wall_ns - whole.bout[i].end_wall_ns)) <= SECONDS_NS(10));
    }
    assert_int_equal(filled.n_minutes, whole.n_minutes);
    double apart_s = 0;
    for (unsigned i = 0; i < whole.n_minutes; i++) {
        assert_int_equal(filled.minute[i].minute, whole.minute[i].minute);
        for (int k = 0; k < POSTURE_COUNT; k++)
            apart_s += fabs((double)filled.minute[i].posture_s[k] - (double)whole.minute[i].posture_s[k]) / 2;
    }
    print_message("%u bouts, %u minutes; %.1f s of them differ; gaps %u, %.2f s\n", whole.n_bouts, whole.n_minutes, apart_s,
                  filled.n_gaps, (double)filled.gap_ns / NS_PER_S);
    assert_true(whole.n_bouts >= 2 && apart_s <= 15);
    assert_true(filled.gap_ns < SECONDS_NS(1));
    print_message("the coach has %.1f min of sitting, %.1f on the whole day\n", filled.load.sitting_h * 60,
                  whole.load.sitting_h * 60);
    assert_true(fabs(filled.load.sitting_h - whole.load.sitting_h) * 3600 <= 15);
    assert_true(fabs(filled.load.slouch_min - whole.load.slouch_min) * 60 <= 15);
    assert_int_equal(filled.load.bouts_30, whole.load.bouts_30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_day_is_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
