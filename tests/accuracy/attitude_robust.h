/* attitude_robust — the robustness table: each case over all trials, beside published figures. */
#ifndef ATTITUDE_ROBUST_H
#define ATTITUDE_ROBUST_H

#include "attitude_trial.h"

enum { ATTITUDE_SEED = 20231 };

/* Prints the table, then robust_NAME= lines in degrees; a settled figure is robust_NAME_settled=. */
void attitude_robust_print(const struct trial *trials, size_t n);

#endif
