/* sensor — the room where bytes become samples: transports (the only code that touches a device), protocols (pure) and
 * the timebase (pure).
 *
 * Adding a sensor: one file in daemon/sensor/protocol/, one line in its table.c, one recorded stream under tests/golden
 * (an example is in CONTRIBUTING.md). Adding a way to reach one: the same with transports[].
 */
#ifndef PLUMBLINE_SENSOR_H
#define PLUMBLINE_SENSOR_H

#include "plumbline/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
    float round_trip_ms;  /* to the device and back, as last measured; 0 unknown */
    unsigned refusals;    /* commands that the device has refused … */
    char refusal[40];     /* … and why, the last time */
    bool has_clock;       /* raw_sample.device_ns is given */
    bool has_counter;     /* raw_sample.index is the device's own */
    bool has_vibration;
};

/* What became of the bytes. All count from the start of the stream, and on over a lost link where the protocol resumes. */
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
enum { SENSOR_ON_MAX_MS = 2000, SENSOR_DUTY_MAX_PERCENT = 20 };
struct sensor_command {
    enum sensor_command_kind kind;
    float rate_hz;             /* START, SET_RATE */
    float accel_g, gyro_dps;   /* SET_RANGE */
    unsigned batch;            /* START: samples a frame, 1…19 */
    unsigned strength_percent; /* VIBRATE, 0…100; at most SENSOR_ON_MAX_MS at a time, SENSOR_DUTY_MAX_PERCENT of a minute */
    unsigned repeats, on_ms, off_ms;
    uint32_t token;            /* PING */
};

/* A wire protocol. Pure: the state is the caller's (state_size bytes, aligned as for malloc), no clock, no allocation.
 * The same bytes in any slicing give the same samples; a decoder never fails: it counts what it dropped and goes on. */
enum assurance {
    ASSURANCE_CHAIN, /* no checksum: a header where the next must stand; believed while accelerations are credible */
    ASSURANCE_TEXT,  /* lines with the same columns, units found; the same */
    ASSURANCE_SUM,   /* an 8-bit or 16-bit sum */
    ASSURANCE_CRC,
};
struct protocol {
    const char *name;   /* "plumb", "witmotion", "text" */
    size_t state_size;
    enum assurance assurance; /* how far a frame that looks right can be believed (the weakest of its framings) */
    unsigned lock_run;  /* good frames in a row after which a passive listener may be sure */
    void (*init)(void *state);
    /* Eats up to N bytes, writes up to MAX samples, sets *COUNT; returns how many bytes it ate. Fewer than N only when
     * MAX samples were written: call again with the rest. */
    size_t (*push)(void *state, const uint8_t *bytes, size_t n, struct raw_sample *out, size_t max, size_t *count);
    void (*stats)(const void *state, struct link_stats *stats);
    void (*info)(const void *state, struct sensor_info *info);
    /* Encodes a command into BUF; returns its length, 0 when the protocol has no such command or CAP is too small. NULL:
     * it has none. */
    size_t (*encode)(void *state, const struct sensor_command *command, uint8_t *buf, size_t cap);
    /* The bytes that the protocol itself wants sent at NOW_NS (CLOCK_BOOTTIME): questions for what is missing. 0: none
     * now. Asked after every push, and at least once a second while the link is up. NULL: never any. */
    size_t (*poll)(void *state, int64_t now_ns, uint8_t *buf, size_t cap);
    /* The link was lost and is back, perhaps to the same device: half a frame is forgotten, count and clock go on where
     * the device says that they do. NULL: init() instead. */
    void (*resume)(void *state);
    /* After init(): as if sample NEXT_INDEX − 1 of the device WHO (serial, boot_id) had been the last heard, at DEVICE_NS:
     * an earlier run of the program has its samples up to there. May be NULL. */
    void (*take_up)(void *state, const struct sensor_info *who, uint64_t next_index, int64_t device_ns);
    bool by_identity; /* never found by listening (its bytes have no mark): the USB id of its device names it */
};

extern const struct protocol *const protocols[]; /* ends with NULL */

/* NULL when there is no protocol of that name. */
const struct protocol *protocol_find(const char *name);

/* Detection: every protocol that is not by_identity listens to the same bytes. One locks when its run of good frames
 * reaches its lock_run and, where no checksum vouches for them, the median acceleration of its last samples is that of
 * a thing on earth: 0.5 to 1.5 g. Of several at once the highest assurance wins; of equals none, until one of them
 * breaks. Passive: nothing is ever written to a port that is not identified. The slicing of the bytes decides nothing:
 * a lock is looked for behind every 16th byte of the stream. */
struct detect;
size_t detect_size(void);
void detect_init(struct detect *d);
/* Feeds N bytes; returns the protocol that locked, or NULL. After a lock the caller replays detect_bytes() through a
 * fresh state of that protocol, so that nothing heard while listening is lost: all N are in them (N at most 4096). */
