/* One wearer's hour through the tracker in every way a sensor can tell of it (all the kinds of samples that protocols
 * give) and at every rate, against the simulator's truth. The table is printed; what must hold is in judge().
 *
 * 10 Hz are enough for all of it: a step takes half a second. Without an accelerometer no step is seen, so that walking
 * counts as standing, and says so: 0 s of walking, 0 steps. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "daemon/posture/tracker.h"
#include "sim_fixture.h"

#include <math.h>

enum mode { FUSION, QUAT_LINEAR, QUAT_FORCE, ON_CHANGE, SELDOM, QUAT_ALONE, ACCEL_ALONE, MODES };
static const char *const mode_name[MODES] = {
    "accel + gyro", "quaternion + linear accel", "quaternion + accel", "the same, linear, on change, else each 0.1 s",
    "the same, on change, else each 1 s", "quaternion alone", "accel alone",
};
static const double rates_hz[] = {10, 20, 50, 100, 200};

/* He shows his postures, and then has an hour at a desk with two walks. */
static const char poses[] =
    "sit upright 20s\n!calibrate sit-upright\nsit upright 20s\nslouch 4s 22deg\n!calibrate sit-slouched\n"
    "slouch 20s 22deg\nrecline 4s 18deg\n!calibrate lean-back\nrecline 20s 18deg\ndesk-bend 4s 35deg\n!calibrate bend\n"
    "desk-bend 20s 35deg\nstand 6s\n!calibrate stand\nstand 20s\nwalk 40s\n";
static const char hour[] = "sit upright 10m\nslouch 6m 22deg\nsit upright 4m\nwalk 2m\nstand 3m\nsit upright 8m\n"
                           "slouch 5m 24deg\nsit upright 3m\nwalk 90s\nsit upright 12m\n";

/* How far a thing is from what it was when it was last sent. */
struct sent {
    double t_s;
    struct quaternion q;
    double linear[3];
};

struct cell {
    struct tracker tracker;
    struct sent sent;
    double posture_s[POSTURE_COUNT], slouch_s;
    double right_sitting_s; /* of posture_s[SITTING], while he sat */
    unsigned steps, gaps, off, samples;
    unsigned angle[1000]; /* histogram of the error of up, hundredths of a degree */
    unsigned angles;
    int64_t last_ns;
};

struct truth {
    double posture_s[POSTURE_COUNT], slouch_s, steps;
};

static struct cell cells[MODES];

/* ---- what the sensor of a mode says ---- */

static void put_quaternion(struct raw_sample *raw, struct quaternion q, double t_s, uint32_t *chance)
{
    double slip[3]; /* a device's own tilt is off by some tenths of a degree; its heading drifts by 1° a second */
    for (int i = 0; i < 3; i++) {
        *chance = *chance * 1664525u + 1013904223u;
        slip[i] = 0.1 * DEG_RAD * ((double)(*chance >> 8) / (1 << 23) - 1);
    }
    struct quaternion drift = quaternion_euler(0, 0, t_s * DEG_RAD);
    struct quaternion off = quaternion_euler(0.3 * DEG_RAD + slip[0], -0.2 * DEG_RAD + slip[1], slip[2]);
    q = quaternion_multiply(quaternion_multiply(drift, off), q);
    const double parts[4] = {q.w, q.x, q.y, q.z};
    for (int i = 0; i < 4; i++) raw->quat[i] = (int16_t)lrint(parts[i] * (double)QUAT_COUNTS);
    raw->have |= HAVE_QUAT;
}

static void up_of(const struct reading *r, double up[3])
{
    static const double earth_up[3] = {0, 0, 1};
    quaternion_rotate(quaternion_conjugate(r->attitude), earth_up, up);
}

static void put_linear(struct raw_sample *raw, const struct reading *r)
{
    double up[3];
    up_of(r, up);
    for (int i = 0; i < 3; i++) {
        double counts = r->accel[i] - up[i] * (double)STANDARD_GRAVITY_MPS2 / (double)raw->scale.accel_mps2;
        raw->accel[i] = (int16_t)lrint(counts);
    }
    raw->have |= HAVE_LINEAR_ACCEL;
}

