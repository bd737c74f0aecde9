/* Invariants: every string from the diary goes through escape_text() or json_embedded(); the page asks for nothing (its
 * policy allows its own style and script by their hashes and nothing else); every figure stands in a table or a
 * sentence, the script only draws what is already told.
 */
#include "escape.h"
#include "json.h"
#include "sentence.h"
#include "table.h"
#include "web.h"

#include "plumbline/figure.h"

#include <errno.h>
#include <string.h>

/* In a script element only "<" can end it or begin a comment; within JSON it stands in strings alone. */
static int embedded_write(const char *bytes, size_t n, void *file)
{
    FILE *out = file;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '<')
            fputs("\\u003c", out);
        else
            fputc(bytes[i], out);
    }
    return ferror(out) ? -1 : 0;
}

static int json_embedded(FILE *out, const struct report *r)
{
    json_t *o = json_report(r);
    if (!o) return -ENOMEM;
    fputs("<script type=\"application/json\" id=\"report\">", out);
    int failed = json_dump_callback(o, embedded_write, out, JSON_COMPACT | JSON_REAL_PRECISION(10));
    fputs("</script>\n", out);
    json_decref(o);
    return failed ? -EIO : 0;
}

static void head(FILE *out, const char *title)
{
    const char *script = report_web_script_size ? report_web_script_csp : "none";
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
    fprintf(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s'; "
        "base-uri 'none'; form-action 'none'\">\n",
        report_web_style_csp, script);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          out);
    escape_text(out, title);
    fputs(" · Plumbline</title>\n<style>", out);
    fwrite(report_web_style, 1, report_web_style_size, out);
    fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

static void paragraph(FILE *out, const char *class, const char *words)
{
    fprintf(out, "<p class=\"%s\">", class);
    escape_text(out, words);
    fputs("</p>\n", out);
}

/* "6 h 12 min" with the units set smaller. */
static void big_figure(FILE *out, const char *figure)
{
    fputs("<p class=\"big\">", out);
    while (*figure) {
        size_t digits = strspn(figure, "0123456789"), unit = strcspn(figure + digits, "0123456789");
        escape_bytes(out, figure, digits);
        if (unit) fputs("<small>", out);
        escape_bytes(out, figure + digits, unit);
        if (unit) fputs("</small>", out);
        figure += digits + unit;
    }
    fputs("</p>\n", out);
}

static void headline(FILE *out, const struct report *r)
{
    static const char *const classes[] = {"", "less", "same", "more"}, *const arrows[] = {"", "↓", "≈", "↑"};
    struct words_headline h[HEADLINES];
    words_headline(r, h);
    fputs("<section class=\"headline\" aria-label=\"In short\">\n", out);
    for (int i = 0; i < HEADLINES; i++) {
        fputs("<div class=\"card\">\n<h2>", out);
        escape_text(out, h[i].label);
        fputs("</h2>\n", out);
        big_figure(out, h[i].figure);
        if (h[i].detail[0]) paragraph(out, "detail", h[i].detail);
        if (h[i].compare[0]) {
            fprintf(out, "<p class=\"compare %s\"><span aria-hidden=\"true\">%s</span> ", classes[h[i].change],
                    arrows[h[i].change]);
            escape_text(out, h[i].compare);
            fputs("</p>\n", out);
        }
        fputs("</div>\n", out);
    }
    fputs("</section>\n", out);
}

