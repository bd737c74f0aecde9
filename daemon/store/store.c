/* The face of the room (plumbline/store.h): the folder and its lock, the snapshot, and what is put into the ring. */
#include "plumbline/store.h"

#include "folder.h"
#include "lock.h"
#include "past.h"
#include "snapshot.h"
#include "words.h"
#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store {
    struct snapshot snapshot;
    char recovered[160];
    struct writer writer;
    uint32_t stream, epoch; /* of the samples to come */
    _Alignas(struct rawlog_context) uint8_t context[sizeof(struct rawlog_context) + LOG_CONTEXT_MAX];
};

void store_options_default(struct store_options *o)
{
    *o = (struct store_options){.sync_s = 4, .retention_days = 90, .floor_bytes = 200ll * 1024 * 1024};
}

const char *entry_kind_name(enum entry_kind k)
{
    static const char *const names[] = {
        [ENTRY_PAIN] = "pain",       [ENTRY_STRESS] = "stress",     [ENTRY_SORENESS] = "soreness",
        [ENTRY_ROUTINE] = "routine", [ENTRY_FEEL] = "feel",         [ENTRY_NOTE] = "note",
        [ENTRY_HEALTH] = "health",   [ENTRY_RED_FLAG] = "red-flag", [ENTRY_SESSION] = "session",
        [ENTRY_RANGE] = "range",
    };
    return (size_t)k < sizeof names / sizeof *names && names[k] ? names[k] : "unknown";
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static int take_folder(const char *path, char why[256])
{
    char lock[FOLDER_PATH];
    int pid = 0, r = folder_path(path, "lock", lock);
    if (r == 0) r = folder_make_parents(lock);
    if (r == 0) r = lock_take(lock, &pid);
    if (r == -EWOULDBLOCK) words_locked(why, pid, path);
    return r;
}

int store_lock(const char *path, char why[256])
{
    why[0] = 0;
    int r = take_folder(path, why);
    if (r < 0 && !why[0]) words_open(why, r, path);
    return r;
}

static int open_all(struct store *s, const char *path, const struct store_options *o, char why[256])
{
    char state[FOLDER_PATH], memory[FOLDER_PATH];
    if (strlen(path) >= sizeof s->writer.path) return -ENAMETOOLONG;
    int r = take_folder(path, why);
    if (r < 0) return r;
    s->writer.lock = r;
    if (o->memory) snprintf(memory, sizeof memory, "%s-state", o->memory);
    /* Without memory there is no snapshot: after a restart more is replayed, nothing else depends on it. */
    if (folder_path(path, "state.bin", state) == 0)
        snapshot_open(&s->snapshot, state, o->memory ? memory : NULL, path);
    s->writer.snapshot = &s->snapshot;
    return writer_open(&s->writer, path, o, s->recovered);
}

int store_open(const char *path, const struct store_options *o, struct store **out, char why[256])
{
    why[0] = 0;
    struct store *s = calloc(1, sizeof *s);
    if (!s) return -ENOMEM;
    s->writer.lock = -1;
    int r = open_all(s, path, o, why);
    if (r == 0) {
        *out = s;
        return 0;
    }
    if (!why[0]) words_open(why, r, path);
    snapshot_close(&s->snapshot);
    if (s->writer.lock >= 0) close(s->writer.lock);
    free(s);
    return r;
}

void store_close(struct store *s)
{
    if (!s) return;
    writer_close(&s->writer);
    snapshot_close(&s->snapshot);
    if (s->writer.lock >= 0) close(s->writer.lock);
    free(s);
}

/* ---- putting ----------------------------------------------------------------------------------------------------- */

bool store_sample(struct store *s, const struct sample *sample, const struct now *now)
{
    const struct raw_sample *raw = &sample->raw;
    struct rawlog_sample record = {
        .reading = {.t_ns = sample->t_ns, .index = raw->index, .have = raw->have, .flags = raw->flags},
        .scale = raw->scale,
        .wall_ns = now_wall_of(now, sample->t_ns),
        .utc_offset_s = now->utc_offset_s,
        .stream = s->stream,
        .epoch = s->epoch,
    };
    memcpy(record.reading.accel, raw->accel, sizeof raw->accel);
    memcpy(record.reading.gyro, raw->gyro, sizeof raw->gyro);
    memcpy(record.reading.quat, raw->quat, sizeof raw->quat);
    bool lost = writer_lost(&s->writer);
    return writer_put(&s->writer, RECORD_SAMPLE, &record, sizeof record) && !lost;
}

void store_stream(struct store *s, uint32_t stream, uint32_t epoch)
{
    s->stream = stream;
    s->epoch = epoch;
}

bool store_context(struct store *s, const struct log_context *c, const struct now *now)
{
    struct rawlog_context *record = (void *)s->context;
    *record = (struct rawlog_context){
        .number = c->number,
        .place_ns = c->place_ns,
        .t_ns = c->t_ns,
        .wall_ns = now_wall_of(now, c->place_ns),
        .utc_offset_s = now->utc_offset_s,
        .kind = c->kind,
        .n = (uint32_t)c->n,
    };
    if (c->n) memcpy(record->bytes, c->bytes, c->n);
    return writer_put(&s->writer, RECORD_CONTEXT, record, sizeof *record + c->n);
}

void store_cut(struct store *s) { writer_put(&s->writer, RECORD_CUT, "", 0); }

void store_minute(struct store *s, const struct minute *m) { writer_put(&s->writer, RECORD_MINUTE, m, sizeof *m); }

void store_event(struct store *s, const struct event *e, const struct now *now)
{
    struct record_event record = record_event_of(e, now);
    writer_put(&s->writer, RECORD_EVENT, &record, sizeof record);
}

void store_entry(struct store *s, const struct entry *e)
{
    struct writer *w = &s->writer;
    struct past_entry record = {.entry = *e, .row = atomic_load(&w->row_base) + w->entries_put + 1};
    record.entry.what[sizeof record.entry.what - 1] = 0;
    if (writer_put(w, RECORD_ENTRY, &record, sizeof record)) w->entries_put++;
}

void store_workout(struct store *s, const struct workout *w)
{
    struct workout record = *w;
    record.title[sizeof record.title - 1] = 0;
    writer_put(&s->writer, RECORD_WORKOUT, &record, sizeof record);
}

void store_device(struct store *s, const struct device_seen *d)
{
    struct device_seen record = *d;
    record.name[sizeof record.name - 1] = record.serial[sizeof record.serial - 1] = 0;
    writer_put(&s->writer, RECORD_DEVICE, &record, sizeof record);
}

void store_calibration(struct store *s, const struct calibration *c, const struct now *now)
{
    struct record_calibration record = {.t_ns = now->t_ns, .wall_s = now->wall_ns / NS_PER_S, .calibration = *c};
    writer_put(&s->writer, RECORD_CALIBRATION, &record, sizeof record);
}

void store_flush(struct store *s) { writer_flush(&s->writer); }

/* ---- another's turn ---------------------------------------------------------------------------------------------- */

void store_let_go(struct store *s) { writer_ask(&s->writer, true); }

void store_take_back(struct store *s) { writer_ask(&s->writer, false); }

int store_turned(const struct store *s) { return s->writer.turned; }

/* ---- figures and snapshots --------------------------------------------------------------------------------------- */

void store_state(struct store *s, struct store_state *state)
{
    writer_state(&s->writer, state);
    memcpy(state->recovered, s->recovered, sizeof state->recovered);
}

void store_snapshot(struct store *s, const void *bytes, size_t n, uint64_t tag)
{
    snapshot_put(&s->snapshot, bytes, n, tag);
    if (s->snapshot.lasting.file < 0) writer_wake(&s->writer); /* only the file can outlive us */
}

bool store_last_snapshot(struct store *s, void *bytes, size_t n, uint64_t tag)
{
    return snapshot_get(&s->snapshot, bytes, n, tag);
}
