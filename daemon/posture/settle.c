/* Invariants:
 *   waiting[i] belongs to the activity slot of age n − 1 − i;
 *   every epoch that enters is given out once, in order; a bend that waits ended in an epoch that waits.
 */
#include "settle.h"

#include "said.h"

#include <string.h>

static const int64_t after_change_ns = SECONDS_NS(10);

void settle_init(struct settle *s)
{
    memset(s, 0, sizeof *s);
    s->changed_ns = INT64_MIN / 2;
    sitting_init(&s->sitting);
    walks_init(&s->walks);
}

static int64_t end_of(const struct epoch *e) { return e->start_ns + (int64_t)(e->seconds * 1e9f); }

static enum posture posture_of(enum activity_class class)
{
    static const enum posture of[ACTIVITY_CLASSES] = {POSTURE_SITTING, POSTURE_STANDING, POSTURE_WALKING,
                                                      POSTURE_LYING};
    return of[class];
}

/* The class of waiting epoch I. Without a reference movement and sway alone speak, and too sure of themselves: a posterior
 * of .95 or more for sitting is right in .88 of Casale's epochs (chest) and .25 of DSADS's (torso: who stands or lies is
 * taken for sitting), one for standing in .10 of Casale's. So all but walking stays unsure. */
static enum posture classify(const struct settle *s, unsigned i, const struct activity *a, const struct worn *w,
                             enum placement placement)
{
    const struct epoch *e = &s->waiting[i];
    float p[ACTIVITY_CLASSES];
    if (w->off && e->start_ns >= w->still_ns) return POSTURE_NOT_WORN;
    if (worn_doubtful(w, e->start_ns, end_of(&s->waiting[s->n - 1]))) return POSTURE_UNSURE;
    activity_settled(a, placement, s->n - 1 - i, p);
    enum posture posture = posture_of(activity_best(p));
    return s->has_reference[i] || posture == POSTURE_WALKING ? posture : POSTURE_UNSURE;
}

/* The first and the last epoch of a walk are only partly walked, and a little walking is enough to make one. One with
 * fewer than half the steps of the walk's epoch beside it goes to the posture on its other side: so a walk is as often cut
 * short as drawn out, and minutes of walking have no bias. */
static enum posture divide_border(const struct settle *s, enum posture next)
{
    unsigned steps = s->waiting[0].steps;
    bool begins = s->before != POSTURE_WALKING && next == POSTURE_WALKING;
    bool ends = s->before == POSTURE_WALKING && next != POSTURE_WALKING;
    bool mostly_not = begins ? 2 * steps < s->waiting[1].steps : ends && 2 * steps < s->steps_before;
    enum posture beside = begins ? s->before : next;
    bool known = beside == POSTURE_SITTING || beside == POSTURE_STANDING || beside == POSTURE_LYING;
    return mostly_not && known ? beside : POSTURE_WALKING;
}

static void note_change(struct settle *s, const struct epoch *e)
{
    bool still = e->posture == POSTURE_SITTING || e->posture == POSTURE_STANDING;
    if (!still)
        s->changed_ns = end_of(e);
    else if (e->posture != s->before)
        s->changed_ns = e->start_ns;
    s->before = e->posture;
}

/* What counts only in some postures is taken out of the others. */
static void keep_what_counts(const struct settle *s, struct epoch *e)
{
    bool still = e->posture == POSTURE_SITTING || e->posture == POSTURE_STANDING;
    bool known = still || e->posture == POSTURE_WALKING;
    if (!still || e->start_ns < s->changed_ns + after_change_ns) e->slouch_s = e->lean_left_s = e->lean_right_s = 0;
    if (e->posture != POSTURE_WALKING) e->steps = 0;
    if (e->posture != POSTURE_SITTING) e->shifts = 0;
    if (known) return;
    memset(e->bin_s, 0, sizeof e->bin_s);
    e->angle_s = e->flexion_sum_deg_s = e->flexion_sum_sq = e->lateral_sum_deg_s = 0;
    e->flexion_min_deg = e->flexion_max_deg = 0;
}

