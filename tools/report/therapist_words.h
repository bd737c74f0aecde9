/* therapist_words — what the sheet says, the same on paper and in the terminal. */
#ifndef PLUMBLINE_REPORT_THERAPIST_WORDS_H
#define PLUMBLINE_REPORT_THERAPIST_WORDS_H

#include "table.h"
#include "therapist.h"
#include "words.h"

enum { THERAPIST_QUESTIONS = 3 };
extern const char *const therapist_words_questions[THERAPIST_QUESTIONS];
extern const char *const therapist_words_limits;
extern const char *const therapist_words_no_pain, *const therapist_words_no_range, *const therapist_words_no_tries;

/* "20 Sep", the week that begins then. */
void therapist_words_week(struct report_date date, char words[WORDS_SHORT]);
/* "20 September 2026 – 14 November 2026". */
void therapist_words_span(const struct therapist *t, char words[WORDS_LONG]);
/* "Pain was noted 31 times, most often at: low back." */
void therapist_words_pain(const struct therapist *t, char words[WORDS_LONG]);
/* "Forward 52° on 1 October, 61° on 9 November"; false without a self-test of it. */
bool therapist_words_range(const struct therapist_range *r, char words[WORDS_LONG]);
/* "12 October, deep tissue: pain 5.0 in the week before (4 notes), 3.2 in the week after (5)". */
void therapist_words_session(const struct therapist_session *s, char words[WORDS_LONG]);
/* A row a week, for the table under the pictures; free it with table_free(). */
void therapist_words_weeks(const struct therapist *t, struct table *table);

#endif
