/* Invariants: every word comes from texts.c; while the screen is shared nothing that was measured is said. */
#include "say.h"

#include "followups.h"
#include "load.h"
#include "texts.h"
#include "workouts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void since(char out[24], const struct coach *c, int64_t t_ns)
{
    texts_duration(out, t_ns == UNKNOWN_NS ? 0 : (double)(c->now.t_ns - t_ns) / 60e9);
}

static void say(struct advice *a, enum text_id id, const char *first, const char *second)
{
    const struct text *text = texts_of(id);
    texts_fill(a->title, sizeof a->title, text->title, first, second);
    texts_fill(a->body, sizeof a->body, text->body, first, second);
}

static void say_slouch(const struct coach *c, struct advice *a)
{
    char spell[24];
    since(spell, c, c->body.view.zone_since_ns);
    enum text_id id = c->topic[TOPIC_SLOUCH].rung ? TEXT_SLOUCH_AGAIN : TEXT_SLOUCH;
    say(a, c->other_kind ? TEXT_SLOUCH_OTHER : id, spell, "");
}

static void say_break(const struct coach *c, struct advice *a)
{
    char sitting[24];
    since(sitting, c, c->body.sat_since_ns);
    say(a, c->topic[TOPIC_BREAK].rung ? TEXT_BREAK_AGAIN : TEXT_BREAK, sitting, "");
    if (!c->wearer.red_flag) snprintf(a->figure, sizeof a->figure, "walk3");
}

static void say_lean(const struct coach *c, struct advice *a)
{
    char spell[24];
    since(spell, c, c->body.lean_since_ns);
    say(a, TEXT_LEAN, c->body.view.lateral_deg > 0 ? "left" : "right", spell);
}

static void say_load(const struct coach *c, char out[REASON_MAX])
{
    struct load load;
    coach_load(c, &c->now, &load);
    load_headline(&load, out);
    if (!out[0]) texts_fill(out, REASON_MAX, texts_of(TEXT_NO_LOAD)->body, "", "");
}

static void say_workout(const struct coach *c, struct advice *a)
{
    const struct workout *w = workouts_find(c, c->topic[TOPIC_WORKOUT].about_wall_s);
    if (!w) return;
    char at[6], day[REASON_MAX];
    enum text_id id = c->before_clinician    ? TEXT_WORKOUT_CLINICIAN
                      : workouts_early(c, w) ? TEXT_WORKOUT_EARLY
                                             : TEXT_WORKOUT;
    texts_clock(at, (w->start_wall_s + c->now.utc_offset_s) / 60);
    say(a, id, texts_workout(w->type), at);
    say_load(c, day);
    texts_fill(a->body, sizeof a->body, texts_of(id)->body, day, "");
}

static void say_after(const struct coach *c, struct advice *a)
{
    const struct workout *w = workouts_find(c, c->topic[TOPIC_AFTER].about_wall_s);
    if (w) say(a, TEXT_AFTER, texts_workout(w->type), "");
}

static void say_summary(const struct coach *c, struct advice *a)
{
    static const struct {
        enum topic topic;
        enum text_id text;
    } parts[] = {
        {TOPIC_SLOUCH, TEXT_HELD_SLOUCH},
        {TOPIC_LEAN, TEXT_HELD_LEAN},
        {TOPIC_BREAK, TEXT_HELD_BREAK},
        {TOPIC_WORKOUT, TEXT_HELD_WORKOUT},
    };
    say(a, TEXT_SUMMARY, "", "");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char number[16], part[64];
        if (!c->topic[parts[i].topic].n_held) continue;
        snprintf(number, sizeof number, "%u", c->topic[parts[i].topic].n_held);
        texts_fill(part, sizeof part, texts_of(parts[i].text)->body, number, "");
        texts_append(a->body, sizeof a->body, " ", part);
    }
}

static void say_battery(const struct coach *c, struct advice *a)
{
    char percent[16];
    snprintf(percent, sizeof percent, "%d", c->battery_percent);
    say(a, TEXT_BATTERY, percent, "");
}

static void say_lost(const struct coach *c, struct advice *a)
{
    char silence[24];
    since(silence, c, c->body.missing_ns);
    say(a, TEXT_SENSOR_LOST, silence, "");
}

