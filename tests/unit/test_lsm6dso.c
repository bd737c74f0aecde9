/* The LSM6DSO's driver against a chip made of registers and a FIFO, as its data sheet (ST DS12140) describes them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/ref/lsm6dso.h"

#include <math.h>
#include <string.h>

/* The chip. FIFO words are of 7 bytes: a tag and three numbers. */
struct chip {
    uint8_t reg[128], fifo[LSM6DSO_FIFO_WORDS][7];
    unsigned head, count, reads, resets;
    bool overrun, dead, accel_first;
};

static struct chip chip;

static void power_on(void)
{
    memset(chip.reg, 0, sizeof chip.reg);
    chip.reg[0x0F] = 0x6C;
    chip.reg[0x12] = 0x04;
    chip.head = chip.count = 0;
    chip.overrun = false;
}

static void put_word(unsigned sensor, int16_t x, int16_t y, int16_t z)
{
    int16_t v[3] = {x, y, z};
    if (chip.count == LSM6DSO_FIFO_WORDS) { /* continuous: the oldest goes */
        chip.head = (chip.head + 1) % LSM6DSO_FIFO_WORDS;
        chip.count--;
        chip.overrun = true;
    }
    uint8_t *word = chip.fifo[(chip.head + chip.count++) % LSM6DSO_FIFO_WORDS];
    word[0] = (uint8_t)(sensor << 3 | (chip.count & 3) << 1);
    for (int i = 0; i < 3; i++) {
        word[1 + 2 * i] = (uint8_t)v[i];
        word[2 + 2 * i] = (uint8_t)((uint16_t)v[i] >> 8);
    }
}

/* N moments of the chip's own sampling, if it has been told to sample. */
static void pass(unsigned n)
{
    static int16_t k;
    bool gyro = chip.reg[0x11] >> 4 && chip.reg[0x09] >> 4, accel = chip.reg[0x10] >> 4 && (chip.reg[0x09] & 15);
    if ((chip.reg[0x0A] & 7) != 6) return;
    for (; n > 0; n--, k++) {
        if (accel && chip.accel_first) put_word(2, k, 200, -300);
        if (gyro) put_word(1, k, 20, -30);
        if (accel && !chip.accel_first) put_word(2, k, 200, -300);
    }
}

static bool bus_read(void *self, uint8_t reg, uint8_t *to, size_t n)
{
    (void)self;
    if (chip.dead) return false;
    chip.reg[0x3A] = (uint8_t)chip.count;
    chip.reg[0x3B] = (uint8_t)(chip.count >> 8 | (chip.overrun ? 0x48 : 0));
    for (size_t i = 0; i < n; i++) {
        if (reg >= 0x78) {
            if (reg == 0x78) chip.reads++;
            to[i] = chip.count ? chip.fifo[chip.head][reg - 0x78] : 0;
            if (reg == 0x7E && chip.count) {
                chip.head = (chip.head + 1) % LSM6DSO_FIFO_WORDS;
                chip.count--;
            }
            reg = reg == 0x7E ? 0x78 : (uint8_t)(reg + 1);
        } else {
            if (reg == 0x3B) chip.overrun = false;
            to[i] = chip.reg[reg++];
        }
    }
    return true;
}

static bool bus_write(void *self, uint8_t reg, uint8_t value)
{
    (void)self;
    if (chip.dead) return false;
    assert_true(reg < 0x78 && reg != 0x0F && reg != 0x3A && reg != 0x3B);
    chip.reg[reg] = value;
    if (reg == 0x12 && value & 1) chip.resets++;
    if (reg == 0x0A && (value & 7) == 0) chip.count = 0;
    return true;
}

static void bus_wait(void *self, unsigned ms)
{
    (void)self, (void)ms;
    if (chip.reg[0x12] & 1) power_on();
}

static const struct lsm6dso_bus bus = {NULL, bus_read, bus_write, bus_wait};
static struct lsm6dso driver;

static struct imu_mode start(uint32_t rate_mhz, uint16_t g, uint16_t dps)
{
    struct imu_mode mode = {.rate_mhz = rate_mhz, .accel_g = g, .gyro_dps = dps};
    memset(&chip, 0, sizeof chip);
    power_on();
    assert_true(lsm6dso_init(&driver, &bus, &mode, 10));
    return mode;
}

static void it_is_set_up(void **state)
{
    (void)state;
    struct imu_mode mode = start(50000, 4, 500);
    assert_int_equal(chip.resets, 1);
    assert_int_equal(mode.rate_mhz, 52000);
    assert_true(fabs((double)mode.accel_lsb_mps2 - 0.0011964113) < 1e-9);
    assert_true(fabs((double)mode.gyro_lsb_rads - 0.00030543262) < 1e-10);
    assert_int_equal(chip.reg[0x10], 0x38); /* 52 Hz, 4 g */
    assert_int_equal(chip.reg[0x11], 0x34); /* 52 Hz, 500 dps */
    assert_int_equal(chip.reg[0x12], 0x44); /* block update, addresses step on */
    assert_int_equal(chip.reg[0x07], 20);   /* watermark: ten pairs of words */
    assert_int_equal(chip.reg[0x08], 0);
    assert_int_equal(chip.reg[0x09], 0x33);
    assert_int_equal(chip.reg[0x0A], 6); /* continuous */
    assert_int_equal(chip.reg[0x0D], 8); /* the watermark on INT1 */
    lsm6dso_chip(&driver).watermark(&driver, 200);
    assert_int_equal(chip.reg[0x07] | chip.reg[0x08] << 8, 400);
}

