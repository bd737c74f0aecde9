/* cwa — one 512-byte block of an Axivity .cwa file.
 *
 * Source: the makers' public description of the format (Open Movement, Docs/ax3/cwa.h and ax3-technical.md). All
 * integers are little-endian. A file is a header of 1024 bytes that begins "MD", then blocks that begin "AX"; each has its
 * own time, rate, scale and a sum: its 256 words add up to 0 modulo 65536.
 *
 * Its clock stamps one sample of a block, ANCHOR (which may lie before or behind it). Older devices stamp whole seconds;
 * newer ones give a fraction in the place of the device number and move the index by as many whole samples, so that older
 * programs are less wrong: that is taken back here.
 */
#ifndef PLUMBLINE_CWA_H
#define PLUMBLINE_CWA_H

#include "plumbline/sample.h"

#include <stddef.h>

enum { CWA_BLOCK = 512, CWA_HEADER = 1024, CWA_SAMPLES_MAX = 120 };

struct cwa_block {
    uint32_t session, sequence;
    uint16_t device;   /* 0 unknown */
    uint8_t kind[2];   /* rate code, axes and packing: alike in blocks that belong together */
    double rate_hz;    /* nominal; real ones differ by percents */
    int64_t anchor_ns; /* since 2000-01-01, by its own clock */
    int anchor;
    unsigned count;
    struct raw_sample sample[CWA_SAMPLES_MAX]; /* without time and index */
};

/* Whether the N bytes at P begin as a block does; a prefix does too. */
bool cwa_block_begins(const uint8_t *p, size_t n);
/* Decodes the CWA_BLOCK bytes at P; false when they are no whole block. */
bool cwa_block_read(struct cwa_block *b, const uint8_t *p);

#endif