static void say_session(const struct coach *c, struct advice *a)
{
    int64_t since_s = state_wall_s(c) - c->wearer.session_wall_s;
    char weeks[24];
    bool noted = state_plausible(c->wearer.session_wall_s);
    snprintf(weeks, sizeof weeks, "%lld", noted ? (long long)(since_s / FOLLOWUPS_WEEK_S) : 0);
    say(a, noted ? TEXT_SESSION : TEXT_SESSION_FIRST, weeks, "");
}

static void say_report(const struct coach *c, struct advice *a)
{
    char day[REASON_MAX];
    say_load(c, day);
    say(a, TEXT_REPORT, day, "");
}

static enum text_id neutral_text(enum topic t)
{
    switch (t) {
    case TOPIC_BREAK: return TEXT_NEUTRAL_BREAK;
    case TOPIC_REFERENCE:
    case TOPIC_BATTERY:
    case TOPIC_SENSOR_LOST:
    case TOPIC_NOT_SEEN: return TEXT_NEUTRAL_DEVICE;
    default: return TEXT_NEUTRAL;
    }
}

void say_fill(const struct coach *c, struct advice *a)
{
    a->neutral = c->presence.sharing;
    if (a->neutral)
        say(a, neutral_text(a->topic), "", "");
    else
        say_plain(c, a);
}

void say_plain(const struct coach *c, struct advice *a)
{
    switch (a->topic) {
    case TOPIC_SLOUCH: say_slouch(c, a); break;
    case TOPIC_BREAK: say_break(c, a); break;
    case TOPIC_LEAN: say_lean(c, a); break;
    case TOPIC_WORKOUT: say_workout(c, a); break;
    case TOPIC_AFTER: say_after(c, a); break;
    case TOPIC_SUMMARY: say_summary(c, a); break;
    case TOPIC_REFERENCE: say(a, TEXT_REFERENCE, "", ""); break;
    case TOPIC_BATTERY: say_battery(c, a); break;
    case TOPIC_SENSOR_LOST: say_lost(c, a); break;
    case TOPIC_NOT_SEEN: say(a, TEXT_NOT_SEEN, "", ""); break;
    case TOPIC_REPORT: say_report(c, a); break;
    case TOPIC_SORE: say(a, TEXT_SORE, "", ""); break;
    case TOPIC_SESSION: say_session(c, a); break;
    case TOPIC_RANGE: say(a, TEXT_RANGE, "", ""); break;
    case TOPIC_COUNT: break;
    }
}

static enum text_id details_text(enum topic t)
{
    switch (t) {
    case TOPIC_WORKOUT: return TEXT_DETAILS_WORKOUT;
    case TOPIC_AFTER:
    case TOPIC_SORE: return TEXT_DETAILS_AFTER;
    case TOPIC_REFERENCE: return TEXT_DETAILS_REFERENCE;
    case TOPIC_REPORT: return TEXT_DETAILS_REPORT;
    default: return TEXT_DETAILS;
    }
}

void say_details(const struct coach *c, struct advice *a)
{
    char day[REASON_MAX];
    say_fill(c, a);
    if (a->neutral || (a->topic == TOPIC_WORKOUT && c->before_clinician)) return;
    say_load(c, day);
    texts_fill(a->body, sizeof a->body, texts_of(details_text(a->topic))->body, day, "");
}

void advice_add_micro(struct advice *a, const struct routine *r)
{
    char part[ADVICE_BODY_MAX / 2];
    if (a->neutral || r->n == 0 || strcmp(r->item[0]->id, a->figure) == 0) return; /* the break is that item */
    texts_fill(part, sizeof part, texts_of(TEXT_MICRO)->body, r->item[0]->name, "");
    texts_append(a->body, sizeof a->body, " ", part);
    memcpy(a->figure, r->item[0]->id, sizeof a->figure);
}

void coach_ask_device(const char *description, char title[ADVICE_TITLE_MAX], char body[ADVICE_BODY_MAX])
{
    const struct text *text = texts_of(TEXT_DEVICE);
    texts_fill(title, ADVICE_TITLE_MAX, text->title, "", "");
    texts_fill(body, ADVICE_BODY_MAX, text->body, description, "");
}
