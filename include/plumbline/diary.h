/* diary — minutes, events, entries, workouts, calibrations and the totals of days are read; also beside a writer.
 *
 * PATH is the data folder. Times are UTC, minutes and dates counted from 1 January 1970; a stretch goes from FROM to
 * before TO.
 */
#ifndef PLUMBLINE_DIARY_H
#define PLUMBLINE_DIARY_H

#include "plumbline/coach.h"
#include "plumbline/event.h"
#include "plumbline/outcome.h"
#include "plumbline/posture.h"

#include <stdint.h>

/* What a person says of body and day. */
enum entry_kind { ENTRY_PAIN = 1, ENTRY_STRESS, ENTRY_SORENESS, ENTRY_ROUTINE, ENTRY_FEEL, ENTRY_NOTE,
    ENTRY_HEALTH,   /* what: "none" or letters of contra-indications, as in the catalogue: "f k" */
    ENTRY_RED_FLAG, /* value: 1 noted, 0 a clinician has looked at it; what: which; empty, with 0: all */
    ENTRY_SESSION,  /* a therapist session; what: swedish, deep-tissue, trigger-point or other */
    ENTRY_RANGE,    /* self-test; value: deg; what: flexion, extension, left or right */
};
const char *entry_kind_name(enum entry_kind k);
struct entry {
    int64_t wall_s;
    enum entry_kind kind;
    int value;     /* 0…10 where nothing else is said, −1 none */
    char what[64]; /* area, item id or note */
};

struct diary;
/* 0, −ENOENT when there is none yet, or another negative errno; WHY says what to do. */
int diary_open(const char *path, struct diary **d, char why[256]);
void diary_close(struct diary *d);
/* What an error of the functions below means to a person, and what to do. */
const char *diary_error(int error);

/* Each calls FN for every row in time order; FN returns nonzero to stop. Returns 0, FN's value or a negative errno. */
int diary_minutes(struct diary *d, int64_t from_min, int64_t to_min, int (*fn)(void *, const struct minute *),
                  void *arg);
int diary_events(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                 int (*fn)(void *, const struct diary_event *), void *arg);
int diary_entries(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                  int (*fn)(void *, const struct entry *), void *arg);
int diary_workouts(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                   int (*fn)(void *, const struct workout *), void *arg);
/* What each local day from FROM_DATE to before TO_DATE came to; days of which there is no minute are left
 * out. Days that the diary keeps a total of are not summed again: weeks and years cost little. */
int diary_days(struct diary *d, int64_t from_date, int64_t to_date, int (*fn)(void *, const struct day_total *),
               void *arg);
/* The newest calibration: 0, −ENOENT, or a negative errno. */
int diary_calibration(struct diary *d, struct calibration *c);
/* All of this version, with the time at which each was stored. As those above. */
int diary_calibrations(struct diary *d, int64_t from_wall_s, int64_t to_wall_s,
                       int (*fn)(void *, int64_t wall_s, const struct calibration *), void *arg);

/* The diary as it is at one moment, without what was deleted: into the file TO, which is empty or not
 * there. 0, −ENOENT: there is no diary, −EBADMSG: it is damaged, or another negative errno. */
int diary_copy(const char *path, const char *to);

#endif
