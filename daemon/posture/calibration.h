/* calibration — what is known of the mounting and of the wearer's own postures, and the angles that follow.
 *
 * `up` is upright as standing or walking says it; a *sit upright* capture, where there is one, is the zero of the
 * angles. Forward comes from the captures that are bent or leant, else from two bows that agree (calibration_hint).
 * All directions turn together when walking moves the reference (rezero.h): a slipped sensor slips for every pose
 * alike.
 *
 * A sensor put on anew sits in any way. The set of directions is then turned in two steps: walking tells the vertical
 * (calibration_settle_up), the first bow forward (calibration_hint); what has been told by then is all that is used
 * (calibration_trusted). Pure; unit vectors in the sensor frame.
 */
#ifndef POSTURE_CALIBRATION_H
#define POSTURE_CALIBRATION_H

#include "plumbline/posture.h"

struct angles {
    bool have_inclination, have_signs;
    float inclination_deg;          /* from own upright, unsigned */
    float flexion_deg, lateral_deg; /* forward, left positive; NAN without signs */
    float slouch_deg;               /* along the line from sitting upright to sitting slouched, else flexion */
};

void calibration_init(struct calibration *c);
bool calibration_sound(const struct calibration *c); /* false for one that no calibration_… can have made */

/* Direction that posture is told by: walking's, else upright; NULL while unknown. */
const float *calibration_reference(const struct calibration *c);
/* Zero of the angles: sitting upright, else upright; NULL while unknown. */
const float *calibration_zero(const struct calibration *c);

/* Keeps UP as POSE. Nothing is changed when it is too like the others (CAPTURE_ALIKE), too unlike (CAPTURE_UNLIKELY) or
 * there is nothing yet to tell it by (CAPTURE_TOO_EARLY). Sitting upright taken anew after more than an hour turns the
 * older poses along with it. Sitting upright or standing taken while the sensor is settling, or after more than an hour
 * further from the old ones than a back can be, begins a new set. */
enum capture_fault calibration_take(struct calibration *c, enum placement placement, enum pose pose, const float up[3],
                                    int64_t now_ns);

/* UP of the deepest point of a bow (FORWARD_TILT) or of a sitter on the lower back (backward). Two in a row that agree
 * within 40° give forward, when no pose has; HINT is the one before, all zero at first. Where forward was known before
 * the sensor was put on anew, the first one turns the set and settles it; the next ones better it, and one that
 * contradicts the first takes it back. */
void calibration_hint(struct calibration *c, const float up[3], bool forward_tilt, float hint[3], int64_t now_ns);

/* The sensor was put on anew: DOUBTFUL, and nothing is known of it until walking has told. */
void calibration_strapped(struct calibration *c);
/* Walking says that UP is up. Poses that cannot be followed (no forward to turn them by, or no upright but from
 * sitting) are forgotten. */
void calibration_settle_up(struct calibration *c, const float up[3]);

/* What of C may be used for the direction UP while the sensor is settling: C itself, or SCRATCH with what is known.
 * Before the first walk C is believed where one of its directions explains UP: most sensors are put on as they were. */
const struct calibration *calibration_trusted(const struct calibration *c, const float up[3],
                                              struct calibration *scratch);
/* A captured pose (within 20°) or an upright posture (within 35° of the reference) explains UP. */
bool calibration_explains(const struct calibration *c, const float up[3]);

/* Turns every direction by the unit quaternion Q. */
void calibration_turn(struct calibration *c, const float q[4]);

void calibration_angles(const struct calibration *c, const float up[3], struct angles *a);
bool calibration_has_line(const struct calibration *c); /* both captures that slouching is measured between */

/* Angle from UP to the nearest captured way of sitting, all between upright and slouched included; NAN without. A bend
 * to the desk that looks more like standing than like sitting (a pelvis turns forward with it) is left out. */
float calibration_to_sitting_deg(const struct calibration *c, const float up[3]);
/* How far UP leans behind the captured standing, for a wearer who stands further back than he sits (most do on the
 * upper back): nobody stands so, many recline so. NAN where that says nothing. */
float calibration_behind_standing_deg(const struct calibration *c, const float up[3]);
/* Upright is only known from sitting: neither standing was captured nor has there been a walk. */
bool calibration_only_seated(const struct calibration *c);

/* Sitting and standing were both captured, and 5° or more lie between them: the wearer's own poses can tell them
 * apart. */
bool calibration_tells_apart(const struct calibration *c);

/* The state that a confirmed reference has. */
enum reference_state calibration_settled_state(const struct calibration *c);

#endif
