/* Talks to the daemon's control socket as no decent client would. Usage: talk SOCKET wrong|long|many, or talk SOCKET stay LINE…
 *   wrong  lines that are no requests: each gets one line with an error, on the same connection
 *   long   a megabyte without an end of line: the daemon hangs up
 *   many   twenty clients at once: at least sixteen are answered, the others are hung up on, none is left waiting
 *   stay   says the lines, prints the answer to each, and stays on the line until it is killed
 * Exit 0 when the daemon behaved so.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MANY = 20, ANSWERED = 16, WAIT_MS = 60000, REPLY_MAX = 65536 };

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    perror(path);
    return -1;
}

static bool say(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        text += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* One line into REPLY: 1; 0 when the daemon hung up; −1 when nothing came in time. */
static int hear(int fd, char reply[REPLY_MAX])
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    size_t used = 0;
    while (used + 1 < REPLY_MAX) {
        if (poll(&p, 1, WAIT_MS) <= 0) return -1;
        ssize_t n = read(fd, reply + used, 1);
        if (n <= 0) return 0;
        if (reply[used++] != '\n') continue;
        reply[used] = 0;
        return 1;
    }
    return -1;
}

static int wrong(const char *path)
{
    static const char *const lines[] = {
        "\n", "hello\n", "{\n", "[]\n", "{}\n", "{\"command\": []}\n", "{\"command\": [1]}\n", "{\"command\": \"status\"}\n",
        "{\"command\": [\"no-such\"]}\n", "{\"command\": [\"calibrate\", \"headstand\"]}\n", "{\"command\": [\"pain\", \"99\"]}\n",
        "{\"command\": [\"status\"], \"command\": [\"status\"]}\n", "\xff\xfe\x80\n",
    };
    static char reply[REPLY_MAX];
    int fd = dial(path);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (fd < 0 || !say(fd, lines[i], strlen(lines[i])) || hear(fd, reply) != 1 || !strstr(reply, "\"error\""))
            return fprintf(stderr, "no error for: %s", lines[i]), 1;
    }
    static const char right[] = "{\"command\": [\"status\"]}\n";
    if (!say(fd, right, sizeof right - 1) || hear(fd, reply) != 1 || strstr(reply, "\"error\":\""))
        return fprintf(stderr, "no status after wrong lines\n"), 1;
    close(fd);
    return 0;
}

static int too_long(const char *path)
{
    static char text[1 << 20], reply[REPLY_MAX];
    memset(text, 'x', sizeof text);
    int fd = dial(path);
    if (fd < 0) return 1;
    say(fd, text, sizeof text); /* fails somewhere on the way: that is the point */
    if (hear(fd, reply) != 0) return fprintf(stderr, "a megabyte without an end did not end the talk\n"), 1;
    close(fd);
    return 0;
}

static int many(const char *path)
{
    static const char request[] = "{\"command\": [\"status\"]}\n";
    static char reply[REPLY_MAX];
    int fd[MANY], answered = 0;
    for (int i = 0; i < MANY; i++)
        if ((fd[i] = dial(path)) < 0) return 1;
    for (int i = 0; i < MANY; i++) say(fd[i], request, sizeof request - 1);
    for (int i = 0; i < MANY; i++) {
        int heard = hear(fd[i], reply);
        if (heard < 0) return fprintf(stderr, "client %d is left waiting\n", i), 1;
        answered += heard;
    }
    for (int i = 0; i < MANY; i++) close(fd[i]);
    printf("%d of %d clients answered\n", answered, MANY);
    return answered < ANSWERED;
}

static int stay(const char *path, int n, char **lines)
{
    static char reply[REPLY_MAX];
    int fd = dial(path);
    for (int i = 0; i < n; i++) {
        if (fd < 0 || !say(fd, lines[i], strlen(lines[i])) || !say(fd, "\n", 1) || hear(fd, reply) != 1)
            return fprintf(stderr, "no answer to %s\n", lines[i]), 1;
        fputs(reply, stdout);
        fflush(stdout);
    }
    return pause();
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[2], "wrong")) return wrong(argv[1]);
    if (argc == 3 && !strcmp(argv[2], "long")) return too_long(argv[1]);
    if (argc == 3 && !strcmp(argv[2], "many")) return many(argv[1]);
    if (argc > 3 && !strcmp(argv[2], "stay")) return stay(argv[1], argc - 3, argv + 3);
    fprintf(stderr, "usage: talk SOCKET wrong|long|many, or talk SOCKET stay LINE…\n");
    return 2;
}
