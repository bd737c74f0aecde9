/* A sensor that is plugged in, streams, is pulled out in the middle of a frame and comes back under another name, many
 * times over: a CDC port, a vendor bulk device and a HID tracker, made up under umockdev-wrapper. replug_reader, a
 * process of its own, must know it again each time, get each sample once, leave nothing open and nothing allocated,
 * and sleep while it waits.
 * Usage: test_replug FOLDER-OF-PROGRAMS cdc|bulk|hid TIMES (by test_replug.sh). */
#include "acm_fixture.h"
#include "usbfs_fixture.h"

#include "tools/sim/emit_plumb.h"
#include "tools/sim/sim.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_S = 60, SETTLE_S = 8, QUIET_S = 3, FRAMES = 6, MISSED = 130, SETTLED = 20 };

/* A wait that polls would wake ten times a second at least; a busy loop, thousands of times. */
enum { WAKES_MAX = 3 * QUIET_S };

/* One transfer of 256 not freed each time would be twice that over 180 times; an allocator keeps a little. */
enum { HEAP_SLACK = 64 * 1024 };

static struct bench {
    const char *programs, *kind;
    UMockdevTestbed *testbed;
    struct acm *acm;
    struct usbfs *usbfs;
    pid_t reader;
    int words, orders; /* the reader's standard output and input */
    char line[256];
    size_t line_n;
    struct {
        bool up;
        int files;
        size_t heap;
        unsigned long long got;
        int baud; /* result of setting it, 1: none yet */
    } seen;
    unsigned long long sent;
    uint32_t next_count;
    struct scenario scenario;
    struct sim sim;
    struct emit_plumb device;
} b;

