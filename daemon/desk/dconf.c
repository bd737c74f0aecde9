/* A GVDB file, as GLib's gvdb writes it, little-endian: 24 bytes of header that point to the root table; there a count of
 * bloom words and one of buckets, both lists, then items of 24 bytes: hash, parent, key (start, length), type, value
 * (start, end). An item's full key is its parent's and its own after it. A value is a GVariant in a variant.
 *
 * Invariants: nothing is read but through part(), which knows the size; items are gone through once, parents at most
 * DEPTH_MAX deep, whatever the file says.
 */
#include "dconf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 24, ITEM = 24, DEPTH_MAX = 16, FILE_MAX = 4 << 20 };
#define NO_PARENT UINT32_MAX

struct bytes {
    const uint8_t *at;
    size_t size;
};

/* The bytes from START to END of B; none when they are not all there. */
static struct bytes part(struct bytes b, size_t start, size_t end)
{
    if (start > end || end > b.size) return (struct bytes){NULL, 0};
    return (struct bytes){b.at + start, end - start};
}

static uint32_t u32(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }
static uint16_t u16(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static uint32_t hash(const char *key)
{
    uint32_t h = 5381;
    for (; *key; key++) h = h * 33 + (uint8_t)*key; /* of ASCII; gvdb takes signed characters */
    return h;
}

/* Whether the item INDEX and its parents spell KEY, from the end. */
static bool spells(struct bytes file, struct bytes items, uint32_t index, const char *key)
{
    size_t left = strlen(key);
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        struct bytes item = part(items, (size_t)index * ITEM, (size_t)index * ITEM + ITEM);
        if (!item.at) return false;
        size_t start = u32(item.at + 8), length = u16(item.at + 12);
        struct bytes name = part(file, start, start + length);
        if (!name.at || length > left || memcmp(key + left - length, name.at, length) != 0) return false;
        left -= length;
        index = u32(item.at + 4);
        if (index == NO_PARENT) return left == 0;
    }
    return false;
}

static int read_value(struct bytes file, const uint8_t *item, bool *value)
{
    struct bytes v = part(file, u32(item + 16), u32(item + 20));
    if (item[14] != 'v' || v.size != 3 || v.at[0] > 1 || v.at[1] != 0 || v.at[2] != 'b') return -EBADMSG;
    *value = v.at[0] != 0;
    return 0;
}

int dconf_find_bool(const uint8_t *data, size_t size, const char *key, bool *value)
{
    struct bytes file = {data, size};
    if (size < HEADER || memcmp(data, "GVariant", 8) != 0 || u32(data + 8) != 0) return -EBADMSG;
    struct bytes table = part(file, u32(data + 16), u32(data + 20));
    if (table.size < 8) return -EBADMSG;
    size_t lists = 4 * ((size_t)(u32(table.at) & 0x7ffffff) + u32(table.at + 4));
    struct bytes items = part(table, 8 + lists, table.size);
    uint32_t wanted = hash(key);
    for (uint32_t i = 0; items.size / ITEM > i; i++)
        if (u32(items.at + (size_t)i * ITEM) == wanted && spells(file, items, i, key))
            return read_value(file, items.at + (size_t)i * ITEM, value);
    return items.at ? -ENOENT : -EBADMSG;
}

static int read_all(int fd, size_t size, const char *key, bool *value)
{
    uint8_t *data = malloc(size ? size : 1);
    if (!data) return -ENOMEM;
    ssize_t n = pread(fd, data, size, 0);
    int r = n < 0 ? -errno : dconf_find_bool(data, (size_t)n, key, value);
    free(data);
    return r;
}

int dconf_read_bool(const char *key, bool *value)
{
    char path[PATH_MAX];
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool own = config && *config;
    if (!own && !home) return -ENOENT;
    int n = snprintf(path, sizeof path, "%s%s/dconf/user", own ? config : home, own ? "" : "/.config");
    if (n < 0 || (size_t)n >= sizeof path) return -ENAMETOOLONG;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -errno;
    struct stat s;
    int r = fstat(fd, &s) < 0                                   ? -errno
            : !S_ISREG(s.st_mode) || s.st_size > FILE_MAX ? -EBADMSG
                                                                : read_all(fd, (size_t)s.st_size, key, value);
    close(fd);
    return r;
}
