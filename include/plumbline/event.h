/* event — what happened, as the tracker and the coach say it and the diary keeps it; and the minute, the diary's grain.
 *
 * An event that lasts is said twice with the same kind and start: once open (end_ns = EVENT_OPEN) when it becomes
 * certain, once closed. Both carry the time at which it really began, which lies before the moment of saying it.
 */
#ifndef PLUMBLINE_EVENT_H
#define PLUMBLINE_EVENT_H

#include <stdint.h>

enum posture {
    POSTURE_UNSURE = 0, /* worn, but the evidence does not decide */
    POSTURE_SITTING,
    POSTURE_STANDING,
    POSTURE_WALKING,
    POSTURE_LYING,
    POSTURE_NOT_WORN,
    POSTURE_MISSING, /* no samples */
    POSTURE_COUNT
};

/* Numbers and names are part of the diary's format: append only. */
enum event_kind {
    EVENT_NONE = 0,
    EVENT_SITTING = 1,     /* a sitting bout; reason on closing: enum bout_end */
    EVENT_SLOUCH = 2,      /* ≥ 60 % of 60 s in the slouch zone; value: mean flexion beyond own upright, deg */
    EVENT_LEAN = 3,        /* the same sideways; value: mean lateral flexion, deg, left positive */
    EVENT_BEND = 4,        /* a bend; value: largest inclination, deg */
    EVENT_RISE = 5,        /* a sit-to-stand transition (an instant) */
    EVENT_SIT_DOWN = 6,    /* a stand-to-sit transition (an instant) */
    EVENT_WALK = 7,        /* a confirmed walk; value: steps */
    EVENT_NOT_WORN = 8,    /* the sensor lay somewhere */
    EVENT_GAP = 9,         /* no samples; reason: enum gap_reason */
    EVENT_REFERENCE = 10,  /* the state of the calibration changed; reason: enum reference_state */
    EVENT_REZERO = 11,     /* walking moved the reference; value: by how much, deg */
    EVENT_ALERT = 12,      /* the coach spoke; reason: enum topic; id: the advice; value: seconds until recovery when closed */
    EVENT_ANSWER = 13,     /* the wearer answered advice ID; reason: enum answer */
    EVENT_CLOCK_STEP = 14, /* wall time was set; value: by how many seconds */
    EVENT_SENSOR = 15,     /* arrived or left; reason: enum sensor_change */
    EVENT_HELD = 16,       /* the coach held its tongue; reason: enum topic */
    EVENT_CUE = 17,        /* the sensor buzzed in a training window; value: seconds until recovery, −1 without one */
    EVENT_KIND_COUNT
};

enum bout_end { BOUT_ROSE = 0, BOUT_WALKED, BOUT_LAY_DOWN, BOUT_TAKEN_OFF, BOUT_LOST, BOUT_LEFT, BOUT_STOPPED };
enum gap_reason { GAP_SILENT = 0, GAP_UNPLUGGED, GAP_SUSPEND, GAP_DAEMON_DOWN, GAP_LOSS };
enum reference_state { REFERENCE_NONE = 0, REFERENCE_GUESSED, REFERENCE_CALIBRATED, REFERENCE_STALE, REFERENCE_DOUBTFUL };
enum sensor_change { SENSOR_FOUND = 0, SENSOR_GONE };

/* One live notification a topic. Numbers are part of the diary's format: append only. */
enum topic {
    TOPIC_SLOUCH = 0,   /* a long flexed spell */
    TOPIC_BREAK,        /* prolonged sitting */
    TOPIC_LEAN,         /* leaning to one side for long */
    TOPIC_WORKOUT,      /* the routine before a workout */
    TOPIC_AFTER,        /* the routine after it */
    TOPIC_SUMMARY,      /* what was held back while busy */
    TOPIC_REFERENCE,    /* did the sensor move? */
    TOPIC_BATTERY,
    TOPIC_SENSOR_LOST,
    TOPIC_NOT_SEEN,
    TOPIC_REPORT,       /* the day's report is ready */
    TOPIC_SORE,         /* how the soreness is, a day and two after it was noted */
    TOPIC_SESSION,      /* the wearer's own interval between massage sessions is reached */
    TOPIC_RANGE,        /* the weekly self-test of the range of motion */
    TOPIC_COUNT
};

