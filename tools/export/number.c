#include "number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *number_text(struct number *m, float v)
{
    uint32_t bits, back;
    memcpy(&bits, &v, sizeof bits);
    uint32_t at = bits * 2654435761u >> (32 - NUMBER_SLOTS_LOG2); /* Knuth's multiplicative hash */
    char *text = m->slot[at].text;
    if (text[0] && m->slot[at].bits == bits) return text;
    for (int digits = 7; digits <= 9; digits++) {
        snprintf(text, NUMBER_TEXT, "%.*g", digits, (double)v);
        float read = strtof(text, NULL);
        memcpy(&back, &read, sizeof back);
        if (back == bits) break;
    }
    m->slot[at].bits = bits;
    return text;
}
