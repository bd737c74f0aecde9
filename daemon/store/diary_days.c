/* Invariants:
 *   a row of the table day is right as long as it is there: whatever changes a minute or an event that it was made of
 *   deletes it in the same transaction (the triggers in diary.c); one of another OUTCOME_VERSION is as good as none.
 *   Days are kept only when what they are made of lies in the past: else each new minute would undo yesterday's.
 */
#include "diary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MIN = 1440, DAY_S = 86400 };

/* ---- the rows about a day ---------------------------------------------------------------------------------------- */

/* Those of the UTC days from … to − 1, moved on from day to day. */
struct about {
    struct minute *minute;
    struct diary_event *event;
    size_t n_minutes, n_events, room_minutes, room_events;
    int64_t from, to;
    struct day_bout *bout; /* room for each event */
    double *scratch;
    size_t room_bouts;
};

static void *with_room(void *base, size_t n, size_t *room, size_t size)
{
    if (n < *room) return base;
    void *more = reallocarray(base, *room ? 2 * *room : 512, size);
    if (more) *room = *room ? 2 * *room : 512;
    return more;
}

static int add_minute(void *arg, const struct minute *m)
{
    struct about *a = arg;
    struct minute possible = *m;
    if (!outcome_minute_possible(&possible)) return 0;
    struct minute *room = with_room(a->minute, a->n_minutes, &a->room_minutes, sizeof *room);
    if (!room) return -ENOMEM;
    a->minute = room;
    a->minute[a->n_minutes++] = possible;
    return 0;
}

static int add_event(void *arg, const struct diary_event *e)
{
    struct about *a = arg;
    if (!outcome_event_possible(e)) return 0;
    struct diary_event *room = with_room(a->event, a->n_events, &a->room_events, sizeof *room);
    if (!room) return -ENOMEM;
    a->event = room;
    a->event[a->n_events++] = *e;
    return 0;
}

static void drop_before(struct about *a, int64_t day)
{
    size_t minutes = 0, events = 0;
    while (minutes < a->n_minutes && a->minute[minutes].minute < day * DAY_MIN) minutes++;
    while (events < a->n_events && a->event[events].start_wall_ns < SECONDS_NS(day * DAY_S)) events++;
    if (minutes) memmove(a->minute, a->minute + minutes, (a->n_minutes - minutes) * sizeof *a->minute);
    if (events) memmove(a->event, a->event + events, (a->n_events - events) * sizeof *a->event);
    a->n_minutes -= minutes;
    a->n_events -= events;
    a->from = day;
}

static int make_room_for_bouts(struct about *a)
{
    if (a->n_events < a->room_bouts) return 0;
    struct day_bout *bout = reallocarray(a->bout, a->room_events + 1, sizeof *bout);
    if (bout) a->bout = bout;
    double *scratch = reallocarray(a->scratch, a->room_events + 1, sizeof *scratch);
    if (scratch) a->scratch = scratch;
    if (!bout || !scratch) return -ENOMEM;
    a->room_bouts = a->room_events + 1;
    return 0;
}

static int move_to(struct about *a, struct diary *d, int64_t date)
{
    int64_t from = date - OUTCOME_DAYS_AROUND, to = date + 1 + OUTCOME_DAYS_AROUND;
    if (from < a->from || from >= a->to) {
        a->n_minutes = a->n_events = 0;
        a->from = a->to = from;
    }
    drop_before(a, from);
    int error = diary_minutes(d, a->to * DAY_MIN, to * DAY_MIN, add_minute, a);
    if (error == 0) error = diary_events(d, a->to * DAY_S, to * DAY_S, add_event, a);
    a->to = to;
    return error ? error : make_room_for_bouts(a);
}

static void about_free(struct about *a)
{
    free(a->minute);
    free(a->event);
    free(a->bout);
    free(a->scratch);
}

/* ---- from day to day --------------------------------------------------------------------------------------------- */

struct walk {
    struct diary *d;
    sqlite3_stmt *row, *next; /* ROW is NULL where the table is missing: a schema of before */
    int64_t row_date;         /* INT64_MAX: there are no more */
    struct about about;
};

/* All of a day's total, kept or MADE now. Nonzero stops. */
typedef int walk_fn(void *arg, const struct day_total *total, bool made);

static int next_row(struct walk *w)
{
    w->row_date = INT64_MAX;
    if (!w->row) return 0;
    int r = sqlite3_step(w->row);
    if (r == SQLITE_ROW) w->row_date = sqlite3_column_int64(w->row, 0);
    return diary_errno(w->d->db, r);
}

static int prepare(struct walk *w, int64_t from, int64_t to)
{
    char names[DIARY_NAMES], sql[DIARY_NAMES + 128];
    diary_names(diary_day, DIARY_DAY_COLUMNS, names);
    snprintf(sql, sizeof sql, "SELECT %s FROM day WHERE day>=? AND day<? AND version=? ORDER BY day", names);
    int r = sqlite3_prepare_v2(w->d->db, "SELECT min(minute) FROM minute WHERE minute>=?", -1, &w->next, NULL);
    if (r == SQLITE_OK && w->d->version > 1) r = sqlite3_prepare_v2(w->d->db, sql, -1, &w->row, NULL);
    if (r != SQLITE_OK) return diary_errno(w->d->db, r);
    sqlite3_bind_int64(w->row, 1, from);
    sqlite3_bind_int64(w->row, 2, to);
    sqlite3_bind_int(w->row, 3, OUTCOME_VERSION);
    return next_row(w);
}

