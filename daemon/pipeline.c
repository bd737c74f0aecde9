/* Invariants:
 *   now.t_ns never goes back; whatever is due before a sample runs before it (run_deadlines);
 *   a snapshot is taken before anything is said to the wearer, so that a killed daemon never says it twice.
 */
#include "context.h"
#include "plumbline/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BATCH = 64, HEAR = 1024 };
#define VIEW_EVERY_NS SECONDS_NS(1)
#define KNOWN_NS SECONDS_NS(10)
/* Live, silence is believed only after this: a USB hub or a radio may hold samples back for a moment. */
#define LATE_NS (SECONDS_NS(3) / 2)

static void deliver_one(struct pipeline *p, const struct event *e)
{
    struct tracker_out out = {.n_events = 1, .event[0] = *e};
    pipeline_deliver(p, &out);
}

/* ---- events, minutes, advice ---- */

void pipeline_keep_minute(struct pipeline *p, const struct minute *m)
{
    if (p->options.trace) trace_minute(p->options.trace, m);
    if (p->store) store_minute(p->store, m);
    if (p->options.rows) p->options.rows->minute(p->options.rows->arg, m);
}

static void keep_event(struct pipeline *p, const struct event *e)
{
    struct now now = p->now;
    now.utc_offset_s = pipeline_clock_offset(p, now_wall_of(&now, e->start_ns));
    if (p->options.trace) trace_event(p->options.trace, &now, e);
    if (p->store) store_event(p->store, e, &now);
    if (p->options.rows) p->options.rows->event(p->options.rows->arg, e, &now);
}

/* The coach says when; around a workout, and at a break, the words want what to do as well, which needs the catalogue. */
static void complete(struct pipeline *p, struct advice *a)
{
    struct routine routine;
    struct load load;
    bool anew = p->course.last_advice[a->topic] != a->id;
    p->course.last_advice[a->topic] = a->id;
    if (a->topic == TOPIC_BREAK && anew) pipeline_talk_micro(p, a);
    if (a->topic != TOPIC_WORKOUT && a->topic != TOPIC_AFTER && a->topic != TOPIC_SORE) return;
    pipeline_routine(p, a->topic == TOPIC_WORKOUT ? MOMENT_PRE : MOMENT_POST, &load, &routine);
    advice_add_routine(a, &routine);
}

void pipeline_say(struct pipeline *p, struct coach_out *out)
{
    if (p->options.import || p->options.rows) return;
    for (unsigned i = 0; i < out->n_advice; i++)
        if (out->advice[i].action == ADVICE_SHOW) complete(p, &out->advice[i]);
    if (out->n_advice) course_keep(p);
    for (unsigned i = 0; i < out->n_events; i++) keep_event(p, &out->event[i]);
    if (out->vibrate && !p->muted) p->cue_ns = p->now.t_ns;
    for (unsigned i = 0; i < out->n_advice; i++)
        if (p->desk && !p->muted) desk_advise(p->desk, &out->advice[i], &p->now);
}

/* Everything is summed and stored before anybody is told: a snapshot taken on the way to the wearer misses nothing. */
void pipeline_deliver(struct pipeline *p, const struct tracker_out *out)
{
    struct minute done[2 * TRACKER_EPOCHS_MAX];
    unsigned n_done = 0;
    for (unsigned i = 0; i < out->n_epochs; i++) n_done += minutes_add(p, &out->epoch[i], &done[n_done]);
    for (unsigned i = 0; i < out->n_events; i++) {
        keep_event(p, &out->event[i]);
        course_note(p, &out->event[i]);
    }
    for (unsigned i = 0; i < n_done; i++) minutes_keep(p, &done[i]);
    for (unsigned i = 0; i < out->n_events; i++) {
        coach_on_event(p->coach, &out->event[i], &p->now, &p->coach_out);
        pipeline_say(p, &p->coach_out);
    }
}

static void tell_sensor(struct pipeline *p)
{
    struct sensor_info info;
    if (!p->protocol) return;
    p->protocol->info(p->protocol_state, &info);
    coach_set_motor(p->coach, info.has_vibration);
    if (info.battery_percent < 0 || info.battery_percent == p->battery_percent) return;
    p->battery_percent = info.battery_percent;
    pipeline_battery(p, info.battery_percent);
}

