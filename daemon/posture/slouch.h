/* slouch — the zone beyond the wearer's own threshold, the lean to a side, and what is never counted.
 *
 * The slouch coordinate runs along the wearer's own line from sitting upright to sitting slouched, whatever its sign;
 * the zone begins at 0.7, 0.5 or 0.35 of that line (low, medium, high sensitivity), kept within 8…20°, and is left at
 * 70 % of it. Without the two captures the upper back uses 12° of flexion; the lower back has no slouch. On the upper
 * back more than 20° forward always counts (RULA; ISO 11226), reclining never does, and beyond 10° sideways is a
 * lean. Not counted: while not sitting or standing still, within a bend, within 10 s after walking or a change of
 * posture. Pure.
 */
#ifndef POSTURE_SLOUCH_H
#define POSTURE_SLOUCH_H

#include "calibration.h"
#include "dwell.h"

struct slouch {
    bool in_zone;
    int in_lean;           /* −1 right, 1 left, 0 not */
    int64_t zone_since_ns; /* EVENT_OPEN outside */
    struct dwell zone, lean;
    float widened_deg; /* by the wearer, 0…6 */
};

void slouch_init(struct slouch *s);
void slouch_widen(struct slouch *s);

/* Slouch coordinate at which the zone begins; NAN when there is no slouch figure. */
float slouch_threshold_deg(const struct slouch *s, const struct tracker_config *config, const struct calibration *c);

/* The trunk was at A (up in UP) for DT_S until NOW_NS; COUNTS while sitting or standing still. */
void slouch_step(struct slouch *s, const struct tracker_config *config, const struct calibration *c,
                 const struct angles *a, const float up[3], bool counts, float dt_s, int64_t now_ns,
                 struct tracker_out *out);

/* Ends what lasts. */
void slouch_end(struct slouch *s, struct tracker_out *out);

#endif
