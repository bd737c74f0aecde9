/* The device's side of a vendor bulk interface: hands bytes on between a tty (a simulated sensor's pty) and the two
 * endpoints of a FunctionFS folder, while a host has the interface configured.
 *   ffs_gadget FOLDER TTY       FOLDER: a mounted functionfs; then bind the gadget
 * Source: linux/usb/functionfs.h and USB 2.0, 9.6. Invariant: the two carriers live from ENABLE to DISABLE; the tty is
 * open only then, so that the sensor knows when nobody listens.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LE16(n) (uint8_t)((n) & 0xff), (uint8_t)((n) >> 8 & 0xff)
#define LE32(n) LE16((n) & 0xffff), LE16((n) >> 16)
#define ENDPOINT(address, packet)                                                                                      \
    USB_DT_ENDPOINT_SIZE, USB_DT_ENDPOINT, (address), USB_ENDPOINT_XFER_BULK, LE16(packet), 0
#define INTERFACE(ends) USB_DT_INTERFACE_SIZE, USB_DT_INTERFACE, 0, 0, (ends), USB_CLASS_VENDOR_SPEC, 0, 0, 1
#define FUNCTION(packet) INTERFACE(2), ENDPOINT(USB_DIR_IN | 1, packet), ENDPOINT(USB_DIR_OUT | 2, packet)
enum {
    FUNCTION_SIZE = USB_DT_INTERFACE_SIZE + 2 * USB_DT_ENDPOINT_SIZE,
    DESCRIPTORS_SIZE = 20 + 2 * FUNCTION_SIZE,
    STRINGS_SIZE = 16 + 2 + 17,
};

/* Head: magic, length, flags, descriptors at full speed and at high speed. */
static const uint8_t descriptors[DESCRIPTORS_SIZE] = {
    LE32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2), LE32(DESCRIPTORS_SIZE),
    LE32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC), LE32(3), LE32(3),
    FUNCTION(64), FUNCTION(512),
};

/* Head: magic, length, strings, languages; then US English and the interface's name. */
static const uint8_t strings[STRINGS_SIZE] = {
    LE32(FUNCTIONFS_STRINGS_MAGIC), LE32(STRINGS_SIZE), LE32(1), LE32(1), LE16(0x0409),
    'P', 'l', 'u', 'm', 'b', 'l', 'i', 'n', 'e', ' ', 's', 'e', 'n', 's', 'o', 'r', 0,
};

static int fail(const char *what)
{
    fprintf(stderr, "ffs_gadget: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_in(const char *folder, const char *name, int flags)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? fail(path) : fd;
}

static int open_raw(const char *path)
{
    struct termios raw;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || tcgetattr(fd, &raw) < 0) fail(path);
    cfmakeraw(&raw);
    if (tcsetattr(fd, TCSANOW, &raw) < 0) fail(path);
    return fd;
}

/* A process of its own: an endpoint's reads and writes wait in the kernel. Ends when either end does. */
static pid_t carry(int from, int to)
{
    char bytes[512];
    pid_t pid = fork();
    if (pid != 0) return pid;
    for (;;) {
        ssize_t n = read(from, bytes, sizeof bytes);
        if (n <= 0 || write(to, bytes, (size_t)n) != n) _exit(0);
    }
}

static void end(pid_t *pid)
{
    if (*pid <= 0) return;
    kill(*pid, SIGKILL);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: ffs_gadget FOLDER TTY\n"), 2;
    struct usb_functionfs_event event;
    pid_t to_host = 0, to_sensor = 0;
    int control = open_in(argv[1], "ep0", O_RDWR);
    if (write(control, descriptors, sizeof descriptors) < 0 || write(control, strings, sizeof strings) < 0)
        fail("the kernel refused the descriptors");
    int in = open_in(argv[1], "ep1", O_RDWR), out = open_in(argv[1], "ep2", O_RDWR);
    puts("ready");
    fflush(stdout);
    for (;;) {
        ssize_t n = read(control, &event, sizeof event);
        if (n < 0 && errno == EINTR) continue; /* the system slept */
        if (n != sizeof event) return fail("the kernel closed ep0");
        if (event.type != FUNCTIONFS_ENABLE && event.type != FUNCTIONFS_DISABLE) continue;
        end(&to_host);
        end(&to_sensor);
        if (event.type == FUNCTIONFS_DISABLE) continue;
        int tty = open_raw(argv[2]);
        to_host = carry(tty, in);
        to_sensor = carry(out, tty);
        close(tty);
    }
}
