/* Who is talking: each protocol is known by its first frames, and nothing else is taken for one. */
#include "sensor_fixture.h"

#include "firmware-proto/plumb_link.h"

enum { BYTES_MAX = 1 << 20 };
static uint8_t bytes[BYTES_MAX];
static size_t length;
static struct fed direct, replayed;

static struct detect *new_detect(void)
{
    struct detect *d = malloc(detect_size());
    assert_non_null(d);
    detect_init(d);
    return d;
}

/* Feeds all bytes in slices; *AT is how many were in when the lock came. */
static const struct protocol *listen(size_t slice, size_t *at)
{
    struct detect *d = new_detect();
    const struct protocol *p = NULL;
    for (*at = 0; *at < length && !p;) {
        size_t n = length - *at < slice ? length - *at : slice;
        p = detect_push(d, bytes + *at, n);
        *at += n;
    }
    free(d);
    return p;
}

static void add_witmotion(int groups)
{
    for (int k = 0; k < groups * 2; k++) {
        uint8_t f[11] = {0x55, (uint8_t)(0x51 + k % 2), (uint8_t)k, 0, 11, 0, 0x4d, k % 2 ? 0 : 8, 1, 2, 0};
        for (int i = 0; i < 10; i++) f[10] = (uint8_t)(f[10] + f[i]);
        memcpy(bytes + length, f, sizeof f);
        length += sizeof f;
    }
}

static void add_plumb(void)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello = {.major = PLUMB_MAJOR, .boot_id = 1};
    struct plumb_stream stream = {
        .accel_lsb_mps2 = 0.0048f, .gyro_lsb_rads = 0.001f, .rate_mhz = 100000, .tick_ns = 1000};
    size_t n = plumb_put_hello(&hello, payload);
    length += plumb_link_encode(PLUMB_HELLO, 0, payload, n, bytes + length);
    n = plumb_put_stream(&stream, payload);
    length += plumb_link_encode(PLUMB_STREAM, 1, payload, n, bytes + length);
    for (uint8_t k = 0; k < 5; k++) {
        struct plumb_samples m = {.n = 10, .first_index = 10u * k, .t_last = 100000u * (k + 1u)};
        n = plumb_put_samples(&m, payload);
        length += plumb_link_encode(PLUMB_SAMPLES, (uint8_t)(2 + k), payload, n, bytes + length);
    }
}

static void add_text(int lines)
{
    for (int k = 0; k < lines; k++)
        length += (size_t)snprintf((char *)bytes + length, 80, "%d,0.10,-0.20,0.%d,1.5,-2.0,0.25\n", 1000 + 10 * k,
                                   97 + k % 2);
}

static void add_noise(size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) bytes[length++] = (uint8_t)(next_random(&seed) >> 9);
}

enum speaker { WITMOTION, PLUMB, TEXT };
static const struct {
    enum speaker speaker;
    const char *name;
} speakers[] = {{WITMOTION, "witmotion"}, {PLUMB, "plumb"}, {TEXT, "text"}};

static void speak(enum speaker speaker)
{
    if (speaker == WITMOTION) add_witmotion(8);
    if (speaker == PLUMB) add_plumb();
    if (speaker == TEXT) add_text(40);
}

static void test_each_is_known_in_any_slices(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof speakers / sizeof speakers[0]; i++)
        for (size_t noise = 0; noise < 300; noise += 37) {
            size_t at, at_once;
            length = 0;
            add_noise(noise, 3 + (uint32_t)noise);
            if (speakers[i].speaker == TEXT) bytes[length++] = '\n';
            speak(speakers[i].speaker);
            const struct protocol *p = listen(1, &at);
            assert_non_null(p);
            assert_string_equal(p->name, speakers[i].name);
            for (size_t slice = 2; slice < 200; slice += 13) {
                assert_ptr_equal(listen(slice, &at_once), p);
                assert_in_range(at_once, at, at + slice - 1);
            }
        }
}