/* ---- bends ---- */

void settle_bend(struct settle *s, int64_t start_ns, int64_t end_ns, float deepest_deg)
{
    if (s->n_bends == BENDS_WAITING) return;
    s->bend[s->n_bends++] = (struct bent){start_ns, end_ns, deepest_deg};
}

/* Rising and sitting down lean the trunk as far as a bend does. A bend begins and ends in the same posture, as far to
 * both sides as a change can be misdated; just before a gap or the end nobody knows. */
static bool stays(enum posture before, enum posture after)
{
    bool sat = before == POSTURE_SITTING, sits = after == POSTURE_SITTING;
    bool was_up = before == POSTURE_STANDING || before == POSTURE_WALKING;
    bool is_up = after == POSTURE_STANDING || after == POSTURE_WALKING;
    return (sat && sits) || (was_up && is_up);
}

/* The bends that ended in the oldest epoch: said, or forgotten. */
static void settle_bends(struct settle *s, const struct activity *a, const struct worn *w, enum placement placement,
                         struct tracker_out *out)
{
    bool certain = s->n > CHANGE_EPOCHS && stays(s->past[0], classify(s, CHANGE_EPOCHS, a, w, placement));
    unsigned done = 0;
    int64_t end_ns = s->n > 1 ? s->waiting[1].start_ns : INT64_MAX;
    while (done < s->n_bends && s->bend[done].end_ns <= end_ns) {
        const struct bent *b = &s->bend[done++];
        if (!certain) continue;
        s->waiting[0].bends++;
        if (out->n_events < TRACKER_EVENTS_MAX / 2) /* the rest is kept for what ends with a flush */
            said(out, EVENT_BEND, 0, b->start_ns, b->end_ns, b->deepest_deg);
    }
    s->n_bends -= done;
    memmove(s->bend, s->bend + done, s->n_bends * sizeof *s->bend);
    memmove(s->past, s->past + 1, sizeof s->past - sizeof *s->past);
    s->past[CHANGE_EPOCHS - 1] = s->waiting[0].posture;
}

static void settle_oldest(struct settle *s, const struct activity *a, const struct worn *w, enum placement placement,
                          struct tracker_out *out)
{
    struct epoch *e = &s->waiting[0];
    e->posture = classify(s, 0, a, w, placement);
    if (e->posture == POSTURE_WALKING && s->n > 1) e->posture = divide_border(s, classify(s, 1, a, w, placement));
    s->steps_before = e->steps;
    note_change(s, e);
    keep_what_counts(s, e);
    settle_bends(s, a, w, placement, out);
    sitting_step(&s->sitting, e->posture, e->start_ns, e->seconds, out);
    walks_step(&s->walks, e->posture, e->start_ns, e->seconds, e->steps, out);
    if (out->n_epochs < TRACKER_EPOCHS_MAX) out->epoch[out->n_epochs++] = *e;
    s->n--;
    memmove(s->waiting, s->waiting + 1, s->n * sizeof *s->waiting);
    memmove(s->has_reference, s->has_reference + 1, s->n * sizeof *s->has_reference);
}

void settle_add(struct settle *s, const struct epoch *e, const struct activity *a, const struct worn *w,
                enum placement placement, struct tracker_out *out)
{
    s->waiting[s->n] = *e;
    s->has_reference[s->n] = a->has_reference;
    s->n++;
    if (s->n == ACTIVITY_SLOTS) settle_oldest(s, a, w, placement, out);
}

void settle_flush(struct settle *s, const struct activity *a, const struct worn *w, enum placement placement,
                  struct tracker_out *out)
{
    while (s->n > 0) settle_oldest(s, a, w, placement, out);
    memset(s->past, 0, sizeof s->past);
}
