/* plumb_link — the wire protocol between a posture sensor and its host, version 1. The same code runs in the firmware
 * (ref/), in plumbline-sim and in the daemon. PROTOCOL.md describes the bytes; this header is the manual of the code.
 *
 * A frame on the wire is COBS(type, seq, payload, crc32) followed by one 00 byte (Cheshire & Baker 1999: 00 never
 * occurs inside a frame, so a receiver that lost its way finds the next border by itself). All integers little endian.
 *
 * Sending:    size = plumb_put_ping(&ping, payload);
 *             size = plumb_link_encode(PLUMB_PING, seq++, payload, size, wire);
 * Receiving:  if (plumb_link_receive(&receiver, byte, &frame) && frame.type == PLUMB_PONG &&
 *                 plumb_get_pong(frame.payload, frame.size, &pong)) …
 *
 * Freestanding C11: no allocation, no globals, no clock. Nothing here fails; what is not a good frame is counted.
 */
#ifndef PLUMB_LINK_H
#define PLUMB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLUMB_MAJOR = 1,       /* must be equal on both sides */
    PLUMB_MINOR = 0,       /* adds frame types and trailing fields only: receivers skip what they do not know */
    PLUMB_FRAME_MAX = 254, /* type to CRC, before COBS: up to here COBS costs exactly one byte */
    PLUMB_PAYLOAD_MAX = PLUMB_FRAME_MAX - 6,
    PLUMB_WIRE_MAX = PLUMB_FRAME_MAX + 2,   /* with the COBS byte and the 00 */
    PLUMB_SAMPLES_MAX = 19,                 /* samples a frame */
    PLUMB_DATA_MAX = PLUMB_PAYLOAD_MAX - 3, /* data of a RSP */
};

/* Frame types. 0x70–0x7F and 0xF0–0xFF belong to vendors; unknown types are skipped silently. */
enum plumb_type {
    /* host to device */
    PLUMB_HELLO_REQ = 0x01,    /* no payload; answered by HELLO */
    PLUMB_STREAM_REQ = 0x02,   /* no payload; answered by STREAM */
    PLUMB_START = 0x10,        /* struct plumb_start */
    PLUMB_STOP = 0x11,         /* no payload: stops every stream */
    PLUMB_SET_RANGE = 0x12,    /* struct plumb_range */
    PLUMB_IDENTIFY = 0x20,     /* u16 ms: show a light */
    PLUMB_VIBRATE = 0x21,      /* struct plumb_vibrate */
    PLUMB_VIBRATE_STOP = 0x22, /* no payload */
    PLUMB_PING = 0x30,         /* u32 token; answered by PONG */
    PLUMB_SET_TIME = 0x31,     /* i64 µs since 1970 UTC */
    PLUMB_LOG_LIST = 0x40,     /* no payload; the RSP carries struct plumb_log_span items */
    PLUMB_LOG_READ = 0x41,     /* struct plumb_log_span; answered by LOGBLOCKs, then RSP */
    PLUMB_LOG_ERASE = 0x42,    /* struct plumb_log_erase */
    PLUMB_KEEPALIVE = 0x50,    /* no payload, no answer: the host lives, vibration may go on */
    /* device to host */
    PLUMB_HELLO = 0x81,
    PLUMB_STREAM = 0x82,
    PLUMB_SAMPLES = 0x90,
    PLUMB_STATUS = 0x91,
    PLUMB_EVENT = 0x92,
    PLUMB_RSP = 0xA0,
    PLUMB_PONG = 0xA1,
    PLUMB_LOGBLOCK = 0xB0,
};

/* What a device can do (struct plumb_hello.caps). */
enum plumb_cap {
    PLUMB_CAP_GYRO = 0x001,
    PLUMB_CAP_BATTERY = 0x002,
    PLUMB_CAP_IDENTIFY = 0x004,
    PLUMB_CAP_VIBRATION = 0x008,
    PLUMB_CAP_LOG = 0x010,
    PLUMB_CAP_SET_TIME = 0x020,
    PLUMB_CAP_BUTTON = 0x040,
    PLUMB_CAP_TEMPERATURE = 0x080,
    PLUMB_CAP_QUATERNION = 0x100,
};

enum plumb_sample_flag {
    PLUMB_CLIPPED = 1,       /* a channel of some sample in the frame is at the end of its range */
    PLUMB_GAP_BEFORE = 2,    /* samples are missing before the first one */
    PLUMB_FROM_LOG = 4,      /* read back from the device's memory */
    PLUMB_IMU_RESTARTED = 8, /* the sensor chip was set up anew before the first one */
};

enum plumb_event_code {
    PLUMB_EVENT_BUTTON = 1, /* arg: ms held */
    PLUMB_EVENT_TAP = 2,    /* arg: 1 single, 2 double */
    PLUMB_EVENT_WORN = 3,
    PLUMB_EVENT_UNWORN = 4,
    PLUMB_EVENT_LOW_BATTERY = 5, /* arg: percent */
    PLUMB_EVENT_BROWN_OUT = 6,   /* supply dipped; arg: mV */
};

