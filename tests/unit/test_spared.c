/* Nobody is shown an exercise that the answers on health, red flags or much pain speak against: by every way in which one
 * can be shown, at once, after a restart, with the configuration's answers, and with a catalogue of one's own. */
#include "store_fixture.h"

#include "daemon/coach/region.h"
#include "daemon/pipeline_private.h"

#include <errno.h>

enum { NOW_S = 1791961200, BREAKS = 6 };

/* What was said. */
struct row {
    const char *name, *health, *configured, *sign;
    struct {
        int value;
        const char *area;
    } pain[2];
    const char *spared, *spared_area; /* letters and area of what may not be shown */
    bool emergency, no_range;
};

static const struct row rows[] = {
    {.name = "asked nothing", .spared = "fodic"},
    {.name = "nothing holds", .health = "none", .spared = ""},
    {.name = "left open", .health = "k ?o ?b", .spared = "ko"},
    {.name = "all holds", .health = "w f o d i p r v b k s c e", .spared = "wfodiprvbksce", .no_range = true},
    {.name = "configured", .configured = "p", .spared = "p"},
    {.name = "both", .health = "s", .configured = "b", .spared = "bs"},
    {.name = "a forgotten answer", .health = "", .spared = "fodic"},
    {.name = "much pain", .health = "none", .pain = {{7, "low back"}}, .spared = "", .spared_area = "low back",
     .no_range = true},
    {.name = "another pain since", .health = "none", .pain = {{9, "neck"}, {2, "knee"}}, .spared = "",
     .spared_area = "neck", .no_range = true},
    {.name = "less pain since", .health = "none", .pain = {{9, "neck"}, {2, "neck"}}, .spared = ""},
    {.name = "a sign", .health = "none", .sign = "fever", .no_range = true},
    {.name = "a sign that cannot wait", .health = "none", .sign = "saddle-numbness", .emergency = true,
     .no_range = true},
};

struct rig {
    char *folder, own[256];
    struct config config;
    struct store *store;
    struct pipeline *p;
    const struct row *row;
    unsigned shown;
};

static uint32_t letters(const char *text)
{
    uint32_t bits = 0;
    for (; text && *text; text++) bits |= *text == ' ' ? 0 : HEALTH_BIT(*text);
    return bits;
}

/* ---- what is shown ----------------------------------------------------------------------------------------------- */

static void check_item(struct rig *r, const struct item *item)
{
    if (!item) return;
    bool spared = r->row->sign || item->contra & letters(r->row->spared);
    spared |= r->row->spared_area && region_of(item->area) & region_of(r->row->spared_area);
    if (spared) print_message("%s: %s was shown\n", r->row->name, item->id);
    assert_false(spared);
    r->shown++;
}

static void check_text(struct rig *r, const struct advice *a)
{
    const struct catalogue *c = pipeline_catalogue(r->p);
    for (unsigned i = 0; i < c->n; i++)
        if (strstr(a->body, c->item[i].name) || strcmp(a->figure, c->item[i].id) == 0) check_item(r, &c->item[i]);
}

static void check_routine(struct rig *r, enum moment moment)
{
    struct load load;
    struct routine routine;
    pipeline_routine(r->p, moment, &load, &routine);
    for (unsigned i = 0; i < routine.n; i++) check_item(r, routine.item[i]);
    check_item(r, routine.offer);
    if (!r->row->sign) return;
    assert_true(routine.see_clinician);
    assert_non_null(strstr(routine.headline, r->row->emergency ? "emergency services now" : "clinician"));
}

static void check_prompt(struct rig *r, enum topic topic, uint32_t id)
{
    struct coach_out out = {.n_advice = 1, .advice = {{.action = ADVICE_SHOW, .topic = topic, .id = id}}};
    pipeline_say(r->p, &out);
    check_text(r, &out.advice[0]);
    if (topic != TOPIC_BREAK && r->row->emergency)
        assert_non_null(strstr(out.advice[0].body, "emergency services now"));
}

