/* Nothing is read before the size has been checked; what stays beyond a payload's own size belongs to later
 * versions. */
#include "plumb_link.h"

#include "little.h"

#include <string.h>

static void get_name(const uint8_t *p, char name[17])
{
    size_t n = 0;
    for (; n < 16 && p[n]; n++) name[n] = p[n] >= 0x20 && p[n] < 0x7F ? (char)p[n] : '?';
    memset(name + n, 0, 17 - n);
}

bool plumb_get_hello(const uint8_t *payload, size_t size, struct plumb_hello *m)
{
    if (size < 48) return false;
    m->major = payload[0];
    m->minor = payload[1];
    m->caps = little_get16(payload + 2);
    m->boot_id = little_get32(payload + 4);
    m->serial = little_get64(payload + 8);
    get_name(payload + 16, m->model);
    get_name(payload + 32, m->firmware);
    return true;
}

/* A scale that a 16-bit channel can have; neither NaN nor infinity passes. */
static bool is_scale(float lsb) { return lsb > 1e-9f && lsb < 1e3f; }

bool plumb_get_stream(const uint8_t *payload, size_t size, struct plumb_stream *m)
{
    if (size < 24 || payload[1] != 6 || payload[2] != 1) return false;
    m->stream = payload[0];
    m->axes = payload[3] <= 24 ? payload[3] : 0;
    m->accel_lsb_mps2 = little_get_float(payload + 4);
    m->gyro_lsb_rads = little_get_float(payload + 8);
    m->rate_mhz = little_get32(payload + 12);
    m->accel_range_g = little_get16(payload + 16);
    m->gyro_range_dps = little_get16(payload + 18);
    m->tick_ns = little_get32(payload + 20);
    return is_scale(m->accel_lsb_mps2) && (m->gyro_lsb_rads == 0 || is_scale(m->gyro_lsb_rads)) && m->tick_ns > 0;
}

bool plumb_get_samples(const uint8_t *payload, size_t size, struct plumb_samples *m)
{
    if (size < 12) return false;
    m->stream = payload[0];
    m->n = payload[1];
    m->first_index = little_get32(payload + 2);
    m->t_last = little_get32(payload + 6);
    m->flags = little_get16(payload + 10);
    if (m->n == 0 || m->n > PLUMB_SAMPLES_MAX || size < 12 + 12u * m->n) return false;
    const uint8_t *p = payload + 12;
    for (uint8_t i = 0; i < m->n; i++, p += 12) {
        for (int c = 0; c < 3; c++) {
            m->sample[i].gyro[c] = (int16_t)little_get16(p + 2 * c);
            m->sample[i].accel[c] = (int16_t)little_get16(p + 6 + 2 * c);
        }
    }
    return true;
}

bool plumb_get_status(const uint8_t *payload, size_t size, struct plumb_status *m)
{
    if (size < 32) return false;
    m->time_us = little_get64(payload);
    m->samples_total = little_get32(payload + 8);
    m->samples_lost = little_get32(payload + 12);
    m->frames_lost = little_get32(payload + 16);
    m->battery_mv = little_get16(payload + 20);
    m->battery_percent = payload[22] <= 100 ? payload[22] : PLUMB_BATTERY_UNKNOWN;
    m->charge = payload[23];
    m->temperature_c100 = (int16_t)little_get16(payload + 24);
    m->log_used_blocks = little_get32(payload + 28);
    return true;
}

bool plumb_get_event(const uint8_t *payload, size_t size, struct plumb_event *m)
{
    if (size < 9) return false;
    m->code = payload[0];
    m->t = little_get32(payload + 1);
    m->arg = little_get32(payload + 5);
    return true;
}

bool plumb_get_rsp(const uint8_t *payload, size_t size, struct plumb_rsp *m)
{
    if (size < 3 || size - 3 > PLUMB_DATA_MAX) return false;
    m->command = payload[0];
    m->command_seq = payload[1];
    m->status = (int8_t)payload[2];
    m->size = (uint8_t)(size - 3);
    memcpy(m->data, payload + 3, m->size);
    return true;
}

bool plumb_get_pong(const uint8_t *payload, size_t size, struct plumb_pong *m)
{
    if (size < 20) return false;
    m->token = little_get32(payload);
    m->t_rx_us = little_get64(payload + 4);
    m->t_tx_us = little_get64(payload + 12);
    return true;
}

bool plumb_get_logblock(const uint8_t *payload, size_t size, struct plumb_logblock *m)
{
    if (size < 4) return false;
    m->block = little_get32(payload);
    return plumb_get_samples(payload + 4, size - 4, &m->samples);
}

bool plumb_get_start(const uint8_t *payload, size_t size, struct plumb_start *m)
{
    if (size < 6) return false;
    m->stream = payload[0];
    m->rate_mhz = little_get32(payload + 1);
    m->batch = payload[5];
    return m->batch <= PLUMB_SAMPLES_MAX;
}

bool plumb_get_range(const uint8_t *payload, size_t size, struct plumb_range *m)
{
    if (size < 4) return false;
    m->accel_g = little_get16(payload);
    m->gyro_dps = little_get16(payload + 2);
    return m->accel_g > 0 && m->gyro_dps > 0;
}

bool plumb_get_identify(const uint8_t *payload, size_t size, uint16_t *ms)
{
    if (size < 2) return false;
    *ms = little_get16(payload);
    return true;
}

bool plumb_get_vibrate(const uint8_t *payload, size_t size, struct plumb_vibrate *m)
{
    if (size < 6) return false;
    m->strength_percent = payload[0];
    m->repeats = payload[1];
    m->on_ms = little_get16(payload + 2);
    m->off_ms = little_get16(payload + 4);
    return m->strength_percent <= 100;
}

bool plumb_get_ping(const uint8_t *payload, size_t size, uint32_t *token)
{
    if (size < 4) return false;
    *token = little_get32(payload);
    return true;
}

bool plumb_get_time(const uint8_t *payload, size_t size, int64_t *unix_us)
{
    if (size < 8) return false;
    *unix_us = (int64_t)little_get64(payload);
    return true;
}

bool plumb_get_log_span(const uint8_t *payload, size_t size, struct plumb_log_span *m)
{
    if (size < 12) return false;
    m->boot_id = little_get32(payload);
    m->first_index = little_get32(payload + 4);
    m->count = little_get32(payload + 8);
    return true;
}

bool plumb_get_log_erase(const uint8_t *payload, size_t size, struct plumb_log_erase *m)
{
    if (size < 8) return false;
    m->boot_id = little_get32(payload);
    m->before_index = little_get32(payload + 4);
    return true;
}
