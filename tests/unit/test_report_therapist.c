/* The sheet for a therapist, from a diary to words and page. With PLUMBLINE_PAGES=FOLDER the pages are written there,
 * for tests/system/test_therapist.sh; with PLUMBLINE_UPDATE=1 the expected words are written anew.
 */
#include "tests/unit/store_fixture.h"

#include "plumbline/health.h"
#include "tools/report/date.h"
#include "tools/report/therapist.h"

#include <math.h>

#define LAST {2026, 11, 15} /* a Sunday */
enum { DAYS = 56, EIGHT = 8 * 60, OFFSET_S = 3600 };

static const char catalogue_text[] =
    "[tfoam]\nname = Roll mid and upper back\nkind = foam-roll\narea = thoracic\nwhen = pre\n"
    "dose.pre = 60 s: 60 s\nneed = 1\nstep1 = Roll.\nstop = pain\nsource = us\nevidence = custom\n";

static int64_t wall_s(int day, int minute)
{
    int64_t last;
    assert_int_equal(date_number((struct report_date)LAST, &last), 0);
    return (last - DAYS + 1 + day) * DAY_S + minute * 60 - OFFSET_S;
}

/* 08:00 to 17:00: an hour sat, of it 10 minutes slouched (20 in the first weeks), 10 minutes up. */
static void keep_day(struct store *s, int day)
{
    struct now now = {.utc_offset_s = OFFSET_S};
    for (int at = 0; at < 540; at++) {
        bool sits = at % 70 < 60;
        struct minute m = {.minute = wall_s(day, EIGHT + at) / 60, .utc_offset_s = OFFSET_S};
        m.p_sitting = sits ? 0.95f : 0.05f;
        m.posture_s[sits ? POSTURE_SITTING : POSTURE_WALKING] = 60;
        m.flexion_mean_deg = m.flexion_sd_deg = m.flexion_min_deg = m.flexion_max_deg = m.lateral_mean_deg = NAN;
        if (sits && at % 70 < (day < 28 ? 20 : 10)) m.slouch_sitting_s = 60;
        if (!sits && at % 70 == 65) m.bends = 3;
        store_minute(s, &m);
        if (at % 70 != 60) continue;
        int64_t end_ns = SECONDS_NS(wall_s(day, EIGHT + at));
        struct event e = {.kind = EVENT_SITTING, .reason = BOUT_WALKED, .end_ns = end_ns};
        e.start_ns = end_ns - SECONDS_NS(3600);
        store_event(s, &e, &now);
    }
}

static void note(struct store *s, int day, enum entry_kind kind, int value, const char *what)
{
    struct entry e = {.wall_s = wall_s(day, 20 * 60), .kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    store_entry(s, &e);
}

static void keep_notes(struct store *s)
{
    static const char *const places[] = {"low-back", "neck", "Low_Back", "shoulder", "hip", "knee <&>"};
    static const char *const kinds[] = {"swedish", "deep-tissue", "other", "trigger-point", "swedish"};
    note(s, -60, ENTRY_HEALTH, -1, "w f o d i p r v b k s c e");
    for (int i = 0; i < HEALTH_FLAGS; i++) note(s, -30, ENTRY_RED_FLAG, 1, health_flags[i].id);
    note(s, -4, ENTRY_PAIN, 8, "low-back");
    for (int day = 0; day < DAYS; day++) {
        int place = day / 2 % 6;
        if (day % 2 == 0) note(s, day, ENTRY_PAIN, 6 - day / 14 + (place == 1) - 2 * (place == 3), places[place]);
        if (day % 3 == 0) note(s, day, ENTRY_STRESS, 2 + day / 10, "");
        if (day % 7 == 4) note(s, day, ENTRY_SORENESS, 4, "thigh");
        if (day % 3 == 1) note(s, day, ENTRY_ROUTINE, -1, day % 2 ? "tfoam" : "walk3");
        if (day % 14 == 6) {
            note(s, day, ENTRY_RANGE, 50 + day / 4, "flexion");
            note(s, day, ENTRY_RANGE, 18, "left");
        }
        if (day % 11 == 5) note(s, day, ENTRY_SESSION, -1, kinds[day / 11]);
        if (day == 40)
            for (int i = 0; i < 12; i++) {
                char id[ITEM_ID_MAX];
                snprintf(id, sizeof id, "own-item-%d", i % 10);
                note(s, day, ENTRY_ROUTINE, -1, id);
            }
    }
}

static char *made_diary(bool full)
{
    struct store *s;
    struct store_options options;
    char why[256], *folder = fixture_folder();
    store_options_default(&options);
    options.wait_when_full = true;
    assert_int_equal(store_open(folder, &options, &s, why), 0);
    for (int day = full ? 0 : DAYS - 2; day < (full ? DAYS : DAYS - 1); day++)
        if (day % 7 < 5 || !full) keep_day(s, day);
    if (full) keep_notes(s);
    store_flush(s);
    store_close(s);
    return folder;
}

static void read_sheet(const char *folder, unsigned weeks, bool with_health, struct therapist *t)
{
    static struct catalogue catalogue;
    struct diary *d;
    char why[256];
    catalogue = (struct catalogue){0};
    assert_int_equal(catalogue_parse(&catalogue, catalogue_text, why), 0);
    struct therapist_request q = {.last = LAST, .weeks = weeks, .with_health = with_health, .catalogue = &catalogue,
                                  .health_configured = true, .contra = 1u << ('p' - 'a')};
    assert_int_equal(diary_open(folder, &d, why), 0);
    assert_int_equal(therapist_read(d, &q, t), 0);
    diary_close(d);
}

enum kind { TEXT, PAGE };
static char *printed(const struct therapist *t, enum kind kind, const char *paper)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    const struct report_style style = {0};
    assert_int_equal(kind == TEXT ? therapist_text(t, &style, f) : therapist_html(t, paper, f), 0);
    fclose(f);
    return text;
}

