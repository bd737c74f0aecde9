/* The routine that fits now: as a list, with its reasons, or guided in the terminal. */
#include "guide_screen.h"
#include "said.h"
#include "tool.h"
#include "view.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct wish {
    const char *moment; /* NULL: what fits now */
    bool why, start, bell;
};

static const char *text(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

/* Said when nobody asked for this moment. */
static void print_moment(const json_t *r)
{
    static const char *const words[MOMENT_COUNT] = {
        [MOMENT_PRE] = "Before the workout",
        [MOMENT_POST] = "After the workout",
        [MOMENT_MICRO] = "At the desk",
        [MOMENT_EVENING] = "This evening",
    };
    enum moment m = moment_find(text(r, "moment"));
    if (m < MOMENT_COUNT) puts(words[m]);
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static void print_why(const json_t *item)
{
    char words[400];
    printf("   why: ");
    view_paragraph(text(item, "reason"), 8);
    snprintf(words, sizeof words, "%s (%s)", text(item, "evidence"), text(item, "source"));
    printf("   evidence: ");
    view_paragraph(words, 13);
    if (!text(item, "stop")[0]) return;
    printf("   stop at: ");
    view_paragraph(text(item, "stop"), 12);
}

static void print_item(const json_t *item, size_t number, bool why)
{
    const json_t *step;
    size_t i;
    printf("\n%zu. %s — %s  [%s]\n", number, text(item, "name"), text(item, "dose"), text(item, "id"));
    json_array_foreach(json_object_get(item, "steps"), i, step)
    {
        printf("   - ");
        view_paragraph(json_string_value(step), 5);
    }
    if (why) print_why(item);
}

static void print_left(const json_t *left)
{
    const json_t *item;
    size_t i;
    if (json_array_size(left)) puts("\nLeft out:");
    json_array_foreach(left, i, item)
    {
        char words[400];
        snprintf(words, sizeof words, "%s [%s]: %s", text(item, "name"), text(item, "id"), text(item, "why"));
        printf("  - ");
        view_paragraph(words, 4);
    }
}

static void print_offer(const json_t *offer, bool why)
{
    const json_t *step;
    size_t i;
    if (!offer) return;
    printf("\nAlso a thought: %s (%s)\n", text(offer, "name"), text(offer, "dose"));
    json_array_foreach(json_object_get(offer, "steps"), i, step)
    {
        printf("   - ");
        view_paragraph(json_string_value(step), 5);
    }
    if (why) print_why(offer);
}

static void print_list(const json_t *r, bool why)
{
    const json_t *items = json_object_get(r, "items"), *item;
    size_t i;
    json_array_foreach(items, i, item) print_item(item, i + 1, why);
    if (json_array_size(items)) {
        char all[32];
        view_duration((double)json_integer_value(json_object_get(r, "seconds")), all, sizeof all);
        printf("\n%s in all. Not a medical device; stop when something hurts.\n", all);
        printf("Guided, and noted: add --start. Done by yourself: plumbline did %s\n", text(json_array_get(items, 0), "id"));
    } else if (json_is_true(json_object_get(r, "red_flag")))
        puts("plumbline health show tells what you noted.");
    else if (!json_is_true(json_object_get(r, "in_workout")))
        puts(json_is_true(json_object_get(r, "see_clinician")) ? "Nothing is offered near what hurts today."
                                                               : "Nothing is needed now.");
    if (why) print_left(json_object_get(r, "left_out"));
    print_offer(json_object_get(r, "offer"), why);
    if (!json_is_true(json_object_get(r, "health_answered")))
        puts("Rolling and ball items wait for a few answers: plumbline health");
}

/* ---- guided ------------------------------------------------------------------------------------------------------ */

/* Into the diary, by the daemon where one runs. Whether it got there. */
static bool note(const char *id)
{
    const char *const words[] = {"did", id};
    struct entry e = {.wall_s = time(NULL), .kind = ENTRY_ROUTINE, .value = -1};
    snprintf(e.what, sizeof e.what, "%s", id);
    return said_tell(words, 2, &e, 1, NULL) == 0;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_guide(struct guide *g, bool bell, bool noted[GUIDE_ITEMS_MAX])
{
    double last = seconds_now();
    guide_screen_draw(g, false);
    while (g->phase != GUIDE_OVER) {
        int key = guide_screen_key(200);
        unsigned at = g->at, what;
        double now = seconds_now();
        if (key < 0) return;
        if (guide_screen_resumed()) {
            g->paused = true; /* what passed while it was stopped counts for nothing */
            what = 0;
        } else {
            what = guide_pass(g, now - last);
        }
        last = now;
        if (!(what & GUIDE_FINISHED) && key) what |= guide_key(g, (char)key);
        if (what & GUIDE_FINISHED) noted[at] = note(g->item[at].id);
        guide_screen_draw(g, bell && what & GUIDE_CHANGED);
    }
}

static void print_done(const struct guide *g, const bool noted[GUIDE_ITEMS_MAX])
{
    unsigned done = 0;
    for (unsigned i = 0; i < g->n; i++) {
        if (!g->done[i]) continue;
        printf("%s%s", done++ ? ", " : "done: ", g->item[i].name);
        if (!noted[i]) printf(" (not noted; plumbline did %s)", g->item[i].id);
    }
    puts(done ? "" : "nothing done, nothing noted");
}

static int guide(const json_t *r, bool bell)
{
    struct guide g;
    bool noted[GUIDE_ITEMS_MAX] = {false};
    guide_begin(&g, r);
    if (!g.n) {
        print_list(r, false);
        return 0;
    }
    if (!isatty(STDIN_FILENO) || !guide_screen_open())
        return tool_fail(1, "--start guides you in a terminal; without one, 'plumbline routine' prints the same plan");
    run_guide(&g, bell, noted);
    guide_screen_close();
    print_done(&g, noted);
    int number = guide_screen_signal();
    if (!number || number == SIGINT) return 0;
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
    return 1;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

static bool read_wish(int argc, char **argv, struct wish *w)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--why"))
            w->why = true;
        else if (!strcmp(argv[i], "--start"))
            w->start = true;
        else if (!strcmp(argv[i], "--bell"))
            w->bell = true;
        else if (w->moment || moment_find(argv[i]) == MOMENT_COUNT)
            return false;
        else
            w->moment = argv[i];
    }
    return true;
}

int cmd_routine(int argc, char **argv)
{
    struct wish w = {0};
    json_t *r;
    if (!read_wish(argc, argv, &w))
        return tool_fail(2, "expected one of pre, post, micro, evening; --why, --start, --bell");
    const char *const words[] = {"routine", w.moment};
    int code = client_do(words, w.moment ? 2 : 1, &r);
    if (code) return code;
    if (!w.start || !json_array_size(json_object_get(r, "items"))) {
        bool offered =
            !json_is_true(json_object_get(r, "in_workout")) && !json_is_true(json_object_get(r, "red_flag"));
        if (!w.moment && offered) print_moment(r);
        if (text(r, "headline")[0]) puts(text(r, "headline"));
        print_list(r, w.why);
    } else {
        code = guide(r, w.bell);
    }
    json_decref(r);
    return code;
}
