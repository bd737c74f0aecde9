/* How long a day's, a week's and a year's report data take from cold: a year is made (261 working days of eight hours,
 * 125 280 minutes, with bouts, prompts, answers, entries and workouts) and written by the store; then, each in a
 * process of its own and with the file driven out of the page cache, the diary is opened and read up to the model. The
 * reference is SQLite's plain sum over the same minutes, and the year once more without the totals of its days.
 *
 *   bench_query [RUNS [DAYS]]        in $TMPDIR; on a memory file system nothing is ever cold
 */
#include "bench.h"

#include "plumbline/store.h"
#include "tools/report/report.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 20089 /* 1 January 2025, a Wednesday */, DAY_S = 86400, OFFSET_S = 3600, RUNS_MAX = 99 };

static char folder[512], file[600];
static int days = 365;

/* ---- a year ------------------------------------------------------------------------------------------------------ */

static uint32_t seed = 1;

static int any(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return (int)(seed % (uint32_t)n);
}

static struct minute make_minute(int64_t minute, enum posture posture)
{
    struct minute m = {
        .minute = minute, .utc_offset_s = OFFSET_S, .p_sitting = 0.02f, .creep = 0.001f * (float)any(999)};
    m.posture_s[posture] = 30 + 0.01f * (float)any(3000);
    m.posture_s[POSTURE_UNSURE] = 60 - m.posture_s[posture];
    m.angle_s = 60;
    m.flexion_mean_deg = 0.01f * (float)any(3000);
    m.flexion_sd_deg = 0.01f * (float)any(500);
    m.flexion_min_deg = m.flexion_mean_deg - 5;
    m.flexion_max_deg = m.flexion_mean_deg + 5;
    m.lateral_mean_deg = 0.01f * (float)any(500);
    for (int b = 2; b < 6; b++) m.bin_s[b] = 0.01f * (float)any(1500);
    if (posture == POSTURE_SITTING) m.slouch_sitting_s = 0.01f * (float)any(3000), m.p_sitting = 0.98f;
    if (posture == POSTURE_WALKING) m.steps = (uint16_t)any(100);
    return m;
}

static void put_event(struct store *s, enum event_kind kind, int reason, int64_t from_s, int64_t to_s, uint32_t id)
{
    const struct now now = {.utc_offset_s = OFFSET_S};
    const struct event e = {kind, reason, SECONDS_NS(from_s), SECONDS_NS(to_s), 5.5f, id};
    store_event(s, &e, &now);
}

/* Eight hours in bouts of 40 minutes: 33 sat, 7 walked; a prompt a bout, a few more events. */
static void put_day(struct store *s, int day)
{
    int64_t from_s = (int64_t)(FIRST + day) * DAY_S + 8 * 3600;
    for (int i = 0; i < 480; i++) {
        struct minute m = make_minute(from_s / 60 + i, i % 40 < 33 ? POSTURE_SITTING : POSTURE_WALKING);
        store_minute(s, &m);
    }
    for (int bout = 0; bout < 12; bout++) {
        int64_t at_s = from_s + bout * 2400 + any(60);
        uint32_t id = (uint32_t)(day * 12 + bout + 1);
        put_event(s, EVENT_SITTING, BOUT_WALKED, at_s, at_s + 1980, 0);
        put_event(s, EVENT_RISE, 0, at_s + 1980, at_s + 1980, 0);
        put_event(s, EVENT_WALK, 0, at_s + 1985, at_s + 2300, 0);
        put_event(s, EVENT_SLOUCH, 0, at_s + 900, at_s + 1200, 0);
        put_event(s, EVENT_ALERT, TOPIC_SLOUCH, at_s + 960, at_s + 1000, id);
        put_event(s, EVENT_ANSWER, any(3) ? ANSWER_RECOVERED : ANSWER_IGNORED, at_s + 1000, at_s + 1000, id);
    }
    store_entry(s, &(struct entry){from_s, ENTRY_PAIN, any(10), "low-back"});
    store_entry(s, &(struct entry){from_s + 30000, ENTRY_STRESS, any(10), ""});
    if (day % 2) store_workout(s, &(struct workout){0, from_s + 36000, from_s + 39600, WORKOUT_SQUAT, "Leg day"});
}

static void make_year(void)
{
    struct store_options o;
    struct store *s;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    o.sync_s = 0;
    if (store_open(folder, &o, &s, why)) fail(why);
    for (int day = 0; day < days; day++) {
        int weekday = (day + 2) % 7; /* 0 = Monday */
        if (weekday < 5) put_day(s, day);
    }
    store_close(s);
}

/* ---- what is measured -------------------------------------------------------------------------------------------- */

static struct diary *open_diary(void)
{
    struct diary *d;
    char why[256];
    if (diary_open(folder, &d, why)) fail(why);
    return d;
}

