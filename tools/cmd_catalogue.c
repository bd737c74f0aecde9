/* The exercises: which there are, what each asks for, and whether a file of one's own is right. */
#include "plumbline/health.h"
#include "said.h"
#include "tool.h"
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, INDENT = 10 };

/* ---- what the wearer said ---------------------------------------------------------------------------------------- */

static int take_pain(void *arg, const struct entry *e)
{
    time_t t = (time_t)e->wall_s;
    struct tm tm;
    if (e->kind == ENTRY_PAIN && localtime_r(&t, &tm))
        history_pain(arg, (e->wall_s + tm.tm_gmtoff) / DAY_S, e->value, e->what);
    return 0;
}

/* What routines would mind now, without the day's figures. Exit code, told. */
static int read_wearer(struct load *l)
{
    static struct history history;
    struct health h;
    time_t now = time(NULL);
    struct tm tm;
    int code = said_health(&h);
    if (!code) code = said_each(now - 3 * DAY_S, take_pain, &history);
    if (code) return code;
    localtime_r(&now, &tm);
    history_load(&history, (now + tm.tm_gmtoff) / DAY_S, l);
    l->pain = -1;
    l->contra = health_contra(&h);
    l->health_answered = h.answered;
    l->red_flag = h.red != 0;
    return 0;
}

/* Why ITEM is not offered to this wearer, into WHY; empty when it is. */
static void closed(const struct item *item, const struct load *load, char why[REASON_MAX])
{
    const struct left_out left = {.item = item, .why = routine_barred(load, item)};
    why[0] = 0;
    if (load->red_flag)
        snprintf(why, REASON_MAX, "a clinician should look first: plumbline health show");
    else if (left.why != LEFT_WHY_COUNT)
        routine_left_words(&left, load, why);
}

static json_t *moments_of(const struct item *item)
{
    json_t *list = json_object();
    for (int m = 0; m < MOMENT_COUNT; m++)
        if (item->when >> m & 1)
            json_object_set_new(list, moment_name((enum moment)m),
                                json_pack("{s:i, s:s}", "seconds", item->seconds[m], "dose", item->dose[m]));
    return list;
}

static json_t *describe(const struct item *item, const struct load *l)
{
    char why[REASON_MAX], contra[32] = "";
    json_t *steps = json_array();
    closed(item, l, why);
    for (int i = 0; i < ITEM_STEPS; i++)
        if (item->step[i][0]) json_array_append_new(steps, json_string(item->step[i]));
    for (char letter = 'a'; letter <= 'z'; letter++)
        if (item->contra & HEALTH_BIT(letter)) strncat(contra, &letter, 1);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o}", "id", item->id, "name",
                     item->name, "kind", item_kind_name(item->kind), "area", item->area, "contra", contra, "need",
                     item->need, "stop", item->stop, "source", item->source, "evidence", item->evidence, "from",
                     item->own ? "own" : "shipped", "open", !why[0], "closed", why, "when", moments_of(item), "steps",
                     steps);
}

/* A value behind its name, or below another. */
static void line(const char *name, const char *value)
{
    if (!value[0]) return;
    printf("%-*s", INDENT, name);
    view_paragraph(value, INDENT);
}

static void print_doses(const char *name, const struct item *item)
{
    char all[MOMENT_COUNT * (sizeof item->dose[0] + 16)] = "";
    size_t n = 0;
    for (int m = 0; m < MOMENT_COUNT; m++)
        if (item->when >> m & 1)
            n += (size_t)snprintf(all + n, sizeof all - n, "%s%s %s", n ? "; " : "", moment_name((enum moment)m),
                                  item->dose[m]);
    line(name, all);
}

