/* LOG_LIST, LOG_READ and LOG_ERASE: exactly what was asked for, in order, with live samples between; and what the
 * device says of samples that it no longer has. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "device_fixture.h"

#include "firmware-proto/little.h"

enum { IN_RING = FAKE_PAGE / FLASH_LOG_RECORD * FAKE_PAGES * PLUMB_SAMPLES_MAX };

static struct fixture x;

static int boot(void **state)
{
    (void)state;
    memset(&x, 0, sizeof x);
    fake_flash_init(&x.flash);
    fixture_boot(&x, 77, true);
    device_link(&x.device, true, 0);
    return 0;
}

/* What LOG_READ came to. */
struct answer {
    int status;
    uint32_t sent, oldest, first, next; /* by the RSP; by the blocks */
    unsigned blocks, live;
};

static struct answer read_log(uint32_t boot_id, uint32_t first, uint32_t count)
{
    struct answer a = {.status = 99};
    uint8_t p[PLUMB_PAYLOAD_MAX];
    const struct fixture_frame *f = NULL;
    fixture_clear(&x);
    fixture_say(&x, PLUMB_LOG_READ, p, plumb_put_log_span(&(struct plumb_log_span){boot_id, first, count}, p));
    for (int i = 0; i < 3000 && !fixture_count(&x, PLUMB_RSP, &f); i++) fixture_run(&x, 1);
    for (unsigned i = 0; i < x.n; i++) {
        struct plumb_logblock b;
        a.live += x.frame[i].type == PLUMB_SAMPLES;
        if (x.frame[i].type != PLUMB_LOGBLOCK) continue;
        assert_true(plumb_get_logblock(x.frame[i].payload, x.frame[i].size, &b));
        assert_true(b.samples.flags & PLUMB_FROM_LOG);
        if (a.blocks++ == 0) a.first = a.next = b.samples.first_index;
        assert_int_equal(b.samples.first_index, a.next);
        assert_int_equal(b.samples.t_last, (b.samples.first_index + b.samples.n) * FIXTURE_PERIOD_US);
        for (unsigned k = 0; k < b.samples.n; k++) {
            struct plumb_sample want = fixture_sample(b.samples.first_index + k);
            assert_memory_equal(&b.samples.sample[k], &want, sizeof want);
        }
        a.next += b.samples.n;
    }
    if (!f) return a;
    a.status = (int8_t)f->payload[2];
    if (f->size < 11) return a;
    a.sent = little_get32(f->payload + 3);
    a.oldest = little_get32(f->payload + 7);
    assert_int_equal(a.sent, a.next - a.first);
    return a;
}

static void exactly_what_was_asked_for(void **state)
{
    (void)state;
    static const uint32_t cases[][2] = {{0, 500},  {0, 1},    {18, 2},  {19, 19}, {1, 37},
                                        {100, 77}, {490, 10}, {499, 1}, {250, 0}};
    fixture_run(&x, 500);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct answer a = read_log(77, cases[i][0], cases[i][1]);
        assert_int_equal(a.status, PLUMB_OK);
        assert_int_equal(a.sent, cases[i][1]);
        if (a.sent) assert_int_equal(a.first, cases[i][0]);
        assert_int_equal(a.oldest, 0);
    }
}

static void up_to_now_and_no_further(void **state)
{
    (void)state;
    fixture_run(&x, 505);
    struct answer a = read_log(77, 480, UINT32_MAX);
    assert_int_equal(a.status, PLUMB_OK);
    assert_int_equal(a.next, 505); /* with what is not yet in flash */
    a = read_log(77, 100000, 5);
    assert_int_equal(a.status, PLUMB_OK);
    assert_int_equal(a.sent, 0);
}

static void what_was_overwritten_is_told(void **state)
{
    (void)state;
    fixture_run(&x, 3 * IN_RING);
    struct answer a = read_log(77, 10, 1000000);
    assert_int_equal(a.status, PLUMB_OK);
    assert_in_range(a.first, 2 * IN_RING, 2 * IN_RING + FAKE_PAGE / FLASH_LOG_RECORD * PLUMB_SAMPLES_MAX);
    assert_int_equal(a.next, 3 * IN_RING);
    assert_in_range(a.oldest, a.first, a.next); /* the ring went on meanwhile */
    a = read_log(77, 10, 100);
    assert_int_equal(a.status, PLUMB_OK);
    assert_int_equal(a.sent, 0);
    assert_true(a.oldest > 110);
}

static void live_samples_do_not_wait(void **state)
{
    (void)state;
    fixture_run(&x, IN_RING - 100);
    struct answer a = read_log(77, 0, IN_RING);
    assert_true(a.sent > IN_RING / 2);
    assert_true(a.live >= a.blocks / 10); /* a frame of ten for each ten rounds */
    uint32_t next = IN_RING - 100;
    for (unsigned i = 0; i < x.n; i++) {
        struct plumb_samples m;
        if (x.frame[i].type != PLUMB_SAMPLES) continue;
        assert_true(plumb_get_samples(x.frame[i].payload, x.frame[i].size, &m));
        assert_in_range(m.first_index, next - 9, next);
        next = m.first_index + m.n;
    }
}