static void fail(const char *what)
{
    fprintf(stderr, "FAILED: %s: %s (sent %llu, got %llu)\n", b.kind, what, b.sent, b.seen.got);
    if (b.reader > 0) kill(b.reader, SIGKILL);
    exit(1);
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- the reader */

static void start_reader(void)
{
    char path[1024];
    int in[2], out[2];
    snprintf(path, sizeof path, "%s/replug_reader", b.programs);
    if (pipe(in) || pipe(out)) fail("no pipe");
    b.reader = fork();
    if (b.reader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0) _exit(127);
        for (int i = 0; i < 2; i++) close(in[i]), close(out[i]);
        bool hid = !strcmp(b.kind, "hid");
        execl(path, path, hid ? "1209:7690@1-1" : "1209:0001:7A3F19", hid ? "raw" : NULL, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    b.words = out[0];
    b.orders = in[1];
}

static void take_line(void)
{
    if (!strcmp(b.line, "waiting"))
        b.seen.up = false;
    else if (sscanf(b.line, "up %d %zu", &b.seen.files, &b.seen.heap) == 2)
        b.seen.up = true;
    else if (sscanf(b.line, "baud %d", &b.seen.baud) == 1)
        return;
    else if (sscanf(b.line, "got %llu", &b.seen.got) != 1)
        fail(b.line);
}

static void end_of_reader(void)
{
    int status;
    if (waitpid(b.reader, &status, 0) == b.reader) fprintf(stderr, "replug_reader: wait status %#x\n", (unsigned)status);
    b.reader = 0;
    fail("the reader ended");
}

/* Hears what the reader says, for at most MS. */
static void hear(int ms)
{
    struct pollfd p = {.fd = b.words, .events = POLLIN};
    char bytes[4096];
    if (poll(&p, 1, ms) <= 0) return;
    ssize_t n = read(b.words, bytes, sizeof bytes);
    if (n <= 0) end_of_reader();
    for (ssize_t i = 0; i < n; i++) {
        b.line[b.line_n++] = bytes[i] == '\n' ? '\0' : bytes[i];
        if (bytes[i] == '\n') take_line();
        if (bytes[i] == '\n' || b.line_n == sizeof b.line) b.line_n = 0;
    }
}

static bool is_up(void) { return b.seen.up; }
static bool has_speed(void) { return b.seen.baud <= 0; }
static bool is_waiting(void) { return !b.seen.up; }
static bool has_all(void) { return b.seen.got >= b.sent; }
static bool is_greeted(void)
{
    uint8_t bytes[EMIT_COMMAND_MAX];
    return b.acm || usbfs_receive(b.usbfs, bytes, sizeof bytes) > 0;
}
static bool is_let_go(void) { return !b.usbfs || !usbfs_state(b.usbfs).claimed; }

static void wait_until(bool (*holds)(void), const char *what)
{
    int64_t end_ns = monotonic_ns() + WAIT_S * (int64_t)1000000000;
    while (!holds()) {
        if (monotonic_ns() > end_ns) fail(what);
        hear(20);
    }
}

/* ---- the device */

static void make_device(void)
{
    static const char text[] = "set seed 5\nset rate 100\nsit upright 8h\n";
    FILE *in = fmemopen((void *)(uintptr_t)text, sizeof text - 1, "r");
    if (!in || scenario_read(&b.scenario, in, "replug", stderr)) fail("scenario");
    fclose(in);
    sim_init(&b.sim, &b.scenario, false);
    emit_plumb_init(&b.device, &b.scenario, &b.sim.imu);
}

static void send_bytes(const uint8_t *bytes, size_t n)
{
    int64_t end_ns = monotonic_ns() + WAIT_S * (int64_t)1000000000;
    for (size_t sent = 0; sent < n;) {
        size_t part = b.acm ? acm_send(b.acm, bytes + sent, n - sent) : usbfs_send(b.usbfs, bytes + sent, n - sent);
        sent += part;
        if (monotonic_ns() > end_ns) fail("the host takes no more");
        if (!part) hear(5);
    }
}

/* What the device sends with its next SAMPLES samples. */
static size_t make_samples(unsigned samples, uint8_t out[EMIT_MAX])
{
    size_t n = 0;
    for (unsigned i = 0; i < samples; i++) {
        struct reading r;
        if (!sim_next(&b.sim, &r)) fail("the scenario is too short");
        n += emit_plumb_sample(&b.device, &r, out + n);
    }
    return n;
}

static void stream(void)
{
    uint8_t out[EMIT_MAX];
    wait_until(is_greeted, "the reader's greeting comes");
    send_bytes(out, emit_plumb_greet(&b.device, out));
    send_bytes(out, emit_plumb_start(&b.device, out));
    for (int i = 0; i < FRAMES; i++) {
        size_t n = make_samples(b.device.batch, out);
        send_bytes(out, n);
        b.sent += b.device.batch;
    }
    wait_until(has_all, "all samples come");
    if (b.seen.got > b.sent) fail("more samples came than were sent");
    send_bytes(out, make_samples(b.device.batch, out) / 2);
}

/* Reports of 64 bytes that count, so many at once as come between two readings of the link at 1 kHz: none may be lost
 * while nobody reads. */
static void stream_reports(void)
{
    uint32_t report[16];
    b.next_count = 0;
    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < 16; k++) report[k] = b.next_count++;
        if (usbfs_send(b.usbfs, (const uint8_t *)report, sizeof report) != sizeof report)
            fail("too few transfers wait");
    }
    b.sent += 16 * 200;
    wait_until(has_all, "all reports come");
}

static void plug(unsigned address)
{
    if (!strcmp(b.kind, "cdc"))
        b.acm = acm_plug(b.testbed, address);
    else
        b.usbfs = usbfs_plug(b.testbed, strcmp(b.kind, "hid") ? USBFS_BULK : USBFS_HID, address);
}

static void unplug(void)
{
    if (b.acm)
        acm_unplug(b.acm);
    else
        usbfs_unplug(b.usbfs);
    wait_until(is_waiting, "the reader sees the loss");
    wait_until(is_let_go, "the reader closes the device");
    if (b.usbfs) usbfs_forget(b.usbfs);
    else acm_forget(b.acm);
    b.acm = NULL;
    b.usbfs = NULL;
    uint8_t unheard[EMIT_MAX];
    emit_plumb_unplug(&b.device);
    for (int i = 0; i < MISSED; i++) make_samples(1, unheard);
}