static void says_what_is_expected(const struct therapist *t, const char *name)
{
    char path[128], *text = printed(t, TEXT, NULL), *wanted = NULL;
    size_t n = 0;
    snprintf(path, sizeof path, "tests/unit/therapist/%s.txt", name);
    if (getenv("PLUMBLINE_UPDATE")) {
        FILE *out = fopen(path, "we");
        assert_non_null(out);
        fputs(text, out);
        fclose(out);
    }
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    assert_true(getdelim(&wanted, &n, 0, in) > 0);
    fclose(in);
    assert_string_equal(text, wanted);
    free(wanted);
    free(text);
}

static void keep_page(const struct therapist *t, const char *name, const char *paper)
{
    const char *folder = getenv("PLUMBLINE_PAGES");
    char path[256], *page = printed(t, PAGE, paper);
    assert_null(strstr(page, "knee <&>"));
    if (folder) {
        snprintf(path, sizeof path, "%s/%s-%s.html", folder, name, paper);
        FILE *out = fopen(path, "we");
        assert_non_null(out);
        fputs(page, out);
        fclose(out);
    }
    free(page);
}

static void look(const struct therapist *t, const char *name)
{
    says_what_is_expected(t, name);
    keep_page(t, name, "a4");
    keep_page(t, name, "letter");
}

static void eight_full_weeks(void **state)
{
    struct therapist t;
    char *folder = made_diary(true);
    (void)state;
    read_sheet(folder, 8, true, &t);
    assert_int_equal(t.n_areas, THERAPIST_AREAS);
    assert_int_equal(t.n_items, THERAPIST_ITEMS);
    assert_int_equal(t.n_sessions, THERAPIST_SESSIONS);
    look(&t, "full");
    read_sheet(folder, 4, false, &t);
    look(&t, "four-weeks");
    fixture_remove(folder);
}

static void health_is_left_out_unless_asked_for(void **state)
{
    struct therapist t;
    char *folder = made_diary(true);
    (void)state;
    for (int with = 0; with < 2; with++) {
        read_sheet(folder, 8, with, &t);
        char *text = printed(&t, TEXT, NULL), *page = printed(&t, PAGE, NULL);
        assert_int_equal(strstr(text, "knee trouble") != NULL, with);
        assert_int_equal(strstr(page, "knee trouble") != NULL, with);
        assert_int_equal(strstr(text, "pregnancy") != NULL, with); /* that one by the configuration */
        assert_int_equal(strstr(text, "night pain") != NULL, with);
        assert_int_equal(strstr(page, "night pain") != NULL, with);
        free(text);
        free(page);
    }
    fixture_remove(folder);
}

static void a_nearly_empty_diary(void **state)
{
    struct therapist t;
    char *folder = made_diary(false);
    (void)state;
    read_sheet(folder, 8, false, &t);
    assert_int_equal(t.week[7].days, 1);
    assert_true(isnan(t.week[0].sitting_min));
    look(&t, "empty");
    fixture_remove(folder);
}

static void impossible_requests(void **state)
{
    static const struct therapist_request bad[] = {
        {.last = LAST, .weeks = 3}, {.last = LAST, .weeks = 9}, {.last = {2026, 2, 30}, .weeks = 8}};
    struct diary *d;
    struct therapist t;
    char why[256], *folder = made_diary(false);
    (void)state;
    assert_int_equal(diary_open(folder, &d, why), 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) assert_int_equal(therapist_read(d, &bad[i], &t), -22);
    diary_close(d);
    fixture_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_full_weeks),
        cmocka_unit_test(health_is_left_out_unless_asked_for),
        cmocka_unit_test(a_nearly_empty_diary),
        cmocka_unit_test(impossible_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
