/* Invariants: only words.c, sentence.c and table.c spell figures; colour says nothing that the characters do not. */
#include "lane.h"
#include "pen.h"
#include "sentence.h"
#include "sums.h"
#include "table.h"

#include <errno.h>
#include <math.h>

static const struct {
    const char *glyph, *ascii, *colour;
} postures[POSTURE_COUNT] = {
    [POSTURE_UNSURE] = {"?", "?", "90"},  [POSTURE_SITTING] = {"█", "#", "34"}, [POSTURE_STANDING] = {"▒", "|", "33"},
    [POSTURE_WALKING] = {"░", "~", "32"}, [POSTURE_LYING] = {"▂", "_", "35"},   [POSTURE_NOT_WORN] = {"·", ".", "90"},
    [POSTURE_MISSING] = {" ", " ", "0"},
};

static const struct {
    const char *glyph, *ascii;
} marks[MARK_KIND_COUNT] = {
    [MARK_CORRECTED] = {"✓", "+"}, [MARK_SNOOZED] = {"z", "z"}, [MARK_SKIPPED] = {"–", "-"},
    [MARK_IGNORED] = {"!", "!"},   [MARK_WRONG] = {"×", "x"},   [MARK_WITHDRAWN] = {"∘", "o"},
    [MARK_ROUTINE] = {"R", "R"},   [MARK_WORKOUT] = {"W", "W"}, [MARK_CALIBRATION] = {"C", "C"},
};

static void say(const struct pen *pen, const struct report *r,
                void (*sentence)(const struct report *, char[WORDS_LONG]))
{
    char words[WORDS_LONG];
    sentence(r, words);
    pen_paragraph(pen, words);
}

static void headline(const struct pen *pen, const struct report *r)
{
    struct words_headline h[HEADLINES];
    words_headline(r, h);
    pen_newline(pen);
    for (int i = 0; i < HEADLINES; i++) {
        pen_put(pen, "  ");
        pen_padded(pen, h[i].label, 17);
        pen_colour(pen, "1");
        pen_padded(pen, h[i].figure, 13);
        pen_colour(pen, "0");
        pen_put(pen, h[i].detail);
        bool fits = 2 + 17 + 13 + pen_columns(h[i].detail) + 2 + pen_columns(h[i].compare) <= 78;
        if (h[i].detail[0] && h[i].compare[0]) pen_put(pen, fits ? ", " : ",\n                                ");
        pen_put(pen, h[i].compare);
        pen_newline(pen);
    }
}

static void ribbon_postures(const struct pen *pen, const struct lane *lane, const struct report_day *day)
{
    enum posture cell[LANE_COLUMNS];
    lane_postures(lane, day, cell);
    pen_put(pen, "  ");
    for (unsigned c = 0; c < lane->columns; c++) {
        if (c == 0 || cell[c] != cell[c - 1]) pen_colour(pen, postures[cell[c]].colour);
        pen_glyph(pen, postures[cell[c]].glyph, postures[cell[c]].ascii);
    }
    pen_colour(pen, "0");
    pen_newline(pen);
}

/* A step is 5° forward; leaning back shows as the lowest one. */
static void ribbon_angles(const struct pen *pen, const struct lane *lane, const struct report_day *day)
{
    static const char *const steps[][2] = {{"▁", "0"}, {"▂", "1"}, {"▃", "2"}, {"▄", "3"},
                                           {"▅", "4"}, {"▆", "5"}, {"▇", "6"}, {"█", "7"}};
    double cell[LANE_COLUMNS];
    lane_angles(lane, day, cell);
    pen_put(pen, "  ");
    for (unsigned c = 0; c < lane->columns; c++) {
        int step = isnan(cell[c]) ? 0 : (int)fmin(7, fmax(0, cell[c] / 5));
        if (isnan(cell[c]))
            pen_put(pen, " ");
        else
            pen_glyph(pen, steps[step][0], steps[step][1]);
    }
    pen_newline(pen);
}

static void ribbon_marks(const struct pen *pen, const struct lane *lane, const struct report_day *day)
{
    enum report_mark_kind cell[LANE_COLUMNS];
    lane_marks(lane, day, cell);
    pen_put(pen, "  ");
    for (unsigned c = 0; c < lane->columns; c++) {
        if (cell[c] == MARK_KIND_COUNT)
            pen_put(pen, " ");
        else
            pen_glyph(pen, marks[cell[c]].glyph, marks[cell[c]].ascii);
    }
    pen_newline(pen);
}

static void ribbon_legend(const struct pen *pen)
{
    pen_put(pen, "  ");
    for (int p = POSTURE_SITTING; p <= POSTURE_NOT_WORN; p++) {
        pen_glyph(pen, postures[p].glyph, postures[p].ascii);
        pen_put(pen, " ");
        pen_put(pen, words_posture((enum posture)p));
        pen_put(pen, p == POSTURE_NOT_WORN ? "" : "   ");
    }
    pen_newline(pen);
    pen_glyph(pen, "  ✓ acted on   ! not answered   z snoozed   × wrong   R routine   W workout\n",
              "  + acted on   ! not answered   z snoozed   x wrong   R routine   W workout\n");
    pen_glyph(pen, "  ▁ to █: trunk angle, 5° a step\n", "  0 to 7: trunk angle, 5 degrees a step\n");
}

