/* The raw log and the diary as CSV. Times are UTC in ISO 8601, then in the units of the column names. */
#include "tool.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct wish {
    const char *what, *file;
    int64_t from_s, to_s;
};

static void stamp(FILE *out, int64_t wall_ns)
{
    time_t s = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    char text[32];
    gmtime_r(&s, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    fprintf(out, "%s.%06lldZ", text, (long long)(wall_ns % NS_PER_S) / NS_PER_US);
}

static void cell(FILE *out, double v)
{
    if (isfinite(v)) fprintf(out, ",%.7g", v);
    else fputc(',', out);
}

static void sample_row(FILE *out, const struct sample *s, int64_t wall_ns)
{
    stamp(out, wall_ns);
    fprintf(out, ",%lld", (long long)s->t_ns);
    for (int i = 0; i < 3; i++) cell(out, s->raw.have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL) ? (double)s->accel_mps2[i] : (double)NAN);
    for (int i = 0; i < 3; i++) cell(out, s->raw.have & HAVE_GYRO ? (double)s->gyro_rads[i] : (double)NAN);
    for (int i = 0; i < 4; i++) cell(out, s->raw.have & HAVE_QUAT ? (double)s->quat[i] : (double)NAN);
    fprintf(out, ",%u\n", s->raw.flags);
}

static int samples(const struct wish *w, FILE *out)
{
    struct log_reader *log;
    struct sample s;
    int64_t wall_ns;
    uint64_t n = 0;
    time_t shown = time(NULL);
    int failed = log_reader_open(tool_config()->data, SECONDS_NS(w->from_s), SECONDS_NS(w->to_s), &log);
    if (failed) return tool_fail(1, "%s: %s", tool_config()->data, strerror(-failed));
    fputs("time,run_ns,ax_mps2,ay_mps2,az_mps2,gx_rads,gy_rads,gz_rads,qw,qx,qy,qz,flags\n", out);
    while (log_reader_next(log, &s, &wall_ns) == 1) {
        sample_row(out, &s, wall_ns);
        if (++n % 65536 == 0 && isatty(STDERR_FILENO) && time(NULL) != shown) {
            shown = time(NULL);
            fprintf(stderr, "\r%llu samples", (unsigned long long)n);
        }
    }
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%llu samples\n", (unsigned long long)n);
    uint64_t damaged = log_reader_damaged(log);
    if (damaged) fprintf(stderr, "%llu damaged blocks were skipped\n", (unsigned long long)damaged);
    log_reader_close(log);
    return 0;
}

static int minute_row(void *arg, const struct minute *m)
{
    FILE *out = arg;
    stamp(out, m->minute * SECONDS_NS(60));
    fprintf(out, ",%d", m->utc_offset_s);
    for (int i = 0; i < POSTURE_COUNT; i++) cell(out, (double)m->posture_s[i]);
    const float rest[] = {m->slouch_sitting_s, m->slouch_standing_s, m->lean_left_s,     m->lean_right_s,
                          m->flexion_mean_deg, m->flexion_sd_deg,    m->flexion_min_deg, m->flexion_max_deg,
                          m->lateral_mean_deg, m->p_sitting,         m->creep};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) cell(out, (double)rest[i]);
    fprintf(out, ",%u,%u,%u\n", m->steps, m->bends, m->shifts);
    return ferror(out) ? -EIO : 0;
}

static int event_row(void *arg, const struct diary_event *e)
{
    FILE *out = arg;
    stamp(out, e->start_wall_ns);
    fputc(',', out);
    if (e->end_wall_ns != EVENT_OPEN) stamp(out, e->end_wall_ns);
    fprintf(out, ",%d,%s,%s,%u", e->utc_offset_s, event_kind_name(e->kind), event_reason_name(e->kind, e->reason), e->id);
    cell(out, (double)e->value);
    fputc('\n', out);
    return ferror(out) ? -EIO : 0;
}

static int diary(const struct wish *w, FILE *out)
{
    struct diary *d;
    char why[256];
    if (diary_open(tool_config()->data, &d, why)) return tool_fail(1, "%s", why);
    int failed;
    if (!strcmp(w->what, "minutes")) {
        fputs("time,utc_offset_s", out);
        for (int i = 0; i < POSTURE_COUNT; i++) fprintf(out, ",%s_s", posture_name((enum posture)i));
        fputs(",slouch_sitting_s,slouch_standing_s,lean_left_s,lean_right_s,flexion_mean_deg,flexion_sd_deg,flexion_min_deg,"
              "flexion_max_deg,lateral_mean_deg,p_sitting,creep,steps,bends,shifts\n", out);
        failed = diary_minutes(d, w->from_s / 60, w->to_s / 60, minute_row, out);
    } else {
        fputs("start,end,utc_offset_s,kind,reason,id,value\n", out);
        failed = diary_events(d, w->from_s, w->to_s, event_row, out);
    }
    diary_close(d);
    return failed ? tool_fail(1, "%s", strerror(-failed)) : 0;
}

static int parse(int argc, char **argv, struct wish *w)
{
    if (argc < 2) return tool_fail(2, "expected samples, minutes or events");
    w->what = argv[1];
    if (strcmp(w->what, "samples") && strcmp(w->what, "minutes") && strcmp(w->what, "events"))
        return tool_fail(2, "'%s' is not samples, minutes or events", w->what);
    for (int i = 2; i < argc; i += 2) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        int64_t *time_s = !strcmp(name, "--from") ? &w->from_s : !strcmp(name, "--to") ? &w->to_s : NULL;
        if (!time_s && strcmp(name, "-o") != 0) return tool_fail(2, "'%s' is not --from, --to or -o", name);
        if (!value) return tool_fail(2, "%s wants a %s", name, time_s ? "time" : "file");
        if (!time_s) w->file = value;
        else if (!tool_time(value, time_s))
            return tool_fail(2, "'%s' is no time; use 2026-03-02, '2026-03-02 18:00', 18:00 or yesterday", value);
    }
    return 0;
}

int cmd_export(int argc, char **argv)
{
    struct wish w = {.to_s = INT64_MAX / NS_PER_S / 2};
    int code = parse(argc, argv, &w);
    if (code) return code;
    FILE *out = w.file ? fopen(w.file, "we") : stdout;
    if (!out) return tool_fail(1, "%s: %s", w.file, strerror(errno));
    code = !strcmp(w.what, "samples") ? samples(&w, out) : diary(&w, out);
    bool bad = ferror(out) || (out == stdout ? fflush(out) : fclose(out));
    return bad ? tool_fail(1, "%s: could not be written (%s)", w.file ? w.file : "standard output", strerror(errno)) : code;
}
