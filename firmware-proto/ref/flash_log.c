/* Invariants:
 *   a page holds records of one boot: every boot begins a page, so what a cut left behind it is never written to again
 *   a page is erased before its first record is written: after a cut, one that reads blank may be half erased
 *   numbers rise along the ring: the pages after the one in use hold the oldest records
 *   page K of the log, counted from the first ever, lies in flash page K modulo the pages
 */
#include "flash_log.h"

#include "../crc32.h"
#include "../little.h"

#include <string.h>

enum { HEAD = 24, CRC_AT = FLASH_LOG_RECORD - 4 };

static uint32_t ring_page(const struct flash_log *l, uint32_t block) { return block / l->slots % l->flash->pages; }

static uint32_t address(const struct flash_log *l, uint32_t block)
{
    return ring_page(l, block) * l->flash->page_size + block % l->slots * FLASH_LOG_RECORD;
}

static void pack(const struct flash_log_record *r, uint8_t *p)
{
    const struct plumb_samples *s = &r->samples;
    uint8_t body[PLUMB_PAYLOAD_MAX];
    size_t n = plumb_put_samples(s, body);
    memset(p, 0, FLASH_LOG_RECORD);
    little_put32(p, r->block);
    little_put32(p + 4, r->boot_id);
    little_put32(p + 8, s->first_index);
    little_put32(p + 12, s->t_last);
    little_put32(p + 16, r->step_us);
    p[20] = r->scale;
    p[21] = (uint8_t)s->flags;
    p[22] = s->stream;
    p[23] = s->n;
    memcpy(p + HEAD, body + 12, n - 12);
    little_put32(p + CRC_AT, crc32_of(p, CRC_AT));
}

static bool unpack(const uint8_t *p, struct flash_log_record *r)
{
    struct plumb_samples *s = &r->samples;
    if (crc32_of(p, CRC_AT) != little_get32(p + CRC_AT)) return false;
    r->block = little_get32(p);
    r->boot_id = little_get32(p + 4);
    r->step_us = little_get32(p + 16);
    r->scale = p[20];
    s->first_index = little_get32(p + 8);
    s->t_last = little_get32(p + 12);
    s->flags = p[21];
    s->stream = p[22];
    s->n = p[23];
    if (s->n == 0 || s->n > PLUMB_SAMPLES_MAX) return false;
    for (uint8_t i = 0; i < s->n; i++) {
        for (int c = 0; c < 3; c++) {
            const uint8_t *at = p + HEAD + 12 * i + 2 * c;
            s->sample[i].gyro[c] = (int16_t)little_get16(at);
            s->sample[i].accel[c] = (int16_t)little_get16(at + 6);
        }
    }
    return true;
}

/* The number alone tells of most slots that there is nothing in them. */
static bool read_slot(const struct flash_log *l, uint32_t at, struct flash_log_record *r)
{
    uint8_t bytes[FLASH_LOG_RECORD];
    l->flash->read(l->flash->self, at, bytes, 4);
    if (address(l, little_get32(bytes)) != at) return false;
    l->flash->read(l->flash->self, at, bytes, sizeof bytes);
    return unpack(bytes, r);
}

bool flash_log_read(const struct flash_log *l, uint32_t block, struct flash_log_record *r)
{
    return read_slot(l, address(l, block), r) && r->block == block;
}

/* The first whole record of the page that begins with BLOCK, or the last one. */
static bool first_of(const struct flash_log *l, uint32_t block, struct flash_log_record *r)
{
    for (uint32_t i = 0; i < l->slots; i++) {
        if (flash_log_read(l, block + i, r)) return true;
    }
    return false;
}

static bool last_of(const struct flash_log *l, uint32_t block, struct flash_log_record *r)
{
    for (uint32_t i = l->slots; i-- > 0;) {
        if (flash_log_read(l, block + i, r)) return true;
    }
    return false;
}

static uint32_t records_in(const struct flash_log *l, uint32_t block)
{
    struct flash_log_record r;
    return first_of(l, block, &r) ? l->slots : 0;
}

