#include "hop.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 32 * 1024 };

int hop_begin(struct hop *h, int fd, off_t from)
{
    struct stat st;
    if (fstat(fd, &st) < 0) return -errno;
    *h = (struct hop){.fd = fd, .at = from, .size = st.st_size};
    return 0;
}

int hop_read(int fd, off_t offset, void *to, size_t n)
{
    for (size_t have = 0; have < n;) {
        ssize_t got = pread(fd, (char *)to + have, n - have, offset + (off_t)have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -errno;
        if (got == 0) return -EBADMSG;
        have += (size_t)got;
    }
    return 0;
}

static bool whole(const struct hop *h, off_t at, const uint8_t *bytes, struct block_head *head)
{
    return block_read_head(bytes, head) == 0 && at + BLOCK_HEADER + (off_t)head->payload <= h->size;
}

/* Offset of the next header that holds at or after AT; −1 none. */
static off_t search(const struct hop *h, off_t at, struct block_head *head)
{
    uint8_t chunk[CHUNK];
    while (at + BLOCK_HEADER <= h->size) {
        size_t n = h->size - at < CHUNK ? (size_t)(h->size - at) : CHUNK;
        if (hop_read(h->fd, at, chunk, n) < 0) return -1;
        for (size_t i = 0; i + BLOCK_HEADER <= n; i++) {
            const uint8_t *magic = memchr(chunk + i, block_magic[0], n - BLOCK_HEADER - i + 1);
            if (!magic) break;
            i = (size_t)(magic - chunk);
            if (whole(h, at + (off_t)i, magic, head)) return at + (off_t)i;
        }
        at += (off_t)n - BLOCK_HEADER + 1;
    }
    return -1;
}

int hop_next(struct hop *h, struct block_head *head, off_t *offset)
{
    uint8_t bytes[BLOCK_HEADER];
    if (h->at + BLOCK_HEADER > h->size) return 0;
    int r = hop_read(h->fd, h->at, bytes, sizeof bytes);
    if (r < 0) return r == -EBADMSG ? 0 : r;
    off_t found = h->at;
    if (!whole(h, h->at, bytes, head)) {
        found = search(h, h->at + 1, head);
        if (found < 0) return 0;
        h->damaged++;
    }
    *offset = found;
    h->at = found + BLOCK_HEADER + (off_t)head->payload;
    return 1;
}
