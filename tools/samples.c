/* What a stream is, its bytes say: a .cwa by its first, a protocol by listening as the daemon does, a log or a table of an
 * importer's when no protocol knows it. A protocol then hears the whole file again from its beginning. */
#include "samples.h"
#include "tool.h"
#include "import/import.h"
#include "plumbline/sensor.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 65536, BATCH = 64 };

struct printer {
    double rate_hz;
    uint64_t n, timeless, linear;
    int64_t first_ns;
    uint64_t first_index;
};

static void cells(const float *v, int n, bool have)
{
    for (int i = 0; i < n; i++) have ? printf(",%.7g", (double)v[i]) : putchar(',');
}

static void print_time(struct printer *p, const struct raw_sample *raw)
{
    if (p->n++ == 0) p->first_ns = raw->device_ns, p->first_index = raw->index;
    bool clocked = raw->device_ns != NO_DEVICE_TIME && p->first_ns != NO_DEVICE_TIME;
    p->timeless += !clocked;
    if (clocked)
        printf("%.6f", ((double)raw->device_ns - (double)p->first_ns) / NS_PER_S);
    else if (p->rate_hz > 0)
        printf("%.6f", ((double)raw->index - (double)p->first_index) / p->rate_hz);
}

static void print_samples(struct printer *p, const struct raw_sample *raw, size_t n)
{
    if (p->n == 0 && n > 0) puts("time_s,ax_mps2,ay_mps2,az_mps2,gx_rads,gy_rads,gz_rads,qw,qx,qy,qz,flags");
    for (size_t i = 0; i < n; i++) {
        struct sample s = {.raw = raw[i]};
        sample_convert(&s);
        p->linear += (raw[i].have & HAVE_LINEAR_ACCEL) != 0;
        print_time(p, &raw[i]);
        cells(s.accel_mps2, 3, raw[i].have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL));
        cells(s.gyro_rads, 3, raw[i].have & HAVE_GYRO);
        cells(s.quat, 4, raw[i].have & HAVE_QUAT);
        printf(",%u\n", raw[i].flags);
    }
}

static void tell_rest(const struct printer *p, bool cut_off)
{
    if (cut_off) fputs("the file was cut off or is damaged: this is what stands before\n", stderr);
    if (p->timeless && !(p->rate_hz > 0)) fputs("it sends no time: --rate HZ fills the first column\n", stderr);
    if (p->linear) fputs("its acceleration is without gravity; the quaternion tells the attitude\n", stderr);
}

/* ---- by an importer ---------------------------------------------------------------------------------------------- */

static int by_format(const char *file, const struct import_format *format, const char *columns, struct printer *p)
{
    struct import_file *f;
    struct import_told t;
    struct raw_sample raw[BATCH];
    char why[256];
    int n;
    if (import_open(file, format, &(struct import_options){columns}, &f, why)) return tool_fail(1, "%s: %s", file, why);
    while ((n = import_read(f, raw, BATCH)) > 0) print_samples(p, raw, (size_t)n);
    import_told(f, &t);
    import_close(f);
    if (n < 0) return tool_fail(1, "%s: %s", file, strerror(-n));
    fprintf(stderr, "%s: %s, %s: %llu samples of %llu %s; %llu damaged, %llu bytes skipped\n", file, format->name,
            t.what, (unsigned long long)p->n, (unsigned long long)t.units, t.unit, (unsigned long long)t.damaged,
            (unsigned long long)t.skipped_bytes);
    tell_rest(p, t.cut_off);
    return 0;
}

/* ---- by a protocol ----------------------------------------------------------------------------------------------- */

static const struct protocol *listen(gzFile in)
{
    static uint8_t chunk[CHUNK];
    const struct protocol *heard = NULL;
    struct detect *d = malloc(detect_size());
    if (!d) return NULL;
    detect_init(d);
    for (int n; !heard && (n = gzread(in, chunk, CHUNK)) > 0;) heard = detect_push(d, chunk, (size_t)n);
    free(d);
    return heard;
}

static void decode(gzFile in, const struct protocol *protocol, void *state, struct printer *p)
{
    static uint8_t chunk[CHUNK];
    struct raw_sample raw[BATCH];
    protocol->init(state);
    for (int n; (n = gzread(in, chunk, CHUNK)) > 0;)
        for (size_t at = 0, count; at < (size_t)n;) {
            at += protocol->push(state, chunk + at, (size_t)n - at, raw, BATCH, &count);
            print_samples(p, raw, count);
        }
}

static void tell_link(const char *file, const struct protocol *protocol, const void *state)
{
    struct link_stats s;
    struct sensor_info info;
    protocol->stats(state, &s);
    protocol->info(state, &info);
    fprintf(stderr,
            "%s: %s%s%s: %llu samples of %llu frames; %llu bad, %llu of %llu bytes skipped, %llu frames and %llu "
            "samples lost\n",
            file, protocol->name, info.model[0] ? ", " : "", info.model, (unsigned long long)s.samples,
            (unsigned long long)s.frames, (unsigned long long)s.bad_frames, (unsigned long long)s.skipped_bytes,
            (unsigned long long)s.bytes, (unsigned long long)s.lost_frames, (unsigned long long)s.lost_samples);
}

static int by_protocol(const char *file, gzFile in, const struct protocol *protocol, struct printer *p)
{
    void *state = malloc(protocol->state_size);
    int error = Z_OK;
    if (!state) return tool_fail(1, "out of memory");
    decode(in, protocol, state, p);
    gzerror(in, &error);
    tell_link(file, protocol, state);
    tell_rest(p, error != Z_OK);
    free(state);
    return p->n ? 0 : tool_fail(1, "%s: there is no sample in it", file);
}

static int unknown(const char *file)
{
    char known[128];
    config_protocol_known("?", known);
    return tool_fail(2, "%s: no known sensor protocol was recognised in it; name it with --protocol (%s)", file,
                     known + strlen("auto, "));
}

int samples_print(const char *file, const char *protocol, const char *columns, double rate_hz)
{
    static uint8_t head[IMPORT_HEAD];
    struct printer p = {.rate_hz = rate_hz};
    const struct protocol *named = protocol_find(protocol);
    gzFile in = gzopen(file, "re");
    if (!in) return tool_fail(1, "%s: %s", file, errno ? strerror(errno) : "out of memory");
    int n = gzread(in, head, IMPORT_HEAD), code;
    if (n < 0) return gzclose(in), tool_fail(1, "%s: it cannot be read (%s)", file, strerror(errno));
    if (n == 0) return gzclose(in), tool_fail(1, "%s: it is empty", file);
    const struct import_format *format = columns ? &csv_format : named ? NULL : import_detect(head, (size_t)n);
    gzrewind(in);
    if (!named && !columns && format != &cwa_format) named = listen(in);
    gzrewind(in);
    if (named && !columns)
        code = by_protocol(file, in, named, &p);
    else
        code = format ? by_format(file, format, columns, &p) : unknown(file);
    gzclose(in);
    return code;
}
