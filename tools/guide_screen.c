/* Invariants: whoever took the terminal gives it back on every way out: the end, a signal, being stopped. A picture is one
 * write, no line is as wide as the terminal and there is never one row too many, so that nothing wraps or scrolls. */
#include "guide_screen.h"

#include "tool.h"
#include "view.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { WIDEST = 78, LINE_MAX_BYTES = 512, BAR_MAX = 40, PICTURE_COLUMNS = 24, ROWS_OF_WORDS = 11 };

static struct termios before;
static bool taken;
static volatile sig_atomic_t ended, stopped, resumed;

static void on_end(int number) { ended = number; }
static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void take(void)
{
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    fputs("\033[?1049h\033[?25l", stdout);
    fflush(stdout);
    taken = true;
}

bool guide_screen_open(void)
{
    struct sigaction act = {.sa_handler = on_end};
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before)) return false;
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) sigaction(ending[i], &act, NULL);
    act.sa_handler = on_stop;
    sigaction(SIGTSTP, &act, NULL);
    atexit(guide_screen_close);
    take();
    return true;
}

void guide_screen_close(void)
{
    if (!taken) return;
    taken = false;
    fputs("\033[?25h\033[?1049l", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

static void stop_here(void)
{
    stopped = 0;
    guide_screen_close();
    raise(SIGSTOP);
    take();
    resumed = 1;
}

int guide_screen_signal(void) { return ended; }

bool guide_screen_resumed(void)
{
    bool was = resumed;
    resumed = 0;
    return was;
}

int guide_screen_key(int wait_ms)
{
    char keys[32];
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    int ready = poll(&in, 1, wait_ms);
    if (stopped) stop_here();
    if (ended) return -1;
    if (ready <= 0) return 0;
    ssize_t n = read(STDIN_FILENO, keys, sizeof keys);
    if (n == 0 || (n < 0 && ready > 0 && !(in.revents & POLLIN))) return -1;
    if (n <= 0 || keys[0] == '\033') return 0; /* arrows and the like */
    return (unsigned char)keys[0];
}

/* ---- the picture ------------------------------------------------------------------------------------------------- */

struct frame {
    FILE *out;
    int width, rows, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct frame *f, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list arguments;
    if (f->used >= f->rows) return;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(f->out, "%s%.*s\033[K", f->used++ ? "\r\n" : "", view_cut(line, f->width), line);
}

/* TEXT in lines of the frame's width, the first behind LEAD, the others below it. */
static void put_wrapped(struct frame *f, const char *lead, const char *text)
{
    int indent = (int)strlen(lead), room = f->width - indent > 12 ? f->width - indent : 12;
    for (bool first = true; *text || first; first = false) {
        int n = view_cut(text, room), whole = n;
        if (text[n])
            while (whole > 0 && text[whole] != ' ') whole--;
        if (whole > 0) n = whole;
        if (first)
            put(f, "%s%.*s", lead, n, text);
        else
            put(f, "%*s%.*s", indent, "", n, text);
        text += n;
        text += strspn(text, " ");
    }
}

static void put_bar(struct frame *f, double part)
{
    char bar[BAR_MAX * 3 + 1] = "";
    int columns = f->width - 14 < BAR_MAX ? f->width - 14 : BAR_MAX;
    int full = (int)lround(columns * fmin(1, fmax(0, part)));
    for (int i = 0; i < columns; i++) strcat(bar, tool_utf8() ? (i < full ? "█" : "░") : (i < full ? "#" : "."));
    put(f, "  %s", bar);
}

/* As large as the SPARE rows allow, or not at all. */
static void put_picture(struct frame *f, const char *id, int spare)
{
    char lines[VIEW_PICTURE_MAX];
    int n = 0;
    for (unsigned columns = PICTURE_COLUMNS; columns >= FIGURE_COLUMNS_MIN; columns -= 2) {
        n = view_picture(id, columns, lines);
        if (n + 1 <= spare) break;
    }
    if (n == 0 || n + 1 > spare) return;
    for (char *rest = lines, *line; (line = strsep(&rest, "\n")) && *line;) put(f, "  %s", line);
    put(f, "%s", "");
}

static void put_time(struct frame *f, const struct guide *g)
{
    char left[32];
    snprintf(left, sizeof left, "%d:%02d", (int)ceil(g->left_s) / 60, (int)ceil(g->left_s) % 60);
    if (g->phase == GUIDE_LEAD && g->paused)
        put(f, "  ready when you are: space");
    else if (g->phase == GUIDE_LEAD)
        put(f, "  begins in %s", left);
    else
        put(f, "  %s left%s%s", left, guide_second_side(g) ? "   the other side now" : "",
            g->paused ? "   paused" : "");
    put_bar(f, g->phase == GUIDE_RUN ? 1 - g->left_s / g->item[g->at].seconds : 0);
}

/* The time stands above what may not fit. */
static void put_item(struct frame *f, const struct guide *g)
{
    const struct guide_item *item = &g->item[g->at];
    char name[LINE_MAX_BYTES];
    put(f, "%s", "");
    snprintf(name, sizeof name, "%s — %s", item->name, item->dose);
    put_wrapped(f, "  ", name);
    put_time(f, g);
    put(f, "%s", "");
    put_picture(f, item->id, f->rows - f->used - ROWS_OF_WORDS);
    for (int i = 0; i < ITEM_STEPS; i++)
        if (item->step[i][0]) put_wrapped(f, "  - ", item->step[i]);
    put_wrapped(f, "  stop at: ", item->stop);
    put(f, "%s", "");
}

void guide_screen_draw(const struct guide *g, bool bell)
{
    char *text = NULL, all[32];
    size_t size = 0;
    struct frame f = {.out = open_memstream(&text, &size)};
    if (!f.out) return;
    int width;
    view_terminal(&width, &f.rows);
    f.width = width - 1 < WIDEST ? width - 1 : WIDEST;
    fputs(bell ? "\a\033[H" : "\033[H", f.out);
    view_duration(guide_left_s(g), all, sizeof all);
    put(&f, "  %u of %u, %s to go", g->at + 1, g->n, all);
    if (g->phase != GUIDE_OVER) put_item(&f, g);
    if (g->at + 1 < g->n) put(&f, "  then: %s", g->item[g->at + 1].name);
    put(&f, "%s", "");
    put_wrapped(&f, "  ",
                g->phase == GUIDE_LEAD ? "space begin, s skip, q stop" : "space pause, enter done, s skip, q stop");
    fputs("\033[J", f.out);
    fclose(f.out);
    for (size_t sent = 0; sent < size;) { /* past stdio, which sends a terminal line by line */
        ssize_t n = write(STDOUT_FILENO, text + sent, size - sent);
        if (n < 0 && errno != EINTR) break;
        sent += n > 0 ? (size_t)n : 0;
    }
    free(text);
}
