/* dwell — a condition that has to hold for most of a minute before it counts.
 *
 * A trunk angle crosses a threshold many times a minute; slouching is what lasts. A dwell is entered when the
 * condition held for 60 % of the last 60 s, and dated back to the first moment of it in that minute; it is left when
 * the condition held for less than half of that, and dated back to the last moment. A gap in time counts as not
 * holding. Pure.
 */
#ifndef POSTURE_DWELL_H
#define POSTURE_DWELL_H

#include <stdbool.h>
#include <stdint.h>

enum { DWELL_SLOTS = 61 }; /* 60 s that are over, and the one that has just begun */

struct dwell_slot {
    int64_t second;    /* of run time; what is older than a minute has left */
    int64_t first_ns;  /* first moment of the condition in it */
    float held_s, sum; /* seconds in the condition, value × seconds */
};

struct dwell {
    struct dwell_slot slot[DWELL_SLOTS];
    bool inside;
    int64_t since_ns, last_ns; /* of the present dwell: entry, last moment of the condition */
    float held_s, sum;         /* since entry */
};

enum dwell_change { DWELL_SAME, DWELL_ENTERED, DWELL_LEFT };

void dwell_init(struct dwell *d);
/* The condition held (or not) with mean VALUE for DT_S (at most 1 s) until NOW_NS. While UNDECIDED none is entered: what
 * seems to hold may yet turn out not to have (dwell_forget). */
enum dwell_change dwell_step(struct dwell *d, bool holds, bool undecided, float value, float dt_s, int64_t now_ns);
/* From FROM_NS to TO_NS it was without the condition; a second that is partly within keeps its share. */
void dwell_forget(struct dwell *d, int64_t from_ns, int64_t to_ns);
/* Ends a present dwell; DWELL_LEFT when there was one. */
enum dwell_change dwell_end(struct dwell *d);
float dwell_mean(const struct dwell *d); /* of the value, since entry; NAN when never held */

#endif
