/* Invariant: said is what was noted or measured, never what it means: that is for the two who read the sheet. */
#include "therapist_words.h"

#include "date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const therapist_words_questions[THERAPIST_QUESTIONS] = {
    "Which of these movements suit me now, and which had better wait?",
    "Would sessions make sense, how often, and how would we see that they do something?",
    "What at my desk or in my training would you change first?",
};
const char *const therapist_words_limits =
    "How to read it: pain, stress and soreness are the wearer's own numbers, 0 to 10. A small sensor on the back "
    "feels how the trunk is inclined. From that alone it tells sitting from standing, so those hours are estimates; "
    "it cannot tell a bend in the hips from a rounded back, and it sees neither load nor cause. Two things that "
    "change together need not have to do with each other. Plumbline is not a medical device, and this sheet is no "
    "finding.";
const char *const therapist_words_no_pain = "No pain was noted in these weeks.";
const char *const therapist_words_no_range = "No self-test was done in these weeks.";
const char *const therapist_words_no_tries = "Nothing was noted as done in these weeks.";

static void short_date(struct report_date date, char words[32])
{
    date_words(date, words);
    char *year = strrchr(words, ' ');
    if (year) *year = 0;
}

void therapist_words_week(struct report_date date, char words[WORDS_SHORT])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    snprintf(words, WORDS_SHORT, "%d %s", date.day, months[(unsigned)(date.month - 1) % 12]);
}

void therapist_words_span(const struct therapist *t, char words[WORDS_LONG])
{
    char first[32], last[32];
    date_words(t->first, first);
    date_words(t->last, last);
    snprintf(words, WORDS_LONG, "%s – %s", first, last);
}

void therapist_words_pain(const struct therapist *t, char words[WORDS_LONG])
{
    if (t->n_areas)
        snprintf(words, WORDS_LONG, "Noted %u %s. Weekly means, 0 none to 10 the worst.", t->pain_notes,
                 t->pain_notes == 1 ? "time" : "times");
    else
        snprintf(words, WORDS_LONG, "%s", therapist_words_no_pain);
}

bool therapist_words_range(const struct therapist_range *r, char words[WORDS_LONG])
{
    char first[32], newest[32];
    if (!r->n) return false;
    short_date(r->first, first);
    short_date(r->newest, newest);
    if (r->n == 1)
        snprintf(words, WORDS_LONG, "%d° on %s", r->newest_deg, newest);
    else
        snprintf(words, WORDS_LONG, "%d° on %s, %d° on %s (%u tests)", r->first_deg, first, r->newest_deg, newest,
                 r->n);
    return true;
}

void therapist_words_session(const struct therapist_session *s, char words[WORDS_LONG])
{
    char date[32], before[WORDS_SHORT], after[WORDS_SHORT];
    short_date(s->date, date);
    words_number(s->pain.before, 1, before);
    words_number(s->pain.after, 1, after);
    snprintf(words, WORDS_LONG, "%s, %s: pain %s in the seven days before (%u noted), %s after (%u)", date, s->kind,
             before, s->pain.n_before, after, s->pain.n_after);
}

/* ---- the weeks as a table ---------------------------------------------------------------------------------------- */

static void put_pain(const struct therapist *t, unsigned week, char cell[TABLE_CELL])
{
    struct therapist_notes all = {0};
    for (unsigned i = 0; i < t->n_areas; i++) {
        all.n += t->area[i].week[week].n;
        all.sum += t->area[i].week[week].sum;
    }
    words_number(therapist_mean(&all), 1, cell);
}

void therapist_words_weeks(const struct therapist *t, struct table *table)
{
    static const char *const heads[] = {"Week of", "Worn",  "Sitting", "Long sits", "Slouched",
                                        "Bends",   "Pain", "Stress",  "Sore"};
    *table = (struct table){.caption = "Week by week", .columns = sizeof heads / sizeof heads[0]};
    for (unsigned c = 0; c < table->columns; c++) snprintf(table->head[c], TABLE_CELL, "%s", heads[c]);
    table->cell = calloc(t->n_weeks, sizeof *table->cell);
    table->failed = !table->cell;
    if (table->failed) return;
    table->rows = t->n_weeks;
    for (unsigned i = 0; i < t->n_weeks; i++) {
        const struct therapist_week *w = &t->week[i];
        char (*cell)[TABLE_CELL] = table->cell[i];
        therapist_words_week(w->first, cell[0]);
        snprintf(cell[1], TABLE_CELL, "%u", w->days);
        words_duration(w->sitting_min, cell[2]);
        words_number(w->long_sits, 1, cell[3]);
        words_duration(w->slouch_min, cell[4]);
        words_number(w->bends, 0, cell[5]);
        put_pain(t, i, cell[6]);
        words_number(therapist_mean(&w->stress), 1, cell[7]);
        words_number(therapist_mean(&w->soreness), 1, cell[8]);
    }
}
