/* The one place that holds what sample.h says of signs and units. */
#include "daemon/posture/calibration.h"
#include "daemon/posture/vec.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void counts_become_si(void **state)
{
    (void)state;
    struct sample s = {
        .raw = {.have = HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT, .accel = {2048, 0, -2048}, .gyro = {16384, -16384, 0}}};
    s.raw.scale = SCALE_16G_2000DPS;
    s.raw.quat[0] = 0, s.raw.quat[3] = 32767;
    sample_convert(&s);
    assert_float_equal(s.accel_mps2[0], 9.80665f, 1e-4f);
    assert_float_equal(s.accel_mps2[2], -9.80665f, 1e-4f);
    assert_float_equal(s.gyro_rads[0] * DEG_PER_RAD, 1000, 1);
    assert_float_equal(s.quat[3], 1, 1e-6f);
    assert_true(s.raw.have & HAVE_QUAT);
    memset(s.raw.quat, 0, sizeof s.raw.quat);
    sample_convert(&s);
    assert_false(s.raw.have & HAVE_QUAT);
    assert_float_equal(s.quat[0], 1, 0);
}

/* Body frame x forward, y left, z up, and the sensor lies in it unturned: the specific force of a body at rest. */
static void signs(void **state)
{
    (void)state;
    static const struct {
        float up[3], flexion_deg, lateral_deg;
    } table[] = {
        {{0, 0, 1}, 0, 0},
        {{-0.5f, 0, 0.8660254f}, 30, 0}, /* bent forward: the front of the sensor points down, up lies behind it */
        {{0.5f, 0, 0.8660254f}, -30, 0}, /* leant back */
        {{0, -0.5f, 0.8660254f}, 0, 30}, /* leant to the left: the left side points down */
        {{0, 0.5f, 0.8660254f}, 0, -30},
    };
    struct calibration c;
    calibration_init(&c);
    c.up[2] = 1, c.have_up = true;
    c.forward[0] = 1, c.have_forward = true;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct angles a;
        calibration_angles(&c, table[i].up, &a);
        assert_true(a.have_signs);
        assert_float_equal(a.flexion_deg, table[i].flexion_deg, 0.01f);
        assert_float_equal(a.lateral_deg, table[i].lateral_deg, 0.01f);
        assert_float_equal(a.inclination_deg, fabsf(table[i].flexion_deg + table[i].lateral_deg), 0.01f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_become_si), cmocka_unit_test(signs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
