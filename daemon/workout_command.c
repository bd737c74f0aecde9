/* What the wearer says of workouts; and for replays what calendars would say. */
#include "calendar_lines.h"
#include "daemon.h"
#include "plumbline/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR_S = 366 * 86400, DAY_MIN = 1440 };

static const struct agenda *look(const struct daemon *d, int64_t *now_s)
{
    struct pipeline_status status;
    pipeline_status(d->pipeline, &status);
    *now_s = status.now.wall_ns / NS_PER_S;
    return status.agenda;
}

/* The workout that a command is about, for the words of its answer. */
static void describe(json_t *reply, const struct workout *w)
{
    json_object_set_new(reply, "start_s", json_integer(w->start_wall_s));
    json_object_set_new(reply, "end_s", json_integer(w->end_wall_s));
    json_object_set_new(reply, "name", json_string(agenda_name(w)));
}

static int keep(struct daemon *d, const struct workout *w, json_t *reply)
{
    int64_t now_s;
    const struct agenda *a = look(d, &now_s);
    int other = agenda_overlap(a, w);
    if (other >= 0) {
        json_object_set_new(reply, "overlaps", json_string(agenda_name(&a->workout[other])));
        json_object_set_new(reply, "overlaps_s", json_integer(a->workout[other].start_wall_s));
    }
    describe(reply, w);
    if (!pipeline_add_workout(d->pipeline, w)) return 0;
    return commands_refuse(
        reply, "there are %d workouts before that one already; take one out with 'plumbline workout cancel'",
        WORKOUTS_MAX);
}

/* START_UNIX_S MINUTES TYPE [TITLE]: `plumbline workout add` has turned the date into seconds. */
static int add(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct workout w = {0};
    long long start_s, minutes;
    int64_t now_s;
    look(d, &now_s);
    if (argc < 3 || argc > 4) return commands_refuse(reply, "expected START_S MINUTES TYPE [TITLE]");
    if (!commands_number(argv[0], now_s - YEAR_S, now_s + YEAR_S, &start_s) ||
        !commands_number(argv[1], 1, DAY_MIN, &minutes))
        return commands_refuse(reply, "expected a start within a year, in seconds since 1970, and 1 to 1440 minutes");
    w.start_wall_s = start_s;
    w.end_wall_s = start_s + minutes * 60;
    w.type = workout_type_find(argv[2]);
    if (argc > 3) text_copy(w.title, sizeof w.title, argv[3]);
    return keep(d, &w, reply);
}

static int start(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct workout w;
    char why[160];
    int64_t now_s;
    look(d, &now_s);
    if (agenda_begin(&w, argc, argv, now_s, why)) return commands_refuse(reply, "%s", why);
    return keep(d, &w, reply);
}

static int done(struct daemon *d, json_t *reply)
{
    int64_t now_s;
    const struct agenda *a = look(d, &now_s);
    int i = agenda_running(a, now_s);
    if (i < 0) return commands_refuse(reply, "no workout is going on; 'plumbline workout list' shows what is ahead");
    struct workout w = a->workout[i];
    w.end_wall_s = now_s > w.start_wall_s ? now_s : w.start_wall_s + 1;
    describe(reply, &w);
    return pipeline_add_workout(d->pipeline, &w) ? commands_refuse(reply, "there are too many workouts") : 0;
}

static int cancel(struct daemon *d, const char *which, json_t *reply)
{
    char why[160];
    int64_t now_s;
    const struct agenda *a = look(d, &now_s);
    int i = agenda_find(a, which, now_s, why);
    if (i < 0) return commands_refuse(reply, "%s", why);
    struct workout w = a->workout[i];
    describe(reply, &w);
    w.end_wall_s = w.start_wall_s;
    return pipeline_add_workout(d->pipeline, &w) ? commands_refuse(reply, "there are too many workouts") : 0;
}

int workout_command_run(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    if (isdigit((unsigned char)argv[0][0])) return add(d, argc, argv, reply);
    if (!strcmp(argv[0], "start")) return start(d, argc - 1, argv + 1, reply);
    if (!strcmp(argv[0], "done") && argc == 1) return done(d, reply);
    if (!strcmp(argv[0], "cancel") && argc <= 2) return cancel(d, argc > 1 ? argv[1] : "next", reply);
    return commands_refuse(reply, "'%.32s' is not known; use start, done or cancel", argv[0]);
}

int workout_command_feel(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct entry e = {.kind = ENTRY_FEEL};
    long long value;
    int64_t now_s;
    const struct agenda *a = look(d, &now_s);
    int last = agenda_last(a, now_s);
    if (!commands_number(argv[0], 0, 10, &value))
        return commands_refuse(reply, "'%.32s' is no number from 0 to 10", argv[0]);
    if (argc < 2 && last < 0)
        return commands_refuse(
            reply, "no workout since yesterday is known; say which: plumbline workout feel %s 'Leg day'", argv[0]);
    e.value = (int)value;
    text_copy(e.what, sizeof e.what, argc > 1 ? argv[1] : agenda_name(&a->workout[last]));
    json_object_set_new(reply, "name", json_string(e.what));
    pipeline_enter(d->pipeline, &e);
    return 0;
}

/* ---- replays ----------------------------------------------------------------------------------------------------- */

int workout_command_busy(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    struct agenda_calendar c;
    long long from_min;
    int64_t now_s;
    if (d->loop) return commands_refuse(reply, "only a replay is told what the calendar would tell");
    c = look(d, &now_s)->calendar;
    int length_min = agenda_minutes(argv[1]);
    if (!commands_number(argv[0], 0, AGENDA_DAYS * DAY_MIN, &from_min) || length_min < 0)
        return commands_refuse(reply, "expected minutes from now and a length, as 30 45m");
    if (c.n_busy == BUSY_MAX) return commands_refuse(reply, "there are %d busy stretches already", BUSY_MAX);
    int64_t from_s = now_s + from_min * 60;
    unsigned at = c.n_busy++;
    for (; at > 0 && c.busy[at - 1].from_wall_s > from_s; at--) c.busy[at] = c.busy[at - 1];
    c.busy[at] = (struct busy){from_s, from_s + length_min * 60};
    pipeline_set_calendar(d->pipeline, &c);
    return 0;
}

int workout_command_calendar(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    (void)argc;
    static struct calendar_lines lines;
    char bytes[1024];
    int64_t now_s;
    if (d->loop) return commands_refuse(reply, "only a replay is told what the calendar would tell");
    FILE *f = fopen(argv[0], "re");
    if (!f) return commands_refuse(reply, "%.100s: %s", argv[0], strerror(errno));
    look(d, &now_s);
    calendar_lines_begin(&lines, &d->config, now_s - 86400, now_s + AGENDA_DAYS * 86400LL);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0 && calendar_lines_push(&lines, bytes, n);) {
    }
    fclose(f);
    if (!calendar_lines_whole(&lines))
        return commands_refuse(reply, "%.100s, line %u: %s", argv[0], lines.n_lines,
                               lines.fault ? lines.fault : "no end");
    pipeline_set_calendar(d->pipeline, &lines.calendar);
    return 0;
}
