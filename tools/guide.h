/* guide — a routine step by step: what is done now, for how long, what comes next. Pure: time and keys come in. */
#ifndef PLUMBLINE_GUIDE_H
#define PLUMBLINE_GUIDE_H

#include "plumbline/routine.h"

#include <jansson.h>
#include <stdbool.h>

struct guide_item {
    const char *id, *name, *dose, *stop, *step[ITEM_STEPS]; /* owned by the reply */
    double seconds;   /* whole dose */
    double lead_s;    /* to read the steps and get into place */
    bool sides;       /* the dose is for each side: at half time they change */
};

enum guide_phase { GUIDE_LEAD, GUIDE_RUN, GUIDE_OVER };
enum { GUIDE_ITEMS_MAX = ROUTINE_MAX };
struct guide {
    unsigned n, at;
    enum guide_phase phase;
    bool paused;
    double left_s; /* of the phase */
    bool done[GUIDE_ITEMS_MAX];
    struct guide_item item[GUIDE_ITEMS_MAX];
};

/* What a step gave rise to, bits. */
enum {
    GUIDE_CHANGED = 1,  /* another phase, item or side: a moment for a bell */
    GUIDE_FINISHED = 2, /* the item of before the step was done */
};

/* REPLY: the daemon's, to live as long as G. The first item waits for a key. */
void guide_begin(struct guide *g, const json_t *reply);
/* SECONDS pass; nothing while paused. */
unsigned guide_pass(struct guide *g, double seconds);
/* A key: space pauses and goes on, or begins; Enter is done with it, s skips, q stops. Others are passed over. */
unsigned guide_key(struct guide *g, char key);
/* Whether the second side has its turn. */
bool guide_second_side(const struct guide *g);
/* Seconds of all that is still to do. */
double guide_left_s(const struct guide *g);

#endif
