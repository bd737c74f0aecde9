/* Invariants:
 *   line[0 .. length) is the line being read; a line over TEXT_LINE_MAX is passed over up to its end
 *   value[0 .. learnt) are the latest lines, all of the same columns; while locked nothing is learnt
 *   no sample leaves before TEXT_LEARN_LINES lines of one kind made sense; those lines are handed over then
 */
#include "outbox.h"
#include "text_line.h"
#include "plumbline/sensor.h"

#include <math.h>
#include <string.h>

static const double CLOCK_TURN = 4294967296.0; /* millis() and micros() count in 32 bits */
enum { GIVE_UP_LINES = 20 };

_Static_assert((int)TEXT_LEARN_LINES <= (int)OUTBOX_SAMPLES, "the learnt lines leave at once");

struct text {
    struct link_stats stats;
    struct outbox box;
    char line[TEXT_LINE_MAX];
    unsigned length;
    bool too_long;
    /* the kind of line: how many columns, and what the names say of each */
    unsigned columns;
    struct text_column column[TEXT_COLUMNS];
    unsigned header_columns;
    struct text_column header[TEXT_COLUMNS];
    unsigned learnt;
    double value[TEXT_LEARN_LINES][TEXT_COLUMNS];
    bool locked;
    unsigned misfits; /* in a row */
    struct text_layout layout;
    uint64_t index;
    double last_time, turns;
};

/* Device time of a line that says VALUE: unwrapped, and from the beginning again when it ran back. */
static int64_t device_time(struct text *t, double value, uint16_t *flags)
{
    if (value < t->last_time) {
        bool turned = t->last_time - value > CLOCK_TURN / 2 && t->last_time < CLOCK_TURN;
        if (turned) {
            t->turns++;
        } else {
            t->turns = 0;
            t->index = 0;
            *flags |= SAMPLE_RESTARTED;
        }
    }
    t->last_time = value;
    double ns = (value + t->turns * CLOCK_TURN) * t->layout.time_ns;
    return fabs(ns) < 4e18 ? (int64_t)ns : NO_DEVICE_TIME;
}

static void emit(struct text *t, const double *value)
{
    const struct text_layout *l = &t->layout;
    struct raw_sample *s = outbox_add(&t->box);
    s->scale = SCALE_16G_2000DPS;
    s->have = HAVE_ACCEL;
    for (int a = 0; a < 3; a++)
        s->accel[a] = sample_count(value[l->accel[a]] * l->accel_mps2 / (double)s->scale.accel_mps2, &s->flags);
    if (l->gyro[0] >= 0) {
        s->have |= HAVE_GYRO;
        for (int a = 0; a < 3; a++)
            s->gyro[a] = sample_count(value[l->gyro[a]] * l->gyro_rads / (double)s->scale.gyro_rads, &s->flags);
    }
    if (l->time >= 0) s->device_ns = device_time(t, value[l->time], &s->flags);
    s->index = t->index++;
    t->stats.samples++;
    t->stats.frames++;
    t->stats.run++;
}

static void skip(struct text *t)
{
    t->stats.skipped_bytes += t->length;
    t->stats.run = 0;
}

static void unlock(struct text *t)
{
    t->locked = false;
    t->learnt = t->misfits = 0;
}

static void learn(struct text *t, const struct text_line *line)
{
    memcpy(t->value[t->learnt++], line->value, sizeof line->value);
    t->stats.run = t->learnt;
    if (t->learnt < TEXT_LEARN_LINES) return;
    t->learnt = 0;
    t->stats.run = 0;
    t->locked = text_layout_find(&t->layout, t->column, t->columns, t->value) && text_layout_changes(&t->layout, t->value);
    if (!t->locked) {
        t->stats.bad_frames += TEXT_LEARN_LINES;
        return;
    }
    if (t->layout.time >= 0) t->last_time = t->value[0][t->layout.time];
    t->turns = 0;
    for (int i = 0; i < TEXT_LEARN_LINES; i++) emit(t, t->value[i]);
}

static bool is_axis(const struct text *t, const struct text_word *w)
{
    char c = (char)(t->line[w->start] | 0x20);
    return w->length == 1 && c >= 'x' && c <= 'z';
}