/* The first day from DATE on that has a minute about it, into *DATE; INT64_MAX when none has. */
static int skip_to_minutes(struct walk *w, int64_t *date)
{
    sqlite3_bind_int64(w->next, 1, (*date - OUTCOME_DAYS_AROUND) * DAY_MIN);
    int r = sqlite3_step(w->next);
    bool any = r == SQLITE_ROW && sqlite3_column_type(w->next, 0) != SQLITE_NULL;
    int64_t first = any ? sqlite3_column_int64(w->next, 0) / DAY_MIN - OUTCOME_DAYS_AROUND : INT64_MAX;
    sqlite3_reset(w->next);
    if (first > *date) *date = first;
    return diary_errno(w->d->db, r);
}

static int make(struct walk *w, int64_t date, struct day_total *total)
{
    int error = move_to(&w->about, w->d, date);
    if (error) return error;
    struct about *a = &w->about;
    const struct day_rows rows = {a->minute, a->event, a->n_minutes, a->n_events};
    outcome_total(&rows, date, a->bout, a->scratch, total);
    return 0;
}

static int step(struct walk *w, int64_t *date, int64_t to, walk_fn *fn, void *arg)
{
    struct day_total total = {0};
    int error = 0;
    if (*date != w->row_date) {
        error = skip_to_minutes(w, date);
        if (*date >= w->row_date) *date = w->row_date;
    }
    if (error || *date >= to) return error;
    bool made = *date != w->row_date;
    if (made) {
        error = make(w, *date, &total);
    } else {
        diary_take(w->row, diary_day, DIARY_DAY_COLUMNS, &total);
        error = next_row(w);
    }
    ++*date;
    return error ? error : fn(arg, &total, made);
}

static int walk(struct diary *d, int64_t from, int64_t to, walk_fn *fn, void *arg)
{
    struct walk w = {.d = d};
    if (from < 1) from = 1;
    if (to > OUTCOME_DATE_MAX) to = OUTCOME_DATE_MAX;
    int result = prepare(&w, from, to);
    while (result == 0 && from < to) result = step(&w, &from, to, fn, arg);
    sqlite3_finalize(w.row);
    sqlite3_finalize(w.next);
    about_free(&w.about);
    return result;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct reader {
    int (*fn)(void *, const struct day_total *);
    void *arg;
};

static int hand_over(void *arg, const struct day_total *total, bool made)
{
    const struct reader *r = arg;
    (void)made;
    return total->figures.minutes ? r->fn(r->arg, total) : 0;
}

int diary_days(struct diary *d, int64_t from_date, int64_t to_date, int (*fn)(void *, const struct day_total *),
               void *arg)
{
    /* One transaction: rows and minutes as they were at one moment. */
    bool own = sqlite3_get_autocommit(d->db);
    int r = own ? sqlite3_exec(d->db, "BEGIN", NULL, NULL, NULL) : SQLITE_OK;
    if (r != SQLITE_OK) return diary_errno(d->db, r);
    int result = walk(d, from_date, to_date, hand_over, &(struct reader){fn, arg});
    if (own) sqlite3_exec(d->db, "COMMIT", NULL, NULL, NULL);
    return result;
}

/* ---- filling ----------------------------------------------------------------------------------------------------- */

enum { FULL = 1 };

struct fill {
    struct day_total *total;
    int n, most;
};

static int take_made(void *arg, const struct day_total *total, bool made)
{
    struct fill *f = arg;
    if (made) f->total[f->n++] = *total;
    return f->n == f->most ? FULL : 0;
}

static int keep(sqlite3 *db, const struct fill *f)
{
    char names[DIARY_NAMES], marks[2 * DIARY_DAY_COLUMNS + 4], sql[2 * DIARY_NAMES];
    sqlite3_stmt *stmt;
    diary_names(diary_day, DIARY_DAY_COLUMNS, names);
    diary_marks(DIARY_DAY_COLUMNS, marks);
    snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO day(%s,version) VALUES(%s,%d)", names, marks, OUTCOME_VERSION);
    int r = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    for (int i = 0; r == SQLITE_OK && i < f->n; i++) {
        diary_bind(stmt, diary_day, DIARY_DAY_COLUMNS, &f->total[i]);
        sqlite3_step(stmt);
        r = sqlite3_reset(stmt);
    }
    int error = diary_errno(db, r);
    sqlite3_finalize(stmt);
    return error;
}

/* The first and the last UTC day with a minute; 0 and 0 when there is none. */
static int ends(sqlite3 *db, int64_t *first, int64_t *last)
{
    sqlite3_stmt *stmt;
    int r = sqlite3_prepare_v2(db, "SELECT (SELECT min(minute) FROM minute), (SELECT max(minute) FROM minute)", -1,
                               &stmt, NULL);
    if (r == SQLITE_OK) r = sqlite3_step(stmt);
    *first = r == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) / DAY_MIN : 0;
    *last = r == SQLITE_ROW ? sqlite3_column_int64(stmt, 1) / DAY_MIN : 0;
    sqlite3_finalize(stmt);
    return diary_errno(db, r);
}

int diary_days_fill(sqlite3 *db, int most)
{
    struct diary d = {db, diary_version()};
    struct fill f = {.total = calloc((size_t)most, sizeof *f.total), .most = most};
    int64_t first, last;
    if (!f.total) return -ENOMEM;
    int result = ends(db, &first, &last);
    if (result == 0) result = walk(&d, first - OUTCOME_DAYS_AROUND, last - OUTCOME_DAYS_AROUND, take_made, &f);
    if (result >= 0) {
        int error = keep(db, &f);
        if (error) result = error;
    }
    free(f.total);
    return result;
}
