/* attitude_cases — what real sensors and links do to a recording: the cases of the robustness table, and some more.
 *
 * A case changes a trial in place. Unless a case says that the times are told, the filter sees samples that follow each
 * other evenly at the nominal rate, whatever happened: it is not told.
 */
#ifndef ATTITUDE_CASES_H
#define ATTITUDE_CASES_H

#include "attitude_score.h"
#include "attitude_trial.h"
#include "seeded.h"

struct attitude_case {
    const char *name, *said;
    double vqf, kalman; /* published for this case: VQF 2.1.1 as it comes, and a 15-state Kalman filter; NAN without */
    void (*change)(struct trial *t, struct seeded *random); /* NULL: nothing */
    enum guard guard;
};

extern const struct attitude_case attitude_cases[];
extern const size_t attitude_cases_count;

/* Takes 2 s away at 40 % of the movement phase. Returns the first moment behind the hole, t->n when there is no room for
 * one. HOLE_TIMED: the samples' times show it; HOLE_TOLD: they do not, but the filter is told at that moment. */
enum hole { HOLE_UNTOLD, HOLE_TOLD, HOLE_TIMED };
size_t attitude_cases_hole(struct trial *t, enum hole kind);

/* How many of T's samples hold a number that is none: what the filter must have refused. */
uint32_t attitude_cases_no_numbers(const struct trial *t);

#endif