static struct raw_sample sample_of(enum mode mode, const struct imu *imu, const struct reading *r, uint64_t index)
{
    struct raw_sample raw = {.device_ns = NO_DEVICE_TIME, .index = index};
    uint32_t chance = (uint32_t)index * 2654435761u;
    raw.scale = (struct scale){(float)imu->accel_lsb_mps2, (float)imu->gyro_lsb_rads};
    bool force = mode == FUSION || mode == QUAT_FORCE || mode == ACCEL_ALONE;
    if (force) memcpy(raw.accel, r->accel, sizeof raw.accel);
    if (force) raw.have |= HAVE_ACCEL;
    if (mode == FUSION) memcpy(raw.gyro, r->gyro, sizeof raw.gyro);
    if (mode == FUSION) raw.have |= HAVE_GYRO;
    if (mode != FUSION && mode != ACCEL_ALONE) put_quaternion(&raw, r->attitude, r->t_s, &chance);
    if (mode == QUAT_LINEAR || mode == ON_CHANGE || mode == SELDOM) put_linear(&raw, r);
    if (mode == ON_CHANGE || mode == SELDOM) raw.flags |= SAMPLE_ON_CHANGE;
    return raw;
}

/* Whether a device that speaks on change has something to say. */
static bool speaks(struct sent *sent, enum mode mode, const struct imu *imu, const struct reading *r)
{
    double turn[3], up[3], linear[3], moved = 0;
    double patience_s = mode == ON_CHANGE ? 0.1 : mode == SELDOM ? 1 : 0;
    up_of(r, up);
    quaternion_difference(sent->q, r->attitude, turn);
    for (int i = 0; i < 3; i++) {
        linear[i] = r->accel[i] * imu->accel_lsb_mps2 - up[i] * (double)STANDARD_GRAVITY_MPS2;
        moved = fmax(moved, fabs(linear[i] - sent->linear[i]));
    }
    double turned_deg = sqrt(turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2]) / DEG_RAD;
    bool due = r->t_s - sent->t_s >= patience_s - 1e-6;
    if (!due && turned_deg < 0.5 && moved < 0.3) return false;
    *sent = (struct sent){r->t_s, r->attitude, {linear[0], linear[1], linear[2]}};
    return true;
}

/* ---- what the tracker makes of it ---- */

static void keep(struct cell *c, const struct tracker_out *out)
{
    for (unsigned i = 0; i < out->n_epochs; i++) {
        const struct epoch *e = &out->epoch[i];
        c->posture_s[e->posture] += (double)e->seconds;
        c->slouch_s += e->posture == POSTURE_SITTING ? (double)e->slouch_s : 0;
        c->steps += e->steps;
    }
    for (unsigned i = 0; i < out->n_events; i++) {
        c->gaps += out->event[i].kind == EVENT_GAP;
        c->off += out->event[i].kind == EVENT_NOT_WORN;
    }
}

static void look_at_angle(struct cell *c, const struct reading *r)
{
    double up[3], dot = 0, cross2 = 0;
    up_of(r, up);
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        double x = up[j] * (double)c->tracker.up[k] - up[k] * (double)c->tracker.up[j];
        cross2 += x * x;
        dot += up[i] * (double)c->tracker.up[i];
    }
    double off_deg = atan2(sqrt(cross2), dot) / DEG_RAD;
    c->angle[(int)fmin(999, off_deg * 100)]++;
    c->angles++;
}

static double angle_p95(const struct cell *c)
{
    unsigned seen = 0;
    int i = 0;
    while (i < 999 && (seen += c->angle[i]) < 0.95 * c->angles) i++;
    return (i + 1) * 0.01;
}