static void order(const char *byte)
{
    if (write(b.orders, byte, 1) != 1) fail("the reader takes no orders");
}

/* Another speed for a port that is open, without touching DTR and RTS; USB itself has none. */
static void change_speed(void)
{
    unsigned writes = b.acm ? acm_line_writes(b.acm) : 0;
    b.seen.baud = 1;
    order("b");
    wait_until(has_speed, "the speed is set");
    if (b.seen.baud != (b.acm ? 0 : -ENOTSUP)) fail("setting the speed went wrong");
    if (!b.acm) return;
    if (acm_baud(b.acm) != 57600 || acm_would_hang_up(b.acm)) fail("the port is not set as it should be");
    if (acm_line_writes(b.acm) != writes) fail("the speed was set with an edge on DTR");
}

/* Closed by the reader while it is plugged in, and opened again. The kernel's HID driver was asked to let go of a
 * tracker and put back; nothing of that with another device. */
static void reopen(void)
{
    unsigned hid = !strcmp(b.kind, "hid");
    b.seen.up = false;
    order("c");
    wait_until(is_up, "the reader opens the device again");
    if (!b.usbfs) return;
    struct usbfs_state s = usbfs_state(b.usbfs);
    if (s.detached != 2 * hid || s.attached != hid) fail("the kernel's driver should come and go with a tracker only");
}

/* ---- the bar */

static unsigned long long wakes_of(const char *task)
{
    char path[300], line[128];
    unsigned long long n = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)b.reader, task);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) sscanf(line, "voluntary_ctxt_switches: %llu", &n);
    if (f) fclose(f);
    return n;
}

static unsigned long long wakes(void)
{
    char path[64];
    unsigned long long n = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)b.reader);
    DIR *tasks = opendir(path);
    if (!tasks) fail("no /proc");
    for (struct dirent *e; (e = readdir(tasks));)
        if (e->d_name[0] != '.') n += wakes_of(e->d_name);
    closedir(tasks);
    return n;
}

/* SETTLE_S after the last word of the device the reader has looked for it as often as it does. */
static void check_sleep(void)
{
    sleep(SETTLE_S);
    unsigned long long before = wakes();
    sleep(QUIET_S);
    unsigned long long n = wakes() - before;
    printf("%s: unplugged: %llu wakes in %d s\n", b.kind, n, QUIET_S);
    if (n > WAKES_MAX) fail("the reader does not sleep while it waits");
}

int main(int argc, char **argv)
{
    if (argc != 4) return fprintf(stderr, "usage: test_replug FOLDER-OF-PROGRAMS cdc|bulk|hid TIMES\n"), 2;
    int times = atoi(argv[3]), files = 0;
    size_t heap = 0;
    b.programs = argv[1];
    b.kind = argv[2];
    b.testbed = umockdev_testbed_new();
    if (!umockdev_in_mock_environment()) return fprintf(stderr, "run it by test_replug.sh\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    make_device();
    start_reader();
    for (int i = 0; i < times; i++) {
        plug((unsigned)i + 2);
        wait_until(is_up, "the reader knows the device again");
        if (i == SETTLED) files = b.seen.files, heap = b.seen.heap;
        if (!strcmp(b.kind, "hid"))
            stream_reports();
        else
            stream();
        if (i % SETTLED == 0) change_speed();
        if (i % SETTLED == 0) reopen();
        unplug();
    }
    printf("%s: %d times: %llu samples, each once; open files %d then %d, heap %zu then %zu bytes\n", b.kind, times,
           b.seen.got, files, b.seen.files, heap, b.seen.heap);
    if (times > SETTLED && files != b.seen.files) fail("files are left open");
    if (times > SETTLED && b.seen.heap > heap + HEAP_SLACK) fail("memory is not given back");
    check_sleep();
    int status;
    close(b.orders);
    if (waitpid(b.reader, &status, 0) != b.reader || status != 0) fail("the reader should end with 0");
    g_object_unref(b.testbed);
    scenario_free(&b.scenario);
    return 0;
}
