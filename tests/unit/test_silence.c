/* A sensor that falls silent: what is told of it, when, and that once is enough. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "coach_day.h"

static struct day day;

static int teardown(void **state)
{
    (void)state;
    day_end(&day);
    return 0;
}

static void worn_for_a_minute(void)
{
    day.silent = false;
    day_run(&day, 60);
    day.silent = true;
}

static void put_away_after_work_is_not_lost(void **state)
{
    (void)state;
    day_begin(&day, AT(17, 0));
    day_run_until(&day, AT(17, 29));
    day.silent = true;
    day_run_until(&day, AT(24 + 12, 0));
    assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), 0);
}

static void lost_at_work_is_told_once(void **state)
{
    (void)state;
    day_begin(&day, AT(12, 0));
    worn_for_a_minute();
    day_run_until(&day, AT(48 + 12, 0));
    assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), 1);
    worn_for_a_minute();
    day_run_until(&day, AT(48 + 13, 0));
    assert_int_equal(day_shown(&day, TOPIC_SENSOR_LOST), 2);
}

static void an_absence_is_told_once_however_long(void **state)
{
    (void)state;
    day_begin(&day, AT(12, 0));
    worn_for_a_minute();
    day_run_until(&day, AT(24 + 9, 0));
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 1);
    day_run_until(&day, AT(48 + 9, 0)); /* a holiday */
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 1);
    worn_for_a_minute();
    day_run_until(&day, AT(72 + 9, 0));
    assert_int_equal(day_shown(&day, TOPIC_NOT_SEEN), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(put_away_after_work_is_not_lost, teardown),
        cmocka_unit_test_teardown(lost_at_work_is_told_once, teardown),
        cmocka_unit_test_teardown(an_absence_is_told_once_however_long, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
