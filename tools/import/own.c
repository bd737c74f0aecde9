/* What `plumbline export samples --counts` wrote as CSV: the sensor's integers with their scale, quaternions and flags,
 * so that the log gets back what it gave, to the last bit; times to the microsecond.
 *
 * Invariants:
 *   line[0 .. length) is the line being read; one over CSV_LINE is passed over up to its end
 */
#include "csv.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIME, ACCEL, GYRO = ACCEL + 3, QUAT = GYRO + 3, FLAGS = QUAT + 4, SCALE, COLUMNS = SCALE + 2 };

static const char *const names[COLUMNS] = {
    "time",
    "ax_counts",
    "ay_counts",
    "az_counts",
    "gx_counts",
    "gy_counts",
    "gz_counts",
    "qw_counts",
    "qx_counts",
    "qy_counts",
    "qz_counts",
    "flags",
    "accel_mps2_per_count",
    "gyro_rads_per_count",
};

struct own {
    struct import_told told;
    unsigned at[COLUMNS]; /* where each column stands */
    char line[CSV_LINE];
    unsigned length;
    bool too_long, past_names;
    uint64_t index;
};

static size_t own_size(void) { return sizeof(struct own); }

/* ---- the line of names ------------------------------------------------------------------------------------------- */

static bool find_columns(const uint8_t *head, size_t n, unsigned at[COLUMNS])
{
    const char *text = (const char *)head, *end = n ? memchr(text, '\n', n) : NULL;
    struct csv_line line;
    if (!end || !csv_line_split(text, (size_t)(end - text), ',', &line)) return false;
    for (int what = 0; what < COLUMNS; what++) {
        size_t length = strlen(names[what]);
        unsigned i = 0;
        while (i < line.n && (line.cell[i].n != length || memcmp(line.cell[i].text, names[what], length) != 0)) i++;
        if (i == line.n) return false;
        at[what] = i;
    }
    return true;
}

static bool own_fits(const uint8_t *head, size_t n)
{
    unsigned at[COLUMNS];
    return find_columns(head, n, at);
}

static int own_begin(void *state, const uint8_t *head, size_t n, const struct import_options *options, char why[256])
{
    struct own *o = state;
    memset(o, 0, sizeof *o);
    o->told = (struct import_told){.what = "samples that Plumbline exported", .clock = IMPORT_UTC, .unit = "lines"};
    if (options->columns) return snprintf(why, 256, "its columns are known; leave --columns out"), -EINVAL;
    if (find_columns(head, n, o->at)) return 0;
    return snprintf(why, 256, "its first line is not that of plumbline export samples --counts"), -EINVAL;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* N counts from CELL on into COUNT: 1, 0 when all of them are empty, −1 when they are neither. */
static int counts(const struct csv_cell *const *cell, int n, int16_t *count)
{
    int there = 0;
    for (int i = 0; i < n; i++) {
        double v;
        if (cell[i]->n == 0) continue;
        if (!csv_line_number(*cell[i], &v) || v != rint(v) || v < INT16_MIN || v > INT16_MAX) return -1;
        count[i] = (int16_t)v;
        there++;
    }
    return there == n ? 1 : there ? -1 : 0;
}

static bool has_word(const struct csv_cell *cell, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= cell->n; i++)
        if (!memcmp(cell->text + i, word, n) && (i == 0 || cell->text[i - 1] == ' ') &&
            (i + n == cell->n || cell->text[i + n] == ' '))
            return true;
    return false;
}

/* What was seen stays seen; that the device had restarted, or kept the sample, is of no use in another log. */
static uint16_t flags_of(const struct csv_cell *cell)
{
    unsigned flags = 0;
    for (unsigned bit = 0; sample_flag_name(bit); bit++)
        if (has_word(cell, sample_flag_name(bit))) flags |= 1u << bit;
    return (uint16_t)(flags & ~(unsigned)(SAMPLE_FROM_LOG | SAMPLE_RESTARTED));
}

/* A number that a scale can be; 0 for an empty cell, as of a sensor that has nothing to scale. */
static bool scale_of(const struct csv_cell *cell, float *scale)
{
    double v = 0;
    if (cell->n > 0 && (!csv_line_number(*cell, &v) || !(v > 1e-9) || !(v < 1e3))) return false;
    *scale = (float)v;
    return true;
}

static bool read_row(const struct own *o, const struct csv_line *line, struct raw_sample *s)
{
    const struct csv_cell *cell[COLUMNS];
    enum import_clock clock;
    for (int i = 0; i < COLUMNS; i++) {
        if (o->at[i] >= line->n) return false;
        cell[i] = &line->cell[o->at[i]];
    }
    *s = (struct raw_sample){.flags = flags_of(cell[FLAGS])};
    int accel = counts(cell + ACCEL, 3, s->accel), gyro = counts(cell + GYRO, 3, s->gyro);
    int quat = counts(cell + QUAT, 4, s->quat);
    if (accel < 0 || gyro < 0 || quat < 0 || accel + quat == 0) return false;
    if (!csv_line_time(*cell[TIME], &s->device_ns, &clock) || clock != IMPORT_UTC) return false;
    if (!scale_of(cell[SCALE], &s->scale.accel_mps2) || !scale_of(cell[SCALE + 1], &s->scale.gyro_rads)) return false;
    if ((accel && s->scale.accel_mps2 <= 0) || (gyro && s->scale.gyro_rads <= 0)) return false;
    if (s->scale.accel_mps2 <= 0) s->scale.accel_mps2 = SCALE_16G_2000DPS.accel_mps2;
    if (accel) s->have |= has_word(cell[FLAGS], "without-gravity") ? HAVE_LINEAR_ACCEL : HAVE_ACCEL;
    if (gyro) s->have |= HAVE_GYRO;
    if (quat) s->have |= HAVE_QUAT;
    return true;
}

/* The line that has ended; true with a sample. */
static bool on_line(struct own *o, struct raw_sample *s)
{
    struct csv_line line;
    bool names_line = !o->past_names;
    o->past_names = true;
    if (!names_line && !o->too_long && csv_line_split(o->line, o->length, ',', &line) && read_row(o, &line, s)) {
        s->index = o->index++;
        o->told.units++;
        return true;
    }
    o->told.skipped_bytes += o->length;
    o->told.damaged += !names_line;
    return false;
}

/* A byte; true with a sample. */
static bool step(struct own *o, char byte, struct raw_sample *s)
{
    if (byte != '\n') {
        if (o->length < CSV_LINE)
            o->line[o->length++] = byte;
        else
            o->too_long = true;
        return false;
    }
    bool whole = o->length > 0 && on_line(o, s);
    o->length = 0;
    o->too_long = false;
    return whole;
}

static size_t own_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    size_t at = 0;
    *count = 0;
    while (at < n && *count < max) *count += step(state, (char)bytes[at++], &out[*count]);
    return at;
}

static size_t own_finish(void *state, struct raw_sample *out, size_t max)
{
    (void)max;
    return step(state, '\n', out); /* the last line may lack its end */
}

static void own_told(const void *state, struct import_told *told) { *told = ((const struct own *)state)->told; }

const struct import_format own_format = {
    .name = "plumbline",
    .size = own_size,
    .fits = own_fits,
    .begin = own_begin,
    .push = own_push,
    .finish = own_finish,
    .told = own_told,
};
