#include "recording.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { CLOCK_WAS_SET_S = 5 * 365 * 86400 }; /* since 2000: clocks that nobody set begin there */

int recording_open(struct recording *r, const char *path, const struct import_format *format,
                   const struct import_options *io, const struct recording_options *o, char why[256])
{
    *r = (struct recording){.options = *o};
    r->to_ns = o->to_s < INT64_MAX / NS_PER_S ? SECONDS_NS(o->to_s) : INT64_MAX;
    return import_open(path, format, io, &r->file, why);
}

/* A date on the wall, as if it were UTC, to UTC; in the hour that comes twice in autumn, one of the two. */
static int64_t from_local(int64_t s)
{
    time_t t = (time_t)s;
    struct tm tm;
    gmtime_r(&t, &tm);
    tm.tm_isdst = -1;
    return mktime(&tm);
}

static int not_dated(char why[256])
{
    snprintf(why, 256, "it does not say when it was made; say when it begins: --start '2026-03-02 08:30'");
    return -EINVAL;
}

/* Wall time of the first sample. */
static int find_start(struct recording *r, const struct raw_sample *first, int64_t *wall_ns, char why[256])
{
    struct import_told told;
    import_told(r->file, &told);
    if (first->device_ns == NO_DEVICE_TIME && !(r->options.rate_hz > 0)) {
        snprintf(why, 256,
                 "it does not say when its samples were; say how many came a second: --rate HZ, and --start TIME");
        return -EINVAL;
    }
    if (r->options.start_s != INT64_MIN) return *wall_ns = SECONDS_NS(r->options.start_s), 0;
    if (first->device_ns == NO_DEVICE_TIME || told.clock == IMPORT_NO_CLOCK || told.clock == IMPORT_RUNNING)
        return not_dated(why);
    int64_t s = first->device_ns / NS_PER_S - (first->device_ns < 0), part_ns = first->device_ns - SECONDS_NS(s);
    int64_t shown_s = s + IMPORT_EPOCH_S, wall_s = told.clock == IMPORT_LOCAL ? from_local(shown_s) : shown_s;
    if (s < CLOCK_WAS_SET_S || wall_s > time(NULL) + 86400) {
        time_t t = (time_t)shown_s;
        struct tm tm;
        gmtime_r(&t, &tm);
        snprintf(
            why, 256,
            "its clock says %04d-%02d-%02d %02d:%02d, which cannot be; say when it begins: --start '2026-03-02 08:30'",
            tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
        return -EINVAL;
    }
    *wall_ns = SECONDS_NS(wall_s) + part_ns;
    return 0;
}

/* Whether S lies between, and what it adds to the figures. */
static bool take(struct recording *r, const struct raw_sample *s)
{
    bool gap;
    int64_t wall_ns = timebase_map(&r->timebase, s, 0, &gap);
    r->past = wall_ns >= r->to_ns;
    if (r->past || wall_ns < SECONDS_NS(r->options.from_s)) return false;
    if (r->samples++ == 0)
        r->first_ns = wall_ns;
    else if (gap)
        r->gaps++, r->missing_ns += wall_ns - r->last_ns;
    r->last_ns = wall_ns;
    r->on_change |= (s->flags & SAMPLE_ON_CHANGE) != 0;
    return true;
}

int recording_read(struct recording *r, struct raw_sample *out, int max, char why[256])
{
    int n, kept = 0;
    while (kept == 0 && !r->past && (n = import_read(r->file, out, max)) != 0) {
        if (n < 0) return snprintf(why, 256, "it cannot be read further (%s)", strerror(-n)), n;
        int64_t start_ns = 0;
        int failed = r->started ? 0 : find_start(r, out, &start_ns, why);
        if (failed) return failed;
        if (!r->started) timebase_init(&r->timebase, TIMEBASE_SAMPLES, start_ns, r->options.rate_hz);
        r->started = true;
        for (int i = 0; i < n && !r->past; i++)
            if (take(r, &out[i])) out[kept++] = out[i];
    }
    return kept;
}

void recording_close(struct recording *r) { import_close(r->file); }