static void table_html(FILE *out, const struct table *t)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
    escape_text(out, t->caption);
    fputs("\"><table>\n<caption>", out);
    escape_text(out, t->caption);
    fputs("</caption>\n<thead><tr>", out);
    for (unsigned c = 0; c < t->columns; c++) {
        fputs("<th scope=\"col\">", out);
        escape_text(out, t->head[c]);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t i = 0; i < t->rows; i++) {
        fputs("<tr>", out);
        for (unsigned c = 0; c < t->columns; c++) {
            fputs(c ? "<td>" : "<th scope=\"row\">", out);
            escape_text(out, t->cell[i][c]);
            fputs(c ? "</td>" : "</th>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n", out);
}

typedef void sentence_fn(const struct report *, char[WORDS_LONG]);
typedef void table_fn(const struct report *, struct table *);

/* The figure of an item, if it has one; its title is read out. */
static void item_figure(FILE *out, const char *id)
{
    size_t n, named = strlen("<svg id=\"\"") + strlen(id);
    const char *svg = figure_svg(id, &n);
    if (!svg) return;
    fputs("<svg class=\"item\" role=\"img\"", out); /* its id could come twice */
    fwrite(svg + named, 1, n - named, out);
    fputc('\n', out);
}

/* A picture (CHART, drawn by the script; NULL none), its sentence, and its twin when there is anything to show. */
static int figure(FILE *out, const struct report *r, const char *chart, const char *title, sentence_fn *sentence,
                  table_fn *table)
{
    struct table t;
    char words[WORDS_LONG];
    table(r, &t);
    int error = t.failed ? -ENOMEM : 0;
    if (sentence) sentence(r, words);
    fputs("<section>\n<h2>", out);
    escape_text(out, title);
    fputs("</h2>\n<figure>\n<figcaption>", out);
    escape_text(out, sentence ? words : t.caption);
    fputs("</figcaption>\n", out);
    if (t.rows) {
        if (chart)
            fprintf(out, "<div class=\"chart\" data-chart=\"%s\"></div>\n<details open><summary>As a table</summary>\n",
                    chart);
        table_html(out, &t);
        if (chart) fputs("</details>\n", out);
    }
    fputs("</figure>\n</section>\n", out);
    table_free(&t);
    return error;
}

static bool is_known(const char *cell) { return strcmp(cell, "–") != 0; }

static void fact(FILE *out, const char *name, const char *value)
{
    if (!is_known(value)) return;
    fputs("<div><dt>", out);
    escape_text(out, name);
    fputs("</dt><dd>", out);
    escape_text(out, value);
    fputs("</dd></div>", out);
}

static const char *const creep_words =
    "* How much the back has been bent lately, 0 to 1: an indicator from a laboratory model, not a measurement.";

static void items_done(FILE *out, const struct report_workout *w)
{
    if (!w->item[0][0]) return;
    fputs("<div class=\"items\">\n", out);
    for (int i = 0; i < REPORT_ITEMS; i++) item_figure(out, w->item[i]);
    fputs("</div>\n", out);
}

static int workouts(FILE *out, const struct report *r)
{
    struct table t;
    char words[WORDS_LONG];
    bool creep = false;
    table_workouts(r, &t);
    int error = t.failed ? -ENOMEM : 0;
    sentence_workouts(r, words);
    if (t.rows) {
        fputs("<section>\n<h2>Before the workout</h2>\n", out);
        paragraph(out, "caption", words);
    }
    bool cards = r->request.n_days == 1;
    if (t.rows && !cards) table_html(out, &t);
    for (size_t i = 0; i < t.rows; i++) {
        creep |= is_known(t.cell[i][4]);
        if (!cards) continue;
        fputs("<article class=\"workout\">\n<h3><span>", out);
        escape_text(out, t.cell[i][0]);
        fputs("</span> ", out);
        escape_text(out, t.cell[i][1]);
        fputs("</h3>\n<dl>", out);
        for (unsigned c = 2; c < t.columns; c++) fact(out, t.head[c], t.cell[i][c]);
        fputs("</dl>\n", out);
        items_done(out, &r->day[0].workout[i]);
        fputs("</article>\n", out);
    }
    if (creep) paragraph(out, "footnote", creep_words);
    if (t.rows) fputs("</section>\n", out);
    table_free(&t);
    return error;
}

static void noted(FILE *out, const struct report *r)
{
    char words[WORDS_LONG];
    if (!r->day->n_noted) return;
    sentence_noted(r, words);
    fputs("<section>\n<h2>What you noted</h2>\n", out);
    paragraph(out, "caption", words);
    fputs("</section>\n", out);
}

static int more(FILE *out, const struct report *r)
{
    struct table t;
    table_more(r, &t);
    int error = t.failed ? -ENOMEM : 0;
    if (t.rows) fputs("<section>\n<h2>More figures</h2>\n<dl class=\"facts\">\n", out);
    for (size_t i = 0; i < t.rows; i++) fact(out, t.cell[i][0], t.cell[i][1]);
    if (t.rows) fputs("</dl>\n</section>\n", out);
    table_free(&t);
    return error;
}

static int one_day(FILE *out, const struct report *r)
{
    int error = figure(out, r, "ribbon", "Your day", sentence_day, table_hours);
    if (error == 0) error = figure(out, r, "angles", "Trunk angle from upright", sentence_angles, table_angles);
    if (error == 0) error = figure(out, r, "bouts", "Stretches of sitting", sentence_bouts, table_bouts);
    if (error == 0) error = figure(out, r, NULL, "Prompts", sentence_prompts, table_prompts);
    if (error == 0) error = figure(out, r, "side", "Side", sentence_side, table_side);
    if (error == 0) error = workouts(out, r);
    if (error == 0) noted(out, r);
    if (error == 0) error = more(out, r);
    return error;
}

static int several_days(FILE *out, const struct report *r)
{
    int error = figure(out, r, "days", "Day by day", sentence_day, table_days);
    if (error == 0) error = figure(out, r, "slouch-map", "When you slouch", NULL, table_slouch_map);
    if (error == 0) error = figure(out, r, "sitting-map", "When you sit", NULL, table_sitting_map);
    if (error == 0) error = figure(out, r, "angles", "Trunk angle from upright", sentence_angles, table_angles);
    if (error == 0) error = figure(out, r, "responses", "Prompts", sentence_prompts, table_responses);
    if (error == 0) error = figure(out, r, "side", "Side", sentence_side, table_side);
    if (error == 0) error = workouts(out, r);
    return error;
}

static int body(FILE *out, const struct report *r)
{
    headline(out, r);
    return r->request.n_days == 1 ? one_day(out, r) : several_days(out, r);
}

/* What the tip asks for, as an item of the catalogue. */
static const char *tip_item(enum report_tip tip)
{
    switch (tip) {
    case TIP_SLOUCH_HOUR:
    case TIP_LONG_BOUT: return "walk3";
    case TIP_LEAN: return "switch";
    case TIP_WEAR_LONGER:
    case TIP_NOTHING: break;
    }
    return "";
}

static void foot(FILE *out, const struct report *r)
{
    char words[WORDS_LONG];
    sentence_tomorrow(r, words);
    fputs("<section class=\"tomorrow\">\n<h2>", out);
    fputs(r->request.n_days == 1 ? "One thing for tomorrow" : "One thing to try next", out);
    fputs("</h2>\n", out);
    paragraph(out, "advice", words);
    if (!r->request.no_exercise) item_figure(out, tip_item(r->tomorrow.tip));
    fputs("</section>\n<footer>\n<h2>What this rests on</h2>\n", out);
    sentence_quality(r, words);
    paragraph(out, "quality", words);
    paragraph(out, "limits", sentence_limits);
    fputs("</footer>\n</main>\n", out);
}

int report_html(const struct report *r, FILE *out)
{
    char title[WORDS_LONG], worn[WORDS_LONG];
    words_title(r, title);
    bool is_worn = sentence_worn(r, worn);
    head(out, title);
    fputs("<header>\n<p class=\"eyebrow\">Plumbline</p>\n<h1>", out);
    escape_text(out, title);
    fputs("</h1>\n", out);
    paragraph(out, "lead", worn);
    fputs("</header>\n", out);
    int error = is_worn ? body(out, r) : 0;
    if (error) return error;
    foot(out, r);
    if (report_web_script_size) {
        error = json_embedded(out, r);
        fputs("<script>", out);
        fwrite(report_web_script, 1, report_web_script_size, out);
        fputs("</script>\n", out);
    }
    fputs("</body>\n</html>\n", out);
    if (error) return error;
    return ferror(out) || fflush(out) == EOF ? -EIO : 0;
}
