/* ximu3_message — what one message of an x-IMU3 says (x-io Technologies, x-IMU3 User Manual, "Communication protocol").
 *
 * A message is what stands between two line feeds. Binary: 0x80 + letter, µs since start-up (u64), float32 arguments,
 * all little-endian; text: the letter, µs and the arguments with commas between; or an answer to a command, as JSON.
 * Nothing carries a checksum: the length that belongs to the letter, finite numbers and ranges stand in for one.
 */
#ifndef PLUMBLINE_XIMU3_MESSAGE_H
#define PLUMBLINE_XIMU3_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { XIMU3_TEXT_MAX = 288, XIMU3_VALUES = 9 };

enum ximu3_kind {
    XIMU3_NOTHING, /* no message, or a damaged one */
    XIMU3_WORDS,   /* a notification, an error, an accessory's words, an answer: proves nothing of its sender */
    XIMU3_DATA,
};

struct ximu3_message {
    char letter;
    bool binary;
    uint64_t us;
    float value[XIMU3_VALUES]; /* I: deg/s x y z, g x y z. Q, L, E: w x y z first. B: percent, volts, charging */
};

/* Reads LENGTH bytes at LINE, already unstuffed and without the line feed. */
enum ximu3_kind ximu3_message_read(const uint8_t *line, size_t length, struct ximu3_message *m);

/* Copies the string that follows "KEY": in the JSON at LINE into OUT, as far as it is printable ASCII. False when there
 * is none. CAP > 0. */
bool ximu3_message_string(const uint8_t *line, size_t length, const char *key, char *out, size_t cap);

#endif
