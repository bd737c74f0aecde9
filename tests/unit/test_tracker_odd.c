/* What no sensor sends, and a damaged log or calibration may. */
#include "daemon/posture/tracker.h"
#include "posture_fixture.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* Times from a damaged log, at either end of what a number holds. */
static void times_that_are_none(void **state)
{
    (void)state;
    static struct tracker t;
    struct wearer w = {.t_ns = SECONDS_NS(1000), .rate_hz = 50};
    struct posture_view before, after;
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct tracker_out out;
    tracker_init(&t, &config);
    for (int i = 0; i < 1500; i++) {
        struct sample s = wearer_sample(&w);
        tracker_push(&t, &s, &out);
    }
    tracker_view(&t, &before);
    static const int64_t none[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX / 2, -1, INT64_MIN};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        struct sample s = wearer_sample(&w);
        s.t_ns = none[i];
        tracker_push(&t, &s, &out);
        assert_int_equal(out.n_events + out.n_epochs, 0);
    }
    tracker_view(&t, &after);
    assert_int_equal(before.t_ns, after.t_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
