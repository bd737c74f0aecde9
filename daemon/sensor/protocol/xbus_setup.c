#include "xbus_setup.h"

#include "xbus_message.h"

#include "plumbline/sample.h"

enum { GO_TO_MEASUREMENT = 0x10, GO_TO_CONFIG = 0x30, SET_OUTPUT_CONFIGURATION = 0xc0, TRIES = 5 };

static uint8_t id_of(enum xbus_step step)
{
    if (step == XBUS_TO_CONFIG) return GO_TO_CONFIG;
    return step == XBUS_SET_OUTPUT ? SET_OUTPUT_CONFIGURATION : GO_TO_MEASUREMENT;
}

static void turn_to(struct xbus_setup *s, enum xbus_step step)
{
    s->step = step;
    s->tries = 0;
    s->due = step != XBUS_IDLE;
}

void xbus_setup_begin(struct xbus_setup *s, unsigned rate_hz)
{
    s->rate_hz = rate_hz;
    turn_to(s, XBUS_TO_CONFIG);
}

void xbus_setup_heard(struct xbus_setup *s, uint8_t id)
{
    if (s->step == XBUS_IDLE) return;
    if (id == id_of(s->step) + 1)
        turn_to(s, s->step == XBUS_TO_MEASUREMENT ? XBUS_IDLE : s->step + 1);
    else if (id == XBUS_ERROR && s->step == XBUS_SET_OUTPUT)
        turn_to(s, XBUS_TO_MEASUREMENT);
}

static size_t put(const struct xbus_setup *s, uint8_t *buf, size_t cap)
{
    uint8_t high = (uint8_t)(s->rate_hz >> 8), low = (uint8_t)s->rate_hz;
    /* counter and time go along with every message: FFFF */
    const uint8_t output[] = {0x10, 0x20, 0xff, 0xff, 0x10, 0x60, 0xff, 0xff,
                              0x40, 0x20, high, low,  0x80, 0x20, high, low};
    return xbus_put(id_of(s->step), output, s->step == XBUS_SET_OUTPUT ? sizeof output : 0, buf, cap);
}

size_t xbus_setup_poll(struct xbus_setup *s, int64_t now_ns, uint8_t *buf, size_t cap)
{
    if (s->step == XBUS_IDLE) return 0;
    if (!s->due && now_ns - s->asked_ns < NS_PER_S) return 0;
    if (!s->due && s->tries >= TRIES) turn_to(s, s->step == XBUS_TO_MEASUREMENT ? XBUS_IDLE : XBUS_TO_MEASUREMENT);
    if (s->step == XBUS_IDLE) return 0;
    s->due = false;
    s->tries++;
    s->asked_ns = now_ns;
    return put(s, buf, cap);
}
