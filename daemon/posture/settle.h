/* settle — the settled path: an epoch waits until the twelve after it have spoken, is given its class, and only then
 * are its slouch seconds and steps known to count; bouts and walks follow the same path. Pure.
 */
#ifndef POSTURE_SETTLE_H
#define POSTURE_SETTLE_H

#include "activity.h"
#include "sitting.h"
#include "walks.h"
#include "worn.h"

/* A change of posture may be misdated by so many epochs. Many bends may wait: squats, one in two seconds. */
enum { CHANGE_EPOCHS = 3, BENDS_WAITING = 40 };

struct bent {
    int64_t start_ns, end_ns;
    float deepest_deg;
};

struct settle {
    struct epoch waiting[ACTIVITY_SLOTS]; /* oldest first */
    bool has_reference[ACTIVITY_SLOTS];
    unsigned n;
    enum posture before;              /* the last one settled */
    unsigned steps_before;            /* taken in it */
    int64_t changed_ns;               /* end of the last walking, or of the last change of posture */
    enum posture past[CHANGE_EPOCHS]; /* the last ones settled, oldest first */
    struct bent bend[BENDS_WAITING];  /* not yet known to be more than a part of rising or sitting down, oldest first */
    unsigned n_bends;
    struct sitting sitting;
    struct walks walks;
};

void settle_init(struct settle *s);

/* E has just been the argument of activity_step(). */
void settle_add(struct settle *s, const struct epoch *e, const struct activity *a, const struct worn *w,
                enum placement placement, struct tracker_out *out);
/* The trunk bent and came back, within the epoch that the next settle_add() brings. */
void settle_bend(struct settle *s, int64_t start_ns, int64_t end_ns, float deepest_deg);
/* Gives out all that wait: nothing more will be known. */
void settle_flush(struct settle *s, const struct activity *a, const struct worn *w, enum placement placement,
                  struct tracker_out *out);

#endif
