/* Invariants: an item is done when its time has run out, or when the wearer says so (Enter) after half of it; what was
 * skipped, or was not begun, is not done; nothing goes back. */
#include "guide.h"

#include <string.h>

/* Silent readers take 238 words a minute on average (Brysbaert 2019, J Mem Lang 109:104047); we count on 200. */
static const double word_s = 60.0 / 200, least_lead_s = 5, most_lead_s = 20;

static const char *text(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

static unsigned words_in(const char *s)
{
    unsigned n = 0;
    for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
        n++;
        s += strcspn(s, " ");
    }
    return n;
}

static void load_item(struct guide_item *to, const json_t *from)
{
    const json_t *steps = json_object_get(from, "steps");
    *to = (struct guide_item){.id = text(from, "id"),
                              .name = text(from, "name"),
                              .dose = text(from, "dose"),
                              .stop = text(from, "stop"),
                              .seconds = json_number_value(json_object_get(from, "seconds"))};
    to->sides = strstr(to->dose, "a side") || strstr(to->dose, "each side");
    for (size_t i = 0; i < ITEM_STEPS; i++) {
        const char *step = json_string_value(json_array_get(steps, i));
        to->step[i] = step ? step : "";
        to->lead_s += words_in(to->step[i]) * word_s;
    }
    if (to->lead_s < least_lead_s) to->lead_s = least_lead_s;
    if (to->lead_s > most_lead_s) to->lead_s = most_lead_s;
}

static void begin_item(struct guide *g)
{
    g->phase = g->at < g->n ? GUIDE_LEAD : GUIDE_OVER;
    g->left_s = g->at < g->n ? g->item[g->at].lead_s : 0;
}

void guide_begin(struct guide *g, const json_t *reply)
{
    const json_t *items = json_object_get(reply, "items");
    memset(g, 0, sizeof *g);
    while (g->n < GUIDE_ITEMS_MAX && g->n < json_array_size(items)) {
        load_item(&g->item[g->n], json_array_get(items, g->n));
        g->n++;
    }
    begin_item(g);
    g->paused = g->phase == GUIDE_LEAD;
}

static void run(struct guide *g)
{
    g->phase = GUIDE_RUN;
    g->left_s = g->item[g->at].seconds;
}

static unsigned leave(struct guide *g, bool done)
{
    g->done[g->at++] = done;
    begin_item(g);
    return done ? GUIDE_CHANGED | GUIDE_FINISHED : GUIDE_CHANGED;
}

bool guide_second_side(const struct guide *g)
{
    const struct guide_item *item = &g->item[g->at];
    return g->phase == GUIDE_RUN && item->sides && g->left_s <= item->seconds / 2;
}

unsigned guide_pass(struct guide *g, double seconds)
{
    if (g->paused || g->phase == GUIDE_OVER) return 0;
    bool second = guide_second_side(g);
    g->left_s -= seconds;
    if (g->left_s > 0) return second != guide_second_side(g) ? GUIDE_CHANGED : 0;
    if (g->phase == GUIDE_RUN) return leave(g, true);
    run(g);
    return GUIDE_CHANGED;
}

unsigned guide_key(struct guide *g, char key)
{
    if (g->phase == GUIDE_OVER) return 0;
    bool lead = g->phase == GUIDE_LEAD;
    switch (key) {
    case ' ':
        if (lead) run(g);
        g->paused = !lead && !g->paused;
        return lead ? GUIDE_CHANGED : 0;
    case '\n':
    case '\r':
        g->paused = false;
        if (!lead) return leave(g, g->left_s <= g->item[g->at].seconds / 2);
        run(g);
        return GUIDE_CHANGED;
    case 's':
    case 'S': g->paused = false; return leave(g, false);
    case 'q':
    case 'Q': g->phase = GUIDE_OVER; return 0;
    default: return 0;
    }
}

double guide_left_s(const struct guide *g)
{
    if (g->phase == GUIDE_OVER) return 0;
    double left_s = g->phase == GUIDE_RUN ? g->left_s : g->item[g->at].seconds;
    for (unsigned i = g->at + 1; i < g->n; i++) left_s += g->item[i].seconds;
    return left_s;
}
