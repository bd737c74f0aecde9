/* What the data folder holds, from the indexes and headers of its files, and how long there will be room. */
#include "tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

enum { DAY_S = 86400, RATE_DAYS = 30, PATH_ROOM = PATH_LEN + 300 };

struct usage {
    json_t *months;          /* what is printed, and the answer to --json */
    char month[8];           /* of the one being added up */
    struct log_day sum, all; /* of that month, and of all; .day counts the days */
    int first_day, last_day;
    uint64_t kept[RATE_DAYS]; /* bytes of the last days that hold anything, a ring */
    uint64_t diary, state, reports, set_aside, others;
    uint64_t free, room; /* room: until recording stops */
};

static void day_name(int day, char text[16])
{
    time_t at = (time_t)day * DAY_S;
    struct tm tm;
    strftime(text, 16, "%Y-%m-%d", gmtime_r(&at, &tm));
}

/* ---- the raw log ------------------------------------------------------------------------------------------------- */

static void add(struct log_day *to, const struct log_day *d)
{
    to->day++;
    to->bytes += d->bytes;
    to->samples += d->samples;
    to->span_ns += d->span_ns;
    to->damaged += d->damaged;
}

static json_t *describe(const char *month, const struct log_day *d)
{
    return json_pack("{s:s, s:i, s:f, s:I, s:I, s:f, s:I}", "month", month, "days", d->day, "hours",
                     (double)d->span_ns / NS_PER_S / 3600, "samples", (json_int_t)d->samples, "bytes", (json_int_t)d->bytes,
                     "bytes_per_sample", d->samples ? (double)d->bytes / (double)d->samples : 0.0, "damaged",
                     (json_int_t)d->damaged);
}

static void end_month(struct usage *u)
{
    if (u->sum.day) json_array_append_new(u->months, describe(u->month, &u->sum));
    u->sum = (struct log_day){0};
}

static int on_day(void *arg, const struct log_day *d, unsigned left)
{
    struct usage *u = arg;
    char name[16];
    day_name(d->day, name);
    if (strncmp(name, u->month, 7) != 0) end_month(u);
    snprintf(u->month, sizeof u->month, "%.7s", name);
    if (u->all.day == 0) u->first_day = d->day;
    u->last_day = d->day;
    u->kept[u->all.day % RATE_DAYS] = d->bytes;
    add(&u->sum, d);
    add(&u->all, d);
    progress_show("looking", (uint64_t)u->all.day, (uint64_t)u->all.day + left);
    return 0;
}

/* Bytes a day of those lately recorded. */
static double day_bytes(const struct usage *u)
{
    int n = u->all.day < RATE_DAYS ? u->all.day : RATE_DAYS;
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)u->kept[i];
    return n ? sum / n : 0;
}

/* ---- the other files --------------------------------------------------------------------------------------------- */

static uint64_t folder_bytes(const char *path)
{
    uint64_t bytes = 0;
    DIR *dir = opendir(path);
    if (!dir) return 0;
    for (struct dirent *e; (e = readdir(dir));) {
        char file[2 * PATH_ROOM];
        struct stat st;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        if (lstat(file, &st) == 0 && S_ISREG(st.st_mode)) bytes += (uint64_t)st.st_size;
    }
    closedir(dir);
    return bytes;
}

static void add_file(struct usage *u, const char *name, uint64_t bytes)
{
    if (!strncmp(name, "plumbline.db.damaged-", 21)) u->set_aside += bytes;
    else if (!strncmp(name, "plumbline.db", 12)) u->diary += bytes;
    else if (!strcmp(name, "state.bin")) u->state += bytes;
    else u->others += bytes;
}

static int look_around(struct usage *u, const char *data)
{
    char path[PATH_ROOM];
    struct statvfs fs;
    DIR *dir = opendir(data);
    if (!dir) return -errno;
    for (struct dirent *e; (e = readdir(dir));) {
        struct stat st;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            add_file(u, e->d_name, (uint64_t)st.st_size);
    }
    closedir(dir);
    snprintf(path, sizeof path, "%s/reports", data);
    u->reports = folder_bytes(path);
    if (statvfs(data, &fs)) return -errno;
    struct store_options o;
    store_options_default(&o);
    u->free = (uint64_t)fs.f_bavail * fs.f_frsize;
    u->room = u->free > (uint64_t)o.floor_bytes ? u->free - (uint64_t)o.floor_bytes : 0;
    return 0;
}

/* ---- what will be ------------------------------------------------------------------------------------------------ */

/* The oldest day goes when a new day is begun and the last finished one lies so many days behind it (rawlog.c). INT_MAX:
 * never. */
static int goes_on(const struct usage *u)
{
    int days = tool_config()->retention_days;
    return days > 0 && u->all.day ? u->first_day + days : INT_MAX;
}

