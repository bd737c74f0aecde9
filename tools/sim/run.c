/* Invariants: a sample's bytes leave at or after the end of its interval; while the link is not LINK_UP nothing leaves;
 * what a fault does, it does after the protocol and before the output, so that the device's own counters stay true.
 */
#include "run.h"

#include "emit_bno_rvc.h"
#include "emit_plumb.h"
#include "emit_slime.h"
#include "emit_text.h"
#include "emit_witmotion.h"
#include "emit_xbus.h"
#include "emit_ximu3.h"
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const run_protocol_names[RUN_PROTOCOLS] = {
    [RUN_PLUMB] = "plumb", [RUN_WIT] = "wit", [RUN_WIT61] = "wit61", [RUN_TEXT] = "text", [RUN_XBUS] = "xbus",
    [RUN_BNO_RVC] = "bno-rvc", [RUN_XIMU3] = "ximu3", [RUN_SLIME] = "slime",
};

struct runner {
    struct sim *sim;
    struct run_options *options;
    struct emit_plumb device; /* RUN_PLUMB */
    struct emit_slime slime;  /* RUN_SLIME */
    struct out out;
    enum link_state link;
    int64_t start_ns;     /* CLOCK_MONOTONIC of scenario time 0 */
    double clock_shift_s; /* RUN_TEXT, RUN_XBUS, RUN_XIMU3 */
    uint16_t made;        /* RUN_XBUS: samples since the device started */
    bool greeted;         /* the present reader has been told what the device is */
};

static int write_bytes(struct runner *r, uint8_t *bytes, size_t n)
{
    return out_write(&r->out, bytes, fault_damage(&r->options->faults, bytes, n));
}

/* Nobody listens any more, or not yet. */
static void lose_reader(struct runner *r)
{
    if (r->greeted) emit_plumb_unplug(&r->device);
    r->greeted = false;
}

/* What the device says when it comes up. Nobody at a file's end could tell it to start again. */
static int greet(struct runner *r)
{
    r->greeted = true;
    uint8_t bytes[EMIT_MAX];
    size_t n = 0;
    if (r->options->protocol == RUN_PLUMB) {
        n = emit_plumb_greet(&r->device, bytes);
        if (r->out.kind == OUT_FILE && !r->device.device.streaming) n += emit_plumb_start(&r->device, bytes + n);
    }
    if (r->options->protocol == RUN_TEXT) n = emit_text_header((char *)bytes);
    return write_bytes(r, bytes, n);
}

static int change_link(struct runner *r, enum link_state to)
{
    enum link_state from = r->link;
    int error = 0;
    r->link = to;
    if (from == to) return 0;
    if (to == LINK_UNPLUGGED) out_unplug(&r->out);
    if (from == LINK_UNPLUGGED) error = out_plug(&r->out, r->options->speed == 0);
    if (to == LINK_UNPLUGGED || to == LINK_REBOOTING) lose_reader(r);
    if (from == LINK_REBOOTING) {
        emit_plumb_reboot(&r->device);
        r->clock_shift_s = -(double)r->sim->k * r->sim->period_s;
        r->made = 0;
    }
    return error;
}

static enum link_state link_now(const struct runner *r, double t_s)
{
    if (r->sim->link != LINK_UP) return r->sim->link;
    if (fault_holds(&r->options->faults, FAULT_UNPLUG, t_s)) return LINK_UNPLUGGED;
    return fault_holds(&r->options->faults, FAULT_STALL, t_s) ? LINK_STALLED : LINK_UP;
}

/* While unplugged the device samples on, into its log. */
static void miss_sample(struct runner *r, const struct reading *reading)
{
    uint8_t bytes[EMIT_MAX];
    if (r->link == LINK_UNPLUGGED) emit_plumb_sample(&r->device, reading, bytes);
    if (r->link == LINK_STALLED) emit_plumb_lose(&r->device);
}

