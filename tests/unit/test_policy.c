/* The rest of the alert policy's sentences (design, coach.md §1), one test each. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

#include "daemon/coach/fade.h"

/* ---- body first --------------------------------------------------------------------------------------------------- */

/* Ten minutes after a break nothing is said of the back; who stays on his feet has had his break ten minutes after it
 * became one. */
static void calm_after_a_break(void **state)
{
    (void)state;
    for (int lean = 0; lean < 2; lean++)
        for (int sits_down = 0; sits_down < 2; sits_down++) {
            begin(AT(9, 0));
            day_stand(&day);
            int64_t stood_s = day_s(&day);
            day_run(&day, 180);
            int64_t sat_s = day_s(&day);
            if (sits_down) day_sit(&day);
            if (lean) day.view.in_lean_zone = true;
            else day_slouch(&day, true);
            day_run(&day, 20 * 60);
            int64_t expected_s = sits_down ? sat_s + 600 : stood_s + 60 + 600;
            assert_in_range(shown_s(lean ? TOPIC_LEAN : TOPIC_SLOUCH, 0), expected_s, expected_s + 1);
            day_end(&day);
        }
    begin(0);
}

static void a_break_has_a_figure(void **state)
{
    (void)state;
    static const struct {
        bool red_flag, sharing;
        const char *figure;
    } rows[] = {{false, false, "walk3"}, {true, false, ""}, {false, true, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wearer wearer = {.red_flag = rows[i].red_flag};
        begin(AT(9, 0));
        coach_set_wearer(day.coach, &wearer);
        day_presence(&day, (struct presence){.sharing = rows[i].sharing});
        day_sit(&day);
        day_run(&day, 31 * 60);
        assert_string_equal(shown(TOPIC_BREAK, 0)->figure, rows[i].figure);
        day_end(&day);
    }
    begin(0);
}

/* A break prompt that names an item is taken back when a red flag is noted; one without stays. */
static void a_red_flag_takes_the_item_back(void **state)
{
    (void)state;
    for (int before = 0; before < 2; before++) {
        struct wearer wearer = {.red_flag = before};
        begin(AT(9, 0));
        coach_set_wearer(day.coach, &wearer);
        day_sit(&day);
        day_run(&day, 30 * 60 + 10);
        assert_non_null(shown(TOPIC_BREAK, 0));
        wearer.red_flag = true;
        coach_set_wearer(day.coach, &wearer);
        day_run(&day, 5);
        assert_int_equal(day.said[day.n_said - 1].advice.action, before ? ADVICE_SHOW : ADVICE_CLOSE);
        day_end(&day);
    }
    begin(0);
}

/* ---- held ---------------------------------------------------------------------------------------------------------- */

static void a_meeting_in_the_calendar_holds(void **state)
{
    (void)state;
    begin(AT(9, 0));
    int64_t wall_s = day.now.wall_ns / NS_PER_S;
    struct busy b[2] = {{wall_s + 600, wall_s + 3600}, {wall_s + 3000, wall_s + 7200}};
    coach_set_busy(day.coach, b, 2);
    day_sit(&day);
    day_run(&day, 7198);
    assert_int_equal(day.n_said, 0);
    assert_int_equal(day_count(&day, EVENT_HELD, TOPIC_BREAK), 1);
    day_run(&day, 300);
    assert_int_equal(day_shown(&day, TOPIC_COUNT), 1);
    assert_string_equal(shown(TOPIC_SUMMARY, 0)->body, "Long sits: 1.");
}

/* Who cannot look does not ignore. */
static void kept_from_looking_is_not_ignoring(void **state)
{
    (void)state;
    for (int paused = 0; paused < 2; paused++) {
        begin(AT(9, 0));
        day_sit(&day);
        day_run(&day, 31 * 60);
        assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
        if (paused) coach_pause(day.coach, day.now.t_ns + SECONDS_NS(3600));
        else day_presence(&day, (struct presence){.full_screen = true});
        day_run(&day, 20 * 60);
        assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
        assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
        day_end(&day);
    }
    begin(0);
}

/* What stands on the screen when it comes to be shared is covered, once. */
static void sharing_covers_what_is_there(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day_sit(&day);
    day_run(&day, 31 * 60);
    day_presence(&day, (struct presence){.sharing = true});
    day_run(&day, 60);
    assert_int_equal(day.n_said, 2);
    assert_int_equal(day.said[1].advice.action, ADVICE_SHOW);
    assert_int_equal(day.said[1].advice.id, day.said[0].advice.id);
    assert_true(day.said[1].advice.neutral);
    assert_string_equal(day.said[1].advice.title, "Plumbline");
    assert_int_equal(day_count(&day, EVENT_ALERT, TOPIC_BREAK), 1);
}

/* ---- answers ------------------------------------------------------------------------------------------------------- */

/* In one spell at most half the interval between breaks is put off: 10 min, then 5, then no more. */
static void snoozing_has_an_end(void **state)
{
    (void)state;
    static const struct {
        enum topic topic;
        int64_t next_s[3]; /* after each snooze; the last comes at the usual interval */
    } rows[] = {{TOPIC_BREAK, {600, 300, 1800}}, {TOPIC_SLOUCH, {600, 300, 120}}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum topic t = rows[i].topic;
        begin(AT(9, 0));
        day.config.max_per_hour = 16;
        day_configure(&day);
        day_sit(&day);
        if (t == TOPIC_SLOUCH) day_slouch(&day, true);
        day_run_until(&day, AT(9, 0) + (t == TOPIC_SLOUCH ? 125 : 1805));
        for (unsigned n = 0; n < 3; n++) {
            const struct advice a = *shown(t, n);
            assert_int_equal(a.answers >> ANSWER_SNOOZE & 1, n < 2);
            int64_t answered_s = day_s(&day);
            assert_int_equal(day_answer(&day, a.id, ANSWER_SNOOZE), 0);
            day_run(&day, rows[i].next_s[n] + 2);
            int64_t next_s = shown_s(t, n + 1), from_s = n < 2 ? answered_s : shown_s(t, n);
            assert_in_range(next_s - from_s, rows[i].next_s[n], rows[i].next_s[n] + 1);
        }
        assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_SNOOZE), 3);
        day_stand(&day);
        day_run(&day, 70);
        day_end(&day);
    }
    begin(0);
}

