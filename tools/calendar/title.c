#include "title.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Length of the character at P, 0: not UTF-8. */
static int decode(const unsigned char *p, uint32_t *c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
    if (n < 2) return *c = p[0], n;
    *c = p[0] & (0xffu >> (n + 1));
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        *c = *c << 6 | (p[i] & 0x3f);
    }
    return *c >= least[n] && *c <= 0x10ffff && (*c < 0xd800 || *c > 0xdfff) ? n : 0;
}

static bool unseen(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void title_clean(char out[TITLE_ROOM], const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = 0;
    while (*p) {
        uint32_t c;
        int length = decode(p, &c), wide = length && !unseen(c) ? length : 1;
        if (n + (size_t)wide > TITLE_ROOM - 1) break;
        if (!length) out[n++] = '?';
        else if (unseen(c)) out[n++] = ' ';
        else memcpy(out + n, p, (size_t)length), n += (size_t)length;
        p += length ? length : 1;
        if (n == 1 && out[0] == ' ') n = 0;
    }
    while (n > 0 && out[n - 1] == ' ') n--;
    out[n] = 0;
}
