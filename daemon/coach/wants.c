/* Invariants: a topic whose notification is live wants nothing, but for another workout; a spell that was skipped or
 * held back wants nothing more (a held one is left to the summary), but for a workout, told as soon as it may be.
 * Nothing about the body is wanted while the posture is not known. */
#include "wants.h"

#include "body.h"
#include "cue.h"
#include "endings.h"
#include "fade.h"
#include "followups.h"
#include "gates.h"
#include "schedule.h"
#include "workouts.h"

enum {
    AFTER_BREAK_MIN = 10,
    LOST_MIN = 5,
    NOT_SEEN_MIN = 15,
    SETTLE_MIN = 5,
    TRAINING_S = 10, STALE_MIN = 10,
    WORTH_REPORTING_S = 30 * 60
};

static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

bool wants_reference_good(const struct coach *c)
{
    enum reference_state r = c->body.view.reference;
    return r == REFERENCE_CALIBRATED || r == REFERENCE_GUESSED;
}

bool wants_reference_doubtful(const struct coach *c)
{
    enum reference_state r = c->body.view.reference;
    return r == REFERENCE_STALE || r == REFERENCE_DOUBTFUL;
}

static bool may_be_felt(const struct coach *c) { return c->config.haptics && c->motor; }

bool wants_training(const struct coach *c)
{
    int elapsed_min = gates_hours_min(c), length_min = fade_training_min(&c->fade);
    if ((!c->config.training && !may_be_felt(c)) || elapsed_min < 60) return false;
    return elapsed_min < 60 + length_min || (elapsed_min >= 300 && elapsed_min < 300 + length_min);
}

/* Whether what is said quickly there is felt instead of seen. */
static bool is_felt(const struct coach *c) { return may_be_felt(c) && wants_training(c); }

static int delay_s(const struct coach *c)
{
    return wants_training(c) && !is_felt(c) ? TRAINING_S : fade_delay_s(&c->fade, &c->config);
}

/* End of the calm after a break. Who works on his feet is on one all day: it begins when the stand became one. */
static int64_t calm_until_ns(const struct coach *c)
{
    const struct body *b = &c->body;
    if (b->break_ns == UNKNOWN_NS) return UNKNOWN_NS;
    bool on_feet = body_on_break(b, c->now.t_ns);
    return (on_feet ? b->rose_ns + SECONDS_NS(BREAK_S) : b->break_ns) + MINUTES_NS(AFTER_BREAK_MIN);
}

static int64_t slouch_for(const struct coach *c, int seconds)
{
    const struct posture_view *v = &c->body.view;
    if (!body_still(&c->body) || !v->in_slouch_zone || v->zone_since_ns == EVENT_OPEN) return NEVER_NS;
    if (!wants_reference_good(c) || c->topic[TOPIC_BREAK].id) return NEVER_NS; /* standing up would answer both */
    int64_t due_ns = later(v->zone_since_ns + SECONDS_NS(seconds), calm_until_ns(c));
    return later(due_ns, c->rest_until_ns);
}

static int64_t slouch(const struct coach *c) { return slouch_for(c, delay_s(c)); }

int64_t wants_cue_ns(const struct coach *c)
{
    const struct topic_state *s = &c->topic[TOPIC_SLOUCH];
    if (!is_felt(c) || s->id || s->skipped) return NEVER_NS;
    int64_t due_ns = slouch_for(c, TRAINING_S);
    return due_ns == NEVER_NS ? NEVER_NS : later(due_ns, s->not_before_ns);
}

static int64_t lean(const struct coach *c)
{
    const struct body *b = &c->body;
    if (!body_still(b) || b->lean_since_ns == UNKNOWN_NS || !wants_reference_good(c)) return NEVER_NS;
    if (c->topic[TOPIC_BREAK].id || c->topic[TOPIC_SLOUCH].id) return NEVER_NS;
    int64_t due_ns = later(b->lean_since_ns + SECONDS_NS(fade_delay_s(&c->fade, &c->config)), calm_until_ns(c));
    return later(due_ns, c->rest_until_ns);
}

static int64_t sitting_break(const struct coach *c)
{
    const struct body *b = &c->body;
    if (!body_known(b) || b->view.posture != POSTURE_SITTING || b->sat_since_ns == UNKNOWN_NS) return NEVER_NS;
    if (c->topic[TOPIC_SLOUCH].id || c->topic[TOPIC_LEAN].id) return NEVER_NS; /* one of the body at a time */
    int64_t due_ns = b->sat_since_ns + MINUTES_NS(c->config.break_after_min);
    return b->break_ns == UNKNOWN_NS ? due_ns : later(due_ns, b->break_ns + MINUTES_NS(AFTER_BREAK_MIN));
}

static int64_t before_workout(const struct coach *c)
{
    const struct workout *w = workouts_before(c);
    return w ? state_run_of(c, workouts_offer_wall_s(c, w)) : NEVER_NS;
}

static int64_t after_workout(const struct coach *c)
{
    const struct workout *w = workouts_after(c);
    return w ? state_run_of(c, w->end_wall_s + AFTER_FROM_S) : NEVER_NS;
}

static int64_t summary(const struct coach *c)
{
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (c->topic[t].n_held) return c->now.t_ns;
    return NEVER_NS;
}

