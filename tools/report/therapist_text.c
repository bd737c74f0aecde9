/* The sheet in a terminal: the same figures and words as on paper, and lines to fill in when it is printed. */
#include "pen.h"
#include "therapist_words.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void pain(const struct pen *pen, const struct therapist *t)
{
    char words[WORDS_LONG];
    therapist_words_pain(t, words);
    pen_heading(pen, "Pain");
    pen_paragraph(pen, words);
    for (unsigned i = 0; t->n_areas && i <= t->n_areas; i++) {
        const struct therapist_area *a = i ? &t->area[i - 1] : NULL;
        pen_put(pen, "  ");
        pen_padded(pen, a ? a->name : "Week of", THERAPIST_AREA_NAME - 2);
        for (unsigned w = 0; w < t->n_weeks; w++) {
            if (a) words_number(therapist_mean(&a->week[w]), 1, words);
            else therapist_words_week(t->week[w].first, words);
            pen_padded(pen, words, w + 1 < t->n_weeks ? 7 : 0);
        }
        pen_newline(pen);
    }
}

static void range(const struct pen *pen, const struct therapist *t)
{
    static const char *const names[RANGE_WAYS] = {"forward", "backward", "to the left", "to the right"};
    char words[WORDS_LONG];
    bool any = false;
    pen_heading(pen, "How far the trunk moves (self-test)");
    for (int i = 0; i < RANGE_WAYS; i++) {
        if (!therapist_words_range(&t->range[i], words)) continue;
        any = true;
        pen_put(pen, "  ");
        pen_padded(pen, names[i], 14);
        pen_put(pen, words);
        pen_newline(pen);
    }
    if (!any) pen_paragraph(pen, therapist_words_no_range);
}

static void tried(const struct pen *pen, const struct therapist *t)
{
    char words[WORDS_LONG];
    pen_heading(pen, "What was tried");
    if (!t->n_items && !t->n_sessions) pen_paragraph(pen, therapist_words_no_tries);
    for (unsigned i = 0; i < t->n_items; i++) {
        snprintf(words, sizeof words, "%u × %s", t->item[i].times, t->item[i].name);
        pen_paragraph(pen, words);
    }
    for (unsigned i = 0; i < t->n_sessions; i++) {
        therapist_words_session(&t->session[i], words);
        pen_paragraph(pen, words);
    }
}

static void health(const struct pen *pen, const struct therapist *t)
{
    char words[WORDS_LONG];
    if (!t->with_health) return;
    pen_heading(pen, "Health, as the wearer said");
    snprintf(words, sizeof words, "To be careful with: %s.", t->health);
    pen_paragraph(pen, words);
    snprintf(words, sizeof words, "For a clinician: %s.", t->red_flags);
    pen_paragraph(pen, words);
}

int therapist_text(const struct therapist *t, const struct report_style *style, FILE *out)
{
    const struct pen pen = {out, *style};
    char words[WORDS_LONG];
    struct table weeks;
    therapist_words_span(t, words);
    pen_colour(&pen, "1");
    pen_put(&pen, "For a therapist: ");
    pen_put(&pen, words);
    pen_colour(&pen, "0");
    pen_newline(&pen);
    pen_put(&pen, "  Name ______________________________   Date ______________________________\n");
    pain(&pen, t);
    therapist_words_weeks(t, &weeks);
    pen_heading(&pen, "Week by week (figures a day; long sits are of 30 min and more)");
    pen_table(&pen, &weeks, "012345678");
    bool failed = weeks.failed;
    table_free(&weeks);
    range(&pen, t);
    tried(&pen, t);
    health(&pen, t);
    pen_heading(&pen, "To ask");
    for (int i = 0; i < THERAPIST_QUESTIONS; i++) pen_paragraph(&pen, therapist_words_questions[i]);
    pen_newline(&pen);
    pen_paragraph(&pen, therapist_words_limits);
    return failed ? -ENOMEM : ferror(out) || fflush(out) == EOF ? -EIO : 0;
}
