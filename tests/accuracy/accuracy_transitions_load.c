/* Invariant: within a part times increase; every part has at least one row. */
#include "accuracy_transitions_load.h"

#include "columns.h"
#include "daemon/posture/vec.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { JOINT_ROWS = 50 };

/* A file as it is read. */
struct reading {
    int column[ROLES]; /* COLUMN_NONE without */
    double value[ROLES];
    bool in_ms;
    double before[ROLES]; /* of the row before */
    double *value_of;     /* ROLES of each row */
    size_t *part_start, n_parts;
};

static unsigned split(char *line, char *field[COLUMNS_MAX])
{
    unsigned n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *at = line; at && n < COLUMNS_MAX; n++) {
        while (isspace((unsigned char)*at) || *at == '"') at++;
        field[n] = at;
        at = strpbrk(at, ",;\t");
        if (at) *at++ = 0;
    }
    return n;
}

static bool read_values(struct reading *in, char *field[], unsigned n)
{
    for (int i = 0; i < ROLES; i++) {
        if (in->column[i] < 0) continue;
        if (in->column[i] >= (int)n) return false;
        char *end;
        in->value[i] = strtod(field[in->column[i]], &end);
        if (end == field[in->column[i]] || !isfinite(in->value[i])) return false;
    }
    return true;
}

static bool begins_part(const struct reading *in, size_t row)
{
    if (row == 0 || (in->column[TIME] >= 0 && in->value[TIME] < in->before[TIME])) return true;
    static const enum role parts[] = {PART, PERSON, POSITION};
    for (unsigned i = 0; i < 3; i++)
        if (in->column[parts[i]] >= 0 && in->value[parts[i]] != in->before[parts[i]]) return true;
    return in->column[PART] >= 0 && in->column[POSITION] >= 0 && in->value[LABEL] != in->before[LABEL];
}

static bool grow(struct recording *r, struct reading *in)
{
    if (r->n < r->capacity) return true;
    r->capacity = r->capacity ? 2 * r->capacity : 65536;
    r->row = realloc(r->row, r->capacity * sizeof *r->row);
    in->value_of = realloc(in->value_of, r->capacity * ROLES * sizeof *in->value_of);
    in->part_start = realloc(in->part_start, (r->capacity + 1) * sizeof *in->part_start);
    return r->row && in->value_of && in->part_start;
}

static void keep_row(struct recording *r, struct reading *in)
{
    if (begins_part(in, r->n)) in->part_start[in->n_parts++] = r->n;
    memcpy(in->value_of + r->n * ROLES, in->value, sizeof in->value);
    memcpy(in->before, in->value, sizeof in->before);
    r->n++;
}

static bool read_file(struct recording *r, struct reading *in, const char *path)
{
    gzFile file = gzopen(path, "rb");
    char line[4096], *field[COLUMNS_MAX];
    bool known = false, sound = true;
    if (!file) return false;
    while (sound && gzgets(file, line, sizeof line)) {
        bool numbers = !strpbrk(line, "abcdfghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ");
        unsigned n = split(line, field);
        if (!known) {
            sound = known = columns_find(in->column, &in->in_ms, field, n);
            if (!numbers) continue;
        }
        if (sound && read_values(in, field, n) && (sound = grow(r, in))) keep_row(r, in);
    }
    int error;
    gzerror(file, &error);
    sound &= error == Z_OK || error == Z_STREAM_END;
    gzclose(file);
    return sound && r->n > 0;
}

/* ---- units ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *v, size_t n)
{
    if (n == 0) return 0;
    qsort(v, n, sizeof *v, ascending);
    return v[n / 2];
}

/* Specific force is about 1 g most of the time: that tells g, m/s², mg and µg apart. */
static double unit_g(const struct recording *r, const struct reading *in, double *scratch)
{
    static const double units[] = {1, 1 / 9.80665, 1e-3, 1e-6};
    double best = 1, least = INFINITY;
    for (size_t i = 0; i < r->n; i++) {
        const double *v = in->value_of + i * ROLES;
        scratch[i] = sqrt(v[AX] * v[AX] + v[AY] * v[AY] + v[AZ] * v[AZ]);
    }
    double size = median_of(scratch, r->n);
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++) {
        double off = fabs(log(size * units[i]));
        if (off < least) least = off, best = units[i];
    }
    return best;
}

/* Seconds of the file's unit of time: named, else such that the usual step is that of 50 Hz. */
static double unit_s(const struct recording *r, const struct reading *in, double *scratch)
{
    size_t n = 0;
    if (in->in_ms) return 1e-3;
    for (size_t i = 1; i < r->n; i++) {
        double step = in->value_of[i * ROLES + TIME] - in->value_of[(i - 1) * ROLES + TIME];
        if (step > 0) scratch[n++] = step;
    }
    double step = median_of(scratch, n);
    return step > 0 ? 0.02 / step : 0.02;
}

