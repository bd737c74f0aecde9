/* What turning says of sitting down and rising, on attitudes made by hand: either direction, any mounting, what is
 * like it and is not, holes and numbers that are none. */
#include "daemon/posture/activity.h"
#include "daemon/posture/transition.h"
#include "daemon/posture/vec.h"
#include "plumbline/sample.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

enum { LOOKS_MAX = 64 };

/* A trunk at angles; its sensor is turned by MOUNT against it. */
struct trunk {
    struct transition t;
    float mount[4], reference[3];
    bool have_reference, no_force;
    float flexion_deg, lateral_deg, heading_deg, step_s;
    int64_t now_ns;
    float shake_mps2;
    unsigned n;
    struct transition_look said[LOOKS_MAX];
};

static void about(float x, float y, float z, float deg, float q[4])
{
    float half = deg / DEG_PER_RAD / 2, size = sqrtf(x * x + y * y + z * z);
    q[0] = cosf(half);
    q[1] = sinf(half) * x / size, q[2] = sinf(half) * y / size, q[3] = sinf(half) * z / size;
}

static void attitude(const struct trunk *b, float q[4])
{
    float part[4];
    about(0, 0, 1, b->heading_deg, q);
    about(0, 1, 0, b->flexion_deg, part);
    quat_multiply(q, part, q);
    about(1, 0, 0, -b->lateral_deg, part);
    quat_multiply(q, part, q);
    quat_multiply(q, b->mount, q);
}

static void begin(struct trunk *b, unsigned mounting)
{
    float q[4];
    *b = (struct trunk){.have_reference = true, .step_s = 0.1f, .now_ns = SECONDS_NS(100)};
    transition_init(&b->t);
    about((float)(mounting % 3) - 0.7f, (float)(mounting % 5) - 2.2f, (float)(mounting % 7) - 3.1f,
          51.0f * (float)mounting, b->mount);
    attitude(b, q);
    quat_up(q, b->reference);
}

static void step(struct trunk *b)
{
    struct transition_look look;
    float q[4];
    attitude(b, q);
    b->now_ns += (int64_t)((double)b->step_s * 1e9);
    for (int i = 0; i < 4 && !b->no_force; i++)
        transition_add_force(&b->t, STANDARD_GRAVITY_MPS2 + (i % 2 ? 1 : -1) * b->shake_mps2);
    if (!transition_step(&b->t, q, b->have_reference ? b->reference : NULL, b->now_ns, &look)) return;
    assert_true(isfinite(look.before_deg) && isfinite(look.after_deg) && isfinite(look.burst_rads));
    if (look.kind != TRANSITION_NONE && b->n < LOOKS_MAX) b->said[b->n++] = look;
}

static void hold(struct trunk *b, float seconds)
{
    for (int64_t end = b->now_ns + (int64_t)((double)seconds * 1e9); b->now_ns < end;) step(b);
}

/* From where it is to FLEXION, LATERAL, HEADING in SECONDS, and on the way DIP further forward. */
static void move(struct trunk *b, float flexion_deg, float lateral_deg, float heading_deg, float dip_deg, float seconds)
{
    float f = b->flexion_deg, l = b->lateral_deg, h = b->heading_deg;
    int n = (int)(seconds / b->step_s);
    for (int i = 1; i <= n; i++) {
        float u = (float)i / (float)n, s = u * u * (3 - 2 * u), arch = sinf((float)M_PI * u);
        b->flexion_deg = f + (flexion_deg - f) * s + dip_deg * arch * arch;
        b->lateral_deg = l + (lateral_deg - l) * s;
        b->heading_deg = h + (heading_deg - h) * s;
        step(b);
    }
}

