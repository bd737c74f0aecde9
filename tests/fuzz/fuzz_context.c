/* What `plumbline reindex` and a daemon that starts believe of a raw log whose checksums are right: the rows of an
 * index at a file's end, and contexts between samples. The input is read both ways: as rows, then as a little programme
 * of samples and contexts behind a snapshot of the program's own. An index that is believed leads nowhere but into its
 * file; contexts that nobody wrote are strange, and minutes stay minutes.
 *
 * With libFuzzer: tests/fuzz/README.md; else as fuzz_replay.h says. */
#include "daemon/context.h"
#include "daemon/store/bytes.h"
#include "daemon/store/segment_index.h"

#define FUZZ_COPIES 400
#include "tests/fuzz/fuzz_replay.h"

enum { STEPS_MOST = 3000, PAYLOAD_MOST = 64, FRONT = 20000, ROWS_MOST = 150 };
#define BEGIN_NS SECONDS_NS(1791961200)

/* ---- the input ---- */

struct input {
    const uint8_t *at, *end;
};

static unsigned byte(struct input *in) { return in->at < in->end ? *in->at++ : 0; }

/* Mostly near zero, at times anything. */
static int64_t number(struct input *in)
{
    unsigned kind = byte(in);
    uint64_t value = 0;
    if (kind < 128) return (int64_t)kind - 16;
    for (int i = 0; i < 8; i++) value = value << 8 | (i < 8 - (int)(kind % 9) ? 0 : byte(in));
    return kind & 64 ? -(int64_t)(value >> 1) : (int64_t)value;
}

static void put_number(uint8_t *to, int64_t value) { bytes_put(to, (uint64_t)value, 8); }

/* ---- an index ---- */

static struct block_coder *coder(void)
{
    static struct block_coder c;
    static bool open;
    if (!open && block_coder_open(&c) < 0) abort();
    open = true;
    return &c;
}

static size_t put_block(struct block_head head, const void *bytes, uint8_t *to)
{
    return block_encode_bytes(coder(), &head, bytes, to);
}

/* A row whose header has a sum that holds, whatever it says; behind *AT, or elsewhere. */
static void make_row(struct input *in, int64_t *at, uint8_t *row)
{
    uint8_t block[BLOCK_HEADER + 64]; /* docs/log-format.md */
    put_block((struct block_head){.kind = BLOCK_CONTEXT}, "", block);
    int64_t payload = number(in) + 16, skew = number(in) % 2 ? 0 : number(in);
    block[5] = (uint8_t)(1 + byte(in) % 4);
    bytes_put(block + 12, 1 + 17 * byte(in), 4);
    put_number(block + 24, number(in));
    put_number(block + 32, number(in));
    put_number(block + 40, number(in));
    bytes_put(block + 72, (uint64_t)payload, 4);
    block_renumber(block, byte(in));
    bytes_put(row, (uint64_t)*at + (uint64_t)skew, 8);
    memcpy(row + 8, block + 4, SEGMENT_INDEX_ROW - 8);
    *at = (int64_t)((uint64_t)*at + (uint64_t)skew + BLOCK_HEADER + (uint64_t)payload);
}

static void look_at(const struct segment_index *index, size_t n)
{
    off_t behind = 0;
    if (index->n != n || index->at != FRONT || index->next_sequence != 9) abort();
    for (size_t i = 0; i < n; i++) {
        struct block_head head;
        off_t at = segment_index_row(index, i, &head);
        if (at < behind || head.payload > FRONT || at + BLOCK_HEADER + (off_t)head.payload > FRONT) abort();
        behind = at + BLOCK_HEADER + (off_t)head.payload;
    }
}

static void as_index(const uint8_t *bytes, size_t n)
{
    static uint8_t file[FRONT + 2 * BLOCK_MAX], row[ROWS_MOST * SEGMENT_INDEX_ROW];
    struct input in = {bytes, bytes + n};
    struct segment_index index;
    int64_t at = 0;
    uint32_t rows = 0;
    char name[32];
    while (in.at < in.end && rows < ROWS_MOST) make_row(&in, &at, row + rows++ * SEGMENT_INDEX_ROW);
    if (rows == 0) return;
    struct block_head head = {.kind = BLOCK_INDEX, .sequence = 7, .count = rows * SEGMENT_INDEX_ROW};
    size_t size = FRONT + put_block(head, row, file + FRONT);
    size += put_block((struct block_head){.kind = BLOCK_INDEX, .sequence = 8, .first_index = FRONT}, "", file + size);
    int fd = fuzz_file(file, size, name);
    if (segment_index_read(fd, (off_t)size, coder(), &index) == 1) {
        look_at(&index, rows);
        segment_index_free(&index);
    }
    close(fd);
}

/* ---- contexts ---- */

static void check_minute(void *arg, const struct minute *m)
{
    (void)arg;
    for (int i = 0; i < POSTURE_COUNT; i++)
        if (!(m->posture_s[i] >= 0 && m->posture_s[i] < 60.1f)) abort();
}

static void take_event(void *arg, const struct event *e, const struct now *now)
{
    (void)arg, (void)now;
    if ((unsigned)e->kind >= EVENT_KIND_COUNT) abort();
}

static struct config settings;

