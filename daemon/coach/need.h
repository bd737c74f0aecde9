/* need — how much a day asks for an item, as a rule in the catalogue says it:
 *
 *     0.02*SL + 0.3*(NX!=none) + 2*(C>0.3)*(NX==axial)
 *
 * A rule is a sum (+, −) of products (*) of numbers, variables and comparisons in brackets; a comparison is 1 or 0.
 * Variables, all of today where nothing else is said: SL slouched min, SL2 of it in the last two hours, FL min
 * beyond 20°, SIT sitting h, B30 and B60 bouts of so many minutes, OPEN min of the running bout, AS min leaning to
 * one side more than to the other, AS1 of it in the last hour, C creep indicator, ST stress 0–10, STW its mean over
 * 7 days, PN pain 0–10, PW weeks of steady pain of 3–6 in one area, BALL evenings a week with a ball on the same
 * spot, for two weeks. HARD 1 when a workout that loads the spine, or a race, is within 48 h. To be compared with
 * words by == and !=: NX the workout ahead (none after a workout), DN the workout just done (none before one; a
 * type, axial = one that loads the spine, none), PA the area of pain. What is not known counts as 0 and none. */
#ifndef PLUMBLINE_COACH_NEED_H
#define PLUMBLINE_COACH_NEED_H

#include "plumbline/routine.h"

enum need_variable {
    NEED_SL,
    NEED_SL2,
    NEED_FL,
    NEED_SIT,
    NEED_B30,
    NEED_B60,
    NEED_OPEN,
    NEED_AS,
    NEED_AS1,
    NEED_C,
    NEED_ST,
    NEED_STW,
    NEED_PN,
    NEED_PW,
    NEED_BALL,
    NEED_HARD,
    NEED_NX,
    NEED_DN,
    NEED_PA,
    NEED_NOTHING
};

/* Value of RULE for LOAD at MOMENT. TOP: the variable that the largest product starts from, NEED_NOTHING when no
 * product is above 0. A faulty rule is worth what stands before the fault. */
double need_value(const char *rule, const struct load *load, enum moment moment, enum need_variable *top);

/* 0, or −EINVAL with the fault in WHY. */
int need_check(const char *rule, char why[96]);

#endif
