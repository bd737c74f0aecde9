/* golden-live: a scenario as a day that is lived: the simulated device (its firmware's core, with its log) at one end of
 * a line of 115200 baud, the daemon's pipeline at the other, both speaking, on a clock of their own. What the daemon does
 * goes to standard output as in a replay; DIARY gets what it leaves behind, a row a line.
 *
 * Usage: golden-live [--fault unplug@AT+DUR]… [--no-log] CONFIG DATA 'YYYY-MM-DD HH:MM' SCENARIO DIARY
 * --fault: as of plumbline-sim, unplug and stall. --no-log: the device keeps nothing. `!crash` in the scenario: the daemon
 * is gone without a word, nothing finished, and started again 5 s later. `!clock` sets the machine's own clock, `!reload`
 * brings the next of the sensitivities.
 */
#include "daemon/daemon.h"
#include "daemon/pipeline_private.h"
#include "tools/sim/emit_plumb.h"
#include "tools/sim/fault.h"
#include "tools/sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { READ_EACH_MS = 200, BYTES_A_SECOND = 11520, CRASHED_S = 5 };

struct day {
    struct daemon daemon;
    struct scenario scenario;
    struct sim sim;
    struct emit_plumb device;
    struct faults faults;
    enum link_state link;
    double credit;            /* bytes the line takes now */
    uint8_t heard[1 << 16];   /* on the line, not yet read */
    size_t n_heard;
    struct pipeline *killed[4]; /* not closed: that would take a snapshot */
    unsigned n_killed;
    size_t next_command;
    int64_t read_ns, up_again_ns; /* next read; a crashed daemon's start, 0 while it runs */
};

static struct day day;

/* ---- the clock (linked with -Wl,--wrap=clock_gettime) ---- */

static int64_t day_ns, start_wall_ns;

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
    int64_t t = day_ns + SECONDS_NS(1000);
    if (id == CLOCK_REALTIME) t = day_ns + start_wall_ns;
    else if (id != CLOCK_BOOTTIME) return __real_clock_gettime(id, ts);
    ts->tv_sec = t / NS_PER_S;
    ts->tv_nsec = t % NS_PER_S;
    return 0;
}

static int fail(const char *what, const char *why) { return fprintf(stderr, "golden-live: %s: %s\n", what, why), 2; }

/* ---- the line ---- */

/* In place of the simulated board's own, which takes all. */
static size_t room(void *self)
{
    const struct emit_plumb *d = self;
    size_t most = day.credit < 0 ? 0 : day.credit > EMIT_MAX ? EMIT_MAX : (size_t)day.credit;
    return d->out && most > d->used ? most - d->used : 0;
}

static void carry(const uint8_t *bytes, size_t n)
{
    day.credit -= (double)n;
    if (day.n_heard + n > sizeof day.heard) exit(fail("line", "more than it can hold"));
    memcpy(day.heard + day.n_heard, bytes, n);
    day.n_heard += n;
}

static void tell_device(const uint8_t *bytes, size_t n)
{
    uint8_t out[EMIT_MAX];
    carry(out, emit_plumb_command(&day.device, bytes, n, stdout, out));
}

static void plug_in(void)
{
    uint8_t bytes[EMIT_MAX];
    day.credit = EMIT_MAX;
    carry(bytes, emit_plumb_greet(&day.device, bytes));
}

/* What the daemon's link does when a device is there. */
static void go_up(void)
{
    uint8_t bytes[EMIT_COMMAND_MAX];
    pipeline_begin_stream(day.daemon.pipeline, "plumb");
    const struct sensor_command start = {.kind = SENSOR_START, .batch = 10};
    size_t n = pipeline_encode(day.daemon.pipeline, &start, bytes, sizeof bytes);
    tell_device(bytes, n);
}

static void change_link(enum link_state to)
{
    enum link_state from = day.link;
    struct pipeline *p = day.daemon.pipeline;
    day.link = to;
    if (from == to) return;
    if (to == LINK_UNPLUGGED || to == LINK_REBOOTING) {
        emit_plumb_unplug(&day.device);
        day.n_heard = 0;
        if (p) pipeline_end_stream(p, GAP_UNPLUGGED);
    }
    if (from == LINK_REBOOTING) emit_plumb_reboot(&day.device);
    if (to != LINK_UP || from == LINK_STALLED) return;
    plug_in();
    if (p) go_up();
}

