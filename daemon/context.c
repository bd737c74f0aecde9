/* Invariants:
 *   written down first, then done: what a killed daemon had done is in the log;
 *   numbers grow, from one run of the program to the next as well: none is done twice;
 *   what comes from the log is checked, but for the inside of a snapshot: its tag and two CRCs vouch for that.
 */
#include "context.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION_LENGTH = CONTEXT_HEAD - 16, HEAD = CONTEXT_HEAD, NUMBERS_MAX = 3 };
_Static_assert(sizeof PLUMBLINE_VERSION <= VERSION_LENGTH, "the version's name is too long for the log");
#define JUMP_NS SECONDS_NS(2)

/* ---- writing down -------------------------------------------------------------------------------------------------- */

static uint64_t next_number(const struct pipeline *p)
{
    uint64_t n = p->course.context_n;
    return n ? n + 1 : (uint64_t)p->now.t_ns; /* more than an earlier course, which is lost, came to */
}

static void put(struct pipeline *p, enum context_kind kind, int64_t place_ns, int64_t t_ns, const void *bytes, size_t n)
{
    struct course *c = &p->course;
    const struct log_context record = {.kind = kind, .number = c->context_n, .place_ns = place_ns, .t_ns = t_ns,
                                       .n = n, .bytes = bytes};
    c->context_place_ns = place_ns;
    if (!store_context(p->store, &record, &p->now)) p->hole = true;
}

static void write_down(struct pipeline *p, enum context_kind kind, int64_t t_ns, const void *bytes, size_t n)
{
    if (p->muted || !p->store || p->options.import || p->course.last_sample_ns == INT64_MIN) return;
    p->course.context_n = next_number(p);
    put(p, kind, p->course.last_sample_ns, t_ns, bytes, n);
}

static void put_number(uint8_t to[8], int64_t value)
{
    for (int i = 0; i < 8; i++) to[i] = (uint8_t)((uint64_t)value >> 8 * i);
}

