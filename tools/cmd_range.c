/* The self-test of the range of motion: the daemon measures and keeps time; here is said what to do, and the result. */
#include "said.h"
#include "view.h"

#include "plumbline/range.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 100, GET_READY_S = 5, YEARS_S = 3 * 366 * 86400, TESTS_MAX = 200, BAR = 20 };

static volatile sig_atomic_t stopped;
static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static const char *const ways[RANGE_WAYS] = {"forward", "backward", "to the left", "to the right"};
static const char *const phases[RANGE_WAYS] = {
    "Bend forward, as far as is pleasant", "Bend backward, as far as is pleasant",
    "Bend to the left, as far as is pleasant", "Bend to the right, as far as is pleasant"};

static const char *reason(const char *fault)
{
    if (!strcmp(fault, "moved")) return "you moved at the start; stand still and upright for the first six seconds";
    if (!strcmp(fault, "not-back")) return "you did not come back as upright as at the start, or the sensor slipped";
    if (!strcmp(fault, "no-samples")) return "too few samples came; is the sensor on? (plumbline status)";
    if (!strcmp(fault, "no-reference")) return "which way is forward is not known any more; walk a few steps first";
    if (!strcmp(fault, "not-worn")) return "the sensor was not worn, it seems";
    if (!strcmp(fault, "walked")) return "you walked; stay on the spot";
    return "it did not work";
}

/* ---- earlier ones: rows that one test entered lie within 30 s ------------------------------------------------------ */

struct test {
    int64_t wall_s;
    double deg[RANGE_WAYS]; /* NAN: not measured */
};
struct tests {
    int n;
    struct test test[TESTS_MAX];
};

static int take(void *arg, const struct entry *e)
{
    struct tests *t = arg;
    enum range_way way = range_way_find(e->what);
    if (e->kind != ENTRY_RANGE || way == RANGE_WAYS || e->value < 0 || e->value > 180) return 0;
    if (!t->n || e->wall_s - t->test[t->n - 1].wall_s > 30) {
        if (t->n == TESTS_MAX) memmove(t->test, t->test + 1, (size_t)--t->n * sizeof t->test[0]);
        t->test[t->n++] = (struct test){e->wall_s, {(double)NAN, (double)NAN, (double)NAN, (double)NAN}};
    }
    t->test[t->n - 1].deg[way] = e->value;
    return 0;
}

static int load(struct tests *t)
{
    t->n = 0;
    return said_each(time(NULL) - YEARS_S, take, t);
}

static double median_of(const struct tests *t, int way)
{
    double deg[TESTS_MAX];
    int n = 0;
    for (int i = 0; i < t->n; i++)
        if (isfinite(t->test[i].deg[way])) deg[n++] = t->test[i].deg[way];
    return range_median(deg, n);
}

static int list(bool json)
{
    static struct tests tests;
    int code = load(&tests);
    if (code) return code;
    json_t *all = json_array();
    if (!json && tests.n) puts("                  forward backward  left right   (degrees)");
    if (!json && !tests.n) puts("No self-test yet; plumbline range takes a minute.");
    for (int i = 0; i < tests.n; i++) {
        const struct test *t = &tests.test[i];
        char when[24], cell[RANGE_WAYS][8];
        json_t *one = json_pack("{s:I}", "wall_s", (json_int_t)t->wall_s);
        said_time(t->wall_s, when);
        for (int w = 0; w < RANGE_WAYS; w++) {
            bool known = isfinite(t->deg[w]);
            snprintf(cell[w], sizeof cell[w], known ? "%.0f" : "-", t->deg[w]);
            json_object_set_new(one, range_way_name((enum range_way)w),
                                known ? json_integer(lround(t->deg[w])) : json_null());
        }
        json_array_append_new(all, one);
        if (!json) printf("%s  %7s %8s %5s %5s\n", when, cell[0], cell[1], cell[2], cell[3]);
    }
    if (json) json_dumpf(all, stdout, JSON_INDENT(2)), putchar('\n');
    json_decref(all);
    return 0;
}

/* ---- a new one --------------------------------------------------------------------------------------------------- */

static void get_ready(void)
{
    view_paragraph("A minute, standing, the sensor on. Move slowly, only as far as is pleasant. Stop at sharp "
                   "pain, numbness or dizziness: Ctrl-C. Each bell is the next movement.", 0);
    fputs("Press Enter, then stand upright and keep still. ", stdout);
    fflush(stdout);
    for (int c; (c = getchar()) != '\n' && c != EOF;) {
    }
    for (int s = GET_READY_S; s > 0; s--) {
        printf("\r  in %d s \033[K", s);
        fflush(stdout);
        poll(NULL, 0, 1000);
    }
}

