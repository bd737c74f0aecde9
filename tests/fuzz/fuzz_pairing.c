/* A file of paired devices that somebody has edited: never a crash; every device is good and different; what
 * pairing_write() writes is read back without a mistake, to the same. */
#include "plumbline/sensor.h"
#include "tests/fuzz/fuzz_replay.h"

static char folder[48], path[64];

static void leave(void)
{
    unlink(path);
    rmdir(folder);
}

static void begin(void)
{
    if (path[0]) return;
    snprintf(folder, sizeof folder, "%s/plumbline-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    if (!mkdtemp(folder)) abort(); /* in memory if there is any: each write is brought to disk */
    snprintf(path, sizeof path, "%s/devices", folder);
    atexit(leave);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pairings list, again;
    static FILE *err;
    char from[32];
    begin();
    if (!err) err = fopen("/dev/null", "w");
    int fd = fuzz_file(data, size, from);
    int mistakes = pairing_read(&list, from, err);
    close(fd);
    if (mistakes < 0 || list.n > PAIRINGS_MAX) abort();
    for (unsigned i = 0; i < list.n; i++)
        if (pairing_find(&list, list.device[i].key) != &list.device[i]) abort();
    struct pairing *p = pairing_add(&list, "1a86:7523@1-2", "USB Serial");
    if (p && pairing_find(&list, "1a86:7523@1-2") != p) abort();
    if (pairing_write(&list, path)) abort();
    if (pairing_read(&again, path, stderr) != 0 || again.n != list.n) abort();
    for (unsigned i = 0; i < list.n; i++)
        if (memcmp(&list.device[i], &again.device[i], sizeof list.device[i]) != 0) abort();
    return 0;
}
