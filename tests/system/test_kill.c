/* SIGKILL at fifty random moments. A daemon (pipeline and store, as plumblined has them, CLOCK_LIVE) runs in a child on a
 * clock that is twenty times too fast, so that a second of real time holds a third of a minute of a wearer's day. The
 * parent kills it, starts it again, and looks: every sample that the store had called written is in the log; what was lost
 * is one piece at the end of that life (its length in real time is printed, the promise is a second); the running
 * sitting bout is one bout; no notice is given twice.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/pipeline.h"
#include "tools/sim/sim.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 50, SPEED = 20, RATE_HZ = 50 };
#define START_WALL_NS SECONDS_NS(1791961200) /* 2026-10-14 07:00 UTC, a Wednesday */

/* ---- the fast clock (linked with -Wl,--wrap=clock_gettime) ---- */

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

static int64_t real_ns(void)
{
    struct timespec ts;
    __real_clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static int64_t zero_ns; /* real time at which the day begins */
static int64_t day_ns(void) { return (real_ns() - zero_ns) * SPEED; }

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t t = day_ns() + SECONDS_NS(1000);
    if (id == CLOCK_REALTIME) t += START_WALL_NS;
    else if (id != CLOCK_BOOTTIME) return __real_clock_gettime(id, ts);
    ts->tv_sec = t / NS_PER_S;
    ts->tv_nsec = t % NS_PER_S;
    return 0;
}

/* ---- what parent and child share ---- */

struct shared {
    _Atomic uint64_t sent;    /* samples given to the pipeline, all lives together; also the device's index */
    _Atomic uint64_t written; /* of them, what the store has called written */
    unsigned lives;
    _Atomic int64_t ready_ns; /* real time at which the present life was ready */
};

static char folder[64], notices[80];
static struct shared *shared;

/* A wearer who sits for two hours, upright for six minutes, then well forward. */
static const char scenario_text[] = "set seed 9\nset rate 50\nsit upright 6m\nslouch 114m 25deg\n";
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
    const struct reading *r = &day[(size_t)(at_s * RATE_HZ) % READINGS];
    struct raw_sample raw = {.device_ns = (int64_t)(at_s * NS_PER_S), .index = index, .have = HAVE_ACCEL | HAVE_GYRO, .scale = SCALE_16G_2000DPS};
    memcpy(raw.accel, r->accel, sizeof raw.accel);
    memcpy(raw.gyro, r->gyro, sizeof raw.gyro);
    return raw;
}

static void live(const struct config *config)
{
    struct store_options o;
    struct store *store;
    struct desk *desk;
    struct pipeline *p;
    char why[256];
    const struct pipeline_options options = {.clock = CLOCK_LIVE};
    store_options_default(&o);
    FILE *f = fopen(notices, "ae");
    if (!f || store_open(folder, &o, &store, why) || desk_open_file(f, &desk)) _exit(3);
    if (pipeline_open(config, &options, store, desk, &p) || pipeline_begin_stream(p, "plumb")) _exit(4);
    if (!shared->sent) pipeline_calibrate(p, POSE_SIT_UPRIGHT);
    uint64_t sent_before = shared->sent;
    shared->ready_ns = real_ns();
    for (double at_s = (double)day_ns() / NS_PER_S;;) {
        double now_s = (double)day_ns() / NS_PER_S;
        for (; at_s < now_s; at_s += 1.0 / RATE_HZ) {
            struct raw_sample r = reading_at(shared->sent, at_s);
            pipeline_on_raw(p, &r, 1, day_ns() + SECONDS_NS(1000));
            shared->sent++;
        }
        pipeline_on_time(p);
        struct store_state state;
        store_state(store, &state);
        if (state.samples) shared->written = sent_before + state.samples;
        usleep(1000);
    }
}

static void one_life(const struct config *config, unsigned *seed)
{
    shared->ready_ns = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) live(config);
    while (!shared->ready_ns) usleep(500);
    usleep((useconds_t)((shared->lives++ ? 100000 : 900000) + rand_r(seed) % 900000)); /* the first one takes a pose */
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL); /* it had not died by itself before */
}

/* Newest index in the log. Within a life no index may be missing: FIRST is that of its first sample. */
static uint64_t look_at_log(uint64_t first)
{
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns;
    uint64_t newest = 0;
    assert_int_equal(log_reader_open(folder, 0, INT64_MAX, &log), 0);
    while (log_reader_next(log, &s, &wall_ns) == 1) {
        if (s.raw.index > first) assert_int_equal(s.raw.index, newest + 1);
        newest = s.raw.index;
    }
    assert_int_equal(log_reader_damaged(log), 0);
    log_reader_close(log);
    return newest;
}

static int count_bout(void *arg, const struct diary_event *e)
{
    unsigned *n = arg;
    if (e->kind == EVENT_SITTING) ++*n;
    return 0;
}

/* The diary must hold one sitting bout: the wearer never got up. */
static void check_diary(void)
{
    struct diary *d;
    char why[256];
    unsigned bouts = 0;
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(diary_events(d, 0, INT64_MAX / NS_PER_S / 2, count_bout, &bouts), 0);
    diary_close(d);
    assert_int_equal(bouts, 1);
}

/* Each notice line that shows something carries its number; none may come twice. */
static unsigned check_notices(void)
{
    char line[512];
    unsigned id, shown = 0, seen[256] = {0};
    FILE *f = fopen(notices, "re");
    if (!f) return 0;
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%*s %*s show %*s %u", &id) != 1 || id >= 256) continue;
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
    snprintf(folder, sizeof folder, "/tmp/plumbline-kill-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(notices, sizeof notices, "%s/notices", folder);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    setenv("TZ", "UTC", 1);
    config_default(config);
    snprintf(config->data, sizeof config->data, "%s", folder);
    config->coach.break_after_min = 3;
    config->coach.notice_not_seen = config->coach.notice_lost = false;
    simulate_day();
    zero_ns = real_ns();
}

static void nothing_is_lost_forgotten_or_repeated(void **state)
{
    static struct config config;
    unsigned seed = 20261014;
    uint64_t worst = 0;
    (void)state;
    set_up(&config);
    for (int i = 0; i < KILLS; i++) {
        uint64_t first = shared->sent;
        one_life(&config, &seed);
        uint64_t newest = look_at_log(first);
        if (newest + 1 < shared->written)
            fail_msg("kill %d: %llu samples were called written, %llu are there", i, (unsigned long long)shared->written,
                     (unsigned long long)newest + 1);
        if (shared->sent - 1 - newest > worst) worst = shared->sent - 1 - newest;
    }
    check_diary();
    unsigned shown = check_notices();
    print_message("%d kills in %.0f min of a day: at most %.2f s of real time lost, %u notices, none twice\n", KILLS,
                  (double)day_ns() / 60 / NS_PER_S, (double)worst / SPEED / RATE_HZ, shown);
    assert_true(shown > 0);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_forgotten_or_repeated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
