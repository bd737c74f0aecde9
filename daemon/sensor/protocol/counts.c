/* Invariant: a scale changes only by doubling, so integers of neighbouring samples differ by shifts. */
#include "counts.h"

#include <math.h>

static const double FINEST_ACCEL_MPS2 = 2 * (double)STANDARD_GRAVITY_MPS2 / 32768;
static const double FINEST_GYRO_RADS = 250 * 0.017453292519943295 / 32768;

static double scale_of(double finest, unsigned doublings) { return finest * (double)(1u << doublings); }

static void widen(unsigned *doublings, unsigned most, double finest, const double v[3])
{
    double top = fmax(fabs(v[0]), fmax(fabs(v[1]), fabs(v[2])));
    while (*doublings < most && top >= INT16_MAX * scale_of(finest, *doublings)) ++*doublings;
}

void counts_fill(struct counts *c, const double accel_mps2[3], const double gyro_rads[3], unsigned doublings,
                 struct raw_sample *s)
{
    widen(&c->accel, doublings, FINEST_ACCEL_MPS2, accel_mps2);
    widen(&c->gyro, doublings, FINEST_GYRO_RADS, gyro_rads);
    s->scale.accel_mps2 = (float)scale_of(FINEST_ACCEL_MPS2, c->accel);
    s->scale.gyro_rads = (float)scale_of(FINEST_GYRO_RADS, c->gyro);
    for (int i = 0; i < 3; i++) {
        s->accel[i] = sample_count(accel_mps2[i] / (double)s->scale.accel_mps2, &s->flags);
        s->gyro[i] = sample_count(gyro_rads[i] / (double)s->scale.gyro_rads, &s->flags);
    }
}
