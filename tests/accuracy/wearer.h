/* wearer — one person's recording played as if it were worn now: raw samples through the whole tracker as it ships, means
 * through the activity filter and the re-zero (steps cannot be seen in means: movement beyond the tables' walking border
 * stands for them; forward is the recording's own z axis).
 *
 * What is known of the wearer's walking stays known from one playing to the next, as from one day to the next. */
#ifndef ACCURACY_WEARER_H
#define ACCURACY_WEARER_H

#include "people.h"

#include "daemon/posture/tracker.h"

struct verdict {
    enum posture settled;     /* with 60 s of lag; POSTURE_MISSING for one never settled */
    enum activity_class live; /* without */
    float p_sitting;          /* without */
};

struct wearer {
    struct tracker tracker; /* means: only its config, calibration, rezero and activity are used */
    int64_t now_ns;         /* end of what was played */
    const uint16_t *desk;   /* NULL, or the input at a seated desk in each epoch of the next playing (SAMPLE_DESK_…) */
};

void wearer_init(struct wearer *w, const struct person *p);

/* Plays the N epochs of P that ORDER names, one right after another, and says what was made of each in V (of N). */
void wearer_play(struct wearer *w, const struct person *p, const size_t *order, size_t n, struct verdict *v);

#endif
