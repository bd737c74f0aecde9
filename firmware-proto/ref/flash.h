/* flash — memory that is erased by the page and written by the byte, as NOR flash is: an erase sets every bit of a
 * page, a write clears bits and sets none. A board gives one of these; both may stop anywhere when the power goes.
 */
#ifndef PLUMB_REF_FLASH_H
#define PLUMB_REF_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flash {
    void *self;
    uint32_t page_size, pages; /* bytes, a multiple of 256; how many, at least 2 */
    void (*read)(void *self, uint32_t at, uint8_t *to, size_t n);
    bool (*write)(void *self, uint32_t at, const uint8_t *from, size_t n); /* false: it does not read back */
    bool (*erase)(void *self, uint32_t page);
};

#endif
