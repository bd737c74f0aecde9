/* Invariant: active + quiet <= samples. */
#include "input.h"

#include <math.h>

static const float weight = 0.3f, of_sitting = 0.70f, of_standing = 0.05f;

void input_add(struct input *i, uint16_t flags)
{
    i->samples++;
    if (flags & SAMPLE_DESK_ACTIVE) i->active++;
    else if (flags & SAMPLE_DESK_QUIET) i->quiet++;
}

float input_log_odds(const struct input *i, enum desk_kind desk)
{
    if (desk != DESK_SEATED || i->samples == 0) return 0;
    float of_active = logf(of_sitting / of_standing), of_quiet = logf((1 - of_sitting) / (1 - of_standing));
    return weight * ((float)i->active * of_active + (float)i->quiet * of_quiet) / (float)i->samples;
}
