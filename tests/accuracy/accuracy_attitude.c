/* How far is "up" from the truth? RMS per trial, mean over trials, of recordings with an optical reference.
 *
 * Usage: accuracy_attitude FOLDER (NAME.imu16.gz, the format is in data/broad/README.md: gyro and accelerometer
 * beside a reference quaternion). Live is scored at every record of the movement phase, settled at the records kept
 * for it. The format's layout is little-endian and packed; a file that is not of it is refused.
 */
#include "daemon/posture/attitude.h"
#include "daemon/posture/vec.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { RECORD_BYTES = 22, HEADER_BYTES = 40, MOVING_AND_KNOWN = 3, KEEP = 1024, TRIALS_MAX = 256, NAME_LEN = 256 };

struct recording {
    uint32_t n, period_ns;
    double accel_lsb_per_g, gyro_lsb_per_dps;
};

struct error {
    double sum_sq;
    unsigned n;
};

struct truth {
    float up[3];
    bool scored;
};

static int16_t i16_at(const uint8_t *p) { return (int16_t)(uint16_t)(p[0] | p[1] << 8); }
static uint32_t u32_at(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static double f64_at(const uint8_t *p)
{
    uint64_t bits = u32_at(p) | (uint64_t)u32_at(p + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool read_header(gzFile file, struct recording *r)
{
    uint8_t h[HEADER_BYTES];
    if (gzread(file, h, sizeof h) != (int)sizeof h || memcmp(h, "IMUREF1", 8) != 0) return false;
    r->n = u32_at(h + 12);
    r->period_ns = u32_at(h + 16);
    r->accel_lsb_per_g = f64_at(h + 24);
    r->gyro_lsb_per_dps = f64_at(h + 32);
    return u32_at(h + 20) == RECORD_BYTES && r->period_ns > 0 && r->accel_lsb_per_g > 0 && r->gyro_lsb_per_dps > 0;
}

static void read_record(const uint8_t rec[RECORD_BYTES], const struct recording *r, uint32_t k, struct sample *s,
                        struct truth *t)
{
    memset(s, 0, sizeof *s);
    s->t_ns = (int64_t)(k + 1) * r->period_ns;
    s->raw.have = HAVE_ACCEL | HAVE_GYRO;
    s->raw.scale.accel_mps2 = (float)(9.80665 / r->accel_lsb_per_g);
    s->raw.scale.gyro_rads = (float)(1 / r->gyro_lsb_per_dps) / DEG_PER_RAD;
    for (int i = 0; i < 3; i++) {
        s->raw.accel[i] = i16_at(rec + 2 * i);
        s->raw.gyro[i] = i16_at(rec + 6 + 2 * i);
    }
    sample_convert(s);
    float q[4];
    for (int i = 0; i < 4; i++) q[i] = (float)i16_at(rec + 12 + 2 * i);
    t->scored = (rec[20] | rec[21] << 8) == MOVING_AND_KNOWN;
    if (t->scored) quat_up(q, t->up), t->scored = vec_unit(t->up);
}

static void add_error(struct error *e, const float up[3], const struct truth *t)
{
    double off = (double)vec_angle_deg(up, t->up);
    e->sum_sq += off * off;
    e->n++;
}

static double rmse(const struct error *e) { return e->n ? sqrt(e->sum_sq / e->n) : NAN; }

static bool score(const char *path, struct error *live, struct error *settled)
{
    static struct truth kept[KEEP]; /* by record number, for the settled output that comes 2 s later */
    struct recording r;
    struct attitude a;
    gzFile file = gzopen(path, "rb");
    if (!file || !read_header(file, &r)) {
        fprintf(stderr, "%s: not a recording with a reference\n", path);
        if (file) gzclose(file);
        return false;
    }
    attitude_init(&a);
    int64_t last_ns = 0;
    uint8_t rec[RECORD_BYTES];
    for (uint32_t k = 0; k < r.n && gzread(file, rec, sizeof rec) == (int)sizeof rec; k++) {
        struct sample s;
        struct truth *t = &kept[k % KEEP];
        read_record(rec, &r, k, &s, t);
        float up[3];
        int64_t t_ns;
        attitude_push(&a, &s);
        if (t->scored && attitude_up(&a, up)) add_error(live, up, t);
        if (!attitude_settled(&a, up, &t_ns) || t_ns == last_ns) continue;
        last_ns = t_ns;
        const struct truth *then = &kept[(uint32_t)(t_ns / r.period_ns - 1) % KEEP];
        if (then->scored) add_error(settled, up, then);
    }
    gzclose(file);
    return true;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

static size_t list(const char *folder, char names[TRIALS_MAX][NAME_LEN])
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && n < TRIALS_MAX && (e = readdir(dir));)
        if (strstr(e->d_name, ".imu16.gz")) snprintf(names[n++], NAME_LEN, "%s", e->d_name);
    if (dir) closedir(dir);
    qsort(names, n, NAME_LEN, by_name);
    return n;
}

int main(int argc, char **argv)
{
    static char names[TRIALS_MAX][NAME_LEN];
    if (argc != 2) return fprintf(stderr, "usage: accuracy_attitude FOLDER\n"), 2;
    size_t n = list(argv[1], names);
    double live_sum = 0, settled_sum = 0;
    unsigned trials = 0;
    printf("%-52s %7s %7s\n", "trial", "live", "settled");
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        struct error live = {0}, settled = {0};
        if (snprintf(path, sizeof path, "%s/%s", argv[1], names[i]) >= (int)sizeof path) continue;
        if (!score(path, &live, &settled)) continue;
        printf("%-52s %7.3f %7.3f\n", names[i], rmse(&live), rmse(&settled));
        live_sum += rmse(&live);
        settled_sum += rmse(&settled);
        trials++;
    }
    if (trials == 0) return fprintf(stderr, "no recordings in %s\n", argv[1]), 1;
    printf("trials=%u\nmean_inclination_rmse_deg=%.4f\nsettled_inclination_rmse_deg=%.4f\n", trials, live_sum / trials,
           settled_sum / trials);
    return 0;
}
