/* match — sitting bouts as the diary has them against the true ones of a day of epochs. */
#ifndef ACCURACY_MATCH_H
#define ACCURACY_MATCH_H

#include "plumbline/event.h"

#include <stdbool.h>
#include <stddef.h>

struct matched {
    unsigned days, bouts, found, untrue; /* bouts: true ones over 30 min; untrue: said ones over 30 min that match none */
    double error_min, said_min, true_min, said_right_min; /* error: of each day's minutes of sitting, absolute, summed */
};

/* Adds one day of N epochs. Said bouts are what the tracker's own bout logic makes of SAID (15 s upright end one), true
 * ones are runs of TRUTH; of both, those less than 120 s apart are one. Two match when each covers more than half of the
 * other. */
void match_day(struct matched *m, const enum posture *truth, const enum posture *said, size_t n);
void match_add(struct matched *to, const struct matched *from);
/* 0…1, a day, minutes an hour. NAN without. */
double match_found(const struct matched *m);
double match_false_per_day(const struct matched *m);
double match_minutes_error(const struct matched *m, double hours_a_day);

#endif
