/* A line out, a line back. With a timeout a socket's calls end with EINTR when the program
 * was stopped and goes on (signal(7)), which is no failure. */
#include "tool.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_S = 30 }; /* a busy machine may keep the daemon from answering for a while */

int client_connect(int patience_s)
{
    char path[PATH_LEN];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = patience_s};
    if (config_socket_path(path)) return -ENOTCONN;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    close(fd);
    return -ENOTCONN;
}

static int send_words(int fd, const char *const *words, size_t n)
{
    json_t *list = json_array();
    bool text = true;
    for (size_t i = 0; i < n; i++) text &= json_array_append_new(list, json_string(words[i])) == 0;
    json_t *request = json_pack("{s:o}", "command", list);
    char *line = text ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!line) return -EINVAL; /* a word was not UTF-8 */
    size_t length = strlen(line);
    line[length] = '\n';
    ssize_t sent;
    do sent = send(fd, line, length + 1, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    free(line);
    return sent == (ssize_t)(length + 1) ? 0 : -EIO;
}

static size_t hear(void *buffer, size_t n, void *arg)
{
    ssize_t got;
    do got = recv(*(int *)arg, buffer, n, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? (size_t)-1 : (size_t)got;
}

static int receive(int fd, json_t **reply)
{
    json_error_t fault;
    *reply = json_load_callback(hear, &fd, JSON_DISABLE_EOF_CHECK, &fault);
    return *reply ? 0 : -EIO;
}

int client_say(int fd, const char *const *words, size_t n, json_t **reply)
{
    int failed = send_words(fd, words, n);
    return failed ? failed : receive(fd, reply);
}

int client_ask(const char *const *words, size_t n, json_t **reply)
{
    int fd = client_connect(PATIENCE_S);
    if (fd < 0) return fd;
    int failed = client_say(fd, words, n, reply);
    close(fd);
    return failed;
}

int client_do(const char *const *words, size_t n, json_t **reply)
{
    int failed = client_ask(words, n, reply);
    if (failed == -ENOTCONN)
        return tool_fail(1, "the daemon is not running; start it with 'systemctl --user start plumblined', or run plumblined");
    if (failed == -EINVAL) return tool_fail(2, "the words are not UTF-8");
    if (failed) return tool_fail(1, "the daemon does not answer (%s)", strerror(-failed));
    const char *error = json_string_value(json_object_get(*reply, "error"));
    if (!error) return 0;
    int code = tool_fail(1, "%s", error);
    json_decref(*reply);
    return code;
}
