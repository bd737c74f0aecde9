/* Live, run time follows a line under all arrivals (device time → read time): delay only ever adds, so the line's best
 * place is as high as no arrival lies below it. Invariants:
 *   no arrival of the present mapping lies below the line; an earlier one lowers the line at once
 *   mapped time rises strictly and goes to the line by slewing; it steps only where the mapping is begun anew
 *   window[] holds the earliest arrival of each window; windows grow from 1 to 16 s, so that a first estimate comes
 *   soon and a later one is steady; clockless devices count samples × unit_ns as their device time
 * A sample "after" its own arrival, or a clock that runs back, cannot be: begin anew, keeping the learnt slope.
 */
#include "plumbline/sensor.h"

#include <math.h>
#include <string.h>

static const double CLOCK_TOLERANCE = 500e-6; /* no crystal is worse */
static const double YOUNG_SLEW = 0.2, SLEW = 0.01;
static const double PERIOD_MIN_NS = 0.5e6, PERIOD_MAX_NS = 2e9;

static const int64_t GAP_NS = 100 * (int64_t)NS_PER_MS;
static const int64_t PAUSE_NS = SECONDS_NS(2);    /* clockless, on change: after such silence samples are taken to be lost */
static const int64_t LATE_FOR_NS = SECONDS_NS(5); /* lateness that lasts is no delay */
static const int64_t IMPOSSIBLE_NS = SECONDS_NS(1);
static const int64_t FIT_SPAN_NS = SECONDS_NS(30); /* a crystal's error is learnt from no less */
static const int64_t FIRST_WINDOW_NS = SECONDS_NS(1), LAST_WINDOW_NS = SECONDS_NS(16);
static const int64_t COUNT_SPAN_NS = SECONDS_NS(10);
static const int64_t AT_ONCE_MAX_NS = SECONDS_NS(30); /* what a listener has gathered before he understands */
static const int64_t JUMP_NS = SECONDS_NS(30 * 86400); /* replay: a longer absence is a wrong clock */
static const int64_t RUN_MAX_NS = INT64_MAX / 2;
static const int64_t DEVICE_MAX_NS = INT64_MAX / 4; /* 73 years: differences of what a device claims do not overflow */

void timebase_init(struct timebase *tb, enum timebase_mode mode, int64_t start_run_ns, double rate_hz)
{
    memset(tb, 0, sizeof *tb);
    tb->mode = mode;
    tb->start_run_ns = start_run_ns;
    tb->rate_known = rate_hz > 0 && mode == TIMEBASE_SAMPLES;
    tb->period_ns = rate_hz > 0 ? NS_PER_S / rate_hz : 0;
    tb->unit_ns = rate_hz > 0 ? tb->period_ns : 10 * NS_PER_MS;
    tb->slope = 1;
    tb->late_since_ns = -1;
    tb->newest_ns = -DEVICE_MAX_NS;
}

static double clamp(double v, double low, double high) { return v < low ? low : v > high ? high : v; }

static int64_t device_time(const struct timebase *tb, const struct raw_sample *raw)
{
    if (raw->device_ns == NO_DEVICE_TIME) return llround(fmin((double)raw->index * tb->unit_ns, (double)DEVICE_MAX_NS));
    return raw->device_ns < -DEVICE_MAX_NS ? -DEVICE_MAX_NS : raw->device_ns > DEVICE_MAX_NS ? DEVICE_MAX_NS : raw->device_ns;
}

static int64_t line_at(const struct timebase *tb, int64_t device_ns)
{
    return tb->anchor.read_ns + llround(clamp(tb->slope * ((double)device_ns - (double)tb->anchor.device_ns), -4e18, 4e18));
}

static int64_t above_line(const struct timebase *tb, struct timebase_point p)
{
    return p.read_ns - line_at(tb, p.device_ns);
}

