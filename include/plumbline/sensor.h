/* sensor — the room where bytes become samples: transports (the only code that touches a device), protocols (pure) and
 * the timebase (pure).
 *
 * Adding a sensor: one file in daemon/sensor/protocol/, one line in protocols[] (protocol/table.c), one recorded stream
 * under tests/golden. Adding a way to reach one: the same with transports[].
 */
#ifndef PLUMBLINE_SENSOR_H
#define PLUMBLINE_SENSOR_H

#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- protocols --------------------------------------------------------------------------------------------------- */

/* What a device says of itself, as far as its protocol tells. Strings are printable ASCII, cleaned by the protocol. */
struct sensor_info {
    char model[24];
    char firmware[24];
    uint64_t serial;      /* 0 unknown */
    uint32_t boot_id;     /* changes when the device restarts; 0 unknown */
    float rate_hz;        /* stated by the device; 0 unknown */
    int battery_percent;  /* −1 unknown */
    bool has_clock;       /* raw_sample.device_ns is given */
    bool has_counter;     /* raw_sample.index is the device's own */
    bool has_vibration;
};

/* What became of the bytes. All count from the start of the stream. */
struct link_stats {
    uint64_t bytes, frames, samples;
    uint64_t bad_frames;     /* recognised, but the checksum, length or plausibility was wrong */
    uint64_t skipped_bytes;  /* passed over while looking for a frame */
    uint64_t lost_frames;    /* by frame counter */
    uint64_t lost_samples;   /* by sample index */
    uint64_t device_lost;    /* lost inside the device, as it says */
    unsigned run;            /* good frames in a row without a skipped byte, up to now (what detection looks at) */
};

enum sensor_command_kind {
    SENSOR_HELLO,
    SENSOR_START,
    SENSOR_STOP,
    SENSOR_VIBRATE,
    SENSOR_IDENTIFY,
    SENSOR_PING,
    SENSOR_KEEPALIVE,
    SENSOR_SET_RATE,    /* the rest only when a person asks for it */
    SENSOR_SET_RANGE,
    SENSOR_SET_CONTENT, /* what Plumbline uses and no more: acceleration, angular rate, time */
    SENSOR_ZERO,        /* the device's own attitude reference: as it is held now */
};
struct sensor_command {
    enum sensor_command_kind kind;
    float rate_hz;             /* START, SET_RATE */
    float accel_g, gyro_dps;   /* SET_RANGE */
    unsigned batch;            /* START: samples a frame, 1…19 */
    unsigned strength_percent; /* VIBRATE, 0…100 */
    unsigned repeats, on_ms, off_ms;
    uint32_t token;            /* PING */
};

/* A wire protocol. Pure: the state is the caller's (state_size bytes, aligned as for malloc), no clock, no allocation.
 * The same bytes in any slicing give the same samples; a decoder never fails: it counts what it dropped and goes on. */
struct protocol {
    const char *name;   /* "plumb", "witmotion", "text" */
    size_t state_size;
    unsigned lock_run;  /* good frames in a row after which a passive listener may be sure */
    void (*init)(void *state);
    /* Eats up to N bytes, writes up to MAX samples, sets *COUNT; returns how many bytes it ate. Fewer than N only when
     * MAX samples were written: call again with the rest. */
    size_t (*push)(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count);
    void (*stats)(const void *state, struct link_stats *stats);
    void (*info)(const void *state, struct sensor_info *info);
    /* Encodes a command into BUF; returns its length, 0 when the protocol has no such command or CAP is too small. */
    size_t (*encode)(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap);
    /* The bytes that the protocol itself wants sent at NOW_NS (CLOCK_BOOTTIME): questions for what is missing. 0: none
     * now. Asked after every push, and at least once a second while the link is up. NULL: never any. */
    size_t (*poll)(void *state, int64_t now_ns, uint8_t *buf, size_t cap);
    /* The link was lost and is back, perhaps to the same device: half a frame is forgotten, count and clock go on where
     * the device says that they do. NULL: init() instead. */
    void (*resume)(void *state);
    bool by_identity; /* never found by listening (its bytes have no mark): the USB id of its device names it */
};

extern const struct protocol *const protocols[]; /* ends with NULL */

/* NULL when there is no protocol of that name. */
const struct protocol *protocol_find(const char *name);

/* Detection: every protocol listens to the same bytes; the first whose run of good frames reaches its lock_run wins.
 * Passive: nothing is ever written to a port that is not identified. */
struct detect;
size_t detect_size(void);
void detect_init(struct detect *d);
/* Feeds N bytes; returns the protocol that locked, or NULL. After a lock the caller replays detect_bytes() through a
 * fresh state of that protocol, so that nothing heard while listening is lost. */
const struct protocol *detect_push(struct detect *d, const uint8_t *bytes, size_t n);
/* The last bytes heard (at most 8 KiB), oldest first. */
const uint8_t *detect_bytes(const struct detect *d, size_t *n);

/* ---- timebase: device time to run time --------------------------------------------------------------------------- */

/* A device's clock is fast or slow by tens of ppm and starts anywhere; a read() comes 0.5 to 250 ms after the sample.
 * Delay is one-sided, so the lowest (arrival − device time) seen in a window is nearest the truth; drift is the slope
 * from window to window. Devices without a clock are timed by their own sample count at the learnt rate.
 * (The method of lower envelopes for one-way clock offset: Moon, Skelly & Towsley, INFOCOM 1999.) */
enum timebase_mode {
    TIMEBASE_LIVE,    /* t_read_ns is when the bytes arrived */
    TIMEBASE_SAMPLES, /* replay: the first sample lies at the given start, the others by device time or count */
};

