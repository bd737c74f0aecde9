/* How fast a stored day is gone through again: samples from the raw log through filter, detectors and minutes, on the
 * daemon's own path (pipeline_replay(), as when it catches up after a restart), without a diary; the files are not in
 * the system's cache. Beside it, in the same run: reading the log alone, the attitude filter alone, the tracker alone
 * (filter and detectors) and a complementary filter, the least that anybody could do with the same samples.
 *
 * Usage: bench-replay [SAMPLES | FOLDER]   (default 2880000: 8 h at 100 Hz). SAMPLES are a simulated day at a desk,
 * stored in a temporary folder beforehand; FOLDER is a data folder, of which all samples are read.
 */
#include "bench.h"
#include "daemon/pipeline_private.h"
#include "daemon/posture/attitude.h"
#include "tools/sim/emit_plumb.h"
#include "tools/sim/sim.h"

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { RATE_HZ = 100, SAMPLES = 8 * 3600 * RATE_HZ, SAMPLES_MAX = 100000000, ROUNDS = 5, SOME = 1024 };
#define START_WALL_NS SECONDS_NS(1791961200)

static const char scenario_text[] =
    "set seed 7\nset rate 100\n"
    "walk 4m\nsit upright 25m\nslouch 20m 22deg\nstand 5m\nwalk 6m\nsit upright 40m\nslouch 25m 25deg\nstand 30m\n"
    "walk 10m\nsit upright 35m\nslouch 40m 20deg\nwalk 5m\nstand 20m\nsit upright 50m\nslouch 30m 24deg\nwalk 15m\n"
    "sit upright 300h\n";

/* ---- the stored day ---- */

static void store_day(const char *folder, long n)
{
    static struct sim sim;
    static struct emit_plumb device;
    static uint8_t wire[EMIT_MAX];
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = START_WALL_NS};
    struct scenario s;
    struct reading reading;
    struct config config;
    struct store_options o;
    struct store *store;
    struct pipeline *p;
    char why[256];
    FILE *in = fmemopen((void *)(uintptr_t)scenario_text, sizeof scenario_text - 1, "r");
    if (!in || scenario_read(&s, in, "bench", stderr)) fail("scenario");
    fclose(in);
    config_default(&config);
    store_options_default(&o);
    o.wait_when_full = true;
    o.sync_s = 0;
    if (store_open(folder, &o, &store, why)) fail(why);
    if (pipeline_open(&config, &options, store, NULL, &p) || pipeline_begin_stream(p, "plumb")) fail("pipeline");
    sim_init(&sim, &s, false);
    emit_plumb_init(&device, &s, &sim.imu);
    pipeline_on_bytes(p, wire, emit_plumb_greet(&device, wire), 0);
    for (long i = 0; i < n && sim_next(&sim, &reading); i++)
        pipeline_on_bytes(p, wire, emit_plumb_sample(&device, &reading, wire), 0);
    pipeline_finish(p);
    pipeline_close(p);
    store_close(store);
    scenario_free(&s);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

/* Out of the system's cache, as far as it allows. */
static int forget_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)ftw;
    int fd = kind == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    fdatasync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    return 0;
}

static struct log_reader *open_cold(const char *folder)
{
    struct log_reader *log;
    nftw(folder, forget_one, 16, FTW_PHYS);
    if (log_reader_open(folder, INT64_MIN, INT64_MAX, &log)) fail("the data folder cannot be read");
    return log;
}

/* ---- what is timed ---- */

struct stage {
    double wall_ns, cpu_ns;
};

static struct stage clocks(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (struct stage){now_ns(), (double)t.tv_sec * 1e9 + (double)t.tv_nsec};
}

static void took(struct stage *s, struct stage since)
{
    struct stage now = clocks();
    s->wall_ns += now.wall_ns - since.wall_ns;
    s->cpu_ns += now.cpu_ns - since.cpu_ns;
}

/* What disturbs only ever adds. */
static void keep_best(struct stage *best, struct stage s)
{
    best->wall_ns = fmin(best->wall_ns, s.wall_ns);
    best->cpu_ns = fmin(best->cpu_ns, s.cpu_ns);
}

/* Trunk inclination by gyroscope, pulled to the accelerometer's with a time constant of 1 s. */
static float naive(float pitch, const struct sample *s, size_t n)
{
    for (const struct sample *end = s + n; s < end; s++) {
        const float *a = s->accel_mps2;
        float tilt = atan2f(-a[0], sqrtf(a[1] * a[1] + a[2] * a[2]));
        pitch = 0.99f * (pitch + s->gyro_rads[1] / RATE_HZ) + 0.01f * tilt;
    }
    return pitch;
}

