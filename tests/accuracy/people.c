/* Invariants: a person in the list has at least EPOCHS_LEAST epochs; every row of their file was read. */
#include "people.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *const endings[] = {".csv.gz", ".csv"};
enum { COLUMNS_MAX = 16, LABELS = 16, EPOCHS_LEAST = 12, MEANS_OF = 250, COUNTS_ZERO = 2048, MM_S2_A_COUNT = 2 };

struct format {
    const char *header; /* what the first line begins with */
    enum person_kind kind;
    enum placement placement;
    float rate_hz;
    const char *label; /* name of its column */
    enum posture truth[LABELS];
};

static const struct format formats[] = {
    {"window,back_x_ug,back_y_ug,back_z_ug,back_mag_ug,",
     PERSON_MEANS,
     PLACEMENT_LOWER_BACK,
     0,
     "label",
     {[1] = POSTURE_WALKING,
      [3] = POSTURE_STANDING,
      [4] = POSTURE_WALKING,
      [5] = POSTURE_WALKING,
      [6] = POSTURE_STANDING,
      [7] = POSTURE_SITTING,
      [8] = POSTURE_LYING}},
    {"x,y,z,label",
     PERSON_COUNTS,
     PLACEMENT_UPPER_BACK,
     52,
     "label",
     {[1] = POSTURE_SITTING,
      [3] = POSTURE_STANDING,
      [4] = POSTURE_WALKING,
      [5] = POSTURE_WALKING,
      [6] = POSTURE_WALKING,
      [7] = POSTURE_STANDING}},
    {"activity,ax_mm_s2,ay_mm_s2,az_mm_s2,gx_mrad_s,gy_mrad_s,gz_mrad_s",
     PERSON_IMU,
     PLACEMENT_UPPER_BACK,
     25,
     "activity",
     {[1] = POSTURE_SITTING,
      [2] = POSTURE_STANDING,
      [3] = POSTURE_LYING,
      [4] = POSTURE_LYING,
      [5] = POSTURE_WALKING,
      [6] = POSTURE_WALKING,
      [9] = POSTURE_WALKING,
      [10] = POSTURE_WALKING,
      [11] = POSTURE_WALKING}},
};

void *people_must(void *memory)
{
    if (!memory) exit((fputs("out of memory\n", stderr), 1));
    return memory;
}

/* ---- rows ---- */

struct rows {
    const struct format *format;
    size_t n, columns, label_column;
    long *value; /* n × columns */
};

static size_t column_of(const char *header, const char *name, size_t *columns)
{
    size_t found = COLUMNS_MAX, n = 0, length = strlen(name);
    for (const char *at = header;; at += strcspn(at, ",\r\n") + 1) {
        size_t here = strcspn(at, ",\r\n");
        if (here == length && strncmp(at, name, length) == 0) found = n;
        n++;
        if (at[here] != ',') break;
    }
    *columns = n;
    return found;
}

static bool read_row(char *line, long *value, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        char *end;
        value[i] = strtol(line, &end, 10);
        if (*end == '.') end += 1 + strspn(end + 1, "0123456789"); /* a whole number, as some programs write it: 7.0 */
        bool ends = i + 1 == columns ? *end == '\0' || *end == '\r' || *end == '\n' : *end == ',';
        if (end == line || !ends) return false;
        line = end + 1;
    }
    return true;
}

/* Reads all rows, or says what is wrong. */
static bool read_rows(gzFile file, const char *path, struct rows *r)
{
    char line[512];
    size_t room = 0;
    while (gzgets(file, line, sizeof line)) {
        if (r->n == room) r->value = people_must(realloc(r->value, (room += 65536) * r->columns * sizeof(long)));
        if (!read_row(line, r->value + r->n * r->columns, r->columns))
            return fprintf(stderr, "%s: left out: row %zu is not as its first line says\n", path, r->n + 1), false;
        r->n++;
    }
    int error;
    const char *text = gzerror(file, &error);
    if (error == Z_OK || error == Z_STREAM_END) return true;
    return fprintf(stderr, "%s: left out: damaged after row %zu (%s)\n", path, r->n, text), false;
}

/* ---- from rows to a person ---- */

/* Length of NAME before its ending; 0 when it is no table's. */
static size_t stem_of(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        if (n > tail && strcmp(name + n - tail, endings[i]) == 0) return n - tail;
    }
    return 0;
}

/* Majority label of the N rows from AT. */
static enum posture truth_of(const struct rows *r, size_t at, size_t n)
{
    unsigned count[LABELS] = {0}, best = 0;
    for (size_t k = at; k < at + n; k++) {
        long label = r->value[k * r->columns + r->label_column];
        count[label >= 0 && label < LABELS ? label : 0]++;
    }
    for (unsigned i = 1; i < LABELS; i++)
        if (count[i] > count[best]) best = i;
    enum posture truth = r->format->truth[best];
    return truth == POSTURE_UNSURE ? POSTURE_MISSING : truth;
}

