/* The log in flash: what goes in comes out, the ring forgets the oldest page only, and a power cut at any byte of any
 * write or erase costs no record but the one being written, and the page being erased. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "firmware-proto/ref/flash_log.h"

#include "fake_flash.h"

enum { SLOTS = FAKE_PAGE / FLASH_LOG_RECORD, RING = SLOTS * FAKE_PAGES, N = 5 };

static struct flash_log_record record_of(uint32_t boot_id, uint32_t first)
{
    struct flash_log_record r = {.boot_id = boot_id, .step_us = 20000, .scale = 7};
    r.samples = (struct plumb_samples){.stream = 1, .n = N, .first_index = first, .t_last = first * 20000, .flags = 2};
    for (int i = 0; i < N; i++) {
        for (int c = 0; c < 3; c++) {
            r.samples.sample[i].gyro[c] = (int16_t)(first * 7 + (uint32_t)(i * 3 + c));
            r.samples.sample[i].accel[c] = (int16_t)(-1 - r.samples.sample[i].gyro[c]);
        }
    }
    return r;
}

static void assert_record(const struct flash_log_record *got, uint32_t boot_id, uint32_t first)
{
    struct flash_log_record want = record_of(boot_id, first);
    assert_int_equal(got->boot_id, boot_id);
    assert_int_equal(got->step_us, want.step_us);
    assert_int_equal(got->scale, want.scale);
    assert_int_equal(got->samples.first_index, first);
    assert_int_equal(got->samples.t_last, want.samples.t_last);
    assert_int_equal(got->samples.flags, want.samples.flags);
    assert_int_equal(got->samples.n, N);
    assert_memory_equal(got->samples.sample, want.samples.sample, N * sizeof want.samples.sample[0]);
}

static void append(struct flash_log *l, uint32_t boot_id, uint32_t first)
{
    struct flash_log_record r = record_of(boot_id, first);
    assert_true(flash_log_append(l, &r));
}

/* First index of what the log has of BOOT_ID, checking that it is without a hole up to END; END when there is nothing.
 */
static uint32_t oldest_of(const struct flash_log *l, uint32_t boot_id, uint32_t end)
{
    struct flash_log_record r;
    uint32_t block, first = end, next = 0;
    if (!flash_log_find(l, boot_id, 0, &block)) return end;
    for (; block < l->next; block++) {
        if (!flash_log_read(l, block, &r) || r.boot_id != boot_id) continue;
        if (first == end) first = next = r.samples.first_index;
        assert_record(&r, boot_id, next);
        next += N;
    }
    assert_int_equal(next, end);
    return first;
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    struct plumb_log_span span[FLASH_LOG_BOOTS];
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    assert_int_equal(l.next, 0);
    assert_int_equal(flash_log_list(&l, span), 0);
    for (uint32_t i = 0; i < 10; i++) append(&l, 11, i * N);
    assert_int_equal(oldest_of(&l, 11, 10 * N), 0);
    flash_log_open(&l, &f.flash);
    assert_int_equal(l.newest_boot, 11);
    assert_int_equal(oldest_of(&l, 11, 10 * N), 0);
    for (uint32_t i = 0; i < 3; i++) append(&l, 12, i * N);
    assert_int_equal(flash_log_list(&l, span), 2);
    assert_int_equal(span[0].boot_id, 11);
    assert_int_equal(span[0].count, 10 * N);
    assert_int_equal(span[1].boot_id, 12);
    assert_int_equal(span[1].count, 3 * N);
    uint32_t block;
    struct flash_log_record r;
    assert_true(flash_log_find(&l, 11, 23, &block) && flash_log_read(&l, block, &r));
    assert_int_equal(r.samples.first_index, 20);
    assert_false(flash_log_find(&l, 11, 10 * N, &block));
    assert_false(flash_log_find(&l, 13, 0, &block));
    assert_int_equal(f.faults, 0);
}

static void the_ring_forgets_the_oldest_page(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < 5 * RING + 3; i++) {
        append(&l, 11, i * N);
        uint32_t pages = i / SLOTS + 1, kept = pages < FAKE_PAGES ? pages : FAKE_PAGES;
        assert_int_equal(l.used, kept * SLOTS);
        assert_int_equal(oldest_of(&l, 11, (i + 1) * N), (pages - kept) * SLOTS * N);
        if (i % 7 == 0) { /* and it is found again */
            struct flash_log again;
            flash_log_open(&again, &f.flash);
            assert_int_equal(again.next, (l.next + SLOTS - 1) / SLOTS * SLOTS);
            assert_int_equal(again.used, l.used);
        }
    }
    struct flash_log_record r;
    assert_false(flash_log_read(&l, 3, &r)); /* overwritten */
    assert_int_equal(f.faults, 0);
}

/* Cuts the power after CUT bytes of what a boot does on top of what is there; then boots again. Returns whether the
 * power lasted. */