static void show_view(struct pipeline *p)
{
    struct posture_view view;
    tell_sensor(p);
    course_note_capture(p);
    tracker_view(p->tracker, &view);
    coach_on_view(p->coach, &view, &p->now, &p->coach_out);
    pipeline_say(p, &p->coach_out);
}

/* ---- deadlines ---- */

static int64_t lag_ns(const struct pipeline *p) { return p->options.clock == CLOCK_LIVE ? LATE_NS : 0; }

/* While the log is replayed, it says when. */
static int64_t tracker_deadline(const struct pipeline *p)
{
    int64_t due = p->muted ? INT64_MAX : tracker_due_ns(p->tracker);
    return due == INT64_MAX ? due : backfill_not_before(p, due + lag_ns(p));
}

static int64_t minutes_deadline(const struct pipeline *p)
{
    return p->muted ? INT64_MAX : backfill_not_before(p, minutes_due_ns(p));
}

static int64_t hook_deadline(const struct pipeline *p)
{
    return p->options.hook.due_ns ? p->options.hook.due_ns(p->options.hook.arg, &p->now) : INT64_MAX;
}

static int64_t earliest(const struct pipeline *p)
{
    const int64_t due[] = {tracker_deadline(p), coach_due_ns(p->coach), minutes_deadline(p), hook_deadline(p)};
    int64_t first = due[0];
    for (size_t i = 1; i < sizeof due / sizeof due[0]; i++)
        if (due[i] < first) first = due[i];
    return first;
}

/* Each room whose deadline has come by T_NS acts once. */
static void run_due(struct pipeline *p, int64_t t_ns)
{
    if (tracker_deadline(p) <= t_ns) {
        context_advance(p, t_ns - lag_ns(p));
        show_view(p);
    }
    if (minutes_deadline(p) <= t_ns) context_close_minute(p);
    if (coach_due_ns(p->coach) <= t_ns) {
        coach_tick(p->coach, &p->now, &p->coach_out);
        pipeline_say(p, &p->coach_out);
    }
    if (hook_deadline(p) <= t_ns) p->options.hook.run(p->options.hook.arg, p);
}

static void run_deadlines(struct pipeline *p, int64_t until_ns)
{
    int64_t due, not_before = INT64_MIN;
    while ((due = earliest(p)) <= until_ns) {
        if (due < not_before) due = not_before; /* a room that asks for the past again is served once a millisecond */
        if (due > until_ns) break;
        pipeline_clock_set(p, due);
        run_due(p, p->now.t_ns > due ? p->now.t_ns : due);
        not_before = due + NS_PER_MS;
    }
}

/* ---- one sample's way ---- */

/* Into the raw log, before anything is made of it. */
static void keep_sample(struct pipeline *p, const struct sample *s)
{
    int64_t day = (now_wall_of(&p->now, s->t_ns) / NS_PER_S + p->now.utc_offset_s) / 86400;
    if (s->raw.flags & (SAMPLE_GAP_BEFORE | SAMPLE_RESTARTED)) store_cut(p->store);
    if ((p->hole || day != p->course.log_day) && !p->options.import) {
        p->course.log_day = day;
        context_snapshot(p, s);
        p->keep_due = true; /* a daemon killed in its first minute goes on from here */
    }
    if (!store_sample(p->store, s, &p->now)) p->hole = true;
}

/* PAST: it says nothing of the present. */
static void track(struct pipeline *p, const struct sample *s, bool past)
{
    tracker_push(p->tracker, s, &p->tracker_out);
    backfill_note(p, s);
    p->course.last_sample_ns = s->t_ns;
    pipeline_deliver(p, &p->tracker_out);
    if (!past) pipeline_range_look(p);
    if (s->t_ns >= p->course.view_due_ns && !past) {
        p->course.view_due_ns = s->t_ns + VIEW_EVERY_NS;
        show_view(p);
    }
    if (p->keep_due) course_keep(p);
}

