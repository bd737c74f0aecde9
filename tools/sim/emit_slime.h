/* emit_slime — SlimeVR's nRF receiver: HID reports of 64 bytes, of which the first 16 are the tracker's packet and the
 * rest tell addresses, as its firmware fills them. The tracker mixes its packets as a real one does: mostly the precise
 * attitude, now and then the compact one with the battery, info and status; and where neither attitude nor acceleration
 * changed, none of these but a button packet. Sources: as slime_packet.h of the daemon.
 */
#ifndef PLUMBLINE_SIM_EMIT_SLIME_H
#define PLUMBLINE_SIM_EMIT_SLIME_H

#include "imu.h"

enum { EMIT_SLIME = 64 };

struct emit_slime {
    struct quaternion sent;
    double sent_mps2[3];
    bool have_sent;
};

/* Writes a report with sample number INDEX of IMU to OUT and returns its size. */
size_t emit_slime(struct emit_slime *e, const struct imu *imu, const struct reading *r, uint64_t index, uint8_t *out);

#endif
