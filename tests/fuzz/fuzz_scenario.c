/* A scenario for the simulator: read or refused with a word, and what was read holds together. */
#include "tests/fuzz/fuzz_replay.h"
#include "tools/sim/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *errors;
    struct scenario s;
    if (size == 0) return 0;
    if (!errors) errors = fopen("/dev/null", "w");
    FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
    if (!in || !errors) abort();
    if (scenario_read(&s, in, "fuzz", errors) == 0) {
        if (!(s.rate_hz >= 1 && s.rate_hz <= 1000) || !s.part) abort();
        for (size_t i = 0; i < s.n_segments; i++)
            if (!(s.segments[i].duration_s >= 0) || s.segments[i].start_s > s.length_s) abort();
    }
    scenario_free(&s);
    fclose(in);
    return 0;
}
