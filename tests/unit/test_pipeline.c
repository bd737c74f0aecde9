/* Wall 4: on a sample's way nothing is allocated. The bytes of a plumb-link sensor go through the whole pipeline, store
 * thread included, while malloc and its kin are counted for the calling thread. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/plumb_link.h"
#include "plumbline/pipeline.h"

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Volatile: the compiler believes that malloc does not look at our variables. */
static _Thread_local volatile bool counting;
static _Thread_local volatile unsigned allocations;

#if defined(__SANITIZE_ADDRESS__)
enum { COUNTED = 0 }; /* the sanitizer has malloc for itself */
#else
enum { COUNTED = 1 };
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
void *malloc(size_t n)
{
    if (counting) allocations++;
    return __libc_malloc(n);
}
void *calloc(size_t n, size_t size)
{
    if (counting) allocations++;
    return __libc_calloc(n, size);
}
void *realloc(void *p, size_t n)
{
    if (counting) allocations++;
    return __libc_realloc(p, n);
}
#endif

enum { RATE_HZ = 100, BATCH = 10 };

struct device {
    uint8_t seq;
    uint32_t index;
};

static size_t put_stream(struct device *d, uint8_t *wire)
{
    const struct plumb_stream stream = {.accel_lsb_mps2 = STANDARD_GRAVITY_MPS2 / 2048, .gyro_lsb_rads = 0.001065f,
                                        .rate_mhz = RATE_HZ * 1000, .accel_range_g = 16, .gyro_range_dps = 2000, .tick_ns = 1000};
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    size_t n = plumb_put_stream(&stream, payload);
    return plumb_link_encode(PLUMB_STREAM, d->seq++, payload, n, wire);
}

/* A trunk that sways a little: nobody's data, but never the same twice. */
static size_t put_samples(struct device *d, uint8_t *wire)
{
    struct plumb_samples m = {.n = BATCH, .first_index = d->index};
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    for (int i = 0; i < BATCH; i++, d->index++) {
        double t = d->index / (double)RATE_HZ;
        m.sample[i].accel[0] = (int16_t)(100 * sin(t));
        m.sample[i].accel[2] = (int16_t)(2040 + 8 * sin(7 * t));
        m.sample[i].gyro[1] = (int16_t)(5 * cos(t));
    }
    m.t_last = (d->index - 1) * (1000000 / RATE_HZ);
    size_t n = plumb_put_samples(&m, payload);
    return plumb_link_encode(PLUMB_SAMPLES, d->seq++, payload, n, wire);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

struct rig {
    char folder[64];
    struct config config;
    struct store *store;
    struct pipeline *pipeline;
};

static int set_up(void **state)
{
    static struct rig rig;
    struct store_options o;
    char why[256];
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(1791961200)};
    snprintf(rig.folder, sizeof rig.folder, "/tmp/plumbline-pipeline-XXXXXX");
    assert_non_null(mkdtemp(rig.folder));
    config_default(&rig.config);
    snprintf(rig.config.data, sizeof rig.config.data, "%s", rig.folder);
    store_options_default(&o);
    o.wait_when_full = true;
    assert_int_equal(store_open(rig.folder, &o, &rig.store, why), 0);
    assert_int_equal(pipeline_open(&rig.config, &options, rig.store, NULL, &rig.pipeline), 0);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    pipeline_close(rig->pipeline);
    store_close(rig->store);
    return nftw(rig->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void nothing_is_allocated_on_a_samples_way(void **state)
{
    struct rig *rig = *state;
    struct device device = {0};
    uint8_t wire[PLUMB_WIRE_MAX];
    assert_int_equal(pipeline_begin_stream(rig->pipeline, "auto"), 0);
    for (int s = 0; s < 600; s++) {
        if (s % 60 == 0) pipeline_on_bytes(rig->pipeline, wire, put_stream(&device, wire), 0);
        counting = s > 60; /* the first minute may warm things up */
        for (int i = 0; i < RATE_HZ / BATCH; i++) pipeline_on_bytes(rig->pipeline, wire, put_samples(&device, wire), 0);
        counting = false;
    }
    if (COUNTED) assert_int_equal(allocations, 0);
    struct pipeline_status status;
    pipeline_status(rig->pipeline, &status);
    assert_string_equal(status.protocol, "plumb");
    assert_int_equal(status.link.samples, 600 * RATE_HZ);
    assert_int_equal(status.link.lost_samples, 0);
}

/* The counter itself must be able to count. */
static void the_counter_counts(void **state)
{
    (void)state;
    if (!COUNTED) skip();
    allocations = 0;
    counting = true;
    void *volatile p = malloc(10);
    counting = false;
    free(p);
    assert_int_equal(allocations, 1);
    allocations = 0;
}

static void every_sample_is_in_the_log(void **state)
{
    struct rig *rig = *state;
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns, before_ns = 0;
    uint64_t n = 0;
    pipeline_finish(rig->pipeline);
    store_flush(rig->store);
    assert_int_equal(log_reader_open(rig->folder, 0, INT64_MAX, &log), 0);
    for (; log_reader_next(log, &s, &wall_ns) == 1; n++) {
        assert_true(s.t_ns > before_ns);
        before_ns = s.t_ns;
        assert_int_equal(s.raw.index, n);
    }
    assert_int_equal(n, 600 * RATE_HZ);
    assert_int_equal(log_reader_damaged(log), 0);
    log_reader_close(log);
}

/* What the desk told goes with the samples: a replay of the log sees what was seen live. */
static void the_desk_is_in_the_log(void **state)
{
    static const struct {
        struct presence presence;
        uint16_t want;
    } rows[] = {
        {{0}, 0},
        {{.input = DESK_INPUT_ACTIVE}, SAMPLE_DESK_ACTIVE},
        {{.input = DESK_INPUT_QUIET}, SAMPLE_DESK_QUIET},
        {{.input = DESK_INPUT_QUIET, .locked = true}, 0},
        {{.input = DESK_INPUT_ACTIVE, .idle = true}, 0},
        {{.input = DESK_INPUT_ACTIVE, .do_not_disturb = true, .busy = true}, SAMPLE_DESK_ACTIVE},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct rig *rig = *state;
    struct device device = {0};
    uint8_t wire[PLUMB_WIRE_MAX];
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns;
    assert_int_equal(pipeline_begin_stream(rig->pipeline, "plumb"), 0);
    pipeline_on_bytes(rig->pipeline, wire, put_stream(&device, wire), 0);
    for (size_t i = 0; i < ROWS; i++) {
        pipeline_presence(rig->pipeline, &rows[i].presence);
        pipeline_on_bytes(rig->pipeline, wire, put_samples(&device, wire), 0);
    }
    store_flush(rig->store);
    assert_int_equal(log_reader_open(rig->folder, 0, INT64_MAX, &log), 0);
    for (size_t k = 0; k < (size_t)ROWS * BATCH; k++) {
        assert_int_equal(log_reader_next(log, &s, &wall_ns), 1);
        assert_int_equal(s.raw.flags & (SAMPLE_DESK_ACTIVE | SAMPLE_DESK_QUIET), rows[k / BATCH].want);
    }
    assert_int_equal(log_reader_next(log, &s, &wall_ns), 0);
    log_reader_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_counts),
        cmocka_unit_test(nothing_is_allocated_on_a_samples_way),
        cmocka_unit_test(every_sample_is_in_the_log),
    };
    const struct CMUnitTest desk[] = {cmocka_unit_test(the_desk_is_in_the_log)};
    return cmocka_run_group_tests(tests, set_up, tear_down) + cmocka_run_group_tests(desk, set_up, tear_down);
}