static int16_t counts(double v) { return (int16_t)lrint(fmax(-32767, fmin(32767, v))); }

static void convert(struct recording *r, const struct reading *in, double rate_hz)
{
    double *scratch = malloc(r->n * sizeof *scratch);
    if (!scratch) abort();
    double g = unit_g(r, in, scratch), s = in->column[TIME] >= 0 ? unit_s(r, in, scratch) : 0;
    double rads = g == 1e-3 || g == 1e-6 ? 1e-3 : 1; /* mrad/s goes with mg, rad/s with g */
    r->scale = (struct scale){STANDARD_GRAVITY_MPS2 / 2000, r->have_gyro ? 0.001f : 0};
    for (size_t part = 0, i = 0; i < r->n; i++) {
        const double *v = in->value_of + i * ROLES;
        struct row *row = &r->row[i];
        while (part + 1 < in->n_parts && in->part_start[part + 1] <= i) part++;
        size_t first = in->part_start[part];
        double t = s > 0 ? (v[TIME] - in->value_of[first * ROLES + TIME]) * s : (double)(i - first) / rate_hz;
        row->t_ns = (int64_t)llrint(t * 1e9);
        for (int k = 0; k < 3; k++) {
            row->accel[k] = counts(v[AX + k] * g * 2000);
            row->gyro[k] = r->have_gyro ? counts(v[GX + k] * rads * 1000) : 0;
        }
        row->label = in->column[LABEL] >= 0 && v[LABEL] >= 0 && v[LABEL] <= LAST_LABEL ? (uint8_t)v[LABEL] : 0;
    }
    free(scratch);
}

/* ---- recordings joined end to end ---- */

static const float jump_least_deg = 20;

static void direction_of(const struct recording *r, size_t i, float mean[3])
{
    memset(mean, 0, 3 * sizeof *mean);
    for (size_t k = i; k < i + JOINT_ROWS; k++)
        for (int a = 0; a < 3; a++) mean[a] += r->row[k].accel[a];
    if (!vec_unit(mean)) mean[0] = 1;
}

/* Way of the vertical in the second from row I on, as the gyro has it. */
static float tilted_deg(const struct recording *r, size_t i, const float up[3])
{
    float sum = 0;
    for (size_t k = i; k < i + JOINT_ROWS; k++) {
        const int16_t *g = r->row[k].gyro;
        float rate[3] = {g[0], g[1], g[2]}, tilting[3];
        vec_reject(rate, up, tilting);
        sum += vec_norm(tilting);
    }
    return sum * r->scale.gyro_rads / (float)JOINT_ROWS * DEG_PER_RAD;
}

/* By how much more the mean direction of a second before row I differs from that of a second after than the gyro has
 * tilted meanwhile: a body cannot do that, two recordings of differently worn sensors can. */
static float jump_deg(const struct recording *r, size_t i)
{
    float before[3], after[3];
    direction_of(r, i - JOINT_ROWS, before);
    direction_of(r, i, after);
    float angle = vec_angle_deg(before, after);
    if (angle < jump_least_deg) return 0;
    return angle - tilted_deg(r, i - JOINT_ROWS, before) - tilted_deg(r, i, after);
}

static void split_at_joints(struct recording *r, struct reading *in)
{
    size_t *start = calloc(r->n + 1, sizeof *start), n = 0;
    if (!start) abort();
    for (size_t p = 0; p < in->n_parts; p++) {
        size_t end = p + 1 < in->n_parts ? in->part_start[p + 1] : r->n;
        start[n++] = in->part_start[p];
        for (size_t i = in->part_start[p] + JOINT_ROWS; i + JOINT_ROWS < end; i++) {
            if (jump_deg(r, i) < jump_least_deg) continue;
            size_t most = i;
            for (size_t k = i; k < i + JOINT_ROWS && k + JOINT_ROWS < end; k++)
                if (jump_deg(r, k) > jump_deg(r, most)) most = k;
            start[n++] = most;
            i = most + JOINT_ROWS;
        }
    }
    free(in->part_start);
    in->part_start = start;
    in->n_parts = n;
}

/* ---- truth from a thigh ---- */

/* A thigh is upright in standing and level in sitting; the sensor's x lies along it. Seated below 40° of the thigh's
 * elevation, standing from 55° on; a change is labelled a second to both sides. */
