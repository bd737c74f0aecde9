#include "features.h"

#include "plumbline/sample.h"
#include "vec.h"

enum { SAMPLES_LEAST = 8 };

void features_add_force(struct features *f, const float force_mps2[3], float weight)
{
    double size = (double)vec_norm(force_mps2);
    f->n += weight;
    vec_add(f->force, weight, force_mps2);
    f->size += (double)weight * size;
    f->size_sq += (double)weight * size * size;
}

bool features_up(const struct features *f, float up[3])
{
    vec_copy(up, f->n >= SAMPLES_LEAST ? f->force : f->up);
    return vec_unit(up);
}

float features_spread_g(const struct features *f)
{
    if (f->n < SAMPLES_LEAST) return NAN;
    double mean = f->size / (double)f->n, variance = f->size_sq / (double)f->n - mean * mean;
    return (float)sqrt(fmax(0, variance)) / STANDARD_GRAVITY_MPS2;
}

float features_surplus_g(const struct features *f)
{
    if (f->n < SAMPLES_LEAST) return NAN;
    double surplus = f->size - (double)vec_norm(f->force);
    return (float)fmax(0, surplus / (double)f->n) / STANDARD_GRAVITY_MPS2;
}
