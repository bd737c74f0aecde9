/* transition — sitting down and rising, seen in the movement itself.
 *
 * Whoever sits down or rises turns the trunk for a second or two (a burst of turning), leans it forward beyond both
 * postures to bring the weight over the feet or let it down (the flexion-momentum strategy: Schenkman et al., Phys Ther
 * 70, 1990), and keeps another inclination afterwards: near upright on the side of standing, quiet on the side of the
 * seat. A bend comes back to where it began (one held still for more than 4 s may pass for a seat); a turn goes about
 * the vertical. All angles are unsigned and measured from the walking direction, so any mounting will do and forward
 * need not be known. Nothing is integrated twice: of 122 directions told by displacement 35 are wrong.
 *
 * A verdict comes 6 s after the movement it dates, and only when no samples are missing from 4 s before to then. It
 * is a hint for the activity filter, which has the last word. Works from 10 Hz, with or without a gyro; the caller owns
 * the storage. Pure.
 */
#ifndef POSTURE_TRANSITION_H
#define POSTURE_TRANSITION_H

#include <stdbool.h>
#include <stdint.h>

enum transition_kind { TRANSITION_NONE, TRANSITION_RISE, TRANSITION_SIT_DOWN };
enum { TRANSITION_SLOTS = 128 }; /* of 0.1 s or a little more; 12.2 s are looked at */

struct transition_slot {
    int64_t t_ns;               /* end of it */
    float up[3];                /* then, sensor frame */
    float turn2, about_up2;     /* squared rate within it, rad²/s²: all of it, about the vertical */
    float burst2;               /* mean of turn2 over 1 s around it; known 0.5 s later */
    float force_mps2, force_sq; /* means of |a| and |a|²; zero without an accelerometer */
};

/* What was seen around a burst of turning. "Before" is 4 … 1.8 s before it, "after" as long after it. */
struct transition_look {
    enum transition_kind kind;
    int64_t t_ns;                /* of the fastest turning */
    float burst_rads;            /* RMS of the rate in that second */
    float before_deg, after_deg; /* angle from the walking direction */
    float turned_deg;            /* between before and after */
    float dip_deg;               /* the furthest that the way there led from both */
    float beyond_deg;            /* by how far the way there led beyond both */
    float seat_g;                /* SD of |a| on the side further from upright; NAN without an accelerometer */
    float seat_rads;             /* RMS of the rate there */
    bool lasts;                  /* 4 … 6 s before and after it is as 2 s nearer to it */
    float about_up;              /* share of the turning that is about the vertical, 0…1 */
};

struct transition {
    struct transition_slot slot[TRANSITION_SLOTS];
    unsigned n, next;
    float q[4]; /* attitude at the end of the newest slot */
    bool have_q;
    unsigned forces; /* in the slot being filled */
    float force_sum, force_sq_sum;
    struct transition_look last; /* last that was no TRANSITION_NONE */
    int64_t none_ns;             /* the fastest turning of the last that was; far in the past before the first */
};

void transition_init(struct transition *t);
/* Samples are missing: what was before does not belong to what comes. */
void transition_break(struct transition *t);
/* A few samples are missing, or the attitude was put right: how it comes to the next one is not the wearer's turning. */
void transition_skip(struct transition *t);

/* A sample's specific force, size only. */
void transition_add_force(struct transition *t, float force_mps2);

/* About ten times a second: the attitude at NOW_NS is Q (sensor to earth; one that is not newer is left out), up reads REFERENCE in walking (unit, sensor frame; NULL
 * while unknown). True when there was a burst about 6 s ago that could be looked at; *LOOK then tells what it was. */
bool transition_step(struct transition *t, const float q[4], const float *reference, int64_t now_ns,
                     struct transition_look *look);

#endif
