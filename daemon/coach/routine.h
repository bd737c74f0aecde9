/* routine — what choosing (routine.c) and its words (routine_words.c) share. */
#ifndef PLUMBLINE_COACH_ROUTINE_H
#define PLUMBLINE_COACH_ROUTINE_H

#include "plumbline/routine.h"

static inline bool routine_around_workout(enum moment m) { return m == MOMENT_PRE || m == MOMENT_POST; }

/* The workout that a routine at MOMENT is about. */
static inline const struct load_workout *routine_workout(const struct load *l, enum moment moment)
{
    return moment == MOMENT_POST ? &l->done : &l->next;
}

/* Why the day asks for ITEM, with figures and times. */
void routine_words_reason(const struct load *l, enum moment moment, const struct item *item, char out[REASON_MAX]);
/* The same for the walk that comes first when the back was long bent. */
void routine_words_creep(const struct load *l, char out[REASON_MAX]);
void routine_words_headline(const struct load *l, struct routine *r);

#endif
