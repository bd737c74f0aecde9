/* health — what a wearer may say of body and health: contra-indications, red flags, pain; and what it means for
 * exercise.
 *
 * Pure. It asks and leaves out; it never tells what somebody has. Sources: data/catalogue.conf for the letters, the
 * screen of AHCPR guideline 14 (1994) for the red flags, Ostelo et al., Spine 33 (2008) 90–94 for changes of pain.
 */
#ifndef PLUMBLINE_HEALTH_H
#define PLUMBLINE_HEALTH_H

#include "plumbline/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- contra-indications ------------------------------------------------------------------------------------------ */

#define HEALTH_BIT(letter) (1u << ((letter) - 'a'))
/* All of them, for a person who mistyped one. */
#define HEALTH_LETTERS "w f o d i p r v b k s c e"
/* Left open, these count as yes: exercise could do harm there. */
#define HEALTH_HARMFUL (HEALTH_BIT('f') | HEALTH_BIT('o') | HEALTH_BIT('d') | HEALTH_BIT('i') | HEALTH_BIT('c'))
struct health_code {
    char letter;          /* as in the catalogue */
    const char *question; /* answered by yes or no */
    const char *name;     /* "knee trouble" */
};
enum { HEALTH_CODES = 13, HEALTH_FLAGS = 10, HEALTH_TEXT_MAX = 64, HEALTH_NAMES_MAX = 256 };
extern const struct health_code health_codes[HEALTH_CODES]; /* in the order of asking */
bool health_is_letter(char letter);
/* The names of the letters in BITS, "fever, knee trouble": as many as fit in whole. */
void health_names(uint32_t bits, char *out, size_t size);

/* ---- red flags --------------------------------------------------------------------------------------------------- */

struct health_flag {
    const char *id, *question;
    bool emergency; /* not to be waited with */
};
extern const struct health_flag health_flags[HEALTH_FLAGS];
int health_flag_find(const char *id); /* −1: none of that name */

/* ---- what was said so far ---------------------------------------------------------------------------------------- */

struct health {
    bool answered;    /* one question at least */
    uint32_t yes, no; /* HEALTH_BIT(letter); a letter in neither was left open */
    uint32_t red;     /* bits 1 << place in health_flags: noted, and not cleared since */
};
/* Takes up an answer as the diary has it: "none", or the letters of all that holds, and of what was left open with a
 * question mark before them: "f k ?o". Empty: not answered (any more). False, and nothing taken, for anything else. */
bool health_answer(struct health *h, const char *text);
/* The same answer in that form. */
void health_text(const struct health *h, char text[HEALTH_TEXT_MAX]);
/* Notes (or clears) the flag ID; clearing without an id clears all. False for an unknown id. */
bool health_note_flag(struct health *h, const char *id, bool noted);
/* The configuration says so as well. */
void health_unite(struct health *h, uint32_t contra);
/* What routines must leave out: all that holds, and of what was left open, what could do harm. */
uint32_t health_contra(const struct health *h);
bool health_emergency(const struct health *h);
/* Movements to the end of the range are better left out today; why, or NULL. */
const char *health_against_range(const struct health *h, int pain);

/* What to say while a red flag stands. */
const char *health_flag_advice(bool emergency);

/* ---- pain -------------------------------------------------------------------------------------------------------- */

enum { HEALTH_MUCH_PAIN = 7 }; /* of 10: nothing is done near it */
/* A reason to talk to a professional. */
enum health_pain { HEALTH_PAIN_NONE, HEALTH_PAIN_HIGH, HEALTH_PAIN_RISING, HEALTH_PAIN_LASTING };
/* Of the RATINGS, by time, up to NOW_S: high, much in the newest, which is of the last day; rising, the mean of
 * the last week 2 points and 30 % over that of the week before; lasting, pain noted in each of the last seven weeks. */
enum health_pain health_pain_look(const struct rating *ratings, size_t n, int64_t now_s);
const char *health_pain_advice(enum health_pain p); /* "" with nothing to say */

/* ---- areas ------------------------------------------------------------------------------------------------------- */

/* The word by which routines know an area ("upper back") for one that a person writes ("upper-back", "Lower back");
 * NULL: it is none. */
const char *health_area(const char *word);
extern const char health_areas[]; /* a list of them all, for a person */

#endif
