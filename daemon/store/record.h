/* record — what the loop's thread hands to the store's thread through the ring. Wall times are made from `now`
 * before. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "plumbline/store.h"

#include <stdbool.h>
#include <stdint.h>

enum record_type {
    RECORD_SAMPLE = 1, /* struct rawlog_sample */
    RECORD_CUT,        /* nothing */
    RECORD_MINUTE,     /* struct minute */
    RECORD_EVENT,      /* struct record_event */
    RECORD_ENTRY,      /* struct entry */
    RECORD_WORKOUT,    /* struct workout */
    RECORD_CALIBRATION, /* struct record_calibration */
    RECORD_CONTEXT,     /* struct rawlog_context and its bytes */
    RECORD_DEVICE       /* struct device_seen */
};

/* Cannot be made again from samples, and is rare: neither waits nor spares the disk. */
static inline bool record_by_a_person(uint32_t type)
{
    return type == RECORD_ENTRY || type == RECORD_WORKOUT || type == RECORD_CALIBRATION;
}

struct record_event {
    struct event event;
    int64_t start_wall_ns, end_wall_ns; /* end = EVENT_OPEN while it lasts */
    int32_t utc_offset_s;
};

static inline struct record_event record_event_of(const struct event *e, const struct now *now)
{
    return (struct record_event){
        .event = *e,
        .start_wall_ns = now_wall_of(now, e->start_ns),
        .end_wall_ns = e->end_ns == EVENT_OPEN ? EVENT_OPEN : now_wall_of(now, e->end_ns),
        .utc_offset_s = now->utc_offset_s,
    };
}

struct record_calibration {
    int64_t t_ns, wall_s;
    struct calibration calibration;
};

#endif
