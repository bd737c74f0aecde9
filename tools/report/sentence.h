/* sentence — what a picture shows, said in words: read by a screen reader, printed under the picture, and the text
 * report's own voice. Never blame, never a promise about pain or injury.
 */
#ifndef PLUMBLINE_REPORT_SENTENCE_H
#define PLUMBLINE_REPORT_SENTENCE_H

#include "report.h"
#include "words.h"

/* Also says whether there is anything to tell: the sensor was worn. */
bool sentence_worn(const struct report *r, char words[WORDS_LONG]);
void sentence_day(const struct report *r, char words[WORDS_LONG]);
void sentence_angles(const struct report *r, char words[WORDS_LONG]);
void sentence_bouts(const struct report *r, char words[WORDS_LONG]);
void sentence_prompts(const struct report *r, char words[WORDS_LONG]);
void sentence_side(const struct report *r, char words[WORDS_LONG]);
void sentence_workouts(const struct report *r, char words[WORDS_LONG]);
/* What the wearer noted; empty when nothing. */
void sentence_noted(const struct report *r, char words[WORDS_LONG]);
/* The one thing to try, and what the figures rest on. */
void sentence_tomorrow(const struct report *r, char words[WORDS_LONG]);
void sentence_quality(const struct report *r, char words[WORDS_LONG]);
/* What one sensor cannot know. */
extern const char *const sentence_limits;

#endif
