/* The report: known figures of a made-up day in model, JSON and text; days of 23 and 25 hours; what a hostile title or a
 * damaged row may do (nothing).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tests/system/page/made_up.h"
#include "tools/report/report.h"
#include "tools/report/sums.h"
#include "tools/report/words.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static const struct report_request known_day = {
    .first = {2026, 10, 14}, .n_days = 1, .slouch_threshold_deg = 12, .alerts_max_per_day = 16};
static const struct report_request known_week = {.first = {2026, 10, 8}, .n_days = 7, .slouch_threshold_deg = 12};

static void make(struct report_source *s, const struct report_request *q, struct report *r)
{
    assert_int_equal(report_make(s, q, r), 0);
    source_free(s);
}

static void make_known(const struct report_request *q, struct report *r)
{
    struct report_source s;
    made_up_source(&s);
    make(&s, q, r);
}

static json_t *parsed(const struct report *r)
{
    char *text = made_up_printed(r, JSON);
    json_t *o = json_loads(text, 0, NULL);
    assert_non_null(o);
    free(text);
    return o;
}

static void near(double value, double expected) { assert_true(fabs(value - expected) < 1e-6); }

static void known_figures(void **state)
{
    struct report r;
    (void)state;
    make_known(&known_day, &r);
    const struct report_day *d = &r.day[0];
    const double *posture_min = d->figures.posture_min;
    const double known[][2] = {
        {posture_min[POSTURE_SITTING], 371},
        {posture_min[POSTURE_STANDING], 90},
        {posture_min[POSTURE_WALKING], 47},
        {posture_min[POSTURE_LYING], 20},
        {d->figures.worn_min, 528},
        {d->figures.slouch_min, 56},
        {d->figures.asymmetry_min, 6},
        {d->bouts.total_min, 371},
        {d->bouts.prolonged_min, 326},
        {d->bouts.n, 8},
        {d->bouts.n_prolonged, 6},
        {d->longest->length_min, 100},
        {d->longest->from_local_min, 815},
        {d->breaks, 7},
        {d->rises, 7},
        {d->gaps, 1},
        {d->gap_min, 2},
        {d->rezeros, 1},
        {d->length_min, 1440},
        {d->hour[14].slouch_min, 36},
        {d->hour[14].seated_min, 60},
        {r.usual.days, 5},
        {floor(d->calibration_age_days), 2},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) near(known[i][0], known[i][1]);
    report_free(&r);
}

static void prompts_have_one_fate_each(void **state)
{
    struct report r;
    (void)state;
    make_known(&known_day, &r);
    const struct report_day *d = &r.day[0];
    assert_int_equal(d->responses.sent, 6);
    assert_int_equal(d->acted_on, 3);
    assert_int_equal(d->responses.corrected_60s, 2);
    assert_int_equal(d->responses.snoozed, 1);
    assert_int_equal(d->responses.ignored, 1);
    assert_int_equal(d->responses.wrong, 1);
    near(d->responses.median_recovery_s, 40);
    report_free(&r);
}

static void workout_has_its_before_and_after(void **state)
{
    struct report r;
    (void)state;
    make_known(&known_day, &r);
    assert_int_equal(r.day[0].n_workouts, 1);
    const struct report_workout *w = &r.day[0].workout[0];
    near(w->sitting_before_min, 371);
    near(w->slouch_before_min, 56);
    assert_true(isnan(w->creep)); /* the sensor was off for 40 minutes by then */
    assert_true(w->offered && w->routine_done);
    assert_int_equal(w->items_done, 3);
    assert_string_equal(w->item[0], "walk3");
    assert_string_equal(w->item[2], "catcow");
    assert_string_equal(w->item[3], "");
    assert_int_equal(w->feel, 7);
    assert_int_equal(w->soreness_24h, 3);
    assert_int_equal(w->soreness_48h, -1);
    assert_int_equal(w->local_min, 1080);
    report_free(&r);
}

static void tomorrow_names_the_worst_hour(void **state)
{
    struct report r;
    (void)state;
    make_known(&known_day, &r);
    assert_int_equal(r.tomorrow.tip, TIP_SLOUCH_HOUR);
    assert_int_equal(r.tomorrow.local_min, 14 * 60);
    near(r.tomorrow.amount_min, 36);
    near(r.tomorrow.of_min, 60);
    report_free(&r);
}