static double clamp_slope(const struct timebase *tb, double slope)
{
    if (tb->clocked) return clamp(slope, 1 - CLOCK_TOLERANCE, 1 + CLOCK_TOLERANCE);
    return clamp(slope, PERIOD_MIN_NS / tb->unit_ns, PERIOD_MAX_NS / tb->unit_ns);
}

/* A new line through ANCHOR, which came with sample RAW's device time at DEVICE_NS. */
static void begin(struct timebase *tb, struct timebase_point anchor, const struct raw_sample *raw, int64_t device_ns,
                  int64_t t_read_ns)
{
    bool clocked = raw->device_ns != NO_DEVICE_TIME;
    if (tb->started) tb->steps++;
    if (!tb->started || clocked != tb->clocked) tb->slope = 1;
    tb->clocked = clocked;
    tb->started = true;
    tb->anchor = anchor;
    tb->first = tb->best = (struct timebase_point){device_ns, t_read_ns};
    tb->windows = 0;
    tb->window_ns = FIRST_WINDOW_NS;
    tb->window_start_ns = t_read_ns;
    tb->late_since_ns = -1;
    tb->count_device_ns = device_ns;
    tb->count_index = raw->index;
}

/* The highest line under all windows' points at their middle: it goes through two of them (792 comparisons at most). */
static bool fit(const struct timebase *tb, double *slope)
{
    const struct timebase_point *w = tb->window, o = w[0];
    double middle = 0, highest = -INFINITY;
    for (int i = 0; i < tb->windows; i++) middle += (double)(w[i].device_ns - o.device_ns) / tb->windows;
    for (int i = 0; i < tb->windows; i++)
        for (int j = i + 1; j < tb->windows; j++) {
            double x = (double)(w[i].device_ns - o.device_ns), y = (double)(w[i].read_ns - o.read_ns);
            double run = (double)(w[j].device_ns - w[i].device_ns), rise = (double)(w[j].read_ns - w[i].read_ns);
            bool under = run > 0 && y + (middle - x) * rise / run > highest;
            for (int k = 0; k < tb->windows && under; k++) {
                double dx = (double)(w[k].device_ns - w[i].device_ns), dy = (double)(w[k].read_ns - w[i].read_ns);
                under = dy - dx * rise / run >= -1;
            }
            if (!under) continue;
            highest = y + (middle - x) * rise / run;
            *slope = rise / run;
        }
    return highest > -INFINITY;
}

static void refit(struct timebase *tb)
{
    double slope = 1;
    int64_t span_ns = tb->window[tb->windows - 1].device_ns - tb->window[0].device_ns;
    if (tb->windows < 2 || (tb->clocked && span_ns < FIT_SPAN_NS) || !fit(tb, &slope)) return;
    tb->slope = clamp_slope(tb, slope);
    if (!tb->clocked) tb->rate_known = true;
    tb->anchor = tb->window[0];
    for (int i = 1; i < tb->windows; i++)
        if (above_line(tb, tb->window[i]) < 0) tb->anchor = tb->window[i];
}

static void halve_windows(struct timebase *tb)
{
    for (int i = 0; i < TIMEBASE_WINDOWS / 2; i++) {
        struct timebase_point a = tb->window[2 * i], b = tb->window[2 * i + 1];
        tb->window[i] = above_line(tb, a) <= above_line(tb, b) ? a : b;
    }
    tb->windows = TIMEBASE_WINDOWS / 2;
    tb->window_ns *= 2;
}

static void close_window(struct timebase *tb, struct timebase_point p)
{
    if (tb->windows == TIMEBASE_WINDOWS && tb->window_ns < LAST_WINDOW_NS) halve_windows(tb);
    if (tb->windows == TIMEBASE_WINDOWS)
        memmove(tb->window, tb->window + 1, sizeof tb->window - sizeof tb->window[0]);
    else
        tb->windows++;
    tb->window[tb->windows - 1] = tb->best;
    refit(tb);
    tb->window_start_ns = p.read_ns;
    tb->best = p;
}

