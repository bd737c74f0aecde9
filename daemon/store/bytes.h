/* bytes — little-endian integers in files, whatever the machine. */
#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include <stdint.h>
#include <string.h>

static inline void bytes_put(uint8_t *to, uint64_t value, unsigned width)
{
    for (unsigned i = 0; i < width; i++) to[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t bytes_get(const uint8_t *from, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static inline uint32_t bytes_get32(const uint8_t *from) { return (uint32_t)bytes_get(from, 4); }

static inline void bytes_put_float(uint8_t *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put(to, bits, 4);
}

static inline float bytes_get_float(const uint8_t *from)
{
    uint32_t bits = bytes_get32(from);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
