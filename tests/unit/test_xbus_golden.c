/* The recordings of an MTi-G-710 in einride/xsens-go, in all four number formats, against the texts that go with them:
 * each number we read is the number written there, and each sample is made of those numbers. */
#include "sensor_fixture.h"

#include "daemon/sensor/protocol/xbus_message.h"

#include <math.h>

enum { BYTES_MAX = 65536, NUMBERS_MAX = 9, FILES = 5 };

static const struct {
    const char *name;
    unsigned kind;
} fields[] = {
    {"PacketCounter", XBUS_PACKET_COUNTER},
    {"SampleTimeFine", XBUS_SAMPLE_TIME_FINE},
    {"Quaternion", XBUS_QUATERNION},
    {"RotationMatrix", 0x2020},
    {"EulerAngles", 0x2030},
    {"DeltaV", 0x4010},
    {"Acceleration", XBUS_ACCELERATION},
    {"FreeAcceleration", XBUS_FREE_ACCELERATION},
    {"RateOfTurn", XBUS_RATE_OF_TURN},
    {"DeltaQ", 0x8030},
    {"MagneticField", 0xc020},
    {"Temperature", 0x0810},
    {"AltitudeEllipsoid", 0x5020},
    {"PositionECEF", 0x5030},
    {"LatLon", 0x5040},
    {"VelocityXYZ", 0xd010},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

struct message {
    bool has[FIELDS];
    unsigned n[FIELDS];
    double value[FIELDS][NUMBERS_MAX];
};

static uint8_t bytes[BYTES_MAX];
static struct fed fed;
static unsigned compared;

static int field_of(const char *line)
{
    size_t n = strcspn(line, "(:");
    for (int i = 0; i < FIELDS; i++)
        if (strlen(fields[i].name) == n && strncmp(line, fields[i].name, n) == 0) return i;
    return -1;
}

/* The next message of the golden text; false at its end. */
static bool read_text(FILE *f, struct message *m)
{
    char line[256];
    int field = -1, lines = 0;
    memset(m, 0, sizeof *m);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '\n' && lines > 0) return true;
        if (line[0] == '\n') continue;
        lines++;
        if (line[0] != ' ') {
            field = field_of(line);
            if (field >= 0) m->has[field] = true;
            continue;
        }
        if (field < 0) continue;
        const char *number = strchr(line, ':');
        assert_true(m->n[field] < NUMBERS_MAX);
        m->value[field][m->n[field]++] = strtod(number ? number + 1 : line, NULL);
    }
    return lines > 0;
}

static double number_of(const struct xbus_item *item, unsigned i, unsigned n)
{
    double v[NUMBERS_MAX];
    if (item->kind == XBUS_PACKET_COUNTER || item->kind == XBUS_SAMPLE_TIME_FINE)
        return xbus_unsigned(item->data, item->size);
    assert_true(xbus_numbers(item, v, n));
    return v[i];
}

static void compare_message(const struct xbus_message *m, const struct message *text)
{
    struct xbus_item item;
    unsigned at = 0, found = 0, expected = 0;
    while (xbus_next_item(m, &at, &item))
        for (int f = 0; f < FIELDS; f++) {
            if (fields[f].kind != item.kind) continue;
            assert_true(text->has[f]);
            found++;
            for (unsigned i = 0; i < text->n[f]; i++, compared++)
                assert_true(number_of(&item, i, text->n[f]) == text->value[f][i]);
        }
    for (int f = 0; f < FIELDS; f++) expected += text->has[f];
    assert_int_equal(found, expected);
}

static const double *numbers(const struct message *text, unsigned kind)
{
    for (int f = 0; f < FIELDS; f++)
        if (fields[f].kind == kind) return text->has[f] ? text->value[f] : NULL;
    return NULL;
}

static void compare_sample(const struct raw_sample *s, const struct message *text)
{
    const double *accel = numbers(text, XBUS_ACCELERATION), *gyro = numbers(text, XBUS_RATE_OF_TURN),
                 *quat = numbers(text, XBUS_QUATERNION), *time = numbers(text, XBUS_SAMPLE_TIME_FINE);
    assert_int_equal(s->have & HAVE_ACCEL, accel ? HAVE_ACCEL : 0);
    assert_int_equal(s->have & HAVE_GYRO, gyro ? HAVE_GYRO : 0);
    assert_int_equal(s->have & HAVE_QUAT, quat ? HAVE_QUAT : 0);
    for (int i = 0; accel && i < 3; i++) assert_int_equal(s->accel[i], lround(accel[i] / (double)s->scale.accel_mps2));
    for (int i = 0; gyro && i < 3; i++) assert_int_equal(s->gyro[i], lround(gyro[i] / (double)s->scale.gyro_rads));
    for (int i = 0; quat && i < 4; i++) assert_int_equal(s->quat[i], lround(quat[i] * (double)QUAT_COUNTS));
    assert_int_equal(s->device_ns, (int64_t)time[0] * 100000);
}

static size_t read_recording(int number)
{
    char name[64];
    snprintf(name, sizeof name, "protocols/xsens/einride_%d_output.bin", number);
    FILE *f = open_data(name);
    if (!f) return 0;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return n;
}

static void compare_file(int number)
{
    char name[64];
    size_t n = read_recording(number);
    snprintf(name, sizeof name, "protocols/xsens/einride_%d_output.golden", number);
    FILE *f = open_data(name);
    assert_non_null(f);
    const struct protocol *xbus = protocol_find("xbus");
    feed(xbus, bytes, n, n, FED_MAX, &fed);
    size_t sample = 0, at = 0, messages = 0;
    struct message text;
    while (read_text(f, &text)) {
        struct xbus_message m;
        assert_true(at < n);
        assert_int_equal(xbus_look(bytes + at, (unsigned)(n - at), &m), XBUS_MESSAGE);
        compare_message(&m, &text);
        if (numbers(&text, XBUS_ACCELERATION) || numbers(&text, XBUS_FREE_ACCELERATION)) {
            assert_true(sample < fed.n);
            compare_sample(&fed.sample[sample++], &text);
        }
        at += m.length;
        messages++;
    }
    fclose(f);
    assert_int_equal(at, n);
    assert_int_equal(sample, fed.n);
    assert_int_equal(messages, fed.stats.frames);
    assert_int_equal(fed.stats.skipped_bytes + fed.stats.bad_frames + fed.stats.lost_frames, 0);
    printf("recording %d: %zu messages, %zu samples\n", number, messages, fed.n);
}

static void test_each_number_is_the_golden_one(void **state)
{
    (void)state;
    for (int i = 1; i <= FILES; i++) compare_file(i);
    printf("%u numbers compared, all equal\n", compared);
    assert_true(compared > 5000);
}

static void test_slicing(void **state)
{
    (void)state;
    for (int i = 1; i <= FILES; i++) {
        read_recording(i);
        assert_slicing_is_free(protocol_find("xbus"), bytes, 600);
    }
}

int main(void)
{
    if (read_recording(1) == 0) return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_number_is_the_golden_one),
        cmocka_unit_test(test_slicing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
