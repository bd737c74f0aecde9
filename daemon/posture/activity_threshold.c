/* Invariant: n is the sum of still. */
#include "activity_threshold.h"

#include <math.h>
#include <string.h>

static const float em_prior = 20, em_sd[2] = {6, 12}, em_mean[2] = {5, 32}, em_between = 0.45f, em_table_deg = 18;
static const float still_from_deg = -20;
enum { EM_EVERY = 6, EM_STEPS = 8, EM_LEAST = 10 };

void activity_threshold_init(struct activity_threshold *a) { memset(a, 0, sizeof *a); }

static void fit(struct activity_threshold *a)
{
    float mean[2] = {em_mean[0], em_mean[1]}, mix[2] = {1, 1};
    for (int step = 0; step < EM_STEPS; step++) {
        float weight[2] = {em_prior, em_prior}, sum[2] = {em_prior * em_mean[0], em_prior * em_mean[1]};
        for (int i = 0; i < TILT_BINS; i++) {
            if (a->still[i] == 0) continue;
            float tilt = still_from_deg + 0.5f + (float)i, like[2];
            for (int k = 0; k < 2; k++) {
                float z = (tilt - mean[k]) / em_sd[k];
                like[k] = mix[k] * expf(-0.5f * z * z) / em_sd[k] + 1e-12f;
            }
            for (int k = 0; k < 2; k++) {
                float share = (float)a->still[i] * like[k] / (like[0] + like[1]);
                weight[k] += share;
                sum[k] += share * tilt;
            }
        }
        for (int k = 0; k < 2; k++) {
            mean[k] = sum[k] / weight[k];
            mix[k] = weight[k]; /* who only stands must not pull the mean of sitting toward standing */
        }
    }
    a->shift_deg = mean[0] + em_between * (mean[1] - mean[0]) - em_table_deg;
}

void activity_threshold_learn(struct activity_threshold *a, float tilt_deg)
{
    if (!(tilt_deg > still_from_deg)) return;
    unsigned bin = (unsigned)(tilt_deg - still_from_deg);
    a->still[bin < TILT_BINS ? bin : TILT_BINS - 1]++;
    a->n++;
    if (a->n >= EM_LEAST && a->n % EM_EVERY == 0) fit(a);
}
