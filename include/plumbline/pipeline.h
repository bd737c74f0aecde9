/* pipeline — one sample's way, readable in one function: on_sample() in pipeline.c.
 *
 *   transport ──bytes──▶ protocol ──raw sample──▶ timebase ──sample──▶ tracker ──events──▶ coach ──advice──▶ desk
 *                                                                    └────────▶ store ◀── minutes, events, entries
 *
 * Also the holder of the one `now`. No room arms a timer: pipeline_due_ns() is the earliest deadline of all, the daemon
 * arms one timer for it; in a replay the deadlines before the next sample run first. So a day passes in seconds with the
 * same events.
 *
 * Run time begins as wall time (so that its numbers never meet twice) and then goes on as CLOCK_BOOTTIME does, over
 * restarts and reboots alike: the snapshot carries it on.
 *
 * One thread calls all of it. Store and desk are the caller's and outlive the pipeline; either may be NULL.
 */
#ifndef PLUMBLINE_PIPELINE_H
#define PLUMBLINE_PIPELINE_H

#include "plumbline/agenda.h"
#include "plumbline/coach.h"
#include "plumbline/config.h"
#include "plumbline/desk.h"
#include "plumbline/health.h"
#include "plumbline/posture.h"
#include "plumbline/range.h"
#include "plumbline/routine.h"
#include "plumbline/sensor.h"
#include "plumbline/store.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct pipeline;

enum clock_kind {
    CLOCK_LIVE,    /* now is what the system's clocks say */
    CLOCK_SAMPLES, /* now is the time of the last sample: a day in seconds */
};

/* Another source of deadlines, for a replay's scripted commands. */
struct pipeline_hook {
    void *arg;
    int64_t (*due_ns)(void *arg, const struct now *start); /* run time, INT64_MAX when never */
    void (*run)(void *arg, struct pipeline *p);
};

/* What is made of the raw log once more goes here instead of into a store (pipeline_replay()). */
struct pipeline_rows {
    void *arg;
    void (*minute)(void *arg, const struct minute *m);
    void (*event)(void *arg, const struct event *e, const struct now *now);
};

struct pipeline_options {
    enum clock_kind clock;
    int64_t start_wall_ns; /* CLOCK_SAMPLES: wall time of the first sample */
    bool import;           /* a recording of the past, maybe of another sensor: its samples are marked, nothing is said, and
                            * the wearer's calibration and workouts stay as they are */
    FILE *trace;           /* NULL, or where each event and minute is written as a line (golden replays) */
    struct pipeline_hook hook;
    const struct pipeline_rows *rows; /* NULL, or CLOCK_SAMPLES without store and desk: waits for pipeline_replay() */
};

/* Makes the pipeline; CONFIG must outlive it. With CLOCK_LIVE and a STORE it takes up the last snapshot and replays what
 * the log holds since then, in silence. 0 or a negative errno. */
int pipeline_open(const struct config *config, const struct pipeline_options *options, struct store *store,
                  struct desk *desk, struct pipeline **p);
void pipeline_close(struct pipeline *p); /* NULL is fine */

/* A new stream begins: PROTOCOL by name, or "auto" to find out by listening. −ENOENT when there is none of that name. */
int pipeline_begin_stream(struct pipeline *p, const char *protocol);
/* Who is at the other end, as far as is known before it speaks (the KEY of `devices`); may be empty. */
void pipeline_name_device(struct pipeline *p, const char *key);
/* The stream has ended, or the device is gone. */
void pipeline_end_stream(struct pipeline *p, enum gap_reason reason);

/* Bytes from the device. T_READ_NS: CLOCK_BOOTTIME at the read (not used in a replay). */
void pipeline_on_bytes(struct pipeline *p, const uint8_t *bytes, size_t n, int64_t t_read_ns);
/* Samples that no protocol made (columns of a file). */
void pipeline_on_raw(struct pipeline *p, const struct raw_sample *raw, size_t n, int64_t t_read_ns);

/* With .rows: what the raw log holds, in its order, makes the minutes and events again that it made live. What came of
 * it: */
enum replayed {
    REPLAY_NOTHING,       /* not of this course (imported, or nothing to go on from yet), or done already */
    REPLAY_DONE,
    REPLAY_RESUMES,       /* a snapshot of this program: exact from here on … */
    REPLAY_BEGINS,        /* … but the log has not got what led to it: a program that began anew, or could not write */
    REPLAY_STRANGE,       /* this program cannot do it: not exact from here on */
};
enum replayed pipeline_replay(struct pipeline *p, const struct log_item *item);
/* Whether C is a snapshot that a replay can begin with. */
bool pipeline_can_begin(const struct log_context *c);
/* Whether another version of the program was at work in what was replayed. */
bool pipeline_replayed_other(const struct pipeline *p);

