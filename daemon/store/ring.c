/* Invariants:
 *   tail ≤ taken ≤ head ≤ tail + RING_SIZE, all multiples of 8; head is moved only by the putter, the others only by the
 *   taker.
 *   A record never wraps: where it would, a record of type 0 stands for the rest.
 *   head is published after the bytes below it are written, tail after they are safe elsewhere: killed between any two
 *   instructions, what lies from tail to head is whole.
 *   What is found in the file counts only with our identity before it and, record by record, a check that holds.
 */
#include "ring.h"

#include <string.h>
#include <sys/mman.h>

enum { LAYOUT = 2 }; /* one more whenever a record changes */

struct ring_memory {
    struct lasting_identity identity;
    _Alignas(64) _Atomic uint64_t head; /* bytes ever put */
    _Alignas(64) _Atomic uint64_t tail; /* bytes ever released */
    _Alignas(LASTING_HEADER) uint8_t bytes[RING_SIZE];
};
_Static_assert(offsetof(struct ring_memory, bytes) == LASTING_HEADER, "the header is one page");

struct prefix {
    uint16_t type, size;
    uint32_t check;
};

static size_t step(size_t n) { return sizeof(struct prefix) + ((n + 7) & ~(size_t)7); }

/* Eight bytes at a time: in a replay a CRC would cost more than all the rest of putting. */
static uint32_t check_of(uint16_t type, const uint8_t *record, size_t n)
{
    uint64_t sum = ((uint64_t)type << 16) + n + 1;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, record + i, n - i < 8 ? n - i : 8);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio, odd: nothing is lost by it */
        sum ^= sum >> 32;
    }
    return (uint32_t)sum;
}

static uint64_t head_of(const struct ring *r) { return atomic_load_explicit(&r->memory->head, memory_order_acquire); }

/* ---- what is found ----------------------------------------------------------------------------------------------- */

/* Bytes that the record AT takes, 0 when it is not whole before END. */
static size_t whole(const struct ring_memory *m, uint64_t at, uint64_t end)
{
    const uint8_t *from = m->bytes + at % RING_SIZE;
    size_t to_wrap = RING_SIZE - at % RING_SIZE, room = end - at < to_wrap ? end - at : to_wrap;
    struct prefix prefix;
    memcpy(&prefix, from, sizeof prefix);
    if (prefix.type == 0) return room == to_wrap ? room : 0;
    if (step(prefix.size) > room) return 0;
    return check_of(prefix.type, from + sizeof prefix, prefix.size) == prefix.check ? step(prefix.size) : 0;
}

static void mend(struct ring_memory *m)
{
    uint64_t at = atomic_load(&m->tail), head = atomic_load(&m->head);
    for (size_t n; at != head && (n = whole(m, at, head)) > 0;) at += n;
    atomic_store(&m->head, at);
}

static bool sane(const struct ring_memory *m)
{
    uint64_t head = atomic_load(&m->head), tail = atomic_load(&m->tail);
    return head - tail <= RING_SIZE && head % 8 == 0 && tail % 8 == 0;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static void begin(struct ring *r)
{
    lasting_disown(&r->lasting);
    atomic_store(&r->memory->tail, 0);
    atomic_store(&r->memory->head, 0);
    lasting_own(&r->lasting);
}

int ring_open(struct ring *r, const char *path, const char *folder)
{
    *r = (struct ring){0};
    int error = lasting_open(&r->lasting, path, folder, "plumbrng", LAYOUT, sizeof *r->memory);
    if (error < 0) return error;
    r->memory = r->lasting.memory;
    if (r->lasting.ours && sane(r->memory)) {
        mend(r->memory);
    } else {
        begin(r);
    }
    ring_rewind(r);
    return 0;
}

bool ring_lasts(const struct ring *r) { return r->lasting.file >= 0; }

void ring_lend(struct ring *r, const char *folder) { lasting_lend(&r->lasting, folder); }

void ring_move(struct ring *r, const char *folder) { lasting_move(&r->lasting, folder); }

void ring_close(struct ring *r)
{
    if (r->memory) lasting_close(&r->lasting, ring_used(r) == 0);
    r->memory = NULL;
}

/* ---- putting ----------------------------------------------------------------------------------------------------- */

size_t ring_used(const struct ring *r)
{
    uint64_t tail = atomic_load_explicit(&r->memory->tail, memory_order_acquire);
    return head_of(r) - tail;
}

bool ring_put(struct ring *r, uint16_t type, const void *record, size_t n)
{
    struct ring_memory *m = r->memory;
    uint64_t head = atomic_load_explicit(&m->head, memory_order_relaxed);
    size_t at = head % RING_SIZE, need = step(n), filler = RING_SIZE - at < need ? RING_SIZE - at : 0;
    if (n > UINT16_MAX || RING_SIZE - ring_used(r) < filler + need) return false;
    if (filler) {
        memset(m->bytes + at, 0, sizeof(struct prefix));
        at = 0;
    }
    struct prefix prefix = {type, (uint16_t)n, check_of(type, record, n)};
    memcpy(m->bytes + at, &prefix, sizeof prefix);
    memcpy(m->bytes + at + sizeof prefix, record, n);
    atomic_store_explicit(&m->head, head + filler + need, memory_order_release);
    return true;
}

/* ---- taking ------------------------------------------------------------------------------------------------------ */

size_t ring_untaken(const struct ring *r) { return head_of(r) - r->taken; }

const void *ring_peek(struct ring *r, uint16_t *type, size_t *n)
{
    while (ring_untaken(r) > 0) {
        const uint8_t *at = r->memory->bytes + r->taken % RING_SIZE;
        struct prefix prefix;
        memcpy(&prefix, at, sizeof prefix);
        *type = prefix.type;
        *n = prefix.size;
        if (prefix.type != 0) return at + sizeof prefix;
        r->taken += RING_SIZE - r->taken % RING_SIZE;
    }
    return NULL;
}

void ring_take(struct ring *r)
{
    struct prefix prefix;
    memcpy(&prefix, r->memory->bytes + r->taken % RING_SIZE, sizeof prefix);
    r->taken += step(prefix.size);
}

uint64_t ring_mark(const struct ring *r) { return head_of(r); }

bool ring_reached(const struct ring *r, uint64_t mark) { return (int64_t)(mark - r->taken) <= 0; }

/* Going round and round would keep all of the ring among the pages that this process holds, for the few that it needs.
 * Shared memory keeps what is in it: the putter, who may be in there again, loses nothing. */
static void let_go_of_pages(struct ring *r, uint64_t from, uint64_t to)
{
    from -= from % LASTING_HEADER;
    to -= to % LASTING_HEADER;
    while (from < to) {
        size_t at = from % RING_SIZE, n = to - from < RING_SIZE - at ? to - from : RING_SIZE - at;
        (void)!madvise(r->memory->bytes + at, n, MADV_DONTNEED);
        from += n;
    }
}

void ring_release(struct ring *r)
{
    uint64_t tail = atomic_load_explicit(&r->memory->tail, memory_order_relaxed);
    atomic_store_explicit(&r->memory->tail, r->taken, memory_order_release);
    let_go_of_pages(r, tail, r->taken);
}

void ring_rewind(struct ring *r) { r->taken = atomic_load(&r->memory->tail); }

void ring_cut(struct ring *r) { atomic_store(&r->memory->head, r->taken); }
