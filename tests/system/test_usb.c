/* The daemon on a USB serial port that is not there: under umockdev-wrapper the kernel's view of a CH340 bridge (sysfs, the
 * node /dev/ttyUSB0, modem lines) is made up, and a simulated sensor speaks behind it. It is found, read, pulled out and put
 * in again, under another name. Then it sits behind a bridge that the kernel takes for a modem (CH9102, an Arduino Uno's):
 * /dev/ttyACM2, with a line behind it whose speed must be found all the same. Usage: test_usb FOLDER-OF-PROGRAMS, with a home of its own in the environment (test_usb.sh).
 */
#include "tools/sim/emit_plumb.h"
#include "tools/sim/sim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <umockdev.h>
#include <unistd.h>

enum { WAIT_S = 120, REPLY_MAX = 32768 };

#define BRIDGE "/devices/pci0000:00/0000:00:14.0/usb1/1-1"
#define USB_DEVICE(product) "P: " BRIDGE "\n" \
                            "E: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n" \
                            "A: busnum=1\\n\nA: devnum=2\\n\nA: idVendor=1a86\\n\nA: idProduct=" product "\\n\n" \
                            "A: product=USB Serial\\n\n"
static const char usb_interface[] = "P: " BRIDGE "/1-1:1.0\n"
                                    "E: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\n";
struct bench {
    const char *programs;
    UMockdevTestbed *testbed;
    UMockdevIoctlBase *lines;
    char port[32];
    bool modem;      /* the port is a ttyACM */
    speed_t speed;   /* of the line behind the bridge; 0 any */
    int line; /* the bridge's end of the port, −1 while unplugged */
    pid_t daemon;
    struct scenario scenario;
    struct sim sim;
    struct emit_plumb device;
    int64_t next_ns, period_ns;
    atomic_bool reset;
    bool booted;
};

static struct bench b = {.line = -1};

static void fail(const char *what)
{
    fprintf(stderr, "FAILED: %s\n", what);
    if (b.daemon > 0) kill(b.daemon, SIGKILL);
    exit(1);
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* A pty has no modem lines, a bridge has; and on most boards DTR resets the device. Called by umockdev's own thread. */
static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, gpointer unused)
{
    (void)handler, (void)unused;
    switch (umockdev_ioctl_client_get_request(client)) {
    case TIOCMSET:
    case TIOCMBIS: b.reset = true; /* fall through */
    case TIOCMGET:
    case TIOCMBIC: umockdev_ioctl_client_complete(client, 0, 0); return TRUE;
    default: return FALSE;
    }
}

/* umockdev 0.17 never forgets the node of a removed device, so the bridge comes back under the next name, as it does when
 * a kernel still holds the old one. */
static void plug(int n)
{
    char serial[512], port[512], name[16];
    GError *error = NULL;
    snprintf(name, sizeof name, "tty%s%d", b.modem ? "ACM" : "USB", n);
    snprintf(b.port, sizeof b.port, "/dev/%s", name);
    snprintf(serial, sizeof serial, "P: " BRIDGE "/1-1:1.0/%s\nE: SUBSYSTEM=usb-serial\n", name);
    snprintf(port, sizeof port, "P: " BRIDGE "/1-1:1.0/%s/tty/%s\nN: %s\nE: DEVNAME=%s\nE: SUBSYSTEM=tty\n"
             "A: dev=188:%d\\n\nL: device=../../../%s\n", name, name, name, b.port, n, name);
    const char *const parts[] = {b.modem ? USB_DEVICE("55d4") : USB_DEVICE("7523"), usb_interface, serial, port};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (!umockdev_testbed_add_from_string(b.testbed, parts[i], &error)) fail(error->message);
    if (!umockdev_testbed_attach_ioctl(b.testbed, b.port, b.lines, &error)) fail(error->message);
    b.line = umockdev_testbed_get_dev_fd(b.testbed, b.port);
    if (b.line < 0 || fcntl(b.line, F_SETFL, O_NONBLOCK) < 0) fail("the port has no other end");
}