static void show_phase(const json_t *s, int *phase, bool terminal)
{
    int now = (int)json_integer_value(json_object_get(s, "phase"));
    double left_s = json_number_value(json_object_get(s, "phase_left_s"));
    if (now < 0 || now >= RANGE_PHASES) return;
    const char *say = now % 2 ? phases[now / 2] : now ? "Upright again, and still" : "Stand upright, and still";
    int all_s = range_phase_s(now), done = BAR - (int)(BAR * left_s / all_s);
    if (now != *phase) printf("%s%s%s", terminal ? "\r\a" : "", say, terminal ? "" : "\n");
    if (terminal)
        printf("\r%-42s [%.*s%.*s]\033[K", say, done < 0 ? 0 : done, "####################",
               done < 0 ? BAR : BAR - done, "                    ");
    *phase = now;
    fflush(stdout);
}

/* Follows the test to its end; its numbers in FOUND. Exit code, told. */
static int follow(struct test *found)
{
    const char *const look[] = {"range"}, *const stop[] = {"range", "stop"};
    bool terminal = isatty(STDOUT_FILENO);
    json_t *s;
    for (int phase = -1;; json_decref(s)) {
        int code = client_do(stopped ? stop : look, stopped ? 2 : 1, &s);
        if (code) return code;
        const char *state = json_string_value(json_object_get(s, "state")),
                   *fault = json_string_value(json_object_get(s, "fault"));
        if (state && !strcmp(state, "running")) {
            show_phase(s, &phase, terminal);
            poll(NULL, 0, POLL_MS);
            continue;
        }
        if (terminal) fputs("\r\033[K", stdout);
        if (!state || strcmp(state, "done") != 0) {
            code = stopped ? tool_fail(1, "stopped; nothing was noted")
                           : tool_fail(1, "%s; nothing was noted", reason(fault ? fault : ""));
            json_decref(s);
            return code;
        }
        for (int w = 0; w < RANGE_WAYS; w++) {
            const json_t *deg = json_object_get(json_object_get(s, "deg"), range_way_name((enum range_way)w));
            found->deg[w] = json_is_number(deg) ? json_number_value(deg) : (double)NAN;
        }
        json_decref(s);
        return 0;
    }
}

/* Beyond what two tests of the same back differ by. */
static const char *difference(double now_deg, double usual_deg)
{
    if (!isfinite(usual_deg)) return "";
    double more_deg = now_deg - usual_deg;
    return more_deg > RANGE_CHANGE_DEG    ? "further than usual"
           : more_deg < -RANGE_CHANGE_DEG ? "less far than usual"
                                          : "as usual";
}

static void show_result(const struct test *found, const struct tests *before)
{
    char words[240];
    const struct test *last = before->n ? &before->test[before->n - 1] : NULL;
    printf("%-14s %6s %6s %6s\n", "degrees", "today", "last", "median");
    for (int w = 0; w < RANGE_WAYS; w++) {
        double usual = median_of(before, w);
        char now[8] = "-", then[8] = "-", median[8] = "-";
        if (isfinite(found->deg[w])) snprintf(now, sizeof now, "%.0f", found->deg[w]);
        if (last && isfinite(last->deg[w])) snprintf(then, sizeof then, "%.0f", last->deg[w]);
        if (isfinite(usual)) snprintf(median, sizeof median, "%.0f", usual);
        printf("%-14s %6s %6s %6s  %s\n", ways[w], now, then, median,
               isfinite(found->deg[w]) ? difference(found->deg[w], usual) : "no such movement was seen");
    }
    snprintf(words, sizeof words,
             "Of the trunk where the sensor sits, hips included. Two tests of the same back differ by 5 to 15 degrees "
             "(Laird 2016); only what is beyond %d is called a change.", RANGE_CHANGE_DEG);
    view_paragraph(words, 0);
}

static int run_test(void)
{
    static struct tests before;
    struct test found;
    const char *const check[] = {"range", "check"}, *const start[] = {"range", "start"};
    json_t *reply;
    int code = load(&before);
    if (!code) code = client_do(check, 2, &reply);
    if (code) return code;
    json_decref(reply);
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) get_ready();
    if ((code = client_do(start, 2, &reply))) return code;
    json_decref(reply);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    code = follow(&found);
    if (!code) show_result(&found, &before);
    return code;
}

int cmd_range(int argc, char **argv)
{
    if (argc == 1) return run_test();
    bool json = argc == 3 && !strcmp(argv[2], "--json");
    if (strcmp(argv[1], "list") != 0 || (argc > 2 && !json)) return tool_fail(2, "expected nothing, or list [--json]");
    return list(json);
}
