/* Invariants:
 *   what a peer packs, it unpacks again to the byte, or there is no figure;
 *   a peer's figure is that of its best layout and block length, chosen by its size.
 */
#include "peers.h"

#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS = 24 };
extern char **environ;

/* All axes in one file, or each in one of its own. */
enum layout { TOGETHER, APART, LAYOUTS };

#define FLAC_RAW "--force-raw-format", "--endian=little", "--sign=signed"
#define FLAC_IN "--bps=16", "--sample-rate=100", "--lax", "--no-padding", "--no-seektable", "-s", "-c"

/* CHANNELS, COMMA_CHANNELS and BLOCK stand for what differs from run to run. */
#define CHANNELS "@channels"
#define RAW_PCM "@pcm"
#define BLOCK "@block"

static const struct peer {
    const char *name, *package;
    const char *quick[ARGUMENTS]; /* finds the best block length, where there is a choice */
    const char *pack[ARGUMENTS], *unpack[ARGUMENTS];
} peers[PEERS] = {
    {"gzip -9", "gzip", {0}, {"gzip", "-9", "-n", "-c"}, {"gzip", "-d", "-c"}},
    {"flac -8",
     "flac",
     {"flac", "-8", "-b", BLOCK, CHANNELS, FLAC_RAW, FLAC_IN, "-"},
     {"flac", "-8", "-b", BLOCK, CHANNELS, FLAC_RAW, FLAC_IN, "-"},
     {"flac", "-d", FLAC_RAW, "-s", "-c", "-"}},
    {"flac -8 -e -p -l 32",
     "flac",
     {"flac", "-8", "-b", BLOCK, CHANNELS, FLAC_RAW, FLAC_IN, "-"},
     {"flac", "-8", "-e", "-p", "-l", "32", "-r", "8", "-b", BLOCK, CHANNELS, FLAC_RAW, FLAC_IN, "-"},
     {"flac", "-d", FLAC_RAW, "-s", "-c", "-"}},
    {"wavpack -hhx6",
     "wavpack",
     {0},
     {"wavpack", "-hhx6", "-q", "-y", RAW_PCM, "-", "-o", "-"},
     {"wvunpack", "-q", "--raw", "-", "-o", "-"}},
};
static const unsigned blocks[] = {1024, 2048, 4096, 8192, 16384};

const char *peers_package(size_t which) { return peers[which].package; }

/* ---- one run ----------------------------------------------------------------------------------------------------- */

static double processor_s(const struct rusage *u)
{
    return (double)u->ru_utime.tv_sec + (double)u->ru_stime.tv_sec +
           1e-6 * (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec);
}

/* Runs it from FROM into TO; its processor time, or −1 when there is no such program. */
static double run(const char *const arguments[ARGUMENTS], const char *from, const char *to)
{
    posix_spawn_file_actions_t files;
    struct rusage usage;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, from, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&child, arguments[0], &files, NULL, (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed) return -1;
    if (wait4(child, &status, 0, &usage) != child) fail("a peer was lost");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail(arguments[0]);
    return processor_s(&usage);
}

