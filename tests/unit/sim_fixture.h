/* sim_fixture — what the tests of the simulator begin with: a scenario from a string, and a sim at its start. */
#ifndef PLUMBLINE_SIM_FIXTURE_H
#define PLUMBLINE_SIM_FIXTURE_H

#include "tools/sim/sim.h"

#include <stdio.h>
#include <string.h>

/* scenario_read() on TEXT; what it says goes to MESSAGE. */
static inline int fixture_read(struct scenario *s, const char *text, char *message, size_t size)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    FILE *errors = fmemopen(message, size, "w");
    assert_non_null(in);
    assert_non_null(errors);
    int result = scenario_read(s, in, "day.scn", errors);
    fclose(errors);
    fclose(in);
    return result;
}

/* The caller ends with scenario_free(S). */
static inline void fixture_begin(struct sim *sim, struct scenario *s, const char *text)
{
    char message[200] = "";
    int result = fixture_read(s, text, message, sizeof message);
    if (result) print_error("%s\n", message);
    assert_int_equal(result, 0);
    sim_init(sim, s, false);
}

/* 311.5 s with everything that can happen to a link. */
#define FIXTURE_DAY                                                                                                    \
    "set ppm 80\nsit upright 90s\nslouch 60s 15deg\nunplug 20s\nstand 30s\nstall 10s\nwalk 40s\nreboot\ntake off "     \
    "60s\n"

#endif
