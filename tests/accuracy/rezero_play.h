/* rezero_play — a simulated wearer whose sensor is turned on the body on the way, through the tracker: what really is up
 * and forward in the sensor's frame is known at every moment, and set beside what the tracker believes.
 *
 * The simulator's wearer always walks alike. People do not: a mean of 20 s of walking lies 1.3 to 3.8° (RMS) from the
 * wearer's own mean on the lower back (HAR70+, 11 of 12 people; the twelfth, 10.9°, walks in two ways) and 1.2 to 5.5° on
 * the chest (Casale, the strap's own creeping included). So each walk here has a lean of its own.
 */
#ifndef ACCURACY_REZERO_PLAY_H
#define ACCURACY_REZERO_PLAY_H

#include "daemon/posture/tracker.h"
#include "tools/sim/sim.h"

enum { PLAY_TURNS = 2, PLAY_WALKS = 16 };

/* The sensor turns on the body, evenly from FROM_S on for OVER_S: BY takes the new sensor frame to the one before. */
struct play_turn {
    double from_s, over_s;
    struct quaternion by;
};

struct play {
    struct scenario scenario;
    struct sim sim;
    struct tracker tracker;
    struct play_turn turn[PLAY_TURNS];
    int turns;
    double lean_deg[PLAY_WALKS][2]; /* of each walk, forward and to the left */
    size_t next_command;
    double t_s;
    bool walking;           /* the present segment */
    double walked_s;        /* so far, in all */
    double up[3], own_up[3]; /* sums over this walk of the true up, sensor frame; OWN: without the walk's own lean */
    double forward[3];      /* true forward of the body now, sensor frame */
    unsigned asked;         /* times the reference became doubtful or stale */
    double right_s[POSTURE_COUNT], of_s[POSTURE_COUNT]; /* settled seconds, by true posture, after COUNT_FROM_S */
    double count_from_s;
};

/* TEXT: a scenario; its `calibrate` commands are obeyed. WALK_RMS_DEG: how far its walks lie from the wearer's own way. */
void play_begin(struct play *p, const char *text, enum placement placement, double walk_rms_deg, uint64_t seed);
void play_turn(struct play *p, double from_s, double over_s, struct quaternion by);
/* Plays until T_S of the scenario, or until STOP (may be NULL) says true; false when that never happened. */
bool play_until(struct play *p, double t_s, bool (*stop)(const struct play *p));
void play_end(struct play *p);

/* Degrees between the direction that walking is told by and the true one of this walk, or of the wearer's own way. */
double play_vertical_error_deg(const struct play *p, bool own);
/* Degrees about the vertical between the believed forward and the true one; NAN while none is believed. */
double play_forward_error_deg(const struct play *p);

struct quaternion play_any_turn(struct chance *c);
/* By ANGLE_DEG about AXIS (need not be of unit length). */
struct quaternion play_turn_about(const double axis[3], double angle_deg);

#endif
