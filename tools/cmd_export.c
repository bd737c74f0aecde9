/* The raw log and the diary for other programs; tables and formats are in export/. */
#include "tool.h"
#include "export/export.h"
#include "export/target.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct wish {
    const char *what, *file;
    const struct export_table *table;
    enum export_format format;
    struct export_job job;
    bool counts, force;
};

/* ---- words --------------------------------------------------------------------------------------------------------- */

static int take(struct wish *w, const char *name, const char *value)
{
    int64_t *time_s = !strcmp(name, "--from") ? &w->job.from_s : !strcmp(name, "--to") ? &w->job.to_s : NULL;
    if (!time_s && strcmp(name, "-o") && strcmp(name, "--format"))
        return tool_fail(2, "'%s' is not --from, --to, --format, --counts, --force or -o", name);
    if (!value) return tool_fail(2, "%s wants a %s", name, time_s ? "time" : name[1] == 'o' ? "file" : "format");
    if (time_s && !tool_time(value, time_s))
        return tool_fail(2, "'%s' is no time; use 2026-03-02, '2026-03-02 18:00', 18:00 or yesterday", value);
    if (!strcmp(name, "-o")) w->file = value;
    if (strcmp(name, "--format") != 0) return 0;
    w->format = export_format_find(value);
    return w->format == EXPORT_FORMATS ? tool_fail(2, "'%s' is not csv, jsonl or parquet", value) : 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    for (int i = 1; i < argc; i++) {
        bool value = false;
        if (!strcmp(argv[i], "--counts"))
            w->counts = true;
        else if (!strcmp(argv[i], "--force"))
            w->force = true;
        else if (argv[i][0] != '-' && !w->what)
            w->what = argv[i];
        else if (take(w, argv[i], i + 1 < argc ? argv[i + 1] : NULL))
            return 2;
        else
            value = true;
        i += value;
    }
    if (!w->what) w->what = "samples";
    w->table = export_find(w->what, w->counts);
    if (!w->table && w->counts) return tool_fail(2, "--counts is for samples alone");
    if (!w->table)
        return tool_fail(2, "'%s' is not samples, minutes, events, entries, workouts or calibrations", w->what);
    if (w->format == EXPORT_FORMATS && w->file) w->format = export_format_of(w->file);
    if (w->format == EXPORT_FORMATS) w->format = EXPORT_CSV;
    return 0;
}

/* ---- doing it ------------------------------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static void show(uint64_t rows, const char *what, const char *until)
{
    fprintf(stderr, "\r%llu %s%s", (unsigned long long)rows, what, until);
}

static int on_rows(void *arg, uint64_t rows, int64_t wall_us)
{
    static time_t shown;
    const struct wish *w = arg;
    time_t now = time(NULL), day = (time_t)(wall_us / 1000000);
    char until[32];
    struct tm tm;
    if (interrupted) return -EINTR;
    if (now == shown || !isatty(STDERR_FILENO)) return 0;
    shown = now;
    localtime_r(&day, &tm);
    strftime(until, sizeof until, ", now at %Y-%m-%d", &tm);
    show(rows, w->what, until);
    return 0;
}

static int copy(struct wish *w, FILE *out)
{
    struct export_writer *writer;
    int error = export_open(out, w->format, w->table, on_rows, w, &writer);
    if (error) return error;
    export_note(writer, "plumbline.table", w->table->name);
    export_note(writer, "plumbline.version", PLUMBLINE_VERSION);
    error = w->table->copy(&w->job, writer);
    uint64_t rows = export_rows(writer);
    int closed = export_close(writer, error != 0);
    if (isatty(STDERR_FILENO)) show(rows, w->what, "                    \n");
    return error ? error : closed;
}

static int export(struct wish *w)
{
    struct target target;
    char why[256];
    if (target_open(&target, w->file, w->force, why)) return tool_fail(1, "%s", why);
    if (w->format == EXPORT_PARQUET && isatty(fileno(target.out)))
        return target_discard(&target), tool_fail(2, "Parquet is nothing for a terminal; name a file with -o");
    int error = copy(w, target.out);
    if (!error) return target_finish(&target, why) ? tool_fail(1, "%s", why) : 0;
    if (!w->job.why[0]) target_explain(&target, error, w->job.why);
    target_discard(&target);
    if (error == -EINTR) return tool_fail(1, "interrupted; nothing was kept");
    return tool_fail(1, "%s", w->job.why);
}

int cmd_export(int argc, char **argv)
{
    struct wish w = {.format = EXPORT_FORMATS, .job = {.data = tool_config()->data, .to_s = INT64_MAX / NS_PER_S / 2}};
    struct sigaction catch = {.sa_handler = interrupt};
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (tool_data_folder(1)) return 1;
    sigaction(SIGINT, &catch, NULL);
    sigaction(SIGTERM, &catch, NULL);
    code = export(&w);
    if (w.job.damaged) fprintf(stderr, "%llu damaged blocks were skipped\n", (unsigned long long)w.job.damaged);
    return code;
}
