/* Tables that `plumbline export samples --counts` is said to have written. The first byte chooses the slicing. */
#include "tests/fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    fuzz_import(&own_format, NULL, data + 1, size - 1, data[0]);
    return 0;
}
