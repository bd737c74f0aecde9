/* board — what a machine must have to be a sensor with this firmware; board_mps2.c is one. main.c calls these.
 */
#ifndef PLUMB_REF_BOARD_H
#define PLUMB_REF_BOARD_H

#include "../device.h"

extern const struct device_board board_device;
extern const struct device_identity board_identity;
extern const struct flash board_flash;

void board_init(void);
/* Sets up the sensor chip to MODE (in: wished for, out: what it is), to interrupt each WATERMARK samples. */
struct imu_chip board_imu(struct imu_mode *mode, unsigned watermark);
/* Whether the chip's FIFO has interrupted, and *WHEN: the moment of the last sample that it was for. */
bool board_imu_ready(uint64_t *when_us);
uint64_t board_now_us(void);
uint32_t board_random(void);
/* Sleeps until an interrupt: the chip's, a byte, or the tick of 10 ms. */
void board_wait(void);
/* To be called in each round of the main loop, at the latest after 2 s: else the machine begins anew. */
void board_alive(void);
size_t board_receive(uint8_t *to, size_t max);

#endif
