/* Offsets are those of PROTOCOL.md; each function returns the size that stands there. */
#include "plumb_link.h"

#include "little.h"

#include <string.h>

static void put_name(uint8_t *p, const char *name)
{
    size_t n = 0;
    while (n < 16 && name[n]) n++;
    memset(p, 0, 16);
    memcpy(p, name, n);
}

size_t plumb_put_hello(const struct plumb_hello *m, uint8_t *payload)
{
    payload[0] = m->major;
    payload[1] = m->minor;
    little_put16(payload + 2, m->caps);
    little_put32(payload + 4, m->boot_id);
    little_put64(payload + 8, m->serial);
    put_name(payload + 16, m->model);
    put_name(payload + 32, m->firmware);
    return 48;
}

size_t plumb_put_stream(const struct plumb_stream *m, uint8_t *payload)
{
    payload[0] = m->stream;
    payload[1] = 6; /* channels */
    payload[2] = 1; /* int16 */
    payload[3] = m->axes;
    little_put_float(payload + 4, m->accel_lsb_mps2);
    little_put_float(payload + 8, m->gyro_lsb_rads);
    little_put32(payload + 12, m->rate_mhz);
    little_put16(payload + 16, m->accel_range_g);
    little_put16(payload + 18, m->gyro_range_dps);
    little_put32(payload + 20, m->tick_ns);
    return 24;
}

size_t plumb_put_samples(const struct plumb_samples *m, uint8_t *payload)
{
    uint8_t n = m->n < PLUMB_SAMPLES_MAX ? m->n : PLUMB_SAMPLES_MAX;
    payload[0] = m->stream;
    payload[1] = n;
    little_put32(payload + 2, m->first_index);
    little_put32(payload + 6, m->t_last);
    little_put16(payload + 10, m->flags);
    uint8_t *p = payload + 12;
    for (uint8_t i = 0; i < n; i++, p += 12) {
        for (int c = 0; c < 3; c++) {
            little_put16(p + 2 * c, (uint16_t)m->sample[i].gyro[c]);
            little_put16(p + 6 + 2 * c, (uint16_t)m->sample[i].accel[c]);
        }
    }
    return 12 + 12u * n;
}

size_t plumb_put_status(const struct plumb_status *m, uint8_t *payload)
{
    little_put64(payload, m->time_us);
    little_put32(payload + 8, m->samples_total);
    little_put32(payload + 12, m->samples_lost);
    little_put32(payload + 16, m->frames_lost);
    little_put16(payload + 20, m->battery_mv);
    payload[22] = m->battery_percent;
    payload[23] = m->charge;
    little_put16(payload + 24, (uint16_t)m->temperature_c100);
    little_put16(payload + 26, 0);
    little_put32(payload + 28, m->log_used_blocks);
    return 32;
}

size_t plumb_put_event(const struct plumb_event *m, uint8_t *payload)
{
    payload[0] = m->code;
    little_put32(payload + 1, m->t);
    little_put32(payload + 5, m->arg);
    return 9;
}

size_t plumb_put_rsp(const struct plumb_rsp *m, uint8_t *payload)
{
    uint8_t n = m->size < PLUMB_DATA_MAX ? m->size : PLUMB_DATA_MAX;
    payload[0] = m->command;
    payload[1] = m->command_seq;
    payload[2] = (uint8_t)m->status;
    memcpy(payload + 3, m->data, n);
    return 3u + n;
}

size_t plumb_put_pong(const struct plumb_pong *m, uint8_t *payload)
{
    little_put32(payload, m->token);
    little_put64(payload + 4, m->t_rx_us);
    little_put64(payload + 12, m->t_tx_us);
    return 20;
}

size_t plumb_put_logblock(const struct plumb_logblock *m, uint8_t *payload)
{
    little_put32(payload, m->block);
    return 4 + plumb_put_samples(&m->samples, payload + 4);
}

size_t plumb_put_start(const struct plumb_start *m, uint8_t *payload)
{
    payload[0] = m->stream;
    little_put32(payload + 1, m->rate_mhz);
    payload[5] = m->batch < PLUMB_SAMPLES_MAX ? m->batch : PLUMB_SAMPLES_MAX;
    return 6;
}

size_t plumb_put_range(const struct plumb_range *m, uint8_t *payload)
{
    little_put16(payload, m->accel_g);
    little_put16(payload + 2, m->gyro_dps);
    return 4;
}

size_t plumb_put_identify(uint16_t ms, uint8_t *payload)
{
    little_put16(payload, ms);
    return 2;
}

size_t plumb_put_vibrate(const struct plumb_vibrate *m, uint8_t *payload)
{
    payload[0] = m->strength_percent < 100 ? m->strength_percent : 100;
    payload[1] = m->repeats;
    little_put16(payload + 2, m->on_ms);
    little_put16(payload + 4, m->off_ms);
    return 6;
}

size_t plumb_put_ping(uint32_t token, uint8_t *payload)
{
    little_put32(payload, token);
    return 4;
}

size_t plumb_put_time(int64_t unix_us, uint8_t *payload)
{
    little_put64(payload, (uint64_t)unix_us);
    return 8;
}

size_t plumb_put_log_span(const struct plumb_log_span *m, uint8_t *payload)
{
    little_put32(payload, m->boot_id);
    little_put32(payload + 4, m->first_index);
    little_put32(payload + 8, m->count);
    return 12;
}

size_t plumb_put_log_erase(const struct plumb_log_erase *m, uint8_t *payload)
{
    little_put32(payload, m->boot_id);
    little_put32(payload + 4, m->before_index);
    return 8;
}
