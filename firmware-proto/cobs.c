/* Invariants of decoding: to < from, so that nothing unread is overwritten; a code reaches at most the last byte. */
#include "cobs.h"

size_t cobs_encode(const uint8_t *data, size_t n, uint8_t *out)
{
    size_t code_at = 0, to = 1;
    uint8_t code = 1; /* distance to the next zero */
    for (size_t i = 0; i < n; i++) {
        if (code == 0xFF) {
            out[code_at] = code;
            code_at = to++;
            code = 1;
        }
        if (data[i] == 0) {
            out[code_at] = code;
            code_at = to++;
            code = 1;
        } else {
            out[to++] = data[i];
            code++;
        }
    }
    out[code_at] = code;
    return to;
}

size_t cobs_decode(uint8_t *bytes, size_t n)
{
    size_t from = 0, to = 0;
    while (from < n) {
        uint8_t code = bytes[from++];
        if (code == 0 || (size_t)(code - 1) > n - from) return 0;
        for (uint8_t i = 1; i < code; i++) {
            if (bytes[from] == 0) return 0;
            bytes[to++] = bytes[from++];
        }
        if (code != 0xFF && from < n) bytes[to++] = 0;
    }
    return to;
}
