/* The present in the terminal, five times a second: a side view of the trunk, its angle, and what the coach thinks. */
#include "tool.h"
#include "view.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 7, COLUMNS = 21, LINE = 256, PERIOD_MS = 200, TRACE = 40 };

static volatile sig_atomic_t stopped;
static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* A hip, a trunk that leans by FLEXION_DEG (forward is to the right) and a head. */
static void draw_trunk(double flexion_deg, char picture[ROWS][COLUMNS + 1])
{
    for (int r = 0; r < ROWS; r++) {
        memset(picture[r], ' ', COLUMNS);
        picture[r][COLUMNS] = 0;
    }
    double angle = (isfinite(flexion_deg) ? flexion_deg : 0) * 3.14159265 / 180;
    for (int i = 0; i <= 10; i++) {
        double along = i * 0.55;
        int row = ROWS - 1 - (int)lround(along * cos(angle));
        int column = COLUMNS / 2 + (int)lround(2 * along * sin(angle)); /* a character is twice as high as wide */
        if (row >= 0 && row < ROWS && column >= 0 && column < COLUMNS)
            picture[row][column] = i == 10 ? 'O' : i == 0 ? '+' : angle > 0.09 ? '/' : angle < -0.09 ? '\\' : '|';
    }
}

static void draw_trace(const double *trace, int n, char *text, size_t size)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char ascii[] = "_.-=+*#@";
    size_t used = 0;
    bool utf8 = tool_utf8();
    for (int i = 0; i < n && used + 4 < size; i++) {
        int level = isfinite(trace[i]) ? (int)((trace[i] + 10) / 7) : -1;
        level = level > 7 ? 7 : level;
        const char one[2] = {level < 0 ? ' ' : ascii[level], 0};
        used += (size_t)snprintf(text + used, size - used, "%s", level < 0 || !utf8 ? one : bars[level]);
    }
}

/* What stands beside the picture; the angle unknown has its words short enough for 60 columns. */
static void describe(const json_t *s, char line[ROWS][LINE], const char *trace)
{
    char time[32], coach[96];
    double flexion = view_number(s, "posture", "flexion_deg"), threshold = view_number(s, "posture", "slouch_threshold_deg");
    view_duration(view_number(s, "posture", "sitting_s"), time, sizeof time);
    view_coach(s, coach, sizeof coach);
    snprintf(line[0], LINE, "%s (confidence %.0f %%)", view_text(s, "posture", "posture"), 100 * view_number(s, "posture", "confidence"));
    bool up = view_bool(s, "sensor", "up");
    if (isfinite(flexion))
        snprintf(line[1], LINE, "%+.1f° flexion, %+.1f° to the left", flexion, view_number(s, "posture", "lateral_deg"));
    else
        snprintf(line[1], LINE, "%s", up ? "angle unknown: walk a few steps" : "no sensor: plumbline doctor");
    snprintf(line[2], LINE, "%s", isfinite(flexion) || !up ? "" : "(or run plumbline calibrate)");
    if (isfinite(threshold)) snprintf(line[2], LINE, "your line is at %.0f°%s", threshold,
                                      view_bool(s, "posture", "in_slouch_zone") ? ": beyond it" : "");
    snprintf(line[3], LINE, "sitting for %s", isfinite(view_number(s, "posture", "sitting_s")) ? time : "—");
    snprintf(line[4], LINE, "%s", coach);
    snprintf(line[5], LINE, "%s", view_text(s, "sensor", "link"));
    snprintf(line[6], LINE, "%s", trace);
}

static void show(const json_t *s, double *trace, bool first)
{
    char picture[ROWS][COLUMNS + 1], line[ROWS][LINE], bars[TRACE * 4 + 1] = "";
    double flexion = view_number(s, "posture", "flexion_deg");
    /* A line as wide as the terminal would wrap, and one row too many would scroll: the next picture would be off. */
    int width, height;
    view_terminal(&width, &height);
    int room = width - 1 - COLUMNS - 2, shown = room > TRACE ? TRACE : room > 0 ? room : 0;
    memmove(trace, trace + 1, (TRACE - 1) * sizeof *trace);
    trace[TRACE - 1] = flexion;
    draw_trunk(flexion, picture);
    draw_trace(trace + TRACE - shown, shown, bars, sizeof bars);
    describe(s, line, bars);
    int rows = height > ROWS ? ROWS : height > 1 ? height - 1 : 1;
    if (!first) printf("\033[%dA", rows);
    for (int r = ROWS - rows; r < ROWS; r++) {
        char whole[COLUMNS + 2 + LINE];
        snprintf(whole, sizeof whole, "%s  %s", picture[r], line[r]);
        printf("\r%.*s\033[K\n", view_cut(whole, width - 1), whole);
    }
    fflush(stdout);
}

static void show_line(const json_t *s)
{
    printf("%s %.1f %.1f\n", view_text(s, "posture", "posture"), view_number(s, "posture", "flexion_deg"),
           view_number(s, "posture", "lateral_deg"));
    fflush(stdout);
}

int cmd_live(int argc, char **argv)
{
    const char *const words[] = {"status"};
    double trace[TRACE];
    bool terminal = isatty(STDOUT_FILENO);
    (void)argv;
    if (argc > 1) return tool_fail(2, "live takes no words");
    for (int i = 0; i < TRACE; i++) trace[i] = NAN;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (terminal) fputs("\033[?25l", stdout); /* no cursor while drawing */
    int code = 0;
    for (bool first = true; !stopped; first = false) {
        json_t *s;
        if ((code = client_do(words, 1, &s))) break;
        if (terminal) show(s, trace, first);
        else show_line(s);
        json_decref(s);
        poll(NULL, 0, PERIOD_MS);
    }
    if (terminal) fputs("\033[?25h", stdout);
    return code;
}
