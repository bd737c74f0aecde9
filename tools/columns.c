#include "columns.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { COLUMNS_MAX = 6, LINE_BYTES = 1024 };

struct table {
    gzFile in;
    int at[COLUMNS_MAX], n_columns; /* position in a line of each wanted column */
    double *cell;                   /* n rows of n_columns */
    size_t n, room, bad;
};

/* Position of the column NAME (N characters) in the header, −1 when it is not there. */
static int find_column(const char *header, const char *name, size_t n)
{
    for (int i = 0;; i++) {
        size_t length = strcspn(header, ",;\t\r\n");
        if (length == n && !strncmp(header, name, n)) return i;
        if (!header[length] || header[length] == '\r' || header[length] == '\n') return -1;
        header += length + 1;
    }
}

static int find_columns(struct table *t, const char *header, const char *names, char why[256])
{
    for (const char *p = names; *p && t->n_columns < COLUMNS_MAX;) {
        size_t n = strcspn(p, ",");
        if ((t->at[t->n_columns++] = find_column(header, p, n)) < 0) {
            snprintf(why, 256, "there is no column '%.*s' in its first line '%.60s'", (int)n, p, header);
            return -EINVAL;
        }
        p += n + (p[n] == ',');
    }
    if (t->n_columns == 3 || t->n_columns == 6) return 0;
    snprintf(why, 256, "--columns wants three names (accelerometer) or six (and gyroscope)");
    return -EINVAL;
}

/* The I-th field of LINE as a number. */
static bool field(const char *line, int i, double *value)
{
    for (; i > 0; i--) {
        line += strcspn(line, ",;\t");
        if (!*line++) return false;
    }
    char *end;
    *value = strtod(line, &end);
    return end != line && fabs(*value) < 1e12; /* no sensor's number is larger; NAN is none either */
}

static int take_row(struct table *t, const char *line)
{
    double row[COLUMNS_MAX];
    for (int i = 0; i < t->n_columns; i++)
        if (!field(line, t->at[i], &row[i])) return t->bad++, 0;
    if (t->n == t->room) {
        size_t room = t->room ? 2 * t->room : 65536;
        double *cell = realloc(t->cell, room * (size_t)t->n_columns * sizeof *cell);
        if (!cell) return -ENOMEM;
        t->cell = cell;
        t->room = room;
    }
    memcpy(t->cell + t->n++ * (size_t)t->n_columns, row, (size_t)t->n_columns * sizeof row[0]);
    return 0;
}

static int read_table(struct table *t, const char *path, const struct columns_options *o, char why[256])
{
    char line[LINE_BYTES];
    int failed = 0;
    t->in = gzopen(path, "re");
    if (!t->in) return snprintf(why, 256, "%s", strerror(errno)), errno ? -errno : -ENOMEM;
    if (!gzgets(t->in, line, sizeof line)) failed = (snprintf(why, 256, "it is empty"), -EINVAL);
    if (!failed) failed = find_columns(t, line, o->names, why);
    while (!failed && gzgets(t->in, line, sizeof line)) failed = take_row(t, line);
    if (failed == -ENOMEM) snprintf(why, 256, "out of memory");
    gzclose(t->in);
    if (!failed && !t->n) failed = (snprintf(why, 256, "there is no line of numbers in it"), -EINVAL);
    return failed;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* g a count, from the median length: an accelerometer on a body is at 1 g more than half of the time. */
static double median_scale(const struct table *t, double offset)
{
    double *length = malloc(t->n * sizeof *length), scale = 0;
    if (!length) return 0;
    for (size_t i = 0; i < t->n; i++) {
        const double *a = t->cell + i * (size_t)t->n_columns;
        length[i] = sqrt((a[0] - offset) * (a[0] - offset) + (a[1] - offset) * (a[1] - offset) + (a[2] - offset) * (a[2] - offset));
    }
    qsort(length, t->n, sizeof *length, by_value);
    if (length[t->n / 2] > 0) scale = 1 / length[t->n / 2];
    free(length);
    return scale;
}

static int16_t count(double v)
{
    long n = lround(v);
    return (int16_t)(n > INT16_MAX ? INT16_MAX : n < INT16_MIN ? INT16_MIN : n);
}

static void fill(const struct table *t, const struct columns_options *o, double scale_g, struct raw_sample *out)
{
    /* Integers of the file that fit stay integers; fractions, and larger ones, are kept to 1/2000 g. */
    bool whole = true;
    for (size_t i = 0; whole && i < t->n * (size_t)t->n_columns; i++)
        whole = t->cell[i] == floor(t->cell[i]) && (i % (size_t)t->n_columns >= 3 || fabs(t->cell[i] - o->offset) <= INT16_MAX);
    double fine = whole && scale_g < 0.01 ? 1 : scale_g * 2000;
    for (size_t i = 0; i < t->n; i++) {
        const double *row = t->cell + i * (size_t)t->n_columns;
        struct raw_sample *s = &out[i];
        *s = (struct raw_sample){.device_ns = NO_DEVICE_TIME, .index = i, .have = HAVE_ACCEL};
        s->scale.accel_mps2 = (float)(scale_g / fine * (double)STANDARD_GRAVITY_MPS2);
        for (int k = 0; k < 3; k++) s->accel[k] = count((row[k] - o->offset) * fine);
        if (t->n_columns < 6) continue;
        s->have |= HAVE_GYRO;
        s->scale.gyro_rads = SCALE_16G_2000DPS.gyro_rads;
        for (int k = 0; k < 3; k++) s->gyro[k] = count(row[3 + k] * o->gyro_rads / (double)s->scale.gyro_rads);
    }
}

int columns_read(const char *path, const struct columns_options *o, struct raw_sample **samples, size_t *n, size_t *bad, char why[256])
{
    struct table t = {0};
    int failed = read_table(&t, path, o, why);
    double scale_g = o->scale_g > 0 ? o->scale_g : failed ? 0 : median_scale(&t, o->offset);
    *samples = failed ? NULL : malloc(t.n * sizeof **samples);
    if (!failed && (!*samples || scale_g <= 0)) {
        snprintf(why, 256, scale_g > 0 ? "out of memory" : "its accelerometer columns are all zero; is --offset right?");
        failed = -EINVAL;
    }
    if (!failed) fill(&t, o, scale_g, *samples);
    if (failed) {
        free(*samples);
        *samples = NULL;
    }
    *n = t.n;
    *bad = t.bad;
    free(t.cell);
    return failed;
}