/* Nor the number of the pty behind it. */
static void forget_pty(void)
{
    char *root = umockdev_testbed_get_root_dir(b.testbed), pty[64], note[512];
    if (ptsname_r(b.line, pty, sizeof pty)) fail("the port is no pty");
    for (char *p = pty; *p; p++)
        if (*p == '/') *p = '_';
    snprintf(note, sizeof note, "%s/dev/.ptymap/%s", root, pty);
    if (unlink(note)) fail(note);
    g_free(root);
}

static void unplug(int n)
{
    char serial[128], port[256];
    snprintf(serial, sizeof serial, "/sys" BRIDGE "/1-1:1.0/ttyUSB%d", n);
    snprintf(port, sizeof port, "%s/tty/ttyUSB%d", serial, n);
    const char *const inner_first[] = {port, serial, "/sys" BRIDGE "/1-1:1.0", "/sys" BRIDGE};
    umockdev_testbed_detach_ioctl(b.testbed, b.port, NULL);
    for (size_t i = 0; i < sizeof inner_first / sizeof inner_first[0]; i++)
        umockdev_testbed_remove_device(b.testbed, inner_first[i]);
    forget_pty();
    close(b.line); /* removing the device leaves the wire open */
    b.line = -1;
    b.reset = false;
    b.booted = false;
}

/* The master end of a pty tells the settings of the other. */
static bool right_speed(void)
{
    struct termios tio;
    return !b.speed || (tcgetattr(b.line, &tio) == 0 && cfgetospeed(&tio) == b.speed);
}

static void send_bytes(const uint8_t *bytes, size_t n)
{
    uint8_t heard[EMIT_MAX];
    if (n > sizeof heard) fail("the device says too much");
    for (size_t i = 0; i < n; i++) heard[i] = right_speed() ? bytes[i] : (uint8_t)(bytes[i] * 37 + 11 * i);
    ssize_t sent = write(b.line, heard, n);
    if (sent < 0 && errno != EAGAIN && errno != EIO) fail("the bridge cannot write"); /* EIO: nobody has opened the port */
}

static void boot(void)
{
    uint8_t out[EMIT_MAX];
    emit_plumb_reboot(&b.device);
    b.next_ns = monotonic_ns();
    b.booted = true;
    send_bytes(out, emit_plumb_greet(&b.device, out));
}

/* What the device says until now, and what it answers. */
static void pump(void)
{
    uint8_t in[EMIT_COMMAND_MAX], out[EMIT_MAX];
    struct reading r;
    ssize_t n;
    if (b.line < 0 || (!b.booted && !b.reset)) return;
    if (atomic_exchange(&b.reset, false)) boot();
    while ((n = read(b.line, in, sizeof in)) > 0) send_bytes(out, emit_plumb_command(&b.device, in, (size_t)n, stderr, out));
    for (; b.next_ns < monotonic_ns(); b.next_ns += b.period_ns) {
        if (!sim_next(&b.sim, &r)) fail("the scenario is too short");
        size_t length = emit_plumb_sample(&b.device, &r, out);
        if (length) send_bytes(out, length);
    }
}

/* What one of the programs prints. */
static void ask(const char *words, char reply[REPLY_MAX])
{
    char command[1024];
    snprintf(command, sizeof command, "'%s/plumbline' %s 2>&1", b.programs, words);
    FILE *f = popen(command, "r");
    if (!f) fail("no shell");
    reply[fread(reply, 1, REPLY_MAX - 1, f)] = 0;
    pclose(f);
}

/* Waits until the status says TEXT, the device speaking all the while. */
static void wait_for(const char *what, const char *text)
{
    static char reply[REPLY_MAX];
    int64_t end_ns = monotonic_ns() + WAIT_S * (int64_t)1000000000;
    do {
        for (int i = 0; i < 15; i++, usleep(20000)) pump();
        ask("status --json", reply);
        if (waitpid(b.daemon, NULL, WNOHANG) == b.daemon) b.daemon = 0, fail("the daemon ended");
        if (strstr(reply, text)) return;
    } while (monotonic_ns() < end_ns);
    fprintf(stderr, "%s\n", reply);
    fail(what);
}

