/* A disk whose power can be cut: serves an image to QEMU by NBD over a Unix socket, with a cache of its own as disks have.
 * What was written since the last flush lies in memory; SIGTERM is the power cut: of these sectors some reach the image and
 * some do not, whatever the order they came in. SIGUSR1: it comes when the next sectors lie there.
 *   power_disk IMAGE SOCKET SEED
 * Source: the NBD protocol, doc/proto.md of the reference implementation; fixed newstyle, simple replies.
 * Invariant: the image holds all that was flushed; pending[] what came later, oldest first. One client, one thread.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NBD_MAGIC 0x4e42444d41474943ull
#define OPTION_MAGIC 0x49484156454f5054ull
#define OPTION_REPLY_MAGIC 0x3e889045565a9ull
enum { REQUEST_MAGIC = 0x25609513, REPLY_MAGIC = 0x67446698 };
enum { FIXED_NEWSTYLE = 1, OPT_ABORT = 2, OPT_GO = 7, REP_ACK = 1, REP_INFO = 3 };
#define REP_UNSUPPORTED 0x80000001u
enum { HAS_FLAGS = 1, SEND_FLUSH = 4, SEND_FUA = 8, CMD_FUA = 1 };
enum { CMD_READ, CMD_WRITE, CMD_DISC, CMD_FLUSH };
enum { SECTOR = 4096 /* what a disk writes whole or not at all; file systems count on it */, LENGTH_MAX = 32 << 20, NAME_MAX_BYTES = 4096 };

struct pending {
    struct pending *next;
    uint64_t at;
    uint32_t n;
    uint8_t bytes[SECTOR]; /* n of them, none behind a border */
};

static struct pending *oldest, **newest = &oldest;
static int image = -1;
static uint64_t size;
static volatile sig_atomic_t cut, cut_soon;

static void on_signal(int number)
{
    if (number == SIGTERM) cut = 1;
    cut_soon = 1;
}

/* ---- the cache --------------------------------------------------------------------------------------------------- */

static void write_out(const struct pending *p)
{
    if (pwrite(image, p->bytes, p->n, (off_t)p->at) != (ssize_t)p->n) abort();
}

/* All of it, or of each sector by the throw of a coin. */
static void empty_cache(bool all)
{
    while (oldest) {
        struct pending *p = oldest;
        oldest = p->next;
        if (all || rand() & 1) write_out(p);
        free(p);
    }
    newest = &oldest;
}

static void remember(uint64_t at, const uint8_t *bytes, uint32_t n)
{
    for (uint32_t some; n > 0; at += some, bytes += some, n -= some) {
        struct pending *p = malloc(sizeof *p);
        if (!p) abort();
        some = SECTOR - (uint32_t)(at % SECTOR);
        if (some > n) some = n;
        p->next = NULL;
        p->at = at;
        p->n = some;
        memcpy(p->bytes, bytes, some);
        *newest = p;
        newest = &p->next;
    }
}

static void look_up(uint64_t at, uint8_t *bytes, uint32_t n)
{
    if (pread(image, bytes, n, (off_t)at) != (ssize_t)n) abort();
    for (const struct pending *p = oldest; p; p = p->next) {
        uint64_t from = p->at > at ? p->at : at, to = p->at + p->n < at + n ? p->at + p->n : at + n;
        if (from < to) memcpy(bytes + (from - at), p->bytes + (from - p->at), to - from);
    }
}

/* ---- the wire ---------------------------------------------------------------------------------------------------- */

/* False at the end, and when the power is cut. */
static bool take(int fd, void *to, size_t n)
{
    for (size_t have = 0; have < n;) {
        ssize_t got = cut ? 0 : read(fd, (char *)to + have, n - have);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        have += (size_t)got;
    }
    return true;
}

static bool give(int fd, const void *from, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t gave = cut ? -1 : write(fd, (const char *)from + done, n - done);
        if (gave < 0 && errno == EINTR && !cut) continue;
        if (gave < 0) return false;
        done += (size_t)gave;
    }
    return true;
}