enum { TIMEBASE_WINDOWS = 12 };
struct timebase_point {
    int64_t device_ns, read_ns;
};
struct timebase {
    enum timebase_mode mode;
    int64_t start_run_ns;            /* TIMEBASE_SAMPLES */
    bool started, clocked;
    bool rate_known;                 /* stated for a replay, or learnt */
    double unit_ns;                  /* a clockless device: a sample counts as this much device time */
    double period_ns;                /* learnt (or stated) sampling period, 0 unknown */
    double slope;                    /* run ns a device ns */
    struct timebase_point anchor;    /* the line under all arrivals goes through here with that slope */
    int64_t last_device_ns, last_run_ns, last_read_ns;
    struct timebase_point first;     /* since the mapping was begun */
    int64_t count_device_ns;         /* period: counted from here … */
    uint64_t count_index;            /* … and this sample on */
    struct timebase_point window[TIMEBASE_WINDOWS]; /* the earliest arrival of each, oldest first */
    int windows;
    int64_t window_ns, window_start_ns;
    struct timebase_point best;      /* of the window being filled */
    int64_t late_since_ns;           /* every arrival since then was later than can be delay; −1 none */
    struct timebase_point late_best;
    uint64_t steps;                  /* how often the mapping had to be begun anew */
};

/* RATE_HZ: stated rate, needed for TIMEBASE_SAMPLES without a device clock; live it is a first guess until the rate is
 * learnt. 0 = not stated. */
void timebase_init(struct timebase *tb, enum timebase_mode mode, int64_t start_run_ns, double rate_hz);
/* Run time of RAW, read at T_READ_NS (ignored in TIMEBASE_SAMPLES). Strictly increasing; sets *GAP when more than
 * 0.1 s (and more than 3 periods) are missing before this sample. */
int64_t timebase_map(struct timebase *tb, const struct raw_sample *raw, int64_t t_read_ns, bool *gap);
/* Learnt rate in Hz (0 before it is known) and the device clock's error in ppm. */
double timebase_rate_hz(const struct timebase *tb);
double timebase_ppm(const struct timebase *tb);

/* ---- transports -------------------------------------------------------------------------------------------------- */

/* A way to reach a device. Opened by an address "serial:/dev/ttyUSB0", "usb:VID:PID" (with ":SERIAL" or "@PORT" for one
 * of several), "stream:/path" (pty, FIFO, Unix socket; "stream:-" is standard input) or "file:/path" (plain or gzip). A
 * bare path picks serial for a tty under /sys/class/tty, stream for a pty, FIFO or socket, file for a regular file. */
struct transport_options {
    unsigned baud; /* serial only; 0 = 115200 */
};
struct transport; /* one open link */

/* Opens ADDRESS. 0 and *T, or a negative errno with one line in WHY (≤ 256 bytes, no newline) that says what to do. */
int transport_open(const char *address, const struct transport_options *options, struct transport **t, char why[256]);
/* Descriptor to poll for reading; −1 for a transport that is always ready (a regular file). */
int transport_fd(const struct transport *t);
/* Reads without waiting: > 0 bytes read, 0 nothing there now, −ENODEV the device or peer is gone, −ENODATA end of file,
 * another negative errno on failure. */
ssize_t transport_read(struct transport *t, void *buf, size_t n);
/* Writes without waiting; 0, −EAGAIN, −EPERM for a transport that only reads, or another negative errno. */
int transport_write(struct transport *t, const void *buf, size_t n);
/* What a person would call it: "serial:/dev/ttyUSB0 (1a86:7523 USB Serial)". Valid until close. */
const char *transport_describe(const struct transport *t);
void transport_close(struct transport *t); /* NULL is fine */

/* Another speed for an open serial link, without closing it (which would reset some boards). 0, −ENOTSUP for what has no
 * speed, or another negative errno. */
int transport_set_baud(struct transport *t, unsigned baud);

/* ---- devices: what is plugged in --------------------------------------------------------------------------------- */

enum device_class {
    DEVICE_EXACT,  /* its id or product name says that it is a sensor: opened unasked */
    DEVICE_BRIDGE, /* a USB-to-serial bridge, which may be anybody's printer: opened when paired or allowed */
    DEVICE_BOARD,  /* a maker board: the same */
    DEVICE_OTHER,  /* any other port: opened only when the configuration names it */
};
struct device_info {
    char address[96];      /* for transport_open(): "serial:/dev/ttyACM0", "usb:1209:7690@1-2.3" */
    char key[128];         /* who it is, over replugs: "2639:0300:SERIAL", or "1a86:7523@1-2.3" (the USB port it is in)
                            * for one without a serial number of its own; with "@1-2.3" after the number while a twin
                            * with the same one is plugged in; with "/2" for the port of its third interface; empty for
                            * what is not on USB. Printable, without spaces */
    char usb_id[10];       /* "1a86:7523", empty when not USB */
    char description[80];  /* printable, cleaned */
    enum device_class class;
    const char *protocol;  /* DEVICE_EXACT: what it speaks by its id; NULL: listen */
};
/* Serial ports, and the USB devices without one that a protocol here speaks to. Returns how many exist; fills at most
 * MAX. */
int devices_list(struct device_info *out, size_t max);

/* Word of devices that come and go. */
struct hotplug;
int hotplug_open(struct hotplug **h);      /* 0, or a negative errno where the system gives no word */
int hotplug_fd(const struct hotplug *h);   /* to poll for reading */
bool hotplug_take(struct hotplug *h);      /* when readable: whether a device came or went since */
void hotplug_close(struct hotplug *h);     /* NULL is fine */

#endif
