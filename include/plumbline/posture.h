/* posture — from samples to what a back does: attitude, calibration, activity, slouch, sitting bouts.
 *
 * Pure: no clock, no file, no allocation, no globals; the tracker lives in the caller's storage and is one flat block of
 * bytes without pointers, so that it can be kept as a snapshot and copied back. It never fails: bad data become counters
 * and POSTURE_UNSURE.
 *
 * Live figures (struct posture_view) have no lag and serve prompts and pictures. Settled figures (struct epoch, bout
 * events) have about 60 s lag and serve minutes and reports.
 */
#ifndef PLUMBLINE_POSTURE_H
#define PLUMBLINE_POSTURE_H

#include "plumbline/event.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum placement { PLACEMENT_UPPER_BACK, PLACEMENT_LOWER_BACK };
enum desk_kind { DESK_SEATED, DESK_STANDING, DESK_MIXED };
enum sensitivity { SENSITIVITY_LOW, SENSITIVITY_MEDIUM, SENSITIVITY_HIGH };

struct tracker_config {
    enum placement placement;
    enum desk_kind desk;
    enum sensitivity sensitivity;
    float sitting_bias; /* added to the log-evidence of sitting; 0.1 on the lower back, 0 on the upper by default */
};

/* ---- calibration --------------------------------------------------------------------------------------------------- */

enum pose { POSE_SIT_UPRIGHT, POSE_SIT_SLOUCHED, POSE_LEAN_BACK, POSE_BEND, POSE_STAND, POSE_COUNT };
const char *pose_name(enum pose p); /* "sit-upright", "sit-slouched", "lean-back", "bend", "stand" */

struct prototype {
    bool valid;
    float up[3];      /* unit vector to earth's up, sensor frame, as captured */
    int64_t taken_ns; /* run time */
    uint32_t strap_id; /* how the sensor was put on then; as captured it held for that strap-on only */
};

/* What is not known since the sensor was put on anew: until then only what does not need it is told. */
enum settling { SETTLING_NOT, SETTLING_UP /* nothing is known */, SETTLING_FORWARD /* walking has told the vertical */ };

/* What is known of the mounting and of the wearer. No pointers; kept in the diary as it is, with its version. */
enum { CALIBRATION_VERSION = 2 };
struct calibration {
    uint32_t version;
    enum reference_state state;
    struct prototype pose[POSE_COUNT];
    float up[3];            /* "upright": what the sensor reads as up when the wearer stands or sits upright */
    float forward[3];       /* forward of the body, sensor frame, orthogonal to up; zero while unknown */
    float walk[3];          /* mean direction of up while walking: what walking is compared with; moves with the poses */
    float walk_first[3];    /* the same, had the poses not been turned since they were taken; walk stays within 15° */
    float walk_also[3];     /* another way of walking, of which the wearer has said that the sensor did not move */
    bool have_up, have_forward, have_walk, have_walk_also;
    enum settling settling;
    uint32_t bows;          /* that have told forward since the sensor was put on */
    int64_t up_ns, forward_ns; /* run time when last confirmed */
    uint32_t strap_id;      /* counts how often the sensor was put on */
};

enum capture_state { CAPTURE_IDLE, CAPTURE_RUNNING, CAPTURE_DONE, CAPTURE_REFUSED };
enum capture_fault {
    CAPTURE_OK,
    CAPTURE_MOVED,
    CAPTURE_NO_SAMPLES,
    CAPTURE_ALIKE,    /* too near to sitting upright (or to standing, before that is known) */
    CAPTURE_UNLIKELY, /* further from it than a back bends */
    CAPTURE_TOO_EARLY /* sitting upright or standing come first */
};
struct capture_view {
    enum capture_state state;
    enum capture_fault fault;
    enum pose pose;
    float progress; /* 0…1 */
};

/* ---- the tracker --------------------------------------------------------------------------------------------------- */

enum { TRACKER_EVENTS_MAX = 24, TRACKER_EPOCHS_MAX = 16 };

/* What one call gave rise to. */
struct tracker_out {
    unsigned n_events, n_epochs;
    struct event event[TRACKER_EVENTS_MAX];
    struct epoch epoch[TRACKER_EPOCHS_MAX];
};

enum attitude_quality { ATTITUDE_NONE, ATTITUDE_COASTING /* after a gap or start */, ATTITUDE_MOVING, ATTITUDE_STILL };

