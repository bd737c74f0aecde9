/* slouch — the zone beyond the wearer's own threshold, the lean to a side, and what is never counted.
 *
 * The slouch coordinate runs along the wearer's own line from sitting upright to sitting slouched, whatever its sign;
 * the zone begins at 0.7, 0.5 or 0.35 of that line (low, medium, high sensitivity), kept within 8…20°, and is left at
 * 70 % of it. Without the two captures the upper back uses 12° of flexion, a guess: people stand 6° (SD) off their own
 * walking, so that some always stand so. It goes into minutes and events, and nobody is spoken to for it before the 20°
 * that count for all. The lower back has no slouch without captures. On the upper
 * back more than 20° forward always counts (RULA; ISO 11226), reclining never does, and beyond 10° sideways is a
 * lean. Not counted: while not sitting or standing still, within a bend, within 10 s after walking or a change of
 * posture. What is only known afterwards is made good: a deep flexion is undecided until it has lasted too long for a
 * bend, meanwhile nothing is said, and in the end all of its time counts or none; and so is the time after a change
 * of posture that shows only in the following seconds. Pure.
 */
#ifndef POSTURE_SLOUCH_H
#define POSTURE_SLOUCH_H

#include "calibration.h"
#include "dwell.h"

enum slouch_weight { SLOUCH_IGNORED, SLOUCH_COUNTS, SLOUCH_UNDECIDED };

struct slouch {
    bool in_zone;   /* also while undecided: see slouch_shown() */
    bool undecided; /* since undecided_ns */
    int64_t undecided_ns;
    float undecided_s;     /* of it in the zone */
    int64_t quiet_ns;      /* until when nothing counts after a change of posture */
    int64_t change_ns;     /* the change that this was found for */
    int64_t swung_ns;      /* a swing that may have been one, until it is known; EVENT_OPEN for none */
    int in_lean;           /* −1 right, 1 left, 0 not */
    int64_t zone_since_ns; /* EVENT_OPEN outside */
    int64_t sure_since_ns; /* in the part of it that may be spoken of; EVENT_OPEN outside */
    struct dwell zone, lean;
    float widened_deg; /* by the wearer, 0…6 */
};

void slouch_init(struct slouch *s);
void slouch_widen(struct slouch *s);

/* Slouch coordinate at which the zone begins; NAN when there is no slouch figure. */
float slouch_threshold_deg(const struct slouch *s, const struct tracker_config *config, const struct calibration *c);

/* The trunk was at A (up in UP) for DT_S until NOW_NS. WEIGHT: SLOUCH_COUNTS while sitting or standing still,
 * SLOUCH_UNDECIDED while what is seen may yet be a bend. Returns the seconds in the zone that go into the minutes now;
 * where an undecided stretch has come out as none it is longer than DT_S, and began at undecided_ns. */
float slouch_step(struct slouch *s, const struct tracker_config *config, const struct calibration *c,
                  const struct angles *a, const float up[3], enum slouch_weight weight, float dt_s, int64_t now_ns,
                  struct tracker_out *out);
/* What was undecided until NOW_NS was a bend. */
void slouch_bent(struct slouch *s, int64_t now_ns);
/* The posture changed at FROM_NS, as is known at NOW_NS: nothing counts from then until UNTIL_NS. */
void slouch_quiet(struct slouch *s, int64_t from_ns, int64_t until_ns, int64_t now_ns);
/* In the zone, and it may be spoken of (sure_since_ns): it is decided, and it is not only a guess that says so. */
bool slouch_shown(const struct slouch *s);

/* Not in the zone any more: samples are missing. */
void slouch_leave(struct slouch *s);
/* Ends what lasts. */
void slouch_end(struct slouch *s, struct tracker_out *out);

#endif
