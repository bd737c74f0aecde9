/* Invariants:
 *   reading[0 … count) is the decoded block index.place[next − 1]; at says how many of them were given out. When that
 *   is a context, count is 0 and bytes[] holds it.
 *   Every block that cannot be read back whole is counted and passed over.
 */
#include "plumbline/log.h"

#include "block.h"
#include "folder.h"
#include "hop.h"
#include "log_index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct log_reader {
    char root[512];
    int64_t from_wall_ns, to_wall_ns;
    struct log_index index;
    size_t next;
    int plog, plog_day; /* the open .plog, −1 none */
    uint64_t damaged;
    struct block_head head;
    uint32_t at, count;
    struct block_coder coder;
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t payload[BLOCK_PAYLOAD_MAX], bytes[LOG_CONTEXT_MAX];
};

int log_reader_open(const char *path, int64_t from_wall_ns, int64_t to_wall_ns, struct log_reader **out)
{
    struct log_reader *r = calloc(1, sizeof *r);
    if (!r) return -ENOMEM;
    r->from_wall_ns = from_wall_ns;
    r->to_wall_ns = to_wall_ns;
    r->plog = -1;
    int error = strlen(path) >= sizeof r->root ? -ENAMETOOLONG : block_coder_open(&r->coder);
    if (error == 0) {
        memcpy(r->root, path, strlen(path) + 1);
        error = log_index_make(&r->index, path, from_wall_ns, to_wall_ns);
    }
    if (error < 0) {
        log_reader_close(r);
        return error;
    }
    *out = r;
    return 0;
}

static int descriptor(struct log_reader *r, const struct log_place *place)
{
    char path[FOLDER_PATH];
    if (place->copy >= 0) return place->copy;
    if (r->plog >= 0 && r->plog_day == place->day) return r->plog;
    if (r->plog >= 0) close(r->plog);
    r->plog = folder_day_path(r->root, place->day, ".plog", path) == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    r->plog_day = place->day;
    return r->plog;
}

static int load(struct log_reader *r, const struct log_place *place)
{
    uint8_t header[BLOCK_HEADER];
    int fd = descriptor(r, place);
    if (fd < 0) return -EBADMSG;
    int error = hop_read(fd, place->offset, header, sizeof header);
    if (error == 0) error = block_read_head(header, &r->head);
    if (error == 0) error = hop_read(fd, place->offset + BLOCK_HEADER, r->payload, r->head.payload);
    if (error < 0) return error;
    if (r->head.kind == BLOCK_SAMPLES) return block_decode(&r->coder, &r->head, r->payload, r->reading);
    if (r->head.kind != BLOCK_CONTEXT || r->head.count > LOG_CONTEXT_MAX) return -EBADMSG;
    return block_decode_bytes(&r->coder, &r->head, r->payload, r->bytes);
}

/* The same block twice, as when somebody put a file's end behind it once more. */
static bool doubled(const struct block_head *a, const struct block_head *b)
{
    return a->first_t_ns == b->first_t_ns && a->last_t_ns == b->last_t_ns && a->first_index == b->first_index &&
           a->count == b->count && a->first_wall_ns == b->first_wall_ns && a->payload == b->payload &&
           a->payload_crc == b->payload_crc;
}

enum wanted { SAMPLES = 1, CONTEXTS = 2 };

static bool next_block(struct log_reader *r, unsigned wanted)
{
    struct block_head before = r->head;
    r->at = r->count = 0;
    while (r->next < r->index.n) {
        const struct log_place *place = &r->index.place[r->next++];
        if (!(wanted & (place->number ? CONTEXTS : SAMPLES))) continue;
        if (load(r, place) < 0) {
            r->damaged++;
            continue;
        }
        if (doubled(&r->head, &before)) continue;
        if (r->head.kind == BLOCK_SAMPLES) r->count = r->head.count;
        return true;
    }
    return false;
}

static void fill(const struct log_reader *r, const struct reading *from, struct sample *s)
{
    *s = (struct sample){
        .t_ns = from->t_ns,
        .raw = {.device_ns = NO_DEVICE_TIME,
                .index = from->index,
                .have = from->have,
                .flags = from->flags,
                .scale = r->head.scale},
    };
    memcpy(s->raw.accel, from->accel, sizeof from->accel);
    memcpy(s->raw.gyro, from->gyro, sizeof from->gyro);
    memcpy(s->raw.quat, from->quat, sizeof from->quat);
    sample_convert(s);
}

/* Unsigned: a file made to deceive may overflow, and does no harm. */
static int64_t wall_of(const struct log_reader *r, int64_t t_ns)
{
    return (int64_t)((uint64_t)r->head.first_wall_ns + (uint64_t)t_ns - (uint64_t)r->head.first_t_ns);
}

/* The next reading of the block that lies within the stretch of wall time; false when there is none. */
static bool next_reading(struct log_reader *r, struct sample *s, int64_t *wall_ns)
{
    while (r->at < r->count) {
        const struct reading *from = &r->reading[r->at++];
        *wall_ns = wall_of(r, from->t_ns);
        if (*wall_ns < r->from_wall_ns || *wall_ns >= r->to_wall_ns) continue;
        fill(r, from, s);
        return true;
    }
    return false;
}

int log_reader_next(struct log_reader *r, struct sample *s, int64_t *wall_ns)
{
    do
        if (next_reading(r, s, wall_ns)) return 1;
    while (next_block(r, SAMPLES));
    return 0;
}

static void fill_context(const struct log_reader *r, struct log_item *item)
{
    const struct block_head *h = &r->head;
    item->is_context = true;
    item->wall_ns = wall_of(r, h->last_t_ns);
    item->utc_offset_s = h->utc_offset_s;
    item->context = (struct log_context){.kind = (unsigned)h->period_q16_ns,
                                         .number = h->first_index,
                                         .place_ns = h->first_t_ns,
                                         .t_ns = h->last_t_ns,
                                         .n = h->count,
                                         .bytes = r->bytes};
}

static int next_item(struct log_reader *r, struct log_item *item, unsigned wanted)
{
    for (;;) {
        if (next_reading(r, &item->sample, &item->wall_ns)) break;
        if (!next_block(r, wanted)) return 0;
        if (r->head.kind != BLOCK_CONTEXT) continue;
        fill_context(r, item);
        return 1;
    }
    item->is_context = false;
    item->utc_offset_s = r->head.utc_offset_s;
    item->stream = r->head.stream;
    item->epoch = r->head.epoch;
    return 1;
}

int log_reader_next_item(struct log_reader *r, struct log_item *item) { return next_item(r, item, SAMPLES | CONTEXTS); }

int log_reader_next_context(struct log_reader *r, struct log_item *item)
{
    r->at = r->count;
    return next_item(r, item, CONTEXTS);
}

void log_reader_seek(struct log_reader *r, int64_t place_ns, uint64_t number)
{
    r->at = r->count = 0;
    for (r->next = 0; r->next < r->index.n; r->next++) {
        const struct log_place *p = &r->index.place[r->next];
        if (p->first_t_ns > place_ns || (p->first_t_ns == place_ns && p->number >= number)) break;
    }
}

int32_t log_reader_utc_offset_s(const struct log_reader *r) { return r->head.utc_offset_s; }

uint64_t log_reader_damaged(const struct log_reader *r) { return r->index.damaged + r->damaged; }

void log_reader_close(struct log_reader *r)
{
    if (!r) return;
    if (r->plog >= 0) close(r->plog);
    log_index_free(&r->index);
    block_coder_close(&r->coder);
    free(r);
}