static void rates_and_ranges(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked, got;
        uint16_t g, dps;
        uint8_t accel, gyro;
    } rows[] = {
        {12500, 12500, 2, 125, 0x10, 0x12},   {25000, 26000, 16, 250, 0x24, 0x20},
        {52000, 52000, 8, 1000, 0x3C, 0x38},  {100000, 104000, 4, 2000, 0x48, 0x4C},
        {200000, 208000, 4, 500, 0x58, 0x54}, {400000, 416000, 4, 500, 0x68, 0x64},
    };
    struct imu_mode mode = start(50000, 4, 500);
    struct imu_chip imu = lsm6dso_chip(&driver);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mode = (struct imu_mode){.rate_mhz = rows[i].asked, .accel_g = rows[i].g, .gyro_dps = rows[i].dps};
        assert_true(imu.set(imu.self, &mode));
        assert_int_equal(mode.rate_mhz, rows[i].got);
        assert_int_equal(chip.reg[0x10], rows[i].accel);
        assert_int_equal(chip.reg[0x11], rows[i].gyro);
        assert_int_equal(chip.reg[0x09], (rows[i].accel >> 4) * 0x11);
    }
    uint8_t before[128];
    memcpy(before, chip.reg, sizeof before);
    static const struct imu_mode wrong[] = {{.rate_mhz = 70000, .accel_g = 4, .gyro_dps = 500},
                                            {.rate_mhz = 52000, .accel_g = 3, .gyro_dps = 500},
                                            {.rate_mhz = 52000, .accel_g = 4, .gyro_dps = 501},
                                            {.rate_mhz = UINT32_MAX, .accel_g = 4, .gyro_dps = 500}};
    for (size_t i = 0; i < 4; i++) {
        mode = wrong[i];
        assert_false(imu.set(imu.self, &mode));
    }
    assert_memory_equal(before, chip.reg, sizeof before);
}

static void samples_come_in_order(void **state)
{
    (void)state;
    struct plumb_sample s[64];
    unsigned faults, total = 0;
    start(52000, 4, 500);
    struct imu_chip imu = lsm6dso_chip(&driver);
    int16_t next = 0;
    for (unsigned round = 0; round < 50; round++) {
        chip.accel_first = round % 2; /* either order */
        pass(1 + round % 13);
        if (round % 5 == 0) put_word(4, 1, 2, 3); /* the chip's own time stamp: not for us */
        unsigned n = imu.read(imu.self, s, round % 3 ? 64 : 4, &faults);
        assert_int_equal(faults, 0);
        if (total == 0) next = s[0].gyro[0];
        for (unsigned i = 0; i < n; i++, next++, total++) {
            assert_int_equal(s[i].gyro[0], next);
            assert_int_equal(s[i].accel[0], next);
            assert_true(s[i].gyro[1] == 20 && s[i].gyro[2] == -30 && s[i].accel[1] == 200 && s[i].accel[2] == -300);
        }
    }
    assert_in_range(total, 300, 360);
}

static void what_goes_wrong_is_told(void **state)
{
    (void)state;
    struct plumb_sample s[256];
    unsigned faults;
    struct imu_mode mode = start(52000, 4, 500);
    struct imu_chip imu = lsm6dso_chip(&driver);
    pass(300);
    assert_int_equal(imu.read(imu.self, s, 256, &faults), 256);
    assert_int_equal(faults, IMU_LOST);
    assert_int_equal(s[255].gyro[0] - s[0].gyro[0], 255);
    pass(3);
    assert_int_equal(imu.read(imu.self, s, 256, &faults), 3);
    assert_int_equal(faults, 0);

    power_on(); /* its supply dipped */
    pass(5);
    assert_int_equal(imu.read(imu.self, s, 256, &faults), 0);
    assert_int_equal(faults, IMU_RESET);
    assert_int_equal(chip.reg[0x10], 0x38);
    pass(5);
    assert_int_equal(imu.read(imu.self, s, 256, &faults), 5);
    assert_int_equal(faults, 0);

    chip.dead = true;
    assert_int_equal(imu.read(imu.self, s, 256, &faults), 0);
    mode.accel_g = 8;
    assert_false(imu.set(imu.self, &mode));
    chip.dead = false;
    assert_true(imu.set(imu.self, &mode));
    assert_int_equal(mode.accel_g, 8);
}

static void another_chip_is_refused(void **state)
{
    (void)state;
    struct imu_mode mode = {.rate_mhz = 52000, .accel_g = 4, .gyro_dps = 500};
    int16_t c100;
    power_on();
    chip.reg[0x0F] = 0x6B;
    assert_false(lsm6dso_init(&driver, &bus, &mode, 10));
    start(52000, 4, 500);
    chip.reg[0x20] = 0x80; /* 6.5 degrees above 25 */
    chip.reg[0x21] = 0x06;
    assert_true(lsm6dso_temperature(&driver, &c100));
    assert_int_equal(c100, 3150);
    chip.reg[0x21] = 0x7F; /* no such heat on a back, and no overflow */
    assert_true(lsm6dso_temperature(&driver, &c100));
    assert_int_equal(c100, 2500 + 0x7F80 * 100 / 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_set_up),
        cmocka_unit_test(rates_and_ranges),
        cmocka_unit_test(samples_come_in_order),
        cmocka_unit_test(what_goes_wrong_is_told),
        cmocka_unit_test(another_chip_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
