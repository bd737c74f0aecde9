#ifndef PLUMBLINE_COACH_CATALOGUE_H
#define PLUMBLINE_COACH_CATALOGUE_H

#include "plumbline/coach.h"

/* Contra-indications that an item may name and a wearer may have: w open wound or skin infection, f fracture or
 * recent surgery, o osteoporosis, d clot or anticoagulant, i acute injury or swelling, p pregnancy, r radiating pain
 * or numbness, v dizziness or vertebral artery, b high blood pressure, k knee, s shoulder instability, c cancer, e
 * fever. */
#define CONTRA_LETTERS "wfodiprvbksce"

#define CONTRA_BIT(letter) (1u << ((letter) - 'a'))
/* What could do harm where it is not known: it counts while the question is open, and for an item that says nothing. */
#define CONTRA_UNASKED (CONTRA_BIT('f') | CONTRA_BIT('o') | CONTRA_BIT('d') | CONTRA_BIT('i') | CONTRA_BIT('c'))

#endif
