/* SIGKILL at random moments: sixty, or as many as $PLUMBLINE_KILLS says; at others with another $PLUMBLINE_SEED. A
 * daemon (pipeline and store, as plumblined has them, CLOCK_LIVE) runs in a child on a clock of their own, which moves
 * by 60 ms whenever the child has gone round its loop, so that nothing here depends on how fast the machine is. Every
 * eighth is killed while it starts: mending what the one before it left, or catching up. The parent looks: every
 * sample that the pipeline was given is in the log, once (what lay in the store's memory is brought in by the next one
 * to open it); the running sitting bout is one bout; no notice is given twice; in the end each minute of the log
 * stands in the diary with all that the log has of it; and the raw log gives, once more, exactly the minutes and
 * events of the diary. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/pipeline.h"
#include "tools/sim/sim.h"

#include <errno.h>
#include <ftw.h>
#include <linux/magic.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 60, RATE_HZ = 50, AT_START_EVERY = 8, LOOK_BACK_S = 1200, WHOLE_EVERY = 50, NOTICES_MAX = 4096 };
#define ROUND_NS (60 * NS_PER_MS) /* the day goes on by this much in each round of the child's loop */
#define START_WALL_NS SECONDS_NS(1791968400) /* 2026-10-14 09:00 UTC, a Wednesday */
enum { MINUTES_MAX = 4 * 1440 };

/* ---- what parent and child share ---- */

struct shared {
    _Atomic uint64_t sent;  /* samples given to the pipeline, all lives together; also the device's index */
    _Atomic int64_t day_ns; /* since the day began */
    int64_t until_ns;       /* of the present life: no longer, however late the parent comes to kill it */
    unsigned lives;
};

static struct shared *shared;

/* ---- the clock (linked with -Wl,--wrap=clock_gettime) ---- */

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t t = (shared ? shared->day_ns : 0) + SECONDS_NS(1000);
    if (id == CLOCK_REALTIME) t += START_WALL_NS;
    else if (id != CLOCK_BOOTTIME) return __real_clock_gettime(id, ts);
    ts->tv_sec = t / NS_PER_S;
    ts->tv_nsec = t % NS_PER_S;
    return 0;
}

static char folder[64], notices[80], memory_folder[64], memory[80];

/* A wearer who shows his postures and then sits for two hours, upright for half an hour, then well forward. */
static const char scenario_text[] =
    "set seed 9\nset rate 50\nsit upright 40s\nslouch 24s 22deg\nrecline 24s 18deg\ndesk-bend 24s 35deg\nstand 26s\nwalk 40s\n"
    "sit upright 30m\nslouch 90m 25deg\n";
static const struct { double at_s; enum pose pose; } poses[] = {
    {20, POSE_SIT_UPRIGHT}, {44, POSE_SIT_SLOUCHED}, {68, POSE_LEAN_BACK}, {92, POSE_BEND}, {118, POSE_STAND},
};
enum { POSES = sizeof poses / sizeof poses[0] };
#define POSES_TAKE_NS SECONDS_NS(200)
enum { READINGS = 2 * 3600 * RATE_HZ };
static struct reading day[READINGS];

static void simulate_day(void)
{
    static struct sim sim;
    struct scenario s;
    FILE *in = fmemopen((void *)(uintptr_t)scenario_text, sizeof scenario_text - 1, "r");
    assert_int_equal(scenario_read(&s, in, "kill", stderr), 0);
    fclose(in);
    sim_init(&sim, &s, true);
    for (int i = 0; i < READINGS && sim_next(&sim, &day[i]); i++) {}
    scenario_free(&s);
}

static struct raw_sample reading_at(uint64_t index, double at_s)
{
    size_t i = (size_t)(at_s * RATE_HZ); /* the second half of it, sitting well forward, goes on for ever */
    const struct reading *r = &day[i < READINGS ? i : READINGS / 2 + i % (READINGS / 2)];
    struct raw_sample raw = {.device_ns = (int64_t)(at_s * NS_PER_S), .index = index, .have = HAVE_ACCEL | HAVE_GYRO, .scale = SCALE_16G_2000DPS};
    memcpy(raw.accel, r->accel, sizeof raw.accel);
    memcpy(raw.gyro, r->gyro, sizeof raw.gyro);
    return raw;
}

struct life {
    struct store *store;
    struct desk *desk;
    struct pipeline *pipeline;
};

