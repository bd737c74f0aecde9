/* Hostile bytes: a block is believed only when sum, length, packing, rate, date and count all are what they may be. */
#include "cwa.h"
#include "import.h"

#include <string.h>

enum { DATA = 30, DATA_BYTES = 480, SLOWEST = 5 }; /* rate code 5: 3.125 Hz */

static unsigned u16(const uint8_t *p) { return (unsigned)p[0] | (unsigned)p[1] << 8; }
static uint32_t u32(const uint8_t *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }

bool cwa_block_begins(const uint8_t *p, size_t n)
{
    static const uint8_t head[] = {'A', 'X', 0xfc, 0x01};
    return memcmp(p, head, n < sizeof head ? n : sizeof head) == 0;
}

static bool sum_is_right(const uint8_t *p)
{
    unsigned sum = 0;
    for (int i = 0; i < CWA_BLOCK; i += 2) sum += u16(p + i);
    return (sum & 0xffff) == 0;
}

/* YYYYYYMM MMDDDDDh hhhhmmmm mmssssss, years since 2000. */
static bool stamp(uint32_t v, int64_t *ns)
{
    const int date[6] = {2000 + (int)(v >> 26), v >> 22 & 15, v >> 17 & 31, v >> 12 & 31, v >> 6 & 63, v & 63};
    return import_date(date, ns);
}

/* What is the same for all samples of a block. */
struct packing {
    unsigned bytes, gyro, accel; /* of a sample; at which word its triples begin (gyro 3: none) */
    struct scale scale;
    int limit; /* counts at the end of the accelerometer's range */
};

static bool packing_of(const uint8_t *p, struct packing *k)
{
    static const double RADS_A_DEG = 0.017453292519943295;
    unsigned axes = p[25] >> 4, light = u16(p + 18), gyro = light >> 10 & 7, counts_a_g = 256u << (light >> 13);
    bool packed = p[25] == 0x30;
    if (!packed && p[25] != 0x32 && p[25] != 0x62 && p[25] != 0x92) return false;
    *k = (struct packing){.bytes = packed ? 4 : 2 * axes, .gyro = axes > 3 ? 0 : 3, .accel = axes > 3 ? 3 : 0};
    k->scale.accel_mps2 = STANDARD_GRAVITY_MPS2 / (float)counts_a_g;
    if (axes > 3) k->scale.gyro_rads = (float)(RADS_A_DEG * (gyro ? 8000 >> gyro : 2000) / 32768);
    k->limit = (int)((16u >> (p[24] >> 6)) * counts_a_g);
    return true;
}

/* eezzzzzz zzzzyyyy yyyyyyxx xxxxxxxx: three signed 10-bit values, all to be shifted left by e. Returns 1 << e. */
static int unpack(const uint8_t *p, int16_t out[3])
{
    uint32_t v = u32(p);
    int step = 1 << (v >> 30);
    for (int i = 0; i < 3; i++) {
        int field = (int)(v >> 10 * i & 0x3ff);
        out[i] = (int16_t)((field < 512 ? field : field - 1024) * step);
    }
    return step;
}

static void words(const uint8_t *p, int16_t out[3])
{
    for (int i = 0; i < 3; i++) out[i] = (int16_t)(uint16_t)u16(p + 2 * i);
}

static void read_sample(const struct packing *k, const uint8_t *p, struct raw_sample *s)
{
    int step = 1;
    *s = (struct raw_sample){.have = HAVE_ACCEL, .scale = k->scale};
    if (k->bytes == 4)
        step = unpack(p, s->accel);
    else
        words(p + 2 * k->accel, s->accel);
    for (int i = 0; i < 3; i++)
        if (s->accel[i] > k->limit - step - 1 || s->accel[i] <= -k->limit) s->flags = SAMPLE_CLIPPED;
    if (k->gyro) return;
    s->have |= HAVE_GYRO;
    words(p, s->gyro);
    for (int i = 0; i < 3; i++)
        if (s->gyro[i] == INT16_MAX || s->gyro[i] == INT16_MIN) s->flags = SAMPLE_CLIPPED;
}

static void read_anchor(struct cwa_block *b, const uint8_t *p)
{
    unsigned word = u16(p + 4);
    b->anchor = (int16_t)(uint16_t)u16(p + 26);
    if (!(word & 0x8000)) {
        b->device = (uint16_t)word;
        return;
    }
    unsigned fraction = (word & 0x7fff) << 1; /* 1/65536 s */
    b->device = 0;
    b->anchor_ns += (int64_t)fraction * NS_PER_S / 65536;
    b->anchor += (int)(fraction * (unsigned)b->rate_hz >> 16);
}

bool cwa_block_read(struct cwa_block *b, const uint8_t *p)
{
    struct packing k;
    unsigned code = p[24] & 15;
    if (!cwa_block_begins(p, 4) || !sum_is_right(p) || code < SLOWEST || !packing_of(p, &k)) return false;
    if (!stamp(u32(p + 14), &b->anchor_ns)) return false;
    b->count = u16(p + 28);
    if (b->count * k.bytes > DATA_BYTES) return false;
    b->session = u32(p + 6);
    b->sequence = u32(p + 10);
    memcpy(b->kind, p + 24, 2);
    b->rate_hz = 3200.0 / (1 << (15 - code));
    read_anchor(b, p);
    for (unsigned i = 0; i < b->count; i++) read_sample(&k, p + DATA + i * k.bytes, &b->sample[i]);
    return true;
}
