/* Samples go into record, and record into flash when it is full. The long commands do one record or one page in each
 * device_run(), and only while the link has room for more than the next frame: live samples never wait for the log.
 */
#include "device_private.h"

#include "../little.h"

#include <string.h>

enum { ROOM_LEFT = 2 * PLUMB_WIRE_MAX };

void device_log_flush(struct device *d)
{
    struct plumb_samples *s = &d->record.samples;
    if (!d->logging || s->n == 0) return;
    flash_log_append(&d->log, &d->record);
    s->n = 0;
    s->flags = 0;
}

void device_log_sample(struct device *d, const struct plumb_sample *sample, uint16_t flags, uint64_t t_us)
{
    struct plumb_samples *s = &d->record.samples;
    if (flags & (PLUMB_GAP_BEFORE | PLUMB_IMU_RESTARTED)) device_log_flush(d);
    if (s->n == 0) {
        d->record.boot_id = d->boot_id;
        d->record.scale = d->mode.scale;
        d->record.step_us = (uint32_t)(UINT64_C(1000000000) / d->mode.rate_mhz);
        d->record_us = t_us;
        s->stream = 1;
        s->first_index = (uint32_t)d->index;
    }
    s->flags |= flags;
    s->sample[s->n++] = *sample;
    s->t_last = (uint32_t)t_us;
    if (s->n > 1) d->record.step_us = (uint32_t)(t_us - d->record_us) / (s->n - 1u);
    if (s->n == PLUMB_SAMPLES_MAX) device_log_flush(d);
}

/* ---- LOG_LIST ------------------------------------------------------------------------------------------------ */

static void list(struct device *d, const struct plumb_frame *f)
{
    struct plumb_log_span span[FLASH_LOG_BOOTS];
    uint8_t data[12 * FLASH_LOG_BOOTS];
    const struct plumb_samples *s = &d->record.samples;
    size_t n = flash_log_list(&d->log, span);
    if (s->n > 0 && n > 0 && span[n - 1].boot_id == d->boot_id)
        span[n - 1].count = s->first_index + s->n - span[n - 1].first_index;
    else if (s->n > 0 && n < FLASH_LOG_BOOTS)
        span[n++] = (struct plumb_log_span){d->boot_id, s->first_index, s->n};
    for (size_t i = 0; i < n; i++) plumb_put_log_span(&span[i], data + 12 * i);
    device_send_rsp(d, f->type, f->seq, PLUMB_OK, data, 12 * n);
}

/* ---- LOG_READ and LOG_ERASE ---------------------------------------------------------------------------------- */

/* The first sample at or after FIRST of this boot that there is: in flash, or still in the record being filled. */
static bool find(const struct device *d, uint32_t boot_id, uint32_t first, uint32_t *block, uint32_t *index)
{
    struct flash_log_record r;
    const struct plumb_samples *s = &d->record.samples;
    if (flash_log_find(&d->log, boot_id, first, block) && flash_log_read(&d->log, *block, &r)) {
        *index = r.samples.first_index;
        return true;
    }
    bool open = boot_id == d->boot_id && s->n > 0;
    *block = d->log.next;
    *index = open ? s->first_index : 0;
    return open;
}

static void end_task(struct device *d, int8_t status)
{
    uint8_t data[8];
    uint32_t block, oldest;
    size_t size = 0;
    if (d->task.command == PLUMB_LOG_READ) {
        find(d, d->task.boot_id, 0, &block, &oldest);
        little_put32(data, d->task.sent);
        little_put32(data + 4, oldest);
        size = 8;
    }
    device_send_rsp(d, d->task.command, d->task.command_seq, status, data, size);
    d->task.command = 0;
}

static bool begin_read(struct device *d, const struct plumb_frame *f)
{
    struct plumb_log_span m;
    struct device_task *t = &d->task;
    uint32_t first;
    if (!plumb_get_log_span(f->payload, f->size, &m)) return false;
    *t = (struct device_task){f->type, f->seq, m.boot_id, m.first_index, UINT32_MAX, 0, 0, false};
    if (m.count < UINT32_MAX - m.first_index) t->end = m.first_index + m.count;
    if (m.boot_id == d->boot_id && t->end > d->index) t->end = (uint32_t)d->index;
    if (!find(d, m.boot_id, 0, &t->block, &first))
        end_task(d, PLUMB_RANGE);
    else
        find(d, m.boot_id, m.first_index, &t->block, &first);
    return true;
}

