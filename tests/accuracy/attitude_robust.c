/* Invariants: a case meets each trial as it was recorded, with random numbers that depend on the trial's place only. */
#include "attitude_robust.h"

#include "attitude_cases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct means {
    double live, settled, settled_hz;
    uint32_t refused, should; /* samples, over all trials */
};

/* Windows in which a lost vertical is looked at, in seconds from the hole of 2 s, which takes none of them. */
enum { WINDOWS = 4, AT_15 = 3 };
static const struct {
    const char *name;
    double from_s, to_s;
    double vqf, kalman, kalman_told; /* published */
} windows[WINDOWS] = {
    {"rms_2_7s", 2, 7, 20.89, 18.610, NAN},
    {"rms_12_17s", 12, 17, 0.722, 0.705, NAN},
    {"5s", 4.5, 5.5, 7.30, 4.430, 2.656},
    {"15s", 14.5, 15.5, 0.591, 0.695, 0.371},
};
static const double worst_vqf = 2.51, worst_kalman = 1.551;

struct after_hole {
    double mean[WINDOWS], worst_15; /* degrees, over trials */
};

static struct seeded seed_of(size_t trial) { return (struct seeded){ATTITUDE_SEED + trial}; }

static struct means run_case(const struct attitude_case *c, const struct trial *trials, size_t n)
{
    struct trial own = {0};
    struct offs offs = {0};
    struct means mean = {0};
    for (size_t i = 0; i < n; i++) {
        struct seeded random = seed_of(i);
        attitude_trial_copy(&own, &trials[i]);
        if (c->change) c->change(&own, &random);
        attitude_score_run(&own, c->guard, &offs);
        mean.live += attitude_score_live(&own, &offs) / (double)n;
        mean.settled += attitude_score_settled(&own, &offs) / (double)n;
        mean.settled_hz += attitude_score_settled_hz(&own, &offs) / (double)n;
        mean.refused += offs.faults;
        mean.should += attitude_cases_no_numbers(&own);
    }
    attitude_trial_free(&own);
    attitude_score_free(&offs);
    return mean;
}

static struct after_hole run_hole(enum hole kind, const struct trial *trials, size_t n)
{
    struct trial own = {0};
    struct offs offs = {0};
    struct after_hole all = {0};
    unsigned used[WINDOWS] = {0};
    for (size_t i = 0; i < n; i++) {
        attitude_trial_copy(&own, &trials[i]);
        size_t end = attitude_cases_hole(&own, kind);
        double rate_hz = 1e9 / (double)own.period_ns;
        attitude_score_run(&own, GUARD_ON, &offs);
        for (int w = 0; w < WINDOWS; w++) {
            double from = windows[w].from_s * rate_hz, to = windows[w].to_s * rate_hz;
            double off = attitude_score_window(&own, &offs, end + (size_t)from, end + (size_t)to);
            if (isnan(off)) continue; /* the reference lost the sensor, or the recording ends */
            all.mean[w] += off;
            used[w]++;
            if (w == AT_15) all.worst_15 = fmax(all.worst_15, off);
        }
    }
    attitude_trial_free(&own);
    attitude_score_free(&offs);
    for (int w = 0; w < WINDOWS; w++) all.mean[w] /= used[w];
    return all;
}

static void print_row(const char *said, double live, double settled, double vqf, double kalman)
{
    double column[] = {live, settled, vqf, kalman};
    printf("%-42s", said);
    for (int i = 0; i < 4; i++) isnan(column[i]) ? printf(" %8s", "-") : printf(" %8.3f", column[i]);
    printf("\n");
}

static void print_holes(const struct after_hole all[3])
{
    static const char *const kinds[] = {"2 s hole untold", "2 s hole, gap() called", "2 s hole, true times"};
    for (int kind = 0; kind < 3; kind++) {
        char said[64];
        for (int w = 0; w < WINDOWS; w++) {
            snprintf(said, sizeof said, "%s: %s", kinds[kind], windows[w].name);
            bool untold = kind == HOLE_UNTOLD;
            print_row(said, all[kind].mean[w], NAN, untold ? windows[w].vqf : NAN,
                      untold              ? windows[w].kalman
                      : kind == HOLE_TOLD ? windows[w].kalman_told
                                          : NAN);
        }
        snprintf(said, sizeof said, "%s: 15s, worst trial", kinds[kind]);
        print_row(said, all[kind].worst_15, NAN, kind == HOLE_UNTOLD ? worst_vqf : NAN,
                  kind == HOLE_UNTOLD ? worst_kalman : NAN);
    }
}

static void value_holes(const struct after_hole all[3])
{
    static const char *const kinds[] = {"untold", "told", "timed"};
    for (int kind = 0; kind < 3; kind++) {
        for (int w = 0; w < WINDOWS; w++)
            printf("robust_gap_%s_%s=%.4f\n", kinds[kind], windows[w].name, all[kind].mean[w]);
        printf("robust_gap_%s_15s_worst=%.4f\n", kinds[kind], all[kind].worst_15);
    }
}

static double live_of(const char *name, const struct means means[])
{
    for (size_t i = 0; i < attitude_cases_count; i++)
        if (strcmp(attitude_cases[i].name, name) == 0) return means[i].live;
    return NAN;
}

void attitude_robust_print(const struct trial *trials, size_t n)
{
    enum { CASES_MAX = 64 };
    struct means means[CASES_MAX];
    struct after_hole holes[3];
    uint32_t refused = 0, should = 0;
    printf("%-42s %8s %8s %8s %8s\n", "case (mean RMS over trials, degrees)", "live", "settled", "VQF*", "KF-15*");
    for (size_t i = 0; i < attitude_cases_count && i < CASES_MAX; i++) {
        const struct attitude_case *c = &attitude_cases[i];
        means[i] = run_case(c, trials, n);
        print_row(c->said, means[i].live, means[i].settled, c->vqf, c->kalman);
        refused += means[i].refused;
        should += means[i].should;
    }
    for (int kind = 0; kind < 3; kind++) holes[kind] = run_hole((enum hole)kind, trials, n);
    print_holes(holes);
    printf("* measured by others on the 21 trials of data/broad\nseed=%d\n", ATTITUDE_SEED);
    for (size_t i = 0; i < attitude_cases_count && i < CASES_MAX; i++) {
        const char *name = attitude_cases[i].name;
        printf("robust_%s=%.4f\nrobust_%s_settled=%.4f\n", name, means[i].live, name, means[i].settled);
        printf("robust_%s_settled_hz=%.3f\n", name, means[i].settled_hz);
    }
    printf("robust_accel_clip_2g_guard_harm=%.4f\n",
           live_of("accel_clip_2g", means) - live_of("accel_clip_2g_no_guard", means));
    value_holes(holes);
    printf("robust_refused_samples=%u\nrobust_refused_too_few=%d\n", refused, (int)should - (int)refused);
}
