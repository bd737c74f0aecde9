/* witmotion_talk — what a WitMotion device is told and asked: FF AA register low high.
 *
 * A setting is a row of writes: unlock, the register, save. The maker wants about 0.1 s between them and the whole
 * within 10 s; saving keeps the device busy for 0.3 s. So one is returned at once and the rest by poll(). The battery is
 * only read: again every ten minutes once it was answered.
 *
 * There is no setting of ranges: both framings always count in 16 g and 2000 deg/s. What a serial line carries is the
 * caller's to know: 9600 baud take 960 bytes a second, an 11-byte device sends 33 a sample after SET_CONTENT (44 as
 * sold), a 55 61 device 20.
 * Sources: "WIT Standard Communication Protocol" and "Bluetooth 5.0 protocol" (WitMotion); times measured in RGu0/WT901.
 */
#ifndef PLUMBLINE_WITMOTION_TALK_H
#define PLUMBLINE_WITMOTION_TALK_H

#include "plumbline/sensor.h"

enum { WITMOTION_COMMAND = 5, WITMOTION_COMMANDS = 4 };

struct witmotion_talk {
    uint8_t command[WITMOTION_COMMANDS][WITMOTION_COMMAND];
    unsigned count, next; /* command[next .. count) are still to be sent */
    bool timed;           /* sent_ns is when the last was */
    int64_t sent_ns;
    uint8_t asked;       /* register whose value is awaited; 0 none: a reply to 55 5x devices' reads does not say it */
    uint8_t battery;     /* register that has answered with a battery's voltage; 0 none */
    int battery_percent; /* −1 unknown */
};

void witmotion_talk_init(struct witmotion_talk *t);
/* Begins COMMAND for a device that sends 55 61 frames (LONG_FRAMES) or 55 5x. What to send first; 0: there is no such. */
size_t witmotion_talk_begin(struct witmotion_talk *t, const struct sensor_command *command, bool long_frames,
                            uint8_t *buf, size_t cap);
/* What to send at NOW_NS; 0: nothing now. */
size_t witmotion_talk_poll(struct witmotion_talk *t, int64_t now_ns, uint8_t *buf, size_t cap);
/* The device replied: VALUE stands in START, or where START is 0 in the register last asked for. */
void witmotion_talk_reply(struct witmotion_talk *t, unsigned start, unsigned value);

#endif
