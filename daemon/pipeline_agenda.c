/* The workouts and busy stretches ahead, on their way to the coach and into the diary. */
#include "pipeline_private.h"

#include <stdio.h>

static int64_t wall_s(const struct pipeline *p) { return p->now.wall_ns / NS_PER_S; }

static void tell_full(struct pipeline *p)
{
    bool full = p->agenda.left_out > 0;
    if (full && !p->told_full && p->options.clock == CLOCK_LIVE)
        fprintf(stderr, "there are more than %d workouts in the next %d days; the nearest ones are taken\n",
                WORKOUTS_MAX, AGENDA_DAYS);
    p->told_full = full;
}

void pipeline_agenda_refresh(struct pipeline *p)
{
    agenda_lay_out(&p->agenda, p->config, wall_s(p));
    coach_set_workouts(p->coach, p->agenda.workout, p->agenda.n);
    coach_set_busy(p->coach, p->agenda.calendar.busy, p->agenda.calendar.n_busy);
    tell_full(p);
}

void pipeline_agenda_turn(struct pipeline *p)
{
    bool first = !p->days_turned++;
    if (p->store && (first || p->options.clock == CLOCK_LIVE)) agenda_load(&p->agenda, p->config->data, wall_s(p));
    pipeline_agenda_refresh(p);
}

void pipeline_agenda_pass(struct pipeline *p, int64_t before_s, int64_t now_s)
{
    const struct agenda *a = &p->agenda;
    for (unsigned i = 0; p->store && !p->options.import && i < a->n; i++)
        if (a->workout[i].start_wall_s > before_s && a->workout[i].start_wall_s <= now_s)
            store_workout(p->store, &a->workout[i]);
}

/* The coach is asked at once: a notice about what is no more goes. */
static void take_effect(struct pipeline *p)
{
    pipeline_agenda_refresh(p);
    coach_tick(p->coach, &p->now, &p->coach_out);
    pipeline_say(p, &p->coach_out);
    course_keep(p);
}

int pipeline_add_workout(struct pipeline *p, const struct workout *w)
{
    int failed = agenda_tell(&p->agenda, w);
    if (failed) return failed;
    if (p->store) store_workout(p->store, w);
    take_effect(p);
    return 0;
}

void pipeline_set_calendar(struct pipeline *p, const struct agenda_calendar *c)
{
    const struct agenda_calendar *was = &p->agenda.calendar;
    if (!c->n_workouts && !c->n_busy && !was->n_workouts && !was->n_busy) return;
    p->agenda.calendar = *c;
    take_effect(p);
}

unsigned pipeline_days_turned(const struct pipeline *p) { return p->days_turned; }
