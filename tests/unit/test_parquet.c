/* Parquet and the Thrift below it: bytes as the specifications want them. That others read it, system/duckdb shows. */
#include "tools/export/parquet.h"
#include "tools/export/thrift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static char *bytes;
static size_t n_bytes;

/* ---- Thrift ------------------------------------------------------------------------------------------------------ */

static void test_thrift(void **state)
{
    static const uint8_t expected[] = {
        0x11,                   /* 1: true */
        0x12,                   /* 2: false */
        0x13, 0xfe,             /* 3: i8 −2 */
        0x15, 0x01,             /* 4: i32 −1, zigzag */
        0x05, 0x28, 0xac, 0x02, /* 20: i32 150; the step is over 15, so the number is said */
        0x16, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, /* 21: i64 INT64_MAX */
        0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, /* 22: i64 INT64_MIN */
        0x18, 0x02, 'h',  'i',                                            /* 23 */
        0x1c, 0xf5, 0x02, 0x00,                                           /* 24: struct { 15: i32 1 } */
        0x19, 0x28, 0x01, 'a',  0x00,                                     /* 25: list of 2 texts: "a", "" */
        0x19, 0xf5, 0x0f, /* 26: list of 15 i32, too many for one byte */
        0,    2,    4,    6,    8,    10,   12,   14,   16,   18,   20,   22, 24, 26, 28, 0x00,
    };
    struct thrift t = {.out = open_memstream(&bytes, &n_bytes)};
    (void)state;
    thrift_begin(&t);
    thrift_bool(&t, 1, true);
    thrift_bool(&t, 2, false);
    thrift_i8(&t, 3, -2);
    thrift_i32(&t, 4, -1);
    thrift_i32(&t, 20, 150);
    thrift_i64(&t, 21, INT64_MAX);
    thrift_i64(&t, 22, INT64_MIN);
    thrift_text(&t, 23, "hi");
    thrift_struct(&t, 24);
    thrift_i32(&t, 15, 1);
    thrift_end(&t);
    thrift_list(&t, 25, THRIFT_BINARY, 2);
    thrift_element_text(&t, "a");
    thrift_element_text(&t, "");
    thrift_list(&t, 26, THRIFT_I32, 15);
    for (int i = 0; i < 15; i++) thrift_element_i32(&t, i);
    thrift_end(&t);
    fclose(t.out);
    assert_int_equal(n_bytes, sizeof expected);
    assert_int_equal(t.bytes, sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
    free(bytes);
}

/* ---- a file, byte by byte ---------------------------------------------------------------------------------------- */

static const struct export_column columns[] = {
    {"t", EXPORT_TIME, false}, {"b", EXPORT_BOOL, true}, {"i", EXPORT_I16, true},
    {"f", EXPORT_F32, true},   {"s", EXPORT_TEXT, true},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
static const struct export_table table = {"tiny", COLUMNS, columns, NULL};

static void write_file(enum parquet_codec codec, unsigned rows, struct export_cell (*cell)(unsigned row, int column))
{
    struct parquet *p;
    struct export_cell row[COLUMNS];
    FILE *out = open_memstream(&bytes, &n_bytes);
    assert_int_equal(parquet_open(out, &table, codec, &p), 0);
    for (unsigned r = 0; r < rows; r++) {
        for (int c = 0; c < COLUMNS; c++) row[c] = cell(r, c);
        assert_int_equal(parquet_row(p, row), 0);
    }
    assert_int_equal(parquet_note(p, "k", "v"), 0);
    assert_int_equal(parquet_note(p, "k", "too late"), 0);
    assert_int_equal(parquet_finish(p), 0);
    parquet_close(p);
    fclose(out);
}

/* 1 µs, true, −2, 1.5, "hé" and 2 µs, false, unknown, −0.0, unknown. */
static struct export_cell tiny(unsigned row, int column)
{
    const struct export_cell cells[2][COLUMNS] = {
        {export_time(1000), export_int(1), export_int(-2), export_float(1.5f), export_text("h\xc3\xa9")},
        {export_time(2000), export_int(0), export_none(), export_float(-0.0f), export_none()},
    };
    return cells[row][column];
}

/* In hexadecimal; SIZE and VERSION stand for what changes with the program's version. */
static const char *const golden[] = {
    "50415231", /* PAR1 */
    /* a page: DATA_PAGE, bytes, bytes stored, CRC-32, {values, DELTA_BINARY_PACKED or PLAIN,
     * RLE, RLE}; levels where nullable; values */
    "1500 1514 1514 1598e2cce206 1c 1504 150a 1506 1506 00 00", "8001 04 02 02  02 00000000",
    "1500 150e 150e 15b89db3be0c 1c 1504 1500 1506 1506 00 00", "02000000 04 01", "01",
    "1500 1514 1514 15a693e5a807 1c 1504 1500 1506 1506 00 00", "02000000 03 01", "feffffff",
    "1500 151c 151c 15df91dae901 1c 1504 1500 1506 1506 00 00", "02000000 04 01", "0000c03f 00000080",
    "1500 151a 151a 15d3be89d00b 1c 1504 1500 1506 1506 00 00", "02000000 03 01", "03000000 68c3a9",
    /* the footer: version 1; 6 schema elements, of which the first is "tiny" with 5 children */
    "1502 196c 48 0474696e79 150a 00",
    "1504 2500 18 0174 2514 4c 8c 11 1c 2c 00 00 00 00 00", /* INT64 REQUIRED t TIMESTAMP(true, MICROS) */
    "1500 2502 18 0162 00",                                 /* BOOLEAN OPTIONAL b */
    "1502 2502 18 0169 2520 4c ac 1310 11 00 00 00",        /* INT32 i INTEGER(16, true) */
    "1508 2502 18 0166 00",                                 /* FLOAT f */
    "150c 2502 18 0173 2500 4c 1c 00 00 00",                /* BYTE_ARRAY s STRING */
    "1604 191c 195c",                                       /* 2 rows; 1 row group of 5 columns */
    /* a column: its place; type, encodings, path, codec, values, bytes, bytes stored, place, {nulls, most, least} */
    "2608 1c 1504 1925 0a 06 1918 0174 1500 1604 1642 1642 2608",
    "3c 3600 28 08 0200000000000000 18 08 0100000000000000 00 00 00",
    "264a 1c 1500 1925 00 06 1918 0162 1500 1604 163c 163c 264a", "3c 3600 28 01 01 18 01 00 00 00 00",
    "268601 1c 1502 1925 00 06 1918 0169 1500 1604 1642 1642 268601", "3c 3602 28 04 feffffff 18 04 feffffff 00 00 00",
    "26c801 1c 1508 1925 00 06 1918 0166 1500 1604 164a 164a 26c801", "3c 3600 28 04 0000c03f 18 04 00000080 00 00 00",
    "269202 1c 150c 1925 00 06 1918 0173 1500 1604 1648 1648 269202", "3c 3602 00 00 00",
    "16d202 1604 2608 16d202 00",                 /* of the group: bytes, rows, place, bytes stored */
    "191c 18 016b 18 0176 00",                    /* k = v */
    "18 VERSION",                                 /* by whom */
    "195c 1c0000 1c0000 1c0000 1c0000 1c0000 00", /* bounds are in the order of the type */
    "SIZE 50415231",                              /* of the footer, PAR1 */
};

static const char by[] = "plumbline version " PLUMBLINE_VERSION;

static size_t golden_bytes(uint8_t out[1024])
{
    size_t n = 0, footer = 0;
    for (size_t i = 0; i < sizeof golden / sizeof golden[0]; i++) {
        if (!strncmp(golden[i], "1502 196c", 9)) footer = n;
        for (const char *p = golden[i]; *p;) {
            if (*p == ' ') {
                p++;
            } else if (!strncmp(p, "VERSION", 7)) {
                out[n++] = sizeof by - 1;
                memcpy(out + n, by, sizeof by - 1);
                n += sizeof by - 1;
                p += 7;
            } else if (!strncmp(p, "SIZE", 4)) {
                uint32_t size = (uint32_t)(n - footer);
                for (int k = 0; k < 4; k++) out[n++] = (uint8_t)(size >> 8 * k);
                p += 4;
            } else {
                unsigned byte;
                assert_int_equal(sscanf(p, "%2x", &byte), 1);
                out[n++] = (uint8_t)byte;
                p += 2;
            }
        }
    }
    return n;
}

static void test_golden(void **state)
{
    uint8_t expected[1024];
    size_t n = golden_bytes(expected);
    (void)state;
    write_file(PARQUET_UNCOMPRESSED, 2, tiny);
    assert_int_equal(n_bytes, n);
    assert_memory_equal(bytes, expected, n);
    free(bytes);
}

/* ---- pages, found again by their headers ------------------------------------------------------------------------- */

struct page {
    uint32_t plain, stored, values;
    size_t n; /* of text */
    uint8_t text[1 << 21];
};

static uint64_t varint(size_t *at)
{
    uint64_t v = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = (uint8_t)bytes[(*at)++];
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return v;
    }
}

static size_t varint_bytes(uint64_t v) { return v < 0x80 ? 1 : 1 + varint_bytes(v >> 7); }

static uint32_t field(size_t *at)
{
    assert_int_equal(bytes[(*at)++] & 0x0f, 5);
    return (uint32_t)(varint(at) >> 1);
}

/* The page at *AT, uncompressed; its CRC-32 is looked at. */
static void read_page(size_t *at, struct page *page)
{
    z_stream z = {0};
    assert_int_equal(field(at), 0);
    page->plain = field(at);
    page->stored = field(at);
    (*at)++;
    uint64_t crc = varint(at);
    crc = crc >> 1 ^ (0 - (crc & 1));
    assert_int_equal((uint8_t)bytes[(*at)++], 0x1c);
    page->values = field(at);
    for (int i = 0; i < 3; i++) field(at);
    *at += 2;
    assert_int_equal((uint32_t)crc, crc32_z(0, (Bytef *)bytes + *at, page->stored));
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (Bytef *)bytes + *at;
    z.avail_in = page->stored;
    z.next_out = page->text;
    z.avail_out = sizeof page->text;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    page->n = z.total_out;
    inflateEnd(&z);
    assert_int_equal(page->n, page->plain);
    *at += page->stored;
}

/* Known are the time, the boolean of every other row (1 of 7 rows is true), and the float. */
static struct export_cell sparse(unsigned row, int column)
{
    if (column == 0) return export_time(row * INT64_C(1000));
    if (column == 1 && row % 2 == 0) return export_int(row % 7 == 0);
    return column == 3 ? export_float((float)row) : export_none();
}

static void check_group(size_t *at, unsigned first, uint32_t rows)
{
    static struct page page;
    for (int column = 0; column < COLUMNS; column++) {
        read_page(at, &page);
        assert_int_equal(page.values, rows);
        if (column == 0) /* a head, and blocks in which all differences are alike */
            assert_int_equal(page.n, 3 + varint_bytes(rows) + varint_bytes(2 * first) + (rows + 126) / 128 * 5);
        if (column == 3) assert_int_equal(page.n, 4 * rows + 4 + varint_bytes(rows << 1) + 1);
        if (column == 2 || column == 4) assert_int_equal(page.n, 4 + varint_bytes(rows << 1) + 1);
        if (column != 1) continue;
        /* length, run of so many groups of 8 bits, the bits, values of those that are known */
        size_t groups = (rows + 7) / 8, known = (rows + 1) / 2, head = 4 + varint_bytes(groups << 1 | 1);
        assert_int_equal(page.n, head + groups + (known + 7) / 8);
        for (uint32_t r = 0; r < rows; r++) {
            const uint8_t *value = page.text + head + groups;
            assert_int_equal(page.text[head + r / 8] >> r % 8 & 1, r % 2 == 0);
            if (r % 2 == 0) assert_int_equal(value[r / 2 / 8] >> r / 2 % 8 & 1, (first + r) % 7 == 0);
        }
    }
}

static void test_groups(void **state)
{
    static const unsigned sizes[] = {1, 7, 8, 9, 63, 64, 513, PARQUET_GROUP_ROWS, PARQUET_GROUP_ROWS + 21};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t at = 4;
        write_file(PARQUET_GZIP, sizes[i], sparse);
        for (unsigned first = 0; first < sizes[i]; first += PARQUET_GROUP_ROWS)
            check_group(&at, first, sizes[i] - first < PARQUET_GROUP_ROWS ? sizes[i] - first : PARQUET_GROUP_ROWS);
        assert_int_equal((uint8_t)bytes[at], 0x15); /* the footer follows */
        assert_int_equal((uint8_t)bytes[at + 2], 0x19);
        free(bytes);
    }
}