static struct life begin(const struct config *config)
{
    struct store_options o;
    struct life l;
    char why[256];
    const struct pipeline_options options = {.clock = CLOCK_LIVE};
    store_options_default(&o);
    o.memory = memory;
    o.wait_when_full = true; /* the day goes sixty times as fast as a real one; the disk does not */
    FILE *f = fopen(notices, "ae");
    if (!f || store_open(folder, &o, &l.store, why) || desk_open_file(f, &l.desk)) _exit(3);
    if (pipeline_open(config, &options, l.store, l.desk, &l.pipeline)) _exit(4);
    return l;
}

static void live(const struct config *config)
{
    struct pipeline *p = begin(config).pipeline;
    if (pipeline_begin_stream(p, "plumb")) _exit(4);
    int pose = shared->sent ? POSES : 0;
    for (double at_s = (double)shared->day_ns / NS_PER_S;; usleep(1000)) {
        if (shared->day_ns > shared->until_ns) continue;
        shared->day_ns += ROUND_NS;
        double now_s = (double)shared->day_ns / NS_PER_S;
        for (; at_s < now_s; at_s += 1.0 / RATE_HZ) {
            if (pose < POSES && at_s >= poses[pose].at_s) pipeline_calibrate(p, poses[pose++].pose);
            struct raw_sample r = reading_at(shared->sent++, at_s);
            pipeline_on_raw(p, &r, 1, shared->day_ns + SECONDS_NS(1000));
        }
        pipeline_on_time(p);
    }
}

static void end_by_force(pid_t child)
{
    int status;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* it had not died by itself before */
}

/* Lets a daemon live for up to twenty seconds of the day; the first one also takes the poses. Or, AT_START, for up to
 * twenty real milliseconds. */
static void one_life(const struct config *config, bool at_start, unsigned *seed)
{
    shared->day_ns += SECONDS_NS(1 + rand_r(seed) % 20); /* until the next daemon is there */
    int64_t until_ns = shared->day_ns + (int64_t)(rand_r(seed) % 20000) * NS_PER_MS;
    if (!shared->lives++) until_ns += POSES_TAKE_NS;
    shared->until_ns = until_ns + SECONDS_NS(10);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) live(config);
    if (at_start) usleep((useconds_t)(rand_r(seed) % 20000));
    while (!at_start && shared->day_ns < until_ns && waitpid(child, NULL, WNOHANG) == 0)
        usleep((useconds_t)(rand_r(seed) % 1000));
    end_by_force(child);
}

static void mend(void)
{
    struct store_options o;
    struct store *store;
    char why[256];
    store_options_default(&o);
    o.memory = memory;
    assert_int_equal(store_open(folder, &o, &store, why), 0);
    store_close(store);
}

/* Reads the log of the last LOOK_BACK_NS (INT64_MAX: all): every index is there once, but for those that a kill caught
 * before their samples were given to the store; of these there may be MISSING. When PER_MINUTE, samples are counted there. */
static void look_at_log(int64_t look_back_ns, unsigned missing, unsigned *per_minute)
{
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns, last_ns = INT64_MIN, now_ns = START_WALL_NS + SECONDS_NS(1000) + shared->day_ns;
    uint64_t next = 0;
    assert_int_equal(log_reader_open(folder, look_back_ns == INT64_MAX ? 0 : now_ns - look_back_ns, INT64_MAX, &log), 0);
    unsigned gone = 0;
    for (bool first = look_back_ns != INT64_MAX; log_reader_next(log, &s, &wall_ns) == 1; first = false) {
        assert_true(first || s.raw.index >= next);
        assert_true(s.t_ns > last_ns);
        if (!first) gone += (unsigned)(s.raw.index - next);
        next = s.raw.index + 1;
        last_ns = s.t_ns;
        if (per_minute) per_minute[wall_ns / SECONDS_NS(60) - START_WALL_NS / SECONDS_NS(60)]++;
    }
    assert_int_equal(log_reader_damaged(log), 0);
    log_reader_close(log);
    if (next) gone += (unsigned)(shared->sent - next);
    if (gone > missing) fail_msg("after %u kills %u samples are missing", shared->lives, gone);
}

static int count_bout(void *arg, const struct diary_event *e)
{
    unsigned *n = arg;
    if (e->kind == EVENT_SITTING) ++*n;
    return 0;
}

static int take_minute(void *arg, const struct minute *m)
{
    float *observed_s = arg;
    int64_t i = m->minute - START_WALL_NS / SECONDS_NS(60);
    assert_in_range(i, 0, MINUTES_MAX - 1);
    for (int k = 0; k < POSTURE_COUNT; k++) observed_s[i] += k == POSTURE_MISSING ? 0 : m->posture_s[k];
    assert_true(observed_s[i] <= 60.01f);
    return 0;
}

/* After a last daemon that ends as it should, every minute of the log is in the diary, with all that was observed: what
 * the log holds of its first and last two seconds may be counted to the neighbours. */
