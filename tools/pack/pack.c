/* What both ways have in common: headers, which names there are, and how the end is written. Tar by hand: libarchive
 * loads a dozen libraries that are not wanted here, which doubles the time that any `plumbline` takes to start. */
#include "pack.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MB ((uint64_t)1 << 20)
#define LARGEST (8192 * MB - 1) /* eleven octal digits */

/* POSIX.1-1988 ustar. Numbers are octal digits, then a NUL. */
struct ustar {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100];
    char magic[8], user[32], group[32];
    char major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct ustar) == PACK_BLOCK, "a header is a block");
static const char magic[8] = {'u', 's', 't', 'a', 'r', 0, '0', '0'};

/* Of all bytes, those of the sum itself taken for blanks. */
static unsigned sum_of(const struct ustar *h)
{
    const uint8_t *bytes = (const void *)h;
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < sizeof *h; i++) sum += bytes[i];
    for (size_t i = 0; i < sizeof h->sum; i++) sum -= (uint8_t)h->sum[i];
    return sum;
}

void pack_header_make(const char *name, uint64_t size, int64_t mtime_s, uint8_t header[PACK_BLOCK])
{
    struct ustar h = {
        .mode = "0000600", .uid = "0000000", .gid = "0000000", .type = '0', .major = "0000000", .minor = "0000000"};
    memcpy(h.magic, magic, sizeof magic);
    snprintf(h.name, sizeof h.name, "%s", name);
    snprintf(h.size, sizeof h.size, "%011llo", (unsigned long long)size);
    snprintf(h.mtime, sizeof h.mtime, "%011llo", mtime_s > 0 ? (unsigned long long)mtime_s & 077777777777 : 0);
    snprintf(h.sum, sizeof h.sum, "%06o", sum_of(&h));
    h.sum[7] = ' ';
    memcpy(header, &h, sizeof h);
}

/* N octal digits and no more; −1 when they are none. */
static int64_t octal(const char *text, size_t n)
{
    int64_t value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '7') return -1;
        value = value * 8 + (text[i] - '0');
    }
    return value;
}

int pack_header_read(const uint8_t header[PACK_BLOCK], char name[101], uint64_t *size)
{
    struct ustar h;
    memcpy(&h, header, sizeof h);
    int64_t n = octal(h.size, 11);
    if (memcmp(h.magic, magic, sizeof magic) != 0 || octal(h.sum, 6) != (int64_t)sum_of(&h)) return -EBADMSG;
    memcpy(name, h.name, sizeof h.name);
    name[100] = 0;
    *size = (uint64_t)n;
    return n >= 0 && h.type == '0' && !h.link[0] && !h.prefix[0] && !h.size[11] ? 0 : -EINVAL;
}

size_t pack_padding(uint64_t size) { return (PACK_BLOCK - size % PACK_BLOCK) % PACK_BLOCK; }

/* raw/YYYY/MM/YYYYMMDD and a suffix */
static bool is_day(const char *name)
{
    static const char form[] = "raw/dddd/dd/dddddddd";
    for (size_t i = 0; form[i]; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)name[i]) : name[i] != form[i]) return false;
    int month = (name[9] - '0') * 10 + name[10] - '0', day = (name[18] - '0') * 10 + name[19] - '0';
    return !memcmp(name + 4, name + 12, 4) && !memcmp(name + 9, name + 16, 2) && month >= 1 && month <= 12 &&
           day >= 1 && day <= 31;
}

uint64_t pack_name_limit(const char *name)
{
    if (!strcmp(name, "plumbline.db")) return LARGEST;
    if (!strcmp(name, "devices") || !strcmp(name, PACK_CONFIG) || !strcmp(name, PACK_CATALOGUE)) return MB;
    if (!is_day(name)) return 0;
    if (!strcmp(name + 20, ".plog")) return LARGEST;
    return strcmp(name + 20, ".wal") ? 0 : 16 * MB;
}

size_t pack_end_text(const struct pack_sum *sum, char text[256])
{
    return (size_t)snprintf(text, 256, "files %llu\nbytes %llu\ndays %llu\ncrc %08x\n", (unsigned long long)sum->files,
                            (unsigned long long)sum->bytes, (unsigned long long)sum->days, sum->crc);
}
