/* Invariants: 0 <= level <= 1; level <= peak while recovering. */
#include "creep.h"

#include <math.h>

static const float load_tau_s = 9.4f * 60, half_s = 2 * 60, slow_tau_s = 25 * 60;

void creep_step(struct creep *c, float flexed_deg, float full_deg, float dt_s)
{
    if (flexed_deg > 0) {
        float toward = fminf(1, flexed_deg / full_deg);
        c->level += (toward - c->level) * (1 - expf(-dt_s / load_tau_s));
        c->peak = c->level;
        return;
    }
    float halved_s = 0; /* of DT_S, until half of the peak is gone */
    if (c->level > 0.5f * c->peak) halved_s = fminf(dt_s, half_s * log2f(2 * c->level / c->peak));
    c->level *= exp2f(-halved_s / half_s) * expf(-(dt_s - halved_s) / slow_tau_s);
}
