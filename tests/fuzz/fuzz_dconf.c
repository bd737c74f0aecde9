/* The reader of dconf's database: bytes as they come, then as changes (where, where, what) to a whole database. */
#include "daemon/desk/dconf.h"
#include "tests/fuzz/fuzz_replay.h"
#include "tests/system/dconf_sample.h"

static void look(const uint8_t *file, size_t size)
{
    bool value = true;
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact) abort();
    memcpy(exact, file, size);
    if (dconf_find_bool(exact, size, SHOW_BANNERS, &value) > 0) abort();
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t file[sizeof dconf_sample];
    look(data, size);
    memcpy(file, dconf_sample, sizeof file);
    for (size_t i = 0; i + 3 <= size; i += 3) {
        file[(size_t)(data[i] << 8 | data[i + 1]) % sizeof file] = data[i + 2];
        if (i % 48 == 0) look(file, sizeof file);
    }
    look(file, sizeof file);
    return 0;
}