static void label_by_thigh(struct recording *r, const struct reading *in)
{
    enum { ALONG = 0 };
    const size_t beside = 100;
    double mean[3] = {0};
    int seated = -1;
    for (size_t i = 0; i < r->n; i++) {
        for (int k = 0; k < 3; k++) mean[k] += 0.03 * (in->value_of[i * ROLES + TX + (size_t)k] - mean[k]);
        double size = sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]);
        double sine = size > 0 ? fabs(mean[ALONG]) / size : 0;
        int now = sine < 0.64 ? 1 : sine > 0.82 ? 0 : seated;
        if (seated >= 0 && now != seated)
            for (size_t k = i > beside ? i - beside : 0; k < i + beside && k < r->n; k++)
                r->row[k].label = now ? SIT_DOWN_LABEL : RISE_LABEL;
        else if (r->row[i].label == 0 && now == 0)
            r->row[i].label = 5;
        seated = now;
    }
}

/* ---- truth from what stands beside the recordings ---- */

/* "transfers at A-B, C-D, … s" in the folder's README: these rose from a chair. */
static void label_by_readme(struct recording *r, const char *path)
{
    char name[4096], text[8192];
    const char *slash = strrchr(path, '/'), *at;
    snprintf(name, sizeof name, "%.*s/README.md", slash ? (int)(slash - path) : 1, slash ? path : ".");
    FILE *in = fopen(name, "re");
    if (!in) return;
    text[fread(text, 1, sizeof text - 1, in)] = 0;
    fclose(in);
    at = strstr(text, "transfers at ");
    if (!at) return;
    at += strlen("transfers at ");
    double from_s, to_s;
    for (int used = 0; sscanf(at, "%lf-%lf%n", &from_s, &to_s, &used) == 2; at += used + (at[used] == ',')) {
        for (size_t i = 0; i < r->n; i++)
            if ((double)r->row[i].t_ns * 1e-9 >= from_s && (double)r->row[i].t_ns * 1e-9 <= to_s)
                r->row[i].label = RISE_LABEL;
    }
}

/* ---- the recording ---- */

static enum recording_kind kind_of(const struct reading *in, bool have_gyro)
{
    if (in->column[TX] >= 0) return RECORDING_THIGH;
    if (in->column[WALKING] >= 0) return RECORDING_GAIT;
    if (in->column[POSITION] >= 0 && in->column[PART] >= 0) return RECORDING_TRIALS;
    return in->column[LABEL] >= 0 && have_gyro ? RECORDING_LABELLED : RECORDING_BARE;
}

/* Rows whose time does not increase are dropped. */
static void make_parts(struct recording *r, const struct reading *in)
{
    r->part = calloc(in->n_parts, sizeof *r->part);
    if (!r->part) abort();
    r->n_parts = in->n_parts;
    for (size_t p = 0; p < in->n_parts; p++) {
        size_t first = in->part_start[p], end = p + 1 < in->n_parts ? in->part_start[p + 1] : r->n;
        struct part *part = &r->part[p];
        *part = (struct part){.row = r->row + first, .label = r->row[first].label};
        if (in->column[POSITION] >= 0)
            part->placement = in->value_of[first * ROLES + POSITION] > 1 ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK;
        for (size_t i = first; i < end; i++)
            if (part->n == 0 || r->row[i].t_ns > part->row[part->n - 1].t_ns) part->row[part->n++] = r->row[i];
        for (size_t i = part->n; i-- > 0;) part->row[i].t_ns -= part->row[0].t_ns;
    }
}

bool recording_load(struct recording *r, const char *path)
{
    struct reading in = {0};
    *r = (struct recording){0};
    bool sound = read_file(r, &in, path);
    if (sound) {
        r->have_gyro = in.column[GX] >= 0 && in.column[GY] >= 0 && in.column[GZ] >= 0;
        r->kind = kind_of(&in, r->have_gyro);
        convert(r, &in, r->kind == RECORDING_GAIT ? 100 : 50);
        if (r->kind == RECORDING_THIGH) label_by_thigh(r, &in);
        if (r->kind == RECORDING_BARE) label_by_readme(r, path);
        if (r->kind == RECORDING_LABELLED) split_at_joints(r, &in);
        make_parts(r, &in);
    } else
        fprintf(stderr, "%s: left out: no recording that this program knows, or damaged\n", path);
    free(in.value_of);
    free(in.part_start);
    if (!sound) recording_free(r);
    return sound;
}

void recording_free(struct recording *r)
{
    free(r->row);
    free(r->part);
    *r = (struct recording){0};
}

struct sample recording_sample(const struct recording *r, const struct part *p, size_t i, int64_t zero_ns)
{
    const struct row *row = &p->row[i];
    struct sample s = {.t_ns = zero_ns + row->t_ns};
    s.raw.have = r->have_gyro ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL;
    s.raw.scale = r->scale;
    memcpy(s.raw.accel, row->accel, sizeof s.raw.accel);
    memcpy(s.raw.gyro, row->gyro, sizeof s.raw.gyro);
    sample_convert(&s);
    return s;
}
