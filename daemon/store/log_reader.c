/* Invariants:
 *   reading[0 … head.count) is the decoded block index.place[next − 1]; at says how many of them were given out.
 *   Every block that cannot be read back whole is counted and passed over.
 */
#include "plumbline/store.h"

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
    uint32_t at;
    struct block_coder coder;
    struct reading reading[BLOCK_SAMPLES_MAX];
    uint8_t payload[BLOCK_PAYLOAD_MAX];
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
    return error == 0 ? block_decode(&r->coder, &r->head, r->payload, r->reading) : error;
}

/* The same block twice, as when somebody put a file's end behind it once more. */
static bool doubled(const struct block_head *a, const struct block_head *b)
{
    return a->first_t_ns == b->first_t_ns && a->last_t_ns == b->last_t_ns && a->first_index == b->first_index &&
           a->count == b->count && a->first_wall_ns == b->first_wall_ns && a->payload == b->payload &&
           a->payload_crc == b->payload_crc;
}

static bool next_block(struct log_reader *r)
{
    struct block_head before = r->head;
    r->at = 0;
    while (r->next < r->index.n) {
        if (load(r, &r->index.place[r->next++]) < 0) {
            r->damaged++;
        } else if (!doubled(&r->head, &before)) {
            return true;
        }
    }
    r->head.count = 0;
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

int log_reader_next(struct log_reader *r, struct sample *s, int64_t *wall_ns)
{
    for (;;) {
        if (r->at >= r->head.count && !next_block(r)) return 0;
        const struct reading *from = &r->reading[r->at++];
        /* Unsigned: a file made to deceive may overflow, and does no harm. */
        *wall_ns = (int64_t)((uint64_t)r->head.first_wall_ns + (uint64_t)from->t_ns - (uint64_t)r->head.first_t_ns);
        if (*wall_ns < r->from_wall_ns || *wall_ns >= r->to_wall_ns) continue;
        fill(r, from, s);
        return 1;
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
