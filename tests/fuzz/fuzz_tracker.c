/* The tracker, from a sensor and a day that mean harm: the input is a little programme of runs of samples at any rate, of
 * single samples with any numbers, of jumps in time, gaps, answers, captures, changed settings, damaged calibrations and
 * snapshots. Whatever comes, what the tracker says must hold together: an event that was said open is said closed once and
 * with the same start, epochs follow each other, all numbers are numbers where they have to be. */
#define FUZZ_COPIES 120 /* each is a quarter of an hour and more */
#include "daemon/posture/calibration.h"
#include "plumbline/posture.h"
#include "tests/fuzz/fuzz_replay.h"

#include <math.h>
#include <stdbool.h>

enum { PUSHES_MOST = 12000 };

struct input {
    const uint8_t *at, *end;
};

struct day {
    struct tracker *tracker, *kept;
    struct tracker_out out;
    int64_t t_ns;
    unsigned pushes;
    uint32_t dice;
    struct said {
        bool running;
        int64_t start_ns;
    } said[EVENT_KIND_COUNT], kept_said[EVENT_KIND_COUNT];
    int64_t epoch_end_ns, kept_epoch_end_ns, kept_t_ns;
};

static unsigned byte(struct input *in) { return in->at < in->end ? *in->at++ : 0; }

static void bytes(struct input *in, void *to, size_t n)
{
    for (size_t i = 0; i < n; i++) ((uint8_t *)to)[i] = (uint8_t)byte(in);
}

static void must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "fuzz_tracker: %s\n", what);
    abort();
}

/* ---- what must hold ---- */

static void check_event(struct day *d, const struct event *e)
{
    must((unsigned)e->kind > EVENT_NONE && e->kind < EVENT_KIND_COUNT, "kind of an event");
    struct said *s = &d->said[e->kind];
    must(isfinite(e->value), "value of an event");
    if (e->end_ns == EVENT_OPEN) {
        must(!s->running, "an event is said open while it lasts");
        *s = (struct said){true, e->start_ns};
        return;
    }
    must(e->end_ns >= e->start_ns, "an event ends before it begins");
    bool lasts = e->kind == EVENT_SITTING || e->kind == EVENT_SLOUCH || e->kind == EVENT_LEAN || e->kind == EVENT_WALK ||
                 e->kind == EVENT_NOT_WORN || (e->kind == EVENT_GAP && s->running);
    if (!lasts) return;
    must(s->running, "an event is closed that was not open");
    must(s->start_ns == e->start_ns, "an event is closed with another start");
    s->running = false;
}

static bool is_share(float x) { return x >= 0 && x <= 1; }

static void check_epoch(struct day *d, const struct epoch *e)
{
    float most_s = e->seconds + 1e-3f, bins_s = 0;
    must(e->seconds > 0 && e->seconds <= 5.001f, "length of an epoch");
    must(e->start_ns >= d->epoch_end_ns, "epochs overlap");
    d->epoch_end_ns = e->start_ns + (int64_t)(e->seconds * 1e9f) - 2000;
    must((unsigned)e->posture < POSTURE_COUNT && is_share(e->p_sitting), "posture of an epoch");
    must(e->slouch_s >= 0 && e->slouch_s <= most_s, "slouched seconds");
    must(e->lean_left_s >= 0 && e->lean_right_s >= 0 && e->lean_left_s + e->lean_right_s <= most_s, "leaning seconds");
    must(e->angle_s >= 0 && e->angle_s <= most_s, "seconds with angles");
    must(fabsf(e->flexion_sum_deg_s) <= 181 * most_s && fabsf(e->lateral_sum_deg_s) <= 91 * most_s, "sums of angles");
    must(fabsf(e->flexion_min_deg) <= 181 && fabsf(e->flexion_max_deg) <= 181, "ends of flexion");
    for (int i = 0; i < INCLINATION_BINS; i++) bins_s += e->bin_s[i];
    must(bins_s >= 0 && bins_s <= most_s, "histogram");
}

