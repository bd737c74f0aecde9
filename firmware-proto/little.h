/* little — little-endian numbers in bytes, without any assumption about alignment or the machine's own order. */
#ifndef PLUMB_LITTLE_H
#define PLUMB_LITTLE_H

#include <stdint.h>
#include <string.h>

static inline void little_put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void little_put32(uint8_t *p, uint32_t v)
{
    little_put16(p, (uint16_t)v);
    little_put16(p + 2, (uint16_t)(v >> 16));
}

static inline void little_put64(uint8_t *p, uint64_t v)
{
    little_put32(p, (uint32_t)v);
    little_put32(p + 4, (uint32_t)(v >> 32));
}

static inline void little_put_float(uint8_t *p, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    little_put32(p, bits);
}

static inline uint16_t little_get16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static inline uint32_t little_get32(const uint8_t *p)
{
    return (uint32_t)little_get16(p) | (uint32_t)little_get16(p + 2) << 16;
}

static inline uint64_t little_get64(const uint8_t *p)
{
    return (uint64_t)little_get32(p) | (uint64_t)little_get32(p + 4) << 32;
}

static inline float little_get_float(const uint8_t *p)
{
    uint32_t bits = little_get32(p);
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

#endif
