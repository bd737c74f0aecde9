/* Invariants:
 *   a trial is whole or empty: a file that ends early, fails its checksum or goes on behind its last record is refused;
 *   memory grows with what has been read, not with what a header promises;
 *   every scored moment has a reference of unit length.
 */
#include "attitude_trial.h"

#include "daemon/posture/vec.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { RECORD_BYTES = 22, HEADER_BYTES = 40, RECORDS_MAX = 1 << 22, MOVING = 1, KNOWN = 2 };

struct header {
    uint32_t version, n, period_ns, record_bytes;
    double accel_lsb_per_g, gyro_lsb_per_dps;
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

static const char *read_header(gzFile file, struct header *h)
{
    uint8_t b[HEADER_BYTES];
    if (gzread(file, b, sizeof b) != (int)sizeof b) return "has no header";
    if (memcmp(b, "IMUREF1", 8) != 0) return "is not a recording with a reference";
    *h = (struct header){u32_at(b + 8), u32_at(b + 12), u32_at(b + 16), u32_at(b + 20), f64_at(b + 24), f64_at(b + 32)};
    if (h->version != 1 || h->record_bytes != RECORD_BYTES) return "is of another version";
    if (h->n == 0 || h->n > RECORDS_MAX) return "has an impossible number of records";
    if (h->period_ns < NS_PER_MS || h->period_ns > NS_PER_S) return "has an impossible period";
    if (!(h->accel_lsb_per_g > 1e-3 && h->accel_lsb_per_g < 1e6)) return "has an impossible accelerometer scale";
    if (!(h->gyro_lsb_per_dps > 1e-3 && h->gyro_lsb_per_dps < 1e6)) return "has an impossible gyro scale";
    return NULL;
}

/* false when the reference is said to be known and is not of unit length */
static bool read_record(const uint8_t b[RECORD_BYTES], const struct header *h, size_t k, struct moment *m)
{
    memset(m, 0, sizeof *m);
    m->s.t_ns = (int64_t)(k + 1) * h->period_ns;
    m->s.raw.have = HAVE_ACCEL | HAVE_GYRO;
    m->s.raw.scale.accel_mps2 = (float)(9.80665 / h->accel_lsb_per_g);
    m->s.raw.scale.gyro_rads = (float)(1 / h->gyro_lsb_per_dps) / DEG_PER_RAD;
    for (int i = 0; i < 3; i++) {
        m->s.raw.accel[i] = i16_at(b + 2 * i);
        m->s.raw.gyro[i] = i16_at(b + 6 + 2 * i);
    }
    sample_convert(&m->s);
    unsigned flags = (unsigned)b[20] | (unsigned)b[21] << 8;
    m->moving = flags & MOVING;
    if (!(flags & KNOWN)) return true;
    float q[4];
    for (int i = 0; i < 4; i++) q[i] = (float)i16_at(b + 12 + 2 * i) / QUAT_COUNTS;
    quat_up(q, m->up);
    return fabsf(vec_norm(m->up) - 1) < 0.01f && vec_unit(m->up);
}

static const char *read_records(gzFile file, const struct header *h, struct trial *t)
{
    uint8_t b[RECORD_BYTES];
    size_t room = 0;
    for (size_t k = 0; k < h->n; k++) {
        if (gzread(file, b, sizeof b) != (int)sizeof b) return "ends early or is damaged";
        if (k == room) {
            room = room ? 2 * room : 4096;
            struct moment *more = realloc(t->moment, room * sizeof *more);
            if (!more) return "needs more memory than there is";
            t->moment = more;
        }
        if (!read_record(b, h, k, &t->moment[k])) return "has a reference that is no rotation";
        t->n = k + 1;
    }
    /* reading on to the end is what makes zlib look at the checksum */
    if (gzread(file, b, 1) != 0) return "goes on behind its last record, or is damaged";
    return NULL;
}

static const char *missing_score(const struct trial *t)
{
    for (size_t k = 0; k < t->n; k++)
        if (attitude_trial_scored(&t->moment[k])) return NULL;
    return "has no movement with a reference";
}

const char *attitude_trial_read(const char *path, struct trial *t)
{
    struct header h;
    *t = (struct trial){0};
    gzFile file = gzopen(path, "rb");
    if (!file) return "cannot be opened";
    const char *why = gzdirect(file) ? "is not compressed by gzip" : read_header(file, &h);
    if (!why) why = read_records(file, &h, t);
    if (gzclose(file) != Z_OK && !why) why = "is damaged";
    if (!why) why = missing_score(t);
    if (why)
        attitude_trial_free(t);
    else
        t->period_ns = h.period_ns;
    return why;
}

void attitude_trial_copy(struct trial *to, const struct trial *from)
{
    struct moment *own = realloc(to->moment, from->n * sizeof *own);
    if (!own) abort();
    memcpy(own, from->moment, from->n * sizeof *own);
    *to = (struct trial){from->period_ns, from->n, own};
}

void attitude_trial_free(struct trial *t)
{
    free(t->moment);
    *t = (struct trial){0};
}

bool attitude_trial_scored(const struct moment *m) { return m->moving && vec_dot(m->up, m->up) > 0; }

void attitude_trial_number_times(struct trial *t)
{
    for (size_t k = 0; k < t->n; k++) t->moment[k].s.t_ns = (int64_t)(k + 1) * t->period_ns;
}

bool attitude_trial_movement(const struct trial *t, size_t *first, size_t *last)
{
    size_t n = 0;
    for (size_t k = 0; k < t->n; k++) {
        if (!t->moment[k].moving) continue;
        if (n++ == 0) *first = k;
        *last = k;
    }
    return n > 0;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

size_t attitude_trial_list(const char *folder, char (*names)[TRIAL_NAME], size_t most)
{
    static const char ending[] = ".imu16.gz";
    size_t n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && n < most && (e = readdir(dir));) {
        size_t length = strlen(e->d_name), tail = sizeof ending - 1;
        if (length <= tail || length >= TRIAL_NAME || strcmp(e->d_name + length - tail, ending) != 0) continue;
        memcpy(names[n++], e->d_name, length + 1);
    }
    if (dir) closedir(dir);
    qsort(names, n, TRIAL_NAME, by_name);
    return n;
}
