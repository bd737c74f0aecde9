/* Sessions with a massage therapist: noted, listed, the next by one's own interval, and pain before against after. */
#include "said.h"
#include "view.h"

#include "plumbline/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, YEARS_S = 10 * 366 * DAY_S, SESSIONS_MAX = 1024, RATINGS_MAX = 32768 };

/* ---- add ---- */

static bool felt_of(const char *text, int *felt)
{
    char *end;
    long v = strtol(text, &end, 10);
    *felt = (int)v;
    return end != text && !*end && v >= 0 && v <= 10;
}

static int add(int argc, char **argv)
{
    struct entry e = {.kind = ENTRY_SESSION, .value = -1, .wall_s = time(NULL)};
    int64_t now_s = e.wall_s;
    char at[24], felt[12];
    if (argc < 3) return tool_fail(2, "expected swedish, deep-tissue, trigger-point or other");
    if (!outcome_session_known(argv[2]))
        return tool_fail(2, "'%s' is no kind; use swedish, deep-tissue, trigger-point or other", argv[2]);
    snprintf(e.what, sizeof e.what, "%s", argv[2]);
    for (int i = 3; i < argc; i++) {
        bool last = i + 1 == argc;
        if (!strcmp(argv[i], "--felt") && !last && felt_of(argv[i + 1], &e.value))
            i++;
        else if (!strcmp(argv[i], "--felt"))
            return tool_fail(2, "--felt wants a number from 0 (not at all good) to 10");
        else if (i > 3 || !tool_time(argv[i], &e.wall_s))
            return tool_fail(2, "'%s' is no time; use 18:00, yesterday or '2026-03-02 18:00'", argv[i]);
    }
    if (e.wall_s > now_s || e.wall_s < now_s - YEARS_S)
        return tool_fail(2, "a session is noted when it was: at most ten years back, nothing ahead");
    snprintf(at, sizeof at, "%lld", (long long)e.wall_s);
    snprintf(felt, sizeof felt, "%d", e.value);
    const char *const words[] = {"session", e.what, at, felt};
    int code = said_tell(words, e.value < 0 ? 3 : 4, &e, 1, NULL);
    if (!code) puts("noted");
    return code;
}

/* ---- list ---- */

struct sessions {
    size_t n, n_pain;
    struct entry session[SESSIONS_MAX];
    struct rating pain[RATINGS_MAX];
};

static int take(void *arg, const struct entry *e)
{
    struct sessions *s = arg;
    if (e->kind == ENTRY_SESSION) {
        if (s->n == SESSIONS_MAX) memmove(s->session, s->session + 1, --s->n * sizeof s->session[0]);
        s->session[s->n++] = *e;
    } else if (e->kind == ENTRY_PAIN) {
        if (s->n_pain == RATINGS_MAX) memmove(s->pain, s->pain + 1, --s->n_pain * sizeof s->pain[0]);
        s->pain[s->n_pain++] = (struct rating){e->wall_s, e->value};
    }
    return 0;
}

static struct around_outcome around(const struct sessions *s, size_t i)
{
    struct around_outcome o;
    outcome_around(s->pain, s->n_pain, s->session[i].wall_s, i + 1 < s->n ? s->session[i + 1].wall_s : INT64_MAX, &o);
    return o;
}

static void print_one(const struct sessions *s, size_t i)
{
    static const char *const change[] = {"too few notes to compare", "less", "about the same", "more"};
    const struct entry *e = &s->session[i];
    struct around_outcome o = around(s, i);
    char when[24], felt[16] = "";
    said_time(e->wall_s, when);
    if (e->value >= 0) snprintf(felt, sizeof felt, "felt %d", e->value);
    printf("%s  %-13s  %-7s", when, e->what, felt);
    if (o.n_before && o.n_after) printf("  pain %.1f before, %.1f after: %s", o.before, o.after, change[o.change]);
    putchar('\n');
}

static json_t *json_one(const struct sessions *s, size_t i)
{
    static const char *const change[] = {"unknown", "less", "alike", "more"};
    const struct entry *e = &s->session[i];
    struct around_outcome o = around(s, i);
    return json_pack("{s:I, s:s, s:o, s:o, s:i, s:o, s:i, s:s}", "wall_s", (json_int_t)e->wall_s, "kind", e->what,
                     "felt", e->value < 0 ? json_null() : json_integer(e->value), "pain_before",
                     o.n_before ? json_real(o.before) : json_null(), "n_before", (int)o.n_before, "pain_after",
                     o.n_after ? json_real(o.after) : json_null(), "n_after", (int)o.n_after, "change",
                     change[o.change]);
}

/* The wearer's own interval from the last one; nothing without either. */
static void print_next(const struct sessions *s)
{
    int weeks = tool_config()->coach.session_weeks;
    if (!weeks) return;
    char when[24];
    said_time(s->session[s->n - 1].wall_s + (int64_t)weeks * 7 * DAY_S, when);
    printf("Next by your own interval of %d week%s: %.10s\n", weeks, weeks > 1 ? "s" : "", when);
}

static int list(bool json)
{
    static struct sessions s;
    json_t *all = json_array();
    int code = said_each(time(NULL) - YEARS_S, take, &s);
    for (size_t i = 0; !code && i < s.n; i++) {
        if (json)
            json_array_append_new(all, json_one(&s, i));
        else
            print_one(&s, i);
    }
    if (!code && json) json_dumpf(all, stdout, JSON_INDENT(2)), putchar('\n');
    json_decref(all);
    if (code || json) return code;
    if (!s.n) return puts("No session yet; note one with plumbline therapist add swedish"), 0;
    print_next(&s);
    view_paragraph("Pain: mean of your notes, seven days before and after; a change is 2 points or 30 %.", 0);
    return 0;
}

int cmd_therapist(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "add")) return add(argc, argv);
    bool json = argc == 3 && !strcmp(argv[2], "--json");
    if (argc < 2 || strcmp(argv[1], "list") != 0 || (argc > 2 && !json))
        return tool_fail(2, "expected add KIND [TIME] [--felt 0-10], or list [--json]");
    return list(json);
}