static void check_minutes(const struct config *config)
{
    static unsigned samples[MINUTES_MAX];
    static float observed_s[MINUTES_MAX];
    struct diary *d;
    char why[256];
    shared->day_ns += SECONDS_NS(5);
    struct life last = begin(config);
    pipeline_finish(last.pipeline);
    pipeline_close(last.pipeline);
    store_close(last.store);
    desk_close(last.desk);
    look_at_log(INT64_MAX, shared->lives, samples);
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_minutes(d, 0, INT64_MAX, take_minute, observed_s), 0);
    diary_close(d);
    for (unsigned i = 0; i < MINUTES_MAX; i++)
        if (observed_s[i] + 2 < (float)samples[i] / RATE_HZ)
            fail_msg("minute %u: %u samples, %.1f s in the diary", i, samples[i], (double)observed_s[i]);
}

static int differs_from_before(void *before, int64_t wall_s, const struct calibration *c)
{
    struct calibration *last = before;
    (void)wall_s;
    assert_memory_not_equal(last, c, sizeof *c);
    *last = *c;
    return 0;
}

/* The diary must hold two sitting bouts, from before and after he stood for his pose: since then he never got up; and no
 * calibration for each time that the log was looked through. */
static void check_diary(void)
{
    struct diary *d;
    char why[256];
    unsigned bouts = 0;
    struct calibration before = {0};
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_calibrations(d, 0, INT64_MAX / NS_PER_S / 2, differs_from_before, &before), 0);
    assert_int_equal(diary_events(d, 0, INT64_MAX / NS_PER_S / 2, count_bout, &bouts), 0);
    diary_close(d);
    assert_int_equal(bouts, 2);
}

/* `plumbline reindex --check` finds no row that differs. */
static void check_against_log(void)
{
    char command[256];
    snprintf(command, sizeof command, "\"%s\" --data %s reindex --check", PLUMBLINE, folder);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Each notice line that shows something carries its number; none may come twice. */
static unsigned check_notices(void)
{
    char line[512];
    unsigned id, shown = 0;
    static unsigned seen[NOTICES_MAX];
    FILE *f = fopen(notices, "re");
    if (!f) return 0;
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%*s %*s show %*s %u", &id) != 1 || id >= NOTICES_MAX) continue;
        if (seen[id]++) fail_msg("notice %u came twice: %s", id, line);
        shown++;
    }
    fclose(f);
    return shown;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static void set_up(struct config *config)
{
    struct statfs fs;
    snprintf(folder, sizeof folder, "/tmp/plumbline-kill-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(memory_folder, sizeof memory_folder, "/dev/shm/plumbline-kill-XXXXXX");
    if (statfs("/dev/shm", &fs) < 0 || fs.f_type != TMPFS_MAGIC || !mkdtemp(memory_folder)) {
        print_message("no memory file system: skipped\n");
        rmdir(folder);
        skip();
    }
    snprintf(memory, sizeof memory, "%s/under-way", memory_folder);
    snprintf(notices, sizeof notices, "%s/notices", folder);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    setenv("TZ", "UTC", 1);
    config_default(config);
    snprintf(config->data, sizeof config->data, "%s", folder);
    config->coach.break_after_min = 10;
    config->coach.notice_not_seen = config->coach.notice_lost = false;
    simulate_day();
}

static void nothing_is_lost_forgotten_or_repeated(void **state)
{
    static struct config config;
    const char *wanted = getenv("PLUMBLINE_KILLS");
    const char *other = getenv("PLUMBLINE_SEED");
    unsigned seed = other ? (unsigned)strtoul(other, NULL, 10) : 20261014, kills = wanted ? (unsigned)strtoul(wanted, NULL, 10) : KILLS;
    (void)state;
    set_up(&config);
    for (unsigned i = 1; i <= kills; i++) {
        one_life(&config, i > 1 && i % AT_START_EVERY == 0, &seed);
        if (i % AT_START_EVERY == AT_START_EVERY - 1) continue; /* the next one finds what this one left */
        mend();
        look_at_log(i % WHOLE_EVERY ? SECONDS_NS(LOOK_BACK_S) : INT64_MAX, i, NULL);
    }
    check_minutes(&config);
    check_diary();
    check_against_log();
    unsigned shown = check_notices();
    print_message("%u kills in %.0f min of a day: %llu samples, none lost; %u notices, none twice\n", kills,
                  (double)shared->day_ns / 60 / NS_PER_S, (unsigned long long)shared->sent, shown);
    assert_true(shown > 0);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nftw(memory_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_forgotten_or_repeated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
