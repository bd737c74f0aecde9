/* The workouts ahead: the configuration's weekly lines laid out on dates, and what the wearer added. Local times become
 * UTC here, one date at a time, so that a workout at 18:00 stays at 18:00 when the clocks change. */
#include "pipeline_private.h"

#include <stdlib.h>
#include <string.h>

enum { DAYS_AHEAD = 14, DAYS_BACK = 1, ADDED_MAX = WORKOUTS_MAX / 2 }; /* half is left to the rules */

static int by_start(const void *a, const void *b)
{
    const struct workout *x = a, *y = b;
    return (x->start_wall_s > y->start_wall_s) - (x->start_wall_s < y->start_wall_s);
}

static void put(struct pipeline *p, const struct workout *w)
{
    if (p->n_agenda < WORKOUTS_MAX) p->agenda[p->n_agenda++] = *w;
}

static void forget_past(struct pipeline *p, int64_t before_s)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < p->n_added; i++)
        if (p->added[i].end_wall_s > before_s) p->added[kept++] = p->added[i];
    p->n_added = kept;
}

/* Whether the diary already holds this workout of a rule, from before a restart. */
static bool is_added(const struct pipeline *p, const struct workout *w)
{
    for (unsigned i = 0; i < p->n_added; i++)
        if (p->added[i].start_wall_s == w->start_wall_s && !strcmp(p->added[i].title, w->title)) return true;
    return false;
}

/* RULE on the date DAYS after TODAY (broken-down local time), if it takes place then. */
static void lay_out(struct pipeline *p, const struct workout_rule *rule, const struct tm *today, int days)
{
    struct tm date = {.tm_year = today->tm_year, .tm_mon = today->tm_mon, .tm_mday = today->tm_mday + days,
                      .tm_min = rule->start_min, .tm_isdst = -1};
    time_t start = mktime(&date);
    if (start == (time_t)-1 || !(rule->days >> ((date.tm_wday + 6) % 7) & 1)) return;
    struct workout w = {.start_wall_s = start, .end_wall_s = start + rule->length_min * 60, .type = rule->type};
    memcpy(w.title, rule->title, sizeof w.title);
    if (!is_added(p, &w)) put(p, &w);
}

int agenda_add(struct pipeline *p, const struct workout *w)
{
    if (is_added(p, w)) return 0;
    if (p->n_added >= ADDED_MAX) return -1;
    p->added[p->n_added++] = *w;
    return 0;
}

void agenda_refresh(struct pipeline *p)
{
    time_t wall = (time_t)(p->now.wall_ns / NS_PER_S);
    struct tm today;
    p->n_agenda = 0;
    if (!localtime_r(&wall, &today)) return;
    forget_past(p, wall - 86400);
    for (unsigned i = 0; i < p->n_added; i++) put(p, &p->added[i]);
    for (int day = -DAYS_BACK; day < DAYS_AHEAD; day++)
        for (unsigned i = 0; i < p->config->n_workout; i++) lay_out(p, &p->config->workout[i], &today, day);
    qsort(p->agenda, p->n_agenda, sizeof p->agenda[0], by_start);
    coach_set_workouts(p->coach, p->agenda, p->n_agenda);
}

void agenda_pass(struct pipeline *p, int64_t before_s, int64_t now_s)
{
    for (unsigned i = 0; p->store && !p->options.import && i < p->n_agenda; i++)
        if (p->agenda[i].start_wall_s > before_s && p->agenda[i].start_wall_s <= now_s) store_workout(p->store, &p->agenda[i]);
}

static int take(void *arg, const struct workout *w)
{
    struct pipeline *p = arg;
    agenda_add(p, w);
    return 0;
}

void agenda_load(struct pipeline *p, const char *data)
{
    struct diary *d;
    char why[256];
    int64_t now_s = p->now.wall_ns / NS_PER_S;
    if (diary_open(data, &d, why)) return;
    diary_workouts(d, now_s - 86400, now_s + (int64_t)DAYS_AHEAD * 86400, take, p);
    diary_close(d);
}
