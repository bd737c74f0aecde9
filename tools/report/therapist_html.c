/* Invariants: every string goes through escape_text(); the page asks for nothing and has no script; lists are as long
 * at most as therapist.h says, so that one sheet of A4 or Letter holds it. */
#include "escape.h"
#include "therapist_chart.h"
#include "therapist_words.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char style[] =
    "@page { margin: 10mm 13mm; }\n"
    "* { box-sizing: border-box; }\n"
    "body { margin: 0 auto; max-width: 190mm; background: #fff; color: #000; font: 8.2pt/1.27 "
    "\"Noto Sans\", \"DejaVu Sans\", Arial, sans-serif; font-variant-numeric: tabular-nums; }\n"
    "@media screen { body { padding: 11mm 6mm; } }\n"
    "h1 { font-size: 14pt; line-height: 1.2; margin: 0; }\n"
    "h2 { font-size: 9.5pt; margin: 2mm 0 .5mm; border-bottom: .3mm solid #000; break-after: avoid; }\n"
    "p { margin: 0 0 .4mm; } ul { margin: 0; padding-left: 4mm; }\n"
    ".tried li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }\n"
    ".blanks { display: flex; gap: 6mm; margin: 2mm 0 0; } .blanks span { flex: 1; border-bottom: .2mm solid #000; }\n"
    ".two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 7mm; }\n"
    "svg { display: block; width: 100%; height: auto; } svg text { font-size: 7.5px; }\n"
    ".legend { display: flex; flex-wrap: wrap; gap: 0 4mm; }\n"
    ".legend svg { display: inline-block; width: 7mm; vertical-align: middle; }\n"
    "table { border-collapse: collapse; width: 100%; font-size: 7.8pt; }\n"
    "th, td { text-align: right; font-weight: 400; padding: 0; }\n"
    "th:first-child { text-align: left; } thead th { font-weight: 600; border-bottom: .2mm solid #000; }\n"
    "caption { text-align: left; }\n"
    ".line { border-bottom: .2mm solid #000; height: 6mm; }\n"
    ".limits { margin-top: 2mm; font-size: 7pt; }\n";

static void head(const char *paper, FILE *out)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
          "base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<title>For a therapist · Plumbline</title>\n<style>\n",
          out);
    fputs(style, out);
    if (paper) fprintf(out, "@page { size: %s; }\n", paper);
    fputs("</style>\n</head>\n<body>\n", out);
}

static void heading(FILE *out, const char *words)
{
    fputs("<h2>", out);
    escape_text(out, words);
    fputs("</h2>\n", out);
}

static void element(FILE *out, const char *name, const char *words)
{
    fprintf(out, "<%s>", name);
    escape_text(out, words);
    fprintf(out, "</%s>\n", name);
}

static void pain(const struct therapist *t, FILE *out)
{
    struct therapist_line line[THERAPIST_AREAS];
    char words[WORDS_LONG];
    fputs("<section>\n", out);
    heading(out, "Pain");
    therapist_words_pain(t, words);
    element(out, "p", words);
    for (unsigned i = 0; i < t->n_areas; i++) {
        line[i].name = t->area[i].name;
        for (unsigned w = 0; w < t->n_weeks; w++) line[i].value[w] = therapist_mean(&t->area[i].week[w]);
    }
    if (t->n_areas) therapist_chart_lines(t, "Pain by place, week by week", line, t->n_areas, out);
    if (t->n_areas == 1) element(out, "p", t->area[0].name);
    fputs("</section>\n", out);
}

static void state(const struct therapist *t, FILE *out)
{
    struct therapist_line line[2] = {{.name = "stress"}, {.name = "soreness"}};
    bool any = false;
    for (unsigned w = 0; w < t->n_weeks; w++) {
        line[0].value[w] = therapist_mean(&t->week[w].stress);
        line[1].value[w] = therapist_mean(&t->week[w].soreness);
        any |= isfinite(line[0].value[w]) || isfinite(line[1].value[w]);
    }
    fputs("<section>\n", out);
    heading(out, "Stress and soreness");
    element(out, "p", any ? "Weekly means, 0 none to 10 the worst." : "Neither was noted in these weeks.");
    if (any) therapist_chart_lines(t, "Stress and soreness, week by week", line, 2, out);
    fputs("</section>\n", out);
}

static void bars(const struct therapist *t, const char *title, bool slouch, FILE *out)
{
    double value[THERAPIST_WEEKS_MAX];
    char figure[THERAPIST_WEEKS_MAX][16];
    bool any = false;
    for (unsigned w = 0; w < t->n_weeks; w++) {
        value[w] = slouch ? t->week[w].slouch_min : t->week[w].sitting_min / 60;
        any |= isfinite(value[w]);
        words_number(value[w], slouch ? 0 : 1, figure[w]);
    }
    fputs("<section>\n", out);
    heading(out, title);
    if (any)
        therapist_chart_bars(t, title, value, (const char (*)[16])figure, out);
    else
        element(out, "p", "The sensor was not worn long enough on any day.");
    fputs("</section>\n", out);
}

