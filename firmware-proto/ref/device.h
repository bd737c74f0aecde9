/* device — a sensor that speaks the plumb link (../PROTOCOL.md): the conversation, the batches, the log and the limits,
 * of which the firmware, the simulator and the tests are three users. It touches no hardware: what a board can do it is
 * given as functions, time and samples come in as arguments. No allocation, no globals.
 *
 *     for (;;) {                                          a board's main loop
 *         device_run(&d, now_us);                         each 10 ms or so
 *         device_receive(&d, bytes, n, now_us);           what the host said
 *         device_sample(&d, &sample, t_us);               each sample, in order
 *     }
 *
 * It samples and logs from power-on for ever, whether somebody listens or not. It streams from boot; when the link is
 * lost it stops, and begins again at START.
 */
#ifndef PLUMB_REF_DEVICE_H
#define PLUMB_REF_DEVICE_H

#include "flash_log.h"
#include "imu.h"
#include "motor.h"

/* What a board can do; SELF is given back to each. */
struct device_board {
    void *self;
    bool (*send)(void *self, const uint8_t *wire,
                 size_t n);                              /* a whole frame; false: no room, nothing of it was taken */
    size_t (*room)(void *self);                          /* bytes that send() would take now */
    bool (*set_mode)(void *self, struct imu_mode *mode); /* as imu_chip.set */
    void (*motor)(void *self, uint8_t percent, uint16_t ms); /* on for MS, ended by a timer; 0: off at once */
    void (*light)(void *self, bool on);
    void (*sense)(void *self, struct plumb_status *s); /* battery and temperature, at s->time_us */
};

struct device_identity {
    uint16_t caps; /* PLUMB_CAP_…; LOG is added when there is a flash */
    uint8_t axes;
    uint64_t serial;
    char model[17], firmware[17];
};

/* A command that takes time: LOG_READ or LOG_ERASE, a piece in each device_run(). */
struct device_task {
    uint8_t command, command_seq; /* command 0: none */
    uint32_t boot_id, next, end;  /* indexes: LOG_READ sends [next, end), LOG_ERASE forgets what is before end */
    uint32_t block;               /* where it is in the log */
    uint32_t sent;
    bool failed;
};

struct device {
    const struct device_board *board;
    const struct device_identity *identity;
    uint32_t boot_id;
    struct imu_mode mode;
    uint8_t seq, batch;
    bool linked, streaming;
    bool gap;                                /* samples are missing between the last one and the next */
    bool restarted;                          /* the chip was set up anew before the next one */
    uint64_t index;                          /* of the next sample, since boot */
    uint64_t hello_us, stream_us, status_us; /* when each is due */
    uint64_t heard_us, light_off_us;
    int64_t wall_us; /* UTC at device time 0; 0 not told */
    uint32_t samples_lost, frames_lost;
    struct plumb_samples pending; /* the next frame */
    bool logging;
    struct flash_log log;
    struct flash_log_record record; /* the next one of the log */
    uint64_t record_us;             /* device time of its first sample */
    struct device_task task;
    struct motor motor;
    struct plumb_receiver receiver;
};

/* BOARD and IDENTITY must outlive D. MODE: what the chip was set up to. FLASH: NULL for a device without a log.
 * BOOT_ID: a random number; it is changed when it is 0 or that of the boot before. */
void device_init(struct device *d, const struct device_board *board, const struct device_identity *identity,
                 const struct imu_mode *mode, const struct flash *flash, uint32_t boot_id, uint8_t batch);

/* The port was opened (HELLO and STREAM are said) or closed. A board that cannot tell says open, once. */
void device_link(struct device *d, bool up, uint64_t now_us);

/* What is due: beacon, STREAM, STATUS, motor, light, and a piece of a long command. */
void device_run(struct device *d, uint64_t now_us);

/* The next sample, taken at T_US. */
void device_sample(struct device *d, const struct plumb_sample *sample, uint64_t t_us);
/* N samples were lost before they were given to the device; or its chip had to be set up anew. */
void device_lose(struct device *d, uint32_t n);
void device_restarted(struct device *d);

/* Bytes from the host, in any slices. */
void device_receive(struct device *d, const uint8_t *bytes, size_t n, uint64_t now_us);

void device_event(struct device *d, uint8_t code, uint32_t arg, uint64_t now_us);

/* Microseconds since 1970 UTC, for a board that shows or stores the time of day; 0 while the host has not told it. */
int64_t device_wall_us(const struct device *d, uint64_t now_us);

#endif
