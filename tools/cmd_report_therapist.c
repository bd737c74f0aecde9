/* plumbline report therapist: the sheet to take along. */
#include "tool.h"
#include "report/therapist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct wish {
    struct therapist_request request;
    bool html;
    const char *file, *paper;
};

static int parse_value(struct wish *w, const char *option, const char *value)
{
    if (!value) return tool_fail(2, "%s wants a value; see plumbline report --help", option);
    if (!strcmp(option, "-o")) {
        w->file = value;
    } else if (!strcmp(option, "--weeks")) {
        char *end;
        long weeks = strtol(value, &end, 10);
        if (*end || weeks < THERAPIST_WEEKS_MIN || weeks > THERAPIST_WEEKS_MAX)
            return tool_fail(2, "--weeks wants %d to %d", THERAPIST_WEEKS_MIN, THERAPIST_WEEKS_MAX);
        w->request.weeks = (unsigned)weeks;
    } else {
        if (strcmp(value, "a4") != 0 && strcmp(value, "letter") != 0) return tool_fail(2, "--paper wants a4 or letter");
        w->paper = value;
    }
    return 0;
}

static void set_date(struct therapist_request *q, int64_t wall_s)
{
    time_t t = (time_t)wall_s;
    struct tm tm;
    localtime_r(&t, &tm);
    q->last = (struct report_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
    q->utc_offset_s = (int32_t)tm.tm_gmtoff;
}

static int parse(int argc, char **argv, struct wish *w)
{
    int64_t wall_s = time(NULL);
    for (int i = 1; i < argc; i++) {
        bool takes = !strcmp(argv[i], "-o") || !strcmp(argv[i], "--weeks") || !strcmp(argv[i], "--paper");
        if (takes) {
            int code = parse_value(w, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            if (code) return code;
            i++;
        } else if (!strcmp(argv[i], "--html")) {
            w->html = true;
        } else if (!strcmp(argv[i], "--with-health")) {
            w->request.with_health = true;
        } else if (!tool_time(argv[i], &wall_s)) {
            return tool_fail(2, "'%s' is not --html, -o FILE, --weeks N, --paper a4|letter, --with-health or a date",
                             argv[i]);
        }
    }
    if (w->paper && !w->html) return tool_fail(2, "--paper is for the page: add --html");
    set_date(&w->request, wall_s);
    return 0;
}

/* For nobody else, in the data folder. */
static int usual_file(const struct wish *w, char path[PATH_LEN + 64])
{
    const struct report_date *d = &w->request.last;
    int n = snprintf(path, PATH_LEN + 64, "%s/reports", tool_config()->data);
    if (mkdir(path, 0700) && errno != EEXIST) return tool_fail(1, "%s: %s", path, strerror(errno));
    snprintf(path + n, (size_t)(PATH_LEN + 64 - n), "/plumbline-therapist-%04d-%02d-%02d.html", d->year, d->month,
             d->day);
    return 0;
}

static int print(const struct wish *w, const struct therapist *t)
{
    char usual[PATH_LEN + 64];
    const char *file = w->file;
    struct report_style style = {.ascii = !tool_utf8() && !file, .colour = !file && tool_colour(stdout)};
    if (w->html && !file && usual_file(w, usual)) return 1;
    if (w->html && !file) file = usual;
    bool out = !file || !strcmp(file, "-");
    int fd = out ? -1 : open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); /* health data, wherever it goes */
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) fchmod(fd, 0600); /* it may be an older file */
    FILE *f = out ? stdout : fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f) return tool_fail(1, "%s: %s", file, strerror(errno));
    int failed = w->html ? therapist_html(t, w->paper, f) : therapist_text(t, &style, f);
    if (!out && fclose(f) && !failed) failed = -errno;
    if (failed) return tool_fail(1, "%s: %s", out ? "standard output" : file, strerror(-failed));
    if (!out) printf("%s\n", file);
    return 0;
}

int cmd_report_therapist(int argc, char **argv)
{
    static struct catalogue catalogue;
    struct wish w = {.request = {.weeks = THERAPIST_WEEKS_MAX, .catalogue = &catalogue}};
    struct therapist t;
    struct diary *d;
    char why[256];
    int code = parse(argc, argv, &w);
    if (code) return code;
    w.request.health_configured = tool_config()->health_answered;
    w.request.contra = tool_config()->contra;
    if (access(tool_config()->data, X_OK) && errno != ENOENT) return tool_data_folder(1);
    int failed = diary_open(tool_config()->data, &d, why);
    if (failed == -ENOENT)
        return tool_fail(1, "there is no diary in %s yet; it begins with the first minute the daemon sees", tool_config()->data);
    if (failed) return tool_fail(1, "%s", why);
    catalogue_load(&catalogue, tool_config());
    failed = therapist_read(d, &w.request, &t);
    diary_close(d);
    return failed ? tool_fail(1, "%s", diary_error(failed)) : print(&w, &t);
}
