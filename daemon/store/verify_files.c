/* What lies beside log and diary: the snapshot, what others may read, and files where nobody looks for them. */
#include "verify.h"

#include "folder.h"
#include "snapshot.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

static void tell(struct verify *v, enum finding_kind kind, const char *file, int64_t number)
{
    struct finding f = {
        .kind = kind, .file = file, .from_wall_ns = INT64_MIN, .to_wall_ns = INT64_MAX, .number = number, .detail = ""};
    verify_tell(v, &f);
}

/* "raw/2026/03/20260302.plog" is where that day is looked for. */
static bool in_place(const char *file)
{
    static const char form[] = "raw/nnnn/nn/nnnnnnnn";
    size_t n = sizeof form - 1;
    if (strlen(file) < n || (strcmp(file + n, ".plog") != 0 && strcmp(file + n, ".wal") != 0)) return false;
    for (size_t i = 0; i < n; i++)
        if (form[i] == 'n' ? file[i] < '0' || file[i] > '9' : file[i] != form[i]) return false;
    return memcmp(file + 4, file + 12, 4) == 0 && memcmp(file + 9, file + 16, 2) == 0;
}

static void look_at(struct verify *v, const FTSENT *e)
{
    const char *file = e->fts_path + strlen(v->root);
    while (*file == '/') file++;
    if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR) tell(v, FINDING_UNREADABLE, file, e->fts_errno);
    if (e->fts_info != FTS_D && e->fts_info != FTS_F) return;
    if (e->fts_statp->st_mode & 077) tell(v, FINDING_MODE, *file ? file : ".", e->fts_statp->st_mode & 07777);
    if (e->fts_info == FTS_F && strncmp(file, "raw/", 4) == 0 && !in_place(file)) tell(v, FINDING_MISPLACED, file, 0);
}

int verify_files(struct verify *v)
{
    char state[FOLDER_PATH], root[FOLDER_PATH];
    int r = folder_path(v->root, "state.bin", state);
    if (r < 0) return r;
    r = snapshot_check(state);
    if (r == -EBADMSG) tell(v, FINDING_SNAPSHOT, "state.bin", 0);
    if (r < 0 && r != -EBADMSG && r != -ENOENT) tell(v, FINDING_UNREADABLE, "state.bin", -r);
    memcpy(root, v->root, strlen(v->root) + 1);
    char *paths[] = {root, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!walk) return -errno;
    for (FTSENT *e; (e = fts_read(walk));) look_at(v, e);
    fts_close(walk);
    return 0;
}
