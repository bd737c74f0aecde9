/* pipeline_private — what the pipeline's own files share. */
#ifndef PLUMBLINE_PIPELINE_PRIVATE_H
#define PLUMBLINE_PIPELINE_PRIVATE_H

#include "plumbline/health.h"
#include "plumbline/pipeline.h"

#include <time.h>

enum { KEPT_MINUTES = 16 };

/* How far a device with a memory has been heard, so that a daemon that was away can ask for the rest. */
struct heard {
    char protocol[16];        /* empty: nothing to go on from */
    uint64_t serial;
    uint32_t boot_id;
    uint64_t next_index;      /* behind the newest sample in the log */
    struct timebase timebase; /* when the snapshot was taken */
};

/* Local time around now: minus UTC before and after it is changed (zone.c). */
struct zone {
    int64_t turn_wall_ns; /* INT64_MIN: no change near */
    int32_t before_s, after_s;
};

/* What a snapshot carries besides the tracker and the coach. */
struct course {
    char boot_id[40];         /* the kernel's; another one = the machine was restarted */
    int64_t boot_offset_ns;   /* run time − CLOCK_BOOTTIME */
    int64_t wall_offset_ns;   /* wall time − run time */
    int64_t stepped_ns, wall_offset_before_ns; /* run time when somebody last set the clock, and the offset until then */
    struct zone zone;
    int64_t t_ns, wall_ns;    /* when it was taken */
    int64_t last_sample_ns;   /* run time of the newest sample behind it; INT64_MIN none */
    int64_t log_day;          /* local day whose file has it, since 1970 */
    uint64_t context_n;       /* number of the newest context behind it (context.c); 0 none */
    int64_t context_place_ns; /* and its place */
    int64_t view_due_ns;      /* when the coach looks at the wearer again */
    struct heard heard;
    bool minute_open;
    struct minute minute;     /* being summed */
    int64_t minute_ns;        /* run time of its first epoch */
    struct minute kept[KEPT_MINUTES]; /* the newest stored ones, a ring */
    uint32_t n_kept;          /* ever */
    uint32_t last_advice[TOPIC_COUNT];
    char recent[8][ITEM_ID_MAX]; /* routine items done lately, newest first */
    int64_t massage_offered_day; /* local, since 1970; 0: never */
    char offered[2][ITEM_ID_MAX]; /* in breaks, likewise */
};

/* As it was when samples stopped coming, for when the device turns out to have kept them. */
struct before_gap {
    bool valid;
    struct tracker *tracker;
    bool minute_open;
    struct minute minute;
    int64_t minute_ns;
    struct minute kept[KEPT_MINUTES];
    uint32_t n_kept;
};

struct pipeline {
    const struct config *config;
    struct pipeline_options options;
    struct store *store;
    struct desk *desk;
    struct now now;
    int64_t offset_minute;      /* wall minute for which now.utc_offset_s was looked up */
    int64_t agenda_day;         /* local day for which the workouts were laid out */
    int battery_percent;        /* as last told by the device; −1 not yet */
    bool muted;                 /* the log is replayed: nothing is said, or written down, again */
    bool other_version;         /* … and another version of the program wrote some of it */
    bool hole;                  /* the log has not got all that the tracker was told */
    bool finished;
    uint16_t desk_flags;        /* SAMPLE_DESK_… of the samples to come */

    /* bytes to samples */
    const struct protocol *protocol; /* NULL while listening or without a stream */
    char device[128];           /* as those who opened it know it; empty: not told */
    bool listening;
    struct detect *detect;
    const struct protocol *kept;     /* whose state it is, after a stream's end as well */
    void *protocol_state;
    uint64_t stream_samples;         /* since the stream's begin */
    int64_t tell_device_ns;          /* run time when the diary is told of the device; INT64_MAX: it was */
    struct timebase timebase;
    struct before_gap before_gap;
    int64_t behind_until_ns;         /* run time until which samples of the past are awaited; INT64_MIN not */

    /* samples to advice */
    struct tracker *tracker;
    struct coach *coach;
    struct catalogue *catalogue;
    struct course course;
    struct calibration noted;   /* the newest that the diary was told of, or the log gave rise to; version 0: none */
    bool keep_due;              /* a snapshot is to be taken after this sample */
    enum capture_state capture; /* as last seen */
    struct range range;         /* the self-test; idle in a replay of the log */
    int64_t range_asked_ns;     /* run time when somebody last asked how it goes */
    struct tracker_out tracker_out;
    struct coach_out coach_out;
    int64_t cue_ns; /* run time of the buzz that the device is to be told of; INT64_MIN: it was */

    struct agenda agenda;       /* the workouts and busy stretches ahead */
    unsigned days_turned;       /* pipeline_days_turned() */
    bool told_full;             /* that there are too many of them was said */
    struct health health;       /* what the wearer has said of it */
    struct wearer wearer;       /* that and more, as the coach has it */
    struct history history;     /* and day by day */
    int pain, stress;           /* last entered today, −1 none */
    int64_t pain_wall_s, stress_wall_s;
    char pain_area[24];

    uint8_t *snapshot;
};