enum plumb_status_code { PLUMB_OK = 0, PLUMB_UNKNOWN = -1, PLUMB_RANGE = -2, PLUMB_BUSY = -3, PLUMB_LOCKED = -4 };

enum { PLUMB_BATTERY_UNKNOWN = 255 }; /* plumb_status.battery_percent */
enum plumb_charge { PLUMB_DISCHARGING = 0, PLUMB_CHARGING, PLUMB_CHARGED, PLUMB_NO_BATTERY };

/* Limits that firmware keeps whatever the host asks. */
enum { PLUMB_VIBRATE_ON_MAX_MS = 2000, PLUMB_VIBRATE_DUTY_MAX_PERCENT = 20 /* of a minute */, PLUMB_KEEPALIVE_S = 10 };

/* ---- frames -------------------------------------------------------------------------------------------------- */

struct plumb_frame {
    uint8_t type;
    uint8_t seq;
    uint8_t lost;           /* frames missing before this one, by seq, modulo 256; 0 for the first frame received */
    uint8_t size;           /* of payload */
    const uint8_t *payload; /* inside the receiver, valid until the next byte is given to it */
};

struct plumb_receiver {
    uint64_t bytes;
    uint64_t frames;        /* good ones */
    uint64_t bad_frames;    /* between two borders, but too short, too long, or with a wrong checksum */
    uint64_t skipped_bytes; /* bytes of bad frames, and those before the first border */
    uint16_t run;           /* good frames in a row, stops at 65535; garbage between borders resets it */
    uint16_t used;          /* bytes in wire */
    bool too_long;          /* the rest up to the next border is garbage */
    bool bordered;          /* a border has been seen: from here on, garbage is a bad frame */
    bool have_seq;
    uint8_t seq; /* of the last good frame */
    uint8_t wire[PLUMB_WIRE_MAX];
};

/* Encodes one frame into WIRE; returns its length on the wire (SIZE + 8), or 0 when SIZE > PLUMB_PAYLOAD_MAX. Each
 * direction counts its frames of all types in SEQ, from 0 at boot. */
size_t plumb_link_encode(uint8_t type, uint8_t seq, const uint8_t *payload, size_t size, uint8_t wire[PLUMB_WIRE_MAX]);

void plumb_link_receiver_init(struct plumb_receiver *r);

/* Takes the next byte of the stream. True when it completed a good frame, which is then in *F. Any slicing of a stream
 * gives the same frames; garbage costs at most the frame it touches. */
bool plumb_link_receive(struct plumb_receiver *r, uint8_t byte, struct plumb_frame *f);

/* The number nearest to LAST whose low 32 bits are LOW: unwraps sample indexes and device ticks. */
static inline uint64_t plumb_link_unwrap(uint64_t last, uint32_t low)
{
    return last + (uint64_t)(int64_t)(int32_t)(low - (uint32_t)last);
}

/* ---- payloads ------------------------------------------------------------------------------------------------ */

struct plumb_hello {
    uint8_t major, minor;
    uint16_t caps;     /* PLUMB_CAP_… */
    uint32_t boot_id;  /* random at each boot: a new one means that index and clock began anew */
    uint64_t serial;   /* 0 none */
    char model[17];    /* 16 bytes on the wire, padded with 00; always terminated here, hostile bytes made '?' */
    char firmware[17]; /* likewise */
};

/* What the numbers in SAMPLES mean. A host refuses SAMPLES of a stream whose STREAM it has not seen. */
struct plumb_stream {
    uint8_t stream;
    uint8_t axes;         /* 0 not stated, 1…24 mounting, see PROTOCOL.md; informative */
    float accel_lsb_mps2; /* m/s² a count, > 0 */
    float gyro_lsb_rads;  /* rad/s a count, > 0; 0 without a gyro */
    uint32_t rate_mhz;    /* samples in 1000 s, nominal */
    uint16_t accel_range_g;
    uint16_t gyro_range_dps;
    uint32_t tick_ns; /* unit of t_last, > 0; 1000 = µs */
};

struct plumb_sample {
    int16_t gyro[3], accel[3]; /* counts; accel is specific force: +1 g along "up" at rest */
};

struct plumb_samples {
    uint8_t stream;
    uint8_t n;            /* 1…PLUMB_SAMPLES_MAX */
    uint32_t first_index; /* number of sample[0] since boot, modulo 2³²; runs on while nothing is sent */
    uint32_t t_last;      /* device time of the last sample in ticks, modulo 2³² */
    uint16_t flags;       /* PLUMB_CLIPPED … */
    struct plumb_sample sample[PLUMB_SAMPLES_MAX];
};

struct plumb_status {
    uint64_t time_us;         /* device clock, µs since boot */
    uint32_t samples_total;   /* made since boot */
    uint32_t samples_lost;    /* lost inside the device, before they got a frame */
    uint32_t frames_lost;     /* not sent because the link was full */
    uint16_t battery_mv;      /* 0 unknown */
    uint8_t battery_percent;  /* 0…100, PLUMB_BATTERY_UNKNOWN */
    uint8_t charge;           /* enum plumb_charge */
    int16_t temperature_c100; /* 0.01 °C */
    uint32_t log_used_blocks;
};

