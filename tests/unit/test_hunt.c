/* At which speed somebody is understood: a line of bits, read at every speed, until a protocol locks. All time is made
 * up. */
#include "sensor_fixture.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
enum { BURST_MAX = 4096 };

/* ---- a line: 8N1 at one speed, read by a UART at another ---- */

static uint8_t sent[BURST_MAX], got[BURST_MAX];
static size_t n_sent;

/* The level of the line TIME ns after the burst began; idle is high. */
static int level(unsigned baud, double time_ns)
{
    double bit = time_ns * baud / 1e9;
    if (bit < 0 || bit >= 10.0 * (double)n_sent) return 1;
    size_t byte = (size_t)(bit / 10);
    int k = (int)(bit - 10.0 * (double)byte);
    return k == 0 ? 0 : k == 9 ? 1 : sent[byte] >> (k - 1) & 1;
}

/* What a UART set to READING makes of the burst sent at SENDING: it waits for a falling edge, looks at the middle of
 * each bit, and hands the byte on without a word when its stop bit is wrong, as the kernel does by default. */
static size_t read_line(unsigned sending, unsigned reading)
{
    double bit_ns = 1e9 / reading, end_ns = 10.0 * (double)n_sent * 1e9 / sending, step_ns = 1e9 / (16.0 * reading);
    size_t n = 0;
    for (double t = 0; t < end_ns && n < BURST_MAX; t += step_ns) {
        if (level(sending, t) || level(sending, t + bit_ns / 2)) continue;
        uint8_t byte = 0;
        for (int k = 0; k < 8; k++) byte |= (uint8_t)(level(sending, t + bit_ns * (1.5 + k)) << k);
        got[n++] = byte;
        t += bit_ns * 9.5;
        while (t < end_ns && !level(sending, t)) t += step_ns; /* a new edge is needed */
    }
    return n;
}

static void witmotion_group(int k)
{
    static const uint8_t type[] = {0x51, 0x52, 0x53, 0x54};
    n_sent = 0;
    for (size_t i = 0; i < sizeof type; i++) {
        uint8_t f[11] = {0x55, type[i], (uint8_t)(k * 7), 0, 11, 0, 0x4d, i == 0 ? 8 : 0, 1, 2, 0};
        for (int j = 0; j < 10; j++) f[10] = (uint8_t)(f[10] + f[j]);
        memcpy(sent + n_sent, f, sizeof f);
        n_sent += sizeof f;
    }
}

static void text_line(int k)
{
    n_sent =
        (size_t)snprintf((char *)sent, sizeof sent, "%d,0.10,-0.20,0.%d,1.5,-2.0,0.25\n", 1000 + 100 * k, 97 + k % 2);
}

/* ---- the hunt ---- */

struct found {
    const struct protocol *protocol;
    unsigned baud, turns;
    int64_t at_ns;
};

/* A sensor that speaks ten times a second at TRUE_BAUD; the hunt begins at GOOD. */
static struct found hunt_for(void (*speak)(int k), unsigned true_baud, unsigned good, int64_t patience_ns)
{
    struct hunt h;
    struct found f = {0};
    struct detect *d = malloc(detect_size());
    assert_non_null(d);
    detect_init(d);
    hunt_begin(&h, true, good);
    for (int k = 0; f.at_ns < patience_ns && !f.protocol; k++) {
        f.at_ns += MS(100);
        speak(k);
        size_t n = read_line(true_baud, hunt_baud(&h));
        f.protocol = detect_push(d, got, n);
        if (n > 0) hunt_heard(&h, detect_promising(d), f.at_ns);
        if (f.protocol || hunt_turn(&h, f.at_ns) == HUNT_STAY) continue;
        detect_init(d);
        f.turns++;
    }
    f.baud = hunt_baud(&h);
    free(d);
    return f;
}

static const unsigned speeds[] = {115200, 9600, 57600, 921600, 230400, 460800, 38400};
enum { SPEEDS = sizeof speeds / sizeof speeds[0] };

static void test_the_line(void **state)
{
    (void)state;
    witmotion_group(3);
    for (int i = 0; i < SPEEDS; i++) {
        assert_int_equal(read_line(speeds[i], speeds[i]), n_sent);
        assert_memory_equal(got, sent, n_sent);
    }
    for (int i = 0; i < SPEEDS; i++)
        for (int k = 0; k < SPEEDS; k++) {
            size_t n = read_line(speeds[i], speeds[k]);
            if (i != k) assert_true(n != n_sent || memcmp(got, sent, n) != 0);
        }
}

