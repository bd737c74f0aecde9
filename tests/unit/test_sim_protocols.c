/* The simulator's other sensors against the daemon's decoders: what was true comes out, and detection tells them
 * apart. */
#include "sensor_fixture.h"

#include "tools/sim/emit_bno_rvc.h"
#include "tools/sim/emit_slime.h"
#include "tools/sim/emit_ximu3.h"

#include "sim_fixture.h"

#include <math.h>

enum { BYTES_MAX = 1 << 20, READINGS_MAX = 8192 };
static uint8_t bytes[BYTES_MAX];
static size_t length;
static struct reading truth[READINGS_MAX];
static size_t n_truth;
static struct sim sim;
static struct fed fed;

#define DAY "set rate 100\nset mount 80 15 -60\nsit upright 10s\nwalk 15s\nslouch 10s 20deg\nbend 60deg\nlie 8s\n"

enum device { BNO_RVC, XIMU3, SLIME };

static void record(enum device device)
{
    struct scenario s;
    struct emit_slime slime = {0};
    fixture_begin(&sim, &s, DAY);
    length = n_truth = 0;
    while (sim_next(&sim, &truth[n_truth])) {
        const struct reading *r = &truth[n_truth];
        uint8_t *p = bytes + length;
        if (device == BNO_RVC) length += emit_bno_rvc(&sim.imu, r, sim.k, p);
        if (device == XIMU3) length += emit_ximu3(&sim.imu, r, sim.k, r->t_s, p);
        if (device == SLIME) length += emit_slime(&slime, &sim.imu, r, sim.k, p);
        assert_true(length + 4096 < BYTES_MAX && ++n_truth < READINGS_MAX);
    }
    scenario_free(&s);
}

static void up_of(struct quaternion q, double up[3])
{
    quaternion_rotate(quaternion_conjugate(q), (double[3]){0, 0, 1}, up);
}

/* Degrees between the true up and that of the sample's quaternion. */
static double tilt_off_deg(const struct raw_sample *s, const struct reading *r)
{
    struct quaternion q = {s->quat[0], s->quat[1], s->quat[2], s->quat[3]};
    double length_q = sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z), up[3], true_up[3], across = 0;
    q = (struct quaternion){q.w / length_q, q.x / length_q, q.y / length_q, q.z / length_q};
    up_of(q, up);
    up_of(r->attitude, true_up);
    for (int i = 0; i < 3; i++) across += (up[i] - true_up[i]) * (up[i] - true_up[i]);
    return 2 * asin(fmin(1, sqrt(across) / 2)) / DEG_RAD;
}

/* m/s² between the true specific force and the sample's; to a linear one the quaternion's gravity is added. */
static double force_off(const struct raw_sample *s, const struct reading *r)
{
    double up[3], square = 0;
    up_of(r->attitude, up);
    for (int i = 0; i < 3; i++) {
        double force = s->accel[i] * (double)s->scale.accel_mps2;
        if (s->have & HAVE_LINEAR_ACCEL) force += (double)STANDARD_GRAVITY_MPS2 * up[i];
        force -= r->accel[i] * sim.imu.accel_lsb_mps2;
        square += force * force;
    }
    return sqrt(square);
}

/* Sample k of the stream is reading FIRST + k. */
static void compare(const char *name, size_t first, double tilt_most_deg, double force_most)
{
    const struct protocol *p = protocol_find(name);
    double tilt = 0, force = 0;
    feed(p, bytes, length, 4096, FED_MAX, &fed);
    assert_in_range(fed.n, n_truth - first - 1, n_truth - first);
    assert_int_equal(fed.stats.bad_frames + fed.stats.skipped_bytes + fed.stats.lost_samples, 0);
    for (size_t i = 0; i < fed.n; i++) {
        if (fed.sample[i].have & HAVE_QUAT) tilt = fmax(tilt, tilt_off_deg(&fed.sample[i], &truth[first + i]));
        force = fmax(force, force_off(&fed.sample[i], &truth[first + i]));
    }
    printf("%s: %zu samples, at most %.3f deg and %.3f m/s2 off\n", name, fed.n, tilt, force);
    assert_true(tilt < tilt_most_deg && force < force_most);
}

static void bno_rvc_tells_the_truth(void **state)
{
    (void)state;
    record(BNO_RVC);
    compare("bno-rvc", 0, 0.02, 0.02);
    assert_int_equal(fed.sample[0].have, HAVE_ACCEL | HAVE_QUAT);
    assert_int_equal(fed.sample[fed.n - 1].have, HAVE_ACCEL | HAVE_QUAT);
}

/* Its quaternion may be that of the message before. */
static void ximu3_tells_the_truth(void **state)
{
    (void)state;
    record(XIMU3);
    compare("ximu3", 0, 3, 0.01);
    assert_int_equal(fed.sample[fed.n - 1].have, HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT);
    for (size_t i = 0; i < fed.n; i++)
        for (int a = 0; a < 3; a++) {
            double rate = fed.sample[i].gyro[a] * (double)fed.sample[i].scale.gyro_rads;
            assert_true(fabs(rate - truth[i].gyro[a] * sim.imu.gyro_lsb_rads) < 0.001);
        }
    assert_int_equal(fed.info.battery_percent, 83);
}

/* 32 packets decide which tracker it is; some tell that nothing changed, or not enough. */
static void slime_tells_the_truth(void **state)
{
    (void)state;
    size_t attitudes = 0, first = 0;
    record(SLIME);
    while (attitudes < 32) {
        uint8_t type = bytes[64 * first++];
        attitudes += type == 1 || type == 2;
    }
    compare("slime", first - 1, 3, 1.5);
    assert_int_equal(fed.sample[0].have, HAVE_QUAT | HAVE_LINEAR_ACCEL);
    assert_string_equal(fed.info.firmware, "2025-09-14");
    assert_int_equal(fed.info.battery_percent, 77);
}

static const struct protocol *listen(void)
{
    struct detect *d = malloc(detect_size());
    assert_non_null(d);
    detect_init(d);
    const struct protocol *p = NULL;
    for (size_t at = 0; at < length && !p; at += 100)
        p = detect_push(d, bytes + at, length - at < 100 ? length - at : 100);
    free(d);
    return p;
}

static void each_is_heard_as_what_it_is(void **state)
{
    (void)state;
    record(BNO_RVC);
    assert_ptr_equal(listen(), protocol_find("bno-rvc"));
    record(XIMU3);
    assert_ptr_equal(listen(), protocol_find("ximu3"));
    record(SLIME);
    assert_null(listen());
}

/* In text mode, alone or among other messages, and then the text decoder must not take its lines for a sketch's. */
static void ximu3_in_text_mode(void **state)
{
    (void)state;
    for (int others = 0; others < 2; others++) {
        length = 0;
        for (int k = 0; k < 40; k++) {
            const char *format = "I,%d,0.5,-0.2,1.0,0.01,-0.02,0.9%d\n";
            length += (size_t)snprintf((char *)bytes + length, 80, format, 1000000 + 20000 * k, k % 10);
            if (others) length += (size_t)snprintf((char *)bytes + length, 80, "Q,%d,1.0,0,0,0\n", 1000000 + 20000 * k);
        }
        assert_ptr_equal(listen(), protocol_find("ximu3"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bno_rvc_tells_the_truth), cmocka_unit_test(ximu3_tells_the_truth),
        cmocka_unit_test(slime_tells_the_truth),   cmocka_unit_test(each_is_heard_as_what_it_is),
        cmocka_unit_test(ximu3_in_text_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
