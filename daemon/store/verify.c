/* Invariants:
 *   Nothing is written. What a writer does meanwhile is no damage: a torn end counts only without a write-ahead file.
 */
#include "verify.h"

#include "folder.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

void verify_tell(struct verify *v, const struct finding *f)
{
    if (f->kind < FINDING_NOTES) v->check->damages++;
    if (v->check->found) v->check->found(v->check->arg, f);
}

void verify_progress(struct verify *v, int64_t n)
{
    v->done_bytes += n;
    v->check->bytes += (uint64_t)n;
    if (v->check->progress) v->check->progress(v->check->arg, v->done_bytes, v->all_bytes);
}

/* Whether some of DAY may lie in the time that is asked for, wherever on Earth it was. */
static bool wanted(const struct verify *v, int day)
{
    return day >= folder_day(v->check->from_wall_ns, -12 * 3600) && day <= folder_day(v->check->to_wall_ns, 14 * 3600);
}

static int64_t size_of(const char *root, int day)
{
    char path[FOLDER_PATH];
    struct stat st;
    if (folder_day_path(root, day, ".plog", path) < 0 || stat(path, &st) < 0) return 0;
    return st.st_size;
}

static int check_days(struct verify *v)
{
    int r = folder_days(v->root, NULL, &v->day, &v->n_days);
    for (size_t i = 0; r == 0 && i < v->n_days; i++)
        if (wanted(v, v->day[i])) v->all_bytes += size_of(v->root, v->day[i]);
    for (size_t i = 0; r == 0 && i < v->n_days; i++)
        if (wanted(v, v->day[i])) r = verify_day(v, v->day[i]);
    return r;
}

int store_check(const char *path, struct store_check *c)
{
    struct stat st;
    if (stat(path, &st) < 0) return -errno;
    if (!S_ISDIR(st.st_mode)) return -ENOTDIR;
    struct verify *v = calloc(1, sizeof *v);
    if (!v) return -ENOMEM;
    v->check = c;
    v->root = path;
    int r = block_coder_open(&v->coder);
    if (r == 0) r = check_days(v);
    if (r == 0) r = verify_diary(v);
    if (r == 0) r = verify_files(v);
    block_coder_close(&v->coder);
    free(v->day);
    free(v->minute);
    free(v);
    return r;
}