static void test_each_speed_is_found(void **state)
{
    (void)state;
    static const struct {
        void (*speak)(int k);
        const char *name;
    } speakers[] = {{witmotion_group, "witmotion"}, {text_line, "text"}};
    for (size_t s = 0; s < 2; s++)
        for (int i = 0; i < SPEEDS; i++) {
            struct found f = hunt_for(speakers[s].speak, speeds[i], 0, SECONDS_NS(120));
            assert_non_null(f.protocol);
            assert_string_equal(f.protocol->name, speakers[s].name);
            assert_int_equal(f.baud, speeds[i]);
            assert_int_equal(f.turns, i);
            assert_true(f.at_ns < SECONDS_NS(2) * (i + 2));
        }
}

static void test_the_last_good_speed_comes_first(void **state)
{
    (void)state;
    struct found f = hunt_for(witmotion_group, 38400, 38400, SECONDS_NS(10));
    assert_non_null(f.protocol);
    assert_int_equal(f.turns, 0);
    f = hunt_for(witmotion_group, 19200, 19200, SECONDS_NS(10)); /* one that is not in the round */
    assert_non_null(f.protocol);
    f = hunt_for(witmotion_group, 9600, 19200, SECONDS_NS(20));
    assert_int_equal(f.baud, 9600);
    assert_int_equal(f.turns, 2);
}

static void test_each_speed_once_a_round(void **state)
{
    (void)state;
    static const unsigned goods[] = {0, 115200, 230400, 19200};
    for (size_t g = 0; g < sizeof goods / sizeof goods[0]; g++) {
        struct hunt h;
        unsigned order[2 * SPEEDS + 4], n = 0;
        int64_t now_ns = 0;
        hunt_begin(&h, true, goods[g]);
        unsigned length = goods[g] == 19200 ? SPEEDS + 1 : SPEEDS;
        while (n <= length) {
            order[n++] = hunt_baud(&h);
            do hunt_heard(&h, false, now_ns += MS(100));
            while (hunt_turn(&h, now_ns) == HUNT_STAY);
        }
        assert_int_equal(order[0], goods[g] ? goods[g] : 115200);
        assert_int_equal(order[length], order[0]);
        for (unsigned i = 0; i < length; i++)
            for (unsigned k = 0; k < i; k++) assert_int_not_equal(order[i], order[k]);
    }
}

static void test_rounds_rest_longer(void **state)
{
    (void)state;
    struct hunt h;
    int64_t now_ns = 0, turned_ns = 0, before_ns = 0;
    hunt_begin(&h, true, 0);
    for (int round = 0; round < 8; round++) {
        int64_t stay_ns = 0;
        for (int place = 0; place < SPEEDS; place++) {
            turned_ns = now_ns;
            do hunt_heard(&h, false, now_ns += MS(200));
            while (hunt_turn(&h, now_ns) == HUNT_STAY);
            if (place == 0)
                stay_ns = now_ns - turned_ns;
            else
                assert_in_range(now_ns - turned_ns, MS(1200), MS(1600));
        }
        assert_true(stay_ns > before_ns || stay_ns >= SECONDS_NS(60));
        assert_true(stay_ns <= SECONDS_NS(61));
        before_ns = stay_ns;
    }
    assert_true(before_ns >= SECONDS_NS(60));
}

static void test_silence_stops_the_hunt(void **state)
{
    (void)state;
    struct hunt h;
    hunt_begin(&h, true, 0);
    assert_true(hunt_due_ns(&h) == INT64_MAX);
    assert_int_equal(hunt_turn(&h, SECONDS_NS(3600)), HUNT_STAY);
    hunt_heard(&h, false, SECONDS_NS(3600)); /* a crackle as it is plugged in */
    assert_true(hunt_due_ns(&h) == INT64_MAX);
    /* switched on an hour later: the speed is given its whole time */
    int64_t on_ns = SECONDS_NS(7200), now_ns = on_ns;
    do hunt_heard(&h, false, now_ns += MS(100));
    while (hunt_turn(&h, now_ns) == HUNT_STAY);
    assert_true(now_ns - on_ns >= MS(1200));
}

/* A sensor of ours that is not started says who it is every five seconds. */
static void test_slow_beats_take_longer(void **state)
{
    (void)state;
    struct hunt h;
    hunt_begin(&h, true, 0);
    for (int k = 0; k < 3; k++) {
        hunt_heard(&h, false, SECONDS_NS(5 * k));
        assert_int_equal(hunt_turn(&h, SECONDS_NS(5 * k)), HUNT_STAY);
    }
    hunt_heard(&h, false, SECONDS_NS(15));
    assert_int_equal(hunt_turn(&h, SECONDS_NS(15)), HUNT_SPEED);
}