/* Which device the samples come from, for the log. */
static void tell_stream(struct pipeline *p)
{
    struct sensor_info info;
    char name[sizeof p->device] = "";
    if (!p->store || !p->protocol) return;
    p->protocol->info(p->protocol_state, &info);
    if (info.serial) snprintf(name, sizeof name, "%s %016llx", p->protocol->name, (unsigned long long)info.serial);
    else memcpy(name, p->device, sizeof name);
    store_stream(p->store, (uint32_t)crc32(0, (const uint8_t *)name, (uInt)strlen(name)), info.boot_id);
}

/* For the diary: once a stream, when the device has had time to say who it is, and at its end. */
static void tell_device(struct pipeline *p)
{
    struct sensor_info info;
    struct device_seen seen = {.wall_s = p->now.wall_ns / NS_PER_S};
    p->tell_device_ns = INT64_MAX;
    if (!p->store || !p->protocol || p->options.import) return;
    p->protocol->info(p->protocol_state, &info);
    snprintf(seen.name, sizeof seen.name, "%s%s%s", p->protocol->name, info.model[0] ? " " : "", info.model);
    if (info.serial) snprintf(seen.serial, sizeof seen.serial, "%016llx", (unsigned long long)info.serial);
    else text_copy(seen.serial, sizeof seen.serial, p->device);
    store_device(p->store, &seen);
}

static void on_sample(struct pipeline *p, const struct raw_sample *raw, int64_t t_read_ns)
{
    struct sample s = {.raw = *raw};
    p->stream_samples++;
    bool gap = false;
    s.t_ns = timebase_map(&p->timebase, raw, t_read_ns, &gap);
    sample_convert(&s);
    if (gap) s.raw.flags |= SAMPLE_GAP_BEFORE;
    if (p->options.import) s.raw.flags |= SAMPLE_IMPORTED;
    if (!(s.raw.flags & SAMPLE_FROM_LOG)) s.raw.flags |= p->desk_flags; /* what was kept tells of another time */
    run_deadlines(p, s.t_ns);
    if (p->options.clock == CLOCK_SAMPLES) pipeline_clock_set(p, s.t_ns);
    bool past = backfill_look(p, &s);
    if (s.raw.flags & SAMPLE_RESTARTED) context_gap(p, s.t_ns, GAP_LOSS, false); /* for how long, only the device could tell */
    if (p->stream_samples == 1) p->tell_device_ns = s.t_ns + KNOWN_NS;
    if (p->stream_samples == 1 || s.raw.flags & SAMPLE_RESTARTED) tell_stream(p);
    if (s.t_ns >= p->tell_device_ns) tell_device(p);
    if (p->store) keep_sample(p, &s);
    track(p, &s, past);
}

enum replayed pipeline_replay(struct pipeline *p, const struct log_item *item)
{
    const struct sample *s = &item->sample;
    if (item->is_context) return context_replay(p, &item->context);
    if (s->raw.flags & SAMPLE_IMPORTED || s->t_ns <= p->course.last_sample_ns) return REPLAY_NOTHING;
    if (s->t_ns > CONTEXT_FAR_NS || s->t_ns < -CONTEXT_FAR_NS) return REPLAY_STRANGE;
    if (!p->options.rows) run_deadlines(p, s->t_ns);
    pipeline_clock_set(p, s->t_ns);
    p->before_gap.valid = false;
    track(p, s, false);
    return REPLAY_DONE;
}

void pipeline_on_raw(struct pipeline *p, const struct raw_sample *raw, size_t n, int64_t t_read_ns)
{
    if (p->options.clock == CLOCK_LIVE) pipeline_clock_read(p);
    for (size_t i = 0; i < n; i++) on_sample(p, &raw[i], t_read_ns + p->course.boot_offset_ns);
}

static void decode(struct pipeline *p, const uint8_t *bytes, size_t n, int64_t t_read_ns)
{
    tell_stream(p);
    while (n) {
        struct raw_sample raw[BATCH];
        size_t count = 0, used = p->protocol->push(p->protocol_state, bytes, n, raw, BATCH, &count);
        if (count) timebase_newest(&p->timebase, &raw[count - 1]);
        for (size_t i = 0; i < count; i++) on_sample(p, &raw[i], t_read_ns + p->course.boot_offset_ns);
        bytes += used;
        n -= used;
    }
}

