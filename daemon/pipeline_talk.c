/* What a person, a script or the desktop says to the pipeline, and what it says of itself. */
#include "context.h"
#include "plumbline/text.h"

#include <errno.h>
#include <string.h>

#define CUE_FRESH_NS SECONDS_NS(2)

void pipeline_calibrate(struct pipeline *p, enum pose pose)
{
    context_capture(p, pose, p->now.t_ns);
}

bool pipeline_waiting(const struct pipeline *p, enum topic t, struct advice *a) { return coach_waiting(p->coach, t, a); }

int pipeline_answer(struct pipeline *p, uint32_t advice_id, enum answer a)
{
    int failed = coach_on_answer(p->coach, advice_id, a, &p->now, &p->coach_out);
    if (failed) {
        pipeline_say(p, &p->coach_out); /* what was due at this very moment, whatever was answered */
        return failed;
    }
    if (a == ANSWER_WRONG && advice_id == p->course.last_advice[TOPIC_SLOUCH]) context_widen(p);
    bool about_sensor = advice_id == p->course.last_advice[TOPIC_REFERENCE] && (a == ANSWER_DONE || a == ANSWER_WRONG);
    if (about_sensor) context_moved(p, a == ANSWER_DONE, p->now.t_ns);
    course_keep(p);
    pipeline_say(p, &p->coach_out);
    return 0;
}

void pipeline_pause(struct pipeline *p, int seconds)
{
    coach_pause(p->coach, seconds > 0 ? p->now.t_ns + SECONDS_NS(seconds) : 0);
    course_keep(p);
}

void pipeline_enter(struct pipeline *p, const struct entry *e)
{
    struct entry entry = *e;
    if (!entry.wall_s) entry.wall_s = p->now.wall_ns / NS_PER_S;
    wearer_remember(p, &entry);
    if (p->store) store_entry(p->store, &entry);
    course_keep(p);
}

/* A locked or idle desktop tells that nobody is at it, which says nothing of how they hold themselves. */
static uint16_t desk_flags(const struct presence *presence)
{
    if (presence->locked || presence->idle) return 0;
    return presence->input == DESK_INPUT_ACTIVE  ? SAMPLE_DESK_ACTIVE
           : presence->input == DESK_INPUT_QUIET ? SAMPLE_DESK_QUIET
                                                 : 0;
}

void pipeline_presence(struct pipeline *p, const struct presence *presence)
{
    p->desk_flags = desk_flags(presence);
    coach_on_presence(p->coach, presence, &p->now, &p->coach_out);
    pipeline_say(p, &p->coach_out);
}

void pipeline_battery(struct pipeline *p, int percent)
{
    coach_on_battery(p->coach, percent, &p->now, &p->coach_out);
    pipeline_say(p, &p->coach_out);
}

void pipeline_load(const struct pipeline *p, struct load *load)
{
    const struct course *c = &p->course;
    coach_load(p->coach, &p->now, load);
    load->pain = wearer_pain(p);
    load->stress = wearer_stress(p);
    memcpy(load->pain_area, p->pain_area, sizeof load->pain_area);
    memcpy(load->recent, c->recent, sizeof load->recent);
    wearer_history(p, load);
}

void pipeline_routine(struct pipeline *p, enum moment moment, struct load *load, struct routine *routine)
{
    pipeline_load(p, load);
    if (moment == MOMENT_COUNT) moment = load->fits;
    routine_choose(p->catalogue, load, moment, (unsigned)p->config->coach.routine_min * 60, routine);
    if (routine->offer) wearer_offered(p);
}

/* What was offered last counts as done: the next breaks have others. */
static void pass_over_offered(const struct course *c, struct load *load)
{
    memmove(load->micro[2], load->micro[0], sizeof c->offered);
    memcpy(load->micro[0], c->offered[0], sizeof c->offered);
}

void pipeline_talk_micro(struct pipeline *p, struct advice *a)
{
    struct course *c = &p->course;
    struct routine routine;
    struct load load;
    pipeline_load(p, &load);
    pass_over_offered(c, &load);
    routine_choose(p->catalogue, &load, MOMENT_MICRO, (unsigned)p->config->coach.routine_min * 60, &routine);
    if (a->neutral || routine.n == 0) return;
    advice_add_micro(a, &routine);
    memcpy(c->offered[1], c->offered[0], ITEM_ID_MAX);
    memcpy(c->offered[0], routine.item[0]->id, ITEM_ID_MAX);
}

void pipeline_name_device(struct pipeline *p, const char *key) { text_copy(p->device, sizeof p->device, key); }

const struct catalogue *pipeline_catalogue(const struct pipeline *p) { return p->catalogue; }

size_t pipeline_encode(struct pipeline *p, const struct sensor_command *command, uint8_t *buf, size_t cap)
{
    return p->protocol && p->protocol->encode ? p->protocol->encode(p->protocol_state, command, buf, cap) : 0;
}

/* The buzz of a training window. One that could not be told of in time would be felt at the wrong moment. */
static size_t encode_cue(struct pipeline *p, uint8_t *buf, size_t cap)
{
    const struct sensor_command buzz = {.kind = SENSOR_VIBRATE, .strength_percent = CUE_PERCENT, .repeats = CUE_PULSES,
                                        .on_ms = CUE_ON_MS, .off_ms = CUE_OFF_MS};
    bool in_time = p->cue_ns != INT64_MIN && p->now.t_ns - p->cue_ns < CUE_FRESH_NS;
    p->cue_ns = INT64_MIN;
    return in_time ? pipeline_encode(p, &buzz, buf, cap) : 0;
}

size_t pipeline_poll(struct pipeline *p, uint8_t *buf, size_t cap)
{
    size_t n = encode_cue(p, buf, cap);
    if (n) return n;
    return p->protocol && p->protocol->poll ? p->protocol->poll(p->protocol_state, pipeline_clock_ns(CLOCK_BOOTTIME), buf, cap) : 0;
}

void pipeline_link(const struct pipeline *p, struct pipeline_link *link)
{
    *link = (struct pipeline_link){.promising = p->listening && detect_promising(p->detect)};
    if (!p->protocol) return;
    link->protocol = p->protocol->name;
    link->samples = p->stream_samples;
    p->protocol->stats(p->protocol_state, &link->stats);
    link->promising = link->stats.run > 1;
}

size_t pipeline_verdicts(const struct pipeline *p, struct detect_verdict *out, size_t max)
{
    size_t heard = 0;
    if (p->listening || p->protocol) detect_bytes(p->detect, &heard);
    return heard ? detect_verdicts(p->detect, out, max) : 0;
}

void pipeline_status(struct pipeline *p, struct pipeline_status *status)
{
    memset(status, 0, sizeof *status);
    status->now = p->now;
    tracker_view(p->tracker, &status->view);
    coach_view(p->coach, &p->now, &status->coach);
    tracker_capture(p->tracker, &status->capture);
    tracker_get_calibration(p->tracker, &status->calibration);
    memcpy(status->last_advice, p->course.last_advice, sizeof status->last_advice);
    status->agenda = &p->agenda;
    status->sensor.battery_percent = -1;
    if (!p->protocol) return;
    status->protocol = p->protocol->name;
    p->protocol->stats(p->protocol_state, &status->link);
    p->protocol->info(p->protocol_state, &status->sensor);
    status->rate_hz = timebase_rate_hz(&p->timebase);
    status->ppm = timebase_ppm(&p->timebase);
}