struct plumb_event {
    uint8_t code; /* enum plumb_event_code, others are possible */
    uint32_t t;   /* ticks, as t_last */
    uint32_t arg;
};

struct plumb_rsp {
    uint8_t command;     /* type of the command answered */
    uint8_t command_seq; /* and its seq */
    int8_t status;       /* enum plumb_status_code */
    uint8_t size;        /* of data, ≤ PLUMB_DATA_MAX */
    uint8_t data[PLUMB_DATA_MAX];
};

struct plumb_pong {
    uint32_t token;
    uint64_t t_rx_us, t_tx_us; /* device clock when the PING came and when this left */
};

struct plumb_logblock {
    uint32_t block; /* number in the device's log */
    struct plumb_samples samples;
};

struct plumb_start {
    uint8_t stream;
    uint32_t rate_mhz; /* 0: as it is */
    uint8_t batch;     /* samples a frame, 1…PLUMB_SAMPLES_MAX; 0: as it is */
};

struct plumb_range {
    uint16_t accel_g, gyro_dps;
};

struct plumb_vibrate {
    uint8_t strength_percent; /* 0…100 */
    uint8_t repeats;
    uint16_t on_ms, off_ms;
};

struct plumb_log_span {
    uint32_t boot_id, first_index, count;
};

struct plumb_log_erase {
    uint32_t boot_id, before_index;
};

/* plumb_put_X writes the payload of X and returns its size; PAYLOAD has PLUMB_PAYLOAD_MAX bytes. Values outside their
 * range are the caller's fault and are cut to it. Commands without a payload need none: encode size 0. */
size_t plumb_put_hello(const struct plumb_hello *m, uint8_t *payload);
size_t plumb_put_stream(const struct plumb_stream *m, uint8_t *payload);
size_t plumb_put_samples(const struct plumb_samples *m, uint8_t *payload);
size_t plumb_put_status(const struct plumb_status *m, uint8_t *payload);
size_t plumb_put_event(const struct plumb_event *m, uint8_t *payload);
size_t plumb_put_rsp(const struct plumb_rsp *m, uint8_t *payload);
size_t plumb_put_pong(const struct plumb_pong *m, uint8_t *payload);
size_t plumb_put_logblock(const struct plumb_logblock *m, uint8_t *payload);
size_t plumb_put_start(const struct plumb_start *m, uint8_t *payload);
size_t plumb_put_range(const struct plumb_range *m, uint8_t *payload);
size_t plumb_put_identify(uint16_t ms, uint8_t *payload);
size_t plumb_put_vibrate(const struct plumb_vibrate *m, uint8_t *payload);
size_t plumb_put_ping(uint32_t token, uint8_t *payload);
size_t plumb_put_time(int64_t unix_us, uint8_t *payload);
size_t plumb_put_log_span(const struct plumb_log_span *m, uint8_t *payload); /* also an item of the RSP to LOG_LIST */
size_t plumb_put_log_erase(const struct plumb_log_erase *m, uint8_t *payload);

/* plumb_get_X reads one. False when the payload is too short or says what cannot be (n = 0, a scale that is not a
 * positive number, an unknown sample format): *M is then undefined. Longer payloads are fine, the tail is ignored. */
bool plumb_get_hello(const uint8_t *payload, size_t size, struct plumb_hello *m);
bool plumb_get_stream(const uint8_t *payload, size_t size, struct plumb_stream *m);
bool plumb_get_samples(const uint8_t *payload, size_t size, struct plumb_samples *m);
bool plumb_get_status(const uint8_t *payload, size_t size, struct plumb_status *m);
bool plumb_get_event(const uint8_t *payload, size_t size, struct plumb_event *m);
bool plumb_get_rsp(const uint8_t *payload, size_t size, struct plumb_rsp *m);
bool plumb_get_pong(const uint8_t *payload, size_t size, struct plumb_pong *m);
bool plumb_get_logblock(const uint8_t *payload, size_t size, struct plumb_logblock *m);
bool plumb_get_start(const uint8_t *payload, size_t size, struct plumb_start *m);
bool plumb_get_range(const uint8_t *payload, size_t size, struct plumb_range *m);
bool plumb_get_identify(const uint8_t *payload, size_t size, uint16_t *ms);
bool plumb_get_vibrate(const uint8_t *payload, size_t size, struct plumb_vibrate *m);
bool plumb_get_ping(const uint8_t *payload, size_t size, uint32_t *token);
bool plumb_get_time(const uint8_t *payload, size_t size, int64_t *unix_us);
bool plumb_get_log_span(const uint8_t *payload, size_t size, struct plumb_log_span *m);
bool plumb_get_log_erase(const uint8_t *payload, size_t size, struct plumb_log_erase *m);

#endif
