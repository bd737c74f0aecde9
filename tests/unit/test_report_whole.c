/* The report from the diary to the page. With PLUMBLINE_PAGES=FOLDER the pages are written there, for
 * tests/system/test_page.sh.
 */
#include "tests/unit/store_fixture.h"

#include "tests/system/page/made_up.h"
#include "tools/report/report.h"

#include <errno.h>
#include <time.h>

static const struct report_request known_day = {
    .first = {2026, 10, 14}, .n_days = 1, .slouch_threshold_deg = 12, .alerts_max_per_day = 16};

static const struct report_request known_week = {.first = {2026, 10, 8}, .n_days = 7, .slouch_threshold_deg = 12};

static void keep(const char *folder, const struct report_source *source)
{
    struct store *s;
    struct store_options options;
    char why[256];
    struct now now = {.utc_offset_s = MADE_UP_OFFSET_S}; /* run time and wall time are the same here */
    store_options_default(&options);
    options.wait_when_full = true;
    assert_int_equal(store_open(folder, &options, &s, why), 0);
    for (size_t i = 0; i < source->n_minutes; i++) store_minute(s, &source->minute[i]);
    for (size_t i = 0; i < source->n_events; i++) {
        const struct diary_event *e = &source->event[i];
        struct event event = {e->kind, e->reason, e->start_wall_ns, e->end_wall_ns, e->value, e->id};
        store_event(s, &event, &now);
    }
    for (size_t i = 0; i < source->n_entries; i++) store_entry(s, &source->entry[i]);
    for (size_t i = 0; i < source->n_workouts; i++) store_workout(s, &source->workout[i]);
    store_flush(s);
    store_close(s);
}

static void a_diary_gives_the_same_report(void **state)
{
    struct report_source source;
    struct report made, read;
    struct diary *d;
    char why[256], *folder = fixture_folder();
    (void)state;
    made_up_source(&source);
    keep(folder, &source);
    assert_int_equal(report_make(&source, &known_day, &made), 0);
    source_free(&source);
    assert_int_equal(diary_open(folder, &d, why), 0);

    clock_t before = clock();
    assert_int_equal(report_read(d, &known_day, &read), 0);
    double ms = (double)(clock() - before) * 1000 / CLOCKS_PER_SEC;
    print_message("a day read and made in %.1f ms\n", ms);

    char *one = made_up_printed(&made, JSON), *other = made_up_printed(&read, JSON);
    assert_string_equal(one, other);
    free(one);
    free(other);
    report_free(&made);
    report_free(&read);
    diary_close(d);
    fixture_remove(folder);
}

static void an_error_leaves_nothing_behind(void **state)
{
    struct report_request bad = {.first = {2026, 2, 30}, .n_days = 1};
    struct report r;
    struct diary *d;
    char why[256], *folder = fixture_folder();
    struct report_source empty = {0};
    (void)state;
    keep(folder, &empty);
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(report_read(d, &bad, &r), -EINVAL);
    report_free(&r);
    assert_int_equal(report_read(d, &known_day, &r), 0);
    assert_false(r.calibrated);
    report_free(&r);
    diary_close(d);
    fixture_remove(folder);
}

static void make(const struct report_request *q, struct report *r)
{
    struct report_source s;
    made_up_source(&s);
    assert_int_equal(report_make(&s, q, r), 0);
    source_free(&s);
}

static void write_page(const char *folder, const char *name, const struct report_request *q, enum printer printer)
{
    char path[1024];
    struct report r;
    make(q, &r);
    char *text = made_up_printed(&r, printer);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    free(text);
    report_free(&r);
}

static void pages_are_small(void **state)
{
    static const struct report_request empty = {.first = {2026, 9, 27}, .n_days = 1, .slouch_threshold_deg = 12};
    const char *folder = getenv("PLUMBLINE_PAGES");
    struct report r;
    (void)state;
    make(&known_day, &r);
    char *page = made_up_printed(&r, HTML);
    print_message("day page: %zu bytes\n", strlen(page));
    assert_in_range(strlen(page), 10000, 400000);
    free(page);
    report_free(&r);
    struct report_request month = {.first = {2026, 9, 14}, .n_days = 31, .slouch_threshold_deg = 12};
    make(&month, &r);
    page = made_up_printed(&r, HTML);
    print_message("month page: %zu bytes\n", strlen(page));
    assert_in_range(strlen(page), 10000, 400000);
    free(page);
    report_free(&r);
    if (!folder) return;
    write_page(folder, "month.html", &month, HTML);
    write_page(folder, "day.html", &known_day, HTML);
    write_page(folder, "week.html", &known_week, HTML);
    write_page(folder, "empty.html", &empty, HTML);
    write_page(folder, "day.txt", &known_day, TEXT);
    write_page(folder, "day-ascii.txt", &known_day, TEXT_ASCII);
    write_page(folder, "day.json", &known_day, JSON);
    write_page(folder, "week.txt", &known_week, TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_diary_gives_the_same_report),
        cmocka_unit_test(an_error_leaves_nothing_behind),
        cmocka_unit_test(pages_are_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
