/* Tables as text: what CSV and JSON lines make of each kind of cell; floats and UTF-8 as they leave. */
#include "tools/export/export.h"
#include "tools/export/number.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct export_column columns[] = {
    {"time", EXPORT_TIME, false}, {"well", EXPORT_BOOL, true},  {"short", EXPORT_I16, true},
    {"whole", EXPORT_I64, true},  {"x_mps2", EXPORT_F32, true}, {"what", EXPORT_TEXT, true},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };
static const struct export_table table = {"things", COLUMNS, columns, NULL};

static struct export_cell none_known[COLUMNS];

/* One row as FORMAT, without CSV's line of names. To be freed. */
static char *written(enum export_format format, const struct export_cell row[COLUMNS])
{
    static const char names[] = "time,well,short,whole,x_mps2,what\n";
    struct export_writer *w;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_int_equal(export_open(out, format, &table, NULL, NULL, &w), 0);
    assert_int_equal(export_row(w, row), 0);
    assert_int_equal(export_rows(w), 1);
    assert_int_equal(export_close(w, false), 0);
    fclose(out);
    if (format != EXPORT_CSV) return text;
    assert_memory_equal(text, names, sizeof names - 1);
    memmove(text, text + sizeof names - 1, n - sizeof names + 2);
    return text;
}

static void assert_written(const struct export_cell row[COLUMNS], const char *csv, const char *json)
{
    char *text = written(EXPORT_CSV, row);
    assert_string_equal(text, csv);
    free(text);
    text = written(EXPORT_JSONL, row);
    assert_string_equal(text, json);
    free(text);
}

static void test_cells(void **state)
{
    (void)state;
    struct export_cell row[COLUMNS] = {export_time(1772438400123456789),
                                       export_int(1),
                                       export_int(-32768),
                                       export_int(INT64_MIN),
                                       export_float(-0.1f),
                                       export_text("plain")};
    assert_written(row, "2026-03-02T08:00:00.123456Z,true,-32768,-9223372036854775808,-0.1,plain\n",
                   "{\"time\":\"2026-03-02T08:00:00.123456Z\",\"well\":true,\"short\":-32768,"
                   "\"whole\":-9223372036854775808,\"x_mps2\":-0.1,\"what\":\"plain\"}\n");
    row[0] = export_time(-1); /* before 1970, and rounded down */
    row[1] = export_int(0);
    for (int i = 2; i < COLUMNS; i++) row[i] = none_known[i];
    row[4] = export_float(NAN);
    assert_written(row, "1969-12-31T23:59:59.999999Z,false,,,,\n",
                   "{\"time\":\"1969-12-31T23:59:59.999999Z\",\"well\":false,\"short\":null,\"whole\":null,"
                   "\"x_mps2\":null,\"what\":null}\n");
}

