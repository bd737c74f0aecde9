/* accuracy_slouch_rule — what the rules of slouching say of the simulated truth: an implementation of its own, on angles
 * without error, that looks into the future where a rule does (a bend is known by its end).
 *
 * A zone begins at the wearer's threshold and is left at 70 % of it. It counts while sitting or standing, not on the way
 * between postures, in walking and 10 s after these. A bend (beyond 30°, back within 8 s, or reached faster than
 * 60 °/s and back within 20 s) does not count, nor does, on the upper back, what is nearer to the captured lean-back than
 * to the captured slouch (without captures: behind upright). Event: 36 s of the last 60; over when less than 18 s. Nothing can be
 * said before it is known that a deep flexion is no bend.
 */
#ifndef ACCURACY_SLOUCH_RULE_H
#define ACCURACY_SLOUCH_RULE_H

#include "plumbline/posture.h"

enum { TRUTH_HZ = 5, TRUTH_MAX = 10 * 3600 * TRUTH_HZ, ALARMS_MAX = 4000 };

/* Why the tracker is or is not in the zone at a moment; the first that holds. */
enum said_why { SAID_SILENT, SAID_CHANGED, SAID_WALKED, SAID_STEPS, SAID_ACTIVITY, SAID_UNDECIDED, SAID_ANGLE, SAID_WHYS };

struct truth_moment {
    float up[3];                             /* earth's up in the body's frame at the sensor's place */
    float said_slouch_deg;
    float slouch_deg, flexion_deg, said_deg; /* said: the tracker's flexion then, NAN for none */
    unsigned char said_posture, said_why; /* why: enum said_why */
    bool said_zone;      /* the tracker counts it */
    bool silent;       /* the tracker's reference was stale or doubtful: it says nothing on purpose */
    float run_s;       /* the present run in the zone (of a guess: beyond 20°) so far; 0 outside */
    float undecided_s; /* a deep flexion may still be a bend until then (time of day); 0 otherwise */
    unsigned char segment_kind,
        recent_kind; /* enum segment_kind; last bend, reach or stoop within 60 s, else segment_kind */
    bool standing, still, reclined, zone, inside; /* still: sits or stands; inside: an event goes on */
};

enum alarm_kind { ALARM_EVENT, ALARM_TRAINING, ALARM_LONG, ALARM_KINDS };

struct alarm {
    double at_s, since_s;
};

struct truth {
    int n;
    struct truth_moment moment[TRUTH_MAX];
    double threshold_deg, unsupported_deg;
    int n_alarms[ALARM_KINDS];
    struct alarm alarm[ALARM_KINDS][ALARMS_MAX];
};

struct truth_poses {
    float zero[3], slouched[3], leant_back[3]; /* only ZERO is used when not HAVE_LINE */
    bool have_line;
    enum placement placement;
    enum sensitivity sensitivity;
};

/* From up, kinds and postures to zones and alarms. */
void truth_judge(struct truth *t, const struct truth_poses *p);

#endif