uint32_t flash_log_oldest(const struct flash_log *l)
{
    uint32_t page = l->next / l->slots, held = l->next % l->slots ? l->flash->pages - 1 : l->flash->pages;
    return (page > held ? page - held : 0) * l->slots;
}

/* The first whole record of flash page PAGE, whatever part of the log it is. */
static bool any_in(const struct flash_log *l, uint32_t page, struct flash_log_record *r)
{
    uint32_t at = page * l->flash->page_size, end = at + l->slots * FLASH_LOG_RECORD;
    for (; at < end; at += FLASH_LOG_RECORD) {
        if (read_slot(l, at, r)) return true;
    }
    return false;
}

void flash_log_open(struct flash_log *l, const struct flash *flash)
{
    struct flash_log_record r;
    *l = (struct flash_log){.flash = flash, .slots = flash->page_size / FLASH_LOG_RECORD};
    for (uint32_t page = 0; page < flash->pages; page++) {
        if (!any_in(l, page, &r)) continue;
        l->used += l->slots;
        if (r.block < l->next) continue;
        l->next = (r.block / l->slots + 1) * l->slots;
        l->newest_boot = r.boot_id;
    }
}

bool flash_log_append(struct flash_log *l, struct flash_log_record *r)
{
    uint8_t bytes[FLASH_LOG_RECORD];
    const struct flash *f = l->flash;
    if (l->next % l->slots == 0) {
        uint32_t overwritten = l->next / l->slots >= f->pages ? records_in(l, l->next - f->pages * l->slots) : 0;
        l->used -= overwritten;
        if (!f->erase(f->self, ring_page(l, l->next))) { /* worn out: the ring goes on without it */
            l->next += l->slots;
            l->failures++;
            return false;
        }
        l->used += l->slots;
    }
    r->block = l->next;
    pack(r, bytes);
    bool written = f->write(f->self, address(l, l->next), bytes, sizeof bytes);
    l->next++;
    l->failures += !written;
    return written;
}

static uint32_t end_of(const struct flash_log_record *r) { return r->samples.first_index + r->samples.n; }

bool flash_log_find(const struct flash_log *l, uint32_t boot_id, uint32_t first, uint32_t *block)
{
    struct flash_log_record r;
    for (uint32_t page = flash_log_oldest(l); page < l->next; page += l->slots) {
        if (!last_of(l, page, &r) || r.boot_id != boot_id || end_of(&r) <= first) continue;
        for (*block = page; !flash_log_read(l, *block, &r) || end_of(&r) <= first;) (*block)++;
        return true;
    }
    return false;
}

size_t flash_log_list(const struct flash_log *l, struct plumb_log_span span[FLASH_LOG_BOOTS])
{
    struct flash_log_record r;
    size_t n = 0;
    for (uint32_t page = flash_log_oldest(l); page < l->next; page += l->slots) {
        if (!first_of(l, page, &r)) continue;
        if (n == 0 || span[n - 1].boot_id != r.boot_id) {
            if (n == FLASH_LOG_BOOTS) memmove(span, span + 1, --n * sizeof *span);
            span[n++] = (struct plumb_log_span){r.boot_id, r.samples.first_index, 0};
        }
        if (last_of(l, page, &r)) span[n - 1].count = end_of(&r) - span[n - 1].first_index;
    }
    return n;
}

/* A record in a page that must stay is made none by clearing its bits. */
static bool strike_out(struct flash_log *l, uint32_t block)
{
    static const uint8_t nothing[FLASH_LOG_RECORD];
    return l->flash->write(l->flash->self, address(l, block), nothing, sizeof nothing);
}

bool flash_log_forget(struct flash_log *l, uint32_t block, uint32_t boot_id, uint32_t before)
{
    struct flash_log_record r;
    bool done = true, in_use = l->next - block < l->slots;
    if (!last_of(l, block, &r) || r.boot_id != boot_id) return true;
    if (end_of(&r) <= before && !in_use) {
        l->used -= l->slots;
        return l->flash->erase(l->flash->self, ring_page(l, block));
    }
    for (uint32_t i = 0; i < l->slots; i++) {
        if (flash_log_read(l, block + i, &r) && end_of(&r) <= before) done = strike_out(l, block + i) && done;
    }
    return done;
}
