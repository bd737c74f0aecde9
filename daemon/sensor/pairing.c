/* Invariants:
 *   device[0 .. n) have different keys, oldest first
 *   the file on disk is whole at every moment: it is written beside, brought to disk and renamed over the old one
 */
#include "plumbline/sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_CAP = 512, BAUD_MIN = 300, BAUD_MAX = 4000000 };

static const char *const answers[] = {[PAIRING_ASKED] = "asked", [PAIRING_YES] = "yes", [PAIRING_NEVER] = "never"};

const char *pairing_answer_name(enum pairing_answer a) { return answers[a]; }

/* ---- the list ---- */

struct pairing *pairing_find(struct pairings *list, const char *key)
{
    for (unsigned i = 0; i < list->n; i++)
        if (!strcmp(list->device[i].key, key)) return &list->device[i];
    return NULL;
}

static void remove_at(struct pairings *list, unsigned i)
{
    list->n--;
    memmove(&list->device[i], &list->device[i + 1], (list->n - i) * sizeof list->device[0]);
}

bool pairing_remove(struct pairings *list, const char *key)
{
    struct pairing *p = pairing_find(list, key);
    if (p) remove_at(list, (unsigned)(p - list->device));
    return p != NULL;
}

static bool printable(const char *text, char least)
{
    for (; *text; text++)
        if (*text < least || *text > '~') return false;
    return true;
}

static bool good_key(const char *key)
{
    return key[0] && key[0] != '#' && strlen(key) < sizeof((struct pairing *)0)->key && printable(key, '!');
}

static void make_room(struct pairings *list)
{
    for (unsigned i = 0; list->n == PAIRINGS_MAX && i < list->n; i++)
        if (list->device[i].answer == PAIRING_ASKED) remove_at(list, i);
}

struct pairing *pairing_add(struct pairings *list, const char *key, const char *name)
{
    struct pairing *p = pairing_find(list, key);
    if (p || !good_key(key)) return p;
    make_room(list);
    if (list->n == PAIRINGS_MAX) return NULL;
    p = &list->device[list->n++];
    *p = (struct pairing){.answer = PAIRING_ASKED};
    snprintf(p->key, sizeof p->key, "%s", key);
    if (printable(name, ' ')) snprintf(p->name, sizeof p->name, "%s", name);
    return p;
}

/* ---- reading ---- */

struct reading {
    const char *path;
    FILE *err;
    unsigned line;
    int mistakes;
};

/* GOT may be anything; it is shown in so far as it is printable. */
static bool mistake(struct reading *r, const char *what, const char *got, const char *expected)
{
    char shown[33];
    size_t n = 0;
    for (; got[n] && n < sizeof shown - 1; n++) shown[n] = got[n] >= ' ' && got[n] <= '~' ? got[n] : '?';
    shown[n] = 0;
    if (r->err) fprintf(r->err, "%s:%u: %s: got '%s', expected %s\n", r->path, r->line, what, shown, expected);
    r->mistakes++;
    return false;
}

static bool read_answer(struct reading *r, const char *word, struct pairing *p)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (!strcmp(word, answers[i])) return p->answer = (enum pairing_answer)i, true;
    return mistake(r, "answer", word, "yes, never or asked");
}

static bool read_protocol(struct reading *r, const char *word, struct pairing *p)
{
    if (!strcmp(word, "-")) return true;
    if (!protocol_find(word))
        return mistake(r, "protocol", word, "'-' or the name of one (see 'plumbline replay --help')");
    snprintf(p->protocol, sizeof p->protocol, "%s", word);
    return true;
}

static bool read_baud(struct reading *r, const char *word, struct pairing *p)
{
    char *end;
    if (!strcmp(word, "-")) return true;
    unsigned long baud = strtoul(word, &end, 10);
    if (*end || word[0] < '0' || word[0] > '9' || baud < BAUD_MIN || baud > BAUD_MAX)
        return mistake(r, "speed", word, "'-' or 300 to 4000000 baud");
    p->baud = (unsigned)baud;
    return true;
}

