/* What is stored, looked over to the last byte; and a clean copy of what is whole. */
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct wish {
    const char *repair; /* a folder */
    struct store_check check;
};

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* What was found, and what to do; advice that several share is given once. A number stands behind. */
#define MEND "plumbline check --repair FOLDER writes a clean copy of all that is whole"
#define REINDEX "plumbline reindex makes the minutes anew from the samples"
#define RESTART "it is mended when the daemon is started again"
static const struct {
    const char *what, *advice;
} words[] = {
    [FINDING_UNREADABLE] = {"cannot be read", "look at the disk; copy the folder elsewhere before anything else"},
    [FINDING_BLOCK_DAMAGED] = {"damaged", MEND},
    [FINDING_BLOCKS_MISSING] = {"missing", MEND},
    [FINDING_GARBAGE] = {"bytes between blocks that are none", MEND},
    [FINDING_BLOCK_DOUBLED] = {"a block that is there twice", MEND},
    [FINDING_OTHER_DAY] = {"a block of another day", MEND},
    [FINDING_DISORDER] = {"a block that contradicts itself or the one before", MEND},
    [FINDING_CONTEXT] = {"a context record is damaged: a replay from here may differ", MEND},
    [FINDING_INDEX] = {"the index is damaged: the blocks are found without it", MEND},
    [FINDING_MISPLACED] = {"nobody reads a file here", "move it to raw/YEAR/MONTH/, named as its neighbours, or away"},
    [FINDING_NO_MINUTE] = {"minutes of samples that are not in the diary", REINDEX},
    [FINDING_NO_DAY] = {"minutes of a day whose raw log is not there",
                        "bring the file back from a backup, if there is one"},
    [FINDING_DIARY_DAMAGED] = {"", MEND},
    [FINDING_DIARY_MISSING] = {"there is no diary, but samples", REINDEX},
    [FINDING_MINUTES] = {"minutes that do not add up to one", REINDEX},
    [FINDING_EVENTS] = {"events that end before they begin", REINDEX},
    [FINDING_EVENTS_OPEN] = {"events that were never ended", REINDEX},
    [FINDING_ANSWERS] = {"answers to notices that are not there", "answers without a notice do no harm: nothing to do"},
    [FINDING_SNAPSHOT] = {"holds no whole snapshot",
                          "remove it; the daemon then learns from the last hours of samples"},
    [FINDING_MODE] = {"others may look at it", "chmod -R go= on the data folder"},
    [FINDING_FOREIGN] = {"written by another version of Plumbline; kept, not read", NULL},
    [FINDING_WAITING] = {"in the write-ahead file; the running daemon, or the next one, brings them in", NULL},
    [FINDING_NO_SAMPLES] = {"minutes of the diary whose samples are not in that day's file", NULL},
};
enum { KINDS = sizeof words / sizeof words[0] };

static bool advised[KINDS];

static void local(int64_t wall_ns, int32_t utc_offset_s, const char *format, char *text, size_t room)
{
    time_t s = (time_t)(wall_ns / NS_PER_S - (wall_ns % NS_PER_S < 0)) + utc_offset_s;
    struct tm tm;
    if (!gmtime_r(&s, &tm) || strftime(text, room, format, &tm) == 0) snprintf(text, room, "?");
}

/* " 2026-03-02 10:04:17 to 10:05:17:", as far as it is known. */
static void print_when(const struct finding *f)
{
    char from[32] = "", to[32] = "", day_from[32] = "", day_to[32] = "";
    if (f->from_wall_ns != INT64_MIN) {
        local(f->from_wall_ns, f->utc_offset_s, "%Y-%m-%d", day_from, sizeof day_from);
        local(f->from_wall_ns, f->utc_offset_s, "%Y-%m-%d %H:%M:%S", from, sizeof from);
    }
    if (f->to_wall_ns != INT64_MAX) {
        local(f->to_wall_ns, f->utc_offset_s, "%Y-%m-%d", day_to, sizeof day_to);
        local(f->to_wall_ns, f->utc_offset_s, strcmp(day_from, day_to) ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", to,
              sizeof to);
    }
    if (from[0] && to[0])
        printf(" %s to %s:", from, to);
    else if (from[0])
        printf(" from %s on:", from);
    else if (to[0])
        printf(" before %s:", to);
}

