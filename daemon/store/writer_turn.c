/* Invariants:
 *   Apart, no file of the folder is open, the lock is another's, and whatever comes waits in
 *   rawlog and diary_queue as it does for a disk that refuses.
 *   Nothing is let go that cannot be written first: else another writer would bring in from the write-ahead file what is
 *   still in memory here, and it would be there twice.
 *   Taken back, nothing is believed to be as it was: the folder may be another one, the diary another file, days may be gone.
 */
#include "writer.h"

#include "folder.h"
#include "lock.h"
#include "past.h"

#include <sys/stat.h>
#include <unistd.h>

enum { RETRY_S = 2, END_TRIES = 240, END_US = 250 * 1000 };

enum store_turn writer_turn_of(const struct writer *w)
{
    if (w->apart) return w->let_go ? STORE_APART : STORE_TAKING_BACK;
    return w->let_go ? STORE_LETTING_GO : STORE_OURS;
}

/* ---- for the other thread ---------------------------------------------------------------------------------------- */

void writer_ask(struct writer *w, bool let_go)
{
    pthread_mutex_lock(&w->mutex);
    w->let_go = let_go;
    if (let_go && w->state.turn == STORE_OURS) w->state.turn = STORE_LETTING_GO;
    if (!let_go && w->state.turn == STORE_APART) w->state.turn = STORE_TAKING_BACK;
    atomic_store(&w->hurry, true);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
}

/* ---- the thread's ------------------------------------------------------------------------------------------------ */

static int let_go_all(struct writer *w, int64_t now_ns)
{
    int r = rawlog_let_go(&w->log, now_ns);
    if (r < 0) return r;
    r = diary_queue_let_go(&w->diary, now_ns);
    if (r < 0) {
        rawlog_take_back(&w->log, true); /* nobody else has had the lock */
        return r;
    }
    ring_release(&w->ring);
    ring_lend(&w->ring, w->path);
    snapshot_write(w->snapshot);
    close(w->lock);
    w->lock = -1;
    return 0;
}

/* Entries that wait get the rows behind those that the diary holds now. */
static void count_rows(struct writer *w)
{
    struct past past;
    const struct past_span nothing = PAST_NOTHING;
    if (past_open(&past, w->path, &nothing) < 0) return;
    atomic_store(&w->row_base, past.last_row + diary_queue_count(&w->diary, RECORD_ENTRY) - w->entries_taken);
    past_close(&past);
}

/* Whether the folder is the one that was abandoned: its .wal holds nothing but what memory has as well. */
static bool is_same(const struct writer *w)
{
    struct stat st;
    return w->abandoned && stat(w->path, &st) == 0 && st.st_dev == w->device && st.st_ino == w->inode;
}

static int take_back_all(struct writer *w)
{
    char path[FOLDER_PATH];
    int pid, r = folder_path(w->path, "lock", path);
    if (r == 0 && w->abandoned) r = folder_again(w->path, w->device);
    if (r == 0) r = w->lock = lock_take(path, &pid);
    if (r < 0) return r;
    r = rawlog_take_back(&w->log, is_same(w));
    if (r < 0) {
        close(w->lock);
        w->lock = -1;
        return r;
    }
    ring_move(&w->ring, w->path);
    count_rows(w);
    snapshot_move(w->snapshot, w->path);
    diary_queue_take_back(&w->diary);
    writer_know_folder(w);
    w->abandoned = false;
    return 0;
}

/* ---- a folder that goes away ------------------------------------------------------------------------------------- */

void writer_know_folder(struct writer *w)
{
    struct stat st;
    if (stat(w->path, &st) < 0) return;
    w->device = st.st_dev;
    w->inode = st.st_ino;
}

void writer_watch_folder(struct writer *w, int64_t now_ns)
{
    char path[FOLDER_PATH];
    if (w->apart || !w->log.error || folder_path(w->path, "lock", path) < 0 || lock_holds(w->lock, path)) return;
    rawlog_abandon(&w->log);
    diary_queue_abandon(&w->diary);
    close(w->lock);
    w->lock = -1;
    w->apart = w->abandoned = true;
    w->turn_error = 0;
    w->turn_due_ns = now_ns + SECONDS_NS(RETRY_S);
}

/* ---- another's turn ---------------------------------------------------------------------------------------------- */

void writer_turn(struct writer *w, bool let_go, int64_t now_ns)
{
    if (let_go == w->apart) {
        w->turn_due_ns = 0;
        return;
    }
    if (let_go) {
        w->apart = let_go_all(w, now_ns) == 0;
        w->turn_error = 0;
    } else if (now_ns >= w->turn_due_ns) {
        w->turn_error = take_back_all(w);
        w->apart = w->turn_error < 0;
        w->turn_due_ns = now_ns + SECONDS_NS(RETRY_S);
    }
    if (w->apart || !let_go) return;
    pthread_mutex_lock(&w->mutex);
    w->let_go = false; /* refused, as the state tells */
    pthread_mutex_unlock(&w->mutex);
}

int64_t writer_turn_due_ns(const struct writer *w) { return w->apart && w->turn_due_ns ? w->turn_due_ns : INT64_MAX; }

bool writer_turn_end(struct writer *w)
{
    bool was_apart = w->apart;
    for (int i = 0; w->apart && i < END_TRIES; i++) {
        w->apart = take_back_all(w) < 0;
        if (w->apart) usleep(END_US);
    }
    return was_apart && !w->apart;
}