/* Lets pass what is due until now (CLOCK_LIVE). */
void pipeline_on_time(struct pipeline *p);
/* CLOCK_BOOTTIME of the earliest deadline; INT64_MAX when there is none. */
int64_t pipeline_due_ns(const struct pipeline *p);
/* A replay is told why its samples are about to be missing. */
void pipeline_on_unplugged(struct pipeline *p);
/* The machine goes to sleep, or woke. */
void pipeline_on_sleep(struct pipeline *p, bool going);
/* The end of a replay, or of the daemon's day: closes bouts and minutes. */
void pipeline_finish(struct pipeline *p);
/* A changed configuration takes effect. CONFIG must outlive the pipeline. */
void pipeline_configure(struct pipeline *p, const struct config *config);

/* Other files lie in the data folder by now: calibration and workouts are taken from there. */
void pipeline_restored(struct pipeline *p);

/* What a person (or a script) says. */
void pipeline_calibrate(struct pipeline *p, enum pose pose);
int pipeline_answer(struct pipeline *p, uint32_t advice_id, enum answer a); /* −ENOENT: nothing of that id waits */
bool pipeline_waiting(const struct pipeline *p, enum topic t, struct advice *a); /* as coach_waiting() */
void pipeline_pause(struct pipeline *p, int seconds);                       /* 0 resumes */
void pipeline_enter(struct pipeline *p, const struct entry *e);             /* wall_s = 0: now */
/* As agenda_tell(), kept in the diary; what was said of a workout that is called off is taken back. */
int pipeline_add_workout(struct pipeline *p, const struct workout *w);
/* What the calendars say now, in the place of what they said before. */
void pipeline_set_calendar(struct pipeline *p, const struct agenda_calendar *c);
/* Grows when the days that calendars are read for have moved: at local midnight, and with the system's time zone. */
unsigned pipeline_days_turned(const struct pipeline *p);
void pipeline_presence(struct pipeline *p, const struct presence *presence);
void pipeline_battery(struct pipeline *p, int percent);
void pipeline_step_clock(struct pipeline *p, int seconds); /* CLOCK_SAMPLES: somebody sets the wall clock */
/* What the wearer has said of health, with the configuration. */
void pipeline_health(const struct pipeline *p, struct health *h);
/* Whether a guided self-test could begin now: 0, −EPERM: what was said of health is against it, −ENODATA: no sample has come
 * lately, −EDOM: forward is not known, −ENOTUNIQ: not worn. start: it begins, if so; what it finds becomes entries; live it
 * ends when nobody asks for its state any more. stop: it ends without a result. */
int pipeline_range_check(const struct pipeline *p);
int pipeline_range_start(struct pipeline *p);
void pipeline_range_stop(struct pipeline *p);
void pipeline_range(struct pipeline *p, struct range_view *view);
/* What a routine would be chosen by now. */
void pipeline_load(const struct pipeline *p, struct load *load);
/* The routine that is offered now for MOMENT (MOMENT_COUNT: the one that fits), and the LOAD that it was chosen by. */
void pipeline_routine(struct pipeline *p, enum moment moment, struct load *load, struct routine *routine);

/* The catalogue in use: what ships, and the wearer's own. */
const struct catalogue *pipeline_catalogue(const struct pipeline *p);

/* Encodes a command for the device in its protocol; 0 when it has none. */
size_t pipeline_encode(struct pipeline *p, const struct sensor_command *command, uint8_t *buf, size_t cap);

/* What the protocol, or the coach (a buzz), wants sent to the device by itself; 0: nothing now. For links that can
 * write: after every read, and once a second. */
size_t pipeline_poll(struct pipeline *p, uint8_t *buf, size_t cap);

/* One of the system's clocks, read. */
int64_t pipeline_clock_ns(clockid_t id);

/* The link as the pipeline knows it: cheap enough for every read. */
struct pipeline_link {
    const char *protocol; /* NULL while listening */
    bool promising;       /* some protocol, or this one, begins to make sense of what comes */
    uint64_t samples;     /* of this stream; stats may count on from the one before */
    struct link_stats stats;
};
void pipeline_link(const struct pipeline *p, struct pipeline_link *link);
/* What each protocol made of the bytes while listening; as detect_verdicts(). 0 when nobody has listened. */
size_t pipeline_verdicts(const struct pipeline *p, struct detect_verdict *out, size_t max);

struct pipeline_status {
    struct now now;
    struct posture_view view;
    struct coach_view coach;
    struct capture_view capture;
    struct calibration calibration;
    struct link_stats link;
    struct sensor_info sensor;
    const char *protocol; /* NULL while listening */
    double rate_hz, ppm;
    uint32_t last_advice[TOPIC_COUNT]; /* newest advice of each topic, 0 none */
    const struct agenda *agenda; /* the pipeline's own, as it is now */
};
void pipeline_status(struct pipeline *p, struct pipeline_status *status);

#endif
