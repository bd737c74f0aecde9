/* The confusion matrix: each framer listens to its own stream, to every other's, and to what is no sensor at all. It must
 * lock on the first and on nothing else; not on a stream read at a wrong speed either; and slicing decides nothing. New
 * protocols join by standing in protocols[] and by a stream of their own: a recording tests/golden/NAME.stream, or one of
 * the simulator's. */
#include "framers_fixture.h"

#include <glob.h>

enum { STREAMS_MAX = 64, MIB = 1 << 20, FILL = 64 << 10 };
static struct stream streams[STREAMS_MAX];
static int n_streams, n_ours; /* the first n_ours are in the repository or made by it, each a protocol's */

static struct stream *add_stream(const char *name, const char *speaker, size_t cap)
{
    struct stream *s = &streams[n_streams++];
    assert_true(n_streams <= STREAMS_MAX);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->speaker = speaker ? protocol_find(speaker) : NULL;
    s->bytes = malloc(cap);
    assert_non_null(s->bytes);
    return s;
}

static void add_random(void)
{
    struct stream *s = add_stream("random 1 MiB", NULL, MIB);
    uint32_t random = 20261014;
    for (; s->n < MIB; s->n++) s->bytes[s->n] = (uint8_t)(next_random(&random) >> 11);
}

static void add_program(void)
{
    FILE *f = fopen("/bin/bash", "rb");
    if (!f) f = fopen("/proc/self/exe", "rb");
    assert_non_null(f);
    struct stream *s = add_stream("a program", NULL, 1);
    free(s->bytes);
    s->n = read_whole(f, &s->bytes, MIB);
}

static void add_fills(void)
{
    static const uint8_t fills[] = {0x00, 0x55, 0xaa, 0xff};
    for (size_t i = 0; i < sizeof fills; i++) {
        char name[16];
        snprintf(name, sizeof name, "all %02x", fills[i]);
        struct stream *s = add_stream(name, NULL, FILL);
        memset(s->bytes, fills[i], s->n = FILL);
    }
}

/* LINES of a talk, over and over, the number %d growing. */
static void add_talk(const char *name, const char *const *lines)
{
    struct stream *s = add_stream(name, NULL, FILL + 256);
    for (int k = 0; s->n < FILL; k++)
        for (const char *const *line = lines; *line; line++)
            s->n += (size_t)snprintf((char *)s->bytes + s->n, 128, *line, k % 60, k % 100);
}

static void add_talks(void)
{
    static const char *const gps[] = {"$GPGGA,1235%02d,4807.0%02d,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n",
                                      "$GPGSV,2,1,08,01,40,083,46,02,17,308,%02d,12,07,344,%02d*75\r\n",
                                      "$GPVTG,0%02d.7,T,034.4,M,005.5,N,010.2,K*%02X\r\n", NULL};
    static const char *const tails[] = {"%d,0.1%02d,0.2,0.97*3f\r\n", NULL}; /* sentences without their heads */
    static const char *const printer[] = {"ok T:24.%02d /0.00 B:21.%02d /0.00 @:0 B@:0\n", "echo:busy: processing\n",
                                          "X:%d.00 Y:%d.50 Z:0.30 E:0.00 Count X:0 Y:0 Z:240\n", "ok\n", NULL};
    static const char *const idle_printer[] = {"X:0.00 Y:0.00 Z:10.00 E:0.00 Count X:0 Y:0 Z:4000\n", NULL};
    static const char *const mill[] = {"<Idle|MPos:%d.000,%d.000,0.000|FS:0,0>\r\n", "G1 X%d.5 Y%d F1500\n", "ok\n",
                                       NULL};
    static const char *const modem[] = {"AT+CSQ\r\r\n+CSQ: %d,%d\r\n", "\r\nOK\r\n", "AT\r", "RING\r\n", NULL};
    static const char *const weather[] = {"23.%d,41.%02d,1013\n", NULL};
    static const char *const log[] = {"[%5d.%06d] usb 1-2: new full-speed device\n", "I (%d) wifi: rssi -%d\n", NULL};
    add_talk("NMEA", gps);
    add_talk("NMEA cut", tails);
    add_talk("3-D printer", printer);
    add_talk("printer, idle", idle_printer);
    add_talk("mill", mill);
    add_talk("modem", modem);
    add_talk("weather", weather);
    add_talk("log", log);
}