static void test_text(void **state)
{
    static const struct {
        const char *text, *csv, *json;
    } cases[] = {
        {"a b; c", "a b; c", "\"a b; c\""},
        {"a,b", "\"a,b\"", "\"a,b\""},
        {"say \"so\"", "\"say \"\"so\"\"\"", "\"say \\\"so\\\"\""},
        {"one\ntwo", "\"one\ntwo\"", "\"one\\u000atwo\""},
        {"one\r", "\"one\r\"", "\"one\\u000d\""},
        {"\\\x01\x1f\x7f", "\\\x01\x1f\x7f", "\"\\\\\\u0001\\u001f\x7f\""},
        {"Rücken", "Rücken", "\"Rücken\""},
        {"\xff", "\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct export_cell row[COLUMNS] = {export_time(0)};
        char csv[128], json[256];
        row[5] = export_text(cases[i].text);
        snprintf(csv, sizeof csv, "1970-01-01T00:00:00.000000Z,,,,,%s\n", cases[i].csv);
        snprintf(json, sizeof json,
                 "{\"time\":\"1970-01-01T00:00:00.000000Z\",\"well\":null,\"short\":null,\"whole\":null,"
                 "\"x_mps2\":null,\"what\":%s}\n",
                 cases[i].json);
        assert_written(row, csv, json);
    }
    assert_false(export_text("").known);
}

static void test_utf8(void **state)
{
    static const struct {
        const char *text, *clean;
    } cases[] = {
        {"\x7f \xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf",
         "\x7f \xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"},
        {"\x80", "\xef\xbf\xbd"},                                                   /* a continuation alone */
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                                   /* overlong */
        {"\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                   /* overlong */
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                   /* a surrogate */
        {"\xf4\x90\x80\x80!", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!"}, /* beyond U+10FFFF */
        {"cut \xe8\x83", "cut \xef\xbf\xbd\xef\xbf\xbd"},                           /* by the end */
        {"cut \xf0\x9f\x8f", "cut \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    char clean[EXPORT_CLEAN_BYTES], longest[2 * EXPORT_TEXT_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(export_clean(cases[i].text, clean), strlen(cases[i].clean));
        assert_string_equal(clean, cases[i].clean);
    }
    memset(longest, 0xff, sizeof longest);
    strcpy(longest + EXPORT_TEXT_BYTES - 1, "\xf0\x9f\x8f\x8b and on");
    assert_int_equal(export_clean(longest, clean), 3 * (EXPORT_TEXT_BYTES - 1) + 4);
}

static void test_numbers(void **state)
{
    static const struct {
        float v;
        const char *text;
    } cases[] = {
        {0.0f, "0"},
        {-0.0f, "-0"},
        {1, "1"},
        {0.1f, "0.1"},
        {9.80665f, "9.80665"},
        {1e-7f, "1e-07"},
        {16777216, "16777216"},
        {3.4028235e38f, "3.4028235e+38"},
        {1e-45f, "1.401298e-45"},
    };
    struct number *m = calloc(1, sizeof *m);
    uint32_t bits = 1;
    (void)state;
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            assert_string_equal(number_text(m, cases[i].v), cases[i].text);
    for (int i = 0; i < 200000; i++) {
        float v;
        bits = bits * 1664525 + 1013904223;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v)) continue;
        float back = strtof(number_text(m, v), NULL);
        assert_memory_equal(&back, &v, sizeof v);
    }
    free(m);
}

static int stop_at_once(void *arg, uint64_t rows, int64_t wall_us)
{
    assert_int_equal(wall_us, 7);
    *(uint64_t *)arg = rows;
    return -EINTR;
}

static void test_ends(void **state)
{
    struct export_cell row[COLUMNS] = {export_int(7)};
    struct export_writer *w;
    uint64_t rows = 0;
    int error = 0;
    (void)state;
    FILE *out = fopen("/dev/null", "w");
    assert_int_equal(export_open(out, EXPORT_CSV, &table, stop_at_once, &rows, &w), 0);
    while (!error) error = export_row(w, row);
    assert_int_equal(error, -EINTR);
    assert_true(rows > 0 && rows == export_rows(w));
    export_close(w, true);
    fclose(out);
    for (enum export_format f = EXPORT_CSV; f < EXPORT_FORMATS; f++) {
        out = fopen("/dev/full", "w");
        setbuf(out, NULL);
        assert_int_equal(export_open(out, f, &table, NULL, NULL, &w), 0);
        error = 0;
        for (int i = 0; i < 1000000 && !error; i++) error = export_row(w, row);
        assert_int_equal(error, -ENOSPC);
        export_close(w, true);
        fclose(out);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(export_format_of("a.b/c.PARQUET"), EXPORT_PARQUET);
    assert_int_equal(export_format_of("c.tar.csv"), EXPORT_CSV);
    assert_int_equal(export_format_of("a.csv/c"), EXPORT_FORMATS);
    assert_int_equal(export_format_of("csv"), EXPORT_FORMATS);
    assert_int_equal(export_format_find("ndjson"), EXPORT_JSONL);
    assert_ptr_equal(export_find("samples", false), &export_samples);
    assert_ptr_equal(export_find("samples", true), &export_counts);
    assert_null(export_find("minutes", true));
    assert_null(export_find("", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),   cmocka_unit_test(test_text), cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_ends), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
