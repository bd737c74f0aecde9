/* Invariants: sums hold the minutes of one local day; a bout counts on the day it ends, the running one is added only
 * when the load is asked for. */
#include "load.h"

#include "body.h"
#include "schedule.h"
#include "texts.h"
#include "workouts.h"

#include <math.h>
#include <string.h>

enum {
    FLEXED_FIRST_BIN = 5, /* inclination_borders_deg: beyond 20° */
    SLOT_MIN = 5,
    AHEAD_S = 4 * 3600,
    PRE_FITS_S = 3600, /* a walk may begin an hour before (coach.md §5), the rest from T−25 min on */
    HARD_SOON_S = 48 * 3600,
    MASSAGE_RESTS_S = 7 * 86400,
    EVENING_MIN = 19 * 60,
    MORNING_MIN = 4 * 60
};

void load_new_day(struct day_sums *s)
{
    *s = (struct day_sums){.slouch_since_min = -1, .flexed_since_min = -1, .sitting_since_min = -1};
}

/* A minute that is taken back takes those behind it along, so that one that began a SINCE leaves none. */
static void since(int16_t *since_min, const struct minute *m, double seconds, double sign)
{
    int64_t local = m->minute + m->utc_offset_s / 60;
    int16_t at = (int16_t)((local % 1440 + 1440) % 1440);
    if (sign < 0 && *since_min == at) *since_min = -1;
    if (sign > 0 && *since_min < 0 && seconds > 0) *since_min = at;
}

static void add_slot(struct day_sums *s, const struct minute *m, double slouch_s, double sign)
{
    int64_t number = m->minute / SLOT_MIN;
    size_t i = (size_t)((number % LOAD_SLOTS + LOAD_SLOTS) % LOAD_SLOTS);
    if (s->slot[i].number != number) {
        if (sign < 0 || s->slot[i].number > number) return;
        s->slot[i].number = number;
        s->slot[i].slouch_s = s->slot[i].lean_s = 0;
    }
    s->slot[i].slouch_s += sign * slouch_s;
    s->slot[i].lean_s += sign * ((double)m->lean_left_s - (double)m->lean_right_s);
}

static void add(struct day_sums *s, const struct minute *m, double sign)
{
    double slouch_s = (double)m->slouch_sitting_s + (double)m->slouch_standing_s, flexed_s = 0;
    double sitting_s = (double)m->posture_s[POSTURE_SITTING];
    for (int i = FLEXED_FIRST_BIN; i < INCLINATION_BINS; i++) flexed_s += (double)m->bin_s[i];
    since(&s->slouch_since_min, m, slouch_s, sign);
    since(&s->flexed_since_min, m, flexed_s, sign);
    since(&s->sitting_since_min, m, sitting_s, sign);
    add_slot(s, m, slouch_s, sign);
    s->slouch_s += sign * slouch_s;
    s->flexed_s += sign * flexed_s;
    s->sitting_s += sign * sitting_s;
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

static void since_words(char out[6], int16_t since_min)
{
    if (since_min >= 0) texts_clock(out, since_min);
}

static bool is_race(const struct workout *w)
{
    static const char *const words[] = {"race", "competition", "marathon", "meet", "max"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(w->title, words[i])) return true;
    return false;
}

static struct load_workout around(const struct workout *w, int64_t at_wall_s, const struct now *now)
{
    struct load_workout found = {.there = true, .type = w->type};
    memcpy(found.title, w->title, sizeof found.title);
    texts_clock(found.at, (at_wall_s + now->utc_offset_s) / 60);
    return found;
}

/* Of several it is the first ahead, and the one that ended last. */
static void fill_workouts(const struct coach *c, const struct now *now, struct load *load)
{
    int64_t t = now->wall_ns / NS_PER_S, ahead_s = INT64_MAX, ended_s = INT64_MIN;
    for (unsigned i = 0; i < c->n_workouts; i++) {
        const struct workout *w = &c->workout[i];
        int64_t until_s = w->start_wall_s - t;
        if (until_s <= 0 && t < w->end_wall_s) load->running = around(w, w->end_wall_s, now);
        if (until_s > 0 && until_s <= HARD_SOON_S) load->hard_soon |= workout_loads_spine(w->type) || is_race(w);
        if (until_s > 0 && until_s <= AHEAD_S && until_s < ahead_s) {
            ahead_s = until_s;
            load->next = around(w, w->start_wall_s, now);
        }
        if (w->end_wall_s <= t && t - w->end_wall_s <= AFTER_UNTIL_S && w->end_wall_s > ended_s) {
            ended_s = w->end_wall_s;
            load->done = around(w, w->end_wall_s, now);
        }
    }
    int local_min = schedule_second(now) / 60;
    bool evening = local_min >= EVENING_MIN || local_min < MORNING_MIN;
    load->fits = ahead_s <= PRE_FITS_S ? MOMENT_PRE
                 : load->done.there    ? MOMENT_POST
                 : evening             ? MOMENT_EVENING
                                       : MOMENT_MICRO;
}

static void fill_slots(const struct day_sums *s, const struct now *now, struct load *load)
{
    int64_t newest = now->wall_ns / SECONDS_NS(60) / SLOT_MIN;
    for (int i = 0; i < LOAD_SLOTS; i++) {
        int64_t ago = newest - s->slot[i].number;
        if (ago < 0 || ago >= LOAD_SLOTS) continue;
        load->slouch_2h_min += s->slot[i].slouch_s / 60;
        if (ago < LOAD_SLOTS / 2) load->asymmetry_1h_min += s->slot[i].lean_s / 60;
    }
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
        .emergency = c->wearer.emergency,
    };
    load->massage_rests = c->wearer.session_wall_s > now->wall_ns / NS_PER_S - MASSAGE_RESTS_S;
    since_words(load->slouch_since, s->slouch_since_min);
    since_words(load->flexed_since, s->flexed_since_min);
    since_words(load->sitting_since, s->sitting_since_min);
    fill_slots(s, now, load);
    fill_workouts(c, now, load);
    if (!body_known(&c->body)) return;
    load->creep = (double)c->body.view.creep;
    if (c->body.view.sitting_since_ns == EVENT_OPEN) return;
    int64_t length_ns = now->t_ns - c->body.view.sitting_since_ns;
    load->open_bout_min = (double)length_ns / 60e9;
    count_bout(&load->bouts_30, &load->bouts_60, length_ns);
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