static void print_what(const struct finding *f)
{
    const char *what = words[f->kind].what;
    switch (f->kind) {
    case FINDING_BLOCK_DAMAGED: printf(" %" PRIu64 " bytes are damaged", f->bytes); break;
    case FINDING_BLOCKS_MISSING:
        printf(f->blocks == 1 ? " a block is missing" : " %" PRIu64 " blocks are missing", f->blocks);
        break;
    case FINDING_UNREADABLE: printf(" %s (%s)", what, strerror((int)f->number)); break;
    case FINDING_MODE: printf(" mode %04o: %s", (unsigned)f->number, what); break;
    case FINDING_DIARY_DAMAGED: printf(" SQLite says: %s", f->detail); break;
    case FINDING_WAITING: printf(" %" PRIu64 " samples %s", f->samples, what); break;
    default:
        printf(" %s", what);
        if (f->number) printf(": %lld", (long long)f->number);
    }
    bool lost = f->kind == FINDING_BLOCK_DAMAGED || f->kind == FINDING_BLOCKS_MISSING;
    if (lost && f->samples)
        printf(", about %" PRIu64 " samples are lost", f->samples);
    else if (lost)
        printf(", no samples are lost");
}

static void found(void *arg, const struct finding *f)
{
    (void)arg;
    if ((size_t)f->kind >= KINDS) return;
    if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
    printf("%s:", f->file);
    print_when(f);
    print_what(f);
    putchar('\n');
    advised[f->kind] = true;
}

static void progress(void *arg, int64_t done, int64_t all)
{
    if (done < all) progress_show(arg, (uint64_t)done, (uint64_t)all);
}

static void print_advice(void)
{
    for (size_t i = 0; i < KINDS; i++) {
        const char *advice = advised[i] ? words[i].advice : NULL;
        for (size_t k = 0; k < i && advice; k++)
            if (advised[k] && words[k].advice && !strcmp(words[k].advice, advice)) advice = NULL;
        if (advice) printf("  %s.\n", advice);
    }
}

static void print_seen(const char *verb, const struct store_check *c)
{
    printf("%s: %" PRIu64 " days, %" PRIu64 " samples in %" PRIu64 " blocks; %" PRIu64 " minutes and %" PRIu64
           " events in the diary\n",
           verb, c->days, c->samples, c->blocks, c->minutes, c->events);
}

/* ---- doing ------------------------------------------------------------------------------------------------------- */

static int check(struct wish *w)
{
    struct store_check *c = &w->check;
    c->arg = (void *)(uintptr_t) "looked through";
    int failed = store_check(tool_config()->data, c);
    if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
    if (failed) return tool_fail(2, "%s: %s: nothing could be looked at", tool_config()->data, strerror(-failed));
    print_seen("looked through", c);
    if (c->damages == 0) return puts("all is well"), 0;
    printf("%" PRIu64 " %s. What to do:\n", c->damages,
           c->damages == 1 ? "thing is not as it should be" : "things are not as they should be");
    print_advice();
    return 1;
}

static void tell_where(const char *copy, bool minutes_are_missing)
{
    const char *data = tool_config()->data;
    char memory[PATH_LEN];
    if (config_memory_path(memory) == 0 && access(memory, F_OK) == 0)
        puts("A killed daemon left its last samples in memory. They are not in this copy: for them, start the daemon "
             "and stop it,\n"
             "and make the copy after that.");
    printf("\nA clean copy is in %s. To put it in place, with no daemon running:\n"
           "  mv '%s' '%s.damaged'\n  mv '%s' '%s'\n",
           copy, data, data, copy, data);
    if (minutes_are_missing) printf("  plumbline reindex\n");
}

static int repair(struct wish *w)
{
    struct store_check copied = {.found = found, .progress = progress, .arg = (void *)(uintptr_t) "copied"};
    char why[256];
    int failed = store_repair(tool_config()->data, w->repair, &copied, why);
    if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
    if (failed) return tool_fail(2, "%s", why);
    print_seen("copied", &copied);
    tell_where(w->repair, advised[FINDING_NO_MINUTE] || advised[FINDING_MINUTES] || advised[FINDING_DIARY_DAMAGED] ||
                              advised[FINDING_DIARY_MISSING]);
    return 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    for (int i = 1; i < argc; i += 2) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        int64_t wall_s, *at = !strcmp(name, "--from") ? &w->check.from_wall_ns
                              : !strcmp(name, "--to") ? &w->check.to_wall_ns
                                                      : NULL;
        if (!at && strcmp(name, "--repair") != 0) return tool_fail(2, "'%s' is not --from, --to or --repair", name);
        if (!value) return tool_fail(2, "%s wants a %s", name, at ? "time" : "folder");
        if (!at)
            w->repair = value;
        else if (tool_time(value, &wall_s))
            *at = SECONDS_NS(wall_s);
        else
            return tool_fail(2, "'%s' is no time; use 2026-03-02, '2026-03-02 18:00', 18:00 or yesterday", value);
    }
    return 0;
}

int cmd_check(int argc, char **argv)
{
    struct wish w = {.check = {.to_wall_ns = INT64_MAX, .found = found, .progress = progress}};
    int code = parse(argc, argv, &w);
    if (code) return code;
    code = check(&w);
    if (!w.repair || code == 2) return code;
    int repaired = repair(&w);
    return repaired ? repaired : code;
}