enum { DECODE, NAIVE, ATTITUDE, TRACKER, PARTS };
static const char *const part_names[PARTS] = {"decode", "naive", "attitude", "tracker"};

/* Each part by itself, on some samples at a time, which lie in the processor's cache. */
static long time_parts(const char *folder, struct stage part[PARTS])
{
    static struct sample some[SOME];
    static struct tracker_out out;
    struct config config;
    struct attitude attitude;
    struct log_reader *log = open_cold(folder);
    struct tracker *tracker = calloc(1, tracker_size());
    float pitch = 0;
    long all = 0;
    int64_t wall_ns;
    if (!tracker) fail("out of memory");
    config_default(&config);
    struct tracker_config t = pipeline_life_tracker_config(&config);
    attitude_init(&attitude);
    tracker_init(tracker, &t);
    for (size_t n = SOME; n == SOME; all += (long)n) {
        struct stage since = clocks();
        for (n = 0; n < SOME && log_reader_next(log, &some[n], &wall_ns) == 1;) n++;
        took(&part[DECODE], since);
        since = clocks();
        pitch = naive(pitch, some, n);
        took(&part[NAIVE], since);
        since = clocks();
        for (size_t i = 0; i < n; i++) attitude_push(&attitude, &some[i]);
        took(&part[ATTITUDE], since);
        since = clocks();
        for (size_t i = 0; i < n; i++) tracker_push(tracker, &some[i], &out);
        took(&part[TRACKER], since);
    }
    if (!isfinite(pitch)) fail("the reference has lost its way");
    log_reader_close(log);
    free(tracker);
    return all;
}

static struct stage time_replay(const char *folder)
{
    struct pipeline_options options = {.clock = CLOCK_SAMPLES};
    struct config config;
    struct pipeline *p;
    struct log_item item;
    struct stage whole = {0};
    config_default(&config);
    struct stage since = clocks();
    struct log_reader *log = open_cold(folder);
    do
        if (log_reader_next_item(log, &item) != 1) fail("there are no samples");
    while (item.is_context);
    options.start_wall_ns = item.sample.t_ns;
    if (pipeline_open(&config, &options, NULL, NULL, &p)) fail("pipeline");
    do
        if (!item.is_context) pipeline_replay(p, &item);
    while (log_reader_next_item(log, &item) == 1);
    pipeline_finish(p);
    took(&whole, since);
    pipeline_close(p);
    log_reader_close(log);
    return whole;
}

static void measure(const char *folder)
{
    struct stage best[PARTS], replay = {INFINITY, INFINITY};
    long n = 0;
    for (int i = 0; i < PARTS; i++) best[i] = replay;
    for (int round = 0; round < ROUNDS; round++) {
        struct stage part[PARTS] = {0};
        n = time_parts(folder, part);
        for (int i = 0; i < PARTS; i++) keep_best(&best[i], part[i]);
        keep_best(&replay, time_replay(folder));
    }
    double each = 1 / (double)n;
    printf("samples=%ld rounds=%d\n", n, ROUNDS);
    for (int i = 0; i < PARTS; i++)
        printf("%s_ns_per_sample=%.1f %s_cpu_ns_per_sample=%.1f\n", part_names[i], best[i].wall_ns * each,
               part_names[i], best[i].cpu_ns * each);
    printf("replay_ns_per_sample=%.1f replay_cpu_ns_per_sample=%.1f\n", replay.wall_ns * each, replay.cpu_ns * each);
    printf("ratio=%.1f\nsamples_per_cpu_second=%.0f\n", replay.wall_ns / best[NAIVE].wall_ns,
           1e9 / (replay.cpu_ns * each));
    printf("samples_per_second=%.0f\n", 1e9 / (replay.wall_ns * each));
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/plumbline-bench-XXXXXX", *end;
    long n = argc > 1 ? strtol(argv[1], &end, 10) : SAMPLES;
    if (argc == 2 && *end) return measure(argv[1]), 0;
    if (argc > 2 || n < RATE_HZ || n > SAMPLES_MAX)
        return fprintf(stderr, "usage: bench-replay [SAMPLES | FOLDER]\n"), 2;
    if (!mkdtemp(folder)) fail("no temporary folder");
    store_day(folder, n);
    measure(folder);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
