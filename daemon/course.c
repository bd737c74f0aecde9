/* Invariants:
 *   a snapshot holds the tracker, the coach and the course, all behind the same sample (course.last_sample_ns);
 *   the log holds that sample and, but for the last second, all behind it; replaying them gives the state that was lost;
 *   what is replayed is not said again: it was said, or it is older than the wearer would want to hear.
 */
#include "context.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LAYOUT = 5 }; /* raise when struct course, tracker or coach change their meaning but not their size */

/* The calendars' part of the agenda comes last: a restart does not wait for them to be read again. */
size_t course_size(void)
{
    return sizeof(struct course) + tracker_size() + coach_size() + sizeof(struct agenda_calendar);
}

uint64_t course_tag(void)
{
    uint64_t tag = 14695981039346656037u; /* FNV-1a over what makes two layouts differ */
    const uint64_t parts[] = {LAYOUT, CALIBRATION_VERSION, sizeof(struct course), tracker_size(), coach_size(),
                              sizeof(struct agenda_calendar)};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) tag = (tag ^ parts[i]) * 1099511628211u;
    return tag;
}

size_t course_pack(const struct pipeline *p, uint8_t *to)
{
    memcpy(to, &p->course, sizeof p->course);
    memcpy(to + sizeof p->course, p->tracker, tracker_size());
    return sizeof p->course + tracker_size();
}

/* Times and offsets of which sums and differences stay times. */
static bool sound(const struct course *c)
{
    const int64_t most_ns = INT64_MAX / 4, ns[] = {c->wall_offset_ns, c->stepped_ns, c->wall_offset_before_ns, c->t_ns,
                                                   c->wall_ns, c->minute_ns};
    for (size_t i = 0; i < sizeof ns / sizeof ns[0]; i++)
        if (ns[i] > most_ns || ns[i] < -most_ns) return false;
    if (llabs(c->massage_offered_day) > most_ns / SECONDS_NS(86400)) return false;
    unsigned char open;
    memcpy(&open, &c->minute_open, 1); /* a bool that is neither counts minutes that are not there */
    return open <= 1 && zone_sound(&c->zone) && llabs(c->minute.minute) < most_ns / SECONDS_NS(60);
}

bool course_unpack(struct pipeline *p, const uint8_t *from, size_t n)
{
    struct course course;
    if (n != sizeof course + tracker_size()) return false;
    memcpy(&course, from, sizeof course);
    if (!sound(&course)) return false;
    p->before_gap.valid = false; /* its room is for the tracker while that is looked at */
    memcpy(p->before_gap.tracker, from + sizeof course, tracker_size());
    if (!tracker_sound(p->before_gap.tracker)) return false;
    memcpy(p->tracker, p->before_gap.tracker, tracker_size());
    p->course = course;
    return true;
}

void course_keep(struct pipeline *p)
{
    p->keep_due = false;
    if (!p->store || p->options.clock != CLOCK_LIVE) return;
    p->course.t_ns = p->now.t_ns;
    p->course.wall_ns = p->now.wall_ns;
    backfill_mark(p);
    uint8_t *to = p->snapshot + course_pack(p, p->snapshot);
    coach_set_wearer(p->coach, &wearer_unknown); /* what was said of body and health lies in the diary alone */
    memcpy(to, p->coach, coach_size());
    coach_set_wearer(p->coach, &p->wearer);
    memcpy(to + coach_size(), &p->agenda.calendar, sizeof p->agenda.calendar);
    store_snapshot(p->store, p->snapshot, course_size(), course_tag());
}

static void read_boot_id(char id[40])
{
    memset(id, 0, 40);
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t n = read(fd, id, 36);
    if (n < 36) id[0] = 0;
    close(fd);
}

static bool take_up_snapshot(struct pipeline *p)
{
    if (!p->store || !store_last_snapshot(p->store, p->snapshot, course_size(), course_tag())) return false;
    size_t n = sizeof(struct course) + tracker_size();
    if (!course_unpack(p, p->snapshot, n)) return false;
    memcpy(p->coach, p->snapshot + n, coach_size());
    memcpy(&p->agenda.calendar, p->snapshot + n + coach_size(), sizeof p->agenda.calendar);
    if (!agenda_calendar_sound(&p->agenda.calendar)) memset(&p->agenda.calendar, 0, sizeof p->agenda.calendar);
    coach_configure(p->coach, &p->config->coach);
    return true;
}

/* The newest of the diary; false without one. */
static bool read_calibration(const struct pipeline *p, struct calibration *c)
{
    struct diary *d;
    char why[256];
    if (!p->store || diary_open(p->config->data, &d, why)) return false;
    bool found = diary_calibration(d, c) == 0;
    diary_close(d);
    return found;
}

void course_take_up_calibration(struct pipeline *p)
{
    struct calibration c;
    if (read_calibration(p, &c)) tracker_set_calibration(p->tracker, &c);
}

