/* days — working days assembled from one person's recording: which of its epochs stands where.
 *
 * A day is 8 h of sitting spells of 20–90 min. Between two of them: a walk of 1–6 min, and in half the cases standing of
 * 2–30 min with another walk behind it. A spell is filled with the recording's runs of that label, each whole and in its
 * own order, the runs shuffled anew for each day and used up before one comes again; so a spell of an hour from a person
 * with six minutes of sitting is those six minutes ten times. What that does: within a run all is as it was; at each joint
 * the back jumps from one way of sitting to another with no movement between, more often than a sitter's does, and a
 * filter is led to see a change there; and a person's few ways of sitting come back many times, so that one who was never
 * told from standing fails on every day: two minutes of sitting upright in a recording break every long bout of all its
 * days. Figures of assembled days are no figures of real days.
 */
#ifndef ACCURACY_DAYS_H
#define ACCURACY_DAYS_H

#include "people.h"

enum { DAYS_HOURS = 8, DAYS_EPOCHS = DAYS_HOURS * 3600 / PERSON_EPOCH_S };

struct day {
    size_t order[DAYS_EPOCHS];       /* epochs of the person */
    enum posture truth[DAYS_EPOCHS]; /* sitting, standing or walking */
    uint16_t desk[DAYS_EPOCHS];      /* SAMPLE_DESK_…, drawn a minute: input in 70 % of sitting ones, 2 % of others */
};

struct days_options {
    uint64_t seed;
    float walks; /* share of the changes between sitting and standing that have a walk between them, 0…1 */
};

/* Whether P's recording has at least a minute each of sitting, standing and walking. */
bool days_possible(const struct person *p);
/* Day NUMBER of P, the same for the same options. */
void days_make(struct day *d, const struct person *p, const struct days_options *o, unsigned number);

#endif