/* What word I of LINE says of its values. A lone axis means that of the quantity named before: "Gyro X: 1 Y: 2". */
static struct text_column name_of(const struct text *t, const struct text_line *line, int i)
{
    const struct text_word *w = &line->word[i];
    struct text_column column = text_name_column(t->line + w->start, w->length);
    if (!is_axis(t, w)) return column;
    while (i > 0 && is_axis(t, &line->word[i])) i--;
    const struct text_word *before = &line->word[i];
    struct text_column quantity = text_name_column(t->line + before->start, before->length);
    if (quantity.axis >= 0 || (quantity.role != TEXT_ACCEL && quantity.role != TEXT_GYRO)) return column;
    quantity.axis = column.axis;
    return quantity;
}

/* Six values under one name are two triples, whatever it says of one: "a/g: 1 2 3 4 5 6". */
static bool names_too_much(const struct text_line *line, unsigned i)
{
    for (unsigned k = i; k < line->values && line->name[k] == line->name[i]; k++)
        if (line->part[k] >= 5) return true;
    return false;
}

/* What the names in LINE, or else the header above it, say of its columns. */
static void name_columns(const struct text *t, const struct text_line *line, struct text_column *column)
{
    bool headed = line->words == 0 && line->values == t->header_columns;
    for (unsigned i = 0; i < line->values; i++) {
        column[i] = headed ? t->header[i] : (struct text_column){TEXT_OTHER, -1, 0};
        if (line->name[i] < 0 || names_too_much(line, i)) continue;
        column[i] = name_of(t, line, line->name[i]);
        if (column[i].axis < 0 && line->part[i] < 3) column[i].axis = (signed char)line->part[i];
    }
}

static bool alike(const struct text *t, const struct text_column *column, unsigned columns)
{
    bool same = columns == t->columns;
    for (unsigned i = 0; i < columns && same; i++)
        same = column[i].role == t->column[i].role && column[i].axis == t->column[i].axis;
    return same;
}

static void on_data(struct text *t, const struct text_line *line)
{
    struct text_column column[TEXT_COLUMNS];
    name_columns(t, line, column);
    bool same = alike(t, column, line->values);
    if (t->locked && same) {
        t->misfits = 0;
        emit(t, line->value);
        return;
    }
    if (t->locked) {
        t->stats.bad_frames++;
        skip(t);
        if (++t->misfits < GIVE_UP_LINES) return;
        unlock(t);
    }
    if (!same) {
        t->columns = line->values;
        memcpy(t->column, column, sizeof column);
        t->learnt = 0;
    }
    learn(t, line);
}

/* Boot messages look like headers too; a header is one that names an accelerometer. */
static void on_header(struct text *t, const struct text_line *line)
{
    struct text_column column[TEXT_COLUMNS];
    skip(t);
    for (unsigned i = 0; i < line->words; i++)
        column[i] = text_name_column(t->line + line->word[i].start, line->word[i].length);
    if (!text_layout_names_accel(column, line->words)) return;
    t->header_columns = line->words;
    memcpy(t->header, column, sizeof column);
}

static void on_line(struct text *t)
{
    struct text_line line;
    if (t->too_long || !text_line_read(t->line, t->length, &line)) {
        skip(t);
        t->stats.bad_frames += t->locked;
        t->learnt = 0;
    } else if (line.values > 0) {
        on_data(t, &line);
    } else {
        on_header(t, &line);
    }
}

static void step(void *state, uint8_t byte)
{
    struct text *t = state;
    t->stats.bytes++;
    if (byte == '\n' || byte == '\r') {
        if (t->length > 0) on_line(t);
        t->length = 0;
        t->too_long = false;
    } else if (t->length < TEXT_LINE_MAX) {
        t->line[t->length++] = (char)byte;
    } else {
        t->too_long = true;
        t->stats.skipped_bytes++;
    }
}

static void text_init(void *state) { memset(state, 0, sizeof(struct text)); }

static size_t text_push(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count)
{
    struct text *t = state;
    return outbox_feed(&t->box, step, t, bytes, n, out, max, count);
}

static void text_stats(const void *state, struct link_stats *stats) { *stats = ((const struct text *)state)->stats; }

static void text_info(const void *state, struct sensor_info *info)
{
    const struct text *t = state;
    memset(info, 0, sizeof *info);
    memcpy(info->model, "text", sizeof "text");
    info->battery_percent = -1;
    info->has_clock = t->locked && t->layout.time >= 0;
}

const struct protocol text_protocol = {
    .name = "text",
    .state_size = sizeof(struct text),
    .assurance = ASSURANCE_TEXT,
    .lock_run = TEXT_LEARN_LINES,
    .init = text_init,
    .push = text_push,
    .stats = text_stats,
    .info = text_info,
};
