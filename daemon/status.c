/* The daemon's state as JSON: what `plumbline status`, `live` and status bars read. Unknown numbers are null. */
#include "daemon.h"

#include <math.h>

static json_t *number(double v) { return isfinite(v) ? json_real(v) : json_null(); }
static json_t *seconds_since(const struct now *now, int64_t since_ns)
{
    return since_ns == EVENT_OPEN ? json_null() : json_real((double)(now->t_ns - since_ns) / NS_PER_S);
}
static json_t *seconds_until(const struct now *now, int64_t due_ns)
{
    return due_ns == INT64_MAX || due_ns == 0 ? json_null() : json_real((double)(due_ns - now->t_ns) / NS_PER_S);
}

static json_t *posture(const struct pipeline_status *s)
{
    const struct posture_view *v = &s->view;
    static const char *const quality[] = {"none", "coasting", "moving", "still"};
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:s, s:o, s:o}",
                     "posture", posture_name(v->posture), "quality", quality[v->quality],
                     "p_sitting", number((double)v->p_sitting), "confidence", number((double)v->confidence),
                     "inclination_deg", number((double)v->inclination_deg), "flexion_deg", number((double)v->flexion_deg),
                     "lateral_deg", number((double)v->lateral_deg), "slouch_threshold_deg", number((double)v->slouch_threshold_deg),
                     "in_slouch_zone", v->in_slouch_zone, "in_lean_zone", v->in_lean_zone,
                     "zone_s", seconds_since(&s->now, v->zone_since_ns), "sitting_s", seconds_since(&s->now, v->sitting_since_ns),
                     "upright_s", seconds_since(&s->now, v->upright_since_ns),
                     "reference", event_reason_name(EVENT_REFERENCE, (int)v->reference),
                     "creep", number((double)v->creep), "cadence_hz", number((double)v->cadence_hz));
}

static json_t *sensor(const struct daemon *d, const struct pipeline_status *s)
{
    const struct sensor_info *i = &s->sensor;
    return json_pack("{s:s, s:b, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                     "link", d->link_text, "up", d->link_up, "address", d->link_address, "key", d->link_key,
                     "baud", d->link_baud ? json_integer(d->link_baud) : json_null(),
                     "protocol", s->protocol ? s->protocol : "listening", "model", i->model, "firmware", i->firmware,
                     "battery_percent", i->battery_percent < 0 ? json_null() : json_integer(i->battery_percent),
                     "rate_hz", number(s->rate_hz), "clock_ppm", number(s->ppm),
                     "round_trip_ms", i->round_trip_ms > 0 ? json_real((double)i->round_trip_ms) : json_null(),
                     "refusals", (int)i->refusals, "refusal", i->refusal,
                     "samples", (json_int_t)s->link.samples, "frames", (json_int_t)s->link.frames,
                     "bad_frames", (json_int_t)s->link.bad_frames, "skipped_bytes", (json_int_t)s->link.skipped_bytes,
                     "lost_frames", (json_int_t)s->link.lost_frames,
                     "lost_samples", (json_int_t)s->link.lost_samples, "device_lost", (json_int_t)s->link.device_lost);
}

static json_t *waiting(const struct daemon *d)
{
    json_t *list = json_array();
    struct advice a;
    for (int t = 0; t < TOPIC_COUNT; t++)
        if (pipeline_waiting(d->pipeline, (enum topic)t, &a))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "topic", topic_name(a.topic), "title", a.title, "body", a.body));
    return list;
}

static json_t *coach(const struct daemon *d, const struct pipeline_status *s)
{
    const struct coach_view *c = &s->coach;
    return json_pack("{s:s, s:o, s:s, s:o, s:i, s:i, s:o}",
                     "next", c->next_ns == INT64_MAX ? "none" : topic_name(c->next_topic), "next_s", seconds_until(&s->now, c->next_ns),
                     "held", c->held, "paused_s", seconds_until(&s->now, c->paused_until_ns),
                     "sent_today", (int)c->sent_today, "sent_last_hour", (int)c->sent_last_hour,
                     "notices", waiting(d));
}