/* A recording's header says who speaks. */
static const struct protocol *named_in(const struct stream *s)
{
    char head[512] = "", name[16];
    memcpy(head, s->bytes, s->n < sizeof head ? s->n : sizeof head - 1);
    const char *line = strstr(head, "#! protocol ");
    return line && sscanf(line, "#! protocol %15s", name) == 1 ? protocol_find(name) : NULL;
}

static void add_golden_recordings(void)
{
    glob_t found;
    int error = glob(PLUMBLINE_SOURCE_DIR "/tests/golden/*.stream", 0, NULL, &found);
    assert_true(error == 0 || error == GLOB_NOMATCH);
    for (size_t i = 0; error == 0 && i < found.gl_pathc; i++) {
        FILE *f = fopen(found.gl_pathv[i], "rb");
        assert_non_null(f);
        struct stream *s = add_stream(strrchr(found.gl_pathv[i], '/') + 1, NULL, 1);
        free(s->bytes);
        s->n = read_whole(f, &s->bytes, MIB);
        s->speaker = named_in(s);
        assert_non_null(s->speaker);
    }
    if (error == 0) globfree(&found);
}

static void add_recording(const char *file, const char *speaker)
{
    FILE *f = open_data(file);
    if (!f) return;
    struct stream *s = add_stream(strrchr(file, '/') + 1, speaker, 1);
    free(s->bytes);
    s->n = read_whole(f, &s->bytes, MIB);
}

/* Hexadecimal inside the lines of a recording: behind KEY, or from column AT on. */
static void add_hex(const char *file, const char *key, size_t at, const char *speaker)
{
    FILE *f = open_data(file);
    if (!f) return;
    struct stream *s = add_stream(strrchr(file, '/') + 1, speaker, FILL);
    char line[1024];
    while (fgets(line, sizeof line, f)) {
        char *hex = key ? strstr(line, key) : line;
        line[strcspn(line, "|")] = '\0';
        if (hex && line[0] != '#' && strlen(line) > at) s->n = append_hex(hex + at, s->bytes, s->n, FILL);
    }
    fclose(f);
}

static void add_recordings(void)
{
    for (int i = 1; i <= 5; i++) {
        char file[64];
        snprintf(file, sizeof file, "protocols/xsens/einride_%d_output.bin", i);
        add_recording(file, "xbus");
    }
    add_hex("protocols/witmotion/rgu0_wt901ble67_100hz.jsonl", "\"hex\":\"", 7, "witmotion");
    add_recording("protocols/axivity/example-610-steps.cwa", NULL);
}

static int make_streams(void **state)
{
    (void)state;
    for (int i = 0; i < RUN_PROTOCOLS; i++) simulate((enum run_protocol)i, &streams[n_streams++]);
    add_golden_recordings();
    n_ours = n_streams;
    add_recordings();
    add_random();
    add_program();
    add_fills();
    add_talks();
    return 0;
}

static int free_streams(void **state)
{
    (void)state;
    for (int i = 0; i < n_streams; i++) free(streams[i].bytes);
    return 0;
}

/* Only these are found by listening. */
static bool listens(const struct protocol *p) { return !p->by_identity; }

static void test_each_locks_on_its_own_and_nothing_else(void **state)
{
    (void)state;
    printf("frames / longest run\n%-22s %8s", "", "KiB");
    for (const struct protocol *const *p = protocols; *p; p++)
        if (listens(*p)) printf(" %12s", (*p)->name);
    int wrong = 0;
    for (int i = 0; i < n_streams; i++) {
        const struct stream *s = &streams[i];
        printf("\n%-22.22s %8.1f", s->name, (double)s->n / 1024);
        for (const struct protocol *const *p = protocols; *p; p++) {
            struct listener l;
            if (!listens(*p)) continue;
            listen_to(&l, *p, s->bytes, s->n);
            printf(" %6llu/%-5u", (unsigned long long)l.stats.frames, l.longest);
            bool locks = l.longest >= (*p)->lock_run;
            if (locks != (*p == s->speaker)) wrong++, printf("<");
        }
    }
    printf("\n");
    assert_int_equal(wrong, 0);
}

static void test_slices_decide_nothing(void **state)
{
    (void)state;
    enum { SOME = 1500 };
    for (int i = 0; i < n_ours; i++)
        assert_slicing_is_free(streams[i].speaker, streams[i].bytes, streams[i].n < SOME ? streams[i].n : SOME);
}

