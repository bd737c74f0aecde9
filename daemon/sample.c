#include "plumbline/sample.h"

#include <math.h>
#include <stddef.h>

const char *sample_flag_name(unsigned bit)
{
    static const char *const names[] = {"clipped",  "gap-before", "from-log",    "restarted", "on-change",
                                        "imported", "unworn",     "desk-active", "desk-quiet"};
    return bit < sizeof names / sizeof names[0] ? names[bit] : NULL;
}

int16_t sample_count(double v, uint16_t *flags)
{
    double r = round(v);
    if (r >= INT16_MAX || r <= INT16_MIN) *flags |= SAMPLE_CLIPPED;
    return (int16_t)fmin(fmax(r, INT16_MIN), INT16_MAX);
}

void sample_convert(struct sample *s)
{
    for (int i = 0; i < 3; i++) {
        s->accel_mps2[i] = (float)s->raw.accel[i] * s->raw.scale.accel_mps2;
        s->gyro_rads[i] = (float)s->raw.gyro[i] * s->raw.scale.gyro_rads;
    }
    float norm = 0;
    for (int i = 0; s->raw.have & HAVE_QUAT && i < 4; i++) {
        s->quat[i] = (float)s->raw.quat[i] / QUAT_COUNTS;
        norm += s->quat[i] * s->quat[i];
    }
    if (norm < 0.25f) {
        s->quat[0] = 1;
        s->quat[1] = s->quat[2] = s->quat[3] = 0;
        s->raw.have &= (uint16_t)~HAVE_QUAT;
        return;
    }
    norm = sqrtf(norm);
    for (int i = 0; i < 4; i++) s->quat[i] /= norm;
}
