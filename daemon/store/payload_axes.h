/* payload_axes — the counts of a sensor's axes on their way into a payload's bits and symbols, and back. Part of payload.h. */
#ifndef STORE_PAYLOAD_AXES_H
#define STORE_PAYLOAD_AXES_H

#include "bits.h"
#include "groups.h"
#include "payload.h"

enum {
    PAYLOAD_SENSORS = 3,
    PAYLOAD_ALONE_FROM =
        512, /* samples; below, a table of its own costs more than it saves, and so do fitted predictors */
};

/* Writes SENSOR's axes of N readings: predictors and low bits to B, classes and symbols behind those of the AXES_BEFORE.
 * Returns how many of its axes are not all zeros. */
unsigned payload_axes_encode(struct payload_coder *c, struct bits *b, unsigned sensor, const struct reading *reading,
                             uint32_t n, unsigned axes_before);

/* Reads them back, axes of zeros left as they are, and adds to *AXES_BEFORE; false when the bits make no sense. */
bool payload_axes_decode(struct payload_coder *c, struct bits *b, unsigned sensor, struct reading *reading, uint32_t n,
                         unsigned *axes_before, struct feed *feed);

#endif
