/* xbus_message — where an Xbus message (Xsens, Movella MTi) ends, and what the items of an MTData2 say.
 *
 *   FA FF id length data… sum      a length of 255 is followed by the true one in two bytes; FF to sum add up to 0
 *   MTData2 (id 36): items of { kind u16, size u8, data }; the last four bits of kind tell number format and earth frame
 *
 * All integers are big-endian. Sources: "MT Low Level Communication Protocol" MT0101P (2019.A); checked against the
 * golden texts of einride/xsens-go.
 */
#ifndef PLUMBLINE_XBUS_MESSAGE_H
#define PLUMBLINE_XBUS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { XBUS_DATA_MAX = 2048, XBUS_MESSAGE_MAX = XBUS_DATA_MAX + 7, XBUS_LOOK_MAX = XBUS_MESSAGE_MAX + 2 };

enum xbus_id { XBUS_MTDATA2 = 0x36, XBUS_ERROR = 0x42 };

enum xbus_verdict {
    XBUS_MORE,    /* could become a message: wait for more bytes */
    XBUS_MESSAGE, /* one begins here */
    XBUS_BAD,     /* begins like a message; its sum or its items are wrong */
    XBUS_NOTHING, /* none begins here */
};

struct xbus_message {
    uint8_t id;
    unsigned length;     /* on the wire, with head and sum */
    const uint8_t *data; /* inside the bytes that were looked at */
    unsigned size;
};

/* Judges the HELD (1 … XBUS_LOOK_MAX) bytes at P. */
enum xbus_verdict xbus_look(const uint8_t *p, unsigned held, struct xbus_message *m);

/* What an item is about: its kind without the last four bits. */
enum xbus_kind {
    XBUS_PACKET_COUNTER = 0x1020,
    XBUS_SAMPLE_TIME_FINE = 0x1060,  /* counts of 100 µs */
    XBUS_QUATERNION = 0x2010,        /* sensor to earth, w x y z */
    XBUS_ACCELERATION = 0x4020,      /* specific force, m/s² */
    XBUS_FREE_ACCELERATION = 0x4030, /* without gravity, in the earth frame, m/s² */
    XBUS_RATE_OF_TURN = 0x8020,      /* rad/s */
};
enum xbus_frame { XBUS_ENU, XBUS_NED, XBUS_NWU }; /* the earth frame: east-north-up and so on */

struct xbus_item {
    unsigned kind;
    unsigned format; /* 0 float32, 1 fixed 12.20, 2 fixed 16.32, 3 float64 */
    enum xbus_frame frame;
    unsigned size;
    const uint8_t *data;
};

/* The item at *AT of M, and on. False at the end. */
bool xbus_next_item(const struct xbus_message *m, unsigned *at, struct xbus_item *item);

/* The item's N numbers; false when it holds others, or one that is not finite. */
bool xbus_numbers(const struct xbus_item *item, double *value, unsigned n);

/* Big-endian, SIZE ≤ 4 bytes. */
uint32_t xbus_unsigned(const uint8_t *p, unsigned size);

/* Writes a message with SIZE ≤ 254 bytes of data; its length, or 0 when CAP is too small. */
size_t xbus_put(uint8_t id, const uint8_t *data, unsigned size, uint8_t *buf, size_t cap);

#endif
