/* Axivity .cwa. The first byte chooses the slicing, and whether blocks get right sums, so that damage comes past them. */
#include "tests/fuzz/fuzz_import.h"

static void mend_sum(uint8_t *block)
{
    unsigned sum = 0;
    for (int i = 0; i < 510; i += 2) sum += (unsigned)block[i] | (unsigned)block[i + 1] << 8;
    sum = 0x10000 - (sum & 0xffff);
    block[510] = (uint8_t)sum;
    block[511] = (uint8_t)(sum >> 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    uint8_t *bytes = malloc(size - 1);
    fuzz_require(bytes != NULL, "memory");
    memcpy(bytes, data + 1, size - 1);
    for (size_t at = 0; data[0] & 1 && at + 512 <= size - 1; at += 512)
        if (bytes[at] == 'A') mend_sum(bytes + at);
    fuzz_import(&cwa_format, NULL, bytes, size - 1, data[0]);
    free(bytes);
    return 0;
}