static int weeks(const struct therapist *t, FILE *out)
{
    struct table table;
    therapist_words_weeks(t, &table);
    if (table.failed) return -ENOMEM;
    heading(out, "Week by week");
    fputs("<table>\n<caption>Means of the days worn for four hours and more; long sits are of 30 min and more.</caption>\n"
          "<thead><tr>",
          out);
    for (unsigned c = 0; c < table.columns; c++) fprintf(out, "<th scope=\"col\">%s</th>", table.head[c]);
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < table.rows; i++) {
        for (unsigned c = 0; c < table.columns; c++) {
            fputs(c ? "<td>" : "<tr><th scope=\"row\">", out);
            escape_text(out, table.cell[i][c]);
            fputs(c ? "</td>" : "</th>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n", out);
    table_free(&table);
    return 0;
}

static void range(const struct therapist *t, FILE *out)
{
    static const char *const names[RANGE_WAYS] = {"Forward", "Backward", "To the left", "To the right"};
    char words[WORDS_LONG], line[WORDS_LONG + 32];
    unsigned n = 0;
    fputs("<section>\n", out);
    heading(out, "How far the trunk moves (self-test)");
    for (int i = 0; i < RANGE_WAYS; i++) {
        if (!therapist_words_range(&t->range[i], words)) continue;
        snprintf(line, sizeof line, "%s: %s", names[i], words);
        element(out, "p", line);
        n++;
    }
    if (!n) element(out, "p", therapist_words_no_range);
    fputs("</section>\n", out);
}

static void tried(const struct therapist *t, FILE *out)
{
    char words[WORDS_LONG];
    fputs("<section>\n", out);
    heading(out, "What was tried");
    if (!t->n_items && !t->n_sessions) element(out, "p", therapist_words_no_tries);
    if (t->n_items) fputs("<ul class=\"tried\">\n", out);
    for (unsigned i = 0; i < t->n_items; i++) {
        snprintf(words, sizeof words, "%u × %s", t->item[i].times, t->item[i].name);
        element(out, "li", words);
    }
    if (t->n_items) fputs("</ul>\n", out);
    fputs("</section>\n", out);
}

static void sessions(const struct therapist *t, FILE *out)
{
    char words[WORDS_LONG];
    if (!t->n_sessions) return;
    const char *which = t->sessions > t->n_sessions ? ", the last ones" : "";
    snprintf(words, sizeof words, "Sessions (%u%s)", t->sessions, which);
    heading(out, words);
    fputs("<ul>\n", out);
    for (unsigned i = 0; i < t->n_sessions; i++) {
        therapist_words_session(&t->session[i], words);
        element(out, "li", words);
    }
    fputs("</ul>\n", out);
}

static void health(const struct therapist *t, FILE *out)
{
    char words[WORDS_LONG];
    if (!t->with_health) return;
    heading(out, "Health, as the wearer said");
    snprintf(words, sizeof words, "To be careful with: %s. For a clinician: %s.", t->health, t->red_flags);
    element(out, "p", words);
}

static void questions(FILE *out)
{
    heading(out, "To ask");
    fputs("<ul>\n", out);
    for (int i = 0; i < THERAPIST_QUESTIONS; i++) element(out, "li", therapist_words_questions[i]);
    fputs("</ul>\n<div class=\"line\"></div>\n<div class=\"line\"></div>\n", out);
}

int therapist_html(const struct therapist *t, const char *paper, FILE *out)
{
    char words[WORDS_LONG];
    head(paper, out);
    therapist_words_span(t, words);
    fputs("<header>\n<h1>Back and days, for a therapist</h1>\n", out);
    element(out, "p", words);
    fputs("<p class=\"blanks\"><span>Name</span><span>Born</span><span>Date</span></p>\n</header>\n<main>\n"
          "<div class=\"two\">\n",
          out);
    pain(t, out);
    state(t, out);
    bars(t, "Sitting, hours a day", false, out);
    bars(t, "Slouched, minutes a day", true, out);
    fputs("</div>\n", out);
    int error = weeks(t, out);
    fputs("<div class=\"two\">\n", out);
    range(t, out);
    tried(t, out);
    fputs("</div>\n", out);
    sessions(t, out);
    health(t, out);
    questions(out);
    fputs("<p class=\"limits\">", out);
    escape_text(out, therapist_words_limits);
    fputs("</p>\n</main>\n</body>\n</html>\n", out);
    if (error) return error;
    return ferror(out) || fflush(out) == EOF ? -EIO : 0;
}