/* Page after page, whatever the one before has left: none is cut off, also where it does not become smaller. */
static struct export_cell noise(unsigned row, int column)
{
    static const char text[] = "to be or not to be, that is, once more and again and again, the question of this test";
    uint32_t r = row * 2654435761u + (uint32_t)column * 40503u;
    r ^= r >> 13;
    r *= 1274126177u;
    if (column == 0) return export_int((int64_t)r * (r >> 1));
    if (column == 1) return export_int(r >> 9 & 1);
    if (column == 2) return export_int((int16_t)(r >> 8));
    return column == 3 ? export_float((float)r) : export_text(text + r % (sizeof text - 1));
}

static void test_page_after_page(void **state)
{
    static struct page page;
    (void)state;
    for (unsigned rows = 1; rows < 300; rows += 1 + rows / 8) {
        size_t at = 4;
        write_file(PARQUET_GZIP, rows, noise);
        for (int column = 0; column < COLUMNS; column++) read_page(&at, &page);
        free(bytes);
    }
}

/* Long text ends a row group early. */
static struct export_cell long_text(unsigned row, int column)
{
    static char text[EXPORT_TEXT_BYTES + 1];
    memset(text, 'a' + (int)(row % 26), EXPORT_TEXT_BYTES);
    return column == 4 ? export_text(text) : column == 0 ? export_int(row) : export_none();
}

static void test_long_text(void **state)
{
    static struct page page;
    const unsigned rows = PARQUET_GROUP_BYTES / (EXPORT_TEXT_BYTES + 4) + 100;
    size_t at = 4;
    (void)state;
    write_file(PARQUET_GZIP, rows, long_text);
    read_page(&at, &page);
    assert_in_range(page.values, rows - 100, rows - 99);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thrift),          cmocka_unit_test(test_golden),    cmocka_unit_test(test_groups),
        cmocka_unit_test(test_page_after_page), cmocka_unit_test(test_long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
