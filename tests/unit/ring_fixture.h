/* ring_fixture — a data folder of its own and a path on a memory file system, for the tests of the ring. */
#ifndef TEST_RING_FIXTURE_H
#define TEST_RING_FIXTURE_H

#include "store_fixture.h"

#include <linux/magic.h>
#include <sys/vfs.h>

static char *folder, memory[64], memory_folder[48];

static inline int set_up(void **state)
{
    struct statfs fs;
    (void)state;
    folder = fixture_folder();
    snprintf(memory_folder, sizeof memory_folder, "/dev/shm/plumbline-test-XXXXXX");
    if (statfs("/dev/shm", &fs) < 0 || fs.f_type != TMPFS_MAGIC || !mkdtemp(memory_folder)) {
        print_message("no memory file system: skipped\n");
        memory[0] = 0;
        return 0;
    }
    snprintf(memory, sizeof memory, "%s/below/under-way", memory_folder);
    return 0;
}

/* With the data folder in memory, too: for what begins anew thousands of times, which a disk may take an hour for. */
static inline int set_up_in_memory(void **state)
{
    static char path[64];
    set_up(state);
    if (!memory[0]) return 0;
    fixture_remove(folder);
    snprintf(path, sizeof path, "%s/data", memory_folder);
    folder = path;
    return mkdir(path, 0700);
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_remove(folder);
    if (memory[0]) fixture_remove(memory_folder);
    return 0;
}

static inline struct store_options options(void)
{
    struct store_options o = fixture_options();
    o.memory = memory;
    o.sync_s = 0;
    return o;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
