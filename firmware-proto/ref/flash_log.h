/* flash_log — the samples of the last hours, in a ring of flash pages. What was appended is there after any power cut,
 * but for the samples of the record that was being written.
 *
 * A record is 256 bytes and stands alone: its number, the boot it belongs to, index and time of its samples, and a
 * CRC-32 over all of it. Record B of the log lies in the B-th slot of the ring, modulo the slots, so a record found in
 * another place, half written or half erased is none.
 *
 *   at   0 u32 block      number of the record; rises along the ring
 *        4 u32 boot_id
 *        8 u32 first      index of the first sample
 *       12 u32 t_last     device time of the last one, µs, modulo 2³²
 *       16 u32 step       µs between two samples
 *       20 u8  scale      what the counts mean: the device's own number for a pair of ranges
 *       21 u8  flags      as in SAMPLES
 *       22 u8  stream
 *       23 u8  n          1…19
 *       24     n × 6 i16, the rest 00
 *      252 u32 crc32
 */
#ifndef PLUMB_REF_FLASH_LOG_H
#define PLUMB_REF_FLASH_LOG_H

#include "flash.h"

#include "../plumb_link.h"

enum { FLASH_LOG_RECORD = 256, FLASH_LOG_BOOTS = 20 };

struct flash_log_record {
    uint32_t block, boot_id, step_us;
    uint8_t scale;
    struct plumb_samples samples;
};

struct flash_log {
    const struct flash *flash;
    uint32_t slots;       /* records a page */
    uint32_t next;        /* number of the next record */
    uint32_t used;        /* records in the ring, whole pages of them */
    uint32_t failures;    /* records that could not be written */
    uint32_t newest_boot; /* boot_id of the last record when the log was opened; 0 none */
};

/* Finds the end of the log. The first record of this boot goes to a page of its own. */
void flash_log_open(struct flash_log *l, const struct flash *flash);

/* Writes R, giving it its number; erases the oldest page when the next one begins. False: not written, and counted. */
bool flash_log_append(struct flash_log *l, struct flash_log_record *r);

/* Reads record BLOCK; false when it is not there, or not whole. */
bool flash_log_read(const struct flash_log *l, uint32_t block, struct flash_log_record *r);

/* Number of the oldest record that may be there; it is flash_log.next when the log is empty. */
uint32_t flash_log_oldest(const struct flash_log *l);

/* The first record of BOOT_ID that holds a sample at or after FIRST: true and its number. False when there is none. */
bool flash_log_find(const struct flash_log *l, uint32_t boot_id, uint32_t first, uint32_t *block);

/* The boots in the log, oldest first, the newest FLASH_LOG_BOOTS of them. Returns how many. */
size_t flash_log_list(const struct flash_log *l, struct plumb_log_span span[FLASH_LOG_BOOTS]);

/* Forgets the records in the page of BLOCK (its first record) that belong to BOOT_ID and end before index BEFORE. */
bool flash_log_forget(struct flash_log *l, uint32_t block, uint32_t boot_id, uint32_t before);

#endif
