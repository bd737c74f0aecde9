/* Invariants: sums hold the minutes of one local day; a bout counts on the day it ends, the running one is added only
 * when the load is asked for. */
#include "load.h"

#include "body.h"
#include "schedule.h"
#include "texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FLEXED_FIRST_BIN = 5 }; /* inclination_borders_deg: beyond 20° */

void load_new_day(struct day_sums *s) { *s = (struct day_sums){0}; }

static void add(struct day_sums *s, const struct minute *m, double sign)
{
    s->slouch_s += sign * ((double)m->slouch_sitting_s + (double)m->slouch_standing_s);
    for (int i = FLEXED_FIRST_BIN; i < INCLINATION_BINS; i++) s->flexed_s += sign * (double)m->bin_s[i];
    s->sitting_s += sign * (double)m->posture_s[POSTURE_SITTING];
    for (int p = 0; p < POSTURE_NOT_WORN; p++) s->worn_s += sign * (double)m->posture_s[p];
    s->lean_left_s += sign * (double)m->lean_left_s;
    s->lean_right_s += sign * (double)m->lean_right_s;
}

void load_add_minute(struct day_sums *s, const struct minute *m)
{
    add(s, m, 1);
    s->creep = m->creep;
}

void load_take_back_minute(struct day_sums *s, const struct minute *m) { add(s, m, -1); }

static void count_bout(unsigned *over_30, unsigned *over_60, int64_t length_ns)
{
    *over_30 += length_ns >= MINUTES_NS(30);
    *over_60 += length_ns >= MINUTES_NS(60);
}

static void uncount_bout(struct day_sums *s)
{
    s->bouts_30 -= s->bout_ns >= MINUTES_NS(30);
    s->bouts_60 -= s->bout_ns >= MINUTES_NS(60);
}

void load_add_bout(struct day_sums *s, const struct event *e)
{
    if (e->kind != EVENT_SITTING || e->end_ns == EVENT_OPEN) return;
    if (s->bout_ns > 0 && s->bout_start_ns == e->start_ns) uncount_bout(s); /* a gap had closed it, and was filled */
    s->bout_start_ns = e->start_ns;
    s->bout_ns = e->end_ns - e->start_ns;
    count_bout(&s->bouts_30, &s->bouts_60, s->bout_ns);
}

void coach_load(const struct coach *c, const struct now *now, struct load *load)
{
    const struct day_sums *s = &c->sums;
    *load = (struct load){
        .slouch_min = s->slouch_s / 60,
        .flexed_min = s->flexed_s / 60,
        .sitting_h = s->sitting_s / 3600,
        .asymmetry_min = (s->lean_left_s - s->lean_right_s) / 60,
        .bouts_30 = s->bouts_30,
        .bouts_60 = s->bouts_60,
        .creep = (double)s->creep,
        .stress = -1,
        .pain = -1,
        .contra = c->wearer.contra,
        .health_answered = c->wearer.health_answered,
        .red_flag = c->wearer.red_flag,
    };
    if (body_known(&c->body)) {
        load->creep = (double)c->body.view.creep;
        if (c->body.view.sitting_since_ns != EVENT_OPEN) {
            int64_t length_ns = now->t_ns - c->body.view.sitting_since_ns;
            load->open_bout_min = (double)length_ns / 60e9;
            count_bout(&load->bouts_30, &load->bouts_60, length_ns);
        }
    }
    const struct workout *w = coach_next_workout(c, now);
    if (!w) return;
    load->have_next = true;
    load->next = w->type;
}

void load_headline(const struct load *l, char out[REASON_MAX])
{
    char slouched[24], sitting[24];
    texts_duration(slouched, l->slouch_min);
    texts_duration(sitting, l->sitting_h * 60);
    out[0] = 0;
    if (l->slouch_min >= 1)
        texts_fill(out, REASON_MAX, texts_of(TEXT_LOAD_BOTH)->body, slouched, sitting);
    else if (l->sitting_h * 60 >= 1)
        texts_fill(out, REASON_MAX, texts_of(TEXT_LOAD_SITTING)->body, sitting, "");
}
