/* Which table, which format; the rest is handed on. */
#include "export.h"

#include "parquet.h"
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WATCH_ROWS = 8192 };

struct export_writer {
    FILE *out;
    enum export_format format;
    uint64_t n;
    export_watch *watch;
    void *arg;
    struct rows *rows;       /* CSV and JSON lines */
    struct parquet *parquet; /* or Parquet */
};

const struct export_table *export_find(const char *name, bool counts)
{
    static const struct export_table *const tables[] = {&export_samples, &export_minutes,  &export_events,
                                                        &export_entries, &export_workouts, &export_calibrations};
    if (counts) return strcmp(name, "samples") ? NULL : &export_counts;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (!strcmp(tables[i]->name, name)) return tables[i];
    return NULL;
}

static const struct {
    const char *name;
    enum export_format format;
} formats[] = {
    {"csv", EXPORT_CSV},    {"jsonl", EXPORT_JSONL},     {"ndjson", EXPORT_JSONL},
    {"json", EXPORT_JSONL}, {"parquet", EXPORT_PARQUET}, {"pq", EXPORT_PARQUET},
};

enum export_format export_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (!strcasecmp(formats[i].name, name)) return formats[i].format;
    return EXPORT_FORMATS;
}

enum export_format export_format_of(const char *file)
{
    const char *dot = strrchr(file, '.');
    return dot && !strchr(dot, '/') ? export_format_find(dot + 1) : EXPORT_FORMATS;
}

int export_open(FILE *out, enum export_format format, const struct export_table *t, export_watch *watch, void *arg,
                struct export_writer **writer)
{
    struct export_writer *w = calloc(1, sizeof *w);
    if (!w) return -ENOMEM;
    *w = (struct export_writer){.out = out, .format = format, .watch = watch, .arg = arg};
    int error = format == EXPORT_PARQUET ? parquet_open(out, t, PARQUET_GZIP, &w->parquet)
                                         : rows_open(out, t, format == EXPORT_JSONL, &w->rows);
    if (error)
        free(w);
    else
        *writer = w;
    return error;
}

int export_row(struct export_writer *w, const struct export_cell *row)
{
    int error = w->parquet ? parquet_row(w->parquet, row) : rows_row(w->rows, row);
    if (error) return error;
    return ++w->n % WATCH_ROWS == 0 && w->watch ? w->watch(w->arg, w->n, row[0].i) : 0;
}

int export_note(struct export_writer *w, const char *key, const char *value)
{
    return w->parquet ? parquet_note(w->parquet, key, value) : 0;
}

int export_close(struct export_writer *w, bool abandon)
{
    if (!w) return 0;
    int error = w->parquet && !abandon ? parquet_finish(w->parquet) : 0;
    parquet_close(w->parquet);
    rows_close(w->rows);
    free(w);
    return error;
}

uint64_t export_rows(const struct export_writer *w) { return w->n; }
