/* Invariants: the gyroscope's and accelerometer's words of one moment follow each other in the FIFO, in either order;
 * half holds what came of a pair, and a word that meets its own kind begins the pair anew. A chip that lost its power
 * answers with the registers of a reset: the range register tells, and it is set up again.
 */
#include "lsm6dso.h"

#include "../little.h"

#include <string.h>

enum reg {
    FIFO_CTRL1 = 0x07, /* watermark, low bits */
    FIFO_CTRL2 = 0x08, /* its bit 8 */
    FIFO_CTRL3 = 0x09, /* batching rates: gyro, accelerometer */
    FIFO_CTRL4 = 0x0A, /* mode */
    INT1_CTRL = 0x0D,
    WHO_AM_I = 0x0F,
    CTRL1_XL = 0x10,
    CTRL2_G = 0x11,
    CTRL3_C = 0x12,
    OUT_TEMP_L = 0x20,
    FIFO_STATUS1 = 0x3A,
    FIFO_DATA_OUT_TAG = 0x78,
};
enum {
    SW_RESET = 0x01,
    IF_INC = 0x04,
    BDU = 0x40, /* CTRL3_C: the two bytes of a number are of one moment */
    FIFO_BYPASS = 0,
    FIFO_CONTINUOUS = 6,
    INT1_FIFO_TH = 0x08,
    FIFO_OVERRUN = 0x08, /* FIFO_STATUS2: words were overwritten since it was read */
    TAG_GYRO = 1,
    TAG_ACCEL = 2,
    WORD = 7,
};

static const struct {
    uint32_t mhz;
    uint8_t code;
} rates[] = {{12500, 1}, {26000, 2}, {52000, 3}, {104000, 4}, {208000, 5}, {416000, 6}};
static const struct {
    uint16_t g;
    uint8_t code;
    float lsb_mg;
} accel_ranges[] = {{2, 0, 0.061f}, {4, 2, 0.122f}, {8, 3, 0.244f}, {16, 1, 0.488f}};
static const struct {
    uint16_t dps;
    uint8_t code;
    float lsb_mdps;
} gyro_ranges[] = {{125, 1, 4.375f}, {250, 0, 8.75f}, {500, 2, 17.5f}, {1000, 4, 35}, {2000, 6, 70}};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static size_t find_rate(uint32_t asked_mhz)
{
    for (size_t i = 0; i < COUNT(rates); i++) {
        if (imu_rate_fits(rates[i].mhz, asked_mhz)) return i;
    }
    return COUNT(rates);
}

static size_t find_accel(uint16_t g)
{
    size_t i = 0;
    while (i < COUNT(accel_ranges) && accel_ranges[i].g != g) i++;
    return i;
}

static size_t find_gyro(uint16_t dps)
{
    size_t i = 0;
    while (i < COUNT(gyro_ranges) && gyro_ranges[i].dps != dps) i++;
    return i;
}

static bool put(const struct lsm6dso *c, enum reg reg, unsigned value)
{
    return c->bus->write(c->bus->self, (uint8_t)reg, (uint8_t)value);
}

static bool get(const struct lsm6dso *c, enum reg reg, uint8_t *to, size_t n)
{
    return c->bus->read(c->bus->self, (uint8_t)reg, to, n);
}

/* Rate code above, range code below it: CTRL1_XL and CTRL2_G are alike in that. */
static unsigned accel_control(const struct imu_mode *m)
{
    return (unsigned)rates[find_rate(m->rate_mhz)].code << 4 | (unsigned)accel_ranges[find_accel(m->accel_g)].code << 2;
}

static unsigned gyro_control(const struct imu_mode *m)
{
    return (unsigned)rates[find_rate(m->rate_mhz)].code << 4 | (unsigned)gyro_ranges[find_gyro(m->gyro_dps)].code << 1;
}

/* Stops the FIFO, which empties it; sets up; starts it again. */
static bool set_up(struct lsm6dso *c)
{
    unsigned words = 2 * c->watermark, rate = rates[find_rate(c->mode.rate_mhz)].code;
    c->have_gyro = c->have_accel = false;
    return put(c, FIFO_CTRL4, FIFO_BYPASS) && put(c, CTRL3_C, BDU | IF_INC) &&
           put(c, CTRL1_XL, accel_control(&c->mode)) && put(c, CTRL2_G, gyro_control(&c->mode)) &&
           put(c, FIFO_CTRL1, words & 0xFF) && put(c, FIFO_CTRL2, words >> 8) && put(c, FIFO_CTRL3, rate << 4 | rate) &&
           put(c, INT1_CTRL, INT1_FIFO_TH) && put(c, FIFO_CTRL4, FIFO_CONTINUOUS);
}

