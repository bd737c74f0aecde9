/* Invariants: OUT is valid UTF-8 and ends with NUL after each character; no entity is cut. */
#include "markup.h"

#include <stdint.h>
#include <string.h>

/* Length of the well-formed UTF-8 character at S (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_length(const unsigned char *s)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc0 || s[0] > 0xf4) return 0;
    size_t n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t code = s[0] & 0x7fu >> n;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0u) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = code >= 0xd800 && code < 0xe000;
    return code >= least[n] && code <= 0x10ffff && !surrogate ? n : 0;
}

static const char *entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&apos;";
    default: return NULL;
    }
}

void markup_clean(const char *text, bool escape, char *out, size_t cap)
{
    size_t used = 0;
    while (*text) {
        size_t step = utf8_length((const unsigned char *)text), length = step;
        const char *put = text;
        if (!step)
            put = "?", step = length = 1;
        else if (step == 1 && ((unsigned char)*text < ' ' || *text == 0x7f) && *text != '\n')
            put = " ";
        else if (step == 1 && escape && entity(*text))
            put = entity(*text), length = strlen(put);
        if (used + length >= cap) break;
        memcpy(out + used, put, length);
        used += length;
        text += step;
    }
    out[used] = '\0';
}
