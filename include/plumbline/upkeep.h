/* upkeep — what is done to a whole data folder: it is looked over and copied clean, what is old is forgotten, and what
 * was made of the raw log is made once more.
 *
 * PATH is the data folder; its lock is that of store_lock() (plumbline/store.h).
 */
#ifndef PLUMBLINE_UPKEEP_H
#define PLUMBLINE_UPKEEP_H

#include "plumbline/event.h"
#include "plumbline/sample.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- looking everything over: `plumbline check` ------------------------------------------------------------------ */

enum finding_kind {
    /* of the raw log */
    FINDING_UNREADABLE,     /* the file cannot be read; number: errno */
    FINDING_BLOCK_DAMAGED,  /* bytes that are no whole block, and what was lost with them */
    FINDING_BLOCKS_MISSING, /* the numbers leave some out */
    FINDING_GARBAGE,        /* bytes between blocks that are none; nothing is missing */
    FINDING_BLOCK_DOUBLED,  /* the same block once more */
    FINDING_OTHER_DAY,      /* a block of another day */
    FINDING_DISORDER,       /* a block whose times or numbers contradict the one before, or its own header */
    FINDING_CONTEXT,        /* a block of bytes that cannot be read; no samples are lost */
    FINDING_INDEX,          /* the index does not tell what the file holds */
    FINDING_MISPLACED,      /* a file that is not where it would be read */
    FINDING_NO_MINUTE,      /* samples, but no minute in the diary; number: of minutes */
    FINDING_NO_DAY,         /* minutes in the diary, but no file of that day; number: of minutes */
    /* of the diary */
    FINDING_DIARY_DAMAGED,  /* detail: what SQLite says */
    FINDING_DIARY_MISSING,
    FINDING_MINUTES,        /* minutes of more than 60 s, or of less than none; number: how many */
    FINDING_EVENTS,         /* events that end before they begin; number */
    FINDING_EVENTS_OPEN,    /* left open although the next one of their kind has begun; number */
    FINDING_ANSWERS,        /* answers to notices that are not there; number */
    /* of the rest */
    FINDING_SNAPSHOT,       /* state.bin holds no whole snapshot */
    FINDING_MODE,           /* others may read it; number: its mode */
    /* no damage */
    FINDING_NOTES,
    FINDING_FOREIGN = FINDING_NOTES, /* blocks, or a diary, of another version of this program */
    FINDING_WAITING,        /* samples in the write-ahead file */
    FINDING_NO_SAMPLES,     /* minutes in the diary whose samples are not in that day's file; number: of minutes */
};
struct finding {
    enum finding_kind kind;
    const char *file;                 /* below the data folder */
    int64_t from_wall_ns, to_wall_ns; /* of what is lost or meant; INT64_MIN, INT64_MAX: not known */
    int32_t utc_offset_s;
    uint64_t samples;       /* about how many: lost, or meant */
    uint64_t bytes, blocks; /* 0: not known */
    int64_t number;
    const char *detail;
};

struct store_check {
    int64_t from_wall_ns, to_wall_ns; /* only days and minutes that lie between */
    void (*found)(void *arg, const struct finding *f);
    void (*progress)(void *arg, int64_t done_bytes, int64_t all_bytes);
    void *arg;
    /* what was seen */
    uint64_t days, bytes, blocks, samples, minutes, events;
    uint64_t damages; /* findings that are no notes */
};
/* Reads all that is stored, whatever anyone else does to it meanwhile, and tells what is damaged. 0, or a negative
 * errno when it could not look. Memory does not grow with the days, but for 16 bytes a minute recorded. */
int store_check(const char *path, struct store_check *c);
/* Writes what is whole in PATH into TO, a new or empty folder; takes the lock of PATH meanwhile. .found tells of files
 * that could not be copied, .damages counts these and a damaged diary, .samples what was copied. 0 or a negative errno;
 * WHY says what to do. */
