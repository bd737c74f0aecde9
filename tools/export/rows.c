/* Invariants:
 *   second holds the text of the time stamp_s, for neighbouring rows mostly share it; memo likewise for floats
 */
#include "rows.h"

#include "number.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { US_PER_S = 1000000 };

struct rows {
    FILE *out;
    bool json;
    const struct export_table *t;
    int64_t stamp_s;
    char second[40];
    struct number memo;
};

int rows_open(FILE *out, const struct export_table *t, bool json, struct rows **rows)
{
    struct rows *r = calloc(1, sizeof *r);
    if (!r) return -ENOMEM;
    r->out = out;
    r->json = json;
    r->t = t;
    r->stamp_s = INT64_MIN;
    __fsetlocking(out, FSETLOCKING_BYCALLER); /* only this thread writes to it: a third of the time went into locks */
    for (unsigned i = 0; i < t->n && !json; i++) fprintf(out, "%s%s", i ? "," : "", t->column[i].name);
    if (!json) fputc('\n', out);
    *rows = r;
    return 0;
}

void rows_close(struct rows *r) { free(r); }

static void put_time(struct rows *r, int64_t us)
{
    int64_t s = us / US_PER_S - (us % US_PER_S < 0);
    if (s != r->stamp_s) {
        time_t t = (time_t)s;
        struct tm tm;
        gmtime_r(&t, &tm);
        strftime(r->second, sizeof r->second, "%Y-%m-%dT%H:%M:%S.", &tm);
        r->stamp_s = s;
    }
    fputs(r->second, r->out);
    int fraction = (int)(us - s * US_PER_S);
    for (int weight = US_PER_S / 10; weight > 0; weight /= 10) fputc('0' + fraction / weight % 10, r->out);
    fputc('Z', r->out);
}

static void put_int(struct rows *r, int64_t v)
{
    char text[24], *p = text + sizeof text;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do *--p = (char)('0' + u % 10);
    while (u /= 10);
    if (v < 0) *--p = '-';
    fwrite(p, 1, (size_t)(text + sizeof text - p), r->out);
}

static void put_csv_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20)
            fprintf(out, "\\u%04x", *text);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void put_text(const struct rows *r, const char *text)
{
    char clean[EXPORT_CLEAN_BYTES];
    export_clean(text, clean);
    (r->json ? put_json_text : put_csv_text)(r->out, clean);
}

static void put_cell(struct rows *r, enum export_type type, const struct export_cell *cell)
{
    switch (type) {
    case EXPORT_TIME:
        if (r->json) fputc('"', r->out);
        put_time(r, cell->i);
        if (r->json) fputc('"', r->out);
        break;
    case EXPORT_BOOL: fputs(cell->i ? "true" : "false", r->out); break;
    case EXPORT_I16:
    case EXPORT_I32:
    case EXPORT_I64: put_int(r, cell->i); break;
    case EXPORT_F32: fputs(number_text(&r->memo, cell->f), r->out); break;
    case EXPORT_TEXT: put_text(r, cell->text); break;
    }
}

int rows_row(struct rows *r, const struct export_cell *row)
{
    for (unsigned i = 0; i < r->t->n; i++) {
        const struct export_column *c = &r->t->column[i];
        if (i || r->json) fputc(i ? ',' : '{', r->out);
        if (r->json) fprintf(r->out, "\"%s\":", c->name);
        if (row[i].known)
            put_cell(r, c->type, &row[i]);
        else if (r->json)
            fputs("null", r->out);
    }
    fputs(r->json ? "}\n" : "\n", r->out);
    return ferror(r->out) ? errno ? -errno : -EIO : 0;
}