static void check(struct day *d)
{
    struct posture_view v;
    struct calibration c;
    must(d->out.n_events < TRACKER_EVENTS_MAX && d->out.n_epochs < TRACKER_EPOCHS_MAX, "too much is said at once");
    for (unsigned i = 0; i < d->out.n_events; i++) check_event(d, &d->out.event[i]);
    for (unsigned i = 0; i < d->out.n_epochs; i++) check_epoch(d, &d->out.epoch[i]);
    d->out.n_events = d->out.n_epochs = 0;
    tracker_view(d->tracker, &v);
    must(is_share(v.p_sitting) && is_share(v.confidence) && is_share(v.creep), "a share of the view");
    must(v.cadence_hz >= 0 && v.cadence_hz < 10, "cadence");
    must(!v.angles_known || (fabsf(v.flexion_deg) <= 181 && fabsf(v.lateral_deg) <= 91), "angles that are known");
    must(isnan(v.inclination_deg) || is_share(v.inclination_deg / 181), "inclination");
    must(v.in_slouch_zone == (v.zone_since_ns != EVENT_OPEN), "since when in the zone");
    tracker_get_calibration(d->tracker, &c);
    must(calibration_sound(&c), "a calibration that would not be taken back");
}

/* ---- what happens ---- */

static float chance(struct day *d)
{
    d->dice = d->dice * 1664525u + 1013904223u;
    return (float)(d->dice >> 8) / (1 << 24) - 0.5f;
}

static void push(struct day *d, const struct sample *s)
{
    if (++d->pushes > PUSHES_MOST) return;
    tracker_push(d->tracker, s, &d->out);
    if (s->t_ns > d->t_ns) d->t_ns = s->t_ns;
    if (d->out.n_events || d->out.n_epochs) check(d);
}

/* Flags and contents: mostly of a usual sensor. */
static void choose_kind(struct input *in, struct sample *s)
{
    static const uint16_t have[] = {HAVE_ACCEL | HAVE_GYRO, HAVE_ACCEL, HAVE_QUAT, HAVE_QUAT | HAVE_LINEAR_ACCEL | HAVE_ACCEL,
                                    HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT, HAVE_QUAT | HAVE_ACCEL, HAVE_GYRO, 0};
    unsigned kind = byte(in);
    s->raw.have = kind < 192 ? have[0] : have[kind % 8];
    s->raw.flags = kind & 8 ? (uint16_t)(byte(in) | (byte(in) & 3) << 8) : 0;
    s->raw.scale = SCALE_16G_2000DPS;
}

/* Some seconds in one posture or on the way to it, still, restless or walking. */
static void run(struct day *d, struct input *in)
{
    static const int64_t interval_ms[] = {10, 20, 40, 62, 83, 100, 100, 100, 100, 100, 5, 3, 200, 400, 499, 501};
    struct sample s = {.raw.have = 0};
    choose_kind(in, &s);
    unsigned how = byte(in);
    float pitch = 0.0246f * (float)(int8_t)byte(in), roll = 0.0123f * (float)(int8_t)byte(in);
    int64_t dt_ns = interval_ms[how % 16] * NS_PER_MS;
    unsigned samples = (unsigned)((1 + byte(in) / 2) * (int64_t)NS_PER_S / dt_ns);
    float noise = how & 16 ? 1.0f : how & 32 ? 0.05f : 0, walk = how & 64 ? 3.0f : 0, turn = how & 128 ? 2.0f : 0;
    for (unsigned i = 0; i < samples && d->pushes < PUSHES_MOST; i++) {
        float t = (float)i * (float)dt_ns * 1e-9f, p = pitch + (t < 2 ? turn * (2 - t) : 0);
        float g = STANDARD_GRAVITY_MPS2 + walk * sinf(12 * t);
        const float up[3] = {cosf(p) * cosf(roll), sinf(roll), sinf(p) * cosf(roll)};
        for (int k = 0; k < 3; k++) {
            s.accel_mps2[k] = g * up[k] + noise * chance(d);
            s.gyro_rads[k] = 0.1f * noise * chance(d);
        }
        s.gyro_rads[1] += t < 2 ? turn : 0;
        s.quat[0] = cosf(p / 2), s.quat[2] = sinf(p / 2);
        s.t_ns = d->t_ns + dt_ns;
        push(d, &s);
    }
}

/* Any numbers at all, at a time that may be any as well. */
static void odd_sample(struct day *d, struct input *in)
{
    static const float odd[] = {0, 1e-30f, 9.8f, 9999, 1e4f, 1e5f, 1e30f, 3e38f, INFINITY, NAN, -1, -9.8f, -1e4f, -INFINITY, 1, 900};
    struct sample s = {.raw.have = 0};
    choose_kind(in, &s);
    unsigned which = byte(in);
    for (int k = 0; k < 3; k++) {
        s.accel_mps2[k] = which & 1 ? odd[byte(in) % 16] : 5.6f;
        s.gyro_rads[k] = which & 2 ? odd[byte(in) % 16] : 0;
        s.raw.accel[k] = which & 4 ? INT16_MIN : 0;
        s.raw.gyro[k] = which & 8 ? INT16_MAX : 0;
    }
    for (int k = 0; k < 4; k++) s.quat[k] = which & 16 ? odd[byte(in) % 16] : 0.5f;
    int64_t t_ns = d->t_ns + (int64_t)(which >> 5) * 7 * NS_PER_MS;
    if (which >> 5 == 7) bytes(in, &t_ns, sizeof t_ns);
    int64_t before_ns = d->t_ns;
    s.t_ns = t_ns;
    push(d, &s);
    if (t_ns - 1 > before_ns && before_ns >= INT64_MAX / 4) d->t_ns = before_ns; /* time that cannot be is not lived in */
    if (d->t_ns > INT64_MAX / 4) d->t_ns = before_ns;
}