static enum link_state link_at(double t_s)
{
    if (day.sim.link != LINK_UP) return day.sim.link;
    if (fault_holds(&day.faults, FAULT_UNPLUG, t_s)) return LINK_UNPLUGGED;
    return fault_holds(&day.faults, FAULT_STALL, t_s) ? LINK_STALLED : LINK_UP;
}

/* ---- the daemon ---- */

static int start_daemon(void)
{
    const struct pipeline_options options = {.clock = CLOCK_LIVE, .trace = stdout};
    struct store_options o;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    if (store_open(day.daemon.config.data, &o, &day.daemon.store, why)) return fail(day.daemon.config.data, why);
    if (pipeline_open(&day.daemon.config, &options, day.daemon.store, day.daemon.desk, &day.daemon.pipeline))
        return fail("pipeline", "cannot be opened");
    return 0;
}

/* What is mapped or handed over stays, the rest is gone: nothing is finished, no snapshot is taken. */
static void crash(void)
{
    if (day.n_killed == sizeof day.killed / sizeof day.killed[0]) exit(fail("crash", "too often"));
    printf("the daemon is killed\n");
    store_close(day.daemon.store);
    day.daemon.store = NULL;
    day.killed[day.n_killed++] = day.daemon.pipeline;
    day.daemon.pipeline = NULL;
    day.up_again_ns = day_ns + SECONDS_NS(CRASHED_S);
    if (day.link == LINK_UP) emit_plumb_unplug(&day.device);
    day.n_heard = 0;
}

static int come_back(void)
{
    day.up_again_ns = 0;
    printf("the daemon starts\n");
    int failed = start_daemon();
    if (failed || day.link != LINK_UP) return failed;
    plug_in();
    go_up();
    return 0;
}

static void read_line(void)
{
    uint8_t bytes[EMIT_COMMAND_MAX];
    size_t n;
    struct pipeline *p = day.daemon.pipeline;
    if (day_ns < day.read_ns) return;
    day.read_ns = day_ns + READ_EACH_MS * (int64_t)NS_PER_MS;
    if (day.link == LINK_UNPLUGGED || day.link == LINK_REBOOTING) return;
    pipeline_on_bytes(p, day.heard, day.n_heard, pipeline_clock_ns(CLOCK_BOOTTIME));
    day.n_heard = 0;
    for (int i = 0; i < 4 && (n = pipeline_poll(p, bytes, sizeof bytes)) > 0; i++)
        if (day.link == LINK_UP) tell_device(bytes, n);
}

/* What a person does to the machine, not to the daemon; false when it is something else. */
static bool do_to_machine(const char *text)
{
    int seconds;
    if (!strcmp(text, "crash")) {
        crash();
        return true;
    }
    if (sscanf(text, "clock %d", &seconds) != 1) return false;
    start_wall_ns += SECONDS_NS(seconds);
    return true;
}

static int reload(struct daemon *d)
{
    struct config *c = &d->config;
    c->tracker.sensitivity = (c->tracker.sensitivity + 1) % (SENSITIVITY_HIGH + 1);
    pipeline_configure(d->pipeline, c);
    return 0;
}

static void obey(double t_s)
{
    while (day.next_command < day.scenario.n_commands && day.scenario.commands[day.next_command].at_s <= t_s) {
        char text[256], *rest = text, *word;
        const char *argv[16];
        int argc = 0;
        snprintf(text, sizeof text, "%s", day.scenario.commands[day.next_command++].words);
        if (do_to_machine(text)) continue;
        while ((word = strsep(&rest, " ")) && argc < 16)
            if (*word) argv[argc++] = word;
        json_t *reply = json_object();
        if (commands_run(&day.daemon, argc, argv, reply) < 0)
            exit(fail("command", json_string_value(json_object_get(reply, "error"))));
        json_decref(reply);
    }
}

static int live(void)
{
    struct reading r;
    uint8_t bytes[EMIT_MAX];
    plug_in();
    go_up();
    while (sim_next(&day.sim, &r)) {
        day_ns = (int64_t)((double)day.sim.k * day.sim.period_s * NS_PER_S);
        day.credit = fmin(EMIT_MAX, day.credit + BYTES_A_SECOND * day.sim.period_s);
        change_link(link_at(r.t_s));
        if (day.link == LINK_UNPLUGGED) emit_plumb_sample(&day.device, &r, bytes);
        if (day.link == LINK_STALLED) emit_plumb_lose(&day.device);
        if (day.link == LINK_UP) carry(bytes, emit_plumb_sample(&day.device, &r, bytes));
        if (day.up_again_ns && day_ns >= day.up_again_ns && come_back()) return 2;
        if (!day.daemon.pipeline) {
            day.n_heard = 0;
            continue;
        }
        read_line();
        pipeline_on_time(day.daemon.pipeline);
        obey(r.t_s);
    }
    pipeline_finish(day.daemon.pipeline);
    pipeline_close(day.daemon.pipeline);
    store_close(day.daemon.store);
    return 0;
}

