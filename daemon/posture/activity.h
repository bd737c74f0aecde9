/* activity — sitting, standing, walking or lying, five seconds at a time.
 *
 * A forward filter over four states with tables of log-likelihoods (activity_tables.h) of the tilt from the walking
 * direction, of movement and on the upper back of sway (activity_evidence.h, activity_sway.h), a transition matrix that
 * a jump of the tilt speeds up, lying as a rule of the tilt, and on the lower back a threshold that adapts to the
 * wearer (activity_threshold.h). Captured ways of sitting and standing are further evidence. Live posteriors have no lag; the settled
 * class of an epoch takes the twelve epochs after it into account (fixed-lag smoothing, forward–backward: Rabiner,
 * Proc. IEEE 77, 1989). Pure.
 */
#ifndef POSTURE_ACTIVITY_H
#define POSTURE_ACTIVITY_H

#include "activity_sway.h"
#include "activity_threshold.h"
#include "features.h"
#include "plumbline/posture.h"

enum activity_class { ACTIVITY_SIT, ACTIVITY_STAND, ACTIVITY_WALK, ACTIVITY_LIE, ACTIVITY_CLASSES };
enum { ACTIVITY_LAG = 12, ACTIVITY_SLOTS = ACTIVITY_LAG + 1, ACTIVITY_SKIP_MOST = 24 /* epochs */ };

enum told { TOLD_NOTHING, TOLD_SITTING, TOLD_STANDING };
enum change { CHANGE_UNSEEN, CHANGE_RISE, CHANGE_SIT_DOWN };

struct activity_slot {
    float forward[ACTIVITY_CLASSES];  /* posterior at zero lag */
    float evidence[ACTIVITY_CLASSES]; /* likelihood, largest 1 */
    float rise, sit_down;             /* factors on those two transitions into this epoch */
    unsigned steps;                   /* transitions into this epoch: 1, more after a gap */
};

struct activity {
    struct activity_slot slot[ACTIVITY_SLOTS];
    unsigned n, next;                    /* slots in use; where the next epoch goes */
    unsigned skipped;                    /* epochs missing before the next one */
    float tilt_before_deg;               /* NAN after a gap */
    bool walking, has_reference;         /* the last epoch: moved like walking; had a reference to be told by */
    bool moved;                          /* the last epoch: as much as in walking, whatever its steps */
    unsigned walking_run;                /* walking epochs up to now */
    enum told told;                      /* by the wearer, of the next epoch */
    enum change seen;                    /* into the next epoch */
    struct activity_threshold threshold; /* lower back */
    struct activity_sway sway;           /* upper back */
};

void activity_init(struct activity *a);
/* Forgets what was, keeps the wearer's threshold. */
void activity_restart(struct activity *a);
/* Another wearer, another placement: the threshold starts from the tables again. */
void activity_forget_threshold(struct activity *a);
/* EPOCHS (5 s each) are missing before the next one. */
void activity_gap(struct activity *a, unsigned epochs);

/* The wearer says how the next epoch is spent: a pose is being captured. */
void activity_tell(struct activity *a, enum told told);
/* Such a movement was seen: it led into the next epoch, or, PAST, into the newest one, whose posterior is then found
 * anew. It makes that change likelier, no more. */
void activity_see(struct activity *a, enum placement placement, enum change change, bool past);
void activity_step(struct activity *a, const struct tracker_config *config, const struct calibration *c,
                   const struct features *f);

/* Posterior of the newest epoch without lag; even odds before the first. */
void activity_live(const struct activity *a, float p[ACTIVITY_CLASSES]);
/* Posterior of the epoch AGE epochs ago (0 = newest, < n) given all since. */
void activity_settled(const struct activity *a, enum placement placement, unsigned age, float p[ACTIVITY_CLASSES]);

enum activity_class activity_best(const float p[ACTIVITY_CLASSES]);

#endif
