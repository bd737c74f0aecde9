#include "view.h"

#include "tool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const json_t *field(const json_t *status, const char *section, const char *name)
{
    return json_object_get(json_object_get(status, section), name);
}

double view_number(const json_t *status, const char *section, const char *name)
{
    const json_t *v = field(status, section, name);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

const char *view_text(const json_t *status, const char *section, const char *name)
{
    const char *text = json_string_value(field(status, section, name));
    return text ? text : "";
}

bool view_bool(const json_t *status, const char *section, const char *name)
{
    return json_is_true(field(status, section, name));
}

void view_duration(double seconds, char *text, size_t n)
{
    long s = isfinite(seconds) && seconds > 0 ? lround(seconds) : 0;
    if (s < 90)
        snprintf(text, n, "%ld s", s);
    else if (s < 3600)
        snprintf(text, n, "%ld min", (s + 30) / 60);
    else
        snprintf(text, n, "%ld h %02ld min", s / 3600, s % 3600 / 60);
}

void view_coach(const json_t *status, char *text, size_t n)
{
    char wait[32];
    double paused = view_number(status, "coach", "paused_s"), next = view_number(status, "coach", "next_s");
    const char *held = view_text(status, "coach", "held");
    if (paused > 0) {
        view_duration(paused, wait, sizeof wait);
        snprintf(text, n, "paused for %s", wait);
    } else if (held[0]) {
        snprintf(text, n, "held: %s", held);
    } else if (isfinite(next)) {
        view_duration(next, wait, sizeof wait);
        snprintf(text, n, "next: %s in %s", view_text(status, "coach", "next"), wait);
    } else {
        snprintf(text, n, "nothing to say");
    }
}

void view_terminal(int *columns, int *rows)
{
    struct winsize size = {0};
    bool told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    *columns = told && size.ws_col ? size.ws_col : 80;
    *rows = told && size.ws_row ? size.ws_row : 24;
}

int view_cut(const char *text, int columns)
{
    int i = 0;
    for (int used = 0; text[i]; i++) {
        bool begins = ((unsigned char)text[i] & 0xc0) != 0x80;
        if (begins && used++ == columns) break;
    }
    return i;
}

static int columns_of(const char *text, size_t n)
{
    int columns = 0;
    for (size_t i = 0; i < n; i++) columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

void view_paragraph(const char *text, int indent)
{
    int at = indent, columns, rows;
    view_terminal(&columns, &rows);
    if (columns > 80) columns = 80;
    bool begun = false;
    for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
        size_t n = strcspn(word, " ");
        int wide = columns_of(word, n);
        if (begun && at + 1 + wide > columns) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (begun) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)n, word);
        at += wide;
        begun = true;
        word += n;
    }
    putchar('\n');
}

int view_picture(const char *id, unsigned columns, char out[VIEW_PICTURE_MAX])
{
    struct figure f;
    return figure_find(id, &f) ? 0 : (int)figure_text(&f, columns, tool_utf8(), out);
}
