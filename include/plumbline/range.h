/* range — how far a trunk bends forward, back and to the sides: a guided self-test of a minute, measured from the
 * present angles of a posture_view.
 *
 * Pure, in the caller's storage. Angles are of the trunk where the sensor sits, hips included, against the upright of
 * the same test. What counts is the furthest that was held for 0.3 s; shorter peaks do not.
 */
#ifndef PLUMBLINE_RANGE_H
#define PLUMBLINE_RANGE_H

#include "plumbline/posture.h"

#include <stdbool.h>
#include <stdint.h>

enum range_way { RANGE_FLEXION, RANGE_EXTENSION, RANGE_LEFT, RANGE_RIGHT, RANGE_WAYS };
const char *range_way_name(enum range_way w); /* "flexion", "extension", "left", "right" */
enum range_way range_way_find(const char *name); /* RANGE_WAYS when none */

enum range_state { RANGE_IDLE, RANGE_RUNNING, RANGE_DONE, RANGE_REFUSED };
enum range_fault {
    RANGE_OK,
    RANGE_NO_SAMPLES,   /* too few, or a gap of a second and more */
    RANGE_NO_REFERENCE, /* forward is not known (any more) */
    RANGE_NOT_WORN,
    RANGE_MOVED,        /* the first upright was not held still */
    RANGE_NOT_BACK,     /* did not come back upright in between, or the sensor moved */
    RANGE_WALKED,
};

/* Upright and the four ways take turns; even phases are upright. */
enum { RANGE_PHASES = 2 * RANGE_WAYS + 1, RANGE_HELD = 64 };
int range_phase_s(int phase); /* how long it lasts */

struct range_angle {
    int64_t t_ns;
    float deg;
};
struct range {
    enum range_state state;
    enum range_fault fault;
    int64_t start_ns, last_ns, walking_ns; /* walking_ns: of the running walk's first sample, 0 none */
    float upright_flexion_deg, upright_lateral_deg;
    struct range_sum { /* of the running upright phase's end */
        unsigned n;
        double flexion_deg, lateral_deg;
        float least_flexion_deg, most_flexion_deg, least_lateral_deg, most_lateral_deg;
        int64_t from_ns, to_ns;
    } sum;
    int phase; /* of the last sample */
    struct range_angle angle[RANGE_HELD]; /* the newest of the running way, a ring */
    uint32_t n_angle;
    bool covered[RANGE_WAYS];      /* 0.3 s without a hole were seen */
    float furthest_deg[RANGE_WAYS];
};

/* The first sample begins it. */
void range_start(struct range *r);
void range_look(struct range *r, const struct posture_view *v);
/* Time has passed until NOW_NS, run time, perhaps without a sample. */
void range_advance(struct range *r, int64_t now_ns);

struct range_view {
    enum range_state state;
    enum range_fault fault;
    int phase;             /* 0 … RANGE_PHASES − 1 */
    float phase_left_s, left_s;
    float deg[RANGE_WAYS]; /* when done; NAN: no such movement was seen (less than 5°) */
};
void range_show(const struct range *r, struct range_view *view);

/* ---- what a difference means ------------------------------------------------------------------------------------- */

/* Minimal detectable change, degrees. With wearable inertial sensors, put on anew one to two weeks later, it was 5–15°
 * for most ranges of trunk and pelvis (MDC90, n = 63; Laird et al., BMC Musculoskelet. Disord. 17 (2016), PMC5034504):
 * the middle. */
enum { RANGE_CHANGE_DEG = 10 };

/* Of N values, in any order; they are sorted. NAN without any. */
double range_median(double *deg, int n);

#endif
