/* Tables that plumbline export samples --counts wrote: known by their first line, read to the last bit, checked cell by
 * cell. */
#include "sensor_fixture.h"
#include "tools/import/import.h"

#define NAMES                                                                                                          \
    "time,run_ns,ax_counts,ay_counts,az_counts,gx_counts,gy_counts,gz_counts,qw_counts,qx_counts,qy_counts,"           \
    "qz_counts,flags,gap_before,utc_offset_s,accel_mps2_per_count,gyro_rads_per_count\n"
#define TIME "2026-03-02T08:30:00.250000Z,1,"
#define SCALES ",false,3600,0.00119641132,0.000305432623\n"

enum { SAMPLES_MAX = 8 };
static struct raw_sample got[SAMPLES_MAX];
static struct import_told told;

static size_t decode(const char *row)
{
    char text[2048], why[256] = "";
    size_t count = 0, n = (size_t)snprintf(text, sizeof text, "%s%s", NAMES, row);
    void *state = malloc(own_format.size());
    assert_non_null(state);
    assert_true(own_format.fits((const uint8_t *)text, n));
    assert_int_equal(own_format.begin(state, (const uint8_t *)text, n, &(struct import_options){0}, why), 0);
    assert_int_equal(own_format.push(state, (const uint8_t *)text, n, got, SAMPLES_MAX, &count), n);
    count += own_format.finish(state, got + count, SAMPLES_MAX - count);
    own_format.told(state, &told);
    free(state);
    return count;
}

static void test_whole(void **state)
{
    (void)state;
    const char *row = TIME "1,-2,32767,-32768,0,5,32767,-1,2,3,gap-before clipped from-log" SCALES;
    assert_int_equal(decode(row), 1);
    const struct raw_sample wanted = {
        .device_ns = SECONDS_NS(1772440200ll - IMPORT_EPOCH_S) + 250 * NS_PER_MS,
        .have = HAVE_ACCEL | HAVE_GYRO | HAVE_QUAT,
        .flags = SAMPLE_CLIPPED | SAMPLE_GAP_BEFORE, /* from whose memory it came is not of the new log */
        .accel = {1, -2, 32767},
        .gyro = {-32768, 0, 5},
        .quat = {32767, -1, 2, 3},
        .scale = {0.00119641132f, 0.000305432623f},
    };
    assert_int_equal(got[0].device_ns, wanted.device_ns);
    assert_int_equal(got[0].have, wanted.have);
    assert_int_equal(got[0].flags, wanted.flags);
    assert_memory_equal(got[0].accel, wanted.accel, sizeof wanted.accel);
    assert_memory_equal(got[0].gyro, wanted.gyro, sizeof wanted.gyro);
    assert_memory_equal(got[0].quat, wanted.quat, sizeof wanted.quat);
    assert_memory_equal(&got[0].scale, &wanted.scale, sizeof wanted.scale);
    assert_int_equal(told.clock, IMPORT_UTC);
}

static void test_parts(void **state)
{
    static const struct {
        const char *row;
        unsigned have;
    } cases[] = {
        {TIME "1,2,3,,,,,,,," SCALES, HAVE_ACCEL},
        {TIME "1,2,3,,,,9,9,9,9,without-gravity" SCALES, HAVE_LINEAR_ACCEL | HAVE_QUAT},
        {TIME ",,,,,,9,9,9,9,on-change,false,0,,\n", HAVE_QUAT},
        {TIME "1,2,3,,,,,,,,,false,0,0.001,\n", HAVE_ACCEL},
        {TIME "1,2,3,,,,,,,,,false,0,0.001,", HAVE_ACCEL}, /* without its end */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(decode(cases[i].row), 1);
        assert_int_equal(got[0].have, cases[i].have);
        assert_true(got[0].scale.accel_mps2 > 0);
        assert_int_equal(told.damaged, 0);
    }
}

static void test_refused(void **state)
{
    static const char *const rows[] = {
        TIME "1,2,,,,,,,,," SCALES,                   /* half an acceleration */
        TIME ",,,1,2,3,,,,," SCALES,                  /* a gyro alone tells no posture */
        TIME "1,2,32768,,,,,,,," SCALES,              /* no count */
        TIME "1,2,3.5,,,,,,,," SCALES,                /* nor this */
        TIME "1,2,x,,,,,,,," SCALES,                  /* nor this */
        TIME "1,2,3,,,,,,,,,false,0,,\n",             /* without its scale */
        TIME "1,2,3,4,5,6,,,,,,false,0,0.001,\n",     /* without its gyro's */
        TIME "1,2,3,,,,,,,,,false,0,-0.001,\n",       /* a scale below 0 */
        TIME "1,2,3,,,,,,,,,false,0\n",               /* cut off */
        "08:30:00,1,1,2,3,,,,,,,," SCALES,            /* no date */
        "2026-03-02T08:30:00,1,1,2,3,,,,,,,," SCALES, /* not UTC */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(decode(rows[i]), 0);
        assert_int_equal(told.damaged, 1);
    }
}

static void test_other_tables(void **state)
{
    static const char *const heads[] = {"", "\n", "time,ax_counts\n", "time,run_ns,ax_mps2,ay_mps2,az_mps2\n", NAMES};
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        assert_int_equal(own_format.fits((const uint8_t *)heads[i], strlen(heads[i])), i == 4);
    assert_ptr_equal(import_detect((const uint8_t *)NAMES, strlen(NAMES)), &own_format);
    assert_ptr_equal(import_find("plumbline"), &own_format);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_other_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
