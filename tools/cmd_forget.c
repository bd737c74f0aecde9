/* What was recorded before a local day goes for good, in an order that another run can take up anywhere: files, then rows,
 * then the pages that held them. */
#include "tool.h"

#include "plumbline/upkeep.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { DAY_S = 86400 };

struct wish {
    const char *data, *date;
    int day;
    int64_t midnight_s;
    bool yes, dry;
};

static int set_date(struct wish *w, const char *text)
{
    int64_t at_s, now_s = time(NULL);
    struct tm tm;
    if (!tool_time(text, &at_s)) return tool_fail(2, "'%s' is no date; use 2026-03-02, yesterday or today", text);
    time_t t = (time_t)at_s;
    localtime_r(&t, &tm);
    if (strchr(text, ':')) return tool_fail(2, "'%s': only whole days are forgotten", text);
    if (at_s > now_s + 2 * DAY_S) return tool_fail(2, "'%s' is yet to come", text);
    w->date = text;
    w->midnight_s = at_s;
    tm.tm_hour = tm.tm_min = 0; /* where the clocks go forward at midnight, the day begins at one */
    tm.tm_isdst = 0;
    w->day = (int)(timegm(&tm) / DAY_S);
    return 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    *w = (struct wish){.data = tool_config()->data};
    for (int i = 1; i < argc; i++) {
        int code = 0;
        if (!strcmp(argv[i], "--yes")) w->yes = true;
        else if (!strcmp(argv[i], "--dry-run")) w->dry = true;
        else if (!strcmp(argv[i], "--before") && i + 1 < argc) code = set_date(w, argv[++i]);
        else if (!strcmp(argv[i], "--before")) return tool_fail(2, "--before wants a date");
        else return tool_fail(2, "'%s' is not known; see plumbline forget --help", argv[i]);
        if (code) return code;
    }
    return w->date ? 0 : tool_fail(2, "expected --before DATE, as --before 2026-03-02");
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static int told(const struct wish *w, int failed)
{
    const char *what = failed == -EBADMSG ? "its diary is damaged; a start of the daemon sets it aside and begins a new one"
                       : failed == -EPROTO ? "its diary is a newer Plumbline's: update this one"
                       : failed == -EBUSY  ? "another program has the diary open: close it"
                       : failed == -ENOSPC ? "the diary is written anew, which needs as much room as it takes: make some"
                                           : strerror(-failed);
    return tool_fail(1, "%s: %s; then run this again, it goes on where it was", w->data, what);
}

static uint64_t rows_of(const struct forget_sum *sum, const char *table)
{
    for (unsigned i = 0; i < FORGET_TABLES; i++)
        if (!strcmp(forget_table(i), table)) return sum->rows[i];
    return 0;
}

static bool anything(const struct forget_sum *sum)
{
    uint64_t n = sum->files;
    for (unsigned i = 0; i < FORGET_TABLES; i++) n += sum->rows[i];
    return n > 0;
}

static void print_sum(const struct forget_sum *sum)
{
    fputs("  raw log    ", stdout);
    tool_count(sum->days, "day, ", "days, ");
    tool_count(sum->samples, "sample\n", "samples\n");
    fputs("  diary      ", stdout);
    tool_count(rows_of(sum, "minute"), "minute, ", "minutes, ");
    tool_count(rows_of(sum, "event"), "event, ", "events, ");
    tool_count(rows_of(sum, "entry"), "entry, ", "entries, ");
    tool_count(rows_of(sum, "workout"), "workout, ", "workouts, ");
    tool_count(rows_of(sum, "calibration"), "calibration\n", "calibrations\n");
    printf("  files      %llu of raw log, reports and damaged diaries, %.1f MB\n", (unsigned long long)sum->files,
           (double)sum->bytes / 1e6);
}

static void print_staying(void *arg, const char *path)
{
    (void)arg;
    printf("  stays      %s: made later, and it may hold older things: rm it when you need it no more\n", path);
}

/* Former data folders that a restore has left beside this one. */
static void print_former(const struct wish *w)
{
    char parent[PATH_LEN];
    snprintf(parent, sizeof parent, "%s", w->data);
    char *slash = strrchr(parent, '/');
    if (!slash || slash == parent) return;
    *slash = 0;
    const char *name = w->data + (slash + 1 - parent);
    size_t n = strlen(name);
    DIR *dir = opendir(parent);
    if (!dir) return;
    for (struct dirent *e; (e = readdir(dir));)
        if (!strncmp(e->d_name, name, n) && (!strncmp(e->d_name + n, ".before-restore-", 16) || !strcmp(e->d_name + n, ".restoring")))
            printf("  stays      %s/%s: from a restore; rm -r it when you need it no more\n", parent, e->d_name);
    closedir(dir);
}

static int confirm(void)
{
    char line[16] = "";
    if (!isatty(STDIN_FILENO)) return tool_fail(2, "nobody can be asked here; say --yes, or look with --dry-run");
    fputs("Remove this for good? There is no way back. [y/N] ", stdout);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) && (!strcasecmp(line, "y\n") || !strcasecmp(line, "yes\n"))) return 0;
    puts("nothing was removed");
    return 1;
}

/* ---- doing it ---------------------------------------------------------------------------------------------------- */

static int forget(const struct wish *w)
{
    struct forget_sum gone = {0};
    struct hold hold;
    int code = hold_take(&hold, w->data);
    if (code) return code;
    progress_show("removing", 0, 3);
    int failed = forget_files(w->data, w->day, w->midnight_s, &gone);
    progress_show("removing", 1, 3);
    if (!failed) failed = forget_rows(w->data, w->day, w->midnight_s, &gone);
    if (!failed) progress_show("removing", 3, 3);
    bool knows = hold.daemon >= 0 && w->midnight_s > time(NULL);
    hold_end(&hold);
    if (failed) return told(w, failed);
    if (knows) puts("the daemon records on, and knows today still; to forget that too, stop it first");
    return 0;
}

int cmd_forget(int argc, char **argv)
{
    struct wish w;
    struct forget_sum sum;
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (tool_data_folder(1)) return 1;
    printf("%s, before %s:\n", w.data, w.date);
    int failed = forget_look(w.data, w.day, w.midnight_s, &sum, print_staying, NULL);
    print_former(&w);
    if (failed) return told(&w, failed);
    if (anything(&sum)) print_sum(&sum);
    else puts("  nothing");
    if (w.dry) return 0;
    if (anything(&sum) && !w.yes && (code = confirm())) return code;
    code = forget(&w); /* also when nothing is left to see: another run may have been interrupted at the last step */
    if (!code) puts(anything(&sum) ? "forgotten; backups that you made still hold it" : "there was nothing to forget");
    return code;
}
