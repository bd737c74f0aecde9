/* Ways to a device that a test can make: ptys, FIFOs, Unix sockets, files, standard input; and every refusal, in words.
 * Serial ports proper are played by umockdev in tests/system. */
#include "sensor_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <zlib.h>

static char folder[] = "/tmp/plumbline-transport-XXXXXX";
static char why[256];
static struct transport *t;

static const char *inside(const char *name)
{
    static char path[2][256];
    static int which;
    which = !which;
    snprintf(path[which], sizeof path[which], "%s/%s", folder, name);
    return path[which];
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"fifo", "socket", "deaf", "plain", "packed", "broken", "secret", "link"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) unlink(inside(names[i]));
    return rmdir(folder);
}

/* A reading that may take a moment to arrive. */
static ssize_t read_soon(void *buf, size_t n)
{
    for (int i = 0; i < 200; i++) {
        ssize_t r = transport_read(t, buf, n);
        if (r != 0) return r;
        usleep(5000);
    }
    return 0;
}

static void assert_refused(const char *address, int error, const char *word)
{
    int r = transport_open(address, NULL, &t, why);
    if (r != -error || !strstr(why, word)) printf("  %s: %d \"%s\"\n", address, r, why);
    assert_int_equal(r, -error);
    assert_null(t);
    assert_non_null(strstr(why, word));
    assert_null(strchr(why, '\n'));
    assert_true(strlen(why) < 256);
}

static void assert_opens(const char *address, const char *description)
{
    int r = transport_open(address, NULL, &t, why);
    if (r < 0) printf("  %s: %s\n", address, why);
    assert_int_equal(r, 0);
    assert_non_null(t);
    assert_non_null(strstr(transport_describe(t), description));
}

static void test_pty(void **state)
{
    (void)state;
    int master, slave;
    char name[64], buf[16];
    static const char raw[] = "a\n\r\x03\x11\x13\x7f\xff";
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    assert_opens(name, "stream:/dev/pts/");
    close(slave);
    assert_true(transport_fd(t) >= 0);
    assert_int_equal(transport_read(t, buf, sizeof buf), 0);
    assert_int_equal(write(master, raw, sizeof raw), sizeof raw);
    assert_int_equal(read_soon(buf, sizeof buf), sizeof raw);
    assert_memory_equal(buf, raw, sizeof raw);
    assert_int_equal(transport_write(t, raw, sizeof raw), 0);
    assert_int_equal(read(master, buf, sizeof buf), sizeof raw);
    assert_memory_equal(buf, raw, sizeof raw);
    close(master);
    assert_int_equal(read_soon(buf, sizeof buf), -ENODEV);
    assert_int_equal(transport_write(t, raw, sizeof raw), -ENODEV);
    transport_close(t);
}

static void test_one_reader_only(void **state)
{
    (void)state;
    int master, slave;
    char name[64];
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    assert_opens(name, "stream:");
    struct transport *first = t;
    assert_refused(name, EBUSY, "in use by another program");
    transport_close(first);
    assert_opens(name, "stream:");
    transport_close(t);
    close(slave);
    close(master);
}

static void test_fifo(void **state)
{
    (void)state;
    char buf[8];
    assert_int_equal(mkfifo(inside("fifo"), 0600), 0);
    assert_opens(inside("fifo"), "stream:");
    assert_int_equal(transport_read(t, buf, sizeof buf), 0); /* nobody has come yet */
    int writer = open(inside("fifo"), O_WRONLY);
    assert_true(writer >= 0);
    assert_int_equal(transport_read(t, buf, sizeof buf), 0);
    assert_int_equal(write(writer, "abc", 3), 3);
    assert_int_equal(read_soon(buf, sizeof buf), 3);
    assert_int_equal(transport_write(t, "x", 1), -EPERM);
    assert_int_equal(write(writer, "de", 2), 2);
    close(writer);
    assert_int_equal(transport_read(t, buf, sizeof buf), 2);
    assert_int_equal(transport_read(t, buf, sizeof buf), -ENODEV);
    transport_close(t);
}

static int listen_at(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void test_unix_socket(void **state)
{
    (void)state;
    char buf[8];
    int server = listen_at(inside("socket"));
    assert_opens(inside("socket"), "stream:");
    int peer = accept(server, NULL, NULL);
    assert_true(peer >= 0);
    assert_int_equal(transport_read(t, buf, sizeof buf), 0);
    assert_int_equal(write(peer, "abcd", 4), 4);
    assert_int_equal(read_soon(buf, sizeof buf), 4);
    assert_int_equal(transport_write(t, "xyz", 3), 0);
    assert_int_equal(read(peer, buf, sizeof buf), 3);
    close(peer);
    assert_int_equal(read_soon(buf, sizeof buf), -ENODEV);
    assert_int_equal(transport_write(t, "xyz", 3), -ENODEV); /* and no SIGPIPE */
    transport_close(t);
    close(server);
    assert_refused(inside("socket"), ECONNREFUSED, "nobody listens");
}

/* A peer that reads nothing must not hold the daemon up. */
static void test_a_full_socket_says_again(void **state)
{
    (void)state;
    static char block[4096];
    int server = listen_at(inside("deaf")), r = 0;
    assert_opens(inside("deaf"), "stream:");
    for (int i = 0; i < 10000 && r == 0; i++) r = transport_write(t, block, sizeof block);
    assert_true(r == -EAGAIN || r == -EIO);
    transport_close(t);
    close(server);
}

static void write_file(const char *path, const void *p, size_t n)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, p, n), n);
    close(fd);
}