static void read_report(unsigned n_days)
{
    struct report_request q = {.n_days = n_days, .slouch_threshold_deg = NAN};
    struct report r;
    struct diary *d = open_diary();
    q.first = report_date_of((int64_t)(FIRST + days - 3) * DAY_S, 0); /* a Monday when there are 365 days */
    q.first = report_date_add(q.first, 1 - (int)n_days);
    if (report_read(d, &q, &r)) fail("the report cannot be made");
    if (r.day[n_days - 1].figures.minutes == 0) fail("the day is empty");
    report_free(&r);
    diary_close(d);
}

static void a_day(void) { read_report(1); }
static void a_week(void) { read_report(7); }

struct year {
    int n_days, n_entries, n_workouts;
    struct day_total total[366];
    struct entry entry[1000];
    struct workout workout[400];
};

static int on_day(void *year, const struct day_total *total)
{
    struct year *y = year;
    y->total[y->n_days++] = *total;
    return 0;
}

static int on_entry(void *year, const struct entry *e)
{
    struct year *y = year;
    y->entry[y->n_entries++] = *e;
    return 0;
}

static int on_workout(void *year, const struct workout *w)
{
    struct year *y = year;
    y->workout[y->n_workouts++] = *w;
    return 0;
}

static void a_year(void)
{
    static struct year y;
    int64_t from_s = (int64_t)FIRST * DAY_S, to_s = from_s + (int64_t)days * DAY_S;
    double worn_min = 0;
    struct diary *d = open_diary();
    int error = diary_days(d, FIRST, FIRST + days, on_day, &y);
    if (!error) error = diary_entries(d, from_s, to_s, on_entry, &y);
    if (!error) error = diary_workouts(d, from_s, to_s, on_workout, &y);
    if (error) fail("the year cannot be read");
    for (int i = 0; i < y.n_days; i++) worn_min += y.total[i].figures.worn_min;
    if (fabs(worn_min - 480.0 * y.n_days) > 1 || y.n_entries != 2 * y.n_days) fail("the year is not what was written");
    diary_close(d);
}

static void plain_sum(void)
{
    sqlite3 *db;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_exec(db, "SELECT sum(sitting_s),sum(slouch_sitting_s),sum(flexion_mean_deg) FROM minute", NULL, NULL,
                     NULL))
        fail("SQLite cannot sum the minutes");
    sqlite3_close(db);
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

static void drive_out_of_cache(void)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
        fail("the file cannot be driven out of the cache");
    close(fd);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* In a child; its largest memory into *RSS_MB. */
static double once(void (*work)(void), double *rss_MB)
{
    int ends[2];
    double ms;
    struct rusage used;
    drive_out_of_cache();
    if (pipe(ends)) fail("no pipe");
    pid_t pid = fork();
    if (pid < 0) fail("no process");
    if (pid == 0) {
        double before = now_ns();
        work();
        ms = (now_ns() - before) / 1e6;
        _exit(write(ends[1], &ms, sizeof ms) == sizeof ms ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], &ms, sizeof ms) != sizeof ms) fail("a measurement failed");
    close(ends[0]);
    wait4(pid, NULL, 0, &used);
    *rss_MB = fmax(*rss_MB, (double)used.ru_maxrss / 1024);
    return ms;
}

static double median_ms(void (*work)(void), int runs, double *rss_MB)
{
    double ms[RUNS_MAX];
    for (int i = 0; i < runs; i++) ms[i] = once(work, rss_MB);
    qsort(ms, (size_t)runs, sizeof *ms, ascending);
    return ms[runs / 2];
}

static void forget_totals(void)
{
    sqlite3 *db;
    if (sqlite3_open(file, &db) || sqlite3_exec(db, "DELETE FROM day", NULL, NULL, NULL)) fail("the totals do not go");
    sqlite3_close(db);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 9;
    const char *tmp = getenv("TMPDIR");
    double rss_MB = 0, rss_all_MB = 0;
    if (argc > 2) days = atoi(argv[2]);
    if (runs < 1 || runs > RUNS_MAX || days < 14 || days > 366) fail("usage: bench_query [RUNS [DAYS]]");
    snprintf(folder, sizeof folder, "%s/plumbline-bench-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder)) fail("no folder");
    snprintf(file, sizeof file, "%s/plumbline.db", folder);
    make_year();
    double day = median_ms(a_day, runs, &rss_MB), week = median_ms(a_week, runs, &rss_MB);
    double year = median_ms(a_year, runs, &rss_MB), sum = median_ms(plain_sum, runs, &rss_all_MB);
    forget_totals();
    double all = median_ms(a_year, runs, &rss_all_MB);
    printf("year_from_minutes_ms=%.1f plain_sum_ms=%.1f year_to_plain_sum=%.3f rss_MB=%.1f\n", all, sum, year / sum,
           rss_MB);
    printf("day_ms=%.1f week_ms=%.1f year_ms=%.1f\n", day, week, year);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
