/* What an answer means. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "alerts_fixture.h"

#include <errno.h>

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void slouch_to_prompt(void)
{
    begin(AT(9, 0));
    day.config.break_after_min = 240;
    day.config.max_per_hour = 10;
    day_configure(&day);
    day_sit(&day);
    day_slouch(&day, true);
    day_run(&day, 120);
    assert_int_equal(day.n_said, 1);
}

static void answers_differ(void **state)
{
    (void)state;
    static const struct {
        enum answer answer;
        int next_s; /* until the next prompt in the same spell, 0: none */
        bool quiet;
    } rows[] = {
        {ANSWER_SNOOZE, 600, true},
        {ANSWER_SKIP, 0, false},
        {ANSWER_WRONG, 0, false},
        {ANSWER_DONE, 120, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        slouch_to_prompt();
        assert_int_equal(day_answer(&day, day.said[0].advice.id, rows[i].answer), 0);
        assert_int_equal(day.said[1].advice.action, ADVICE_CLOSE);
        assert_int_equal(last_event(EVENT_ANSWER)->reason, rows[i].answer);
        assert_int_equal(last_event(EVENT_ANSWER)->id, day.said[0].advice.id);
        day_run(&day, 1200);
        assert_int_equal(day_shown(&day, TOPIC_SLOUCH) > 1, rows[i].next_s > 0);
        if (rows[i].next_s) {
            assert_int_equal(shown_s(TOPIC_SLOUCH, 1) - shown_s(TOPIC_SLOUCH, 0), rows[i].next_s);
            assert_int_equal(shown(TOPIC_SLOUCH, 1)->quiet, rows[i].quiet);
        }
        day_slouch(&day, false);
        day_run(&day, 10);
        unsigned before = day_shown(&day, TOPIC_SLOUCH);
        day_slouch(&day, true);
        day_run(&day, 125);
        assert_int_equal(day_shown(&day, TOPIC_SLOUCH), before + 1); /* a new spell starts anew */
        day_end(&day);
    }
    begin(0);
}

/* Who has answered one prompt about the body is not met with another at once, and never sees two of them. */
static void an_answer_gives_peace(void **state)
{
    (void)state;
    static const enum answer answers[] = {ANSWER_DONE, ANSWER_SNOOZE, ANSWER_SKIP, ANSWER_WRONG};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        begin(AT(9, 0));
        day_sit(&day);
        day_run_until(&day, AT(9, 28));
        day_slouch(&day, true);
        day_run_until(&day, AT(9, 32)); /* the break waits */
        assert_int_equal(day_shown(&day, TOPIC_SLOUCH), 1);
        assert_int_equal(day_shown(&day, TOPIC_BREAK), 0);
        day_answer(&day, shown(TOPIC_SLOUCH, 0)->id, ANSWER_SKIP);
        day_run_until(&day, AT(9, 42) - 1);
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 1);
        day_run(&day, 1);
        assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
        day_slouch(&day, false);
        day_run(&day, 10);
        day_slouch(&day, true);
        day_run(&day, 190);
        day_answer(&day, shown(TOPIC_BREAK, 0)->id, answers[i]);
        day_run(&day, 599);
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 2);
        day_run(&day, 70);
        assert_int_equal(day_shown(&day, TOPIC_COUNT), 3);
        day_end(&day);
    }
    begin(0);
}

static void a_skipped_break_stays_skipped_in_its_bout(void **state)
{
    (void)state;
    begin(AT(9, 0));
    day_sit(&day);
    day_run(&day, 1801);
    assert_int_equal(day_answer(&day, day.said[0].advice.id, ANSWER_SKIP), 0);
    day_run(&day, 7200);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 1);
    day_stand(&day);
    day_run(&day, 90);
    day_sit(&day);
    day_run(&day, 1801);
    assert_int_equal(day_shown(&day, TOPIC_BREAK), 2);
}

static void wrong_answers_are_refused(void **state)
{
    (void)state;
    slouch_to_prompt();
    uint32_t id = day.said[0].advice.id;
    assert_int_equal(day_answer(&day, id + 1, ANSWER_DONE), -ENOENT);
    assert_int_equal(day_answer(&day, 0, ANSWER_DONE), -ENOENT);
    assert_int_equal(day_answer(&day, id, ANSWER_RECOVERED), -EINVAL);
    assert_int_equal(day_answer(&day, id, ANSWER_COUNT), -EINVAL);
    assert_int_equal(day_answer(&day, id, ANSWER_DONE), 0);
    assert_int_equal(day_answer(&day, id, ANSWER_DONE), -ENOENT);
}

static void reading_is_not_ignoring(void **state)
{
    (void)state;
    slouch_to_prompt();
    assert_int_equal(day_answer(&day, day.said[0].advice.id, ANSWER_DETAILS), 0);
    assert_int_equal(day.n_said, 2); /* it stays, with more to read */
    const struct advice *first = &day.said[0].advice, *more = &day.said[1].advice;
    assert_int_equal(more->action, ADVICE_SHOW);
    assert_int_equal(more->id, first->id);
    assert_string_not_equal(more->body, first->body);
    assert_false(more->answers >> ANSWER_DETAILS & 1);
    day_run(&day, 301);
    assert_int_equal(day.said[2].advice.action, ADVICE_CLOSE);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_IGNORED), 0);
    assert_int_equal(day_count(&day, EVENT_ANSWER, ANSWER_DETAILS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(answers_differ, teardown),
        cmocka_unit_test_teardown(an_answer_gives_peace, teardown),
        cmocka_unit_test_teardown(a_skipped_break_stays_skipped_in_its_bout, teardown),
        cmocka_unit_test_teardown(wrong_answers_are_refused, teardown),
        cmocka_unit_test_teardown(reading_is_not_ignoring, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
