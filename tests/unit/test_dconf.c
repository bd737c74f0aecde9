/* The reader of dconf's database: what is there, what is not, and files that lie. */
#include "daemon/desk/dconf.h"
#include "tests/system/dconf_sample.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int find(const uint8_t *file, size_t size, const char *key, bool *value)
{
    uint8_t *exact = malloc(size ? size : 1); /* so that a sanitizer sees a byte too many */
    memcpy(exact, file, size);
    int r = dconf_find_bool(exact, size, key, value);
    free(exact);
    return r;
}

static void test_found(void **state)
{
    uint8_t file[sizeof dconf_sample];
    bool value = true;
    (void)state;
    memcpy(file, dconf_sample, sizeof file);
    assert_int_equal(find(file, sizeof file, SHOW_BANNERS, &value), 0);
    assert_false(value);
    file[SHOW_BANNERS_AT] = 1;
    assert_int_equal(find(file, sizeof file, SHOW_BANNERS, &value), 0);
    assert_true(value);
    assert_int_equal(find(file, sizeof file, "/org/gnome/desktop/notifications/other", &value), 0);
    assert_true(value);
}

static void test_not_there(void **state)
{
    bool value = true;
    (void)state;
    assert_int_equal(find(dconf_sample, sizeof dconf_sample, "/org/gnome/desktop/notifications/more", &value), -ENOENT);
    assert_int_equal(find(dconf_sample, sizeof dconf_sample, "show-banners", &value), -ENOENT);
    assert_int_equal(find(dconf_sample, sizeof dconf_sample, "", &value), -ENOENT);
    assert_int_equal(find(dconf_sample, sizeof dconf_sample, "/org/gnome/desktop/interface/font", &value), -EBADMSG);
    assert_true(value); /* left as it was */
}

/* Every length, and every byte set to what a length or an index may be: an answer, never a crash. */
static void test_lies(void **state)
{
    static const uint8_t lies[] = {0, 1, 0x7f, 0x80, 0xff};
    bool value;
    (void)state;
    for (size_t size = 0; size < sizeof dconf_sample; size++) {
        int r = find(dconf_sample, size, SHOW_BANNERS, &value);
        assert_true(r == -EBADMSG || r == -ENOENT || r == 0);
    }
    assert_int_equal(find(dconf_sample, 24, SHOW_BANNERS, &value), -EBADMSG);
    for (size_t at = 0; at < sizeof dconf_sample; at++)
        for (size_t k = 0; k < sizeof lies; k++) {
            uint8_t file[sizeof dconf_sample];
            memcpy(file, dconf_sample, sizeof file);
            file[at] = lies[k];
            int r = find(file, sizeof file, SHOW_BANNERS, &value);
            assert_true(r == -EBADMSG || r == -ENOENT || r == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_not_there),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests_name("dconf", tests, NULL, NULL);
}
