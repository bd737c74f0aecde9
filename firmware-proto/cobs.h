/* cobs — consistent overhead byte stuffing (Cheshire & Baker, IEEE/ACM Trans. Networking 7(2), 1999): rewrites N bytes
 * so that none of them is 00, at the cost of one byte for every 254.
 */
#ifndef PLUMB_COBS_H
#define PLUMB_COBS_H

#include <stddef.h>
#include <stdint.h>

#define COBS_SIZE(n) ((n) + ((n) + 253) / 254 + 1) /* the most that N bytes can become */

/* Writes the encoding of DATA to OUT (COBS_SIZE(N) bytes, not overlapping DATA), without a closing 00. Returns its
 * length, which is N + 1 for every N ≤ 254. */
size_t cobs_encode(const uint8_t *data, size_t n, uint8_t *out);

/* Decodes in place. Returns the decoded length, 0 when the bytes are no encoding of anything. */
size_t cobs_decode(uint8_t *bytes, size_t n);

#endif
