/* Invariants:
 *   Only columns that every version of the diary has are asked for.
 *   A minute counts as seen from 10 s on, and not in the newest minutes of the log: the tracker takes its time, and
 *   what it had not said when it was killed it says when it is started again.
 */
#include "verify.h"

#include "diary.h"
#include "folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_MIN = 10, NEWEST_MIN = 5, COMPLAINTS = 5 };

#define OBSERVED "unsure_s+sitting_s+standing_s+walking_s+lying_s+not_worn_s"
#define BINS "bin0_s+bin1_s+bin2_s+bin3_s+bin4_s+bin5_s+bin6_s+bin7_s"
/* SQL's min() of several values is NULL when one is. */
#define LEAST                                                                                                          \
    "min(unsure_s,sitting_s,standing_s,walking_s,lying_s,not_worn_s,missing_s,slouch_sitting_s,"                       \
    "slouch_standing_s,lean_left_s,lean_right_s,angle_s)"
#define LASTING "(1,2,7,8,9)" /* sitting, slouch, walk, not worn, gap: one at a time */

static struct finding finding(enum finding_kind kind)
{
    return (struct finding){
        .kind = kind, .file = DIARY_FILE, .from_wall_ns = INT64_MIN, .to_wall_ns = INT64_MAX, .detail = ""};
}

/* ---- minutes and samples ----------------------------------------------------------------------------------------- */

/* Minutes in a row that lack the same. */
struct stretch {
    struct finding f;
    int64_t next_minute;
};

static void end_stretch(struct verify *v, struct stretch *s)
{
    if (s->f.number) verify_tell(v, &s->f);
    s->f.number = 0;
}

static void add(struct verify *v, struct stretch *s, int64_t minute, int32_t utc_offset_s)
{
    if (s->f.number && minute != s->next_minute) end_stretch(v, s);
    if (s->f.number++ == 0) s->f.from_wall_ns = minute * SECONDS_NS(60);
    s->f.utc_offset_s = utc_offset_s;
    s->next_minute = minute + 1;
    s->f.to_wall_ns = s->next_minute * SECONDS_NS(60);
}

static int by_minute(const void *a, const void *b)
{
    const struct verify_minute *x = a, *y = b;
    return (x->minute > y->minute) - (x->minute < y->minute);
}

/* Puts the minutes in order, each once. */
static void gather(struct verify *v)
{
    size_t n = 0;
    if (v->n_minutes) qsort(v->minute, v->n_minutes, sizeof *v->minute, by_minute);
    for (size_t i = 0; i < v->n_minutes; i++) {
        if (n && v->minute[n - 1].minute == v->minute[i].minute)
            v->minute[n - 1].seconds += v->minute[i].seconds;
        else
            v->minute[n++] = v->minute[i];
    }
    v->n_minutes = n;
}

struct range {
    int64_t from, to; /* minutes */
};

static struct range asked(const struct verify *v)
{
    return (struct range){v->check->from_wall_ns / SECONDS_NS(60), v->check->to_wall_ns / SECONDS_NS(60)};
}

