/* fake_flash — NOR flash in memory, whose power can be cut at any byte of a write or an erase. An erase goes over the
 * page byte by byte, and where it was cut it has left a byte half erased. What a cut leaves is then kept for ever: no
 * write or erase does anything until fake_flash_power().
 */
#ifndef PLUMBLINE_FAKE_FLASH_H
#define PLUMBLINE_FAKE_FLASH_H

#include "firmware-proto/ref/flash.h"

#include <string.h>

enum { FAKE_PAGE = 1024, FAKE_PAGES = 8 };

struct fake_flash {
    struct flash flash;
    uint64_t left;   /* bytes that can be written or erased until the power goes */
    uint64_t done;   /* bytes written or erased so far */
    uint32_t faults; /* a bit was to be set by a write, or something lay outside */
    uint8_t bytes[FAKE_PAGE * FAKE_PAGES];
};

static inline bool fake_flash_change(struct fake_flash *f, uint32_t at, uint8_t to, bool erase)
{
    if (at >= sizeof f->bytes) {
        f->faults++;
        return false;
    }
    if (f->left == 0) return false;
    f->left--;
    f->done++;
    if (erase && f->left == 0)
        f->bytes[at] |= 0xA5;
    else
        f->bytes[at] = erase ? 0xFF : f->bytes[at] & to;
    return true;
}

static inline void fake_flash_read(void *self, uint32_t at, uint8_t *to, size_t n)
{
    struct fake_flash *f = self;
    if (at + n > sizeof f->bytes)
        f->faults++;
    else
        memcpy(to, f->bytes + at, n);
}

static inline bool fake_flash_write(void *self, uint32_t at, const uint8_t *from, size_t n)
{
    struct fake_flash *f = self;
    bool done = true;
    for (size_t i = 0; i < n; i++) {
        if (f->left && at + i < sizeof f->bytes && (from[i] & ~f->bytes[at + i])) f->faults++;
        done = fake_flash_change(f, (uint32_t)(at + i), from[i], false) && done;
    }
    return done;
}

static inline bool fake_flash_erase(void *self, uint32_t page)
{
    bool done = true;
    for (uint32_t i = 0; i < FAKE_PAGE; i++) done = fake_flash_change(self, page * FAKE_PAGE + i, 0xFF, true) && done;
    return done;
}

static inline void fake_flash_power(struct fake_flash *f, uint64_t bytes) { f->left = bytes; }

static inline void fake_flash_init(struct fake_flash *f)
{
    memset(f, 0, sizeof *f);
    memset(f->bytes, 0x5A, sizeof f->bytes); /* as bought: anything may be in it */
    f->flash = (struct flash){f, FAKE_PAGE, FAKE_PAGES, fake_flash_read, fake_flash_write, fake_flash_erase};
    fake_flash_power(f, UINT64_MAX);
}

#endif