/* Each figure of the JSON, spelt by words.c, is in the text. */
static void text_and_json_say_the_same(void **state)
{
    static const char *const paths[][2] = {
        {"posture_min", "sitting"}, {"posture_min", "standing"}, {"posture_min", "walking"},
        {"bouts", "longest_min"},   {"bouts", "prolonged_min"},  {"", "slouch_min"},
        {"", "worn_min"},           {"", "lean_left_min"},       {"", "lean_right_min"}};
    struct report r;
    char words[WORDS_SHORT];
    (void)state;
    make_known(&known_day, &r);
    json_t *o = parsed(&r), *day = json_array_get(json_object_get(o, "days"), 0);
    char *text = made_up_printed(&r, TEXT), *page = made_up_printed(&r, HTML);
    assert_string_equal(json_string_value(json_object_get(o, "schema")), "plumbline-report-1");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        json_t *from = paths[i][0][0] ? json_object_get(day, paths[i][0]) : day;
        json_t *value = json_object_get(from, paths[i][1]);
        assert_true(json_is_number(value));
        words_duration(json_number_value(value), words);
        if (!strstr(text, words) || !strstr(page, words)) fail_msg("%s %s is not said", paths[i][1], words);
    }
    words_share(json_number_value(json_object_get(day, "slouch_share")), words);
    assert_non_null(strstr(text, words));
    json_decref(o);
    free(text);
    free(page);
    report_free(&r);
}

static size_t widest_line(const char *text)
{
    size_t widest = 0, n = 0;
    for (; *text; text++) {
        if (*text == '\033')
            text += strcspn(text, "m");
        else if (*text == '\n')
            n = 0;
        else
            n += ((unsigned char)*text & 0xc0) != 0x80;
        if (n > widest) widest = n;
    }
    return widest;
}

static void text_fits_a_terminal(void **state)
{
    static const enum printer styles[] = {TEXT, TEXT_ASCII, TEXT_COLOUR};
    const struct report_request *const requests[] = {&known_day, &known_week};
    (void)state;
    for (size_t q = 0; q < 2; q++)
        for (size_t i = 0; i < 3; i++) {
            struct report r;
            make_known(requests[q], &r);
            char *text = made_up_printed(&r, styles[i]);
            assert_in_range(widest_line(text), 50, 80);
            for (const char *c = text; *c; c++) {
                if (styles[i] == TEXT_ASCII) assert_true((unsigned char)*c < 0x80);
                if (styles[i] != TEXT_COLOUR) assert_true(*c != '\033');
            }
            free(text);
            report_free(&r);
        }
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned n = 0;
    for (; (text = strstr(text, what)); text++) n++;
    return n;
}

static void titles_cannot_escape(void **state)
{
    struct report r;
    (void)state;
    make_known(&known_day, &r);
    char *page = made_up_printed(&r, HTML);
    assert_null(strstr(page, "<script>alert"));
    assert_non_null(strstr(page, "Leg day &lt;/script&gt;"));
    assert_int_equal(count_of(page, "<script"), count_of(page, "</script>"));
    assert_int_equal(count_of(page, "<svg class=\"item\" role=\"img\" xmlns="), 3 + 1); /* three done, one for tomorrow */
    assert_int_equal(count_of(page, "<svg"), 4);
    free(page);
    r.request.no_exercise = true; /* a sign for a clinician stands: nothing to do is shown for tomorrow */
    page = made_up_printed(&r, HTML);
    assert_int_equal(count_of(page, "<svg class=\"item\""), 3);
    free(page);
    report_free(&r);
}

static void words_are_cleaned(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {{"Leg day", "Leg day"},
                 {"a\033[31mb\n", "a?[31mb?"},
                 {"\xff\xc3\xa9\xc0\xaf", "?\xc3\xa9??"},
                 {"\xed\xa0\x80x", "???x"},
                 {"a\xe2\x80\xae"
                  "b",
                  "a???b"},
                 {"\xf0\x9f\x8f\x8b", "\xf0\x9f\x8f\x8b"},
                 {"\xf0\x9f\x8f", "???"}};
    char to[32];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        words_clean(cases[i].from, strlen(cases[i].from) + 1, to, sizeof to);
        assert_string_equal(to, cases[i].to);
    }
    words_clean("12345", 6, to, 4);
    assert_string_equal(to, "123");
    words_clean("ab\xc3\xa9", 5, to, 4); /* a character is not cut in two */
    assert_string_equal(to, "ab");
}

static void empty_day_and_one_minute(void **state)
{
    (void)state;
    for (int minutes = 0; minutes <= 1; minutes++)
        for (unsigned days = 1; days <= 31; days += 6) {
            struct report_source s = {0};
            struct report r;
            int64_t number;
            struct report_request q = {.first = MADE_UP_DATE, .n_days = days, .slouch_threshold_deg = NAN};
            assert_int_equal(date_number(q.first, &number), 0);
            struct minute m = made_up_minute(made_up_wall_s(number, 600) / 60, MADE_UP_OFFSET_S, POSTURE_SITTING, 3);
            if (minutes) assert_int_equal(source_add_minute(&s, &m), 0);
            make(&s, &q, &r);
            near(r.day[0].figures.worn_min, minutes);
            assert_int_equal(r.tomorrow.tip, TIP_WEAR_LONGER);
            for (int p = TEXT; p <= HTML; p++) free(made_up_printed(&r, (enum printer)p));
            json_decref(parsed(&r));
            report_free(&r);
        }
}