static int by_day(const void *a, const void *b)
{
    const int *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool has_file(const struct verify *v, int64_t minute, int32_t utc_offset_s)
{
    int day = folder_day(minute * SECONDS_NS(60), utc_offset_s);
    return v->n_days && bsearch(&day, v->day, v->n_days, sizeof day, by_day);
}

/* A minute that the tracker saw, and the log does not have. */
static void unheard(struct verify *v, struct stretch *no_samples, struct stretch *no_day, sqlite3_stmt *row)
{
    int64_t minute = sqlite3_column_int64(row, 0);
    int32_t utc_offset_s = sqlite3_column_int(row, 2);
    if (minute < 0 || minute > INT64_MAX / SECONDS_NS(60)) return;
    add(v, has_file(v, minute, utc_offset_s) ? no_samples : no_day, minute, utc_offset_s);
}

static int compare(struct verify *v, sqlite3_stmt *row)
{
    struct stretch unsaid = {.f = finding(FINDING_NO_MINUTE)}, no_day = {.f = finding(FINDING_NO_DAY)},
                   no_samples = {.f = finding(FINDING_NO_SAMPLES)};
    const struct range range = asked(v);
    const struct verify_minute *m = v->minute, *end = m + v->n_minutes;
    int64_t oldest = v->n_minutes ? m->minute : INT64_MAX, newest = v->n_minutes ? end[-1].minute - NEWEST_MIN : 0;
    int r;
    do {
        r = sqlite3_step(row);
        int64_t minute = r == SQLITE_ROW ? sqlite3_column_int64(row, 0) : INT64_MAX;
        for (; m < end && m->minute < minute; m++)
            if (m->minute >= range.from && m->minute < range.to && m->minute < newest && m->seconds >= SECONDS_MIN)
                add(v, &unsaid, m->minute, m->utc_offset_s);
        if (r != SQLITE_ROW) break;
        v->check->minutes++;
        bool heard = m < end && m->minute == minute;
        if (!heard && !v->on_change && minute > oldest && sqlite3_column_double(row, 1) >= SECONDS_MIN)
            unheard(v, &no_samples, &no_day, row);
        if (heard) m++;
    } while (true);
    end_stretch(v, &unsaid);
    end_stretch(v, &no_day);
    end_stretch(v, &no_samples);
    return r;
}

static int check_minutes(struct verify *v, sqlite3 *db)
{
    sqlite3_stmt *row;
    const struct range range = asked(v);
    int r = sqlite3_prepare_v2(
        db, "SELECT minute," OBSERVED ",utc_offset_s FROM minute WHERE minute>=? AND minute<? ORDER BY minute", -1,
        &row, NULL);
    if (r != SQLITE_OK) return r;
    gather(v);
    sqlite3_bind_int64(row, 1, range.from);
    sqlite3_bind_int64(row, 2, range.to);
    r = compare(v, row);
    sqlite3_finalize(row);
    return r;
}

/* ---- what must not be -------------------------------------------------------------------------------------------- */

/* SQL gives how many, and the first and last time (ns); its parameters are the times asked for. */
static int count(struct verify *v, sqlite3 *db, enum finding_kind kind, const char *sql)
{
    sqlite3_stmt *row;
    int r = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
    if (r != SQLITE_OK) return r;
    sqlite3_bind_int64(row, 1, v->check->from_wall_ns);
    sqlite3_bind_int64(row, 2, v->check->to_wall_ns);
    r = sqlite3_step(row);
    if (r == SQLITE_ROW && sqlite3_column_int64(row, 0) > 0) {
        struct finding f = finding(kind);
        f.number = sqlite3_column_int64(row, 0);
        f.from_wall_ns = sqlite3_column_int64(row, 1);
        f.to_wall_ns = sqlite3_column_int64(row, 2);
        f.utc_offset_s = sqlite3_column_int(row, 3);
        verify_tell(v, &f);
    }
    sqlite3_finalize(row);
    return r == SQLITE_ROW ? SQLITE_OK : r;
}

static int check_rows(struct verify *v, sqlite3 *db)
{
    static const struct {
        enum finding_kind kind;
        const char *sql;
    } rules[] = {
        {FINDING_MINUTES,
         "SELECT count(*),min(minute)*60000000000,(max(minute)+1)*60000000000,max(utc_offset_s) FROM minute"
         " WHERE minute>=?1/60000000000 AND minute<?2/60000000000 AND (" OBSERVED "+missing_s>60.05 OR"
         " angle_s>60.05 OR " BINS ">60.05 OR " LEAST "<0 OR slouch_sitting_s+slouch_standing_s>60.05)"},
        {FINDING_EVENTS, "SELECT count(*),min(start_wall_ns),max(start_wall_ns),max(utc_offset_s) FROM event"
                         " WHERE start_wall_ns>=?1 AND start_wall_ns<?2 AND end_wall_ns<start_wall_ns"},
        {FINDING_EVENTS_OPEN,
         "SELECT count(*),min(start_wall_ns),max(start_wall_ns),max(utc_offset_s) FROM event e"
         " WHERE start_wall_ns>=?1 AND start_wall_ns<?2 AND end_wall_ns IS NULL AND kind IN " LASTING
         " AND EXISTS (SELECT 1 FROM event n WHERE n.kind=e.kind AND n.start_run_ns>e.start_run_ns)"},
        {FINDING_ANSWERS,
         "SELECT count(*),min(start_wall_ns),max(start_wall_ns),max(utc_offset_s) FROM event a"
         " WHERE start_wall_ns>=?1 AND start_wall_ns<?2 AND kind=13 AND NOT EXISTS (SELECT 1 FROM event n"
         " WHERE n.kind=12 AND n.id=a.id AND n.start_run_ns<=a.start_run_ns)"},
    };
    int r = SQLITE_OK;
    for (size_t i = 0; r == SQLITE_OK && i < sizeof rules / sizeof *rules; i++)
        r = count(v, db, rules[i].kind, rules[i].sql);
    return r;
}

static int count_events(struct verify *v, sqlite3 *db)
{
    sqlite3_stmt *row;
    int r =
        sqlite3_prepare_v2(db, "SELECT count(*) FROM event WHERE start_wall_ns>=? AND start_wall_ns<?", -1, &row, NULL);
    if (r != SQLITE_OK) return r;
    sqlite3_bind_int64(row, 1, v->check->from_wall_ns);
    sqlite3_bind_int64(row, 2, v->check->to_wall_ns);
    r = sqlite3_step(row);
    if (r == SQLITE_ROW) v->check->events = (uint64_t)sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return r == SQLITE_ROW ? SQLITE_OK : r;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static void complain(struct verify *v, const char *what)
{
    struct finding f = finding(FINDING_DIARY_DAMAGED);
    f.detail = what;
    verify_tell(v, &f);
}

static int complaint(void *arg, int n, char **text, char **names)
{
    (void)names;
    if (n == 1 && text[0] && strcmp(text[0], "ok") != 0) complain(arg, text[0]);
    return 0;
}

static void check_open(struct verify *v, sqlite3 *db)
{
    char pragma[48];
    uint64_t damages = v->check->damages;
    snprintf(pragma, sizeof pragma, "PRAGMA integrity_check(%d)", COMPLAINTS);
    int r = sqlite3_exec(db, pragma, complaint, v, NULL);
    if (r == SQLITE_OK && v->check->damages == damages) {
        r = check_rows(v, db);
        if (r == SQLITE_OK) r = count_events(v, db);
        if (r == SQLITE_OK) r = check_minutes(v, db);
    }
    if (r != SQLITE_OK && r != SQLITE_DONE) complain(v, sqlite3_errmsg(db));
}

int verify_diary(struct verify *v)
{
    struct diary *d;
    char why[256];
    int r = diary_open(v->root, &d, why);
    if (r == 0) {
        check_open(v, d->db);
        diary_close(d);
    } else if (r == -ENOENT) {
        struct finding f = finding(FINDING_DIARY_MISSING);
        if (v->n_minutes) verify_tell(v, &f);
    } else if (r == -EPROTO) {
        struct finding f = finding(FINDING_FOREIGN);
        verify_tell(v, &f);
    } else if (r == -ENOMEM) {
        return r;
    } else {
        complain(v, strerror(-r));
    }
    return 0;
}