/* The same with the placeholders filled in. */
static double run_as(const char *const pattern[ARGUMENTS], unsigned channels, unsigned block, const char *from,
                     const char *to)
{
    char text[3][40];
    const char *arguments[ARGUMENTS];
    snprintf(text[0], sizeof text[0], "--channels=%u", channels);
    snprintf(text[1], sizeof text[1], "--raw-pcm=100,16,%u", channels);
    snprintf(text[2], sizeof text[2], "%u", block);
    for (size_t i = 0; i < ARGUMENTS; i++) {
        const char *a = pattern[i];
        arguments[i] = !a                     ? NULL
                       : !strcmp(a, CHANNELS) ? text[0]
                       : !strcmp(a, RAW_PCM)  ? text[1]
                       : !strcmp(a, BLOCK)    ? text[2]
                                              : a;
    }
    return run(arguments, from, to);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

struct work {
    char raw[LAYOUTS][PEERS_AXES][256], packed[256], back[256];
};

static unsigned files_of(enum layout l) { return l == TOGETHER ? 1 : PEERS_AXES; }

static void write_file(const char *path, const int16_t *samples, size_t n)
{
    FILE *f = fopen(path, "w");
    if (!f || fwrite(samples, sizeof *samples, n, f) != n || fclose(f)) fail(path);
}

static void prepare(struct work *w, const char *folder, const int16_t *samples, size_t n)
{
    int16_t *axis = calloc(n, sizeof *axis);
    if (!axis) fail("out of memory");
    snprintf(w->packed, sizeof w->packed, "%s/packed", folder);
    snprintf(w->back, sizeof w->back, "%s/back", folder);
    snprintf(w->raw[TOGETHER][0], sizeof w->raw[TOGETHER][0], "%s/all", folder);
    write_file(w->raw[TOGETHER][0], samples, n * PEERS_AXES);
    for (unsigned k = 0; k < PEERS_AXES; k++) {
        for (size_t i = 0; i < n; i++) axis[i] = samples[i * PEERS_AXES + k];
        snprintf(w->raw[APART][k], sizeof w->raw[APART][k], "%s/axis%u", folder, k);
        write_file(w->raw[APART][k], axis, n);
    }
    free(axis);
}

static void tidy(const struct work *w)
{
    for (unsigned l = 0; l < LAYOUTS; l++)
        for (unsigned k = 0; k < files_of(l); k++) unlink(w->raw[l][k]);
    unlink(w->packed);
    unlink(w->back);
}

static size_t size_of(const char *path)
{
    struct stat st;
    if (stat(path, &st)) fail(path);
    return (size_t)st.st_size;
}

static bool alike(const char *a, const char *b)
{
    FILE *f = fopen(a, "r"), *g = fopen(b, "r");
    int x = 0, y = 0;
    while (f && g && x == y && x != EOF) {
        x = getc(f);
        y = getc(g);
    }
    if (f) fclose(f);
    if (g) fclose(g);
    return f && g && x == y;
}

/* ---- a peer ------------------------------------------------------------------------------------------------------ */

/* Adds the files of LAYOUT to R, which is zeros before; with BACK unpacked and compared too. False: not here. */
static bool pack(const struct work *w, const struct peer *p, const char *const *how, enum layout layout, unsigned block,
                 bool back, struct peers_result *r)
{
    for (unsigned k = 0; k < files_of(layout); k++) {
        double s = run_as(how, layout == TOGETHER ? PEERS_AXES : 1, block, w->raw[layout][k], w->packed);
        if (s < 0) return false;
        r->encode_s += s;
        r->bytes += size_of(w->packed);
        if (!back) continue;
        if ((s = run_as(p->unpack, 1, 0, w->packed, w->back)) < 0) return false;
        if (!alike(w->raw[layout][k], w->back)) fail("a peer does not give back what it was given");
        r->decode_s += s;
    }
    return true;
}

/* By a quick setting of the same program, for one whose best setting takes long. */
static void choose(const struct work *w, const struct peer *p, enum layout *layout, unsigned *block)
{
    size_t least = SIZE_MAX;
    for (unsigned l = 0; l < LAYOUTS; l++)
        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            struct peers_result r = {0};
            if (!pack(w, p, p->quick, l, blocks[i], false, &r) || r.bytes >= least) continue;
            least = r.bytes;
            *layout = l;
            *block = blocks[i];
        }
}

static struct peers_result best_of(const struct work *w, const struct peer *p)
{
    struct peers_result best = {.name = p->name}, r = best;
    enum layout layout = TOGETHER;
    unsigned block = 0;
    if (p->quick[0]) {
        choose(w, p, &layout, &block);
        best.ran = pack(w, p, p->pack, layout, block, true, &best);
        return best;
    }
    best.ran = pack(w, p, p->pack, TOGETHER, block, true, &best);
    r.ran = pack(w, p, p->pack, APART, block, true, &r);
    return r.bytes < best.bytes ? r : best;
}

void peers_run(const char *folder, const int16_t *samples, size_t n, struct peers_result result[PEERS])
{
    static struct work w;
    prepare(&w, folder, samples, n);
    for (size_t i = 0; i < PEERS; i++) result[i] = best_of(&w, &peers[i]);
    tidy(&w);
}