static json_t *capture(const struct pipeline_status *s)
{
    static const char *const state[] = {"idle", "running", "done", "refused"};
    static const char *const fault[] = {"", "moved", "no-samples", "alike", "unlikely", "too-early"};
    return json_pack("{s:s, s:s, s:s, s:f}", "state", state[s->capture.state], "fault", fault[s->capture.fault],
                     "pose", pose_name(s->capture.pose), "progress", (double)s->capture.progress);
}

static json_t *store(struct daemon *d)
{
    static const char *const turn[] = {"ours", "letting go", "another's", "taking back"};
    struct store_state s = {0};
    if (d->store) store_state(d->store, &s);
    return json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "turn", turn[s.turn], "error", s.error,
                     "error_text", s.error_text, "samples", (json_int_t)s.samples, "bytes", (json_int_t)s.bytes, "lost",
                     (json_int_t)s.samples_lost, "waiting", (json_int_t)s.samples_waiting, "free_bytes",
                     (json_int_t)s.free_bytes, "synced_wall_s", (json_int_t)s.synced_wall_s, "recovered", s.recovered);
}

static json_t *workouts(const struct pipeline_status *s)
{
    const struct agenda *a = s->agenda;
    json_t *list = json_array();
    for (unsigned i = 0; i < a->n; i++) {
        const struct workout *w = &a->workout[i];
        if (w->end_wall_s < s->now.wall_ns / NS_PER_S) continue;
        json_array_append_new(list, json_pack("{s:I, s:i, s:s, s:s, s:s}", "start_s", (json_int_t)w->start_wall_s, "minutes",
                                              (int)((w->end_wall_s - w->start_wall_s) / 60), "type",
                                              workout_type_name(w->type), "title", w->title, "from",
                                              agenda_source_name(a->source[i])));
    }
    return list;
}

/* When the wearer is busy, and with what is not known here. */
static json_t *calendar(const struct daemon *d, const struct pipeline_status *s)
{
    const struct agenda_calendar *c = &s->agenda->calendar;
    json_t *busy = json_array();
    for (unsigned i = 0; i < c->n_busy; i++)
        if (c->busy[i].to_wall_s > s->now.wall_ns / NS_PER_S)
            json_array_append_new(busy, json_pack("{s:I, s:I}", "from_s", (json_int_t)c->busy[i].from_wall_s, "to_s",
                                                  (json_int_t)c->busy[i].to_wall_s));
    return json_pack("{s:s, s:b, s:i, s:o, s:o}", "state", d->calendar_text, "failed", d->calendar_failed, "files",
                     (int)d->config.n_calendar, "read_s",
                     d->calendar_read_s ? json_integer(d->calendar_read_s) : json_null(), "busy", busy);
}

void status_fill(struct daemon *d, json_t *reply)
{
    struct pipeline_status s;
    pipeline_status(d->pipeline, &s);
    json_object_set_new(reply, "version", json_string(PLUMBLINE_VERSION));
    json_object_set_new(reply, "wall_s", json_real((double)s.now.wall_ns / NS_PER_S));
    json_object_set_new(reply, "posture", posture(&s));
    json_object_set_new(reply, "sensor", sensor(d, &s));
    json_object_set_new(reply, "devices", devices_describe(d));
    json_object_set_new(reply, "coach", coach(d, &s));
    json_object_set_new(reply, "capture", capture(&s));
    json_object_set_new(reply, "health", wearer_command_describe(d));
    json_object_set_new(reply, "store", store(d));
    json_object_set_new(reply, "data", json_string(d->config.data));
    json_object_set_new(reply, "desk", json_string(d->desk ? desk_describe(d->desk) : "notifications: none"));
    json_object_set_new(reply, "workouts", workouts(&s));
    json_object_set_new(reply, "calendar", calendar(d, &s));
}
