/* Invariants:
 *   value[0 .. n) are the known values of rows rows; bit r of known is set when row r has one
 *   a row group never holds more than PARQUET_GROUP_ROWS, so fixed-size values fit the room that init gave them
 */
#include "parquet_page.h"

#include "delta.h"
#include "thrift.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ------------------------------------------------------------------------------------------------------ */

enum parquet_encoding parquet_page_encoding(enum export_type type)
{
    return type == EXPORT_TIME || type == EXPORT_I64 ? PARQUET_DELTA : PARQUET_PLAIN;
}

static size_t width(enum export_type type)
{
    switch (type) {
    case EXPORT_TIME:
    case EXPORT_I64: return 8;
    case EXPORT_I16:
    case EXPORT_I32:
    case EXPORT_F32: return 4;
    default: return 0;
    }
}

int parquet_page_init(struct parquet_page *page, const struct export_column *c)
{
    size_t bytes = c->type == EXPORT_TEXT   ? 4096
                   : c->type == EXPORT_BOOL ? PARQUET_GROUP_ROWS / 8
                                            : PARQUET_GROUP_ROWS * width(c->type);
    *page = (struct parquet_page){.type = c->type, .nullable = c->nullable, .room = bytes};
    page->value = calloc(1, bytes); /* untouched pages of it cost nothing */
    return page->value ? 0 : -ENOMEM;
}

void parquet_page_free(struct parquet_page *page) { free(page->value); }

static void put_little(uint8_t *to, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] = (uint8_t)(v >> 8 * i);
}

static uint64_t bits_of(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static int add_text(struct parquet_page *page, const char *text)
{
    char clean[EXPORT_CLEAN_BYTES];
    size_t length = export_clean(text, clean);
    if (page->n + 4 + length > page->room) {
        uint8_t *larger = realloc(page->value, 2 * page->room);
        if (!larger) return -ENOMEM;
        page->value = larger;
        page->room *= 2;
    }
    put_little(page->value + page->n, length, 4);
    memcpy(page->value + page->n + 4, clean, length);
    page->n += 4 + length;
    return 0;
}

static void add_bool(struct parquet_page *page, bool v)
{
    uint32_t at = page->rows - page->nulls;
    if (v) page->value[at / 8] |= (uint8_t)(1 << at % 8);
    page->n = at / 8 + 1;
}

static void widen(struct parquet_page *page, const struct export_cell *cell)
{
    struct parquet_range *r = &page->range;
    bool first = page->rows == page->nulls;
    if (page->type == EXPORT_F32) {
        if (first || cell->f < r->least.f) r->least.f = cell->f;
        if (first || cell->f > r->most.f) r->most.f = cell->f;
    } else {
        if (first || cell->i < r->least.i) r->least.i = cell->i;
        if (first || cell->i > r->most.i) r->most.i = cell->i;
    }
}

int parquet_page_add(struct parquet_page *page, const struct export_cell *cell)
{
    size_t bytes = width(page->type);
    int error = 0;
    if (!cell->known) {
        page->nulls++;
    } else {
        if (page->type != EXPORT_TEXT) widen(page, cell);
        if (page->type == EXPORT_TEXT)
            error = add_text(page, cell->text);
        else if (page->type == EXPORT_BOOL)
            add_bool(page, cell->i != 0);
        else if (bytes == 8)
            memcpy(page->value + page->n, &cell->i, bytes);
        else
            put_little(page->value + page->n, page->type == EXPORT_F32 ? bits_of(cell->f) : (uint64_t)cell->i, bytes);
        page->n += bytes;
        page->known[page->rows / 8] |= (uint8_t)(1 << page->rows % 8);
    }
    page->rows++;
    return error;
}

/* ---- compression ------------------------------------------------------------------------------------------------- */

int parquet_press_init(struct parquet_press *press, enum parquet_codec codec)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY = 9, LEVEL = 4 /* 6 saves another 2 % and takes three times as long */ };
    *press = (struct parquet_press){.codec = codec};
    if (codec == PARQUET_UNCOMPRESSED) return 0;
    return deflateInit2(&press->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK ? 0 : -ENOMEM;
}

void parquet_press_free(struct parquet_press *press)
{
    if (press->codec == PARQUET_GZIP) deflateEnd(&press->z);
    free(press->bytes);
}

/* Begins a page of at most PLAIN bytes. A stream that has ended forgets gzip's frame in its bound: it is reset
 * first. */
static int press_begin(struct parquet_press *press, size_t plain)
{
    if (press->codec == PARQUET_GZIP) deflateReset(&press->z);
    size_t most = press->codec == PARQUET_GZIP ? deflateBound(&press->z, (uLong)plain) : plain;
    press->n = press->plain = 0;
    if (most <= press->room) return 0;
    free(press->bytes);
    press->bytes = malloc(most);
    press->room = press->bytes ? most : 0;
    return press->bytes ? 0 : -ENOMEM;
}