/* What the log gave rise to once more is in the diary already, but for what a power cut took out of there. */
static void put_right_calibration(struct pipeline *p)
{
    struct calibration known;
    const struct calibration *c = &p->noted;
    if (!c->version) return;
    if (!read_calibration(p, &known) || memcmp(&known, c, sizeof known) != 0) store_calibration(p->store, c, &p->now);
}

/* Run time goes on where the snapshot left it: by CLOCK_BOOTTIME within one boot, by the wall clock over a reboot. */
static void go_on(struct pipeline *p, const char boot_id[40])
{
    int64_t boot_ns = pipeline_clock_ns(CLOCK_BOOTTIME), wall_ns = pipeline_clock_ns(CLOCK_REALTIME);
    bool same_boot = boot_id[0] && strcmp(boot_id, p->course.boot_id) == 0;
    if (same_boot && boot_ns + p->course.boot_offset_ns >= p->course.t_ns) return;
    int64_t away_ns = wall_ns - p->course.wall_ns;
    if (away_ns < SECONDS_NS(1)) away_ns = SECONDS_NS(1);
    p->course.boot_offset_ns = p->course.t_ns + away_ns - boot_ns;
    /* wall_offset stays: a clock that went back meanwhile is found, and said, by the first look at the clocks. */
}

void course_begin(struct pipeline *p)
{
    char boot_id[40];
    read_boot_id(boot_id);
    bool live = p->options.clock == CLOCK_LIVE;
    if (live && take_up_snapshot(p)) {
        go_on(p, boot_id);
        p->now.t_ns = p->course.t_ns;
    } else {
        p->course.last_sample_ns = p->options.rows ? INT64_MAX : INT64_MIN;
        p->now.t_ns = live ? pipeline_clock_ns(CLOCK_REALTIME) : p->options.start_wall_ns;
        p->course.zone = zone_around(p->now.t_ns);
        p->hole = true;
    }
    if (live && p->hole) { /* no snapshot */
        p->course.boot_offset_ns = p->now.t_ns - pipeline_clock_ns(CLOCK_BOOTTIME);
        course_take_up_calibration(p);
    }
    p->hole |= p->course.last_sample_ns == INT64_MIN;
    if (live) memcpy(p->course.boot_id, boot_id, sizeof boot_id);
}

/* All that the log holds behind the snapshot. Where it has not got what the snapshot was taken behind (power was lost, or
 * memory did not outlive the program), it has a hole. */
static void replay_log(struct pipeline *p)
{
    struct log_reader *log;
    struct log_item item;
    const struct course at = p->course;
    bool sample = false, context = at.context_place_ns < at.last_sample_ns;
    int64_t from_ns = at.last_sample_ns + at.wall_offset_ns - SECONDS_NS(120);
    if (log_reader_open(p->config->data, from_ns, INT64_MAX, &log)) return;
    while (log_reader_next_item(log, &item) == 1) {
        sample |= !item.is_context && item.sample.t_ns == at.last_sample_ns;
        context |= item.is_context && item.context.number == at.context_n;
        pipeline_replay(p, &item);
    }
    log_reader_close(log);
    p->hole |= !sample || !context;
}

void course_catch_up(struct pipeline *p)
{
    const struct tracker_config tracker = pipeline_life_tracker_config(p->config);
    bool goes_on = p->store && p->options.clock == CLOCK_LIVE && p->course.last_sample_ns != INT64_MIN;
    if (goes_on) replay_log(p);
    p->muted = p->options.rows != NULL;
    if (p->muted) return;
    context_start(p, &tracker);
    pipeline_clock_zone(p);
    if (!goes_on) return;
    put_right_calibration(p);
    backfill_take_up(p);
    context_gap(p, p->now.t_ns, GAP_DAEMON_DOWN, true);
    course_keep(p); /* the hole lies behind this snapshot: the next start need not guess what it was */
}

static void keep_calibration(struct pipeline *p)
{
    struct calibration c;
    tracker_get_calibration(p->tracker, &c);
    bool same = memcmp(&p->noted, &c, sizeof c) == 0; /* an event and a pose may tell of the same one */
    p->noted = c;
    if (!same && p->store && !p->options.import && !p->muted) store_calibration(p->store, &c, &p->now);
    p->keep_due = true;
}

void course_note(struct pipeline *p, const struct event *e)
{
    if (e->kind == EVENT_REFERENCE || e->kind == EVENT_REZERO) keep_calibration(p);
    if (e->kind == EVENT_NOT_WORN && e->end_ns == EVENT_OPEN) minutes_not_worn_since(p, e->start_ns);
}

void course_note_capture(struct pipeline *p)
{
    struct capture_view capture;
    tracker_capture(p->tracker, &capture);
    if (capture.state == CAPTURE_DONE && p->capture == CAPTURE_RUNNING) keep_calibration(p);
    p->capture = capture.state;
}