static int list(const struct catalogue *c, const struct catalogue *shipped, const struct load *l, bool json)
{
    json_t *all = json_array();
    for (unsigned i = 0; i < c->n; i++) {
        const struct item *item = &c->item[i];
        char why[REASON_MAX], note[REASON_MAX + 8];
        if (json) {
            json_array_append_new(all, describe(item, l));
            continue;
        }
        closed(item, l, why);
        printf("%-9s %s (%s%s)\n", item->id, item->name, item_kind_name(item->kind), item->own ? ", your own" : "");
        print_doses("", item);
        if (!why[0]) continue;
        snprintf(note, sizeof note, "closed: %s", why);
        line("", note);
    }
    for (unsigned i = 0; i < shipped->n && !json; i++)
        if (!catalogue_find(c, shipped->item[i].id))
            printf("%-9s %s: switched off in your own file\n", shipped->item[i].id, shipped->item[i].name);
    if (json) {
        json_dumpf(all, stdout, JSON_INDENT(2));
        putchar('\n');
    } else if (!l->health_answered) {
        puts("\nWhat waits for your answers on health opens with: plumbline health");
    }
    json_decref(all);
    return 0;
}

static int show(const struct catalogue *c, const struct load *l, const char *id)
{
    const struct item *item = catalogue_find(c, id);
    char why[REASON_MAX], picture[VIEW_PICTURE_MAX], contra[HEALTH_NAMES_MAX], evidence[sizeof item->evidence + sizeof item->source + 4];
    if (!item) return tool_fail(1, "there is no item '%s'; 'plumbline catalogue list' has all", id);
    printf("%s  [%s]%s\n", item->name, item->id, item->own ? "  from your own file" : "");
    if (view_picture(item->id, 32, picture)) printf("\n%s\n", picture);
    printf("%s, %s\n", item_kind_name(item->kind), item->area);
    for (int i = 0; i < ITEM_STEPS; i++) line(i ? "" : "steps", item->step[i]);
    print_doses("dose", item);
    line("stop at", item->stop);
    health_names(item->contra, contra, sizeof contra);
    line("not with", contra);
    line("needed by", item->need);
    snprintf(evidence, sizeof evidence, "%s (%s)", item->evidence, item->source);
    line("evidence", evidence);
    closed(item, l, why);
    line("closed", why);
    return 0;
}

/* ---- check ------------------------------------------------------------------------------------------------------- */

static void tell(void *arg, int number, const char *what) { printf("%s:%d: %s\n", (const char *)arg, number, what); }

static int check(struct catalogue *c, const char *file)
{
    char own[PATH_LEN];
    catalogue_load_path(tool_config(), own);
    char *path = strdup(file ? file : own);
    if (!path) return tool_fail(1, "%s", strerror(ENOMEM));
    int faults = catalogue_load_file(c, path, tell, path), code = faults ? 1 : 0;
    if (faults == -ENOENT && !file && !tool_config()->catalogue[0]) {
        printf("You have no catalogue of your own; it would be %s\n", path);
        code = 0;
    } else if (faults == -EINVAL)
        tool_fail(1, "%s: not a plain file", path);
    else if (faults < 0)
        tool_fail(1, "%s: %s", path, strerror(-faults));
    else if (faults)
        printf("%d %s; what has one is left out, the rest is taken\n", faults, faults == 1 ? "fault" : "faults");
    else
        printf("%s: all is well; %u items with those that come along\n", path, c->n);
    free(path);
    return code;
}

int cmd_catalogue(int argc, char **argv)
{
    static struct catalogue c, shipped;
    struct load load = {0};
    const char *what = argc > 1 ? argv[1] : "list";
    bool json = argc == 3 && !strcmp(argv[2], "--json");
    catalogue_load_shipped(&shipped);
    if (!strcmp(what, "check") && argc <= 3) {
        c = shipped;
        return check(&c, argc > 2 ? argv[2] : NULL);
    }
    bool lists = !strcmp(what, "list") && (argc <= 2 || json), shows = !strcmp(what, "show") && argc == 3;
    if (!lists && !shows) return tool_fail(2, "expected list [--json], show ID or check [FILE]");
    catalogue_load(&c, tool_config());
    int code = read_wearer(&load);
    if (code) return code;
    return shows ? show(&c, &load, argv[2]) : list(&c, &shipped, &load, json);
}
