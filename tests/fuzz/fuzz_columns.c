/* A table of readings from anywhere: samples with a scale, or a sentence why not. The first byte chooses the columns. */
#include "tests/fuzz/fuzz_replay.h"
#include "tools/columns.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"x,y,z", "x,y,z,gx,gy,gz", "x,x,x", "x,y"};
    struct raw_sample *samples = NULL;
    size_t n, bad;
    char path[32], why[256] = "";
    if (size < 2) return 0;
    struct columns_options o = {.names = names[data[0] % 4], .offset = data[0] & 4 ? 2048 : 0, .gyro_rads = 0.001};
    int fd = fuzz_file(data, size, path);
    int failed = columns_read(path, &o, &samples, &n, &bad, why);
    close(fd);
    if (failed && !why[0]) abort();
    for (size_t i = 0; !failed && i < n; i++)
        if (!(samples[i].scale.accel_mps2 > 0) || !isfinite(samples[i].scale.accel_mps2)) abort();
    if (!failed) free(samples);
    return 0;
}
