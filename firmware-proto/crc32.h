/* crc32 — CRC-32/ISO-HDLC, equal to zlib's crc32(): check value crc32_of("123456789") = CBF43926. */
#ifndef PLUMB_CRC32_H
#define PLUMB_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const uint8_t *bytes, size_t n);

#endif