static void press_add(struct parquet_press *press, const void *bytes, size_t n, bool last)
{
    press->plain += n;
    if (press->codec == PARQUET_UNCOMPRESSED) {
        if (n) memcpy(press->bytes + press->n, bytes, n);
        press->n += n;
        return;
    }
    press->z.next_in = (Bytef *)bytes;
    press->z.avail_in = (uInt)n;
    press->z.next_out = press->bytes + press->n;
    press->z.avail_out = (uInt)(press->room - press->n);
    deflate(&press->z, last ? Z_FINISH : Z_NO_FLUSH); /* cannot fail: there is room for all of it */
    press->n = press->room - press->z.avail_out;
}

/* ---- the page ---------------------------------------------------------------------------------------------------- */

struct levels {
    uint8_t head[4 + 5 + 1]; /* length, the run's header as a varint, the value of a repeated run */
    size_t n_head, n_bits;
};

/* Definition levels, 1 known and 0 null, in the RLE/bit-packed hybrid: one run that repeats where all are alike, else
 * one run of bits, which are those of known. */
static struct levels levels_of(const struct parquet_page *page)
{
    struct levels l = {.n_head = 4};
    if (!page->nullable) return (struct levels){.n_head = 0};
    bool alike = page->nulls == 0 || page->nulls == page->rows;
    uint32_t run = alike ? page->rows << 1 : (page->rows + 7) / 8 << 1 | 1;
    for (; run >= 0x80; run >>= 7) l.head[l.n_head++] = (uint8_t)(run | 0x80);
    l.head[l.n_head++] = (uint8_t)run;
    if (alike)
        l.head[l.n_head++] = page->nulls == 0;
    else
        l.n_bits = (page->rows + 7) / 8;
    put_little(l.head, l.n_head - 4 + l.n_bits, 4);
    return l;
}

/* The values as they are, or packed block by block. */
static void press_values(struct parquet_press *press, const struct parquet_page *page)
{
    if (parquet_page_encoding(page->type) == PARQUET_PLAIN) {
        press_add(press, page->value, page->n, true);
        return;
    }
    uint8_t block[DELTA_BLOCK_BYTES];
    const int64_t *v = (const int64_t *)(const void *)page->value;
    uint32_t n = page->rows - page->nulls;
    press_add(press, block, delta_head(n, n ? v[0] : 0, block), false);
    for (uint32_t i = 1; i < n; i += DELTA_VALUES)
        press_add(press, block, delta_block(v + i, n - i < DELTA_VALUES ? n - i : DELTA_VALUES, block), false);
    press_add(press, NULL, 0, true);
}

/* The most that levels and values can take. */
static size_t bound(const struct parquet_page *page)
{
    size_t blocks = parquet_page_encoding(page->type) == PARQUET_DELTA ? page->rows / DELTA_VALUES + 1 : 0;
    return sizeof((struct levels *)0)->head + sizeof page->known + page->n + DELTA_HEAD_BYTES +
           blocks * (DELTA_BLOCK_BYTES - 8 * DELTA_VALUES) + 8 * DELTA_VALUES;
}

static void put_header(struct thrift *t, const struct parquet_page *page, const struct parquet_press *press)
{
    enum { DATA_PAGE = 0 };
    thrift_begin(t);
    thrift_i32(t, 1, DATA_PAGE);
    thrift_i32(t, 2, (int32_t)press->plain);
    thrift_i32(t, 3, (int32_t)press->n);
    thrift_i32(t, 4, (int32_t)crc32_z(0, press->bytes, press->n));
    thrift_struct(t, 5);
    thrift_i32(t, 1, (int32_t)page->rows);
    thrift_i32(t, 2, (int32_t)parquet_page_encoding(page->type));
    thrift_i32(t, 3, PARQUET_RLE); /* of definition levels */
    thrift_i32(t, 4, PARQUET_RLE); /* of repetition levels, of which there are none */
    thrift_end(t);
    thrift_end(t);
}

static void empty(struct parquet_page *page)
{
    if (page->type == EXPORT_BOOL) memset(page->value, 0, page->n);
    memset(page->known, 0, (page->rows + 7) / 8);
    page->n = 0;
    page->rows = page->nulls = 0;
}

int parquet_page_write(struct parquet_page *page, struct parquet_press *press, FILE *out, uint64_t *bytes,
                       struct parquet_place *place)
{
    struct thrift t = {.out = out};
    struct levels levels = levels_of(page);
    int error = press_begin(press, bound(page));
    if (error) return error;
    press_add(press, levels.head, levels.n_head, false);
    press_add(press, page->known, levels.n_bits, false);
    press_values(press, page);
    put_header(&t, page, press);
    fwrite(press->bytes, 1, press->n, out);
    if (ferror(out)) return errno ? -errno : -EIO;
    *place = (struct parquet_place){
        .offset = *bytes,
        .stored = (uint32_t)(t.bytes + press->n),
        .plain = (uint32_t)(t.bytes + press->plain),
        .nulls = page->nulls,
        .range = page->range,
    };
    *bytes += place->stored;
    empty(page);
    return 0;
}
