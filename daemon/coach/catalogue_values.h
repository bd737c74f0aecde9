/* catalogue_values — the keys of a stanza, and what each value may be. */
#ifndef PLUMBLINE_COACH_CATALOGUE_VALUES_H
#define PLUMBLINE_COACH_CATALOGUE_VALUES_H

#include "plumbline/routine.h"

enum { CATALOGUE_FAULT_MAX = 160 };

/* A stanza as far as it was read. */
struct stanza {
    struct item item;
    unsigned keys; /* bits of the keys it has given */
    bool off;      /* "off = yes": the item of this id is not wanted */
};

/* Each gives what was found and expected in WHY, and false, when the stanza cannot be taken as it is. */
bool catalogue_values_take(struct stanza *s, const char *key, const char *value, char why[CATALOGUE_FAULT_MAX]);
/* Whether the values, each fine by itself, are all there and make an item together. */
bool catalogue_values_agree(const struct stanza *s, char why[CATALOGUE_FAULT_MAX]);
/* Of a wearer's own item, in the place of BEFORE (NULL: a new one): it may ask for more care than that and its kind, never
 * for less; a new one that says nothing of contra-indications counts as having all that could do harm. */
void catalogue_values_be_careful(struct stanza *s, const struct item *before);

#endif
