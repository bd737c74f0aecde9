/* protocol — the decoders behind protocols[] (table.c). */
#ifndef PLUMBLINE_PROTOCOL_H
#define PLUMBLINE_PROTOCOL_H

#include "plumbline/sensor.h"

extern const struct protocol plumb_protocol;     /* our own link: firmware-proto/PROTOCOL.md */
extern const struct protocol witmotion_protocol; /* WitMotion and HiWonder: 55 5x groups, 55 61 frames */
extern const struct protocol xbus_protocol;      /* Xsens and Movella MTi: MTData2 */
extern const struct protocol bno_rvc_protocol;   /* BNO080/085/086 in UART-RVC mode */
extern const struct protocol ximu3_protocol;     /* x-io x-IMU3 */
extern const struct protocol slime_protocol;     /* SlimeVR nRF trackers and their HID receiver */
extern const struct protocol text_protocol;      /* lines of numbers from maker boards */

#endif