static bool begin_erase(struct device *d, const struct plumb_frame *f)
{
    struct plumb_log_erase m;
    if (!plumb_get_log_erase(f->payload, f->size, &m)) return false;
    d->task = (struct device_task){f->type, f->seq, m.boot_id, 0, m.before_index, flash_log_oldest(&d->log), 0, false};
    return true;
}

void device_log_command(struct device *d, const struct plumb_frame *f)
{
    if (!d->logging) {
        device_send_rsp(d, f->type, f->seq, PLUMB_UNKNOWN, NULL, 0);
    } else if (f->type == PLUMB_LOG_LIST) {
        list(d, f);
    } else if (d->task.command) {
        device_send_rsp(d, f->type, f->seq, PLUMB_BUSY, NULL, 0);
    } else if (f->type == PLUMB_LOG_READ ? !begin_read(d, f) : !begin_erase(d, f)) {
        device_send_rsp(d, f->type, f->seq, PLUMB_RANGE, NULL, 0);
    }
}

/* Cuts R to what was asked for. False when nothing of it was. */
static bool cut(struct flash_log_record *r, uint32_t from, uint32_t to)
{
    struct plumb_samples *s = &r->samples;
    if (s->first_index + s->n <= from || s->first_index >= to) return false;
    if (s->first_index < from) {
        uint8_t skip = (uint8_t)(from - s->first_index);
        memmove(s->sample, s->sample + skip, (size_t)(s->n - skip) * sizeof *s->sample);
        s->first_index = from;
        s->n = (uint8_t)(s->n - skip);
        s->flags &= (uint16_t) ~(PLUMB_GAP_BEFORE | PLUMB_IMU_RESTARTED);
    }
    if (s->first_index + s->n > to) {
        uint8_t surplus = (uint8_t)(s->first_index + s->n - to);
        s->t_last -= surplus * r->step_us;
        s->n = (uint8_t)(s->n - surplus);
    }
    return true;
}

/* False: not now, the link is full. */
static bool send_record(struct device *d, struct flash_log_record *r)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct device_task *t = &d->task;
    if (r->scale != d->mode.scale || !cut(r, t->next, t->end)) return true;
    struct plumb_logblock block = {.block = r->block, .samples = r->samples};
    block.samples.flags |= PLUMB_FROM_LOG;
    if (!device_send(d, PLUMB_LOGBLOCK, payload, plumb_put_logblock(&block, payload))) return false;
    t->next = r->samples.first_index + r->samples.n;
    t->sent += r->samples.n;
    return true;
}

static void run_read(struct device *d)
{
    struct device_task *t = &d->task;
    struct flash_log_record r;
    uint32_t oldest = flash_log_oldest(&d->log);
    if (t->block < oldest) t->block = oldest; /* overwritten meanwhile */
    if (t->next >= t->end) {
        end_task(d, PLUMB_OK);
    } else if (t->block < d->log.next) {
        if (!flash_log_read(&d->log, t->block, &r))
            t->block++;
        else if (r.boot_id != t->boot_id || r.samples.first_index >= t->end)
            end_task(d, PLUMB_OK);
        else if (send_record(d, &r))
            t->block++;
    } else {
        r = d->record;
        r.block = d->log.next;
        if (t->boot_id != d->boot_id || r.samples.n == 0 || send_record(d, &r)) end_task(d, PLUMB_OK);
    }
}

static void run_erase(struct device *d)
{
    struct device_task *t = &d->task;
    if (t->block >= d->log.next) {
        end_task(d, t->failed ? PLUMB_LOCKED : PLUMB_OK);
        return;
    }
    if (!flash_log_forget(&d->log, t->block, t->boot_id, t->end)) t->failed = true;
    t->block += d->log.slots;
}

void device_log_run(struct device *d)
{
    if (!d->task.command || d->board->room(d->board->self) < ROOM_LEFT) return;
    if (d->task.command == PLUMB_LOG_READ)
        run_read(d);
    else
        run_erase(d);
}
