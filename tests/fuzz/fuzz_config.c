/* A configuration file by somebody in a hurry: never a crash; every value stays in its range; what config_write() writes is
 * read back without a mistake. */
#include "plumbline/config.h"
#include "tests/fuzz/fuzz_replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config c, again;
    static FILE *err;
    char path[32], *text = NULL;
    size_t n = 0;
    if (!err) err = fopen("/dev/null", "w");
    int fd = fuzz_file(data, size, path);
    config_default(&c);
    int mistakes = config_read(&c, path, err);
    close(fd);
    if (mistakes < 0) return 0;
    if (c.n_workout > WORKOUT_RULES_MAX || c.coach.n_work > HOURS_MAX) abort();
    FILE *out = open_memstream(&text, &n);
    config_write(&c, out);
    fclose(out);
    fd = fuzz_file((const uint8_t *)text, n, path);
    config_default(&again);
    if (config_read(&again, path, stderr) != 0) fputs(text, stderr), abort();
    close(fd);
    free(text);
    return 0;
}
