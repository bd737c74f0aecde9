/* Invariants: a file is taken as text as a whole or not at all (no NUL, at most OWN_MAX bytes, a plain file); of its stanzas
 * each stands or falls by itself. */
#include "plumbline/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWN_MAX = 256 * 1024 };

/* data/catalogue.conf, NUL-terminated, by the assembler: no file to find at run time. */
__asm__(".section .rodata\n"
        ".global catalogue_load_text\n"
        "catalogue_load_text:\n"
        ".incbin \"" PLUMBLINE_CATALOGUE "\"\n"
        ".byte 0\n"
        ".previous\n");
extern const char catalogue_load_text[];

struct first {
    int line;
    char what[160];
};

static void keep_first(void *arg, int line, const char *what)
{
    struct first *f = arg;
    if (f->line) return;
    f->line = line;
    snprintf(f->what, sizeof f->what, "%s", what);
}

void catalogue_load_shipped(struct catalogue *c)
{
    char why[160];
    memset(c, 0, sizeof *c);
    catalogue_parse(c, catalogue_load_text, why);
}

/* The bytes of the file, at most OWN_MAX of them, into TEXT; how many, or a negative errno. */
static ssize_t read_plain(const char *path, char *text)
{
    struct stat st;
    ssize_t n = 0, got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -errno;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) n = -EINVAL;
    while (n >= 0 && n < OWN_MAX && got > 0) {
        got = read(fd, text + n, (size_t)(OWN_MAX - n));
        n = got < 0 ? -errno : n + got;
    }
    close(fd);
    return n;
}

static int take(struct catalogue *c, const char *text, size_t n, void (*tell)(void *, int, const char *), void *arg)
{
    const char *nul = memchr(text, 0, n);
    int line = 1;
    if (n == OWN_MAX) {
        tell(arg, line, "the file is larger than 256 KiB and was not read");
        return 1;
    }
    if (nul) {
        for (const char *p = text; p < nul; p++) line += *p == '\n';
        tell(arg, line, "a NUL byte; this is no text file, and was not read");
        return 1;
    }
    c->own = true;
    int faults = catalogue_check(c, text, tell, arg);
    c->own = false;
    return faults;
}

int catalogue_load_file(struct catalogue *c, const char *path, void (*tell)(void *arg, int line, const char *what),
                        void *arg)
{
    char *text = malloc(OWN_MAX + 1);
    if (!text) return -ENOMEM;
    ssize_t n = read_plain(path, text);
    if (n >= 0) text[n] = 0;
    int faults = n < 0 ? (int)n : take(c, text, (size_t)n, tell, arg);
    free(text);
    return faults;
}

void catalogue_load_path(const struct config *config, char path[PATH_LEN])
{
    if (config->catalogue[0]) {
        snprintf(path, PATH_LEN, "%s", config->catalogue);
        return;
    }
    config_default_path(path);
    char *name = strrchr(path, '/') + 1;
    snprintf(name, (size_t)(PATH_LEN - (name - path)), "catalogue.conf");
}

void catalogue_load(struct catalogue *c, const struct config *config)
{
    struct first first = {0};
    char own[PATH_LEN];
    catalogue_load_shipped(c);
    catalogue_load_path(config, own);
    int faults = catalogue_load_file(c, own, keep_first, &first);
    if (faults > 0)
        fprintf(stderr, "%s:%d: %s (%d in all, left out; see 'plumbline catalogue check')\n", own, first.line,
                first.what, faults);
    else if (faults < 0 && (faults != -ENOENT || config->catalogue[0]))
        fprintf(stderr, "%s: %s; the catalogue is the one that comes along\n", own, strerror(-faults));
}