/* TEXT is one line without its end; its words are cut apart. */
static bool read_pairing(struct reading *r, char *text, struct pairing *p)
{
    char *word[4], *rest = text;
    for (int i = 0; i < 4; i++) {
        rest += strspn(rest, " \t");
        word[i] = rest;
        rest += strcspn(rest, " \t");
        if (*rest) *rest++ = 0;
        if (!word[i][0]) return mistake(r, "words", word[0], "KEY yes|never|asked PROTOCOL|- BAUD|- NAME");
    }
    rest += strspn(rest, " \t");
    if (!good_key(word[0])) return mistake(r, "device", word[0], "at most 127 printable characters without spaces");
    snprintf(p->key, sizeof p->key, "%s", word[0]);
    if (!printable(rest, ' ') || strlen(rest) >= sizeof p->name)
        return mistake(r, "name", rest, "at most 63 printable characters");
    snprintf(p->name, sizeof p->name, "%s", rest);
    return read_answer(r, word[1], p) && read_protocol(r, word[2], p) && read_baud(r, word[3], p);
}

static void read_line(struct reading *r, struct pairings *list, char *text, size_t n)
{
    struct pairing p = {0};
    if (strlen(text) != n || n >= LINE_CAP) {
        mistake(r, "line", text, "text, less than 512 characters");
        return;
    }
    while (n > 0 && strchr("\r\n \t", text[n - 1])) text[--n] = 0;
    if (n == 0 || text[0] == '#' || !read_pairing(r, text, &p)) return;
    if (pairing_find(list, p.key))
        mistake(r, "device", p.key, "each device once");
    else if (list->n == PAIRINGS_MAX)
        mistake(r, "device", p.key, "at most 64 devices");
    else
        list->device[list->n++] = p;
}

int pairing_read(struct pairings *list, const char *path, FILE *err)
{
    struct reading r = {.path = path, .err = err};
    list->n = 0;
    FILE *f = fopen(path, "re");
    if (!f) return errno == ENOENT ? 0 : -errno;
    char *text = NULL;
    size_t cap = 0;
    errno = 0;
    for (ssize_t n; (n = getline(&text, &cap, f)) >= 0;) {
        r.line++;
        read_line(&r, list, text, (size_t)n);
    }
    int failed = ferror(f) ? -(errno ? errno : EIO) : 0;
    free(text);
    fclose(f);
    return failed ? failed : r.mistakes;
}

/* ---- writing ---- */

static void print(const struct pairings *list, FILE *f)
{
    fputs("# Devices that Plumbline knows: KEY yes|never|asked PROTOCOL|- BAUD|- NAME. See 'plumbline devices'.\n", f);
    for (unsigned i = 0; i < list->n; i++) {
        const struct pairing *p = &list->device[i];
        fprintf(f, "%s %s %s ", p->key, answers[p->answer], p->protocol[0] ? p->protocol : "-");
        if (p->baud)
            fprintf(f, "%u", p->baud);
        else
            fputc('-', f);
        fprintf(f, "%s%s\n", p->name[0] ? " " : "", p->name);
    }
}

/* Brings the rename in FOLDER to disk; what the disk says to that changes nothing any more. */
static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

static int write_beside(const struct pairings *list, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f) {
        int failed = -errno;
        if (fd >= 0) close(fd);
        return failed;
    }
    print(list, f);
    int failed = fflush(f) || fsync(fd) ? -errno : 0;
    return fclose(f) && !failed ? -errno : failed;
}

int pairing_write(const struct pairings *list, const char *path)
{
    char beside[PATH_MAX], folder[PATH_MAX];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) return -ENAMETOOLONG;
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash) return -EINVAL;
    slash[slash == folder] = 0;
    if (mkdir(folder, 0700) && errno != EEXIST) return -errno;
    int failed = write_beside(list, beside);
    if (!failed && rename(beside, path)) failed = -errno;
    if (failed)
        unlink(beside);
    else
        sync_folder(folder);
    return failed;
}
