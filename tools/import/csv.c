/* A table of readings, row by row.
 *
 * Rows of the same time are a clock that shows no more (whole seconds, often): they wait until it moves on, and lie evenly
 * in between; before a gap they take as long as the shortest such step so far.
 * Invariants:
 *   line[0 .. length) is the line being read; one over CSV_LINE is passed over up to its end
 *   group[0 .. n_group) are rows of the same time; while group[leaving .. n_group) is given out, next waits if has_next
 */
#include "csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 4096 };

struct csv {
    struct import_told told;
    struct csv_layout layout;
    char line[CSV_LINE];
    unsigned length;
    bool too_long;
    uint64_t index;
    int64_t shortest_ns;             /* step of the clock so far; 0 none */
    int64_t last_of_day_ns, days_ns; /* a time of day that runs back has passed midnight */
    unsigned n_group, leaving;
    bool has_next, going;
    struct raw_sample group[GROUP], next;
};

static size_t csv_size(void) { return sizeof(struct csv); }

static bool csv_fits(const uint8_t *head, size_t n)
{
    struct csv_layout l;
    char why[256];
    for (size_t i = 0; i < n; i++)
        if (head[i] < 0x20 && head[i] != '\t' && head[i] != '\r' && head[i] != '\n') return false;
    /* A table of whatever kind is one whose columns can be asked for. */
    return csv_layout_learn(&l, (const char *)head, n, NULL, why) == 0 || l.delimiter != 0;
}

static int csv_begin(void *state, const uint8_t *head, size_t n, const struct import_options *o, char why[256])
{
    struct csv *c = state;
    memset(c, 0, offsetof(struct csv, group));
    int failed = csv_layout_learn(&c->layout, (const char *)head, n, o->columns, why);
    c->told = (struct import_told){.what = "table", .clock = c->layout.clock, .unit = "lines"};
    return failed;
}

/* ---- rows to samples --------------------------------------------------------------------------------------------- */

static int64_t time_of(struct csv *c, double value, int64_t dated_ns)
{
    const struct csv_layout *l = &c->layout;
    if (l->at[CSV_TIME] < 0) return NO_DEVICE_TIME;
    if (!l->dated) {
        double ns = value * l->time_ns - (l->clock == IMPORT_UTC ? (double)SECONDS_NS(IMPORT_EPOCH_S) : 0);
        return fabs(ns) < 2e18 ? llround(ns) : NO_DEVICE_TIME;
    }
    if (l->clock != IMPORT_RUNNING) return dated_ns;
    if (dated_ns < c->last_of_day_ns - SECONDS_NS(43200)) c->days_ns += SECONDS_NS(86400);
    c->last_of_day_ns = dated_ns;
    return dated_ns + c->days_ns;
}

static struct raw_sample sample_of(struct csv *c, const double value[CSV_COLUMNS], int64_t ns)
{
    const struct csv_layout *l = &c->layout;
    struct raw_sample s = {.device_ns = ns, .have = HAVE_ACCEL, .scale = SCALE_16G_2000DPS, .index = c->index++};
    for (int i = 0; i < 3; i++)
        s.accel[i] = sample_count(value[CSV_ACCEL + i] * l->accel_mps2 / (double)s.scale.accel_mps2, &s.flags);
    if (l->at[CSV_GYRO] < 0) return s;
    s.have |= HAVE_GYRO;
    for (int i = 0; i < 3; i++)
        s.gyro[i] = sample_count(value[CSV_GYRO + i] * l->gyro_rads / (double)s.scale.gyro_rads, &s.flags);
    return s;
}

/* The group leaves: what follows came STEP_NS later, 0 when nothing does. */
static void let_go(struct csv *c, int64_t step_ns)
{
    if (step_ns > 0 && (c->shortest_ns == 0 || step_ns < c->shortest_ns)) c->shortest_ns = step_ns;
    if (step_ns <= 0 || step_ns > c->shortest_ns) step_ns = c->shortest_ns;
    for (unsigned i = 1; i < c->n_group; i++) c->group[i].device_ns += (int64_t)((double)step_ns * i / c->n_group);
    c->going = true;
    c->leaving = 0;
}

static void add(struct csv *c, const struct raw_sample *s)
{
    bool timeless = s->device_ns == NO_DEVICE_TIME;
    if (c->n_group == 0 || (!timeless && s->device_ns == c->group[0].device_ns && c->n_group < GROUP)) {
        c->group[c->n_group++] = *s;
        return;
    }
    c->next = *s;
    c->has_next = true;
    let_go(c, timeless ? 0 : s->device_ns - c->group[0].device_ns);
}

static void on_line(struct csv *c)
{
    struct csv_line line;
    double value[CSV_COLUMNS];
    int64_t ns = 0;
    bool whole = !c->too_long && csv_line_split(c->line, c->length, c->layout.delimiter, &line);
    whole = whole && csv_layout_row(&c->layout, &line, value, &ns);
    if (whole) ns = time_of(c, value[CSV_TIME], ns);
    if (whole && (ns != NO_DEVICE_TIME || c->layout.at[CSV_TIME] < 0)) {
        struct raw_sample s = sample_of(c, value, ns);
        c->told.units++;
        add(c, &s);
        return;
    }
    c->told.skipped_bytes += c->length;
    if (c->told.units > 0) c->told.damaged++; /* what stands above the numbers is no damage */
}

static void step(struct csv *c, char byte)
{
    if (byte == '\n') {
        if (c->length > 0) on_line(c);
        c->length = 0;
        c->too_long = false;
    } else if (c->length < CSV_LINE) {
        if (byte != '\r') c->line[c->length++] = byte;
    } else {
        c->too_long = true;
    }
}

static size_t emit(struct csv *c, struct raw_sample *out, size_t max)
{
    size_t n = 0;
    while (c->going && n < max) {
        if (c->leaving < c->n_group) out[n++] = c->group[c->leaving++];
        c->going = c->leaving < c->n_group;
        if (c->going) continue;
        c->n_group = 0;
        if (c->has_next) c->group[c->n_group++] = c->next;
        c->has_next = false;
    }
    return n;
}

static size_t csv_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct csv *c = state;
    size_t at = 0;
    *count = emit(c, out, max);
    while (at < n && !c->going) {
        step(c, (char)bytes[at++]);
        *count += emit(c, out + *count, max - *count);
    }
    return at;
}

static size_t csv_finish(void *state, struct raw_sample *out, size_t max)
{
    struct csv *c = state;
    if (c->length > 0 && !c->going) step(c, '\n');
    if (!c->going && c->n_group > 0) let_go(c, 0);
    return emit(c, out, max);
}

static void csv_told(const void *state, struct import_told *told) { *told = ((const struct csv *)state)->told; }

const struct import_format csv_format = {
    .name = "csv",
    .size = csv_size,
    .fits = csv_fits,
    .begin = csv_begin,
    .push = csv_push,
    .finish = csv_finish,
    .told = csv_told,
};
