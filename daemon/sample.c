#include "plumbline/sample.h"

#include <math.h>

void sample_convert(struct sample *s)
{
    for (int i = 0; i < 3; i++) {
        s->accel_mps2[i] = (float)s->raw.accel[i] * s->raw.scale.accel_mps2;
        s->gyro_rads[i] = (float)s->raw.gyro[i] * s->raw.scale.gyro_rads;
    }
    float norm = 0;
    for (int i = 0; i < 4; i++) {
        s->quat[i] = (float)s->raw.quat[i] / QUAT_COUNTS;
        norm += s->quat[i] * s->quat[i];
    }
    if (norm < 0.25f) {
        s->quat[0] = 1;
        s->quat[1] = s->quat[2] = s->quat[3] = 0;
        s->raw.have &= (uint8_t)~HAVE_QUAT;
        return;
    }
    norm = sqrtf(norm);
    for (int i = 0; i < 4; i++) s->quat[i] /= norm;
}
