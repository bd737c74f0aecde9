/* parquet_page — the values of one column in one row group, and the page that is made of them. */
#ifndef EXPORT_PARQUET_PAGE_H
#define EXPORT_PARQUET_PAGE_H

#include "parquet.h"

#include <zlib.h>

struct parquet_range {
    union {
        int64_t i;
        float f;
    } least, most;
};

enum parquet_encoding { PARQUET_PLAIN = 0, PARQUET_RLE = 3, PARQUET_DELTA = 5 };
/* Of a column's values. */
enum parquet_encoding parquet_page_encoding(enum export_type type);

/* What the footer says of a page that is written. */
struct parquet_place {
    uint64_t offset;
    uint32_t stored, plain; /* bytes with the page's header, as stored and before compression */
    uint32_t nulls;
    struct parquet_range range; /* when any value is known */
};

struct parquet_page {
    enum export_type type;
    bool nullable;
    uint8_t *value; /* n bytes of room: int64_t where they will be packed, else PLAIN */
    size_t n, room;
    uint32_t rows, nulls;
    uint8_t known[PARQUET_GROUP_ROWS / 8]; /* a bit a row, lowest first */
    struct parquet_range range;
};

/* 0 or −ENOMEM; free it also after a failure. */
int parquet_page_init(struct parquet_page *page, const struct export_column *c);
void parquet_page_free(struct parquet_page *page);
int parquet_page_add(struct parquet_page *page, const struct export_cell *cell);

/* Compresses pages, one after the other. */
struct parquet_press {
    enum parquet_codec codec;
    z_stream z;
    uint8_t *bytes;        /* the page at work */
    size_t n, room, plain; /* plain: bytes that went in */
};
int parquet_press_init(struct parquet_press *press, enum parquet_codec codec);
void parquet_press_free(struct parquet_press *press);

/* Writes PAGE to OUT, *BYTES into the file, and empties it. 0 or a negative errno. */
int parquet_page_write(struct parquet_page *page, struct parquet_press *press, FILE *out, uint64_t *bytes,
                       struct parquet_place *place);

#endif
