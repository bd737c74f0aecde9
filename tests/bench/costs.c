/* costs — what a command takes: its longest memory, its time, and whether it showed how far it was on a terminal.
 *
 *   costs MEMORY_MAX_MB COMMAND…
 *
 * The command's standard error is a terminal of its own; what it says there goes on to ours. Its exit code is ours, or
 * 99 when it took more memory than allowed. (Under a sanitizer memory is not the program's own, and allows anything.) */
#include "bench.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { OWN_MEMORY = 0 };
#else
enum { OWN_MEMORY = 1 };
#endif

static int open_terminal(char name[128])
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, name, 128) != 0) fail("no terminal can be made");
    return fd;
}

static bool listen_to(int fd)
{
    char text[4096];
    bool progress = false;
    for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i + 1 < n; i++) progress |= text[i] == '\r' && text[i + 1] != '\n' && text[i + 1] != '\033';
        (void)!write(STDERR_FILENO, text, (size_t)n);
    }
    return progress;
}

int main(int argc, char **argv)
{
    char name[128];
    struct rusage used;
    int status;
    if (argc < 3) fail("usage: costs MEMORY_MAX_MB COMMAND…");
    int terminal = open_terminal(name);
    double start_ns = now_ns();
    pid_t child = fork();
    if (child < 0) fail("no process can be made");
    if (child == 0) {
        int slave = open(name, O_RDWR | O_NOCTTY);
        if (slave < 0 || dup2(slave, STDERR_FILENO) < 0) _exit(127);
        if (slave != STDERR_FILENO) close(slave);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    bool progress = listen_to(terminal);
    if (wait4(child, &status, 0, &used) != child) fail("the command is gone");
    fprintf(stderr, "rss_MB=%.1f seconds=%.2f cpu_s=%.2f progress=%s\n", (double)used.ru_maxrss / 1024,
            (now_ns() - start_ns) / 1e9, (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6,
            progress ? "shown" : "none");
    if (OWN_MEMORY && used.ru_maxrss > atol(argv[1]) * 1024) return 99;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
