/* attitude — which way is up, in the sensor's frame.
 *
 * Three ways, by what a sample holds: accelerometer and gyro (fusion, attitude_kf.h, with a guard that recognises a
 * lost vertical and starts anew), the device's own quaternion, or the accelerometer alone (low-pass, believed when
 * quiet). Any first orientation and any motion at the start are accepted. Interval length comes from the samples'
 * times: 10 to 400 Hz. A hole of more than 0.1 s (2.5 intervals of a slow sensor) is never integrated over.
 *
 * Rates are integrated with the second-order coning term (Bortz 1971; Savage, J. Guidance 21(1), 1998), the
 * accelerometer is taken at the middle of its interval. Rest: gyro and accelerometer close to their own short means.
 *
 * Two outputs: live, and settled, which is the attitude of about 2 s ago with the tilt that has been learnt since.
 * (A true fixed-lag smoother by cloned states gave the same at 2 s, 0.338° against 0.337°, and costs more.)
 *
 * Limits: heading is not known. An accelerometer's constant bias is mostly seen as tilt, 0.57° for 10 mg; so is a
 * sensor that sits askew in its case. Clipping is known by the sample's flag, by counts at their end, and for the
 * accelerometer by peaks cut flat; a gyro that clips unseen below the end of its counts is believed.
 *
 * Pure; the caller owns the storage, in SI units. Bad samples are counted and left out.
 */
#ifndef POSTURE_ATTITUDE_H
#define POSTURE_ATTITUDE_H

#include "attitude_kf.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

enum attitude_way { ATTITUDE_NO_WAY, ATTITUDE_BY_FUSION, ATTITUDE_BY_QUATERNION, ATTITUDE_BY_ACCEL };
enum { ATTITUDE_LAG_SLOTS = 13, ATTITUDE_LAG_STEP_MS = 160 };

struct attitude {
    enum attitude_way way;
    float interval_s; /* usual distance of two samples */
    int64_t t_ns;
    float q[4];       /* sensor to earth, heading arbitrary */
    float rate_before_rads[3];
    struct attitude_kf kf;

    float gyro_mean[3], force_mean[3]; /* short means, for the rest detector */
    float quiet_s;                     /* how long both have been quiet */

    float vertical[3]; /* guard: mean specific force in the earth frame */
    float settling_s;  /* guard: time since (re)start */
    float astray_s;    /* guard: how long vertical has been off */
    float since_clipped_s;
    unsigned guard_n;
    float peak_before_mps2; /* largest reading of the three axes in the last sample, */
    unsigned flat_n;        /* and how often running it has stayed the same, far from rest */

    float learnt[4]; /* all tilt corrections so far, earth to earth; for the settled output */
    struct {
        int16_t q[4];    /* without the corrections learnt till then, in QUAT_COUNTS */
        uint32_t low_ns; /* of its time */
    } past[ATTITUDE_LAG_SLOTS];
    unsigned past_n; /* slots in use; the oldest is at past_next once all are */
    unsigned past_next;

    uint32_t faults;   /* samples with numbers that are none */
    uint32_t restarts; /* guard and gaps */
};

void attitude_init(struct attitude *a);

/* Takes a sample. Returns false (and counts) when it says nothing about attitude; attitude_takes() tells beforehand. */
bool attitude_takes(const struct attitude *a, const struct sample *s);
bool attitude_push(struct attitude *a, const struct sample *s);

/* Samples are missing before the next one. Holes that show in the samples' times are found without this call. */
void attitude_gap(struct attitude *a);

/* Up now; false before the first sample. */
bool attitude_up(const struct attitude *a, float up[3]);

/* Up of about 2 s ago and its time; false when a restart, a gap or a clipped gyro lies in between or there is no
 * fusion. Changes about six times a second. */
bool attitude_settled(const struct attitude *a, float up[3], int64_t *t_ns);

/* Coasting: for some seconds after a start or a gap, unless at rest before that. A device's own attitude never coasts. */
enum attitude_quality attitude_quality(const struct attitude *a);

#endif
