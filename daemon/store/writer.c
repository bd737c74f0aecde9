/* Invariants:
 *   log and diary are touched by the thread alone, between writer_open() and writer_close().
 *   A record stays in the ring until both files have what was taken before it; only while a disk refuses and the ring
 *   gets crowded, it is released with no more than this process's memory to hold it.
 *   The putter takes the mutex only to wake the thread; the thread holds it only around its own sleep and the copying
 *   of figures, never while it writes.
 *   No wake-up is lost: the thread sets idle and then looks into the ring, the putter puts and then looks at idle, with
 *   a full fence between on either side; the thread looks once more under the mutex under which it is woken.
 *   With records coming the thread wakes by itself once in a nap; with none it sleeps until something is due. What a person
 *   entered wakes it.
 */
#include "writer.h"

#include "past.h"
#include "words.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NAP_NS (4 * (NS_PER_S / 5)) /* and the time of a drain: what lies in the ring is never older than a second */
#define LASTING_NAP_NS SECONDS_NS(2) /* in memory that outlives the process only a power cut shows the difference */
#define STALLED_NS SECONDS_NS(3) /* a disk that spins up takes as long; the wearer need not be told before */
enum { RING_SAMPLE = sizeof(struct rawlog_sample) + 8 };
enum { RING_BUSY = RING_SIZE / 2, RING_SAMPLES = RING_SIZE / 8 * 7 };

static int64_t steady_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return SECONDS_NS(ts.tv_sec) + ts.tv_nsec;
}

/* ---- the thread: its work ---------------------------------------------------------------------------------------- */

static void make_room(struct writer *w)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (!atomic_load(&w->crowded)) return;
    pthread_mutex_lock(&w->mutex);
    atomic_store(&w->crowded, false);
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->mutex);
}

static void take(struct writer *w, uint32_t type, const void *record, size_t n, int64_t now_ns)
{
    if (type == RECORD_SAMPLE) {
        rawlog_put(&w->log, record, now_ns);
    } else if (type == RECORD_CUT) {
        rawlog_cut(&w->log, now_ns);
    } else if (type == RECORD_CONTEXT) {
        rawlog_context(&w->log, record, now_ns);
    } else {
        diary_queue_put(&w->diary, type, record, n);
    }
}

/* Takes what is in the ring now, not what comes meanwhile; false when that was nothing. */
static bool drain(struct writer *w, int64_t now_ns)
{
    uint64_t mark = ring_mark(&w->ring);
    bool any = false;
    const void *record;
    uint16_t type;
    size_t n;
    while (!ring_reached(&w->ring, mark) && (record = ring_peek(&w->ring, &type, &n))) {
        take(w, type, record, n, now_ns);
        w->entries_taken += type == RECORD_ENTRY;
        ring_take(&w->ring);
        any = true;
    }
    return any;
}

static void settle(struct writer *w, int64_t now_ns)
{
    rawlog_settle(&w->log, now_ns);
    diary_queue_settle(&w->diary, now_ns);
    if (w->losses != w->log.losses) atomic_store(&w->lost, true);
    w->losses = w->log.losses;
    bool safe = rawlog_is_settled(&w->log) && w->diary.n == 0;
    if (safe || ring_used(&w->ring) > RING_BUSY) ring_release(&w->ring);
    /* What the disk refuses is tried again with the next one: the log says what is wrong. */
    if (!w->apart) snapshot_write(w->snapshot);
    make_room(w);
}

static int error_of(const struct writer *w)
{
    if (w->abandoned) return w->turn_error ? w->turn_error : -ENOENT;
    if (w->apart) return w->turn_error && w->turn_error != -EWOULDBLOCK ? w->turn_error : -EBUSY;
    return w->log.error ? w->log.error : w->diary.error;
}

static void publish(struct writer *w, uint64_t flushed)
{
    struct store_state state = {
        .error = error_of(w),
        .samples = w->log.samples + w->log.in_wal,
        .bytes = w->log.bytes,
        .samples_lost = w->log.samples_lost,
        .samples_waiting = rawlog_waiting(&w->log),
        .free_bytes = w->log.free_bytes,
        .last_write_wall_s = w->log.written_wall_s,
        .synced_wall_s = w->log.synced_wall_s,
    };
    words_error(state.error_text, state.error, w->path, w->floor_bytes);
    pthread_mutex_lock(&w->mutex);
    state.turn = writer_turn_of(w);
    if (state.turn != w->state.turn) eventfd_write(w->turned, 1);
    w->state = state;
    w->flush_done = flushed;
    pthread_cond_broadcast(&w->done);
    pthread_mutex_unlock(&w->mutex);
}

/* ---- the thread: its sleep --------------------------------------------------------------------------------------- */

