/* motor — a vibration's pattern, and the limits that hold whatever is asked: on for at most 2 s at a time, for at most
 * 12 s in any minute, and off when nothing came from the host for 10 s. "At a time": pulses with less than 100 ms
 * between them are one.
 *
 * The motor is switched on for a stated length, and the board's timer ends it: no delay of the main loop makes a pulse
 * longer. Times are device time in µs and do not go back.
 */
#ifndef PLUMB_REF_MOTOR_H
#define PLUMB_REF_MOTOR_H

#include "../plumb_link.h"

enum { MOTOR_REST_MS = 100, MOTOR_SECONDS = 64 };

struct motor {
    struct plumb_vibrate pattern;
    unsigned left;                 /* pulses still to come */
    uint64_t next_us;              /* when the next one begins */
    uint64_t off_us;               /* end of the last pulse */
    uint32_t at_a_time_ms;         /* on, up to off_us, without a rest */
    uint32_t second;               /* of device time: the one that on_ms[second % MOTOR_SECONDS] counts */
    uint16_t on_ms[MOTOR_SECONDS]; /* length of the pulses that began in each of the last seconds */
};

/* What is to be done now: nothing, a pulse of MS at PERCENT, or (MS 0) silence at once. */
struct motor_act {
    bool change;
    uint8_t percent;
    uint16_t ms;
};

/* PLUMB_OK, PLUMB_RANGE for more than 2 s at a time, PLUMB_BUSY while one goes on or when the minute would be
 * over-full. */
int8_t motor_vibrate(struct motor *m, const struct plumb_vibrate *pattern, uint64_t now_us);
struct motor_act motor_stop(struct motor *m, uint64_t now_us);
/* To be called often; HEARD_US: when the host was last heard. */
struct motor_act motor_run(struct motor *m, uint64_t now_us, uint64_t heard_us);

#endif