static void a_full_link_makes_it_wait(void **state)
{
    (void)state;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    fixture_run(&x, 400);
    fixture_clear(&x);
    x.room = 300; /* enough for a live frame, not for both */
    fixture_say(&x, PLUMB_LOG_READ, p, plumb_put_log_span(&(struct plumb_log_span){77, 0, 200}, p));
    fixture_run(&x, 100);
    assert_int_equal(fixture_count(&x, PLUMB_LOGBLOCK, NULL), 0);
    assert_int_equal(fixture_count(&x, PLUMB_SAMPLES, NULL), 10);
    assert_int_equal(x.refused, 0);
    fixture_say(&x, PLUMB_LOG_READ, p, plumb_put_log_span(&(struct plumb_log_span){77, 0, 200}, p));
    const struct fixture_frame *f = NULL;
    assert_int_equal(fixture_count(&x, PLUMB_RSP, &f), 1);
    assert_int_equal((int8_t)f->payload[2], PLUMB_BUSY);
    x.room = SIZE_MAX;
    fixture_run(&x, 20);
    assert_int_equal(fixture_count(&x, PLUMB_LOGBLOCK, NULL), 11);
    assert_int_equal(fixture_count(&x, PLUMB_RSP, &f), 2);
}

static void an_older_boot_is_still_there(void **state)
{
    (void)state;
    uint8_t p[1];
    const struct fixture_frame *f = NULL;
    fixture_run(&x, 195); /* five of them never got into flash */
    fixture_boot(&x, 77, true);
    assert_int_not_equal(x.device.boot_id, 77); /* never the same twice */
    device_link(&x.device, true, 0);
    fixture_run(&x, 30);
    struct answer a = read_log(77, 100, 1000);
    assert_int_equal(a.status, PLUMB_OK);
    assert_int_equal(a.first, 100);
    assert_int_equal(a.next, 190);
    assert_int_equal(read_log(4711, 0, 10).status, PLUMB_RANGE);
    fixture_clear(&x);
    fixture_say(&x, PLUMB_LOG_LIST, p, 0);
    assert_int_equal(fixture_count(&x, PLUMB_RSP, &f), 1);
    assert_int_equal(f->size, 3 + 24);
    struct plumb_log_span span;
    assert_true(plumb_get_log_span(f->payload + 3, 12, &span));
    assert_true(span.boot_id == 77 && span.first_index == 0 && span.count == 190);
    assert_true(plumb_get_log_span(f->payload + 15, 12, &span));
    assert_true(span.boot_id == x.device.boot_id && span.first_index == 0 && span.count == x.device.index);
}

static void another_range_is_another_log(void **state)
{
    (void)state;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    fixture_run(&x, 100);
    fixture_say(&x, PLUMB_SET_RANGE, p, plumb_put_range(&(struct plumb_range){8, 500}, p));
    fixture_run(&x, 100);
    struct answer a = read_log(77, 0, 200);
    assert_int_equal(a.first, 100);
    assert_int_equal(a.next, 200);
}

static void erased_is_gone(void **state)
{
    (void)state;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    const struct fixture_frame *f = NULL;
    fixture_run(&x, 400);
    fixture_clear(&x);
    fixture_say(&x, PLUMB_LOG_ERASE, p, plumb_put_log_erase(&(struct plumb_log_erase){77, 200}, p));
    assert_int_equal(fixture_count(&x, PLUMB_RSP, NULL), 0);
    fixture_run(&x, 20);
    assert_int_equal(fixture_count(&x, PLUMB_RSP, &f), 1);
    assert_int_equal(f->payload[2], PLUMB_OK);
    struct answer a = read_log(77, 0, 400);
    assert_int_equal(a.first, 190); /* whole records only: ten times 19 */
    assert_int_equal(a.next, 400);
    assert_int_equal(a.oldest, 190);
}

static void without_a_log_it_says_so(void **state)
{
    (void)state;
    fixture_boot(&x, 5, false);
    device_link(&x.device, true, 0);
    fixture_run(&x, 100);
    assert_int_equal(read_log(5, 0, 10).status, PLUMB_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exactly_what_was_asked_for, boot),
        cmocka_unit_test_setup(up_to_now_and_no_further, boot),
        cmocka_unit_test_setup(what_was_overwritten_is_told, boot),
        cmocka_unit_test_setup(live_samples_do_not_wait, boot),
        cmocka_unit_test_setup(a_full_link_makes_it_wait, boot),
        cmocka_unit_test_setup(an_older_boot_is_still_there, boot),
        cmocka_unit_test_setup(another_range_is_another_log, boot),
        cmocka_unit_test_setup(erased_is_gone, boot),
        cmocka_unit_test_setup(without_a_log_it_says_so, boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