static void give(struct cell *c, enum mode mode, const struct sim *sim, const struct reading *r)
{
    struct tracker_out out;
    if (!speaks(&c->sent, mode, &sim->imu, r)) return;
    struct sample s = {.raw = sample_of(mode, &sim->imu, r, c->samples++)};
    s.t_ns = SECONDS_NS(1000) + llround(r->t_s * 1e9);
    sample_convert(&s);
    tracker_push(&c->tracker, &s, &out);
    keep(c, &out);
    c->last_ns = s.t_ns;
}

static void command(const char *words, int64_t now_ns)
{
    for (enum pose p = 0; p < POSE_COUNT; p++) {
        if (strcmp(words + strlen("calibrate "), pose_name(p)) != 0) continue;
        for (int m = 0; m < MODES; m++) tracker_capture_start(&cells[m].tracker, p, now_ns);
    }
}

static void add_truth(struct truth *truth, const struct sim *sim, double *still_s)
{
    double flexion_deg, lateral_deg;
    const struct segment *segment = motion_segment(&sim->motion);
    enum posture p = motion_truth(&sim->motion, segment, segment, &flexion_deg, &lateral_deg);
    truth->posture_s[p] += sim->period_s;
    if (segment->kind == SEGMENT_SLOUCH) truth->slouch_s += sim->period_s;
    if (p == POSTURE_WALKING) truth->steps += sim->period_s * sim->motion.person.cadence_spm / 60;
    double since_s = ((double)sim->k - 0.5) * sim->period_s - segment->start_s;
    *still_s = p == POSTURE_SITTING || p == POSTURE_STANDING ? since_s : 0;
}

