/* emit_witmotion — the two framings of WitMotion devices: groups of 11-byte frames `55 51` (acceleration), `55 52`
 * (rate), `55 53` (angle), each with an 8-bit sum; and 20-byte frames `55 61` with all three and no check.
 * Counts of R must be of 16 g and 2000 deg/s, which these protocols fix. Source: vendor's SDK and data sheets.
 */
#ifndef PLUMBLINE_SIM_EMIT_WITMOTION_H
#define PLUMBLINE_SIM_EMIT_WITMOTION_H

#include "imu.h"

/* Both write one sample to OUT and return its size, 33 and 20 bytes. */
size_t emit_witmotion_55(const struct reading *r, uint8_t *out);
size_t emit_witmotion_61(const struct reading *r, uint8_t *out);

#endif