static void read_file_through(const char *address, size_t expected)
{
    char buf[1000];
    size_t total = 0;
    assert_opens(address, "file:");
    assert_int_equal(transport_fd(t), -1);
    ssize_t r;
    while ((r = transport_read(t, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < r; i++) assert_int_equal((uint8_t)buf[i], (uint8_t)((total + (size_t)i) % 251));
        total += (size_t)r;
    }
    assert_int_equal(r, -ENODATA);
    assert_int_equal(transport_read(t, buf, sizeof buf), -ENODATA);
    assert_int_equal(total, expected);
    assert_int_equal(transport_write(t, "x", 1), -EPERM);
    transport_close(t);
}

static void test_files_plain_and_packed(void **state)
{
    (void)state;
    static uint8_t content[100000];
    char address[300];
    for (size_t i = 0; i < sizeof content; i++) content[i] = (uint8_t)(i % 251);
    write_file(inside("plain"), content, sizeof content);
    read_file_through(inside("plain"), sizeof content);
    snprintf(address, sizeof address, "file:%s", inside("plain"));
    read_file_through(address, sizeof content);
    gzFile gz = gzopen(inside("packed"), "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, content, sizeof content), sizeof content);
    assert_int_equal(gzclose(gz), Z_OK);
    read_file_through(inside("packed"), sizeof content);
    write_file(inside("broken"), "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage that is no deflate", 36);
    assert_opens(inside("broken"), "file:");
    assert_int_equal(transport_read(t, address, sizeof address), -EBADMSG);
    transport_close(t);
}

static void test_standard_input(void **state)
{
    (void)state;
    int pipe_fd[2], kept = dup(STDIN_FILENO);
    char buf[8];
    assert_int_equal(pipe(pipe_fd), 0);
    assert_true(dup2(pipe_fd[0], STDIN_FILENO) >= 0);
    close(pipe_fd[0]);
    assert_opens("stream:-", "standard input");
    assert_int_equal(transport_read(t, buf, sizeof buf), 0); /* does not wait, though the pipe would */
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(write(pipe_fd[1], "abc", 3), 3);
    assert_int_equal(transport_read(t, buf, sizeof buf), 3);
    assert_int_equal(transport_write(t, "x", 1), -EPERM);
    close(pipe_fd[1]);
    assert_int_equal(transport_read(t, buf, sizeof buf), -ENODATA);
    transport_close(t);
    if (kept >= 0) dup2(kept, STDIN_FILENO), close(kept);
}

static void test_refusals(void **state)
{
    (void)state;
    char address[300];
    assert_refused("", EINVAL, "plumbline doctor");
    assert_refused("/dev/ttyUSB77", ENOENT, "is not there; plug it in, or run 'plumbline doctor'");
    assert_refused("serial:/dev/ttyUSB77", ENOENT, "is not there; plug it in, or run 'plumbline doctor'");
    assert_refused("stream:/dev/ttyUSB77", ENOENT, "plug it in");
    assert_refused("file:/no/such.log", ENOENT, "check its name");
    assert_refused("bluetooth:00:11", ENOENT, "is not there");
    assert_refused("/no/such\nnews: all is well", ENOENT, "/no/such?news");
    assert_refused(folder, EISDIR, "is a folder");
    snprintf(address, sizeof address, "serial:%s", folder);
    assert_refused(address, EISDIR, "is a folder");
    snprintf(address, sizeof address, "stream:%s", folder);
    assert_refused(address, EISDIR, "is a folder");
    snprintf(address, sizeof address, "file:%s", folder);
    assert_refused(address, EISDIR, "is a folder");
    assert_refused("stream:/dev/null", ENOTTY, "is no terminal");
    assert_refused("file:/dev/null", EINVAL, "no regular file");
    assert_refused("serial:/dev/null", ENOTTY, "is no serial port");
    write_file(inside("plain"), "x", 1);
    snprintf(address, sizeof address, "stream:%s", inside("plain"));
    assert_refused(address, EINVAL, "is no stream");
    char long_path[2000];
    memset(long_path, 'x', sizeof long_path);
    memcpy(long_path, "/", 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_refused(long_path, ENAMETOOLONG, "cannot be opened");
}

/* The superuser may open anything: try it as nobody. */
static void test_permission(void **state)
{
    (void)state;
    write_file(inside("secret"), "x", 1);
    assert_int_equal(chmod(inside("secret"), 0), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        enum { NOBODY = 65534 };
        if (geteuid() == 0 && setuid(NOBODY) < 0) _exit(2);
        int r = transport_open(inside("secret"), NULL, &t, why);
        _exit(r == -EACCES && strstr(why, "sudo usermod -aG dialout $USER") ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_a_link_to_a_pty(void **state)
{
    (void)state;
    int master, slave;
    char name[64];
    assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
    assert_int_equal(symlink(name, inside("link")), 0);
    assert_opens(inside("link"), "stream:");
    transport_close(t);
    close(slave);
    close(master);
}

static void test_list(void **state)
{
    (void)state;
    struct device_info device[4];
    int n = devices_list(device, 4);
    assert_true(n >= 0);
    assert_int_equal(devices_list(NULL, 0), n);
    for (int i = 0; i < n && i < 4; i++)
        assert_true(!strncmp(device[i].address, "serial:/", 8) || !strncmp(device[i].address, "usb:", 4));
    transport_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pty),
        cmocka_unit_test(test_one_reader_only),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_unix_socket),
        cmocka_unit_test(test_a_full_socket_says_again),
        cmocka_unit_test(test_files_plain_and_packed),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_permission),
        cmocka_unit_test(test_a_link_to_a_pty),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
