/* xbus_setup — telling an MTi what to send: GoToConfig, SetOutputConfiguration, GoToMeasurement, each sent when the one
 * before was acknowledged. The device keeps the setting. Where nothing is acknowledged, measurement is asked for again
 * and again, so that no sensor is left silent.
 */
#ifndef PLUMBLINE_XBUS_SETUP_H
#define PLUMBLINE_XBUS_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum xbus_step { XBUS_IDLE, XBUS_TO_CONFIG, XBUS_SET_OUTPUT, XBUS_TO_MEASUREMENT };

struct xbus_setup {
    enum xbus_step step;
    bool due; /* not yet sent */
    unsigned tries, rate_hz;
    int64_t asked_ns; /* when it was sent last */
};

/* Begins: counter, time, acceleration and angular rate, RATE_HZ times a second. */
void xbus_setup_begin(struct xbus_setup *s, unsigned rate_hz);
/* The device has sent a message with this ID. */
void xbus_setup_heard(struct xbus_setup *s, uint8_t id);
/* What to send at NOW_NS; 0: nothing now. */
size_t xbus_setup_poll(struct xbus_setup *s, int64_t now_ns, uint8_t *buf, size_t cap);

#endif