static void both_directions_at_any_mounting(void **state)
{
    (void)state;
    static const struct {
        float seat_deg, side_deg, dip_deg, seconds, step_s;
    } table[] = {
        {-38, 0, 30, 2.2f, 0.1f}, {-15, 0, 35, 2, 0.1f},    {12, 0, 40, 2, 0.1f},        {-55, 8, 20, 2.5f, 0.1f},
        {-30, 0, 25, 3, 0.16f},   {-30, 0, 25, 1.5f, 0.1f}, {-20, 10, 30, 2.5f, 0.105f}, {-62, 0, 0, 2, 0.1f},
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        for (unsigned mounting = 0; mounting < 24; mounting++) {
            struct trunk b;
            begin(&b, mounting);
            b.step_s = table[i].step_s;
            b.no_force = mounting % 4 == 3;
            hold(&b, 8);
            int64_t sat_ns = b.now_ns + (int64_t)((double)table[i].seconds * 5e8);
            move(&b, table[i].seat_deg, table[i].side_deg, 20, table[i].dip_deg, table[i].seconds);
            hold(&b, 12);
            int64_t rose_ns = b.now_ns + (int64_t)((double)table[i].seconds * 5e8);
            move(&b, 0, 0, 0, table[i].dip_deg, table[i].seconds);
            hold(&b, 10);
            assert_int_equal(b.n, 2);
            assert_int_equal(b.said[0].kind, TRANSITION_SIT_DOWN);
            assert_int_equal(b.said[1].kind, TRANSITION_RISE);
            assert_true(llabs(b.said[0].t_ns - sat_ns) < SECONDS_NS(1));
            assert_true(llabs(b.said[1].t_ns - rose_ns) < SECONDS_NS(1));
            assert_int_equal(b.t.last.t_ns, b.said[1].t_ns);
        }
}

struct excursion {
    const char *what;
    float flexion_deg, lateral_deg, heading_deg, out_s, stay_s;
};

static void what_comes_back_is_none(void **state)
{
    (void)state;
    static const struct excursion table[] = {
        {"bend", 45, 0, 0, 1.2f, 0.5f},       {"held bend", 50, 0, 0, 1.5f, 3},
        {"pick-up", 95, 0, 0, 1, 0.2f},       {"reach to a side", 0, 30, 0, 1, 1},
        {"reach up", -15, 0, 0, 0.8f, 2},     {"turn on a chair", 0, 0, 120, 1.5f, 5},
        {"look back", 5, 10, 80, 0.8f, 1.5f}, {"lie down", -88, 0, 0, 2.5f, 20},
    };
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        for (unsigned mounting = 0; mounting < 12; mounting++) {
            struct trunk b;
            begin(&b, mounting);
            hold(&b, 8);
            for (int n = 0; n < 3; n++) {
                move(&b, table[i].flexion_deg, table[i].lateral_deg, table[i].heading_deg, 0, table[i].out_s);
                hold(&b, table[i].stay_s);
                move(&b, 0, 0, 0, 0, table[i].out_s);
                hold(&b, 9);
            }
            if (b.n > 0) print_error("%s: said %d\n", table[i].what, b.said[0].kind);
            assert_int_equal(b.n, 0);
        }
}

/* The same within a seat: nothing stands upright on either side of it. */
static void a_sitter_moves_in_the_seat(void **state)
{
    (void)state;
    struct trunk b;
    begin(&b, 5);
    b.flexion_deg = -35;
    hold(&b, 8);
    move(&b, -55, 0, 0, 0, 1.5f);
    hold(&b, 9);
    move(&b, -25, 0, 90, 10, 1.5f);
    hold(&b, 9);
    assert_int_equal(b.n, 0);
}

static void a_restless_seat_is_none(void **state)
{
    (void)state;
    struct trunk b;
    begin(&b, 2);
    hold(&b, 8);
    move(&b, -30, 0, 0, 30, 2);
    b.shake_mps2 = 1; /* walking shakes so */
    hold(&b, 12);
    assert_int_equal(b.n, 0);
}

static void without_a_reference_nothing_is_said(void **state)
{
    (void)state;
    struct trunk b;
    begin(&b, 1);
    b.have_reference = false;
    hold(&b, 8);
    move(&b, -38, 0, 0, 30, 2);
    hold(&b, 12);
    assert_int_equal(b.n, 0);
}

/* A hole anywhere from 4 s before to 4 s after takes the verdict away; one further off does not. */
static void a_change_beside_a_hole_says_nothing(void **state)
{
    (void)state;
    for (int tenth = -90; tenth <= 90; tenth += 5) {
        struct trunk b;
        begin(&b, 4);
        hold(&b, 15);
        int64_t centre_ns = b.now_ns + SECONDS_NS(1), hole_ns = centre_ns + tenth * (int64_t)NS_PER_S / 10;
        bool broken = false;
        for (int i = 0; i < 240; i++) {
            float u = (float)(b.now_ns - centre_ns) / 2e9f + 0.5f;
            u = fmaxf(0, fminf(1, u));
            b.flexion_deg = -38 * u * u * (3 - 2 * u) + 30 * sinf((float)M_PI * u) * sinf((float)M_PI * u);
            step(&b);
            if (!broken && b.now_ns >= hole_ns) {
                transition_break(&b.t);
                b.now_ns += NS_PER_S / 2;
                broken = true;
            }
        }
        if (tenth > -35 && tenth < 40) assert_int_equal(b.n, 0);
        if (tenth >= 70) assert_int_equal(b.n, 1);
        for (unsigned k = 0; k < b.n; k++) assert_int_equal(b.said[k].kind, TRANSITION_SIT_DOWN);
    }
}

/* A correction of the attitude is no turning. */
static void what_was_put_right_is_no_burst(void **state)
{
    (void)state;
    struct trunk b;
    begin(&b, 6);
    hold(&b, 8);
    b.flexion_deg = -30;
    transition_skip(&b.t);
    hold(&b, 12);
    assert_int_equal(b.n, 0);
}

static void numbers_that_are_none_leave_nothing_behind(void **state)
{
    (void)state;
    struct trunk b;
    struct transition_look look;
    begin(&b, 3);
    hold(&b, 8);
    float bad[4] = {NAN, 0, 0, 1}, zero[4] = {0};
    transition_add_force(&b.t, NAN);
    transition_add_force(&b.t, INFINITY);
    assert_false(transition_step(&b.t, bad, b.reference, b.now_ns + 1, &look));
    assert_int_equal(b.t.n, 0);
    assert_false(transition_step(&b.t, zero, b.reference, b.now_ns + 2, &look));
    hold(&b, 8);
    move(&b, -38, 0, 0, 30, 2);
    hold(&b, 12);
    assert_int_equal(b.n, 1);
    for (unsigned i = 0; i < b.t.n; i++)
        assert_true(isfinite(b.t.slot[i].turn2) && isfinite(b.t.slot[i].force_sq) && isfinite(b.t.slot[i].up[0]));
}

/* ---- what the activity filter makes of it ---- */

/* P(sitting) after standing for a minute and N epochs that say neither, into the first of which a change was SEEN. */
static float sitting_after(enum change seen, bool past, int n)
{
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct calibration c = {
        .version = CALIBRATION_VERSION, .state = REFERENCE_GUESSED, .have_up = true, .have_walk = true};
    struct features stands = {.n = 250}, says_little = {.n = 250};
    struct activity a;
    float p[ACTIVITY_CLASSES];
    c.up[2] = c.walk[2] = 1;
    stands.force[2] = 250 * STANDARD_GRAVITY_MPS2;
    stands.size = 250 * 9.81;
    stands.size_sq = 250 * (9.81 * 9.81 + 0.1);
    says_little = stands;
    says_little.force[0] = 50 * STANDARD_GRAVITY_MPS2;
    activity_init(&a);
    for (int i = 0; i < 12; i++) activity_step(&a, &config, &c, &stands);
    if (!past) activity_see(&a, config.placement, seen, false);
    for (int i = 0; i < n; i++) {
        activity_step(&a, &config, &c, &says_little);
        if (past && i == 0) activity_see(&a, config.placement, seen, true);
    }
    activity_live(&a, p);
    assert_float_equal(p[0] + p[1] + p[2] + p[3], 1, 1e-4f);
    return p[ACTIVITY_SIT];
}

static void a_hint_moves_the_odds_whenever_it_comes(void **state)
{
    (void)state;
    for (int n = 1; n < 4; n++) {
        float unseen = sitting_after(CHANGE_UNSEEN, false, n), seen = sitting_after(CHANGE_SIT_DOWN, false, n);
        float rose = sitting_after(CHANGE_RISE, false, n);
        assert_true(seen > unseen + 0.1f && seen < 1);
        assert_true(rose <= unseen + 0.01f);
        assert_float_equal(seen, sitting_after(CHANGE_SIT_DOWN, true, n), 1e-5f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_at_any_mounting),
        cmocka_unit_test(what_comes_back_is_none),
        cmocka_unit_test(a_sitter_moves_in_the_seat),
        cmocka_unit_test(a_restless_seat_is_none),
        cmocka_unit_test(without_a_reference_nothing_is_said),
        cmocka_unit_test(a_change_beside_a_hole_says_nothing),
        cmocka_unit_test(what_was_put_right_is_no_burst),
        cmocka_unit_test(a_hint_moves_the_odds_whenever_it_comes),
        cmocka_unit_test(numbers_that_are_none_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