int store_repair(const char *path, const char *to, struct store_check *c, char why[256]);
/* Whether a daemon that was killed left records of PATH in MEMORY (store_options.memory), which the next writer brings
 * in. */
bool store_left_in_memory(const char *path, const char *memory);

/* ---- forgetting: what was recorded before a local day goes for good ---------------------------------------------- */

enum { FORGET_TABLES = 7 };
/* What goes, or went. */
struct forget_sum {
    uint64_t days, samples;       /* of the raw log; forget_look() only */
    uint64_t files, bytes;        /* raw log, reports, diaries that were set aside as damaged */
    uint64_t rows[FORGET_TABLES]; /* of the diary; of the table forget_table(i) */
};
const char *forget_table(unsigned i);
/* DAY counts from 1 January 1970, MIDNIGHT_S is when it began. Only looks; STAYS is told each damaged diary that was
 * set aside later, and each sheet for a therapist made later: they may hold older things too. 0 or a negative errno;
 * −EBADMSG: the diary is damaged. */
int forget_look(const char *path, int day, int64_t midnight_s, struct forget_sum *sum,
                void (*stays)(void *arg, const char *path), void *arg);
/* Remove, and add to SUM what they removed; interrupted, they are called again. The caller holds the folder's lock. What
 * is in use stays: the newest calibration, the newest answers on health, signs for a clinician that nobody cleared; and
 * state.bin when it was written since. 0 or a negative errno;
 * −EPROTO: the diary is a newer Plumbline's; −EBUSY: another program reads it and keeps the old pages from going. */
int forget_files(const char *path, int day, int64_t midnight_s, struct forget_sum *sum);
int forget_rows(const char *path, int day, int64_t midnight_s, struct forget_sum *sum);
/* Removes every answer on health, and the signs for a clinician that do not stand any more. The rest as above. */
int forget_health(const char *path);

/* ---- rebuilding: what was made of the raw log once more, set beside what the diary holds ------------------------- */

/* Of minutes and derived events alone: those that the tracker gives rise to. What was said, answered or entered, and
 * what the sensor or a clock did, is none of its concern. The folder's lock is the caller's. */
struct rebuild;
int rebuild_open(const char *path, struct rebuild **r);
void rebuild_close(struct rebuild *r);
/* As store_minute() and store_event(). A failure is kept, and returned by all that follows. */
void rebuild_minute(struct rebuild *r, const struct minute *m);
void rebuild_event(struct rebuild *r, const struct event *e, const struct now *now);

/* What was made is all that there is of this time. ANEW: the program began anew at its begin, so that the minute may be
 * fuller in the diary. CUT: it was broken off at its end, so that the diary may know more of what lasts. */
struct rebuild_span {
    int64_t from_wall_ns, to_wall_ns;
    bool anew, cut;
};
int rebuild_add_span(struct rebuild *r, const struct rebuild_span *span);
/* But not of this time within it, which somebody else filled: imported. */
int rebuild_leave_out(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns);
/* Whether nothing lasts that began in this time; else, or on failure, what comes may change it. */
bool rebuild_is_settled(struct rebuild *r, int64_t from_wall_ns, int64_t to_wall_ns);

struct rebuild_difference {
    const char *what; /* "minute", or an event's kind */
    int64_t wall_ns;  /* of its start, UTC */
    bool in_diary, in_log;
    char columns[256]; /* where both have it: "slouch_sitting_s 3.5 not 4, …": the diary's, and what it should be */
};
/* Counts what there is in the spans, and calls FN for each row that differs in any bit. 0 or a negative errno. */
struct rebuild_sum {
    uint64_t minutes, events, differences;
};
int rebuild_compare(struct rebuild *r, struct rebuild_sum *sum, void (*fn)(void *, const struct rebuild_difference *),
                    void *arg);
/* Puts what was made in the place of what the diary holds, all or nothing. 0 or a negative errno. */
int rebuild_replace(struct rebuild *r);

#endif
