/* Invariants:
 *   the data folder is lent to at most one client, the holder, which keeps its connection: when it says so or is gone, the
 *   store takes the folder back. What it asks of the folder is answered when it is done, all else at once.
 *   at most CLIENTS at once, each the daemon's own user: one more takes the place of the longest silent one; a line longer
 *   than LINE_MAX_BYTES or a client that does not read its answers is dropped; a request is answered by exactly one line.
 */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS = 16, LINE_MAX_BYTES = 16 * 1024, WORDS_MAX = 16 };

struct client {
    struct control *control;
    sd_event_source *source;
    int fd;
    uint64_t serial; /* of its newest request, or its arrival */
    size_t used;
    char line[LINE_MAX_BYTES];
};

struct control {
    struct daemon *daemon;
    char path[PATH_LEN];
    int fd;
    sd_event_source *source;
    struct client *client[CLIENTS]; /* allocated while connected */
    uint64_t serial;                /* counts arrivals and requests */
    struct client *holder;          /* NULL: the data folder is the store's own */
    bool owed;                      /* the holder waits for an answer */
    bool lent;                      /* a folder that is not back yet: this one */
    dev_t device;
    ino_t inode;
    sd_event_source *turned;
};

static void drop(struct client *c)
{
    for (int i = 0; i < CLIENTS; i++)
        if (c->control->client[i] == c) c->control->client[i] = NULL;
    if (c->control->holder == c) {
        c->control->holder = NULL;
        store_take_back(c->control->daemon->store);
    }
    sd_event_source_disable_unref(c->source);
    close(c->fd);
    free(c);
}

static json_t *refusal(const char *why) { return json_pack("{s:s}", "error", why); }

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool identify(const struct daemon *d, dev_t *device, ino_t *inode)
{
    struct stat st;
    if (stat(d->config.data, &st) < 0) return false;
    *device = st.st_dev;
    *inode = st.st_ino;
    return true;
}

/* The folder is back. Another one lies there after a restore, whether that lived to say so or not. */
static void look_what_came(struct control *control)
{
    dev_t device;
    ino_t inode;
    bool known = control->lent && identify(control->daemon, &device, &inode);
    control->lent = false;
    if (known && (device != control->device || inode != control->inode)) pipeline_restored(control->daemon->pipeline);
}

/* "hold DATA" and "release". The reply, or NULL: it is owed. */
static json_t *lend(struct client *c, size_t argc, const char *const *argv)
{
    struct control *control = c->control;
    struct daemon *d = control->daemon;
    if (!strcmp(argv[0], "release")) {
        if (control->holder != c) return refusal("this connection holds nothing");
        store_take_back(d->store);
    } else {
        if (argc != 2) return refusal("usage: hold DATA");
        if (control->holder) return refusal("another plumbline command is at work on the data folder; try again when it is done");
        if (!same_folder(argv[1], d->config.data)) return refusal("the daemon uses another data folder");
        control->holder = c;
        control->lent = identify(d, &control->device, &control->inode);
        store_let_go(d->store);
    }
    control->owed = true;
    return NULL;
}

/* Runs a request {"command": ["word", …]} and gives the reply; NULL: later. */
static json_t *answer(struct client *c, const char *line, size_t n)
{
    json_error_t fault;
    json_t *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, &fault);
    json_t *words = json_object_get(request, "command"), *reply;
    size_t argc = json_array_size(words);
    const char *argv[WORDS_MAX];
    bool good = argc > 0 && argc <= WORDS_MAX;
    for (size_t i = 0; good && i < argc; i++) good = (argv[i] = json_string_value(json_array_get(words, i))) != NULL;
    if (good && (!strcmp(argv[0], "hold") || !strcmp(argv[0], "release"))) {
        reply = lend(c, argc, argv);
    } else if (good) {
        reply = json_object();
        commands_run(c->control->daemon, (int)argc, argv, reply);
    } else {
        reply = refusal("expected one line {\"command\": [\"word\", …]} with 1 to 16 words");
    }
    json_decref(request);
    return reply;
}