static bool cut_at(const struct fake_flash *before, uint64_t cut, uint32_t records)
{
    static struct fake_flash f;
    struct flash_log l;
    struct flash_log_record r;
    uint32_t written = 0, block;
    f = *before;
    f.flash.self = &f;
    flash_log_open(&l, &f.flash);
    uint32_t next = l.next;
    fake_flash_power(&f, cut);
    while (written < records) {
        r = record_of(22, written * N);
        if (!flash_log_append(&l, &r)) break;
        written++;
    }
    bool lasted = written == records;
    fake_flash_power(&f, UINT64_MAX);

    flash_log_open(&l, &f.flash);
    assert_true(l.next % SLOTS == 0 && l.next <= next + (records / SLOTS + 1) * SLOTS);
    uint32_t pages = (written + SLOTS - (lasted ? 1u : 0u)) / SLOTS; /* erased so far, at the most */
    uint32_t first = oldest_of(&l, 11, RING * N), old_kept = first < RING * N ? RING - first / N : 0;
    assert_true(old_kept + pages * SLOTS >= RING); /* no page was lost but those erased */
    if (written > 0)
        assert_int_equal(oldest_of(&l, 22, written * N), 0);
    else
        assert_false(flash_log_find(&l, 22, 0, &block));
    for (uint32_t i = 0; i < 2 * RING; i++) append(&l, 33, i * N); /* and the log goes on */
    assert_int_equal(oldest_of(&l, 33, 2 * RING * N), RING * N);
    assert_int_equal(f.faults, 0);
    return lasted;
}

static void a_cut_at_any_byte_costs_one_record(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < RING; i++) append(&l, 11, i * N);
    uint64_t cut = 0;
    while (!cut_at(&f, cut, SLOTS + 2)) cut++;
    assert_int_equal(cut, 2 * FAKE_PAGE + (SLOTS + 2) * FLASH_LOG_RECORD);
}

static void boots_that_end_at_once_lose_nothing(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    uint64_t dice = 1;
    uint32_t boot = 100;
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < SLOTS; i++) append(&l, 11, i * N);
    for (int i = 0; i < 500; i++) { /* the power fails again and again in the first erase */
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        flash_log_open(&l, &f.flash);
        fake_flash_power(&f, (dice >> 33) % FAKE_PAGE);
        struct flash_log_record r = record_of(boot++, 0);
        assert_false(flash_log_append(&l, &r));
        fake_flash_power(&f, UINT64_MAX);
    }
    flash_log_open(&l, &f.flash);
    assert_int_equal(oldest_of(&l, 11, SLOTS * N), 0);
}

static void a_worn_out_page_is_passed_over(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < SLOTS; i++) append(&l, 11, i * N);
    fake_flash_power(&f, 0);
    struct flash_log_record r = record_of(11, SLOTS * N);
    assert_false(flash_log_append(&l, &r));
    fake_flash_power(&f, UINT64_MAX);
    assert_int_equal(l.failures, 1);
    append(&l, 11, SLOTS * N);
    assert_int_equal(oldest_of(&l, 11, (SLOTS + 1) * N), 0);
}

static void forgetting(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    fake_flash_init(&f);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < 2 * SLOTS; i++) append(&l, 11, i * N);
    flash_log_open(&l, &f.flash);
    for (uint32_t i = 0; i < 2 * SLOTS + 2; i++) append(&l, 12, i * N);
    uint32_t before = (SLOTS + 2) * N + 1; /* in the middle of a record, which stays */
    for (uint32_t block = 0; block < l.next; block += SLOTS) assert_true(flash_log_forget(&l, block, 12, before));
    assert_int_equal(oldest_of(&l, 11, 2 * SLOTS * N), 0);
    assert_int_equal(oldest_of(&l, 12, (2 * SLOTS + 2) * N), (SLOTS + 2) * N);
    for (uint32_t block = 0; block < l.next; block += SLOTS) assert_true(flash_log_forget(&l, block, 12, UINT32_MAX));
    assert_int_equal(oldest_of(&l, 12, 1), 1);
    append(&l, 12, (2 * SLOTS + 2) * N); /* into the page that was in use */
    assert_int_equal(oldest_of(&l, 12, (2 * SLOTS + 3) * N), (2 * SLOTS + 2) * N);
    assert_int_equal(f.faults, 0);
}

static void of_many_boots_the_newest_are_listed(void **state)
{
    (void)state;
    static struct fake_flash f;
    struct flash_log l;
    struct plumb_log_span span[FLASH_LOG_BOOTS];
    fake_flash_init(&f);
    for (uint32_t boot = 1; boot <= 30; boot++) {
        flash_log_open(&l, &f.flash);
        append(&l, boot, 40);
    }
    assert_int_equal(flash_log_list(&l, span), FAKE_PAGES);
    for (uint32_t i = 0; i < FAKE_PAGES; i++) {
        assert_int_equal(span[i].boot_id, 31 - FAKE_PAGES + i);
        assert_int_equal(span[i].first_index, 40);
        assert_int_equal(span[i].count, N);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(the_ring_forgets_the_oldest_page),
        cmocka_unit_test(a_cut_at_any_byte_costs_one_record),
        cmocka_unit_test(boots_that_end_at_once_lose_nothing),
        cmocka_unit_test(a_worn_out_page_is_passed_over),
        cmocka_unit_test(forgetting),
        cmocka_unit_test(of_many_boots_the_newest_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