static bool answer_option(int fd, uint32_t option, uint32_t type, const void *data, uint32_t n)
{
    struct __attribute__((packed)) {
        uint64_t magic;
        uint32_t option, type, length;
    } reply = {htobe64(OPTION_REPLY_MAGIC), htobe32(option), htobe32(type), htobe32(n)};
    return give(fd, &reply, sizeof reply) && give(fd, data, n);
}

static bool greet(int fd)
{
    struct __attribute__((packed)) {
        uint64_t magic, option_magic;
        uint16_t flags;
    } hello = {htobe64(NBD_MAGIC), htobe64(OPTION_MAGIC), htobe16(FIXED_NEWSTYLE)};
    struct __attribute__((packed)) {
        uint16_t type;
        uint64_t size;
        uint16_t flags;
    } info = {0, htobe64(size), htobe16(HAS_FLAGS | SEND_FLUSH | SEND_FUA)};
    uint32_t client_flags;
    if (!give(fd, &hello, sizeof hello) || !take(fd, &client_flags, sizeof client_flags)) return false;
    for (;;) {
        struct __attribute__((packed)) {
            uint64_t magic;
            uint32_t option, length;
        } ask;
        uint8_t name[NAME_MAX_BYTES];
        if (!take(fd, &ask, sizeof ask) || be32toh(ask.length) > sizeof name) return false;
        if (!take(fd, name, be32toh(ask.length))) return false;
        uint32_t option = be32toh(ask.option);
        if (option == OPT_GO)
            return answer_option(fd, option, REP_INFO, &info, sizeof info) && answer_option(fd, option, REP_ACK, "", 0);
        if (option == OPT_ABORT || !answer_option(fd, option, REP_UNSUPPORTED, "", 0)) return false;
    }
}

struct __attribute__((packed)) request {
    uint32_t magic;
    uint16_t flags, type;
    uint64_t handle, at;
    uint32_t length;
};

static bool serve_one(int fd, uint8_t *bytes)
{
    struct request q;
    if (!take(fd, &q, sizeof q) || be32toh(q.magic) != REQUEST_MAGIC) return false;
    uint16_t type = be16toh(q.type);
    uint64_t at = be64toh(q.at);
    uint32_t n = be32toh(q.length);
    bool moves = type == CMD_READ || type == CMD_WRITE;
    if (type == CMD_DISC || n > LENGTH_MAX || (moves && (at > size || n > size - at))) return false;
    if (type == CMD_WRITE && !take(fd, bytes, n)) return false;
    if (type == CMD_WRITE) remember(at, bytes, n);
    if (type == CMD_WRITE && cut_soon && rand() % 4 == 0) return false;
    if (type == CMD_FLUSH || (type == CMD_WRITE && be16toh(q.flags) & CMD_FUA)) empty_cache(true);
    if (type == CMD_READ) look_up(at, bytes, n);
    struct __attribute__((packed)) {
        uint32_t magic, error;
        uint64_t handle;
    } reply = {htobe32(REPLY_MAGIC), 0, q.handle};
    return give(fd, &reply, sizeof reply) && (type != CMD_READ || give(fd, bytes, n));
}

static int wait_for_client(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    unlink(path);
    int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (door < 0 || bind(door, (struct sockaddr *)&name, sizeof name) < 0 || listen(door, 1) < 0) return -1;
    int fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    close(door);
    return fd;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[LENGTH_MAX];
    struct stat st;
    if (argc != 4) return fprintf(stderr, "usage: power_disk IMAGE SOCKET SEED\n"), 2;
    image = open(argv[1], O_RDWR | O_CLOEXEC);
    if (image < 0 || fstat(image, &st) < 0) return perror(argv[1]), 1;
    size = (uint64_t)st.st_size;
    srand((unsigned)strtoul(argv[3], NULL, 10));
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_signal}, NULL); /* no SA_RESTART: it ends what waits */
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal}, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = wait_for_client(argv[2]);
    if (fd < 0) return perror(argv[2]), 1;
    if (greet(fd))
        while (serve_one(fd, bytes)) continue;
    unsigned held = 0;
    for (const struct pending *p = oldest; p; p = p->next) held++;
    empty_cache(false);
    printf("disk: power cut with %u sectors of 4 KiB not flushed\n", held);
    return 0;
}