/* snooze ≠ skip ≠ ignored. ANSWER_RECOVERED: nobody clicked, the body answered. */
enum answer {
    ANSWER_DONE = 0, ANSWER_SNOOZE, ANSWER_SKIP, ANSWER_WRONG, ANSWER_IGNORED, ANSWER_RECOVERED, ANSWER_DETAILS,
    ANSWER_COUNT
};

#define EVENT_OPEN INT64_MIN

struct event {
    enum event_kind kind;
    int reason;        /* meaning by kind, see above */
    int64_t start_ns;  /* run time at which it began */
    int64_t end_ns;    /* run time at which it ended; = start_ns for an instant; EVENT_OPEN while it lasts */
    float value;       /* meaning by kind, see above */
    uint32_t id;       /* advice number for alerts and answers, else 0 */
};

/* An event as the diary holds it, in wall time. */
struct diary_event {
    enum event_kind kind;
    int reason;
    int64_t start_wall_ns, end_wall_ns; /* end = EVENT_OPEN while it lasts */
    int32_t utc_offset_s;
    float value;
    uint32_t id;
};

/* Name of a kind, a posture or a reason, as the diary, JSON and golden files spell it; never NULL. */
const char *event_kind_name(enum event_kind kind);
const char *event_reason_name(enum event_kind kind, int reason);
const char *posture_name(enum posture p);

/* Borders of the inclination histogram, degrees: −5, 0, 5, 10, 20, 45, 60. 0, 20 and 60 are RULA's and ISO 11226's. */
enum { INCLINATION_BINS = 8 };
extern const float inclination_borders_deg[INCLINATION_BINS - 1];

/* Five seconds of a wearer's day, given out when its posture is settled (about 60 s later), or a part of it before a gap. */
struct epoch {
    int64_t start_ns;
    float seconds;                    /* how much of it there was, (0, 5] */
    enum posture posture;             /* settled class */
    float p_sitting;                  /* posterior probability of sitting at zero lag, 0…1 */
    float slouch_s;                   /* seconds in the slouch zone (only sitting or standing still, else 0) */
    float lean_left_s, lean_right_s;  /* seconds beyond 10° sideways, same condition */
    float flexion_sum_deg_s;          /* integral of flexion and of its square */
    float flexion_sum_sq;
    float flexion_min_deg, flexion_max_deg;
    float lateral_sum_deg_s;
    float angle_s;                    /* seconds for which flexion and lateral flexion are known (forward known) */
    float bin_s[INCLINATION_BINS];    /* seconds a histogram bin, upper back only */
    uint16_t steps, bends, shifts;    /* shift: inclination moved > 5° and stayed so > 5 s while sitting */
};

/* One wall-clock minute, the sum of its epochs. What is missing of 60 s was not observed. */
struct minute {
    int64_t minute;  /* UTC minutes since 1970 */
    int32_t utc_offset_s;
    float posture_s[POSTURE_COUNT];
    float slouch_sitting_s, slouch_standing_s;
    float lean_left_s, lean_right_s;
    float flexion_mean_deg, flexion_sd_deg, flexion_min_deg, flexion_max_deg; /* NAN where angle_s = 0 */
    float lateral_mean_deg;                                                   /* likewise */
    float angle_s;
    float bin_s[INCLINATION_BINS];
    float p_sitting; /* time-weighted mean */
    float creep;     /* creep indicator at the minute's end, 0…1 */
    uint16_t steps, bends, shifts;
};

#endif
