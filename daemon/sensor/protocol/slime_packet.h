/* slime_packet — the 16-byte packets of SlimeVR's nRF trackers, four of which make a HID report of their receiver.
 *
 * Source: SlimeVR-Tracker-nRF (connection.c), SlimeVR-Tracker-nRF-Receiver (hid.c, esb.c) and SlimeVR-Server
 * (HIDCommon.kt), MIT or Apache 2.0; facts only. All little-endian; byte 0 type, byte 1 the tracker's number:
 *   0 info: firmware's date and version   1 quaternion x y z w in 1/32768, acceleration in 1/128 m/s²
 *   2 battery, quaternion as a compressed exponential map, acceleration   3 status: packets the receiver had and missed
 *   4 as 1, magnetometer for acceleration   5 runtime   6 button   7 as 2, button for battery   255 address
 * The quaternion turns the tracker's frame into the earth's, z up; the acceleration is in the tracker's frame, without
 * gravity. There is no checksum: reserved bytes, unit length and sensible dates stand in for one.
 */
#ifndef PLUMBLINE_SLIME_PACKET_H
#define PLUMBLINE_SLIME_PACKET_H

#include <stdbool.h>
#include <stdint.h>

enum { SLIME_PACKET = 16 };
enum {
    SLIME_INFO,
    SLIME_PRECISE,
    SLIME_COMPACT,
    SLIME_STATUS,
    SLIME_MAGNETIC,
    SLIME_RUNTIME,
    SLIME_BUTTON,
    SLIME_COMPACT_BUTTON,
    SLIME_TYPES_MAX = 15, /* what newer firmware may add: passed over without losing step */
    SLIME_ADDRESS = 255
};

struct slime_packet {
    uint8_t type, tracker;
    bool unmistakable; /* its form alone proves it */
    bool have_quat, have_accel;
    int16_t quat[4];     /* w x y z, × 32767 */
    int16_t accel[3];    /* 1/128 m/s² */
    int battery_percent; /* −1 not said */
    unsigned lost;       /* STATUS: packets the receiver missed since the last one */
    uint16_t date;       /* INFO: year − 2020, month, day in 7, 4 and 5 bits */
    uint64_t address;    /* ADDRESS */
};

/* Reads the packet at P; false when it can be none. */
bool slime_packet_read(const uint8_t p[SLIME_PACKET], struct slime_packet *out);

#define SLIME_DATE(year, month, day) ((uint16_t)(((year)-2020) << 9 | (month) << 5 | (day)))

/* "2025-06-01". */
void slime_packet_date(uint16_t date, char out[11]);

#endif
