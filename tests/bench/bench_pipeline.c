/* What a sample costs on its whole way: plumb link's bytes through detection, timebase, tracker and coach, without a store
 * and with one, and beside them, in the same run, the least that anybody could do with the same samples: a complementary
 * filter. Times are this machine's now; the ratio is what can be compared.
 *
 * Usage: bench_pipeline [SAMPLES]   (default 360000: an hour at 100 Hz). Bytes are made beforehand, in memory.
 */
#include "bench.h"
#include "plumbline/pipeline.h"
#include "tools/sim/emit_plumb.h"
#include "tools/sim/sim.h"

#include <ftw.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { RATE_HZ = 100, SAMPLES = 3600 * RATE_HZ, READ_BYTES = 512, BYTES_A_SAMPLE = 64 };
#define START_WALL_NS SECONDS_NS(1791961200)

static const char scenario_text[] = "set seed 7\nset rate 100\nsit upright 20m\nslouch 20m 22deg\nstand 5m\nwalk 10m\nsit upright 300h\n";

struct day {
    size_t n, bytes;
    struct reading *reading;
    uint8_t *wire;
    float accel_mps2, gyro_rads;
};

static void make_day(struct day *d, size_t n)
{
    static struct sim sim;
    static struct emit_plumb device;
    struct scenario s;
    FILE *in = fmemopen((void *)(uintptr_t)scenario_text, sizeof scenario_text - 1, "r");
    if (!in || scenario_read(&s, in, "bench", stderr)) fail("scenario");
    fclose(in);
    d->reading = calloc(n, sizeof *d->reading);
    d->wire = malloc(n * BYTES_A_SAMPLE + EMIT_MAX);
    if (!d->reading || !d->wire) fail("out of memory");
    sim_init(&sim, &s, false);
    emit_plumb_init(&device, &s, &sim.imu);
    d->accel_mps2 = (float)sim.imu.accel_lsb_mps2;
    d->gyro_rads = (float)sim.imu.gyro_lsb_rads;
    d->bytes = emit_plumb_greet(&device, d->wire);
    for (; d->n < n && sim_next(&sim, &d->reading[d->n]); d->n++) {
        d->bytes += emit_plumb_sample(&device, &d->reading[d->n], d->wire + d->bytes);
        if (d->bytes > n * BYTES_A_SAMPLE) fail("the link sends more than expected");
    }
    scenario_free(&s);
}

/* Trunk inclination by gyroscope, pulled to the accelerometer's with a time constant of 1 s. */
static double naive(const struct day *d)
{
    volatile float kept = 0;
    float pitch = 0;
    double begin = now_ns();
    for (size_t i = 0; i < d->n; i++) {
        const struct reading *r = &d->reading[i];
        float x = r->accel[0] * d->accel_mps2, y = r->accel[1] * d->accel_mps2, z = r->accel[2] * d->accel_mps2;
        float tilt = atan2f(-x, sqrtf(y * y + z * z));
        pitch = 0.99f * (pitch + r->gyro[1] * d->gyro_rads / RATE_HZ) + 0.01f * tilt;
        kept = pitch;
    }
    double end = now_ns();
    if (!isfinite(kept)) fail("the reference has lost its way");
    return (end - begin) / (double)d->n;
}

static double whole(const struct day *d, const char *folder)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = START_WALL_NS};
    struct config config;
    struct store *store = NULL;
    struct pipeline *p;
    struct pipeline_status status;
    char why[256];
    config_default(&config);
    if (folder) {
        struct store_options o;
        store_options_default(&o);
        o.wait_when_full = true;
        if (store_open(folder, &o, &store, why)) fail(why);
    }
    if (pipeline_open(&config, &options, store, NULL, &p) || pipeline_begin_stream(p, "auto")) fail("pipeline");
    double begin = now_ns();
    for (size_t at = 0; at < d->bytes; at += READ_BYTES)
        pipeline_on_bytes(p, d->wire + at, d->bytes - at < READ_BYTES ? d->bytes - at : READ_BYTES, 0);
    pipeline_finish(p);
    if (store) store_flush(store);
    double end = now_ns();
    pipeline_status(p, &status);
    if (status.link.samples + 32 < d->n) fail("samples are missing"); /* the last frame is not full */
    pipeline_close(p);
    store_close(store);
    return (end - begin) / (double)d->n;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static double with_store(const struct day *d)
{
    char folder[] = "/tmp/plumbline-bench-XXXXXX";
    if (!mkdtemp(folder)) fail("no temporary folder");
    double ns = whole(d, folder);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return ns;
}

int main(int argc, char **argv)
{
    static struct day day;
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : SAMPLES;
    if (argc > 2 || n < RATE_HZ || n > 100000000) return fprintf(stderr, "usage: bench_pipeline [SAMPLES]\n"), 2;
    make_day(&day, (size_t)n);
    double least = naive(&day), pure = whole(&day, NULL), stored = with_store(&day);
    printf("samples=%zu bytes_per_sample=%.1f\n", day.n, (double)day.bytes / (double)day.n);
    printf("naive_ns_per_sample=%.1f\npipeline_ns_per_sample=%.1f\nstored_ns_per_sample=%.1f\n", least, pure, stored);
    printf("ratio=%.1f stored_ratio=%.1f\nsamples_per_second=%.0f\n", pure / least, stored / least, 1e9 / stored);
    free(day.reading);
    free(day.wire);
    return 0;
}