static void check_all(struct rig *r)
{
    static const enum topic topics[] = {TOPIC_WORKOUT, TOPIC_AFTER, TOPIC_SORE};
    const struct workout ahead = {.start_wall_s = NOW_S + 1800, .end_wall_s = NOW_S + 5400, .type = WORKOUT_SQUAT};
    uint32_t id = 1000;
    coach_set_workouts(r->p->coach, &ahead, 1);
    for (int m = 0; m <= MOMENT_COUNT; m++) check_routine(r, (enum moment)m);
    for (int i = 0; i < BREAKS; i++) check_prompt(r, TOPIC_BREAK, id++);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) check_prompt(r, topics[i], id++);
    assert_int_equal(pipeline_range_check(r->p), r->row->no_range ? -EPERM : -ENODATA);
}

/* ---- who says it ------------------------------------------------------------------------------------------------- */

static void begin(struct rig *r)
{
    const struct pipeline_options options = {.clock = CLOCK_SAMPLES, .start_wall_ns = SECONDS_NS(NOW_S)};
    struct store_options o;
    char why[256];
    store_options_default(&o);
    o.wait_when_full = true;
    assert_int_equal(store_open(r->folder, &o, &r->store, why), 0);
    assert_int_equal(pipeline_open(&r->config, &options, r->store, NULL, &r->p), 0);
}

static void end(struct rig *r)
{
    pipeline_close(r->p);
    store_close(r->store);
}

static void say(struct rig *r, enum entry_kind kind, int value, const char *what)
{
    struct entry e = {.kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    pipeline_enter(r->p, &e);
}

/* An item for each letter and moment, wanted more than any other; and one that would take the care out of ours. */
static void write_own(struct rig *r)
{
    static const char common[] = "when = pre post micro evening\ndose.pre = 10 s: a\ndose.post = 10 s: a\n"
                                 "dose.micro = 10 s: a\ndose.evening = 10 s: a\nneed = 9\nstep1 = a\nstop = a\n"
                                 "source = a\nevidence = custom\n";
    snprintf(r->own, sizeof r->own, "%s/own.conf", r->folder);
    FILE *f = fopen(r->own, "w");
    assert_non_null(f);
    for (int i = 0; i < HEALTH_CODES; i++)
        fprintf(f, "[own%c]\nname = Own thing %c\nkind = mobility\narea = %s\ncontra = %c\n%s", health_codes[i].letter,
                health_codes[i].letter, i % 3 ? "low back" : "neck", health_codes[i].letter, common);
    fprintf(f, "[tfoam]\nname = A roll of my own\nkind = foam-roll\narea = thoracic\ncontra = none\n%s", common);
    fclose(f);
    snprintf(r->config.catalogue, sizeof r->config.catalogue, "%s", r->own);
}

static void run(const struct row *row, bool own)
{
    struct rig r = {.folder = fixture_folder(), .row = row};
    config_default(&r.config);
    snprintf(r.config.data, sizeof r.config.data, "%s", r.folder);
    r.config.contra = letters(row->configured);
    r.config.health_answered = row->configured != NULL;
    if (own) write_own(&r);
    begin(&r);
    if (row->health && !row->health[0]) say(&r, ENTRY_HEALTH, -1, "none");
    if (row->health) say(&r, ENTRY_HEALTH, -1, row->health);
    if (row->sign) say(&r, ENTRY_RED_FLAG, 1, row->sign);
    say(&r, ENTRY_STRESS, 8, "");
    for (int i = 0; i < 2 && row->pain[i].value; i++) say(&r, ENTRY_PAIN, row->pain[i].value, row->pain[i].area);
    check_all(&r);
    if (own) assert_int_equal(catalogue_find(pipeline_catalogue(r.p), "tfoam")->contra, letters("wfodipc"));
    end(&r);
    begin(&r);
    check_all(&r);
    end(&r);
    assert_int_equal(r.shown > 0, !row->sign);
    fixture_remove(r.folder);
}

static void nobody_is_shown_what_does_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run(&rows[i], false);
        run(&rows[i], true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_is_shown_what_does_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