/* pipeline_clock.c: wall time of run time T_NS, which may lie before the last clock step; local minus UTC at a wall time. */
int64_t pipeline_clock_wall(const struct pipeline *p, int64_t t_ns);
int32_t pipeline_clock_offset(const struct pipeline *p, int64_t wall_ns);
/* It is T_NS now; never back. */
void pipeline_clock_set(struct pipeline *p, int64_t t_ns);
/* The system's zone and clocks, as they are now. */
void pipeline_clock_zone(struct pipeline *p);
void pipeline_clock_read(struct pipeline *p);

/* zone.c */
struct zone zone_around(int64_t wall_ns);
int32_t zone_offset_s(const struct zone *z, int64_t wall_ns);
bool zone_sound(const struct zone *z); /* one that there can be */

/* minutes.c: epochs to minutes. minutes_add() gives the minutes that E completed (at most two), for minutes_keep(). */
unsigned minutes_add(struct pipeline *p, const struct epoch *e, struct minute done[2]);
void minutes_keep(struct pipeline *p, struct minute *minute);
void minutes_close(struct pipeline *p);
int64_t minutes_due_ns(const struct pipeline *p); /* run time at which the open minute is closed for want of more */
/* Forgets the minutes kept since there were N_KEPT; the coach does, too. */
void minutes_take_back(struct pipeline *p, const struct minute kept[KEPT_MINUTES], uint32_t n_kept);
void minutes_not_worn_since(struct pipeline *p, int64_t start_ns);

/* pipeline.c: sends what a room gave rise to on its way. */
void pipeline_deliver(struct pipeline *p, const struct tracker_out *out);
void pipeline_say(struct pipeline *p, struct coach_out *out);
/* A minute that the tracker gave rise to goes where it is kept. */
void pipeline_keep_minute(struct pipeline *p, const struct minute *m);
/* pipeline_talk.c: one item for the desk goes with a break, another than the last two times. */
void pipeline_talk_micro(struct pipeline *p, struct advice *a);

/* backfill.c: samples that the device had kept are put in where they belong. backfill_prepare() goes before what closes a
 * gap, backfill_look() before each sample; whether S lies so far back that it says nothing of the present. */
void backfill_prepare(struct pipeline *p);
void backfill_go_back(struct pipeline *p, const struct tracker_config *config);
bool backfill_look(struct pipeline *p, const struct sample *s);
/* What a snapshot says of the device; and, when all of the log has been looked at, going on from there. backfill_note():
 * S is in the log. */
void backfill_mark(struct pipeline *p);
void backfill_note(struct pipeline *p, const struct sample *s);
void backfill_take_up(struct pipeline *p);
/* DUE_NS, or later while samples of the past are coming in. */
int64_t backfill_not_before(const struct pipeline *p, int64_t due_ns);

/* pipeline_life.c: the tracker's part of the configuration, with what was left open filled in by placement. */
struct tracker_config pipeline_life_tracker_config(const struct config *config);

/* course.c: snapshots, and taking up the thread after a restart. */
size_t course_size(void);
uint64_t course_tag(void); /* names the layout */
/* Course and tracker, without the coach, as bytes; room for course_size(). Back: false, and nothing done, when N is not
 * their size or they could do harm. */
size_t course_pack(const struct pipeline *p, uint8_t *to);
bool course_unpack(struct pipeline *p, const uint8_t *from, size_t n);
void course_begin(struct pipeline *p);   /* offsets of the clocks, last snapshot or last calibration */
void course_catch_up(struct pipeline *p); /* replays, in silence, what the log holds since the snapshot */
void course_take_up_calibration(struct pipeline *p); /* the newest of the diary, where there is one */
void course_keep(struct pipeline *p);    /* takes a snapshot */
void course_note(struct pipeline *p, const struct event *e); /* what an event means for calibration and minutes */
void course_note_capture(struct pipeline *p);                /* the same after a guided pose */

/* pipeline_agenda.c: the workouts ahead laid out anew, for the coach. */
void pipeline_agenda_refresh(struct pipeline *p);
/* Another local day, or other clocks on the wall: the diary is looked at as well. */
void pipeline_agenda_turn(struct pipeline *p);
/* Writes the workouts that began in between into the diary: a rule may change, what was planned then does not. */
void pipeline_agenda_pass(struct pipeline *p, int64_t before_s, int64_t now_s);

/* wearer.c: what the wearer has said. wearer_load() takes it from the diary, wearer_remember() takes up an entry; both tell
 * the coach, as wearer_tell() does after a changed configuration. Pain and stress of today, −1: not known. */
extern const struct wearer wearer_unknown; /* who has said nothing */
void wearer_load(struct pipeline *p);
void wearer_remember(struct pipeline *p, const struct entry *e);
void wearer_tell(struct pipeline *p);
int wearer_pain(const struct pipeline *p);
int wearer_stress(const struct pipeline *p);
/* What LOAD has of the days before; and a massage was offered now. */
void wearer_history(const struct pipeline *p, struct load *load);
void wearer_offered(struct pipeline *p);

/* pipeline_range.c: the self-test looks at the newest sample. */
void pipeline_range_look(struct pipeline *p);

/* trace.c: an event, a minute or an advice as a line for golden replays and `--trace`. */
void trace_event(FILE *out, const struct now *now, const struct event *e);
void trace_minute(FILE *out, const struct minute *m);

#endif