static void begin_timebase(struct pipeline *p)
{
    enum timebase_mode mode = p->options.clock == CLOCK_LIVE ? TIMEBASE_LIVE : TIMEBASE_SAMPLES;
    timebase_init(&p->timebase, mode, p->now.t_ns, (double)p->config->rate_hz);
}

/* A protocol that knows its device again goes on with its count and clock. */
static void begin_protocol(struct pipeline *p, const struct protocol *protocol)
{
    p->protocol = protocol;
    if (protocol == p->kept && protocol->resume) {
        protocol->resume(p->protocol_state);
        return;
    }
    p->kept = protocol;
    begin_timebase(p);
    protocol->init(p->protocol_state);
}

/* Nobody has said which protocol it is: listen until one is sure, then hear again what was heard. */
static void listen(struct pipeline *p, const uint8_t *bytes, size_t n, int64_t t_read_ns)
{
    size_t heard;
    p->protocol = detect_push(p->detect, bytes, n);
    if (!p->protocol) return;
    p->listening = false;
    begin_protocol(p, p->protocol);
    bytes = detect_bytes(p->detect, &heard);
    decode(p, bytes, heard, t_read_ns);
}

void pipeline_on_bytes(struct pipeline *p, const uint8_t *bytes, size_t n, int64_t t_read_ns)
{
    if (p->options.clock == CLOCK_LIVE) pipeline_clock_read(p);
    for (size_t some; p->listening && n; bytes += some, n -= some) listen(p, bytes, some = n < HEAR ? n : HEAR, t_read_ns);
    if (p->protocol) decode(p, bytes, n, t_read_ns);
}

/* ---- streams, time, sleep ---- */

int pipeline_begin_stream(struct pipeline *p, const char *protocol)
{
    bool automatic = strcmp(protocol, "auto") == 0;
    const struct protocol *named = automatic ? NULL : protocol_find(protocol);
    if (!automatic && !named) return -ENOENT;
    bool anew = p->listening || p->protocol; /* in vain so far: the device is the same */
    p->listening = automatic;
    p->protocol = NULL;
    p->stream_samples = 0;
    if (named) begin_protocol(p, named);
    else if (!p->kept) begin_timebase(p); /* samples may come that no protocol makes */
    detect_init(p->detect);
    if (anew) return 0;
    if (p->options.clock == CLOCK_LIVE) pipeline_clock_read(p);
    deliver_one(p, &(struct event){.kind = EVENT_SENSOR, .reason = SENSOR_FOUND, .start_ns = p->now.t_ns, .end_ns = p->now.t_ns});
    return 0;
}

void pipeline_end_stream(struct pipeline *p, enum gap_reason reason)
{
    if (!p->protocol && !p->listening) return;
    if (p->options.clock == CLOCK_LIVE) pipeline_clock_read(p);
    if (p->stream_samples) tell_device(p);
    p->protocol = NULL;
    p->listening = false;
    if (p->store) store_cut(p->store);
    deliver_one(p, &(struct event){.kind = EVENT_SENSOR, .reason = SENSOR_GONE, .start_ns = p->now.t_ns, .end_ns = p->now.t_ns});
    context_gap(p, p->now.t_ns, reason, true);
    course_keep(p);
}

void pipeline_on_time(struct pipeline *p)
{
    if (p->options.clock == CLOCK_LIVE) pipeline_clock_read(p);
    run_deadlines(p, p->now.t_ns);
}

int64_t pipeline_due_ns(const struct pipeline *p)
{
    int64_t due = earliest(p);
    return due == INT64_MAX ? due : due - p->course.boot_offset_ns;
}

void pipeline_on_sleep(struct pipeline *p, bool going)
{
    pipeline_on_time(p);
    if (!going) return;
    context_gap(p, p->now.t_ns, GAP_SUSPEND, true);
    if (p->store) store_cut(p->store);
    course_keep(p);
}

void pipeline_on_unplugged(struct pipeline *p)
{
    pipeline_on_time(p);
    context_gap(p, p->now.t_ns, GAP_UNPLUGGED, true);
}

void pipeline_finish(struct pipeline *p)
{
    if (p->finished) return;
    p->finished = true;
    context_finish(p);
    if (p->store) store_cut(p->store);
}

void pipeline_step_clock(struct pipeline *p, int seconds) { context_wall(p, p->now.t_ns, SECONDS_NS(seconds)); }
