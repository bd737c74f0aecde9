/* UTF-8 as RFC 3629 defines it: no overlong form, no surrogate, nothing above U+10FFFF. */
#include "export.h"

#include <string.h>

/* Length of the character at P, 0 when there is none. */
static size_t character(const unsigned char *p)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte, and of the second */
        size_t n;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    if (*p < 0x80) return 1;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (*p < forms[i].first || *p > forms[i].last) continue;
        if (p[1] < forms[i].low || p[1] > forms[i].high) return 0;
        for (size_t k = 2; k < forms[i].n; k++)
            if ((p[k] & 0xc0) != 0x80) return 0; /* the end, too */
        return forms[i].n;
    }
    return 0;
}

size_t export_clean(const char *text, char out[EXPORT_CLEAN_BYTES])
{
    size_t n = 0;
    for (const char *p = text; *p && p - text < EXPORT_TEXT_BYTES;) {
        size_t length = character((const unsigned char *)p);
        memcpy(out + n, length ? p : "\xef\xbf\xbd", length ? length : 3);
        n += length ? length : 3;
        p += length ? length : 1;
    }
    out[n] = 0;
    return n;
}