static void take_means(struct person *p, const struct rows *r)
{
    for (size_t i = 0; i < p->n_epochs; i++) {
        const long *v = r->value + i * r->columns;
        struct features *f = &p->epoch[i].features;
        features_clear(f);
        f->n = MEANS_OF;
        for (int k = 0; k < 3; k++) f->force[k] = (float)v[1 + k] * 1e-6f * MEANS_OF * STANDARD_GRAVITY_MPS2;
        f->size = (double)v[4] * 1e-6 * MEANS_OF * (double)STANDARD_GRAVITY_MPS2;
        p->epoch[i].truth = truth_of(r, i, 1);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Most of a day is spent at 1 g. */
static float median_size(const struct person *p)
{
    double *size = people_must(malloc(p->n_samples * sizeof *size));
    for (size_t k = 0; k < p->n_samples; k++) {
        const int16_t *a = p->sample[k].accel;
        size[k] = (double)(a[0] * a[0]) + (double)(a[1] * a[1]) + (double)(a[2] * a[2]);
    }
    qsort(size, p->n_samples, sizeof *size, by_size);
    float median = (float)size[p->n_samples / 2];
    free(size);
    return sqrtf(median);
}

static void take_samples(struct person *p, const struct rows *r)
{
    bool counts = p->kind == PERSON_COUNTS;
    size_t first = counts ? 0 : 1, per_epoch = p->n_samples / p->n_epochs;
    uint16_t clipped = 0;
    for (size_t k = 0; k < p->n_samples; k++) {
        const long *v = r->value + k * r->columns + first;
        for (int i = 0; i < 3; i++) {
            double a = counts ? (double)(v[i] - COUNTS_ZERO) : (double)v[i] / MM_S2_A_COUNT;
            p->sample[k].accel[i] = sample_count(a, &clipped);
            p->sample[k].gyro[i] = counts ? 0 : sample_count((double)v[3 + i], &clipped);
        }
    }
    for (size_t i = 0; i < p->n_epochs; i++) p->epoch[i].truth = truth_of(r, i * per_epoch, per_epoch);
    p->scale = counts ? (struct scale){STANDARD_GRAVITY_MPS2 / median_size(p), 0}
                      : (struct scale){1e-3f * MM_S2_A_COUNT, 1e-3f};
}

static bool make(struct person *p, const struct rows *r, const char *path)
{
    const struct format *f = r->format;
    size_t per_epoch = f->kind == PERSON_MEANS ? 1 : (size_t)(f->rate_hz * PERSON_EPOCH_S);
    *p = (struct person){.kind = f->kind, .placement = f->placement, .rate_hz = f->rate_hz};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    snprintf(p->name, sizeof p->name, "%.*s", (int)stem_of(name), name);
    p->n_epochs = r->n / per_epoch;
    if (p->n_epochs < EPOCHS_LEAST) return fprintf(stderr, "%s: left out: shorter than a minute\n", path), false;
    p->epoch = people_must(calloc(p->n_epochs, sizeof *p->epoch));
    if (f->kind == PERSON_MEANS) return take_means(p, r), true;
    p->n_samples = p->n_epochs * per_epoch;
    p->sample = people_must(calloc(p->n_samples, sizeof *p->sample));
    take_samples(p, r);
    return true;
}

/* ---- files ---- */

static bool load(struct person *p, const char *path)
{
    char header[512] = "";
    struct rows r = {0};
    gzFile file = gzopen(path, "rb");
    if (!file) return perror(path), false;
    if (!gzgets(file, header, sizeof header)) header[0] = '\0';
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strncmp(header, formats[i].header, strlen(formats[i].header)) == 0) r.format = &formats[i];
    if (r.format) r.label_column = column_of(header, r.format->label, &r.columns);
    bool known = r.format && r.columns <= COLUMNS_MAX && r.label_column < COLUMNS_MAX, fine = false;
    if (known)
        fine = read_rows(file, path, &r) && make(p, &r, path);
    else
        fprintf(stderr, "%s: passed over: its first line is of no format known here\n", path);
    gzclose(file);
    free(r.value);
    return fine;
}

static int wanted(const struct dirent *e)
{
    bool labels = strncmp(e->d_name, "labels_", 7) == 0; /* HAR70's own labels at 50 Hz lie beside its people */
    return stem_of(e->d_name) > 0 && !labels;
}

size_t people_load(struct people *p, const char *folder)
{
    struct dirent **list;
    size_t before = p->n;
    int n = scandir(folder, &list, wanted, alphasort);
    if (n < 0) return perror(folder), 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct person one;
        int length = snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        if (length < (int)sizeof path && load(&one, path)) {
            p->person = people_must(realloc(p->person, (p->n + 1) * sizeof *p->person));
            p->person[p->n++] = one;
        }
        free(list[i]);
    }
    free(list);
    if (p->n == before) fprintf(stderr, "no recordings of people in %s\n", folder);
    return p->n - before;
}

void people_free(struct people *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->person[i].epoch);
        free(p->person[i].sample);
    }
    free(p->person);
    *p = (struct people){0};
}

void people_sample(const struct person *p, size_t k, int64_t start_ns, struct sample *s)
{
    *s = (struct sample){.t_ns = start_ns + (int64_t)((double)k * NS_PER_S / (double)p->rate_hz)};
    s->raw.have = (uint16_t)(p->kind == PERSON_IMU ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL);
    s->raw.scale = p->scale;
    memcpy(s->raw.accel, p->sample[k].accel, sizeof s->raw.accel);
    memcpy(s->raw.gyro, p->sample[k].gyro, sizeof s->raw.gyro);
    sample_convert(s);
}

static bool casale_group(const struct person *p)
{
    size_t n = strlen(p->name);
    while (n > 0 && p->name[n - 1] >= '0' && p->name[n - 1] <= '9') n--;
    long number = strtol(p->name + n, NULL, 10);
    return p->kind == PERSON_COUNTS && (number == 2 || number == 6 || number == 8 || number == 10);
}

bool people_together(const struct person *a, const struct person *b)
{
    return a == b || (casale_group(a) && casale_group(b));
}
