/* A wearer's own catalogue: never a crash, never more items than there is room for, and a routine comes of what was taken. */
#include "plumbline/coach.h"
#include "tests/fuzz/fuzz_replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalogue c;
    struct load load = {.slouch_min = 60, .slouch_2h_min = 30, .sitting_h = 5, .stress = 5, .pain = 2, .creep = 0.5, .health_answered = true};
    struct routine r;
    char why[160], *text = malloc(size + 1);
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = 0;
    memset(&c, 0, sizeof c);
    catalogue_parse(&c, text, why);
    free(text);
    if (c.n > CATALOGUE_MAX) abort();
    for (int m = 0; m < MOMENT_COUNT; m++) {
        routine_choose(&c, &load, (enum moment)m, 600, &r);
        if (r.n > ROUTINE_MAX || r.total_s > 600) abort();
    }
    return 0;
}