static bool send_line(int fd, json_t *reply)
{
    char *text = json_dumps(reply, JSON_COMPACT);
    if (!text) return false;
    size_t n = strlen(text);
    text[n] = '\n'; /* in place of the NUL */
    ssize_t sent = send(fd, text, n + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    free(text);
    return sent == (ssize_t)(n + 1);
}

/* Answers every whole line that has come; false when the client must go. */
static bool answer_lines(struct client *c)
{
    char *end;
    while ((end = memchr(c->line, '\n', c->used))) {
        size_t n = (size_t)(end - c->line);
        json_t *reply = answer(c, c->line, n);
        bool sent = !reply || send_line(c->fd, reply);
        json_decref(reply);
        if (!sent) return false;
        c->serial = ++c->control->serial;
        c->used -= n + 1;
        memmove(c->line, end + 1, c->used);
        live_rearm(c->control->daemon);
    }
    return c->used < sizeof c->line;
}

/* The turn has changed: what the holder waits for is done, or cannot be. */
static int on_turned(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    struct control *control = arg;
    struct client *c = control->holder;
    struct store_state state;
    eventfd_t times;
    (void)source, (void)events;
    eventfd_read(fd, &times);
    store_state(control->daemon->store, &state);
    if (state.turn == STORE_OURS) look_what_came(control);
    if (!c || !control->owed || (state.turn != STORE_OURS && state.turn != STORE_APART)) return 0;
    control->owed = false;
    if (state.turn == STORE_OURS) control->holder = NULL;
    json_t *reply = state.turn == STORE_OURS && state.error ? refusal(state.error_text)
                                                            : json_pack("{s:b}", "held", state.turn == STORE_APART);
    bool sent = send_line(c->fd, reply);
    json_decref(reply);
    if (!sent) drop(c);
    return 0;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *arg)
{
    struct client *c = arg;
    (void)source, (void)events;
    ssize_t n = read(fd, c->line + c->used, sizeof c->line - c->used);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n > 0) c->used += (size_t)n;
    if (n == 0 && c->used) c->line[c->used++] = '\n'; /* the last line may end with the stream */
    if (!answer_lines(c) || n <= 0) drop(c);
    return 0;
}

/* Makes room for one more: of too many clients the one that has been silent for longest goes. */
static int free_slot(struct control *control)
{
    int silent = -1;
    for (int i = 0; i < CLIENTS; i++) {
        if (!control->client[i]) return i;
        if (control->client[i] == control->holder) continue;
        if (silent < 0 || control->client[i]->serial < control->client[silent]->serial) silent = i;
    }
    drop(control->client[silent]);
    return silent;
}

static bool same_user(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == getuid();
}

static int on_connect(sd_event_source *source, int listening, uint32_t events, void *arg)
{
    struct control *control = arg;
    (void)source, (void)events;
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return 0;
    struct client *c = same_user(fd) ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        close(fd);
        return 0;
    }
    c->control = control;
    c->fd = fd;
    c->serial = ++control->serial;
    control->client[free_slot(control)] = c;
    if (sd_event_add_io(control->daemon->loop, &c->source, fd, EPOLLIN, on_client, c) < 0) drop(c);
    return 0;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    unlink(path); /* the data folder's lock says that no other daemon uses it */
    mode_t mask = umask(0177);
    int failed = bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, CLIENTS) ? -errno : 0;
    umask(mask);
    if (!failed) return fd;
    close(fd);
    return failed;
}

int control_open(struct daemon *d, struct control **out)
{
    struct control *c = calloc(1, sizeof *c);
    if (!c) return -ENOMEM;
    c->daemon = d;
    c->fd = -1;
    int failed = config_socket_path(c->path);
    if (!failed && (c->fd = listen_at(c->path)) < 0) failed = c->fd;
    if (!failed) failed = sd_event_add_io(d->loop, &c->source, c->fd, EPOLLIN, on_connect, c);
    if (failed >= 0) failed = sd_event_add_io(d->loop, &c->turned, store_turned(d->store), EPOLLIN, on_turned, c);
    if (failed < 0) {
        sd_event_source_disable_unref(c->source);
        if (c->fd >= 0) close(c->fd);
        free(c);
        return failed;
    }
    *out = c;
    return 0;
}

void control_close(struct control *c)
{
    if (!c) return;
    for (int i = 0; i < CLIENTS; i++)
        if (c->client[i]) drop(c->client[i]);
    sd_event_source_disable_unref(c->source);
    sd_event_source_disable_unref(c->turned);
    close(c->fd);
    unlink(c->path);
    free(c);
}
