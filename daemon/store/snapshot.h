/* snapshot — state.bin: the newest state of tracker and coach in mapped memory, two slots, so that neither SIGKILL
 * nor a torn write costs more than the newest one. Layout: docs/log-format.md. Not for two threads at once. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot {
    uint8_t *map; /* NULL while there is none: put and get then do nothing */
    uint64_t sequence; /* of the newest */
    unsigned next;     /* slot to be written */
};

/* Maps PATH, making it (0600, all room reserved) where needed. 0 or a negative errno. */
int snapshot_open(struct snapshot *s, const char *path);
/* Keeps N ≤ STATE_MAX bytes. No system call. */
void snapshot_put(struct snapshot *s, const void *bytes, size_t n, uint64_t tag);
/* The newest whole snapshot with this TAG and size; false when there is none. */
bool snapshot_get(const struct snapshot *s, void *bytes, size_t n, uint64_t tag);
/* Looks, and maps nothing: 0 when PATH holds a whole snapshot or none yet, −EBADMSG, or another negative errno. */
int snapshot_check(const char *path);
void snapshot_close(struct snapshot *s);

#endif