static bool anything(struct writer *w, bool or_record)
{
    return atomic_load(&w->hurry) || (or_record && ring_untaken(&w->ring) > 0);
}

/* Until UNTIL_NS (INT64_MAX: for ever), a hurry, or with OR_RECORD a record. */
static void sleep_until(struct writer *w, int64_t until_ns, bool or_record)
{
    struct timespec ts = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};
    pthread_mutex_lock(&w->mutex);
    while (!anything(w, or_record) && steady_ns() < until_ns) {
        if (until_ns == INT64_MAX) {
            pthread_cond_wait(&w->wake, &w->mutex);
        } else {
            pthread_cond_timedwait(&w->wake, &w->mutex, &ts);
        }
    }
    pthread_mutex_unlock(&w->mutex);
}

static int64_t due(const struct writer *w)
{
    const int64_t of[] = {rawlog_due_ns(&w->log), diary_queue_due_ns(&w->diary), writer_turn_due_ns(w)};
    int64_t first = of[0];
    for (size_t i = 1; i < sizeof of / sizeof of[0]; i++)
        if (of[i] < first) first = of[i];
    return first;
}

static void rest(struct writer *w, bool was_busy, int64_t last_drain_ns)
{
    if (!was_busy) {
        int64_t due_ns = due(w);
        atomic_store(&w->idle, true);
        atomic_thread_fence(memory_order_seq_cst);
        sleep_until(w, due_ns, true);
        atomic_store(&w->idle, false);
        if (ring_untaken(&w->ring) == 0) return;
        last_drain_ns = steady_ns();
    }
    sleep_until(w, last_drain_ns + (ring_lasts(&w->ring) ? LASTING_NAP_NS : NAP_NS), false);
}

static void *run(void *arg)
{
    struct writer *w = arg;
    for (;;) {
        pthread_mutex_lock(&w->mutex);
        atomic_store(&w->hurry, false);
        uint64_t flush = w->flush_asked;
        bool stop = w->stop, let_go = w->let_go;
        pthread_mutex_unlock(&w->mutex);

        int64_t now_ns = steady_ns();
        atomic_store(&w->since_ns, now_ns);
        bool busy = drain(w, now_ns);
        settle(w, now_ns);
        writer_watch_folder(w, now_ns);
        writer_turn(w, let_go, now_ns);
        publish(w, flush);
        atomic_store(&w->since_ns, 0);
        if (stop) return NULL;
        rest(w, busy, now_ns);
    }
}

/* ---- what a killed writer left in the ring ----------------------------------------------------------------------- */

static bool known(uint16_t type, const void *record, size_t n)
{
    static const size_t size[] = {
        [RECORD_SAMPLE] = sizeof(struct rawlog_sample),
        [RECORD_CUT] = 0,
        [RECORD_MINUTE] = sizeof(struct minute),
        [RECORD_EVENT] = sizeof(struct record_event),
        [RECORD_ENTRY] = sizeof(struct past_entry),
        [RECORD_WORKOUT] = sizeof(struct workout),
        [RECORD_CALIBRATION] = sizeof(struct record_calibration),
        [RECORD_DEVICE] = sizeof(struct device_seen),
    };
    const struct rawlog_context *context = record;
    if (type == RECORD_CONTEXT)
        return n >= sizeof *context && context->n <= LOG_CONTEXT_MAX && n == sizeof *context + context->n;
    return type >= RECORD_SAMPLE && type < sizeof size / sizeof *size && n == size[type];
}

/* Goes through all of it without taking it; what follows a record that we do not know is thrown away. */
static struct past_span survey(struct ring *ring)
{
    struct past_span span = PAST_NOTHING;
    const void *record;
    uint16_t type;
    size_t n;
    while ((record = ring_peek(ring, &type, &n))) {
        if (!known(type, record, n)) {
            ring_cut(ring);
            break;
        }
        if (type == RECORD_SAMPLE) past_widen(&span, record);
        if (type == RECORD_CONTEXT) past_widen_context(&span, record);
        ring_take(ring);
    }
    ring_rewind(ring);
    return span;
}

/* Takes what is not in the files yet. Killed while at it, the next one begins anew: nothing is released before. */
static int recover(struct writer *w, uint64_t *samples)
{
    struct past past;
    struct past_span span = survey(&w->ring);
    const void *record;
    uint16_t type;
    size_t n;
    int64_t now_ns = steady_ns();
    int r = past_open(&past, w->path, &span);
    if (r < 0) return r;
    int64_t rows = past.last_row;
    for (; (record = ring_peek(&w->ring, &type, &n)); ring_take(&w->ring)) {
        if (past_has(&past, type, record)) continue;
        take(w, type, record, n, now_ns);
        *samples += type == RECORD_SAMPLE;
        rows += type == RECORD_ENTRY;
    }
    atomic_store(&w->row_base, rows);
    past_close(&past);
    settle(w, now_ns);
    return 0;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static int start(struct writer *w)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->wake, &attr);
    pthread_cond_init(&w->done, &attr);
    pthread_condattr_destroy(&attr);
    sigset_t all, before; /* signals are for the loop's thread */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&w->thread, NULL, run, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -r;
}