/* The present, without lag. */
struct posture_view {
    int64_t t_ns;                   /* run time of the last sample */
    enum attitude_quality quality;
    enum posture posture;           /* POSTURE_UNSURE while .05 < p_sitting < .95 and not walking */
    float p_sitting, confidence;    /* confidence in posture, 0…1; capped at .8 on the upper back */
    bool angles_known;              /* forward known: flexion and lateral have signs */
    float inclination_deg;          /* unsigned angle from upright; NAN before upright is known */
    float flexion_deg, lateral_deg; /* from own upright; NAN while not known */
    bool in_slouch_zone, in_lean_zone; /* only while sitting or standing still, be it unsure which of the two */
    int64_t zone_since_ns;          /* start of the present uninterrupted run in the slouch zone, as far as it may be
                                     * spoken of: no deep flexion that may yet be a bend, no guess below 20°;
                                     * EVENT_OPEN outside */
    int64_t sitting_since_ns;       /* start of the running (live) sitting bout; EVENT_OPEN when not sitting */
    int64_t upright_since_ns;       /* start of the running stretch of standing or walking; EVENT_OPEN when none */
    int64_t walking_ended_ns;       /* end of the last live walking; EVENT_OPEN when none yet */
    float slouch_threshold_deg;     /* flexion at which the zone begins; NAN when there is no slouch figure */
    enum reference_state reference;
    bool settling;                  /* put on anew: walking and a bow will mend the reference */
    float creep;                    /* creep indicator 0…1, a laboratory model (McGill & Brown 1992) */
    float cadence_hz;               /* steps a second while walking, else 0 */
};

struct tracker;
size_t tracker_size(void);
/* Whether the bytes of T, which somebody else may have made, do no harm: no place in an array lies beyond it. */
bool tracker_sound(const struct tracker *t);

void tracker_init(struct tracker *t, const struct tracker_config *config);
void tracker_configure(struct tracker *t, const struct tracker_config *config);

/* Takes the next sample. Time must increase and lie within 0 … INT64_MAX / 2: other samples are left out. *OUT is overwritten. */
void tracker_push(struct tracker *t, const struct sample *s, struct tracker_out *out);

/* Time has passed until NOW_NS without a sample (call at tracker_due_ns(), or whenever): closes what silence closes. */
void tracker_advance(struct tracker *t, int64_t now_ns, struct tracker_out *out);

/* Run time at which tracker_advance() has something to do if no sample comes before; INT64_MAX when never. */
int64_t tracker_due_ns(const struct tracker *t);

/* Says why the samples are about to be missing, or are (a suspend, an unplugged sensor). The next sample ends it. */
void tracker_gap(struct tracker *t, int64_t now_ns, enum gap_reason reason, struct tracker_out *out);

/* Ends the day's last bout and gives out every epoch not yet settled (end of a replay, before `stop`). */
void tracker_finish(struct tracker *t, int64_t now_ns, struct tracker_out *out);

void tracker_view(const struct tracker *t, struct posture_view *view);

/* Calibration. A capture runs for 15 s of samples from the call; look at it with tracker_capture(). */
void tracker_capture_start(struct tracker *t, enum pose pose, int64_t now_ns);
void tracker_capture(const struct tracker *t, struct capture_view *view);
void tracker_get_calibration(const struct tracker *t, struct calibration *c);
/* 0, or −EINVAL when C is damaged or of another version (it comes from a file). */
int tracker_set_calibration(struct tracker *t, const struct calibration *c);

/* The wearer's answer to "did the sensor move?". MOVED: the poses follow to where walking says they are now; without
 * such walks they wait for the next one. Not moved: what is known stands, and the way of walking that gave rise to the
 * question is another of the wearer's own. */
void tracker_sensor_moved(struct tracker *t, bool moved, int64_t now_ns);

/* The wearer says that the last slouch prompt was wrong: the threshold moves 2° away, at most 6° in all. */
void tracker_widen_zone(struct tracker *t);

/* Seat minutes from epochs: MINUTE is begun with minute_begin and given each epoch that starts in it. */
void minute_begin(struct minute *m, int64_t minute, int32_t utc_offset_s);
void minute_add(struct minute *m, const struct epoch *e);
/* Turns sums into means; the minute may then be stored. */
void minute_finish(struct minute *m, float creep);

#endif
