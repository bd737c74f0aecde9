/* Whether the simulated sensor is a sensor: its gyro and accelerometer tell the same story, and it is the
 * scenario's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "plumbline/sample.h"

#include "sim_fixture.h"

#include <math.h>
#include <stdio.h>

#define G ((double)STANDARD_GRAVITY_MPS2)

static double angle_deg(const double a[3], const double b[3])
{
    double dot = 0, aa = 0, bb = 0;
    for (int i = 0; i < 3; i++) {
        dot += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return acos(fmax(-1, fmin(1, dot / sqrt(aa * bb)))) / DEG_RAD;
}

static void force_of(const struct sim *sim, const struct reading *r, double force[3])
{
    for (int i = 0; i < 3; i++) force[i] = r->accel[i] * sim->imu.accel_lsb_mps2;
}

struct stretch {
    double mean[3];                /* specific force, m/s² */
    double norm_mean_g, norm_sd_g; /* of its length */
};

/* Plays on to END_S and sums up from START_S. */
static struct stretch play(struct sim *sim, double start_s, double end_s)
{
    struct stretch s = {{0}, 0, 0};
    struct reading r;
    double n = 0, sum = 0, squares = 0;
    while ((double)sim->k * sim->period_s < end_s && sim_next(sim, &r)) {
        double force[3];
        if (r.t_s < start_s) continue;
        force_of(sim, &r, force);
        double norm = sqrt(force[0] * force[0] + force[1] * force[1] + force[2] * force[2]) / G;
        for (int i = 0; i < 3; i++) s.mean[i] += force[i];
        n++;
        sum += norm;
        squares += norm * norm;
    }
    for (int i = 0; i < 3; i++) s.mean[i] /= n;
    s.norm_mean_g = sum / n;
    s.norm_sd_g = sqrt(fmax(0, squares / n - sum / n * (sum / n)));
    return s;
}

/* ---- self-consistency ---------------------------------------------------------------------------------------- */

static void gyro_integrates_to_the_attitude(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    struct reading r;
    fixture_begin(
        &sim, &s,
        "set rate 100\nset mount 20 -70 130\nset placement lower-back\nsit upright 20s\nbend 60deg\nslouch 20s 20deg\n"
        "stand 10s\nwalk 60s\nfidget 20s\nreach\neat 20s\ndrive 20s\ncross 20s\nphone 20s\nstoop 4s\nlie 10s\ntake off 10s\n");
    sim.imu.ideal = true;
    struct quaternion q = quaternion_multiply(sim.edge.attitude, sim.imu.mount);
    double worst_deg = 0, off[3];
    while (sim_next(&sim, &r)) {
        double w[3], length = 0;
        for (int i = 0; i < 3; i++) {
            w[i] = r.gyro[i] * sim.imu.gyro_lsb_rads * sim.period_s;
            length += w[i] * w[i];
        }
        length = sqrt(length);
        double half = length > 0 ? sin(length / 2) / length : 0.5;
        q = quaternion_multiply(q, (struct quaternion){cos(length / 2), w[0] * half, w[1] * half, w[2] * half});
        quaternion_difference(q, quaternion_multiply(sim.edge.attitude, sim.imu.mount), off);
        worst_deg = fmax(worst_deg, sqrt(off[0] * off[0] + off[1] * off[1] + off[2] * off[2]) / DEG_RAD);
    }
    printf("integrated gyro: at most %.3f deg from the truth\n", worst_deg);
    assert_true(worst_deg < 0.1);
    scenario_free(&s);
}

static void force_is_gravity_at_rest_and_not_in_walking(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    fixture_begin(&sim, &s, "set accel-bias 0 0 0\nsit upright 1m\nwalk 1m\ntake off 1m\n");
    struct stretch sit = play(&sim, 5, 60), walk = play(&sim, 65, 118), table = play(&sim, 126, 180);
    assert_true(fabs(sit.norm_mean_g - 1) < 0.003 && sit.norm_sd_g < 0.01);
    assert_true(fabs(walk.norm_mean_g - 1) < 0.05 && walk.norm_sd_g > 0.16 && walk.norm_sd_g < 0.45);
    assert_true(fabs(table.norm_mean_g - 1) < 0.001);
    scenario_free(&s);
}

static void noise_is_the_data_sheets(void **state)
{
    (void)state;
    for (const struct imu_part *p = imu_parts; p->name; p++) {
        char text[200];
        struct scenario s;
        struct sim sim;
        snprintf(text, sizeof text, "set part %s\nset rate 100\nsit upright 5s\ntake off 10m\n", p->name);
        fixture_begin(&sim, &s, text);
        struct stretch table = play(&sim, 20, 600);
        double lsb = p->accel_lsb_mg * 1e-3, noise = p->accel_noise_ug * 1e-6 * sqrt(50),
               want = sqrt(noise * noise + lsb * lsb / 12);
        assert_true(fabs(table.norm_sd_g / want - 1) < 0.1);
        scenario_free(&s);
    }
}

