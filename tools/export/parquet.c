/* Invariants:
 *   every page holds the same rows, those of the group at work; bytes are what OUT was given
 *   first … last are the groups that are written, of which only the place of each column is kept
 */
#include "parquet.h"

#include "parquet_page.h"
#include "thrift.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 32, NOTE_KEY = 48, NOTE_VALUE = 80 };

struct group {
    struct group *next;
    uint32_t rows;
    struct parquet_place place[]; /* a column each */
};

struct note {
    char key[NOTE_KEY], value[NOTE_VALUE];
};

struct parquet {
    FILE *out;
    uint64_t bytes, rows;
    const struct export_table *t;
    struct parquet_press press;
    struct group *first, *last;
    unsigned n_groups, n_notes;
    struct note note[NOTES_MAX];
    struct parquet_page page[]; /* a column each */
};

static const char magic[4] = {'P', 'A', 'R', '1'};

static void put(struct parquet *p, const void *bytes, size_t n)
{
    fwrite(bytes, 1, n, p->out);
    p->bytes += n;
}

int parquet_open(FILE *out, const struct export_table *t, enum parquet_codec codec, struct parquet **parquet)
{
    struct parquet *p = calloc(1, sizeof *p + t->n * sizeof p->page[0]);
    if (!p) return -ENOMEM;
    p->out = out;
    p->t = t;
    int error = parquet_press_init(&p->press, codec);
    for (unsigned i = 0; i < t->n && !error; i++) error = parquet_page_init(&p->page[i], &t->column[i]);
    if (error) return parquet_close(p), error;
    put(p, magic, sizeof magic);
    *parquet = p;
    return 0;
}

void parquet_close(struct parquet *p)
{
    if (!p) return;
    for (struct group *g = p->first, *next; g; g = next) next = g->next, free(g);
    for (unsigned i = 0; i < p->t->n; i++) parquet_page_free(&p->page[i]);
    parquet_press_free(&p->press);
    free(p);
}

