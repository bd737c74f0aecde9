#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/calendar/sandbox.h"

#include <errno.h>
#include <stdbool.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FINE, NO_FILTER, NETWORK, WRITES, NEW_PROCESS, READS, LINKS, MEMORY, TOO_MUCH_MEMORY, SIGNALS };

static bool refused(int result) { return result == -1 && errno == EPERM; }

/* What a process in the sandbox can do: FINE, or the first that is not as it should be. */
static int try_all(void)
{
    sandbox_limits();
    sandbox_close();
    int network = socket(AF_UNIX, SOCK_STREAM, 0);
    if (network >= 0) return NO_FILTER;
    if (!refused(network) || !refused(socket(AF_INET, SOCK_STREAM, 0))) return NETWORK;
    if (!refused(open("/dev/null", O_WRONLY)) || !refused(open("/dev/null", O_RDWR | O_CREAT, 0600))) return WRITES;
    if (!refused((int)fork())) return NEW_PROCESS;
    if (!refused(kill(getppid(), 0))) return SIGNALS;
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0 || close(fd)) return READS;
    char target[8];
    if (readlink("/dev/null", target, sizeof target) >= 0 || errno != EINVAL) return LINKS;
    void *some = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (some == MAP_FAILED || munmap(some, 16 << 20)) return MEMORY;
    some = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return some == MAP_FAILED ? FINE : TOO_MUCH_MEMORY;
}

static void only_reading_and_memory_are_left(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();
    if (pid == 0) _exit(try_all());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_FILTER) {
        print_message("no filter here: a sanitizer, or another machine\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_reading_and_memory_are_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