static void a_break_gives_the_snoozes_back(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day.config.max_per_hour = 16;
    day_configure(&day);
    for (unsigned bout = 0; bout < 2; bout++) {
        day_sit(&day);
        day_run(&day, 1805);
        unsigned n = day_shown(&day, TOPIC_BREAK) - 1;
        assert_true(shown(TOPIC_BREAK, n)->answers >> ANSWER_SNOOZE & 1);
        day_answer(&day, shown(TOPIC_BREAK, n)->id, ANSWER_SNOOZE);
        day_run(&day, 605);
        day_answer(&day, shown(TOPIC_BREAK, n + 1)->id, ANSWER_SNOOZE);
        day_run(&day, 305);
        assert_false(shown(TOPIC_BREAK, n + 2)->answers >> ANSWER_SNOOZE & 1);
        day_stand(&day);
        day_run(&day, 90);
    }
}

/* ---- training and notices ------------------------------------------------------------------------------------------- */

static void training_grows_to_twenty_minutes(void **state)
{
    (void)state;
    struct coach_config config;
    struct fade fade = {.week = 10};
    coach_config_default(&config);
    config.training = true;
    assert_int_equal(fade_training_min(&fade), 10);
    for (int week = 1; week <= 8; week++) {
        if (week != 3) fade_count(&fade, 300); /* a week in which nothing was said trains nobody */
        fade_turn_to(&fade, 10 + week, &config);
        int trained = week < 3 ? week : week - 1;
        assert_int_equal(fade_training_min(&fade), 10 + 2 * (trained < 5 ? trained : 5));
    }
    begin(0);
}

/* Each quiet notice comes once a day, and not at all when it is switched off. */
static void notices_can_be_switched_off(void **state)
{
    (void)state;
    static const enum topic topics[] = {TOPIC_BATTERY, TOPIC_SENSOR_LOST, TOPIC_NOT_SEEN, TOPIC_REPORT};
    static const unsigned expected[] = {2, 2, 1, 2}; /* on the first morning it was worn before the hours began */
    for (int off = -1; off < 4; off++) {
        begin(AT(7, 0));
        bool *const on[] = {&day.config.notice_battery, &day.config.notice_lost, &day.config.notice_not_seen,
                            &day.config.notice_report};
        for (int i = 0; i < 4; i++) *on[i] = i != off;
        day_configure(&day);
        for (int d = 0; d < 2; d++) {
            struct coach_out out;
            day.silent = true;
            day_run_until(&day, d * 86400 + AT(9, 0)); /* not seen */
            day.silent = false;
            day_run(&day, 60);
            coach_on_battery(day.coach, 5, &day.now, &out);
            day_note(&day, &out);
            for (int m = 0; m < 40; m++) {
                struct minute minute = {.minute = day.now.wall_ns / SECONDS_NS(60) + m, .utc_offset_s = day.now.utc_offset_s};
                minute.posture_s[POSTURE_STANDING] = 60;
                coach_on_minute(day.coach, &minute, &day.now, &out);
                day_note(&day, &out);
            }
            for (int n = 0; n < 2; n++) {
                day.silent = true; /* lost, twice */
                day_run(&day, 600);
                day.silent = false;
                day_run(&day, 60);
            }
            coach_on_battery(day.coach, 80, &day.now, &out);
            day_note(&day, &out);
            day_run_until(&day, d * 86400 + AT(18, 0));
        }
        for (int i = 0; i < 4; i++) assert_int_equal(day_shown(&day, topics[i]), i == off ? 0 : expected[i]);
        for (unsigned i = 0; i < day.n_said; i++)
            if (day.said[i].advice.action == ADVICE_SHOW) assert_true(day.said[i].advice.quiet);
        day_end(&day);
    }
    begin(0);
}

/* One that is not brought back is not asked for again every midnight. */
static void a_silence_is_told_once(void **state)
{
    (void)state;
    begin(AT(16, 0));
    day.config.notice_lost = true;
    day_configure(&day);
    day_run(&day, 60);
    day.silent = true;
    day_run_until(&day, AT(3 * 24, 0));
    assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(calm_after_a_break, teardown),
        cmocka_unit_test_teardown(a_break_has_a_figure, teardown),
        cmocka_unit_test_teardown(a_red_flag_takes_the_item_back, teardown),
        cmocka_unit_test_teardown(a_meeting_in_the_calendar_holds, teardown),
        cmocka_unit_test_teardown(kept_from_looking_is_not_ignoring, teardown),
        cmocka_unit_test_teardown(sharing_covers_what_is_there, teardown),
        cmocka_unit_test_teardown(snoozing_has_an_end, teardown),
        cmocka_unit_test_teardown(a_break_gives_the_snoozes_back, teardown),
        cmocka_unit_test_teardown(training_grows_to_twenty_minutes, teardown),
        cmocka_unit_test_teardown(a_silence_is_told_once, teardown),
        cmocka_unit_test_teardown(notices_can_be_switched_off, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
