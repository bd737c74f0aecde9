/* Backups, from somebody who means harm: read once only to check, once into a folder, in which nothing but what a backup may
 * hold may come to lie. The input is the tar, which is read as well without gzip around it; the sums of its headers are
 * mended, so that what is behind them is reached.
 */
#include "tests/fuzz/fuzz_replay.h"
#include "tools/pack/pack.h"

#include <ftw.h>
#include <sys/stat.h>

enum { INPUT_MAX = 1 << 18, SUM_AT = 148 };
static char folder[48];

static int check_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)ftw;
    size_t skip = strlen(folder) + 1;
    if (type == FTW_F && (pack_name_limit(path + skip) < (uint64_t)st->st_size || (st->st_mode & 077))) abort();
    return type == FTW_F || type == FTW_DP || type == FTW_D ? 0 : 1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type;
    return ftw->level ? remove(path) : 0;
}

/* Every block that may be a header gets a sum that holds. */
static void mend(uint8_t *bytes, size_t n)
{
    for (uint8_t *h = bytes; h + PACK_BLOCK <= bytes + n; h += PACK_BLOCK) {
        unsigned sum = 0;
        char text[8];
        if (memcmp(h + 257, "ustar", 5) != 0) continue;
        memset(h + SUM_AT, ' ', 8);
        for (int i = 0; i < PACK_BLOCK; i++) sum += h[i];
        snprintf(text, sizeof text, "%06o", sum);
        memcpy(h + SUM_AT, text, sizeof text);
    }
}

static void read_it(const uint8_t *bytes, size_t n, const char *into)
{
    struct pack pack = {.data = into};
    char from[32];
    int fd = fuzz_file(bytes, n, from);
    int r = pack_read(&pack, fd);
    if (r > 0 || (r < 0) != (pack.why[0] != 0)) abort();
    close(fd);
}

static void leave(void) { rmdir(folder); }

/* In memory if there is any: what is read whole is brought to disk. */
static void begin(void)
{
    if (folder[0]) return;
    snprintf(folder, sizeof folder, "%s/plumbline-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder)) abort();
    atexit(leave);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t copy[INPUT_MAX];
    if (n > sizeof copy) return 0;
    begin();
    read_it(bytes, n, NULL);
    memcpy(copy, bytes, n);
    mend(copy, n);
    read_it(copy, n, folder);
    if (nftw(folder, check_one, 8, FTW_DEPTH | FTW_PHYS)) abort();
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}
