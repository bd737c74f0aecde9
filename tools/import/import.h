/* import — recordings that other makers' programs and sensors left behind, as samples.
 *
 * A format is one file here and one line in import_formats[] (import.c). Decoders are pure, as protocols are: the state is
 * the caller's, the same bytes in any slicing give the same samples, what is damaged is counted and passed over.
 *
 * device_ns counts from 2000-01-01 00:00 where the recording says when it was made; struct import_told says by whose
 * clock.
 */
#ifndef PLUMBLINE_IMPORT_H
#define PLUMBLINE_IMPORT_H

#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT_EPOCH_S 946684800ll /* 2000-01-01 00:00 UTC, seconds since 1970 */
enum { IMPORT_HEAD = 256 * 1024 }; /* as much of a recording's beginning is shown to those who must judge by it */

enum import_clock {
    IMPORT_NO_CLOCK, /* samples have no time: somebody must say how many came a second, and when the first did */
    IMPORT_RUNNING,  /* counts from wherever it likes: somebody must say when the first sample was */
    IMPORT_LOCAL,    /* as a clock on the wall showed it */
    IMPORT_UTC,
};

/* What a recording says of itself, up to now. */
struct import_told {
    char what[64]; /* "Axivity AX3 1841", printable ASCII */
    enum import_clock clock;
    const char *unit;        /* what is counted: "blocks", "frames", "lines" */
    uint64_t units, damaged; /* good ones; recognised or due, but not whole */
    uint64_t skipped_bytes;  /* no part of any */
    bool cut_off;            /* a gzip file that could not be unpacked to its end */
};

struct import_options {
    const char *columns; /* which column of a table is what; NULL: by its names and values. csv.c tells the words */
};

struct import_format {
    const char *name;
    size_t (*size)(void);
    bool (*fits)(const uint8_t *head, size_t n);
    /* Makes STATE ready. 0, or −EINVAL with one line in WHY that says what to do. */
    int (*begin)(void *state, const uint8_t *head, size_t n, const struct import_options *o, char why[256]);
    /* As struct protocol's push(). */
    size_t (*push)(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count);
    /* After the last byte: what was held back until it was clear what follows. Up to MAX (≥ 1) samples; 0: no more. */
    size_t (*finish)(void *state, struct raw_sample *out, size_t max);
    void (*told)(const void *state, struct import_told *told);
};

extern const struct import_format cwa_format, witmotion_sd_format, own_format, csv_format;
extern const struct import_format *const import_formats[]; /* ends with NULL; the surest first */
/* NULL when there is none of that name, or none that the HEAD looks like. */
const struct import_format *import_find(const char *name);
const struct import_format *import_detect(const uint8_t *head, size_t n);

/* Nanoseconds since 2000-01-01 of a date and a time of day; false when there is no such date. */
bool import_date(const int date[6], int64_t *ns);

/* ---- an open recording ------------------------------------------------------------------------------------------- */

struct import_file;
/* Opens PATH (plain or gzip) as FORMAT, or as what it looks like when that is NULL. 0, or a negative errno with one line
 * in WHY (≤ 256 bytes) that says what to do. */
int import_open(const char *path, const struct import_format *format, const struct import_options *o,
                struct import_file **f, char why[256]);
/* Up to MAX samples; 0 at the end, or a negative errno. */
int import_read(struct import_file *f, struct raw_sample *out, int max);
void import_told(const struct import_file *f, struct import_told *told);
const struct import_format *import_format_of(const struct import_file *f);
int import_percent(const struct import_file *f); /* how much of the file was read */
void import_close(struct import_file *f);        /* NULL is fine */

#endif