static void test_nothing_heard_is_lost(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof speakers / sizeof speakers[0]; i++) {
        length = 0;
        speak(speakers[i].speaker);
        struct detect *d = new_detect();
        const struct protocol *p = NULL;
        size_t at = 0, n, count;
        while (!p) p = detect_push(d, bytes + at++, 1);
        const uint8_t *heard = detect_bytes(d, &n);
        assert_int_equal(n, at);
        feed(p, bytes, length, length, FED_MAX, &direct);
        void *fresh = malloc(p->state_size);
        assert_non_null(fresh);
        p->init(fresh);
        p->push(fresh, heard, n, replayed.sample, FED_MAX, &count);
        replayed.n = count;
        p->push(fresh, bytes + at, length - at, replayed.sample + replayed.n, FED_MAX - replayed.n, &count);
        replayed.n += count;
        p->stats(fresh, &replayed.stats);
        assert_same_samples(&direct, &replayed);
        free(fresh);
        free(d);
    }
}

static void test_the_lock_stays(void **state)
{
    (void)state;
    length = 0;
    add_plumb();
    struct detect *d = new_detect();
    const struct protocol *p = detect_push(d, bytes, length);
    assert_string_equal(p->name, "plumb");
    length = 0;
    add_text(40);
    assert_ptr_equal(detect_push(d, bytes, length), p);
    assert_ptr_equal(detect_push(d, bytes, 0), p);
    free(d);
}

static void test_the_last_8_kib_are_kept(void **state)
{
    (void)state;
    length = 0;
    add_noise(40000, 17);
    for (size_t slice = 1; slice < 20000; slice = slice * 3 + 1) {
        struct detect *d = new_detect();
        for (size_t at = 0; at < length; at += slice) {
            size_t end = at + slice < length ? at + slice : length, n;
            assert_null(detect_push(d, bytes + at, end - at));
            const uint8_t *heard = detect_bytes(d, &n);
            assert_int_equal(n, end < 8192 ? end : 8192);
            assert_memory_equal(heard, bytes + end - n, n);
        }
        free(d);
    }
}

static void test_a_mebibyte_of_noise(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed < 4; seed++) {
        size_t at;
        length = 0;
        add_noise(BYTES_MAX, seed * 7919);
        assert_null(listen(4096, &at));
    }
}

static void test_idle_lines(void **state)
{
    (void)state;
    static const uint8_t fills[] = {0x00, 0x55, 0xaa, 0xff, '\n', '0', ','};
    for (size_t i = 0; i < sizeof fills; i++) {
        size_t at;
        length = 65536;
        memset(bytes, fills[i], length);
        assert_null(listen(4096, &at));
    }
}

static void test_nmea(void **state)
{
    (void)state;
    size_t at;
    length = 0;
    for (int k = 0; k < 500; k++)
        length += (size_t)snprintf((char *)bytes + length, 120,
                                   "$GPGGA,%06d,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*%02X\r\n"
                                   "$GPVTG,054.7,T,034.4,M,005.5,N,010.2,K*%02X\r\n",
                                   k, k & 255, k * 3 & 255);
    assert_null(listen(4096, &at));
}

/* Streams of sensors that have no decoder here must not be taken for one that has. */
static void test_other_makers(void **state)
{
    (void)state;
    static const char *const names[] = {"axivity/example-610-steps.cwa"};
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        size_t at;
        snprintf(path, sizeof path, "protocols/%s", names[i]);
        FILE *f = open_data(path);
        if (!f) continue;
        length = fread(bytes, 1, BYTES_MAX, f);
        fclose(f);
        assert_null(listen(4096, &at));
        found++;
    }
    if (!found) skip();
}

static void test_the_table(void **state)
{
    (void)state;
    for (const struct protocol *const *p = protocols; *p; p++) {
        assert_ptr_equal(protocol_find((*p)->name), *p);
        assert_true((*p)->lock_run >= 2);
    }
    assert_null(protocol_find("morse"));
    assert_null(protocol_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_known_in_any_slices),
        cmocka_unit_test(test_nothing_heard_is_lost),
        cmocka_unit_test(test_the_lock_stays),
        cmocka_unit_test(test_the_last_8_kib_are_kept),
        cmocka_unit_test(test_a_mebibyte_of_noise),
        cmocka_unit_test(test_idle_lines),
        cmocka_unit_test(test_nmea),
        cmocka_unit_test(test_other_makers),
        cmocka_unit_test(test_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
