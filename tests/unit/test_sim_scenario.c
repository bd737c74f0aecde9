/* The scenario file: what it means, what it refuses and how it says so; truth and commands made from it; faults. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/sim/fault.h"

#include "sim_fixture.h"

#include <stdlib.h>
#include <string.h>

static void truth_adds_up(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    char text[4096] = "", *line = text;
    fixture_begin(&sim, &s, FIXTURE_DAY);
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_int_equal(sim_write_truth(&sim, out), 0);
    fclose(out);
    double end = 0;
    assert_true(strncmp(line, "start_s,end_s,posture,flexion_deg,lateral_deg,slouch\n", 53) == 0);
    unsigned rows = 0;
    for (line = strchr(line, '\n') + 1; *line; line = strchr(line, '\n') + 1, rows++) {
        char *next;
        assert_true(strtod(line, &next) == end);
        end = strtod(next + 1, NULL);
    }
    assert_int_equal(rows, s.n_segments);
    assert_true(end == s.length_s && end == 311.5);
    assert_int_equal(sim.count, 15576); /* 311.5 s of 50 Hz by a clock 80 ppm fast */
    assert_non_null(strstr(text, "90.000,150.000,sitting,15.0,0.0,1\n150.000,170.000,missing,15.0,0.0,0\n"));
    scenario_free(&s);
}

static void commands_carry_their_moment(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    char text[200] = "";
    fixture_begin(&sim, &s,
                  "!status\nsit upright 1m30s # a comment\n  ! calibrate sit-upright # now\nreach\n!pain 4 low-back\n");
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_int_equal(sim_write_commands(&s, out), 0);
    fclose(out);
    assert_string_equal(text, "0.000 status\n90.000 calibrate sit-upright\n92.500 pain 4 low-back\n");
    scenario_free(&s);
}

static void mistakes_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } table[] = {
        {"", "expected at least one segment"},
        {"sit 5m\n", "day.scn:1: expected `sit upright DUR`"},
        {"sit upright\n", "found `nothing more`"},
        {"sit upright 5\n", "expected `sit upright DUR`, found `5`"},
        {"sit upright -5m\n", "found `-5m`"},
        {"sit upright 0s\n", "found `0s`"},
        {"sit upright 20d\n", "found `20d`"},
        {"sit upright 5m 3deg\n", "found `3deg`"},
        {"sit upright 5m\nslouch 5m\n", "day.scn:2: expected `slouch DUR ANGLE`"},
        {"slouch 5m 20rad\n", "found `20rad`"},
        {"slouch 5m 120deg\n", "found `120deg`"},
        {"slouch 5m nan\n", "found `nan`"},
        {"jump 5m\n", "found `jump`"},
        {"bend\n", "expected a posture first"},
        {"sit upright 5m\nset rate 50\n", "day.scn:2: expected every `set` before"},
        {"set rate 0\n", "expected `set rate NUMBER`"},
        {"set mount 1 2\n", "three numbers"},
        {"set part bno055\n", "--list-parts"},
        {"set batch 20\n", "1 to 19"},
        {"set colour red\n", "unknown setting `colour`"},
        {"set\n", "unknown setting"},
        {"!\n", "expected a daemon command"},
        {"walk 5m 110spm 3 4 5 6\n", "too many words"},
        {"sit upright 330h\nstand 10h\n", "longer than two weeks"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scenario s;
        char message[300] = "";
        assert_int_equal(fixture_read(&s, *table[i].text ? table[i].text : "\n", message, sizeof message), -22);
        if (!strstr(message, table[i].message)) print_error("%s -> %s", table[i].text, message);
        assert_non_null(strstr(message, table[i].message));
        scenario_free(&s);
    }
}

static void faults_do_what_they_say(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "drop",        "drop:2",   "drop:x",
                                      "stall@5m", "stall@5m-3s", "jump@+3s", "unplug@1h+2x"};
    struct faults f = {.n = 0};
    uint8_t bytes[10000];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(fault_add(&f, bad[i]));
    assert_true(fault_add(&f, "drop:0.1") && fault_add(&f, "stall@1m+20s") && fault_add(&f, "jump@1h-5s"));
    assert_in_range(fault_damage(&f, memset(bytes, 1, sizeof bytes), sizeof bytes), 8800, 9200);
    assert_true(!fault_holds(&f, FAULT_STALL, 59) && fault_holds(&f, FAULT_STALL, 60) &&
                !fault_holds(&f, FAULT_STALL, 80));
    assert_false(fault_holds(&f, FAULT_UNPLUG, 60));
    assert_true(fault_jump(&f, 3599) == 0 && fault_jump(&f, 3600) == -5 && fault_jump(&f, 3601) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_adds_up),
        cmocka_unit_test(commands_carry_their_moment),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(faults_do_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
