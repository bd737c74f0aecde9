/* scenario — what the simulated wearer does, read from a .scn file: `set` lines, then segments in order, with daemon
 * commands (`!…`) between them. `plumbline-sim --help` lists the statements.
 */
#ifndef PLUMBLINE_SIM_SCENARIO_H
#define PLUMBLINE_SIM_SCENARIO_H

#include "plumbline/posture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct imu_part;

enum segment_kind {
    SEGMENT_SIT,
    SEGMENT_SLOUCH,
    SEGMENT_RECLINE,
    SEGMENT_LEAN,
    SEGMENT_DESK_BEND,
    SEGMENT_FIDGET,
    SEGMENT_STAND,
    SEGMENT_STAND_SLOUCH,
    SEGMENT_WALK,
    SEGMENT_LIE,
    SEGMENT_TAKE_OFF,
    /* the posture before goes on through these */
    SEGMENT_BEND,
    SEGMENT_REACH,
    SEGMENT_TURN,
    SEGMENT_UNPLUG,
    SEGMENT_STALL,
    SEGMENT_REBOOT,
};
static inline bool segment_is_posture(enum segment_kind kind) { return kind < SEGMENT_BEND; }

struct segment {
    enum segment_kind kind;
    double start_s, duration_s;
    double angle_deg;   /* as written: beyond own upright, ≥ 0 */
    double cadence_spm; /* walk: steps a minute; 0 the wearer's own */
    int side;           /* lean: +1 left, −1 right */
    double turn_deg[3]; /* turn: roll, pitch, yaw of the sensor on the body, about the body's axes */
};

struct scenario_command {
    double at_s;
    char *words;
};

struct scenario {
    uint64_t seed;
    double rate_hz; /* nominal, 1…1000 */
    const struct imu_part *part;
    double mount_deg[3]; /* roll, pitch, yaw: turns the sensor's frame into the body's */
    enum placement placement;
    double gyro_bias_dps[3], accel_bias_mg[3];
    bool have_gyro_bias, have_accel_bias; /* else drawn from the seed */
    double ppm;                           /* device clock fast by so much */
    unsigned batch;                       /* plumb link: samples a frame */

    struct segment *segments;
    size_t n_segments;
    struct scenario_command *commands;
    size_t n_commands;
    double length_s;
};

/* Reads one; NAME is for messages. 0, or −EINVAL after saying on ERRORS where and what was expected, or −ENOMEM. Call
 * scenario_free() in any case. */
int scenario_read(struct scenario *s, FILE *file, const char *name, FILE *errors);
void scenario_free(struct scenario *s);

/* Reads a duration such as 20s or 1h30m, at most two weeks; false when TEXT is none. */
bool scenario_duration(const char *text, double *seconds);

/* The statements, for --help. */
void scenario_explain(FILE *out);

#endif