const struct protocol *detect_push(struct detect *d, const uint8_t *bytes, size_t n);
/* The last bytes heard (at most 8 KiB), oldest first. */
const uint8_t *detect_bytes(const struct detect *d, size_t *n);
/* Some protocol has begun to make sense of what comes: it deserves more time. */
bool detect_promising(const struct detect *d);

/* What a protocol made of the bytes up to now, or up to the lock. */
struct detect_verdict {
    const char *name;
    uint64_t frames, bad;
    unsigned run, needed; /* good frames in a row, of how many */
    float accel_g;        /* median of the last samples; NAN without any */
    bool plausible;       /* vouched for by a checksum, or by accel_g */
};
/* One for each protocol that listens, in the table's order. Returns how many there are; fills at most MAX. */
size_t detect_verdicts(const struct detect *d, struct detect_verdict *out, size_t max);

/* ---- hunt: at which speed to listen ------------------------------------------------------------------------------ */

/* A bridge hands on whatever its line sends, at any speed; only bytes that make sense tell the right one. (Framing
 * errors do not: read at half its speed a stream shows hardly any.) Each speed is listened to for 1.2 s and four
 * arrivals, longer while a protocol makes progress. Silence teaches nothing, so it stops the hunt; a round without
 * success is followed by a longer stay at the first speed, up to a minute. Pure: the link asks, sets the speed and
 * listens anew. After a lock it keeps watch: more than 5 % bad frames, nothing but garbage, or 2 s of silence from a
 * device that was streaming evenly, and the link listens anew, at the same speed first. A line that is merely noisy
 * locks again and is doubted half as often each time. */
struct hunt {
    bool has_speed, locked;
    unsigned good;              /* the speed at which somebody was last understood; 0 none */
    unsigned place, rounds;     /* in the order of speeds; rounds without success */
    /* listening at this speed */
    int64_t first_ns, last_ns;  /* when bytes came; −1 none yet */
    int64_t beat_ns;            /* the latest arrival that counted as one */
    unsigned beats;
    bool promising;
    /* keeping watch */
    int64_t window_ns, longest_ns; /* when the window began; the longest silence in it */
    uint64_t bytes, frames, bad;   /* when it began */
    uint64_t seen;                 /* bytes by the latest look */
    unsigned patience;             /* how many times as long as usual it lasts */
    bool even, doubt, noisy;
};

/* HAS_SPEED: the link is a bridge, whose speed must be right. GOOD: where this device was last understood (or the speed
 * that is configured), 0 unknown. All times are CLOCK_BOOTTIME. */
void hunt_begin(struct hunt *h, bool has_speed, unsigned good);
/* The speed to listen at now. */
unsigned hunt_baud(const struct hunt *h);
/* While nobody is identified: bytes came. PROMISING: detect_promising(). */
void hunt_heard(struct hunt *h, bool promising, int64_t now_ns);
/* Somebody is identified. */
void hunt_locked(struct hunt *h, int64_t now_ns);
/* While somebody is identified: what became of the bytes so far, after each read. */
void hunt_watch(struct hunt *h, const struct link_stats *stats, int64_t now_ns);
/* When to call hunt_turn() at the latest if nothing is heard; INT64_MAX: there is nothing to wait for. */
int64_t hunt_due_ns(const struct hunt *h);

enum hunt_turn {
    HUNT_STAY,
    HUNT_LISTEN, /* forget who it was and listen anew, at the same speed */
    HUNT_SPEED,  /* the same at another speed: hunt_baud() */
};
/* To be asked after each read and when due. */
enum hunt_turn hunt_turn(struct hunt *h, int64_t now_ns);

/* ---- text: which column of a table is what ----------------------------------------------------------------------- */

/* Names win over inference. What no name tells is inferred from the values: the triple whose norm is about 1 counts g,
 * 9.8 m/s², 1000 mg, 2048/4096/8192/16384 the raw counts of a chip set to 16/8/4/2 g. Of angular rates at rest nothing
 * can be told, so their unit follows the habit of the boards: rad/s beside m/s² (SI throughout), the counts of the
 * usual chips beside counts, deg/s otherwise; a rate no chip has in rad/s is in deg/s. A norm of 1000 without a name is
 * no acceleration: air pressure in hPa looks just so. Pure; the text protocol and importers use it. */
enum { TEXT_COLUMNS = 16, TEXT_LEARN_LINES = 20 };

enum text_role { TEXT_OTHER, TEXT_ACCEL, TEXT_GYRO, TEXT_TIME };

/* What the name of a column says; what it does not say stays 0. */
struct text_column {
    unsigned char role; /* enum text_role */
    signed char axis;   /* 0…2, −1 not said: the value's part tells */
    double unit;        /* m/s², rad/s or ns for one of it; 0 not said */
};

struct text_layout {
    signed char accel[3], gyro[3], time;   /* columns; gyro[0] and time −1 when there is none */
    double accel_mps2, gyro_rads, time_ns; /* for one of the column's unit */
};

/* Reads one column's name, e.g. "ax", "gyroY(rad/s)", "acc_x_mg", "t_ms", "Timestamp". */
struct text_column text_name_column(const char *name, size_t length);