/* Whether T was told of the present silence: once is enough, however long it lasts. */
static bool told_of_silence(const struct coach *c, enum topic t)
{
    const struct topic_state *s = &c->topic[t];
    return s->shown_ns && s->shown_ns >= c->body.seen_ns;
}

/* What falls silent after work was put away; what was silent when work began is not seen. */
static int64_t sensor_lost(const struct coach *c)
{
    const struct body *b = &c->body;
    int elapsed_min = gates_hours_min(c);
    bool lost = b->missing_ns != UNKNOWN_NS && b->worn && c->config.notice_lost && elapsed_min >= 0;
    if (!lost || told_of_silence(c, TOPIC_SENSOR_LOST)) return NEVER_NS;
    if (b->seen_ns < c->now.t_ns - MINUTES_NS(elapsed_min + 1)) return NEVER_NS;
    return later(b->missing_ns, c->awake_ns) + MINUTES_NS(LOST_MIN);
}

/* A doubtful reference is asked about at once. A stale one mends itself with the next walk, and so does that of a sensor
 * put on anew, as after lunch: they are asked about when they stay. */
static int64_t reference(const struct coach *c)
{
    const struct body *b = &c->body;
    if (b->off_ns == UNKNOWN_NS || c->asked_reference) return NEVER_NS;
    bool mends = b->view.reference == REFERENCE_STALE || b->view.settling;
    return b->off_ns + (mends ? MINUTES_NS(STALE_MIN) : 0);
}

static int64_t not_seen(const struct coach *c)
{
    int elapsed_min = gates_hours_min(c);
    if (elapsed_min < 0 || !c->config.notice_not_seen || told_of_silence(c, TOPIC_NOT_SEEN)) return NEVER_NS;
    int64_t began_ns = c->now.t_ns - MINUTES_NS(elapsed_min);
    int64_t midnight_ns = c->now.t_ns - SECONDS_NS(schedule_second(&c->now));
    int64_t since_ns = began_ns < midnight_ns ? began_ns : midnight_ns;
    if (c->body.seen_ns != UNKNOWN_NS && c->body.seen_ns >= since_ns) return NEVER_NS;
    return later(began_ns + MINUTES_NS(NOT_SEEN_MIN), c->awake_ns + MINUTES_NS(SETTLE_MIN));
}

static int64_t when(bool wanted, const struct coach *c) { return wanted ? c->now.t_ns : NEVER_NS; }

static int64_t due_ns(const struct coach *c, enum topic t)
{
    switch (t) {
    case TOPIC_SLOUCH: return slouch(c);
    case TOPIC_BREAK: return sitting_break(c);
    case TOPIC_LEAN: return lean(c);
    case TOPIC_WORKOUT: return before_workout(c);
    case TOPIC_AFTER: return after_workout(c);
    case TOPIC_SUMMARY: return summary(c);
    case TOPIC_REFERENCE: return reference(c);
    case TOPIC_BATTERY:
        return when(c->config.notice_battery && c->battery_percent >= 0 && c->battery_percent < BATTERY_LOW, c);
    case TOPIC_SENSOR_LOST: return sensor_lost(c);
    case TOPIC_NOT_SEEN: return not_seen(c);
    case TOPIC_REPORT:
        return when(c->config.notice_report && c->report_ready && c->sums.worn_s >= WORTH_REPORTING_S, c);
    case TOPIC_SORE: return followups_sore_ns(c);
    case TOPIC_SESSION: return followups_session_ns(c);
    case TOPIC_RANGE: return followups_range_ns(c);
    case TOPIC_COUNT: break;
    }
    return NEVER_NS;
}

int64_t wants_due_ns(const struct coach *c, enum topic t)
{
    const struct topic_state *s = &c->topic[t];
    if (s->id && t != TOPIC_WORKOUT) return NEVER_NS; /* the next workout takes the place of the one before */
    if (s->today || s->skipped || (s->held && topic_is_body(t))) return NEVER_NS;
    if (topic_is_exercise(t) && c->wearer.red_flag) return NEVER_NS;
    int64_t due = due_ns(c, t);
    return due == NEVER_NS ? NEVER_NS : later(due, s->not_before_ns);
}

static void sooner(int64_t *due_ns, int64_t candidate_ns, int64_t now_ns)
{
    if (candidate_ns > now_ns && candidate_ns < *due_ns) *due_ns = candidate_ns;
}

int64_t wants_next_ns(const struct coach *c)
{
    if (!c->started) return NEVER_NS;
    const int64_t minute_ns = MINUTES_NS(1), now_ns = c->now.t_ns;
    int64_t due_ns = now_ns + minute_ns - c->now.wall_ns % minute_ns;
    for (int t = 0; t < TOPIC_COUNT; t++) {
        if (c->topic[t].id && endings_groundless(c, (enum topic)t)) sooner(&due_ns, now_ns + 1, now_ns);
        if (c->topic[t].id) sooner(&due_ns, endings_expire_ns(c, (enum topic)t), now_ns);
        int64_t wanted_ns = wants_due_ns(c, (enum topic)t);
        sooner(&due_ns, wanted_ns > now_ns ? wanted_ns : gates_budget_ns(c, (enum topic)t), now_ns);
    }
    sooner(&due_ns, cue_next_ns(c), now_ns);
    if (c->paused_until_ns) sooner(&due_ns, c->paused_until_ns, now_ns);
    return due_ns;
}
