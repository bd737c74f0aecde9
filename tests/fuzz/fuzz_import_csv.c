/* Tables of numbers. The first byte chooses the slicing and what a user said of the columns. */
#include "tests/fuzz/fuzz_import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const maps[] = {
        NULL, NULL, "t=1,ax=2,ay=3,az=4", "ax=1:g,ay=2:g,az=3:g,gx=4,gy=5,gz=6:dps", "x,y,z", "t=time:ms,1,2,3"};
    if (size < 2) return 0;
    fuzz_import(&csv_format, maps[data[0] % 6], data + 1, size - 1, data[0]);
    return 0;
}