/* Takes arrival P into the envelope. */
static void observe(struct timebase *tb, struct timebase_point p)
{
    if (!tb->clocked && !tb->rate_known && p.read_ns > tb->first.read_ns && p.device_ns > tb->first.device_ns)
        tb->slope =
            clamp_slope(tb, (double)(p.read_ns - tb->first.read_ns) / (double)(p.device_ns - tb->first.device_ns));
    if (above_line(tb, p) < 0) tb->anchor = p;
    if (above_line(tb, p) <= above_line(tb, tb->best)) tb->best = p;
    if (p.read_ns - tb->window_start_ns >= tb->window_ns) close_window(tb, p);
}

static int64_t late_ns(const struct timebase *tb)
{
    if (tb->clocked) return IMPOSSIBLE_NS;
    int64_t periods = llround(3 * tb->slope * tb->unit_ns);
    return periods > GAP_NS ? periods : GAP_NS;
}

/* Whether everything that came lately was late: samples were lost uncounted, or the device's clock stood still. */
static bool is_left_behind(struct timebase *tb, struct timebase_point p)
{
    if (above_line(tb, p) <= late_ns(tb) || (!tb->clocked && tb->windows < 3)) {
        tb->late_since_ns = -1;
        return false;
    }
    if (tb->late_since_ns < 0) {
        tb->late_since_ns = p.read_ns;
        tb->late_best = p;
    }
    if (above_line(tb, p) < above_line(tb, tb->late_best)) tb->late_best = p;
    return p.read_ns - tb->late_since_ns > LATE_FOR_NS;
}

static bool is_new_epoch(const struct timebase *tb, const struct raw_sample *raw, int64_t device_ns)
{
    return !tb->started || (raw->flags & SAMPLE_RESTARTED) || device_ns < tb->last_device_ns ||
           tb->clocked != (raw->device_ns != NO_DEVICE_TIME);
}

/* The last sample's time carried on, and brought nearer to the line. */
static int64_t slewed(const struct timebase *tb, int64_t device_ns)
{
    double step = tb->slope * (double)(device_ns - tb->last_device_ns);
    double reach = step * (tb->windows < 2 ? YOUNG_SLEW : SLEW);
    double astray = (double)(line_at(tb, device_ns) - tb->last_run_ns) - step;
    return tb->last_run_ns + llround(step + clamp(astray, -reach, reach));
}

void timebase_newest(struct timebase *tb, const struct raw_sample *raw) { tb->newest_ns = device_time(tb, raw); }

static int64_t map_live(struct timebase *tb, const struct raw_sample *raw, int64_t device_ns, int64_t t_read_ns,
                        bool *anew)
{
    struct timebase_point p = {device_ns, t_read_ns};
    bool counted_out = !tb->clocked && t_read_ns - tb->last_read_ns > PAUSE_NS + late_ns(tb);
    *anew = is_new_epoch(tb, raw, device_ns) || counted_out || above_line(tb, p) < -IMPOSSIBLE_NS;
    if (*anew) {
        int64_t ahead_ns = tb->newest_ns - device_ns;
        if (ahead_ns > 0 && ahead_ns <= AT_ONCE_MAX_NS) p.device_ns = tb->newest_ns;
        begin(tb, p, raw, device_ns, t_read_ns);
        tb->first = tb->best = p;
    } else if (!(raw->flags & SAMPLE_FROM_LOG)) {
        *anew = is_left_behind(tb, p);
        if (*anew) begin(tb, tb->late_best, raw, device_ns, t_read_ns);
        observe(tb, p);
    }
    return *anew ? line_at(tb, device_ns) : slewed(tb, device_ns);
}

static int64_t map_replay(struct timebase *tb, const struct raw_sample *raw, int64_t device_ns, bool *anew)
{
    *anew = is_new_epoch(tb, raw, device_ns) || device_ns - tb->last_device_ns > JUMP_NS;
    if (*anew) {
        int64_t run_ns = tb->started ? tb->last_run_ns + llround(tb->period_ns) : tb->start_run_ns;
        begin(tb, (struct timebase_point){device_ns, run_ns}, raw, device_ns, run_ns);
    }
    return line_at(tb, device_ns);
}

