/* plumb — the state of our own link's decoder, shared by plumb.c (what is heard) and plumb_talk.c (what is said). */
#ifndef PLUMBLINE_PLUMB_H
#define PLUMBLINE_PLUMB_H

#include "outbox.h"
#include "plumb_backfill.h"
#include "plumbline/sensor.h"

struct plumb {
    struct plumb_receiver receiver;
    struct outbox box;
    uint64_t refused, samples, lost_frames, lost_samples, device_lost, device_lost_before_boot;
    bool have_hello, have_stream, counting, restarted;
    bool unworn; /* so the device says */
    bool unsure; /* the link was away: is it still the same boot of the same device? */
    struct plumb_hello hello;
    struct plumb_stream stream;
    uint64_t next_index, last_ticks;
    int battery_percent;
    unsigned refusals;
    int8_t refusal; /* enum plumb_status_code */
    struct plumb_backfill backfill;

    /* what is said */
    uint8_t seq;
    bool polled; /* somebody sends what poll() says */
    int64_t asked_ns, ping_ns, kept_ns; /* when HELLO_REQ, PING, KEEPALIVE left; 0 never */
    int64_t vibrates_ns;                /* what a vibration just ordered lasts; poll() makes … */
    int64_t vibrates_until_ns;          /* … this of it */
    bool ponged;                        /* PONG came since poll() was last here … */
    int64_t held_ns;                    /* … and the device had kept it for so long */
    int64_t round_trip_ns;              /* of the last PING; 0 none yet */
};

size_t plumb_encode(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap);
size_t plumb_poll(void *state, int64_t now_ns, uint8_t *buf, size_t cap);

#endif
