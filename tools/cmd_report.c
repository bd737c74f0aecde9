#include "tool.h"
#include "view.h"
#include "report/report.h"

#include "plumbline/health.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct wish {
    struct report_request request;
    bool json, html;
    const char *file;
};

static void set_date(struct report_request *q, int64_t wall_s)
{
    time_t t = (time_t)wall_s;
    struct tm tm;
    localtime_r(&t, &tm);
    q->first = (struct report_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

/* A week's report ends with the day named. */
static int parse(int argc, char **argv, struct wish *w)
{
    bool week = false;
    int64_t wall_s = time(NULL);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "day")) week = false;
        else if (!strcmp(argv[i], "week")) week = true;
        else if (!strcmp(argv[i], "--json")) w->json = true;
        else if (!strcmp(argv[i], "--html")) w->html = true;
        else if (!strncmp(argv[i], "--html=", 7)) w->html = true, w->file = argv[i] + 7;
        else if (!tool_time(argv[i], &wall_s)) return tool_fail(2, "'%s' is not day, week, therapist, --html, --json or a date as 2026-03-02", argv[i]);
    }
    if (w->json && w->html) return tool_fail(2, "choose one of --html and --json");
    set_date(&w->request, wall_s);
    w->request.n_days = week ? 7 : 1;
    if (week) w->request.first = report_date_add(w->request.first, -6);
    return 0;
}

/* The wearer's own line, from the daemon if one runs. */
static float threshold(void)
{
    const char *const words[] = {"status"};
    json_t *s = NULL;
    double deg = client_ask(words, 1, &s) ? NAN : view_number(s, "posture", "slouch_threshold_deg");
    json_decref(s);
    return (float)deg;
}

/* A page for nobody else, in the data folder: health data does not belong wherever the shell happens to be. */
static int usual_file(const struct report *r, char path[PATH_LEN + 64])
{
    const struct report_date *d = &r->request.first;
    int n = snprintf(path, PATH_LEN + 64, "%s/reports", tool_config()->data);
    if (mkdir(path, 0700) && errno != EEXIST) return tool_fail(1, "%s: %s", path, strerror(errno));
    snprintf(path + n, (size_t)(PATH_LEN + 64 - n), "/plumbline-%04d-%02d-%02d%s.html", d->year, d->month, d->day,
             r->request.n_days > 1 ? "-week" : "");
    return 0;
}

static int print_page(const struct report *r, const char *file)
{
    char usual[PATH_LEN + 64];
    if (!file && usual_file(r, usual)) return 1;
    mode_t mode = file ? 0666 : 0600;
    if (!file) file = usual;
    bool out = !strcmp(file, "-");
    int fd = out ? -1 : open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *f = out ? stdout : fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f) return tool_fail(1, "%s: %s", file, strerror(errno));
    int failed = report_html(r, f);
    if (!out && fclose(f) && !failed) failed = -errno;
    if (failed) return tool_fail(1, "%s: %s", file, strerror(-failed));
    if (!out) printf("%s\n", file);
    return 0;
}

static int print(const struct wish *w, const struct report *r)
{
    const struct report_style style = {.ascii = !tool_utf8(), .colour = tool_colour(stdout)};
    if (w->html) return print_page(r, w->file);
    int failed = w->json ? report_json(r, stdout) : report_text(r, &style, stdout);
    if (failed) return tool_fail(1, "%s", strerror(-failed));
    return 0;
}

static int take_sign(void *health, const struct entry *e)
{
    if (e->kind == ENTRY_RED_FLAG) health_note_flag(health, e->what, e->value > 0);
    return 0;
}

int cmd_report(int argc, char **argv)
{
    struct wish w = {.request = {.alerts_max_per_day = (unsigned)tool_config()->coach.max_per_day}};
    struct diary *d;
    struct report r;
    struct health health = {0};
    char why[256];
    if (argc > 1 && !strcmp(argv[1], "therapist")) return cmd_report_therapist(argc - 1, argv + 1);
    int code = parse(argc, argv, &w);
    if (code) return code;
    if (access(tool_config()->data, X_OK) && errno != ENOENT) return tool_data_folder(1);
    int failed = diary_open(tool_config()->data, &d, why);
    if (failed == -ENOENT) return tool_fail(1, "there is no diary in %s yet; it begins with the first minute the daemon sees", tool_config()->data);
    if (failed) return tool_fail(1, "%s", why);
    w.request.no_exercise = diary_entries(d, INT64_MIN, INT64_MAX, take_sign, &health) < 0 || health.red;
    w.request.slouch_threshold_deg = threshold();
    failed = report_read(d, &w.request, &r);
    code = failed ? tool_fail(1, "%s", diary_error(failed)) : print(&w, &r);
    report_free(&r);
    diary_close(d);
    return code;
}