static void pass_time(struct day *d, struct input *in)
{
    static const int64_t step_s[] = {1, 3, 20, 61, 300, 1900, 3700, 5 * 3600};
    unsigned how = byte(in);
    d->t_ns += SECONDS_NS(step_s[how % 8]) / (1 + how / 64);
    if (how & 8) tracker_advance(d->tracker, d->t_ns, &d->out);
    check(d);
    if (how & 16) tracker_gap(d->tracker, d->t_ns, (enum gap_reason)(how / 32 % 5), &d->out);
    check(d);
    if (how & 32) tracker_advance(d->tracker, d->t_ns - SECONDS_NS(40), &d->out);
}

static void configure(struct day *d, struct input *in)
{
    unsigned how = byte(in);
    struct tracker_config config = {
        .placement = how & 1, .desk = how / 2 % 3, .sensitivity = how / 8 % 3, .sitting_bias = (float)(int8_t)byte(in) / 64};
    tracker_configure(d->tracker, &config);
}

static void take_calibration(struct day *d, struct input *in)
{
    struct calibration c;
    tracker_get_calibration(d->tracker, &c);
    for (unsigned k = byte(in) % 8; k > 0; k--) {
        unsigned at = byte(in) + 256 * byte(in);
        ((uint8_t *)&c)[at % sizeof c] = (uint8_t)byte(in);
    }
    tracker_set_calibration(d->tracker, &c);
}

static void keep(struct day *d)
{
    memcpy(d->kept, d->tracker, tracker_size());
    memcpy(d->kept_said, d->said, sizeof d->said);
    d->kept_epoch_end_ns = d->epoch_end_ns;
    d->kept_t_ns = d->t_ns;
}

static void go_back(struct day *d)
{
    memcpy(d->tracker, d->kept, tracker_size());
    memcpy(d->said, d->kept_said, sizeof d->said);
    d->epoch_end_ns = d->kept_epoch_end_ns;
    d->t_ns = d->kept_t_ns;
}

static void step(struct day *d, struct input *in)
{
    unsigned what = byte(in);
    switch (what % 16) {
    default: run(d, in); break;
    case 7: odd_sample(d, in); break;
    case 8:
    case 9: pass_time(d, in); break;
    case 10: configure(d, in); break;
    case 11: tracker_capture_start(d->tracker, (enum pose)(what / 16 % 6), d->t_ns); break;
    case 12: tracker_sensor_moved(d->tracker, what & 16, d->t_ns); break;
    case 13: tracker_widen_zone(d->tracker); break;
    case 14: what & 16 ? keep(d) : what & 32 ? go_back(d) : take_calibration(d, in); break;
    case 15: what >= 224 ? tracker_finish(d->tracker, d->t_ns, &d->out) : run(d, in); break;
    }
    check(d);
}

static void end(struct day *d)
{
    static const enum event_kind ended[] = {EVENT_SITTING, EVENT_SLOUCH, EVENT_LEAN, EVENT_WALK};
    tracker_finish(d->tracker, d->t_ns, &d->out);
    check(d);
    for (size_t i = 0; i < sizeof ended / sizeof ended[0]; i++)
        must(!d->said[ended[i]].running, "an event is never closed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct day d;
    struct input in = {data, data + size};
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    void *tracker = d.tracker ? d.tracker : malloc(tracker_size()), *kept = d.kept ? d.kept : malloc(tracker_size());
    if (!tracker || !kept) abort();
    d = (struct day){.tracker = tracker, .kept = kept, .t_ns = SECONDS_NS(1000), .epoch_end_ns = INT64_MIN};
    memset(tracker, 0xa5, tracker_size()); /* tracker_init() must not count on zeros */
    tracker_init(d.tracker, &config);
    keep(&d);
    while (in.at < in.end && d.pushes < PUSHES_MOST) step(&d, &in);
    end(&d);
    return 0;
}