/* Whether the names tell all three axes of an accelerometer. */
bool text_layout_names_accel(const struct text_column *named, unsigned columns);

/* Finds the layout of TEXT_LEARN_LINES lines of COLUMNS values. NAMED: what headers or names in the lines said of each.
 * False when no accelerometer with a credible unit is among them. */
bool text_layout_find(struct text_layout *layout, const struct text_column *named, unsigned columns,
                      double value[TEXT_LEARN_LINES][TEXT_COLUMNS]);
/* Whether the accelerometer changes at all: a worn one does, a machine that reports its position may not. */
bool text_layout_changes(const struct text_layout *layout, double value[TEXT_LEARN_LINES][TEXT_COLUMNS]);

/* ---- timebase: device time to run time --------------------------------------------------------------------------- */

/* A device's clock is fast or slow by tens of ppm and starts anywhere; a read() comes 0.5 to 250 ms after the sample.
 * Delay is one-sided, so the lowest (arrival − device time) seen in a window is nearest the truth; drift is the slope
 * from window to window. Devices without a clock are timed by their own sample count at the learnt rate, and those that
 * speak on change (SAMPLE_ON_CHANGE) by arrival, what one read brings spread over the time since the read before.
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
    int64_t newest_ns;               /* device time of the newest sample of this read, as far as it was told */
    int64_t before_read_ns;          /* on change: when the read before the present one was … */
    unsigned in_read;                /* … and how many samples this one has brought so far */
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
 * 0.1 s (and more than 3 periods) are missing before this sample; of a device that speaks on change 2 s. */
int64_t timebase_map(struct timebase *tb, const struct raw_sample *raw, int64_t t_read_ns, bool *gap);
/* RAW is the newest of what one read has brought; told before the first of it is mapped. Where the mapping begins, that
 * one arrives now and those before it lie before it: twenty lines of text are understood at once. */
void timebase_newest(struct timebase *tb, const struct raw_sample *raw);
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
/* Whether there is a line behind it whose speed must be right. A CDC device with USB of its own takes any for granted, but
 * bridges come as /dev/ttyACM too (CH9102, an Arduino Uno's). */
bool transport_has_speed(const struct transport *t);
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
    DEVICE_BOARD,  /* a maker board, or a tracker that another program may be using: the same */
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
    const char *protocol;  /* what it speaks by its id; NULL: listen */
};
/* Serial ports, and the USB devices without one that a protocol here speaks to. Returns how many exist; fills at most
 * MAX. */
int devices_list(struct device_info *out, size_t max);

/* ---- pairing: what the wearer said of each device, a line each in a file ----------------------------------------- */

enum pairing_answer {
    PAIRING_ASKED, /* the question was put, and not answered: it is not put again */
    PAIRING_YES,
    PAIRING_NEVER,
};
struct pairing {
    char key[128];       /* as in struct device_info */
    enum pairing_answer answer;
    char protocol[16];   /* as it was last understood; empty: not yet */
    unsigned baud;       /* the same; 0 */
    char name[64];       /* for people; may be empty */
};
enum { PAIRINGS_MAX = 64 };
struct pairings {
    unsigned n;
    struct pairing device[PAIRINGS_MAX];
};
/* Reads PATH ("KEY yes|never|asked PROTOCOL|- BAUD|- NAME" a line). Returns the number of mistakes, each told on ERR (may be NULL) as
 * "FILE:LINE: …: got 'x', expected …" and its line left out; no file is an empty list. A negative errno when it cannot
 * be read. What had mistakes must not be written back: it would lose those lines. */
int pairing_read(struct pairings *list, const char *path, FILE *err);
/* Replaces PATH in one step, making its folder when that is missing; 0 or a negative errno (nothing has changed then).
 */
int pairing_write(const struct pairings *list, const char *path);
struct pairing *pairing_find(struct pairings *list, const char *key); /* NULL: none */
/* The one for KEY, made (as asked, with NAME) if need be; of too many the oldest that was only asked goes. NULL: all 64
 * were answered, or KEY is none. */
struct pairing *pairing_add(struct pairings *list, const char *key, const char *name);
bool pairing_remove(struct pairings *list, const char *key);
const char *pairing_answer_name(enum pairing_answer a);
/* Does to the file PATH what a person asked: WORD is a key, an address or the path of a port among the N that are
 * PRESENT, or a key in the file; empty: the one bridge or board that is present and was not answered yet. 0 or a
 * negative errno; TEXT is one line that says what was done, or what to do. */
enum pairing_change { PAIRING_PAIR, PAIRING_REFUSE, PAIRING_FORGET };
int pairing_change(const char *path, enum pairing_change change, const char *word, const struct device_info *present,
                   int n, char text[256]);

/* Word of devices that come and go. */
struct hotplug;
int hotplug_open(struct hotplug **h);      /* 0, or a negative errno where the system gives no word */
int hotplug_fd(const struct hotplug *h);   /* to poll for reading */
bool hotplug_take(struct hotplug *h);      /* when readable: whether a device came or went since */
void hotplug_close(struct hotplug *h);     /* NULL is fine */

#endif