/* ---- what it left behind ---- */

static int write_event(void *arg, const struct diary_event *e)
{
    struct now then = {.t_ns = e->start_wall_ns, .wall_ns = e->start_wall_ns, .utc_offset_s = e->utc_offset_s};
    struct event event = {.kind = e->kind, .reason = e->reason, .start_ns = e->start_wall_ns, .end_ns = e->end_wall_ns,
                          .id = e->id, .value = e->value};
    trace_event(arg, &then, &event);
    return 0;
}

static int write_minute(void *arg, const struct minute *m)
{
    trace_minute(arg, m);
    return 0;
}

static int write_diary(const char *data, const char *path)
{
    enum { FOR_EVER_S = 1 << 30 };
    struct diary *diary;
    struct log_reader *log;
    struct sample s;
    char why[256];
    int64_t wall_ns, last_ns = 0;
    unsigned long samples = 0, holes = 0, back = 0;
    FILE *out = fopen(path, "we");
    if (!out || diary_open(data, &diary, why)) return fail(path, out ? why : "cannot be written");
    diary_events(diary, 0, 4 * (int64_t)FOR_EVER_S, write_event, out);
    diary_minutes(diary, 0, FOR_EVER_S, write_minute, out);
    diary_close(diary);
    if (log_reader_open(data, 0, INT64_MAX, &log)) return fail(data, "no log");
    for (; log_reader_next(log, &s, &wall_ns) == 1; samples++, last_ns = wall_ns) {
        holes += last_ns && wall_ns - last_ns > NS_PER_S / 2;
        back += wall_ns <= last_ns;
    }
    log_reader_close(log);
    fprintf(out, "%lu samples, %lu holes, %lu twice\n", samples, holes, back);
    return fclose(out) ? 2 : 0;
}

static int open_day(const char *config, const char *data, const char *start, const char *scenario)
{
    struct tm tm = {.tm_isdst = -1};
    config_default(&day.daemon.config);
    day.daemon.reload = reload;
    if (config_read(&day.daemon.config, config, stderr)) return fail(config, "cannot be read");
    snprintf(day.daemon.config.data, sizeof day.daemon.config.data, "%s", data);
    if (!strptime(start, "%Y-%m-%d %H:%M", &tm)) return fail(start, "expected YYYY-MM-DD HH:MM");
    start_wall_ns = (int64_t)mktime(&tm) * NS_PER_S;
    FILE *in = fopen(scenario, "re");
    if (!in || scenario_read(&day.scenario, in, scenario, stderr)) return fail(scenario, "cannot be read");
    fclose(in);
    sim_init(&day.sim, &day.scenario, false);
    emit_plumb_init(&day.device, &day.scenario, &day.sim.imu);
    day.device.said = stdout; /* what the wearer feels */
    day.device.board.room = room;
    return desk_open_file(stdout, &day.daemon.desk);
}

static void forget_log(void)
{
    struct emit_plumb *d = &day.device;
    struct imu_mode mode = d->device.mode;
    device_init(&d->device, &d->board, &d->identity, &mode, NULL, d->device.boot_id, d->device.batch);
}

int main(int argc, char **argv)
{
    bool no_log = false;
    for (; argc > 1 && argv[1][0] == '-'; argc--, argv++) {
        if (!strcmp(argv[1], "--no-log")) {
            no_log = true;
        } else if (strcmp(argv[1], "--fault") != 0 || argc < 3 || !fault_add(&day.faults, argv[2])) {
            return fail(argv[1], "not an option, or not a fault");
        } else {
            argc--, argv++;
        }
    }
    if (argc != 6) return fail("usage", "golden-live [--fault FAULT]… [--no-log] CONFIG DATA START SCENARIO DIARY");
    int failed = open_day(argv[1], argv[2], argv[3], argv[4]);
    if (!failed && no_log) forget_log();
    if (!failed) failed = start_daemon();
    if (!failed) failed = live();
    if (!failed) failed = write_diary(argv[2], argv[5]);
    desk_close(day.daemon.desk);
    scenario_free(&day.scenario);
    return failed;
}
