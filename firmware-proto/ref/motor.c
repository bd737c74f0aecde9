/* Invariants:
 *   a pulse is counted whole, in the second in which it begins, before it is begun: what is stopped early counts too
 *   a second is kept for as long as a pulse begun in it can lie in the last minute: 60 s, its own length, and 2 s
 */
#include "motor.h"

#include <string.h>

enum { MINUTE_ON_MAX_MS = 600 * PLUMB_VIBRATE_DUTY_MAX_PERCENT };

static const uint64_t SECOND_US = 1000000;

static void forget_old(struct motor *m, uint64_t now_us)
{
    uint32_t second = (uint32_t)(now_us / SECOND_US);
    if (second - m->second >= MOTOR_SECONDS) memset(m->on_ms, 0, sizeof m->on_ms);
    for (; m->second != second && second - m->second < MOTOR_SECONDS; m->second++)
        m->on_ms[(m->second + 1) % MOTOR_SECONDS] = 0;
    m->second = second;
}

static uint32_t minute_on_ms(const struct motor *m)
{
    uint32_t sum = 0;
    for (int i = 0; i < MOTOR_SECONDS; i++) sum += m->on_ms[i];
    return sum;
}

/* For how long the motor will have been on without a rest when a pulse of ON_MS begins now. */
static uint32_t at_a_time(const struct motor *m, uint16_t on_ms, uint64_t now_us)
{
    bool rested = now_us >= m->off_us + 1000 * MOTOR_REST_MS;
    return on_ms + (rested ? 0 : m->at_a_time_ms);
}

int8_t motor_vibrate(struct motor *m, const struct plumb_vibrate *p, uint64_t now_us)
{
    uint32_t total_ms = (uint32_t)p->repeats * p->on_ms, once_ms = p->off_ms < MOTOR_REST_MS ? total_ms : p->on_ms;
    if (once_ms > PLUMB_VIBRATE_ON_MAX_MS) return PLUMB_RANGE;
    forget_old(m, now_us);
    if (m->left > 0 || now_us < m->off_us) return PLUMB_BUSY;
    if (minute_on_ms(m) + total_ms > MINUTE_ON_MAX_MS) return PLUMB_BUSY;
    if (at_a_time(m, (uint16_t)once_ms, now_us) > PLUMB_VIBRATE_ON_MAX_MS) return PLUMB_BUSY;
    m->pattern = *p;
    m->left = p->strength_percent > 0 && p->on_ms > 0 ? p->repeats : 0;
    m->next_us = now_us;
    return PLUMB_OK;
}

struct motor_act motor_stop(struct motor *m, uint64_t now_us)
{
    bool on = now_us < m->off_us;
    m->left = 0;
    if (on) m->off_us = now_us;
    return (struct motor_act){.change = on};
}

struct motor_act motor_run(struct motor *m, uint64_t now_us, uint64_t heard_us)
{
    uint16_t on_ms = m->pattern.on_ms;
    if (now_us >= heard_us + PLUMB_KEEPALIVE_S * SECOND_US) return motor_stop(m, now_us);
    if (m->left == 0 || now_us < m->next_us) return (struct motor_act){0};
    forget_old(m, now_us);
    uint32_t once_ms = at_a_time(m, on_ms, now_us);
    if (once_ms > PLUMB_VIBRATE_ON_MAX_MS || minute_on_ms(m) + on_ms > MINUTE_ON_MAX_MS) {
        m->left = 0;
        return (struct motor_act){0};
    }
    m->left--;
    m->at_a_time_ms = once_ms;
    m->off_us = now_us + 1000u * on_ms;
    m->next_us = m->off_us + 1000u * m->pattern.off_ms;
    m->on_ms[m->second % MOTOR_SECONDS] = (uint16_t)(m->on_ms[m->second % MOTOR_SECONDS] + on_ms);
    return (struct motor_act){true, m->pattern.strength_percent, on_ms};
}
