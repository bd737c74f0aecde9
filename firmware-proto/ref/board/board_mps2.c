/* ARM's MPS2 board with a Cortex-M3 (application note 385), as QEMU's mps2-an385 has it: the link on UART 0, the log in
 * a part of the PSRAM that behaves as flash, LED 0 as the light and LED 1 where a motor would be, the watchdog, SysTick
 * as the clock. The UART waits for its reader: nothing is lost on it, and the machine is held up.
 *
 * Registers: Cortex-M System Design Kit, technical reference manual (ARM DDI 0479).
 */
#include "board.h"
#include "imu_emulated.h"
#include "semihosting.h"

enum { CLOCK_HZ = 25000000, TICK_US = 10000, TICK_CYCLES = CLOCK_HZ / 1000000 * TICK_US };
enum { FLASH_PAGE = 4096, FLASH_PAGES = 2048 };

struct uart {
    volatile uint32_t data, state, control, interrupt, divider;
};
struct timer {
    volatile uint32_t control, value, reload, interrupt;
};
struct watchdog {
    volatile uint32_t load, value, control, clear;
};
struct systick {
    volatile uint32_t control, reload, value;
};
static struct uart *const uart = (struct uart *)0x40004000;
static struct timer *const motor_timer = (struct timer *)0x40001000;
static struct watchdog *const watchdog = (struct watchdog *)0x40008000;
static volatile uint32_t *const watchdog_lock = (volatile uint32_t *)0x40008C00;
static struct systick *const systick = (struct systick *)0xE000E010;
static volatile uint32_t *const interrupt_enable = (volatile uint32_t *)0xE000E100;
static volatile uint32_t *const leds = (volatile uint32_t *)0x40028000;
static uint8_t *const psram = (uint8_t *)0x21000000;

enum { UART_FULL = 1, UART_CAME = 2, UART_TX = 1, UART_RX = 2, UART_RX_INTERRUPT = 8 };
enum { TIMER_ON = 1, TIMER_INTERRUPT = 8 };
enum { WATCHDOG_INTERRUPT = 1, WATCHDOG_RESET = 2, WATCHDOG_KEY = 0x1ACCE551 };
enum { SYSTICK_ON = 1, SYSTICK_INTERRUPT = 2, SYSTICK_CORE_CLOCK = 4 };
enum { IRQ_UART_RX = 0, IRQ_MOTOR = 9, LED_LIGHT = 1, LED_MOTOR = 2 };

/* ---- interrupts ---------------------------------------------------------------------------------------------- */

static volatile uint32_t ticks;
enum { HEARD = 256 };
static volatile uint8_t heard[HEARD];
static volatile unsigned heard_in,
    heard_out; /* count bytes; the first is the interrupt's, the second the main loop's */

void board_on_tick(void);
void board_on_byte(void);
void board_on_motor(void);

void board_on_tick(void) { ticks++; }

void board_on_byte(void)
{
    uart->interrupt = UART_RX;
    uint8_t byte = (uint8_t)uart->data;
    if (heard_in - heard_out == HEARD) return; /* more at once than a host may say: its CRC will tell */
    heard[heard_in % HEARD] = byte;
    heard_in++;
}

/* A pulse of the motor is over, whatever the main loop does. */
void board_on_motor(void)
{
    motor_timer->control = 0;
    motor_timer->interrupt = 1;
    *leds &= ~(uint32_t)LED_MOTOR;
}

/* ---- the device's functions ---------------------------------------------------------------------------------- */

static bool send(void *self, const uint8_t *wire, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++) {
        while (uart->state & UART_FULL) board_alive(); /* to wait for the reader is no fault */
        uart->data = wire[i];
    }
    return true;
}

static size_t room(void *self)
{
    (void)self;
    return SIZE_MAX;
}

static struct imu_chip chip;

static bool set_mode(void *self, struct imu_mode *mode)
{
    (void)self;
    return chip.set(chip.self, mode);
}

static void motor(void *self, uint8_t percent, uint16_t ms)
{
    (void)self;
    board_on_motor();
    if (percent == 0 || ms == 0) return;
    *leds |= LED_MOTOR; /* no pulse width here: any strength is on */
    motor_timer->value = motor_timer->reload = CLOCK_HZ / 1000 * ms;
    motor_timer->control = TIMER_ON | TIMER_INTERRUPT;
}

static void light(void *self, bool on)
{
    (void)self;
    *leds = on ? *leds | LED_LIGHT : *leds & ~(uint32_t)LED_LIGHT;
}

static void sense(void *self, struct plumb_status *s) { (void)self, (void)s; } /* neither battery nor thermometer */

const struct device_board board_device = {NULL, send, room, set_mode, motor, light, sense};
const struct device_identity board_identity = {PLUMB_CAP_GYRO | PLUMB_CAP_IDENTIFY | PLUMB_CAP_VIBRATION, 0, 1,
                                               "plumb-ref mps2", "1.0.0"};

/* ---- flash --------------------------------------------------------------------------------------------------- */

static void flash_read(void *self, uint32_t at, uint8_t *to, size_t n)
{
    (void)self;
    memcpy(to, psram + at, n);
}

static bool flash_write(void *self, uint32_t at, const uint8_t *from, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++) psram[at + i] &= from[i];
    return memcmp(psram + at, from, n) == 0;
}

static bool flash_erase(void *self, uint32_t page)
{
    (void)self;
    memset(psram + page * FLASH_PAGE, 0xFF, FLASH_PAGE);
    return true;
}

const struct flash board_flash = {NULL, FLASH_PAGE, FLASH_PAGES, flash_read, flash_write, flash_erase};

/* ---- the rest ------------------------------------------------------------------------------------------------ */

void board_init(void)
{
    uart->divider = CLOCK_HZ / 115200;
    uart->control = UART_TX | UART_RX | UART_RX_INTERRUPT;
    *interrupt_enable = 1u << IRQ_UART_RX | 1u << IRQ_MOTOR;
    systick->reload = TICK_CYCLES - 1;
    systick->value = 0;
    systick->control = SYSTICK_ON | SYSTICK_INTERRUPT | SYSTICK_CORE_CLOCK;
    *watchdog_lock = WATCHDOG_KEY;
    watchdog->load = CLOCK_HZ; /* 1 s until it warns (to nobody), and another until it resets */
    watchdog->control = WATCHDOG_INTERRUPT | WATCHDOG_RESET;
}

void board_alive(void) { watchdog->clear = 1; }

struct imu_chip board_imu(struct imu_mode *mode, unsigned watermark)
{
    chip = imu_emulated_chip(mode, watermark);
    return chip;
}

bool board_imu_ready(uint64_t *when_us) { return imu_emulated_ready(board_now_us(), when_us); }

/* 2³² ticks are 497 days. */
uint64_t board_now_us(void)
{
    uint32_t tick, left;
    do {
        tick = ticks;
        left = systick->value;
    } while (tick != ticks);
    return (uint64_t)tick * TICK_US + (TICK_CYCLES - 1 - left) / (CLOCK_HZ / 1000000);
}

/* Where a board has a source of noise, it is that. */
uint32_t board_random(void) { return semihosting_time() * 2654435761u ^ systick->value; }

void board_wait(void) { __asm__ volatile("wfi" ::: "memory"); }

size_t board_receive(uint8_t *to, size_t max)
{
    size_t n = 0;
    while (n < max && heard_out != heard_in) {
        to[n++] = heard[heard_out % HEARD];
        heard_out++;
    }
    return n;
}
