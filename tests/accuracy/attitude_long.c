/* Invariants: one filter lives through the whole of a run; the first SETTLE_S and nothing else is not judged. */
#include "attitude_long.h"

#include "attitude_body.h"
#include "daemon/posture/attitude.h"
#include "daemon/posture/vec.h"

#include <stdio.h>

enum { SETTLE_S = 10, HOUR = 3600 * BODY_RATE_HZ, BURST_EVERY = 60 * BODY_RATE_HZ, RESTED = 2 * BODY_RATE_HZ };
enum { BURST = BODY_BURST_S * BODY_RATE_HZ };
static const uint64_t seed = 20232;

struct day {
    const char *name, *said;
    int hours;
    bool moves;             /* a burst each minute: 20 % of the time */
    double drift_dps_per_h; /* of the gyro's bias, one axis the other way */
};

static const struct day days[] = {
    {"drift_8h", "8 h still, bias drifts 0.02 deg/s an hour", 8, false, 0.02},
    {"drift_8h_mixed", "8 h with 20 % motion, the same drift", 8, true, 0.02},
    {"still_24h", "24 h still", 24, false, 0},
    {"mixed_24h", "24 h with 20 % motion", 24, true, 0},
};

/* Degrees. Rested: at least 2 s after a burst. */
struct outcome {
    double max, rms, max_rested, max_moving, at_end;
    long not_a_number;
};

static void judge(struct outcome *o, float off_deg, int64_t since_burst)
{
    double off = (double)off_deg;
    if (isnan(off_deg)) {
        o->not_a_number++;
        return;
    }
    if (since_burst <= 0) {
        o->max_moving = fmax(o->max_moving, off);
        return;
    }
    o->max = fmax(o->max, off);
    o->rms += off * off;
    if (since_burst > RESTED) o->max_rested = fmax(o->max_rested, off);
}

static struct outcome live_through(const struct day *day)
{
    struct attitude a;
    struct attitude_body body;
    struct outcome o = {0};
    float up[3], truth[3], off_deg = NAN;
    int64_t n = (int64_t)day->hours * HOUR, still = 0;
    attitude_init(&a);
    attitude_body_init(&body, seed, 17);
    double bias[3] = {0.3, -0.2, 0.1};
    for (int64_t k = 0; k < n; k++) {
        struct sample s;
        double drifted = day->drift_dps_per_h * (double)k / HOUR;
        for (int i = 0; i < 3; i++) body.bias_dps[i] = bias[i] + (i == 1 ? -drifted : drifted);
        int64_t in_minute = k % BURST_EVERY;
        if (day->moves && in_minute == BURST_EVERY / 2) attitude_body_move(&body);
        attitude_body_next(&body, &s, truth);
        attitude_push(&a, &s);
        if (k < SETTLE_S * BODY_RATE_HZ) continue;
        int64_t since_burst = day->moves ? in_minute - BURST_EVERY / 2 - BURST + 1 : 2 * RESTED;
        if (day->moves && since_burst <= -BURST) since_burst += BURST_EVERY;
        off_deg = attitude_up(&a, up) ? vec_angle_deg(up, truth) : NAN;
        judge(&o, off_deg, since_burst);
        still += since_burst > 0;
    }
    o.rms = sqrt(o.rms / (double)still);
    o.at_end = (double)off_deg;
    return o;
}

void attitude_long_print(void)
{
    enum { DAYS = sizeof days / sizeof days[0] };
    struct outcome o[DAYS];
    printf("%-44s %8s %8s %8s %8s %8s\n", "simulated at 100 Hz (degrees)", "rms", "max", "rested", "moving", "at end");
    for (int i = 0; i < DAYS; i++) {
        o[i] = live_through(&days[i]);
        printf("%-44s %8.3f %8.3f %8.3f %8.3f %8.3f\n", days[i].said, o[i].rms, o[i].max, o[i].max_rested,
               o[i].max_moving, o[i].at_end);
    }
    printf("rms and max: while still; rested: 2 s and more after a motion; published for the first row: VQF rms 0.020, "
           "max 0.070, KF-15 0.024 and 0.083\nlong_seed=%lu\n",
           (unsigned long)seed);
    for (int i = 0; i < DAYS; i++)
        printf("robust_%s_rms=%.4f\nrobust_%s_max=%.4f\nrobust_%s_max_rested=%.4f\nrobust_%s_max_moving=%.4f\n"
               "robust_%s_at_end=%.4f\nrobust_%s_no_numbers=%ld\n",
               days[i].name, o[i].rms, days[i].name, o[i].max, days[i].name, o[i].max_rested, days[i].name,
               o[i].max_moving, days[i].name, o[i].at_end, days[i].name, o[i].not_a_number);
}
