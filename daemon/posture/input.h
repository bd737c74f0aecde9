/* input — what the use of the desk's keyboard and pointer says of sitting.
 *
 * Who works at a seated desk and is seen to type is more often sitting than standing: the one thing that speaks of the
 * upright sitter, whose back looks like a stander's. A weak prior: minutes are taken to be with input in 70 % of sitting
 * and 5 % of standing, and what follows from that is weighed by .3, as one minute's input is hardly independent of
 * the next one's. Nothing follows at a standing or mixed desk, nor while the desktop says nothing, is locked or idle: that
 * tells that nobody is there, not how they hold themselves. It counts only in still epochs with a reference
 * (activity_evidence.c), and the tracker leaves it out while the sensor lies still as on a table. Pure.
 */
#ifndef POSTURE_INPUT_H
#define POSTURE_INPUT_H

#include "plumbline/posture.h"

#include <stdint.h>

struct input {
    uint32_t samples, active, quiet; /* of one epoch */
};

/* One sample's flags, SAMPLE_DESK_…. */
void input_add(struct input *i, uint16_t flags);
/* Log-odds of sitting against standing; 0 when nothing is known. */
float input_log_odds(const struct input *i, enum desk_kind desk);

#endif