static void ribbon(const struct pen *pen, const struct report *r)
{
    struct lane lane = lane_of(r->day);
    char hours[LANE_COLUMNS + 1];
    pen_heading(pen, "Your day");
    say(pen, r, sentence_day);
    if (lane.columns == 0) return;
    ribbon_marks(pen, &lane, r->day);
    ribbon_postures(pen, &lane, r->day);
    ribbon_angles(pen, &lane, r->day);
    lane_hours(&lane, r->day, hours);
    pen_put(pen, "  ");
    pen_put(pen, hours);
    pen_newline(pen);
    ribbon_legend(pen);
}

static void angles(const struct pen *pen, const struct report *r)
{
    struct sums sums;
    struct table t;
    double most = 0;
    sums_of(r->day, r->request.n_days, &sums);
    for (int b = 0; b < INCLINATION_BINS; b++) most = fmax(most, sums.bin_min[b]);
    table_angles(r, &t);
    pen_heading(pen, "Trunk angle from upright");
    say(pen, r, sentence_angles);
    for (size_t i = 0; i < t.rows; i++) pen_bar(pen, t.cell[i][0], t.cell[i][1], sums.bin_min[i], most);
    table_free(&t);
}

static void long_bouts(const struct pen *pen, const struct report *r)
{
    struct table t;
    char span[2 * TABLE_CELL + 4];
    table_bouts(r, &t);
    pen_heading(pen, "Stretches of sitting");
    say(pen, r, sentence_bouts);
    for (size_t i = 0; i < t.rows; i++) {
        if (r->day->bout[i].length_min < 30) continue;
        snprintf(span, sizeof span, "%s–%s", t.cell[i][0], t.cell[i][1]);
        pen_bar(pen, span, t.cell[i][2], r->day->bout[i].length_min, r->day->bouts.longest_min);
    }
    table_free(&t);
}

static void workouts(const struct pen *pen, const struct report *r)
{
    struct table t;
    char line[TABLE_COLUMNS * TABLE_CELL];
    table_workouts(r, &t);
    if (t.rows) {
        pen_heading(pen, "Before the workout");
        say(pen, r, sentence_workouts);
    }
    for (size_t i = 0; i < t.rows; i++) {
        char(*cell)[TABLE_CELL] = t.cell[i];
        snprintf(line, sizeof line,
                 "%s  %s: sat %s before, slouched %s of it; creep %s; routine %s; feel %s; sore %s, then %s.", cell[0],
                 cell[1], cell[2], cell[3], cell[4], cell[5], cell[6], cell[7], cell[8]);
        pen_paragraph(pen, line);
    }
    table_free(&t);
}

static void more(const struct pen *pen, const struct report *r)
{
    struct table t;
    table_more(r, &t);
    if (t.rows) pen_heading(pen, "More figures");
    for (size_t i = 0; i < t.rows; i++) {
        pen_put(pen, "  ");
        pen_padded(pen, t.cell[i][0], 42);
        pen_put(pen, t.cell[i][1]);
        pen_newline(pen);
    }
    table_free(&t);
}

static void section(const struct pen *pen, const struct report *r, const char *title, const char *columns,
                    void (*table)(const struct report *, struct table *),
                    void (*sentence)(const struct report *, char[WORDS_LONG]))
{
    struct table t;
    table(r, &t);
    if (t.rows || sentence) pen_heading(pen, title);
    if (sentence) say(pen, r, sentence);
    if (t.rows) pen_table(pen, &t, columns);
    table_free(&t);
}

static void noted(const struct pen *pen, const struct report *r)
{
    if (!r->day->n_noted) return;
    pen_heading(pen, "What you noted");
    say(pen, r, sentence_noted);
}

static void one_day(const struct pen *pen, const struct report *r)
{
    ribbon(pen, r);
    angles(pen, r);
    long_bouts(pen, r);
    section(pen, r, "Prompts", "012", table_prompts, sentence_prompts);
    pen_heading(pen, "Side");
    say(pen, r, sentence_side);
    workouts(pen, r);
    noted(pen, r);
    more(pen, r);
}

static void several_days(const struct pen *pen, const struct report *r)
{
    section(pen, r, "Day by day", "012567", table_days, sentence_day);
    section(pen, r, "Slouched, of sitting", "01234567", table_slouch_map, NULL);
    pen_heading(pen, "Stretches of sitting");
    say(pen, r, sentence_bouts);
    angles(pen, r);
    section(pen, r, "Prompts", "012346", table_responses, sentence_prompts);
    pen_heading(pen, "Side");
    say(pen, r, sentence_side);
    workouts(pen, r);
}

int report_text(const struct report *r, const struct report_style *style, FILE *out)
{
    struct pen pen = {out, *style};
    char title[WORDS_LONG], worn[WORDS_LONG];
    words_title(r, title);
    pen_colour(&pen, "1");
    pen_put(&pen, title);
    pen_colour(&pen, "0");
    pen_newline(&pen);
    bool is_worn = sentence_worn(r, worn);
    pen_paragraph(&pen, worn);
    if (is_worn) headline(&pen, r);
    if (is_worn && r->request.n_days == 1) one_day(&pen, r);
    if (is_worn && r->request.n_days > 1) several_days(&pen, r);
    pen_heading(&pen, r->request.n_days == 1 ? "One thing for tomorrow" : "One thing to try next");
    say(&pen, r, sentence_tomorrow);
    pen_heading(&pen, "What this rests on");
    say(&pen, r, sentence_quality);
    pen_paragraph(&pen, sentence_limits);
    return ferror(out) || fflush(out) == EOF ? -EIO : 0;
}