/* ---- the scenario's angles ----------------------------------------------------------------------------------- */

static void inclination_is_the_scenarios(void **state)
{
    (void)state;
    static const struct {
        const char *placement, *mount, *base, *segment;
        double want_deg;
        int axis, sign; /* where the force goes in the body's frame; axis −1: the mounting hides it */
    } table[] = {
        {"upper-back", "0 0 0", "sit upright", "slouch 10m 20deg", 20, 0, -1},
        {"upper-back", "0 0 0", "sit upright", "slouch 10m 8deg", 8, 0, -1},
        {"upper-back", "0 0 0", "sit upright", "recline 10m 15deg", 15, 0, 1},
        {"upper-back", "0 0 0", "sit upright", "lean left 10m 15deg", 15, 1, -1},
        {"upper-back", "0 0 0", "sit upright", "lean right 10m 12", 12, 1, 1},
        {"upper-back", "180 15 90", "sit upright", "desk-bend 10m 45deg", 45, -1, 0},
        {"upper-back", "0 0 0", "stand", "stand-slouch 10m 14deg", 14, 0, -1},
        {"lower-back", "0 0 0", "sit upright", "slouch 10m 18deg", 18, 0, 1},
        {"lower-back", "0 90 0", "stand", "stand-slouch 10m 18deg", 18, -1, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int seed = 1; seed <= 3; seed++) {
            char text[300];
            struct scenario s;
            struct sim sim;
            snprintf(text, sizeof text, "set seed %d\nset placement %s\nset mount %s\n%s 10m\n%s\n", seed,
                     table[i].placement, table[i].mount, table[i].base, table[i].segment);
            fixture_begin(&sim, &s, text);
            struct stretch base = play(&sim, 0, 600), held = play(&sim, 605, 1200);
            double got = angle_deg(base.mean, held.mean);
            if (fabs(got - table[i].want_deg) >= 1) print_error("%s: %.2f deg\n", table[i].segment, got);
            assert_true(fabs(got - table[i].want_deg) < 1);
            if (table[i].axis >= 0)
                assert_true((held.mean[table[i].axis] - base.mean[table[i].axis]) * table[i].sign > 0);
            scenario_free(&s);
        }
    }
}

static void placements_differ_as_backs_do(void **state)
{
    (void)state;
    static const struct {
        const char *placement, *segment;
        double low_deg, high_deg; /* forward of walking */
    } table[] = {
        {"upper-back", "sit upright 10m", 4, 11},
        {"upper-back", "stand 10m", -3, 3},
        {"lower-back", "sit upright 10m", -40, -28},
        {"lower-back", "stand 10m", -11, -3},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int seed = 1; seed <= 8; seed++) {
            char text[200];
            struct scenario s;
            struct sim sim;
            snprintf(text, sizeof text, "set seed %d\nset placement %s\nset accel-bias 0 0 0\nwalk 5m\n%s\n", seed,
                     table[i].placement, table[i].segment);
            fixture_begin(&sim, &s, text);
            struct stretch walk = play(&sim, 5, 300), held = play(&sim, 305, 900);
            double forward = (atan2(walk.mean[0], walk.mean[2]) - atan2(held.mean[0], held.mean[2])) / DEG_RAD;
            assert_in_range((int)(10 * (forward + 90)), (int)(10 * (table[i].low_deg + 90)),
                            (int)(10 * (table[i].high_deg + 90)));
            scenario_free(&s);
        }
    }
}

static double pitch_of(const struct reading *r)
{
    static const double up[3] = {0, 0, 1};
    double body[3];
    quaternion_rotate(quaternion_conjugate(r->attitude), up, body);
    return atan2(-body[0], body[2]) / DEG_RAD;
}

static void rising_leans_forward_on_the_way(void **state)
{
    (void)state;
    struct scenario s;
    struct sim sim;
    struct reading r;
    fixture_begin(&sim, &s, "sit upright 10s\nstand 10s\nsit upright 10s\n");
    double deepest[3] = {0}, rising_s = 0;
    while (sim_next(&sim, &r)) {
        int part = (int)(r.t_s / 10);
        deepest[part] = fmax(deepest[part], pitch_of(&r));
        if (part == 1 && pitch_of(&r) > 15) rising_s += sim.period_s;
    }
    assert_true(deepest[0] < 14);
    assert_true(deepest[1] > 28 && deepest[1] < 50 && deepest[2] > 28 && deepest[2] < 50);
    assert_true(rising_s > 0.5 && rising_s < 2.5);
    scenario_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gyro_integrates_to_the_attitude),
        cmocka_unit_test(force_is_gravity_at_rest_and_not_in_walking),
        cmocka_unit_test(noise_is_the_data_sheets),
        cmocka_unit_test(inclination_is_the_scenarios),
        cmocka_unit_test(placements_differ_as_backs_do),
        cmocka_unit_test(rising_leans_forward_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