/* Stockholm's two nights of 2026, worn throughout. */
static void clock_changes_give_short_and_long_days(void **state)
{
    static const struct {
        struct report_date date;
        int32_t before_s, after_s;
        int length_min, two_min; /* minutes between 02:00 and 03:00 */
    } cases[] = {{{2026, 3, 29}, 3600, 7200, 1380, 0},
                 {{2026, 10, 25}, 7200, 3600, 1500, 120},
                 {{2026, 6, 1}, 7200, 7200, 1440, 60}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_source s = {0};
        struct report r;
        struct report_request q = {.first = cases[i].date, .n_days = 1, .slouch_threshold_deg = NAN};
        int64_t number;
        assert_int_equal(date_number(cases[i].date, &number), 0);
        int64_t change = number * DAY_MIN + 60; /* at 01:00 UTC */
        for (int64_t m = number * DAY_MIN - 300; m < (number + 1) * DAY_MIN + 300; m++) {
            struct minute minute =
                made_up_minute(m, m < change ? cases[i].before_s : cases[i].after_s, POSTURE_SITTING, 3);
            assert_int_equal(source_add_minute(&s, &minute), 0);
        }
        make(&s, &q, &r);
        const struct report_day *d = &r.day[0];
        assert_int_equal(d->length_min, cases[i].length_min);
        assert_int_equal(d->figures.minutes, cases[i].length_min);
        near(d->hour[2].seated_min, cases[i].two_min);
        assert_int_equal(d->n_ticks, cases[i].length_min / 60);
        assert_int_equal(d->tick[d->n_ticks - 1].local_min, 23 * 60);
        assert_int_equal(d->n_runs, 1);
        assert_int_equal(d->run[0].length_min, cases[i].length_min);
        report_free(&r);
    }
}

static void open_bout_counts_to_the_last_minute_seen(void **state)
{
    struct report_source s = {0};
    struct report r;
    int64_t number;
    (void)state;
    assert_int_equal(date_number(MADE_UP_DATE, &number), 0);
    for (int at = 600; at < 650; at++) made_up_add_minute(&s, number, at, POSTURE_SITTING, 0);
    made_up_event(&s, EVENT_SITTING, 0, number, 500, 500, 0, 0);
    s.event[0].end_wall_ns =
        EVENT_OPEN; /* its closing was lost: it ends before the next begins, where nothing was seen */
    made_up_event(&s, EVENT_SITTING, 0, number, 600, 600, 0, 1);
    s.event[1].end_wall_ns = EVENT_OPEN;
    make(&s, &known_day, &r);
    assert_int_equal(r.day[0].n_bouts, 1);
    near(r.day[0].bout[0].length_min, 50);
    assert_true(r.day[0].bout[0].open);
    report_free(&r);
}

static void damaged_rows_are_counted_and_left_out(void **state)
{
    struct report_source s = {0};
    struct report r;
    int64_t number;
    (void)state;
    assert_int_equal(date_number(MADE_UP_DATE, &number), 0);
    struct minute good = made_up_minute(made_up_wall_s(number, 600) / 60, MADE_UP_OFFSET_S, POSTURE_SITTING, 3),
                  bad = good;
    struct diary_event e = {EVENT_SITTING, 0, 100, 50, 0, 0, 0};
    source_add_minute(&s, &good);
    source_add_minute(&s, &good); /* twice the same */
    bad.minute++;
    bad.posture_s[POSTURE_SITTING] = NAN;
    source_add_minute(&s, &bad);
    bad = good;
    bad.minute += 2;
    bad.utc_offset_s = INT32_MAX;
    source_add_minute(&s, &bad);
    source_add_event(&s, &e); /* ends before it begins */
    make(&s, &known_day, &r);
    assert_int_equal(r.damaged, 4);
    near(r.day[0].figures.worn_min, 1);
    report_free(&r);
}

static void requests_are_checked(void **state)
{
    static const struct report_request bad[] = {{.first = {2026, 2, 29}, .n_days = 1},
                                                {.first = {2026, 13, 1}, .n_days = 1},
                                                {.first = {1969, 1, 1}, .n_days = 1},
                                                {.first = {2026, 1, 1}, .n_days = 0},
                                                {.first = {2026, 1, 1}, .n_days = 32}};
    struct report_source s = {0};
    struct report r;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(report_make(&s, &bad[i], &r), -EINVAL);
        report_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_figures),
        cmocka_unit_test(prompts_have_one_fate_each),
        cmocka_unit_test(workout_has_its_before_and_after),
        cmocka_unit_test(tomorrow_names_the_worst_hour),
        cmocka_unit_test(text_and_json_say_the_same),
        cmocka_unit_test(text_fits_a_terminal),
        cmocka_unit_test(titles_cannot_escape),
        cmocka_unit_test(words_are_cleaned),
        cmocka_unit_test(empty_day_and_one_minute),
        cmocka_unit_test(clock_changes_give_short_and_long_days),
        cmocka_unit_test(open_bout_counts_to_the_last_minute_seen),
        cmocka_unit_test(damaged_rows_are_counted_and_left_out),
        cmocka_unit_test(requests_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
