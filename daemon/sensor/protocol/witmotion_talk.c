#include "witmotion_talk.h"

#include "plumbline/sample.h"

#include <string.h>

enum {
    SAVE = 0x00,
    CALIBRATE = 0x01,
    CONTENT = 0x02,
    RATE = 0x03,
    READ = 0x27,
    SUPPLY = 0x5c,  /* 55 5x devices: the voltage they run on */
    BATTERY = 0x64, /* 55 61 devices; both in 10 mV */
    KEY = 0x69,
};
enum { UNLOCK = 0xb588, TIME_ACCEL_GYRO = 7, ANGLE_REFERENCE = 8 };
enum { BETWEEN_MS = 100, BATTERY_EVERY_S = 600 };

static const struct {
    float hz;
    uint8_t code;
} rates[] = {{0.2f, 1}, {0.5f, 2}, {1, 3}, {2, 4}, {5, 5}, {10, 6}, {20, 7}, {50, 8}, {100, 9}, {200, 11}};

/* The maker's steps, as in its own programs. Its documents hold another table, up to 25 % higher: a warning that comes
 * early does less harm. */
static const struct {
    unsigned at_least, percent;
} steps[] = {{396, 100}, {393, 90}, {387, 75}, {382, 60}, {379, 50}, {377, 40},
             {373, 30},  {370, 20}, {368, 15}, {350, 10}, {340, 5},  {300, 0}};
enum { STEPS = sizeof steps / sizeof steps[0], LITHIUM_MAX = 450 };

void witmotion_talk_init(struct witmotion_talk *t)
{
    memset(t, 0, sizeof *t);
    t->battery_percent = -1;
}

static void add(struct witmotion_talk *t, uint8_t reg, unsigned value)
{
    const uint8_t command[WITMOTION_COMMAND] = {0xff, 0xaa, reg, (uint8_t)value, (uint8_t)(value >> 8)};
    memcpy(t->command[t->count++], command, sizeof command);
}

static size_t send(struct witmotion_talk *t, uint8_t *buf, size_t cap)
{
    if (cap < WITMOTION_COMMAND) return 0;
    memcpy(buf, t->command[t->next], WITMOTION_COMMAND);
    t->asked = buf[2] == READ ? buf[3] : 0;
    t->next++;
    return WITMOTION_COMMAND;
}

/* The fastest that is no faster than HZ. */
static unsigned rate_code(float hz)
{
    unsigned code = rates[0].code;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (rates[i].hz <= hz * 1.01f) code = rates[i].code;
    return code;
}

static void plan(struct witmotion_talk *t, const struct sensor_command *command, bool long_frames)
{
    bool content = command->kind == SENSOR_SET_CONTENT && !long_frames;
    bool rate = command->rate_hz > 0 && (command->kind == SENSOR_SET_RATE || content);
    t->count = t->next = 0;
    if (command->kind == SENSOR_HELLO) add(t, READ, long_frames ? BATTERY : SUPPLY);
    if (!content && !rate && command->kind != SENSOR_ZERO) return;
    add(t, KEY, UNLOCK);
    if (content) add(t, CONTENT, TIME_ACCEL_GYRO);
    if (rate) add(t, RATE, rate_code(command->rate_hz));
    if (command->kind == SENSOR_ZERO) add(t, CALIBRATE, ANGLE_REFERENCE);
    add(t, SAVE, 0);
}

size_t witmotion_talk_begin(struct witmotion_talk *t, const struct sensor_command *command, bool long_frames,
                            uint8_t *buf, size_t cap)
{
    plan(t, command, long_frames);
    t->timed = false;
    if (t->count > 0 && cap >= WITMOTION_COMMAND) return send(t, buf, cap);
    t->count = 0;
    return 0;
}

size_t witmotion_talk_poll(struct witmotion_talk *t, int64_t now_ns, uint8_t *buf, size_t cap)
{
    if (!t->timed) {
        t->timed = true;
        t->sent_ns = now_ns;
    }
    if (t->next == t->count && t->battery && now_ns - t->sent_ns >= SECONDS_NS(BATTERY_EVERY_S)) {
        t->count = t->next = 0;
        add(t, READ, t->battery);
    }
    if (t->next == t->count || now_ns - t->sent_ns < BETWEEN_MS * (int64_t)NS_PER_MS) return 0;
    t->sent_ns = now_ns;
    return send(t, buf, cap);
}

void witmotion_talk_reply(struct witmotion_talk *t, unsigned start, unsigned value)
{
    unsigned reg = start ? start : t->asked;
    t->asked = 0;
    if (reg != BATTERY && reg != SUPPLY) return;
    /* no lithium cell: a device busy with saving says 0, one without a battery tells its 3.3 or 5 V supply */
    if (value > LITHIUM_MAX || value < (reg == SUPPLY ? 340 : 300)) return;
    t->battery = (uint8_t)reg;
    for (int i = STEPS - 1; i >= 0; i--)
        if (value >= steps[i].at_least) t->battery_percent = (int)steps[i].percent;
}