int parquet_note(struct parquet *p, const char *key, const char *value)
{
    for (unsigned i = 0; i < p->n_notes; i++)
        if (!strcmp(p->note[i].key, key)) return 0;
    if (p->n_notes == NOTES_MAX) return -ENOMEM;
    struct note *note = &p->note[p->n_notes++];
    snprintf(note->key, sizeof note->key, "%s", key);
    snprintf(note->value, sizeof note->value, "%s", value);
    return 0;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int end_group(struct parquet *p)
{
    uint32_t rows = p->page[0].rows;
    if (rows == 0) return 0;
    struct group *g = malloc(sizeof *g + p->t->n * sizeof g->place[0]);
    if (!g) return -ENOMEM;
    *g = (struct group){.rows = rows};
    if (p->last)
        p->last->next = g;
    else
        p->first = g;
    p->last = g;
    p->n_groups++;
    p->rows += rows;
    int error = 0;
    for (unsigned i = 0; i < p->t->n && !error; i++)
        error = parquet_page_write(&p->page[i], &p->press, p->out, &p->bytes, &g->place[i]);
    return error;
}

int parquet_row(struct parquet *p, const struct export_cell *row)
{
    size_t text = 0;
    int error = 0;
    for (unsigned i = 0; i < p->t->n && !error; i++) {
        error = parquet_page_add(&p->page[i], &row[i]);
        if (p->page[i].type == EXPORT_TEXT) text += p->page[i].n;
    }
    if (error) return error;
    return p->page[0].rows == PARQUET_GROUP_ROWS || text >= PARQUET_GROUP_BYTES ? end_group(p) : 0;
}

/* ---- footer (structs of parquet.thrift, in their order) ---------------------------------------------------------- */

enum { BOOLEAN = 0, INT32 = 1, INT64 = 2, FLOAT = 4, BYTE_ARRAY = 6 }; /* Type */
enum { UTF8 = 0, TIMESTAMP_MICROS = 10, INT_16 = 16 };                 /* ConvertedType, for old readers */
enum { LOGICAL_STRING = 1, LOGICAL_TIMESTAMP = 8, LOGICAL_INTEGER = 10, MICROS = 2 }; /* LogicalType, TimeUnit */

static int physical(enum export_type type)
{
    switch (type) {
    case EXPORT_BOOL: return BOOLEAN;
    case EXPORT_I16:
    case EXPORT_I32: return INT32;
    case EXPORT_F32: return FLOAT;
    case EXPORT_TEXT: return BYTE_ARRAY;
    default: return INT64;
    }
}

static void put_logical(struct thrift *t, enum export_type type)
{
    if (type != EXPORT_TEXT && type != EXPORT_TIME && type != EXPORT_I16) return;
    thrift_i32(t, 6, type == EXPORT_TEXT ? UTF8 : type == EXPORT_TIME ? TIMESTAMP_MICROS : INT_16);
    thrift_struct(t, 10);
    if (type == EXPORT_TEXT) {
        thrift_struct(t, LOGICAL_STRING);
    } else if (type == EXPORT_I16) {
        thrift_struct(t, LOGICAL_INTEGER);
        thrift_i8(t, 1, 16);
        thrift_bool(t, 2, true); /* signed */
    } else {
        thrift_struct(t, LOGICAL_TIMESTAMP);
        thrift_bool(t, 1, true); /* isAdjustedToUTC */
        thrift_struct(t, 2);
        thrift_struct(t, MICROS);
        thrift_end(t);
        thrift_end(t);
    }
    thrift_end(t);
    thrift_end(t);
}

static void put_schema(struct thrift *t, const struct export_table *table)
{
    enum { REQUIRED = 0, OPTIONAL = 1 };
    thrift_list(t, 2, THRIFT_STRUCT, table->n + 1);
    thrift_begin(t);
    thrift_text(t, 4, table->name);
    thrift_i32(t, 5, (int32_t)table->n); /* children */
    thrift_end(t);
    for (unsigned i = 0; i < table->n; i++) {
        const struct export_column *c = &table->column[i];
        thrift_begin(t);
        thrift_i32(t, 1, physical(c->type));
        thrift_i32(t, 3, c->nullable ? OPTIONAL : REQUIRED);
        thrift_text(t, 4, c->name);
        put_logical(t, c->type);
        thrift_end(t);
    }
}

/* The bound V as the column's values are. Zero has two signs, and compares equal: the bound must hold both. */
static void put_bound(struct thrift *t, int field, enum export_type type, int64_t i, float f)
{
    uint8_t bytes[8];
    uint32_t bits;
    size_t n = type == EXPORT_BOOL ? 1 : physical(type) == INT64 ? 8 : 4;
    if (type == EXPORT_F32) {
        if (f == 0) f = field == 6 ? -0.0f : 0.0f;
        memcpy(&bits, &f, sizeof bits);
        i = bits;
    }
    for (size_t k = 0; k < n; k++) bytes[k] = (uint8_t)((uint64_t)i >> 8 * k);
    thrift_binary(t, field, bytes, n);
}

static void put_statistics(struct thrift *t, enum export_type type, const struct parquet_place *place, uint32_t rows)
{
    thrift_struct(t, 12);
    thrift_i64(t, 3, place->nulls);
    if (type != EXPORT_TEXT && place->nulls < rows) {
        put_bound(t, 5, type, place->range.most.i, place->range.most.f);
        put_bound(t, 6, type, place->range.least.i, place->range.least.f);
    }
    thrift_end(t);
}

static void put_chunk(struct thrift *t, const struct parquet *p, const struct group *g, unsigned i)
{
    const struct export_column *c = &p->t->column[i];
    const struct parquet_place *place = &g->place[i];
    thrift_begin(t);
    thrift_i64(t, 2, (int64_t)place->offset);
    thrift_struct(t, 3);
    thrift_i32(t, 1, physical(c->type));
    thrift_list(t, 2, THRIFT_I32, 2);
    thrift_element_i32(t, (int32_t)parquet_page_encoding(c->type));
    thrift_element_i32(t, PARQUET_RLE);
    thrift_list(t, 3, THRIFT_BINARY, 1);
    thrift_element_text(t, c->name);
    thrift_i32(t, 4, (int32_t)p->press.codec);
    thrift_i64(t, 5, g->rows);
    thrift_i64(t, 6, place->plain);
    thrift_i64(t, 7, place->stored);
    thrift_i64(t, 9, (int64_t)place->offset);
    put_statistics(t, c->type, place, g->rows);
    thrift_end(t);
    thrift_end(t);
}

static void put_group(struct thrift *t, const struct parquet *p, const struct group *g)
{
    int64_t plain = 0, stored = 0;
    thrift_begin(t);
    thrift_list(t, 1, THRIFT_STRUCT, p->t->n);
    for (unsigned i = 0; i < p->t->n; i++) {
        put_chunk(t, p, g, i);
        plain += g->place[i].plain;
        stored += g->place[i].stored;
    }
    thrift_i64(t, 2, plain);
    thrift_i64(t, 3, g->rows);
    thrift_i64(t, 5, (int64_t)g->place[0].offset);
    thrift_i64(t, 6, stored);
    thrift_end(t);
}

static void put_footer(struct thrift *t, const struct parquet *p)
{
    thrift_begin(t);
    thrift_i32(t, 1, 1); /* version */
    put_schema(t, p->t);
    thrift_i64(t, 3, (int64_t)p->rows);
    thrift_list(t, 4, THRIFT_STRUCT, p->n_groups);
    for (const struct group *g = p->first; g; g = g->next) put_group(t, p, g);
    thrift_list(t, 5, THRIFT_STRUCT, p->n_notes);
    for (unsigned i = 0; i < p->n_notes; i++) {
        thrift_begin(t);
        thrift_text(t, 1, p->note[i].key);
        thrift_text(t, 2, p->note[i].value);
        thrift_end(t);
    }
    thrift_text(t, 6, "plumbline version " PLUMBLINE_VERSION);
    thrift_list(t, 7, THRIFT_STRUCT, p->t->n); /* ColumnOrder: as its type says, so that bounds may be used */
    for (unsigned i = 0; i < p->t->n; i++) {
        thrift_begin(t);
        thrift_struct(t, 1);
        thrift_end(t);
        thrift_end(t);
    }
    thrift_end(t);
}

int parquet_finish(struct parquet *p)
{
    struct thrift t = {.out = p->out};
    int error = end_group(p);
    if (error) return error;
    put_footer(&t, p);
    for (int i = 0; i < 4; i++) fputc((int)(t.bytes >> 8 * i & 0xff), p->out);
    put(p, magic, sizeof magic);
    return ferror(p->out) ? errno ? -errno : -EIO : 0;
}
