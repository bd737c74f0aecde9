#include "plumbline/text.h"

#include <string.h>

/* Length of the character that S begins with; 0 when it is none (RFC 3629: no overlong form, no surrogate). */
static size_t character(const unsigned char *s)
{
    if (s[0] < 0x80) return s[0] >= 0x20 && s[0] != 0x7f;
    size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0) return 0; /* C1 control characters */
    if (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))) return 0;
    if (n == 4 && ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))) return 0;
    return n;
}

bool text_copy(char *to, size_t size, const char *from)
{
    size_t used = 0;
    bool whole = true;
    while (*from) {
        size_t n = character((const unsigned char *)from), width = n ? n : 1;
        if (used + width >= size) {
            whole = false;
            break;
        }
        if (n) memcpy(to + used, from, n);
        else to[used] = '?', whole = false;
        used += width;
        from += width;
    }
    to[used] = 0;
    return whole;
}