int writer_open(struct writer *w, const char *path, const struct store_options *o, char recovered[160])
{
    struct rawlog_options options = {o->sync_s, o->retention_days, o->floor_bytes};
    uint64_t samples = 0;
    w->wait_when_full = o->wait_when_full;
    w->floor_bytes = o->floor_bytes;
    snprintf(w->path, sizeof w->path, "%s", path);
    w->turned = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->turned < 0) return -errno;
    int r = ring_open(&w->ring, o->memory, path);
    if (r < 0) {
        close(w->turned);
        return r;
    }
    r = rawlog_open(&w->log, path, &options);
    if (r == 0) r = diary_queue_open(&w->diary, path, o->sync_s > 0, steady_ns());
    if (r == 0) r = recover(w, &samples);
    samples += w->log.mended.samples;
    if (r == 0) words_recovered(recovered, samples, &w->log.mended, w->diary.away);
    writer_know_folder(w);
    if (r == 0) r = start(w);
    if (r == 0) return 0;
    diary_queue_close(&w->diary, 0);
    rawlog_close(&w->log, 0);
    ring_close(&w->ring);
    close(w->turned);
    return r;
}

void writer_wake(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    atomic_store(&w->hurry, true);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
}

void writer_close(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    w->stop = true;
    pthread_mutex_unlock(&w->mutex);
    writer_wake(w);
    pthread_join(w->thread, NULL);
    if (writer_turn_end(w)) settle(w, steady_ns()); /* else the ring keeps what the next one would put again */
    rawlog_close(&w->log, steady_ns());
    diary_queue_close(&w->diary, steady_ns());
    ring_close(&w->ring);
    close(w->turned);
    pthread_cond_destroy(&w->wake);
    pthread_cond_destroy(&w->done);
    pthread_mutex_destroy(&w->mutex);
}

/* ---- for the other thread ---------------------------------------------------------------------------------------- */

static void wait_for_room(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    atomic_store(&w->crowded, true);
    atomic_store(&w->hurry, true);
    pthread_cond_signal(&w->wake);
    while (atomic_load(&w->crowded)) pthread_cond_wait(&w->done, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
}

static bool fits(struct writer *w, enum record_type type, const void *record, size_t n)
{
    bool for_log = type == RECORD_SAMPLE || type == RECORD_CONTEXT;
    if (for_log && ring_used(&w->ring) > RING_SAMPLES) return false;
    return ring_put(&w->ring, (uint16_t)type, record, n);
}

bool writer_put(struct writer *w, enum record_type type, const void *record, size_t n)
{
    while (!fits(w, type, record, n)) {
        if (!w->wait_when_full) {
            if (type == RECORD_SAMPLE) atomic_fetch_add(&w->ring_lost, 1);
            return false;
        }
        wait_for_room(w);
    }
    atomic_thread_fence(memory_order_seq_cst);
    bool pressing = record_by_a_person(type) || ring_used(&w->ring) > RING_BUSY;
    if (pressing && !atomic_load(&w->hurry)) {
        writer_wake(w);
    } else if (atomic_load(&w->idle) && atomic_exchange(&w->idle, false)) {
        pthread_mutex_lock(&w->mutex);
        pthread_cond_signal(&w->wake);
        pthread_mutex_unlock(&w->mutex);
    }
    return true;
}

bool writer_lost(struct writer *w) { return atomic_load(&w->lost) && atomic_exchange(&w->lost, false); }

void writer_flush(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    uint64_t mine = ++w->flush_asked;
    atomic_store(&w->hurry, true);
    pthread_cond_signal(&w->wake);
    while (w->flush_done < mine) pthread_cond_wait(&w->done, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
}

void writer_state(struct writer *w, struct store_state *state)
{
    pthread_mutex_lock(&w->mutex);
    *state = w->state;
    pthread_mutex_unlock(&w->mutex);
    state->samples_lost += atomic_load(&w->ring_lost);
    int64_t since_ns = atomic_load(&w->since_ns);
    if (!since_ns || steady_ns() - since_ns < STALLED_NS) return;
    state->error = -ETIMEDOUT;
    state->samples_waiting += ring_used(&w->ring) / RING_SAMPLE;
    words_error(state->error_text, state->error, w->path, w->floor_bytes);
}