static int64_t get_number(const uint8_t from[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value |= (uint64_t)from[i] << 8 * i;
    return (int64_t)value;
}

static void write_numbers(struct pipeline *p, enum context_kind kind, int64_t t_ns, const int64_t *number, size_t n)
{
    uint8_t bytes[8 * NUMBERS_MAX];
    for (size_t i = 0; i < n; i++) put_number(bytes + 8 * i, number[i]);
    write_down(p, kind, t_ns, bytes, 8 * n);
}

static void write_number(struct pipeline *p, enum context_kind kind, int64_t t_ns, int64_t number)
{
    write_numbers(p, kind, t_ns, &number, 1);
}

/* Who wrote it; RESUMES: the log holds all that came before. */
static void write_head(uint8_t to[HEAD], bool resumes)
{
    put_number(to, (int64_t)course_tag());
    put_number(to + 8, resumes);
    memset(to + 16, 0, VERSION_LENGTH);
    memcpy(to + 16, PLUMBLINE_VERSION, sizeof PLUMBLINE_VERSION - 1);
}

static void look_at_version(struct pipeline *p, const uint8_t *head)
{
    char version[VERSION_LENGTH + 1] = "";
    memcpy(version, head + 16, VERSION_LENGTH);
    p->other_version |= strcmp(version, PLUMBLINE_VERSION) != 0;
}

/* ---- the program -------------------------------------------------------------------------------------------------- */

static void start(struct pipeline *p, const struct tracker_config *config)
{
    p->before_gap.valid = false;
    tracker_configure(p->tracker, config);
}

void context_start(struct pipeline *p, const struct tracker_config *config)
{
    uint8_t bytes[HEAD + sizeof *config];
    write_head(bytes, true);
    memcpy(bytes + HEAD, config, sizeof *config);
    write_down(p, CONTEXT_START, p->now.t_ns, bytes, sizeof bytes);
    start(p, config);
}

void context_snapshot(struct pipeline *p, const struct sample *s)
{
    p->course.context_n = next_number(p);
    write_head(p->snapshot, !p->hole);
    size_t n = HEAD + course_pack(p, p->snapshot + HEAD);
    p->hole = false;
    put(p, CONTEXT_SNAPSHOT, s->t_ns - 1, s->t_ns - 1, p->snapshot, n);
}

bool pipeline_can_begin(const struct log_context *c)
{
    return c->kind == CONTEXT_SNAPSHOT && c->n > HEAD && (uint64_t)get_number(c->bytes) == course_tag();
}

bool pipeline_replayed_other(const struct pipeline *p) { return p->other_version; }

/* In a rebuild everything is as the snapshot has it; who goes on after a restart has it already. */
static enum replayed take_snapshot(struct pipeline *p, const struct log_context *c)
{
    const uint8_t *bytes = c->bytes;
    if (c->n < HEAD) return REPLAY_STRANGE;
    bool resumes = get_number(bytes + 8);
    if (!p->options.rows) {
        p->hole |= !resumes;
        return REPLAY_DONE;
    }
    if (!pipeline_can_begin(c) || !course_unpack(p, bytes + HEAD, c->n - HEAD)) return REPLAY_STRANGE;
    p->before_gap.valid = false;
    p->now.t_ns = c->t_ns;
    pipeline_clock_set(p, c->t_ns);
    look_at_version(p, bytes);
    return resumes ? REPLAY_RESUMES : REPLAY_BEGINS;
}

/* ---- what the tracker is told -------------------------------------------------------------------------------------- */

void context_gap(struct pipeline *p, int64_t t_ns, enum gap_reason reason, bool may_return)
{
    write_numbers(p, CONTEXT_GAP, t_ns, (const int64_t[]){(int64_t)reason, may_return}, 2);
    if (may_return) backfill_prepare(p);
    tracker_gap(p->tracker, t_ns, reason, &p->tracker_out);
    pipeline_deliver(p, &p->tracker_out);
}

void context_advance(struct pipeline *p, int64_t to_ns)
{
    write_number(p, CONTEXT_ADVANCE, p->now.t_ns, to_ns);
    backfill_prepare(p);
    tracker_advance(p->tracker, to_ns, &p->tracker_out);
    pipeline_deliver(p, &p->tracker_out);
}

void context_close_minute(struct pipeline *p)
{
    write_down(p, CONTEXT_MINUTE, p->now.t_ns, NULL, 0);
    minutes_close(p);
}

void context_rewind(struct pipeline *p, const struct tracker_config *config)
{
    write_down(p, CONTEXT_REWIND, p->now.t_ns, config, sizeof *config);
    backfill_go_back(p, config);
}

void context_finish(struct pipeline *p)
{
    write_down(p, CONTEXT_FINISH, p->now.t_ns, NULL, 0);
    tracker_finish(p->tracker, p->now.t_ns, &p->tracker_out);
    pipeline_deliver(p, &p->tracker_out);
    minutes_close(p);
}

void context_configure(struct pipeline *p, const struct tracker_config *config)
{
    write_down(p, CONTEXT_CONFIGURE, p->now.t_ns, config, sizeof *config);
    tracker_configure(p->tracker, config);
}

void context_capture(struct pipeline *p, enum pose pose, int64_t t_ns)
{
    write_number(p, CONTEXT_CAPTURE, t_ns, (int64_t)pose);
    tracker_capture_start(p->tracker, pose, t_ns);
    p->capture = CAPTURE_RUNNING;
}

/* What a person says during a gap stays said, also when the gap turns out to be none. */
void context_moved(struct pipeline *p, bool moved, int64_t t_ns)
{
    write_number(p, CONTEXT_MOVED, t_ns, moved);
    tracker_sensor_moved(p->tracker, moved, t_ns);
    if (p->before_gap.valid) tracker_sensor_moved(p->before_gap.tracker, moved, t_ns);
}

void context_widen(struct pipeline *p)
{
    write_down(p, CONTEXT_WIDEN, p->now.t_ns, NULL, 0);
    tracker_widen_zone(p->tracker);
    if (p->before_gap.valid) tracker_widen_zone(p->before_gap.tracker);
}

/* ---- clocks -------------------------------------------------------------------------------------------------------- */

void context_wall(struct pipeline *p, int64_t t_ns, int64_t step_ns)
{
    struct course *c = &p->course;
    bool jumped = step_ns >= JUMP_NS || step_ns <= -JUMP_NS;
    write_number(p, CONTEXT_WALL, t_ns, step_ns);
    if (jumped) { /* what settles only now happened by the clock as it was */
        c->stepped_ns = t_ns;
        c->wall_offset_before_ns = c->wall_offset_ns;
    }
    c->wall_offset_ns += step_ns;
    pipeline_clock_set(p, p->now.t_ns);
    if (!jumped) return;
    struct tracker_out out = {.n_events = 1};
    out.event[0] = (struct event){.kind = EVENT_CLOCK_STEP, .start_ns = t_ns, .end_ns = t_ns,
                                  .value = (float)((double)step_ns / NS_PER_S)};
    pipeline_deliver(p, &out);
}

void context_zone(struct pipeline *p, const struct zone *zone)
{
    const int64_t numbers[] = {zone->turn_wall_ns, zone->before_s, zone->after_s};
    write_numbers(p, CONTEXT_ZONE, p->now.t_ns, numbers, 3);
    p->course.zone = *zone;
}

/* ---- again, from the log -------------------------------------------------------------------------------------------- */

static bool read_config(const uint8_t *bytes, size_t n, struct tracker_config *config)
{
    if (n != sizeof *config) return false;
    memcpy(config, bytes, sizeof *config);
    return (unsigned)config->placement <= PLACEMENT_LOWER_BACK && (unsigned)config->desk <= DESK_MIXED &&
           (unsigned)config->sensitivity <= SENSITIVITY_HIGH && isfinite(config->sitting_bias);
}

static enum replayed replay_configured(struct pipeline *p, const struct log_context *c)
{
    struct tracker_config config;
    const uint8_t *bytes = c->bytes;
    size_t head = c->kind == CONTEXT_START ? HEAD : 0;
    if (c->n < head || !read_config(bytes + head, c->n - head, &config)) return REPLAY_STRANGE;
    if (c->kind == CONTEXT_START) start(p, &config);
    if (c->kind == CONTEXT_CONFIGURE) context_configure(p, &config);
    if (c->kind == CONTEXT_REWIND && !p->before_gap.valid) return REPLAY_STRANGE;
    if (c->kind == CONTEXT_REWIND) context_rewind(p, &config);
    if (head) look_at_version(p, bytes);
    return REPLAY_DONE;
}

static bool is_near(int64_t ns) { return ns <= CONTEXT_FAR_NS && ns >= -CONTEXT_FAR_NS; }

/* Wall time stays within what a sum of times holds. */
static bool moves_soundly(const struct pipeline *p, int64_t step_ns)
{
    int64_t offset_ns;
    return !__builtin_add_overflow(p->course.wall_offset_ns, step_ns, &offset_ns) && llabs(offset_ns) < INT64_MAX / 4;
}

static enum replayed replay_zone(struct pipeline *p, const int64_t v[NUMBERS_MAX])
{
    const struct zone zone = {v[0], (int32_t)v[1], (int32_t)v[2]};
    if (!zone_sound(&zone)) return REPLAY_STRANGE;
    context_zone(p, &zone);
    return REPLAY_DONE;
}

static enum replayed replay_numbers(struct pipeline *p, const struct log_context *c, size_t expected)
{
    int64_t v[NUMBERS_MAX] = {0};
    if (c->n != 8 * expected) return REPLAY_STRANGE;
    for (size_t i = 0; i < expected; i++) v[i] = get_number((const uint8_t *)c->bytes + 8 * i);
    switch (c->kind) {
    case CONTEXT_GAP:
        if (v[0] < GAP_SILENT || v[0] > GAP_LOSS) return REPLAY_STRANGE;
        context_gap(p, c->t_ns, (enum gap_reason)v[0], v[1]);
        break;
    case CONTEXT_ADVANCE:
        if (!is_near(v[0])) return REPLAY_STRANGE;
        context_advance(p, v[0]);
        break;
    case CONTEXT_CAPTURE:
        if (v[0] < 0 || v[0] >= POSE_COUNT) return REPLAY_STRANGE;
        context_capture(p, (enum pose)v[0], c->t_ns);
        break;
    case CONTEXT_MOVED: context_moved(p, v[0], c->t_ns); break;
    case CONTEXT_WALL:
        if (!moves_soundly(p, v[0])) return REPLAY_STRANGE;
        context_wall(p, c->t_ns, v[0]);
        break;
    case CONTEXT_ZONE: return replay_zone(p, v);
    case CONTEXT_MINUTE: context_close_minute(p); break;
    case CONTEXT_FINISH: context_finish(p); break;
    case CONTEXT_WIDEN: context_widen(p); break;
    default: return REPLAY_STRANGE;
    }
    return REPLAY_DONE;
}

/* Something is missing in front of it; who goes on behind it knows already. */
static enum replayed replay_lost(struct pipeline *p, const struct log_context *c)
{
    if (p->course.last_sample_ns == INT64_MAX || c->place_ns < p->course.last_sample_ns) return REPLAY_NOTHING;
    p->hole = true;
    return p->options.rows ? REPLAY_STRANGE : REPLAY_DONE;
}

enum replayed context_replay(struct pipeline *p, const struct log_context *c)
{
    static const size_t numbers[] = {[CONTEXT_GAP] = 2,   [CONTEXT_ADVANCE] = 1, [CONTEXT_CAPTURE] = 1,
                                     [CONTEXT_MOVED] = 1, [CONTEXT_WALL] = 1,    [CONTEXT_ZONE] = 3};
    bool before = p->course.last_sample_ns == INT64_MAX; /* nothing to go on from */
    if (c->kind == CONTEXT_LOST) return replay_lost(p, c);
    bool adopts = p->options.rows && c->kind == CONTEXT_SNAPSHOT; /* also one whose numbers are another course's */
    if (!adopts && (before || c->number <= p->course.context_n)) return REPLAY_NOTHING;
    if (!is_near(c->t_ns)) return REPLAY_STRANGE;
    p->course.context_n = c->number;
    if (c->kind == CONTEXT_SNAPSHOT) return take_snapshot(p, c);
    pipeline_clock_set(p, c->t_ns);
    if (c->kind == CONTEXT_START || c->kind == CONTEXT_CONFIGURE || c->kind == CONTEXT_REWIND) return replay_configured(p, c);
    return replay_numbers(p, c, c->kind < sizeof numbers / sizeof *numbers ? numbers[c->kind] : 0);
}
