/* settle — the settled path: an epoch waits until the twelve after it have spoken, is given its class, and only then
 * are its slouch seconds and steps known to count; bouts and walks follow the same path. Pure.
 */
#ifndef POSTURE_SETTLE_H
#define POSTURE_SETTLE_H

#include "activity.h"
#include "sitting.h"
#include "walks.h"
#include "worn.h"

struct settle {
    struct epoch waiting[ACTIVITY_SLOTS]; /* oldest first */
    bool has_reference[ACTIVITY_SLOTS];
    unsigned n;
    enum posture before;   /* the last one settled */
    unsigned steps_before; /* taken in it */
    int64_t changed_ns;  /* end of the last walking, or of the last change of posture */
    struct sitting sitting;
    struct walks walks;
};

void settle_init(struct settle *s);

/* E has just been the argument of activity_step(). */
void settle_add(struct settle *s, const struct epoch *e, const struct activity *a, const struct worn *w,
                enum placement placement, struct tracker_out *out);
/* Gives out all that wait: nothing more will be known. */
void settle_flush(struct settle *s, const struct activity *a, const struct worn *w, enum placement placement,
                  struct tracker_out *out);

#endif
