/* words — how figures and names are spelt, the same in the terminal and on the page. Short, kind, no blame. */
#ifndef PLUMBLINE_REPORT_WORDS_H
#define PLUMBLINE_REPORT_WORDS_H

#include "report.h"

enum { WORDS_SHORT = 32, WORDS_LONG = 400 };

/* Copies SIZE bytes at most, as valid UTF-8 without control characters: what is neither becomes '?'. */
void words_clean(const char *from, size_t from_size, char *to, size_t size);
/* "6 h 12 min", "48 min", "–" for NAN. Rounded to the minute. */
void words_duration(double minutes, char words[WORDS_SHORT]);
/* "13 %", "–". */
void words_share(double share, char words[WORDS_SHORT]);
/* One figure with DIGITS decimals, "–" for NAN. */
void words_number(double value, int digits, char words[WORDS_SHORT]);
/* A value the wearer said, "–" for −1. */
void words_said(int value, char words[WORDS_SHORT]);
/* "13:05". */
void words_clock(int local_min, char words[WORDS_SHORT]);
/* "Sitting", "Not worn", … and what became of a prompt. */
const char *words_posture(enum posture p);
const char *words_mark(enum report_mark_kind kind);
const char *words_topic(enum topic topic);
/* "Wednesday 14 October 2026", "8 October – 14 October 2026". */
void words_title(const struct report *r, char words[WORDS_LONG]);

enum words_change { CHANGE_UNKNOWN, CHANGE_LESS, CHANGE_SAME, CHANGE_MORE };
struct words_headline {
    const char *label;
    char figure[WORDS_SHORT];
    char detail[64];  /* "from 13:20", "13 % of sitting"; may be empty */
    char compare[96]; /* "less than usual (6 h 40 min)"; may be empty */
    enum words_change change;
};
enum { HEADLINES = 3 };
void words_headline(const struct report *r, struct words_headline h[HEADLINES]);

#endif
