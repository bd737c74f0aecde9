/* Sitting bouts from paths of postures. A path is letters, one an epoch of 5 s: s sitting, t standing, w walking, l
 * lying, u unsure. */
#include "daemon/posture/sitting.h"
#include "daemon/posture/walks.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

enum { PATH_MAX_EPOCHS = 400 };

static enum posture posture_of(char c)
{
    return c == 's'   ? POSTURE_SITTING
           : c == 't' ? POSTURE_STANDING
           : c == 'w' ? POSTURE_WALKING
           : c == 'l' ? POSTURE_LYING
                      : POSTURE_UNSURE;
}

/* Writes runs such as "12s3t" out as letters. */
static void expand(const char *runs, char path[PATH_MAX_EPOCHS])
{
    size_t n = 0;
    for (unsigned count = 0; *runs; runs++) {
        if (*runs >= '0' && *runs <= '9') {
            count = count * 10 + (unsigned)(*runs - '0');
            continue;
        }
        for (; count > 0 && n < PATH_MAX_EPOCHS - 1; count--) path[n++] = *runs;
        count = 0;
    }
    path[n] = '\0';
}

struct heard {
    unsigned opened, closed, rises, sits;
    int64_t start_s, end_s;
    int reason;
};

static void hear(struct heard *h, const struct tracker_out *out)
{
    for (unsigned i = 0; i < out->n_events; i++) {
        const struct event *e = &out->event[i];
        h->rises += e->kind == EVENT_RISE;
        h->sits += e->kind == EVENT_SIT_DOWN;
        if (e->kind != EVENT_SITTING) continue;
        if (e->end_ns == EVENT_OPEN) {
            h->opened++;
            h->start_s = e->start_ns / NS_PER_S;
            continue;
        }
        assert_int_equal(e->start_ns / NS_PER_S, h->start_s);
        h->closed++;
        h->end_s = e->end_ns / NS_PER_S;
        h->reason = e->reason;
    }
}

static void play(struct sitting *s, const char *runs, struct heard *h)
{
    char path[PATH_MAX_EPOCHS];
    struct tracker_out out;
    expand(runs, path);
    for (int64_t i = 0; path[i]; i++) {
        out.n_events = 0;
        sitting_step(s, posture_of(path[i]), SECONDS_NS(5 * i), 5, &out);
        hear(h, &out);
    }
}

static void bouts(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        struct heard want;
    } table[] = {
        {"11s", {0}}, /* 55 s are not yet certain */
        {"12s", {.opened = 1}},
        {"4t20s", {.opened = 1, .sits = 1, .start_s = 20}},
        {"20s2t20s", {.opened = 1}}, /* 10 s up belong to the bout */
        {"20s3t", {.opened = 1, .closed = 1, .rises = 1, .end_s = 100, .reason = BOUT_ROSE}}, /* 15 s end it */
        {"20s1t2w", {.opened = 1, .closed = 1, .rises = 1, .end_s = 100, .reason = BOUT_ROSE}},
        {"20s3w", {.opened = 1, .closed = 1, .rises = 1, .end_s = 100, .reason = BOUT_WALKED}},
        {"20s3l", {.opened = 1, .closed = 1, .end_s = 100, .reason = BOUT_LAY_DOWN}},
        {"20s2t3u1t",
         {.opened = 1,
          .closed = 1,
          .rises = 1,
          .end_s = 100,
          .reason = BOUT_ROSE}}, /* unsure neither ends nor resumes */
        {"20s2t1s2t", {.opened = 1}},
        {"20s60u20s", {.opened = 1}},
        {"6s2t6s", {.opened = 1}}, /* 60 s of sitting come together over an interruption */
        {"11s3t11s", {0}},         /* two short ones */
        {"20s3t20s",
         {.opened = 2, .closed = 1, .rises = 1, .sits = 1, .start_s = 115, .end_s = 100, .reason = BOUT_ROSE}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sitting s;
        struct heard h = {0};
        sitting_init(&s);
        play(&s, table[i].path, &h);
        const struct heard *want = &table[i].want;
        bool same = h.opened == want->opened && h.closed == want->closed && h.rises == want->rises &&
                    h.sits == want->sits && h.start_s == want->start_s && h.end_s == want->end_s &&
                    h.reason == want->reason;
        if (!same) print_error("%s: %u opened, %u closed\n", table[i].path, h.opened, h.closed);
        assert_true(same);
    }
}

static void ended_from_outside(void **state)
{
    (void)state;
    struct sitting s;
    struct heard h = {0};
    struct tracker_out out = {0};
    sitting_init(&s);
    sitting_end(&s, 5, BOUT_LOST, &out);
    assert_int_equal(out.n_events, 0);
    play(&s, "20s", &h);
    sitting_end(&s, SECONDS_NS(95), BOUT_LOST, &out);
    hear(&h, &out);
    assert_int_equal(h.closed, 1);
    assert_int_equal(h.end_s, 95);
    assert_int_equal(h.reason, BOUT_LOST);
    assert_int_equal(h.rises, 0);
    assert_true(sitting_since(&s) == EVENT_OPEN);
}

static void walking(void **state)
{
    (void)state;
    struct walks w;
    struct tracker_out out = {0};
    walks_init(&w);
    static const char path[] = "wstwwwswwttw";
    for (int64_t i = 0; path[i]; i++) walks_step(&w, posture_of(path[i]), SECONDS_NS(5 * i), 5, 9, &out);
    assert_int_equal(out.n_events, 2); /* the first 5 s were none, the last are not yet one */
    assert_true(out.event[0].start_ns == SECONDS_NS(15) && out.event[0].end_ns == EVENT_OPEN);
    assert_true(out.event[1].start_ns == SECONDS_NS(15) && out.event[1].end_ns == SECONDS_NS(45));
    assert_float_equal(out.event[1].value, 45, 0);
}

static struct sitting after(const char *runs)
{
    char path[PATH_MAX_EPOCHS];
    struct sitting s;
    expand(runs, path);
    sitting_init(&s);
    for (int64_t i = 0; path[i]; i++) sitting_step(&s, posture_of(path[i]), SECONDS_NS(5 * i), 5, NULL);
    return s;
}

/* The live path follows the settled one, which knows more but not yet as much. */
static void live_follows(void **state)
{
    (void)state;
    static const struct {
        const char *live, *settled;
        int64_t since_s, upright_s; /* −1: none */
    } cases[] = {
        {"40s12u20s", "40s12t5s", 260, -1}, /* a break that live was unsure about */
        {"40s11u20s", "40s11t5s", 0, -1},   /* 55 s are none */
        {"40s30u", "40s15t", 275, -1},      /* one that has not ended yet */
        {"40s6u20t", "40s13t", -1, 200},    /* standing began before live was sure */
        {"40s12t20s", "40s11t", 260, -1},   /* live knows a later bout by itself */
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sitting live = after(cases[i].live), settled = after(cases[i].settled);
        sitting_follow(&live, &settled);
        assert_int_equal(live.since_ns, cases[i].since_s < 0 ? EVENT_OPEN : SECONDS_NS(cases[i].since_s));
        assert_int_equal(live.upright_ns, cases[i].upright_s < 0 ? EVENT_OPEN : SECONDS_NS(cases[i].upright_s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bouts), cmocka_unit_test(ended_from_outside),
                                       cmocka_unit_test(walking), cmocka_unit_test(live_follows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