static int send_sample(struct runner *r, const struct reading *reading)
{
    uint8_t bytes[EMIT_MAX];
    size_t n = 0;
    double device_s = reading->t_s * (1 + r->sim->motion.scenario->ppm * 1e-6) + r->clock_shift_s;
    const struct imu *imu = &r->sim->imu;
    switch (r->options->protocol) {
    case RUN_PLUMB: n = emit_plumb_sample(&r->device, reading, bytes); break;
    case RUN_WIT: n = emit_witmotion_55(reading, bytes); break;
    case RUN_WIT61: n = emit_witmotion_61(reading, bytes); break;
    case RUN_TEXT: n = emit_text_line(imu, reading, device_s, (char *)bytes); break;
    case RUN_XBUS: n = emit_xbus(imu, reading, r->made, device_s, bytes); break;
    case RUN_BNO_RVC: n = emit_bno_rvc(imu, reading, r->sim->k, bytes); break;
    case RUN_XIMU3: n = emit_ximu3(imu, reading, r->sim->k, device_s, bytes); break;
    case RUN_SLIME: n = emit_slime(&r->slime, imu, reading, r->sim->k, bytes); break;
    case RUN_PROTOCOLS: break;
    }
    return n ? write_bytes(r, bytes, n) : 0;
}

static int hear(struct runner *r, const uint8_t *in, size_t n)
{
    uint8_t bytes[EMIT_MAX];
    if (r->options->protocol != RUN_PLUMB || r->link != LINK_UP) return 0;
    return write_bytes(r, bytes, emit_plumb_command(&r->device, in, n, stderr, bytes));
}

/* Until T_S of the scenario has come in real time, listening meanwhile. At full speed only looks whether something was
 * said. */
static int pace(struct runner *r, double t_s)
{
    uint8_t in[EMIT_COMMAND_MAX];
    double speed = r->options->speed;
    int64_t deadline_ns = speed > 0 ? r->start_ns + (int64_t)(t_s / speed * 1e9) : 0;
    int error = out_flush(&r->out);
    while (!error) {
        ssize_t n = out_wait(&r->out, deadline_ns, in, sizeof in);
        if (n <= 0) return (int)n;
        error = hear(r, in, (size_t)n);
        if (!error) error = out_flush(&r->out);
    }
    return error;
}

static int play(struct runner *r)
{
    struct reading reading;
    enum { LOOK_EACH = 256 }; /* samples, at full speed */
    int error = 0;
    while (!error && sim_next(r->sim, &reading)) {
        double jump_s = fault_jump(&r->options->faults, reading.t_s), end_s = (double)r->sim->k * r->sim->period_s;
        if (jump_s != 0) {
            emit_plumb_jump(&r->device, jump_s);
            r->clock_shift_s += jump_s;
        }
        if (r->options->speed > 0 || r->sim->k % LOOK_EACH == 0) error = pace(r, end_s);
        if (!error) error = change_link(r, link_now(r, reading.t_s));
        if (error) break;
        r->made++;
        if (r->link != LINK_UP)
            miss_sample(r, &reading);
        else if (r->out.reader && !r->greeted)
            error = greet(r);
        if (!error && r->link == LINK_UP) error = send_sample(r, &reading);
        if (!error && r->options->speed > 0) error = out_flush(&r->out);
        if (!r->out.reader) lose_reader(r);
    }
    return error ? error : out_flush(&r->out);
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int run(struct sim *sim, struct run_options *options)
{
    struct runner *r = calloc(1, sizeof *r);
    if (!r) return -ENOMEM;
    r->sim = sim;
    r->options = options;
    emit_plumb_init(&r->device, sim->motion.scenario, &sim->imu);
    chance_init(&options->faults.chance, sim->motion.seed, 4);
    int error = out_open(&r->out, options->out, options->link, options->speed > 0);
    if (!error) {
        r->start_ns = monotonic_ns();
        error = play(r);
        if (error == -EPIPE || error == -EINTR)
            error = 0;
        else if (error)
            fprintf(stderr, "plumbline-sim: writing to %s: %s\n", options->out, strerror(-error));
    }
    out_close(&r->out);
    free(r);
    return error;
}
