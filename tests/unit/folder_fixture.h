/* folder_fixture — a data folder for each test of the store: `folder`, and where its diary lies: `file`. */
#ifndef TEST_FOLDER_FIXTURE_H
#define TEST_FOLDER_FIXTURE_H

#include "store_fixture.h"

static char *folder;
static char file[128];

static inline int set_up(void **state)
{
    (void)state;
    folder = fixture_folder();
    snprintf(file, sizeof file, "%s/plumbline.db", folder);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_remove(folder);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
