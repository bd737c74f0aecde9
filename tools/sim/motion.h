/* motion — how a trunk moves through a scenario: where the sensor's place on the back is and how it is turned, at any
 * moment. Everything has two continuous derivatives, so that rates and accelerations taken from it are those of a body.
 *
 * Postures are joined by minimum-jerk curves (Flash & Hogan 1985) of 1–2.5 s; getting up and sitting down lean the
 * trunk 30–40° forward on the way (Schenkman et al. 1990). On top lie breathing, sway, slow seated drift, and in
 * walking the harmonics of step and stride (Menz, Lord & Fitzpatrick 2003; magnitudes as found there).
 *
 * Eating, driving, crossed legs and a phone are guesses of shape and size; a car's seat shakes as Paddan & Griffin
 * (2002) measured.
 *
 * On the lower back a sitting pelvis is turned 30–38° backward of walking, a standing one about 7°, and slouching turns
 * it further backward; on the upper back sitting upright is 5–10° forward of walking and slouching turns forward.
 */
#ifndef PLUMBLINE_SIM_MOTION_H
#define PLUMBLINE_SIM_MOTION_H

#include "chance.h"
#include "quaternion.h"
#include "scenario.h"

struct trunk_pose {
    struct quaternion attitude; /* body frame (sample.h) at the sensor's place to earth, z up */
    double position_m[3];       /* of the sensor's place, earth */
};

/* What one wearer has that another has not; drawn from the scenario's seed, or set after motion_init(). Angles are from
 * the walking posture. */
struct person {
    double sit_deg, stand_deg; /* flexion of the sensor's place when upright */
    double slouch_sign;        /* +1 upper back, −1 lower */
    double dip_deg;            /* forward lean in getting up and sitting down */
    double breath_hz, breath_deg;
    double cadence_spm, step_m; /* step_m: amplitude of the vertical movement in walking */
    double lever_m[3];          /* sensor's place from the hip, body frame */
    struct wander {
        double sway_deg, drift_deg, shift_deg; /* SD of what wanders within a second, some seconds, minutes */
    } sitting, standing, posed;
};

enum stance_part {
    PITCH_DEG,
    LATERAL_DEG, /* what the posture aims at; PITCH from walking */
    HEIGHT_M,
    FORWARD_M, /* hip */
    SWAY_DEG,
    DRIFT_DEG,
    SHIFT_DEG,
    BREATH_SHARE,
    FIDGET_DEG,
    TURN_DEG,
    BITE_DEG,
    SHAKE_MPS2, /* sizes of what goes on within it */
    GAIT_SHARE, /* 0 not walking … 1 walking */
    STANCE_PARTS
};

struct motion {
    const struct scenario *scenario;
    struct person person;
    uint64_t seed;
    struct chance chance;
    size_t next;               /* segment to be entered next; next − 1 is the present one */
    enum segment_kind posture; /* the last posture entered */
    double from[STANCE_PARTS], to[STANCE_PARTS];
    double move_start_s, move_s;                      /* the way from one to the other */
    double dip_deg;                                   /* of this way */
    double phase_rad, cadence_from_hz, cadence_to_hz; /* steps: phase at move_start_s */
};

/* S stays the caller's and must outlive M. */
void motion_init(struct motion *m, const struct scenario *s);
/* The pose at T_S ≥ 0, never earlier than in the call before. After the scenario's end the last posture goes on. */
void motion_pose(struct motion *m, double t_s, struct trunk_pose *pose);
/* The segment of the last call. */
const struct segment *motion_segment(const struct motion *m);

/* What is true of a segment, for --truth: posture, and flexion and lateral flexion in degrees beyond the wearer's own
 * upright of sitting or standing (0 where there is none). PRESENT: the last posture segment at or before it. */
enum posture motion_truth(const struct motion *m, const struct segment *segment, const struct segment *present,
                          double *flexion_deg, double *lateral_deg);

#endif