static void test_no_speed_no_hunt(void **state)
{
    (void)state;
    struct hunt h;
    hunt_begin(&h, false, 0);
    for (int k = 0; k < 1000; k++) {
        hunt_heard(&h, false, MS(100) * k);
        assert_int_equal(hunt_turn(&h, MS(100) * k), HUNT_STAY);
        assert_true(hunt_due_ns(&h) == INT64_MAX);
    }
}

/* ---- keeping watch ---- */

/* TENTHS of a second, each with so many frames, bad ones and bytes. Returns what hunt_turn() came to at the end. */
static enum hunt_turn flow(struct hunt *h, struct link_stats *s, int64_t *now_ns, int tenths, unsigned good,
                           unsigned bad)
{
    enum hunt_turn turn = HUNT_STAY;
    for (int k = 0; k < tenths && turn == HUNT_STAY; k++) {
        *now_ns += MS(100);
        s->bytes += 44;
        s->frames += good;
        s->bad_frames += bad;
        hunt_watch(h, s, *now_ns);
        turn = hunt_turn(h, *now_ns);
    }
    return turn;
}

static void test_a_good_stream_is_left_alone(void **state)
{
    (void)state;
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0;
    hunt_begin(&h, true, 0);
    hunt_locked(&h, now_ns);
    assert_int_equal(flow(&h, &s, &now_ns, 6000, 25, 1), HUNT_STAY); /* 3.8 % bad */
}

static void test_bad_frames_are_doubted(void **state)
{
    (void)state;
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0, before_ns = 0;
    hunt_begin(&h, true, 57600);
    for (int k = 0; k < 6; k++) { /* noise: it locks again each time, and is doubted less and less often */
        int64_t since_ns = now_ns;
        s = (struct link_stats){0};
        hunt_locked(&h, now_ns);
        assert_int_equal(flow(&h, &s, &now_ns, 100000, 9, 1), HUNT_LISTEN);
        assert_int_equal(hunt_baud(&h), 57600);
        assert_true(now_ns - since_ns > before_ns);
        before_ns = now_ns - since_ns;
    }
    while (hunt_turn(&h, now_ns) == HUNT_STAY) hunt_heard(&h, false, now_ns += MS(100)); /* nobody is there any more */
    assert_int_equal(hunt_baud(&h), 115200);
}

static void test_garbage_is_doubted(void **state)
{
    (void)state;
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0;
    hunt_begin(&h, true, 0);
    hunt_locked(&h, now_ns);
    assert_int_equal(flow(&h, &s, &now_ns, 100, 4, 0), HUNT_STAY);
    assert_int_equal(flow(&h, &s, &now_ns, 150, 0, 0), HUNT_LISTEN);
}

static void test_an_even_stream_that_stops(void **state)
{
    (void)state;
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0;
    hunt_begin(&h, true, 0);
    hunt_locked(&h, now_ns);
    assert_true(hunt_due_ns(&h) == INT64_MAX);
    flow(&h, &s, &now_ns, 100, 4, 0);
    hunt_watch(&h, &s, now_ns + MS(1900)); /* asked, but nothing came */
    assert_int_equal(hunt_turn(&h, now_ns + MS(1900)), HUNT_STAY);
    assert_true(hunt_due_ns(&h) == now_ns + SECONDS_NS(2));
    assert_int_equal(hunt_turn(&h, now_ns + SECONDS_NS(2)), HUNT_LISTEN);
    assert_true(hunt_due_ns(&h) == INT64_MAX); /* and then it waits for a byte, however long */
}

static void test_one_that_speaks_when_moved(void **state)
{
    (void)state;
    struct hunt h;
    struct link_stats s = {0};
    int64_t now_ns = 0;
    hunt_begin(&h, true, 0);
    hunt_locked(&h, now_ns);
    for (int k = 0; k < 20; k++) {
        assert_int_equal(flow(&h, &s, &now_ns, 30, 4, 0), HUNT_STAY);
        now_ns += SECONDS_NS(1 + k % 5);
    }
    assert_true(hunt_due_ns(&h) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_each_speed_is_found),
        cmocka_unit_test(test_the_last_good_speed_comes_first),
        cmocka_unit_test(test_each_speed_once_a_round),
        cmocka_unit_test(test_rounds_rest_longer),
        cmocka_unit_test(test_silence_stops_the_hunt),
        cmocka_unit_test(test_slow_beats_take_longer),
        cmocka_unit_test(test_no_speed_no_hunt),
        cmocka_unit_test(test_a_good_stream_is_left_alone),
        cmocka_unit_test(test_bad_frames_are_doubted),
        cmocka_unit_test(test_garbage_is_doubted),
        cmocka_unit_test(test_an_even_stream_that_stops),
        cmocka_unit_test(test_one_that_speaks_when_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
