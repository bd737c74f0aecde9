/* Invariants: the true mounting never changes in these days, so that every degree the reference moves is an error. */
#include "rezero_days.h"

#include "daemon/posture/calibration.h"
#include "daemon/posture/rezero.h"
#include "daemon/posture/vec.h"
#include "plumbline/sample.h"
#include "tools/sim/chance.h"

#include <stdio.h>

enum { DRAWS = 200, HOURS = 8, EPOCH_S = 5, EPOCHS = HOURS * 3600 / EPOCH_S, HOUR = 3600 / EPOCH_S };

/* A wearer who walks otherwise than when the reference was learnt: bent forward by so much (and to the side), in this
 * share of the walks, or in all walks between two hours. SIDE_DEG changes its sign with each walk for a limper's turns. */
static const struct kind {
    const char *title, *name;
    double bent_deg, side_deg, spread; /* spread: SD of an epoch's mean, degrees */
    double from_h, to_h, share;
} kinds[] = {
    {"as always", "usual", 0, 0, 1, 0, HOURS, 1},
    {"15 deg bent for an hour", "slouched_walker", 15, 0, 1, 2, 3, 1},
    {"15 deg bent all day", "always_bent", 15, 0, 1, 1, HOURS, 1},
    {"9 deg bent all day", "somewhat_bent", 9, 0, 1, 1, HOURS, 1},
    {"limps, leans 6 deg to a side", "limper", 2, 6, 2.5, 1, HOURS, 1},
    {"backpack, 10 deg, every other walk", "backpack", 10, 0, 1, 1, HOURS, .5},
    {"backpack, 10 deg, all day", "backpack_day", 10, 0, 1, 1, HOURS, 1},
};

struct day {
    struct calibration calibration;
    struct rezero rezero;
    struct chance chance;
    float at[EPOCHS][3];         /* the reference, epoch by epoch */
    double rms_deg;
    int asked;
};

static void direction(double flexion_deg, double lateral_deg, float up[3])
{
    float f = (float)flexion_deg / DEG_PER_RAD, l = (float)lateral_deg / DEG_PER_RAD;
    up[0] = -sinf(f) * cosf(l);
    up[1] = -sinf(l);
    up[2] = cosf(f) * cosf(l);
}

static void begin(struct day *d, uint64_t seed)
{
    float up[3];
    static const struct {
        enum pose pose;
        double flexion_deg;
    } poses[] = {{POSE_SIT_UPRIGHT, 7}, {POSE_SIT_SLOUCHED, 28}, {POSE_LEAN_BACK, -12}, {POSE_BEND, 42}, {POSE_STAND, -1}};
    chance_init(&d->chance, seed, 43);
    calibration_init(&d->calibration);
    rezero_init(&d->rezero, 0);
    for (size_t i = 0; i < sizeof poses / sizeof poses[0]; i++) {
        direction(poses[i].flexion_deg, 0, up);
        calibration_take(&d->calibration, PLACEMENT_UPPER_BACK, poses[i].pose, up, SECONDS_NS(10));
    }
    d->rms_deg = chance_between(&d->chance, 1, 4);
    d->asked = 0;
}

/* A walk of N epochs from epoch FIRST on. */
static void walk(struct day *d, const struct kind *k, bool otherwise, int first, int n)
{
    double sd = d->rms_deg / sqrt(2), flexion = sd * chance_normal(&d->chance), lateral = sd * chance_normal(&d->chance);
    if (otherwise) flexion += k->bent_deg, lateral += k->side_deg;
    for (int i = 0; i < n; i++) {
        enum reference_state before = d->calibration.state;
        float up[3];
        direction(flexion + k->spread * chance_normal(&d->chance), lateral + k->spread * chance_normal(&d->chance), up);
        if (i > 0) rezero_walked(&d->rezero, &d->calibration, up, EPOCH_S, SECONDS_NS((first + i) * EPOCH_S));
        vec_copy(d->at[first + i], calibration_reference(&d->calibration));
        d->asked += d->calibration.state == REFERENCE_DOUBTFUL && before != REFERENCE_DOUBTFUL;
    }
}

static void play(struct day *d, const struct kind *k)
{
    int next = 4;
    for (int at = 0; at < EPOCHS; at++) {
        if (at == next) {
            double hour = (double)at / HOUR;
            int n = (int)chance_between(&d->chance, 2, 60);
            bool otherwise = hour >= k->from_h && hour < k->to_h && chance_between(&d->chance, 0, 1) < k->share;
            if (at < HOUR / 2) n += 8;
            if (at + n > EPOCHS) n = EPOCHS - at;
            walk(d, k, otherwise, at, n);
            at += n - 1;
            next = at + 1 + (int)chance_between(&d->chance, 24, 240);
            continue;
        }
        rezero_broken(&d->rezero, &d->calibration, SECONDS_NS(at * EPOCH_S));
        vec_copy(d->at[at], calibration_reference(&d->calibration));
        rezero_age(&d->calibration, SECONDS_NS(at * EPOCH_S));
    }
}

/* The most that the reference moved in any hour once it had been learnt, and its largest angle from then. */
static void judge(const struct day *d, double *an_hour, double *from_first)
{
    *an_hour = *from_first = 0;
    for (int at = HOUR / 2; at < EPOCHS; at++) {
        *from_first = fmax(*from_first, (double)vec_angle_deg(d->at[at], d->at[HOUR / 2]));
        int then = at - HOUR > HOUR / 2 ? at - HOUR : HOUR / 2;
        *an_hour = fmax(*an_hour, (double)vec_angle_deg(d->at[at], d->at[then]));
    }
}

void report_days(void)
{
    static struct day d;
    printf("days of 8 h with many walks: most that the reference moves, mean and maximum over %d draws\n", DRAWS);
    printf("  %-36s %9s %9s %9s %9s %7s\n", "", "mean/h", "max/h", "mean", "max", "asked");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        double sum_hour = 0, most_hour = 0, sum_first = 0, most_first = 0;
        int asked = 0;
        for (uint64_t k = 0; k < DRAWS; k++) {
            double hour, first;
            begin(&d, 1000 * i + k);
            play(&d, &kinds[i]);
            judge(&d, &hour, &first);
            sum_hour += hour, sum_first += first, asked += d.asked;
            most_hour = fmax(most_hour, hour), most_first = fmax(most_first, first);
        }
        printf("  %-36s %9.2f %9.2f %9.2f %9.2f %7.2f\n", kinds[i].title, sum_hour / DRAWS, most_hour, sum_first / DRAWS,
               most_first, (double)asked / DRAWS);
        printf("%s_most_deg_an_hour=%.2f\n%s_most_deg_from_first=%.2f\n%s_doubts_a_day=%.2f\n", kinds[i].name, most_hour,
               kinds[i].name, most_first, kinds[i].name, (double)asked / DRAWS);
    }
}