static bool set(void *self, struct imu_mode *mode)
{
    struct lsm6dso *c = self;
    const float g_mps2 = 9.80665f, deg_rad = 0.017453292519943295f;
    size_t rate = find_rate(mode->rate_mhz), accel = find_accel(mode->accel_g), gyro = find_gyro(mode->gyro_dps);
    if (rate == COUNT(rates) || accel == COUNT(accel_ranges) || gyro == COUNT(gyro_ranges)) return false;
    struct imu_mode before = c->mode;
    c->mode.rate_mhz = rates[rate].mhz;
    c->mode.accel_g = mode->accel_g;
    c->mode.gyro_dps = mode->gyro_dps;
    c->mode.accel_lsb_mps2 = accel_ranges[accel].lsb_mg * g_mps2 / 1000;
    c->mode.gyro_lsb_rads = gyro_ranges[gyro].lsb_mdps * deg_rad / 1000;
    c->mode.scale = (uint8_t)(accel << 4 | gyro);
    bool same = before.rate_mhz == c->mode.rate_mhz && before.scale == c->mode.scale;
    if (!same && !set_up(c)) {
        c->mode = before;
        return false;
    }
    *mode = c->mode;
    return true;
}

static void watermark(void *self, unsigned n)
{
    struct lsm6dso *c = self;
    c->watermark = n;
    if (put(c, FIFO_CTRL1, 2 * n & 0xFF)) put(c, FIFO_CTRL2, 2 * n >> 8);
}

/* Takes a FIFO word; true when it completed a sample. */
static bool take_word(struct lsm6dso *c, const uint8_t word[WORD])
{
    int16_t axis[3];
    unsigned tag = word[0] >> 3;
    for (int i = 0; i < 3; i++) axis[i] = (int16_t)little_get16(word + 1 + 2 * i);
    if (tag == TAG_GYRO) {
        memcpy(c->half.gyro, axis, sizeof axis);
        c->have_gyro = true;
    } else if (tag == TAG_ACCEL) {
        memcpy(c->half.accel, axis, sizeof axis);
        c->have_accel = true;
    }
    if (!c->have_gyro || !c->have_accel) return false;
    c->have_gyro = c->have_accel = false;
    return true;
}

/* A chip whose supply dipped has forgotten everything. */
static bool forgot(struct lsm6dso *c)
{
    uint8_t control;
    return get(c, CTRL1_XL, &control, 1) && control != accel_control(&c->mode);
}

static unsigned read(void *self, struct plumb_sample *to, unsigned max, unsigned *faults)
{
    struct lsm6dso *c = self;
    uint8_t status[2], word[WORD];
    unsigned n = 0;
    *faults = 0;
    if (forgot(c) && set_up(c)) *faults = IMU_RESET;
    if (!get(c, FIFO_STATUS1, status, sizeof status)) return 0;
    if (status[1] & FIFO_OVERRUN) {
        *faults |= IMU_LOST;
        c->have_gyro = c->have_accel = false;
    }
    for (unsigned words = little_get16(status) & 0x3FF; words > 0 && n < max; words--) {
        if (!get(c, FIFO_DATA_OUT_TAG, word, sizeof word)) break;
        if (take_word(c, word)) to[n++] = c->half;
    }
    return n;
}

bool lsm6dso_init(struct lsm6dso *c, const struct lsm6dso_bus *bus, struct imu_mode *mode, unsigned watermark)
{
    uint8_t who = 0, control = SW_RESET;
    memset(c, 0, sizeof *c);
    c->bus = bus;
    c->watermark = watermark;
    if (!get(c, WHO_AM_I, &who, 1) || who != LSM6DSO_WHO_AM_I || !put(c, CTRL3_C, SW_RESET)) return false;
    for (int tries = 0; tries < 10 && (control & SW_RESET); tries++) {
        bus->wait_ms(bus->self, 1);
        if (!get(c, CTRL3_C, &control, 1)) return false;
    }
    return !(control & SW_RESET) && set(c, mode);
}

struct imu_chip lsm6dso_chip(struct lsm6dso *c) { return (struct imu_chip){c, set, watermark, read}; }

bool lsm6dso_temperature(struct lsm6dso *c, int16_t *c100)
{
    uint8_t bytes[2];
    if (!get(c, OUT_TEMP_L, bytes, sizeof bytes)) return false;
    *c100 = (int16_t)(2500 + (int16_t)little_get16(bytes) * 100 / 256);
    return true;
}