/* A UART of 8 data bits: the receiver looks at the middle of its own bits, from the falling edge of each start bit. What
 * comes with a framing error is handed on as it is, as a tty does. */
struct line {
    const uint8_t *bytes;
    size_t n;
    double sender, receiver; /* bits a second */
};

static bool level_at(const struct line *l, double t_s)
{
    double bit = t_s * l->sender;
    size_t i = (size_t)(bit / 10);
    unsigned k = (unsigned)(bit - (double)i * 10);
    if (i >= l->n || k == 9) return true;
    return k > 0 && l->bytes[i] >> (k - 1) & 1;
}

/* The next falling edge at or after T_S, or −1. Edges lie between the sender's bits. */
static double next_edge(const struct line *l, double t_s)
{
    double end = (double)l->n * 10;
    for (double bit = floor(t_s * l->sender + 1e-6); bit < end; bit++) {
        bool before = bit == 0 || level_at(l, (bit - 0.5) / l->sender);
        if (before && !level_at(l, (bit + 0.5) / l->sender) && bit / l->sender >= t_s - 1e-9) return bit / l->sender;
    }
    return -1;
}

static size_t misread(const struct line *l, uint8_t *out, size_t cap)
{
    size_t n = 0;
    double t = 0;
    while (n < cap && (t = next_edge(l, t)) >= 0) {
        uint8_t byte = 0;
        if (level_at(l, t + 0.5 / l->receiver)) { /* shorter than half a bit: no start */
            t += 0.5 / l->receiver;
            continue;
        }
        for (int k = 0; k < 8; k++) byte |= (uint8_t)(level_at(l, t + (1.5 + k) / l->receiver) << k);
        out[n++] = byte;
        t += 9.5 / l->receiver;
    }
    return n;
}

/* The most frames in a row that P takes from S at a wrong speed, over all pairs of speeds. */
static unsigned longest_at_wrong_speeds(const struct protocol *p, const struct stream *s, int *pairs)
{
    static const double speeds[] = {9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600};
    enum { SPEEDS = sizeof speeds / sizeof speeds[0], SENT = 6000, READ = 4 * SENT };
    static uint8_t read[READ];
    unsigned longest = 0;
    *pairs = 0;
    for (int from = 0; from < SPEEDS; from++)
        for (int to = 0; to < SPEEDS; to++) {
            if (from == to) continue;
            struct line line = {s->bytes, s->n < SENT ? s->n : SENT, speeds[from], speeds[to]};
            struct listener l;
            listen_to(&l, p, read, misread(&line, read, READ));
            if (l.longest > longest) longest = l.longest;
            ++*pairs;
        }
    return longest;
}

static void test_the_line_is_a_line(void **state)
{
    (void)state;
    uint8_t read[256];
    struct line right = {streams[0].bytes, sizeof read, 115200, 115200};
    assert_int_equal(misread(&right, read, sizeof read), sizeof read);
    assert_memory_equal(read, streams[0].bytes, sizeof read);
    struct line near = {streams[0].bytes, sizeof read, 115200, 113000}; /* crystals differ by less */
    assert_int_equal(misread(&near, read, sizeof read), sizeof read);
    assert_memory_equal(read, streams[0].bytes, sizeof read);
}

static void test_nobody_locks_at_a_wrong_speed(void **state)
{
    (void)state;
    printf("longest run at any wrong speed\n%-22s", "");
    for (const struct protocol *const *p = protocols; *p; p++)
        if (listens(*p)) printf(" %12s", (*p)->name);
    int wrong = 0, pairs = 0;
    for (int i = 0; i < n_ours; i++) {
        printf("\n%-22.22s", streams[i].name);
        for (const struct protocol *const *p = protocols; *p; p++) {
            if (!listens(*p)) continue;
            unsigned longest = longest_at_wrong_speeds(*p, &streams[i], &pairs);
            printf(" %12u", longest);
            if (longest >= (*p)->lock_run) wrong++, printf("<");
        }
    }
    printf("\n%d pairs of speeds\n", pairs);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_locks_on_its_own_and_nothing_else),
        cmocka_unit_test(test_slices_decide_nothing),
        cmocka_unit_test(test_the_line_is_a_line),
        cmocka_unit_test(test_nobody_locks_at_a_wrong_speed),
    };
    return cmocka_run_group_tests(tests, make_streams, free_streams);
}