/* Days until the floor is reached at the present rate; −1: it never is, as retention removes as much. */
static double days_left(const struct usage *u)
{
    double a_day = day_bytes(u);
    int keep = tool_config()->retention_days;
    if (a_day <= 0) return -1;
    double more = keep > 0 ? (keep + 1 - u->all.day) * a_day : (double)u->room + 1;
    return more <= (double)u->room ? -1 : (double)u->room / a_day;
}

static json_t *to_json(const struct usage *u)
{
    char first[16] = "", next[16] = "";
    int goes = goes_on(u);
    if (u->all.day) day_name(u->first_day, first);
    if (goes != INT_MAX) day_name(goes, next);
    double left = days_left(u);
    return json_pack("{s:s, s:O, s:o, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:i, s:s, s:s}, s:{s:I, s:I, s:f, s:o}}", "data",
                     tool_config()->data, "months", u->months, "raw", describe("all", &u->all), "files", "diary",
                     (json_int_t)u->diary, "snapshot", (json_int_t)u->state, "reports", (json_int_t)u->reports, "set_aside",
                     (json_int_t)u->set_aside, "others", (json_int_t)u->others, "retention", "days",
                     tool_config()->retention_days, "oldest", first, "goes_on", next, "disk", "free_bytes",
                     (json_int_t)u->free, "room_bytes", (json_int_t)u->room, "bytes_per_day", day_bytes(u), "days_left",
                     left < 0 ? json_null() : json_real(left));
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static void print_row(const json_t *m)
{
    printf("%-8s %5lld %8.1f %12lld %9.1f %8.2f", json_string_value(json_object_get(m, "month")),
           json_integer_value(json_object_get(m, "days")), json_real_value(json_object_get(m, "hours")),
           json_integer_value(json_object_get(m, "samples")), (double)json_integer_value(json_object_get(m, "bytes")) / 1e6,
           json_real_value(json_object_get(m, "bytes_per_sample")));
    long long damaged = json_integer_value(json_object_get(m, "damaged"));
    if (damaged) printf("  %lld damaged: see plumbline check", damaged);
    putchar('\n');
}

static void print_months(const struct usage *u)
{
    size_t i;
    json_t *m, *all = describe("all", &u->all);
    if (u->all.day) puts("raw log   days    hours      samples        MB  B/sample");
    else puts("raw log   nothing yet");
    json_array_foreach(u->months, i, m) print_row(m);
    if (json_array_size(u->months) > 1) print_row(all);
    json_decref(all);
}

static void print_file(const char *what, uint64_t bytes, const char *word)
{
    if (bytes) printf("%-9s %34.1f MB%s%s\n", what, (double)bytes / 1e6, word[0] ? "  " : "", word);
}

static void print_future(const struct usage *u)
{
    char first[16], next[16];
    double a_day = day_bytes(u), left = days_left(u);
    int goes = goes_on(u);
    if (goes != INT_MAX) {
        day_name(u->first_day, first);
        day_name(goes, next);
        fputs("retention ", stdout);
        tool_count((uint64_t)tool_config()->retention_days, "day", "days");
        printf(": the raw log of %s goes after the first day\n          recorded on %s or later; minutes, events and entries stay\n",
               first, next);
    } else if (u->all.day) {
        puts("retention raw log and diary are kept for ever");
    }
    printf("disk      %.1f GB free; recording stops at %.1f GB\n", (double)u->free / 1e9, (double)(u->free - u->room) / 1e9);
    if (left >= 0) {
        fputs("          room for ", stdout);
        tool_count((uint64_t)left, "more day", "more days");
        printf(" at %.1f MB a day, as lately\n", a_day / 1e6);
    }
    if (left < 0 && a_day > 0) printf("          room for all that retention keeps, at %.1f MB a day\n", a_day / 1e6);
}

static void print(const struct usage *u)
{
    printf("%s\n", tool_config()->data);
    print_months(u);
    print_file("diary", u->diary, "");
    print_file("snapshot", u->state, "");
    print_file("reports", u->reports, "pages that 'plumbline report --html' wrote");
    print_file("set aside", u->set_aside, "damaged diaries; rm plumbline.db.damaged-* when you need them no more");
    print_future(u);
}

int cmd_du(int argc, char **argv)
{
    struct usage u = {0};
    bool json = argc == 2 && !strcmp(argv[1], "--json");
    if (argc > 1 && !json) return tool_fail(2, "only --json is known");
    if (tool_data_folder(1)) return 1;
    int failed = look_around(&u, tool_config()->data);
    u.months = json_array();
    if (!failed) failed = log_days(tool_config()->data, INT_MAX, on_day, &u);
    end_month(&u);
    if (!failed && json) {
        json_t *all = to_json(&u);
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(all);
    } else if (!failed) {
        print(&u);
    }
    json_decref(u.months);
    return failed ? tool_fail(1, "%s: %s", tool_config()->data, strerror(-failed)) : 0;
}