static uint64_t samples(void)
{
    static char reply[REPLY_MAX];
    ask("status --json", reply);
    const char *at = strstr(reply, "\"samples\": ");
    return at ? strtoull(at + 11, NULL, 10) : 0;
}

static void wait_for_samples(const char *what, uint64_t wanted)
{
    int64_t end_ns = monotonic_ns() + WAIT_S * (int64_t)1000000000;
    while (samples() < wanted) {
        if (monotonic_ns() > end_ns) fail(what);
        for (int i = 0; i < 15; i++, usleep(20000)) pump();
    }
}

static void make_device(void)
{
    static const char text[] = "set seed 5\nset rate 100\nsit upright 1h\n";
    FILE *in = fmemopen((void *)(uintptr_t)text, sizeof text - 1, "r");
    if (!in || scenario_read(&b.scenario, in, "usb", stderr)) fail("scenario");
    fclose(in);
    sim_init(&b.sim, &b.scenario, false);
    emit_plumb_init(&b.device, &b.scenario, &b.sim.imu);
    b.period_ns = (int64_t)(b.sim.period_s * 1e9);
}

/* The daemon sees by itself that its configuration has changed. */
static void configure(const char *port)
{
    char path[512];
    snprintf(path, sizeof path, "%s/plumbline/plumbline.conf", getenv("XDG_CONFIG_HOME"));
    FILE *f = fopen(path, "w");
    if (!f) fail(path);
    fprintf(f, "[sensor]\ndevice = %s\n[health]\ncontra = none\n", port);
    fclose(f);
}

static void start_daemon(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/plumblined", b.programs);
    b.daemon = fork();
    if (b.daemon) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* umockdev aborts where it is not content */
    execl(path, path, "--sink", "/dev/null", (char *)NULL);
    _exit(127);
}

static void expect_in(const char *words, const char *text)
{
    static char reply[REPLY_MAX];
    ask(words, reply);
    if (strstr(reply, text)) return;
    fprintf(stderr, "%s: %s\n", words, reply);
    fail(text);
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: test_usb FOLDER-OF-PROGRAMS\n"), 2;
    b.programs = argv[1];
    b.testbed = umockdev_testbed_new();
    if (!umockdev_in_mock_environment()) return fprintf(stderr, "run it by test_usb.sh\n"), 2;
    b.lines = umockdev_ioctl_base_new();
    g_signal_connect(b.lines, "handle-ioctl", G_CALLBACK(on_ioctl), NULL);
    make_device();

    configure("/dev/ttyUSB0");
    start_daemon();
    wait_for("it waits for a port that is not there", "/dev/ttyUSB0 is not there");
    plug(0);
    wait_for("it opens the port", "reading serial:/dev/ttyUSB0 (1a86:7523 USB Serial)");
    wait_for("it knows the sensor", "\"protocol\": \"plumb\"");
    wait_for_samples("samples come", 200);
    expect_in("doctor", "/dev/ttyUSB0 (1a86:7523 USB Serial)");

    uint64_t before = samples(); /* the decoder counts on */
    unplug(0);
    wait_for("it says so", "/dev/ttyUSB0 is gone (unplugged or closed)");
    wait_for("it sees the loss", "\"up\": false");
    plug(1);
    wait_for("it follows the device to its new name", "reading serial:/dev/ttyUSB1 (1a86:7523 USB Serial)");
    wait_for_samples("samples come again", before + 200);
    expect_in("devices", "/dev/ttyUSB1");

    unplug(1);
    wait_for("it sees the loss again", "\"up\": false");
    b.modem = true;
    b.speed = B57600;
    configure("/dev/ttyACM2");
    plug(2);
    wait_for("it finds the speed of the line", "\"baud\": 57600");
    wait_for("it knows the sensor at that speed", "\"protocol\": \"plumb\"");

    kill(b.daemon, SIGTERM);
    int status;
    if (waitpid(b.daemon, &status, 0) != b.daemon || status != 0) b.daemon = 0, fail("SIGTERM should end it with 0");
    g_object_unref(b.lines);
    g_object_unref(b.testbed);
    scenario_free(&b.scenario);
    printf("usb: found, read, pulled out and put in again\n");
    return 0;
}
