/* A wearer's own catalogue, alone and over the one that ships: never a crash, never more items than there is room for, only
 * items that can be shown, and a routine comes of what was taken. */
#include "plumbline/config.h"
#include "tests/fuzz/fuzz_replay.h"

static void count(void *arg, int line, const char *what)
{
    int *told = arg;
    if (line < 0 || !what[0]) abort();
    ++*told;
}

static void look(struct catalogue *c, const char *text)
{
    struct load load = {.slouch_min = 60, .slouch_2h_min = 30, .sitting_h = 5, .stress = 5, .pain = 2, .creep = 0.5,
                        .stress_week = 7, .pain_weeks = 5, .ball_evenings = 4, .health_answered = true,
                        .next = {.there = true, .type = WORKOUT_SQUAT}, .done = {.there = true, .type = WORKOUT_RUN}};
    struct routine r;
    int told = 0;
    c->own = true;
    if (catalogue_check(c, text, count, &told) != told) abort();
    if (c->n > CATALOGUE_MAX) abort();
    for (unsigned i = 0; i < c->n; i++)
        if (!c->item[i].name[0] || strpbrk(c->item[i].name, "\033\r\n\t") || !c->item[i].when) abort();
    for (int m = 0; m < MOMENT_COUNT; m++) {
        routine_choose(c, &load, (enum moment)m, 600, &r);
        if (r.n > ROUTINE_MAX || r.total_s > 600 || r.n_left > c->n) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalogue alone, over;
    char *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = 0;
    memset(&alone, 0, sizeof alone);
    catalogue_load_shipped(&over);
    look(&alone, text);
    look(&over, text);
    free(text);
    return 0;
}