/* A device with a clock: its time over its count, from the second sample on and afresh every ten seconds. A gap ends a
 * count, for a decoder's index does not know what was lost. */
static void count_period(struct timebase *tb, const struct raw_sample *raw, int64_t device_ns, bool gap)
{
    int64_t span_ns = device_ns - tb->count_device_ns;
    bool due = span_ns >= COUNT_SPAN_NS;
    bool counted = !gap && raw->index > tb->count_index && span_ns > 0;
    if (counted && (due || !tb->rate_known))
        tb->period_ns = tb->slope * (double)span_ns / (double)(raw->index - tb->count_index);
    if (!due && !gap) return;
    tb->rate_known = tb->rate_known || counted;
    tb->count_device_ns = device_ns;
    tb->count_index = raw->index;
}

static bool is_gap(const struct timebase *tb, int64_t run_ns)
{
    double passed_ns = (double)(run_ns - tb->last_run_ns);
    return tb->period_ns > 0 && passed_ns - tb->period_ns > (double)GAP_NS && passed_ns > 3 * tb->period_ns;
}

/* A device that speaks on change, live. A reader takes what has come several times a second; how many it is, only the
 * read before can tell, so that after a change of pace one read's samples lie too near together or too early, in it. */
static int64_t map_arrival(struct timebase *tb, int64_t t_read_ns, bool *gap)
{
    if (!tb->started) {
        *gap = false;
        tb->started = true;
        tb->before_read_ns = tb->last_read_ns = tb->last_run_ns = t_read_ns;
        return t_read_ns;
    }
    if (t_read_ns > tb->last_read_ns) {
        tb->period_ns = (double)(t_read_ns - tb->last_read_ns) / (tb->in_read ? tb->in_read : 1);
        tb->before_read_ns = tb->last_read_ns;
        tb->last_read_ns = t_read_ns;
        tb->in_read = 0;
    }
    tb->in_read++;
    int64_t then_ns = tb->last_run_ns, run_ns = then_ns + llround(tb->period_ns);
    if (run_ns < tb->before_read_ns) run_ns = tb->before_read_ns;
    if (run_ns > tb->last_read_ns) run_ns = tb->last_read_ns;
    tb->last_run_ns = run_ns > then_ns ? run_ns : then_ns + 1;
    *gap = tb->last_run_ns - then_ns > PAUSE_NS;
    return tb->last_run_ns;
}

int64_t timebase_map(struct timebase *tb, const struct raw_sample *raw, int64_t t_read_ns, bool *gap)
{
    if (tb->mode == TIMEBASE_LIVE && raw->flags & SAMPLE_ON_CHANGE) return map_arrival(tb, t_read_ns, gap);
    bool anew, first = !tb->started;
    int64_t device_ns = device_time(tb, raw);
    int64_t run_ns = tb->mode == TIMEBASE_LIVE ? map_live(tb, raw, device_ns, t_read_ns, &anew)
                                               : map_replay(tb, raw, device_ns, &anew);
    if (run_ns > RUN_MAX_NS) run_ns = RUN_MAX_NS;
    if (!first && run_ns <= tb->last_run_ns) run_ns = tb->last_run_ns + 1;
    if (!tb->clocked) tb->period_ns = tb->slope * tb->unit_ns;
    *gap = !first && (anew || is_gap(tb, run_ns));
    if (tb->clocked) count_period(tb, raw, device_ns, *gap);
    tb->last_device_ns = device_ns;
    tb->last_run_ns = run_ns;
    tb->last_read_ns = t_read_ns;
    return run_ns;
}

double timebase_rate_hz(const struct timebase *tb)
{
    bool known = tb->period_ns > 0 && (tb->clocked || tb->rate_known);
    return known ? NS_PER_S / tb->period_ns : 0;
}

double timebase_ppm(const struct timebase *tb) { return tb->clocked ? (1 / tb->slope - 1) * 1e6 : 0; }
