/* export — what the store holds, as tables for other programs: CSV, JSON lines and Parquet with the same columns and
 * values.
 *
 * A table is a list of columns and a function that reads it from the store, row by row; a writer turns rows into one of
 * the formats. Nothing is held of what was written but, for Parquet, the row group at work (≤ 20 MB) and 40 bytes a
 * column of each that is done.
 *
 * Values  Times are UTC to the microsecond. Units stand in the names of columns, what has a name is given by it. What
 *         is not known is empty in CSV, null elsewhere. A float is its shortest decimal that reads back as the same.
 *         Text is UTF-8: a byte that belongs to no character becomes U+FFFD.
 */
#ifndef PLUMBLINE_EXPORT_H
#define PLUMBLINE_EXPORT_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- rows -------------------------------------------------------------------------------------------------------- */

enum export_type {
    EXPORT_TIME, /* µs since 1970, UTC */
    EXPORT_BOOL,
    EXPORT_I16,
    EXPORT_I32,
    EXPORT_I64,
    EXPORT_F32,
    EXPORT_TEXT
};

struct export_column {
    const char *name;
    enum export_type type;
    bool nullable;
};

struct export_cell {
    bool known;
    union {
        int64_t i;        /* EXPORT_TIME … EXPORT_I64 */
        float f;          /* finite */
        const char *text; /* at most EXPORT_TEXT_BYTES, lives as long as the call that hands it over */
    };
};
enum { EXPORT_TEXT_BYTES = 255, EXPORT_CLEAN_BYTES = 3 * EXPORT_TEXT_BYTES + 4 };

static inline struct export_cell export_none(void) { return (struct export_cell){.known = false}; }
static inline struct export_cell export_int(int64_t v) { return (struct export_cell){true, {.i = v}}; }
static inline struct export_cell export_float(float v) { return (struct export_cell){isfinite(v), {.f = v}}; }
/* No text is not known: CSV could not tell the two apart. */
static inline struct export_cell export_text(const char *v) { return (struct export_cell){v[0] != 0, {.text = v}}; }
/* Nanoseconds, rounded down. */
static inline struct export_cell export_time(int64_t wall_ns)
{
    return export_int(wall_ns / 1000 - (wall_ns % 1000 < 0));
}

/* Writes TEXT with every byte that belongs to no UTF-8 character replaced; returns the length. */
size_t export_clean(const char *text, char out[EXPORT_CLEAN_BYTES]);

/* ---- tables ------------------------------------------------------------------------------------------------------ */

struct export_writer;

struct export_job {
    const char *data; /* the data folder */
    int64_t from_s, to_s;
    uint64_t damaged; /* blocks of the raw log that were passed over */
    char why[256];
};

struct export_table {
    const char *name;
    unsigned n;
    const struct export_column *column;
    /* All rows of the job's span to W. 0, or a negative errno: of W, or of the store with .why. */
    int (*copy)(struct export_job *job, struct export_writer *w);
};

/* samples, samples in counts, minutes, events, entries, workouts, calibrations; NULL: there is none of that name. */
const struct export_table *export_find(const char *name, bool counts);
extern const struct export_table export_samples, export_counts, export_minutes, export_events, export_entries,
    export_workouts, export_calibrations;

/* ---- writers ----------------------------------------------------------------------------------------------------- */

enum export_format { EXPORT_CSV, EXPORT_JSONL, EXPORT_PARQUET, EXPORT_FORMATS };
/* By name, or by the end of a file's name; EXPORT_FORMATS: none. */
enum export_format export_format_find(const char *name);
enum export_format export_format_of(const char *file);

/* Called every few thousand rows with how many there are and the time in the row's first column. Nonzero stops. */
typedef int export_watch(void *arg, uint64_t rows, int64_t wall_us);

/* Writes to OUT, which stays the caller's. 0 or −ENOMEM. */
int export_open(FILE *out, enum export_format format, const struct export_table *t, export_watch *watch, void *arg,
                struct export_writer **w);
/* A cell a column. 0, what WATCH returned, or a negative errno; after one, only export_close. */
int export_row(struct export_writer *w, const struct export_cell *row);
/* Says something of the whole table (Parquet keeps it, the others cannot); the same KEY again is left out. */
int export_note(struct export_writer *w, const char *key, const char *value);
/* What is still to be written, unless ABANDON; frees W (NULL is fine). 0 or a negative errno. */
int export_close(struct export_writer *w, bool abandon);
uint64_t export_rows(const struct export_writer *w);

#endif
