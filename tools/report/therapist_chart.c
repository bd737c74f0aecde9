/* Invariant: all that is drawn lies within WIDE × HIGH; figures are spelt with a point, whatever the locale of the
 * reader (the program never sets one). */
#include "therapist_chart.h"

#include "escape.h"
#include "therapist_words.h"

#include <math.h>

enum { WIDE = 340, HIGH = 104, BARS_HIGH = 70, LEFT = 18, RIGHT = 6, TOP = 8, BOTTOM = 16 };

static const char *const dashes[THERAPIST_LINES] = {"none", "6 3", "2 2", "8 2 2 2"};

static double x_of(const struct therapist *t, unsigned week)
{
    return LEFT + (WIDE - LEFT - RIGHT) * (week + 0.5) / t->n_weeks;
}

static double y_of(double value) { return TOP + (HIGH - TOP - BOTTOM) * (1 - fmin(fmax(value, 0), 10) / 10); }

static void begin(FILE *out, const char *title, int high)
{
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDE, high);
    escape_text(out, title);
    fputs("\">\n", out);
}

static void weeks(const struct therapist *t, int high, FILE *out)
{
    char words[WORDS_SHORT];
    for (unsigned w = 0; w < t->n_weeks; w++) {
        therapist_words_week(t->week[w].first, words);
        fprintf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x_of(t, w), high - 4, words);
    }
}

/* Filled or open, round or square: seen in a bad copy too. */
static void mark(FILE *out, unsigned series, double x, double y)
{
    const char *fill = series & 1 ? "#fff" : "#000";
    if (series < 2)
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"%s\" stroke=\"#000\"/>", x, y, fill);
    else
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"5\" height=\"5\" fill=\"%s\" stroke=\"#000\"/>", x - 2.5,
                y - 2.5, fill);
}

static void draw_line(const struct therapist *t, const struct therapist_line *line, unsigned series, FILE *out)
{
    for (unsigned w = 1; w < t->n_weeks; w++)
        if (isfinite(line->value[w - 1]) && isfinite(line->value[w]))
            fprintf(out,
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#000\" stroke-dasharray=\"%s\"/>\n",
                    x_of(t, w - 1), y_of(line->value[w - 1]), x_of(t, w), y_of(line->value[w]), dashes[series]);
    for (unsigned w = 0; w < t->n_weeks; w++)
        if (isfinite(line->value[w])) mark(out, series, x_of(t, w), y_of(line->value[w]));
    fputc('\n', out);
}

static void legend(const struct therapist_line *line, unsigned n, FILE *out)
{
    fputs("<p class=\"legend\">", out);
    for (unsigned i = 0; i < n; i++) {
        fputs("<span><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\">", out);
        fprintf(out, "<line x1=\"0\" y1=\"4\" x2=\"24\" y2=\"4\" stroke=\"#000\" stroke-dasharray=\"%s\"/>", dashes[i]);
        mark(out, i, 12, 4);
        fputs("</svg> ", out);
        escape_text(out, line[i].name);
        fputs("</span> ", out);
    }
    fputs("</p>\n", out);
}

void therapist_chart_lines(const struct therapist *t, const char *title, const struct therapist_line *line, unsigned n,
                           FILE *out)
{
    begin(out, title, HIGH);
    for (int value = 0; value <= 10; value += 5)
        fprintf(out,
                "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#999\" stroke-width=\"0.5\"/>"
                "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n",
                LEFT, y_of(value), WIDE - RIGHT, y_of(value), LEFT - 4, y_of(value) + 3, value);
    for (unsigned i = 0; i < n; i++) draw_line(t, &line[i], i, out);
    weeks(t, HIGH, out);
    fputs("</svg>\n", out);
    if (n > 1) legend(line, n, out);
}

void therapist_chart_bars(const struct therapist *t, const char *title, const double value[THERAPIST_WEEKS_MAX],
                          const char (*figure)[16], FILE *out)
{
    double most = 0, room = BARS_HIGH - BOTTOM - 2 * TOP, width = (WIDE - LEFT - RIGHT) * 0.5 / t->n_weeks;
    for (unsigned w = 0; w < t->n_weeks; w++) most = fmax(most, value[w]); /* passes over NAN */
    begin(out, title, BARS_HIGH);
    for (unsigned w = 0; w < t->n_weeks; w++) {
        if (!isfinite(value[w])) continue;
        double high = most > 0 ? room * value[w] / most : 0, y = BARS_HIGH - BOTTOM - high;
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#bbb\" stroke=\"#000\"/>",
                x_of(t, w) - width / 2, y, width, high);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x_of(t, w), y - 3);
        escape_text(out, figure[w]);
        fputs("</text>\n", out);
    }
    fprintf(out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#000\"/>\n", LEFT, BARS_HIGH - BOTTOM,
            WIDE - RIGHT, BARS_HIGH - BOTTOM);
    weeks(t, BARS_HIGH, out);
    fputs("</svg>\n", out);
}