static void live(enum placement placement, double rate_hz, struct truth *truth)
{
    char text[1024], message[200];
    static struct sim sim;
    struct scenario s;
    struct reading r;
    struct tracker_config config = {.placement = placement, .sensitivity = SENSITIVITY_MEDIUM,
                                    .sitting_bias = placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    snprintf(text, sizeof text, "set seed 31\nset rate %.0f\nset placement %s\nset mount 80 -20 30\n%s%s", rate_hz,
             placement == PLACEMENT_LOWER_BACK ? "lower-back" : "upper-back", poses, hour);
    assert_int_equal(fixture_read(&s, text, message, sizeof message), 0);
    sim_init(&sim, &s, false);
    memset(cells, 0, sizeof cells);
    memset(truth, 0, sizeof *truth);
    for (int m = 0; m < MODES; m++) tracker_init(&cells[m].tracker, &config);
    size_t said = 0;
    while (sim_next(&sim, &r)) {
        double still_s;
        add_truth(truth, &sim, &still_s);
        for (; said < s.n_commands && s.commands[said].at_s <= r.t_s; said++)
            command(s.commands[said].words, SECONDS_NS(1000) + llround(r.t_s * 1e9));
        for (int m = 0; m < MODES; m++) give(&cells[m], (enum mode)m, &sim, &r);
        for (int m = 0; m < MODES && still_s > 5; m++) look_at_angle(&cells[m], &r);
    }
    for (int m = 0; m < MODES; m++) {
        struct tracker_out out;
        tracker_finish(&cells[m].tracker, cells[m].last_ns, &out);
        keep(&cells[m], &out);
    }
    scenario_free(&s);
}

/* ---- what must hold ---- */

static double percent(double got, double of) { return of > 0 ? 100 * got / of : 0; }

static void show(double rate_hz, enum mode mode, const struct truth *truth)
{
    const struct cell *c = &cells[mode];
    print_message("%4.0f Hz %-46s %8.1f/s %5.2f deg %6.1f %6.1f %6.1f %6.1f %6.1f %5u %4u %4u\n", rate_hz,
                  mode_name[mode], c->samples / ((double)(c->last_ns - SECONDS_NS(1000)) * 1e-9), angle_p95(c),
                  percent(c->posture_s[POSTURE_SITTING], truth->posture_s[POSTURE_SITTING]),
                  percent(c->slouch_s, truth->slouch_s),
                  percent(c->posture_s[POSTURE_STANDING], truth->posture_s[POSTURE_STANDING]),
                  percent(c->posture_s[POSTURE_WALKING], truth->posture_s[POSTURE_WALKING]),
                  percent(c->steps, truth->steps), (unsigned)c->posture_s[POSTURE_UNSURE], c->gaps, c->off);
}

static void near(const char *what, double got, double wanted, double within_percent)
{
    if (!(fabs(got - wanted) <= wanted * within_percent / 100)) fail_msg("%s: %.1f, %.1f in truth", what, got, wanted);
}

static void judge(enum mode mode, const struct truth *truth)
{
    const struct cell *c = &cells[mode];
    const double *got = c->posture_s, *wanted = truth->posture_s;
    double sum = 0, all = 0;
    for (int i = 0; i < POSTURE_COUNT; i++) sum += got[i], all += wanted[i];
    near("all", sum, all, 0.1);
    if (angle_p95(c) > 2) fail_msg("up is %.2f deg off", angle_p95(c));
    near("sitting", got[POSTURE_SITTING], wanted[POSTURE_SITTING], 5);
    near("slouching", c->slouch_s, truth->slouch_s, 10);
    near("on his feet", got[POSTURE_STANDING] + got[POSTURE_WALKING],
         wanted[POSTURE_STANDING] + wanted[POSTURE_WALKING], 10);
    near("walking", got[POSTURE_WALKING], mode == QUAT_ALONE ? 0 : wanted[POSTURE_WALKING], 10);
    near("steps", c->steps, mode == QUAT_ALONE ? 0 : truth->steps, 10);
    assert_int_equal(c->gaps, 0);
    assert_int_equal(c->off, 0);
}

static void day(enum placement placement)
{
    print_message("%s\n%-55s %10s %9s %6s %6s %6s %6s %6s %5s %4s %4s\n",
                  placement == PLACEMENT_LOWER_BACK ? "lower back" : "upper back", "", "samples", "p95", "sit%", "slch%",
                  "stnd%", "walk%", "steps%", "unsr", "gaps", "off");
    for (size_t i = 0; i < sizeof rates_hz / sizeof *rates_hz; i++) {
        struct truth truth;
        live(placement, rates_hz[i], &truth);
        for (int m = 0; m < MODES; m++) {
            show(rates_hz[i], (enum mode)m, &truth);
            judge((enum mode)m, &truth);
        }
    }
}

/* What is too long for stillness is a gap all the same, and a minute of it ends what went on. */
static void a_tracker_that_is_switched_off(void **state)
{
    (void)state;
    static const struct {
        double silence_s;
        unsigned gaps;
    } table[] = {{0.6, 0}, {1.9, 0}, {2.5, 1}, {90, 1}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK, .sensitivity = SENSITIVITY_MEDIUM};
        struct cell *c = &cells[0];
        struct tracker_out out;
        memset(c, 0, sizeof *c);
        tracker_init(&c->tracker, &config);
        for (int k = 0; k < 200; k++) {
            struct sample s = {.raw = {.have = HAVE_QUAT, .flags = SAMPLE_ON_CHANGE, .quat = {32767}}};
            s.t_ns = SECONDS_NS(1000) + k * 100 * (int64_t)NS_PER_MS;
            if (k >= 100) s.t_ns += llround(table[i].silence_s * 1e9);
            sample_convert(&s);
            tracker_push(&c->tracker, &s, &out);
            keep(c, &out);
        }
        assert_int_equal(c->gaps > 0, table[i].gaps);
    }
}

static void upper_back(void **state)
{
    (void)state;
    day(PLACEMENT_UPPER_BACK);
}

static void lower_back(void **state)
{
    (void)state;
    day(PLACEMENT_LOWER_BACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upper_back),
        cmocka_unit_test(lower_back),
        cmocka_unit_test(a_tracker_that_is_switched_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