static struct pipeline *begin(const struct pipeline_rows *rows)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = BEGIN_NS, .rows = rows};
    struct pipeline *p;
    if (pipeline_open(&settings, &options, NULL, NULL, &p)) abort();
    return p;
}

/* As the daemon's first one is. */
static size_t make_snapshot(uint8_t *to)
{
    struct pipeline *p = begin(NULL);
    put_number(to, (int64_t)course_tag());
    put_number(to + 8, 0);
    memset(to + 16, 'x', CONTEXT_HEAD - 16);
    size_t n = CONTEXT_HEAD + course_pack(p, to + CONTEXT_HEAD);
    pipeline_close(p);
    return n;
}

struct play {
    struct pipeline *p;
    int64_t t_ns;
    uint64_t n_contexts;
    uint32_t index;
};

static void play_samples(struct play *y, struct input *in)
{
    unsigned n = 1 + byte(in) % 64, period_ms = 10 + byte(in), kind = byte(in);
    struct log_item item = {.is_context = false};
    item.sample.raw = (struct raw_sample){
        .have = HAVE_ACCEL | HAVE_GYRO, .scale = SCALE_16G_2000DPS, .device_ns = NO_DEVICE_TIME};
    for (unsigned i = 0; i < n; i++) {
        if (__builtin_add_overflow(y->t_ns, period_ms * NS_PER_MS, &y->t_ns)) return;
        item.sample.t_ns = item.wall_ns = y->t_ns;
        item.sample.raw.index = y->index++;
        item.sample.raw.accel[0] = (int16_t)(2000 - (int)(kind % 16) * 100 + (int)(i % 7) * (int)(kind / 16));
        item.sample.raw.accel[2] = (int16_t)((kind % 16) * 100);
        sample_convert(&item.sample);
        pipeline_replay(y->p, &item);
    }
}

static void play_context(struct play *y, unsigned kind, const void *bytes, size_t n)
{
    struct log_item item = {.is_context = true, .wall_ns = y->t_ns};
    item.context = (struct log_context){.kind = kind, .number = ++y->n_contexts, .place_ns = y->t_ns, .t_ns = y->t_ns,
                                        .n = n, .bytes = bytes};
    enum replayed r = pipeline_replay(y->p, &item);
    if (kind > CONTEXT_ZONE && r != REPLAY_STRANGE && r != REPLAY_NOTHING) abort();
}

static void play_made_up(struct play *y, struct input *in)
{
    uint8_t bytes[PAYLOAD_MOST];
    unsigned kind = byte(in), shape = byte(in);
    size_t n = 8 * (shape % 4);
    for (size_t i = 0; i < n; i += 8) put_number(bytes + i, number(in));
    for (; n < sizeof bytes && shape-- >= 192; n++) bytes[n] = (uint8_t)byte(in);
    play_context(y, kind % 16, bytes, n);
}

static void play_configured(struct play *y, struct input *in)
{
    static const enum context_kind kinds[] = {CONTEXT_CONFIGURE, CONTEXT_REWIND, CONTEXT_START};
    enum context_kind kind = kinds[byte(in) % 3];
    size_t head = kind == CONTEXT_START ? CONTEXT_HEAD : 0;
    uint8_t bytes[CONTEXT_HEAD + sizeof(struct tracker_config)] = {0};
    struct tracker_config config = {.placement = (enum placement)(byte(in) % 3)};
    memcpy(bytes + head, &config, sizeof config);
    for (unsigned changes = byte(in) % 4; changes > 0; changes--) {
        unsigned at = byte(in) % sizeof bytes;
        bytes[at] = (uint8_t)byte(in);
    }
    play_context(y, kind, bytes, head + sizeof(struct tracker_config));
}

static void jump(struct play *y, int64_t ms)
{
    int64_t ns;
    if (__builtin_mul_overflow(ms, NS_PER_MS, &ns) || __builtin_add_overflow(y->t_ns, ns, &y->t_ns)) y->t_ns = BEGIN_NS;
}

static void as_contexts(const uint8_t *bytes, size_t n)
{
    static uint8_t snapshot[1 << 17];
    static size_t n_snapshot;
    const struct pipeline_rows rows = {NULL, check_minute, take_event};
    struct input in = {bytes, bytes + n};
    if (!n_snapshot) config_default(&settings), n_snapshot = make_snapshot(snapshot);
    struct play y = {.p = begin(&rows), .t_ns = BEGIN_NS};
    play_context(&y, CONTEXT_SNAPSHOT, snapshot, n_snapshot);
    for (int i = 0; i < STEPS_MOST && in.at < in.end; i++) switch (byte(&in) % 8) {
        case 0: play_made_up(&y, &in); break;
        case 1: play_configured(&y, &in); break;
        case 2: play_context(&y, CONTEXT_SNAPSHOT, snapshot, byte(&in) % 2 ? n_snapshot : n_snapshot / 2); break;
        case 3: jump(&y, number(&in)); break;
        case 4: y.n_contexts += byte(&in) % 2 ? 1 : (uint64_t)-1; break;
        default: play_samples(&y, &in); break;
        }
    pipeline_close(y.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    as_index(bytes, n);
    as_contexts(bytes, n);
    return 0;
}
