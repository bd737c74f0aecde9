/* Guides through the poses. Each is held for 15 s; a capture that moved or looks like another pose is asked for again.
 * Nobody is told to sit before samples are seen to come. */
#include "tool.h"
#include "view.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 3, POLL_MS = 250, PATIENCE_POLLS = 120, SILENT_POLLS = 3000 / POLL_MS };

static const struct {
    const char *name, *say;
} poses[] = {
    {"sit-upright", "Sit upright, as you would like to sit."},
    {"sit-slouched", "Now slouch, the way you do after lunch."},
    {"lean-back", "Lean back into your chair."},
    {"bend", "Bend forward to the desk, as if to read something small."},
    {"stand", "Stand up and stand at ease."},
};
enum { POSES = sizeof poses / sizeof poses[0] };

static void wait_for_enter(void)
{
    if (!isatty(STDIN_FILENO)) return;
    fputs("  Press Enter when you are there, then keep still. ", stdout);
    fflush(stdout);
    for (int c; (c = getchar()) != '\n' && c != EOF;) {}
}

static const char *reason(const char *fault)
{
    if (!strcmp(fault, "moved")) return "you moved; keep still for the 15 seconds";
    if (!strcmp(fault, "no-samples")) return "no samples came; is the sensor on? (plumbline status)";
    if (!strcmp(fault, "alike")) return "that looked just like sitting upright; make it more distinct";
    if (!strcmp(fault, "unlikely")) return "that is very far from sitting upright; does the sensor still sit as it did?";
    if (!strcmp(fault, "too-early")) return "sit upright first, so that this can be told from it: plumbline calibrate";
    return "it did not work";
}

/* Counts status replies that brought no new sample. */
struct flow {
    double samples;
    int silent;
};

static bool fell_silent(struct flow *f, const json_t *s)
{
    double samples = view_number(s, "sensor", "samples");
    bool changed = samples > f->samples || samples < f->samples; /* fewer: a stream begun anew */
    f->silent = changed ? 0 : f->silent + 1;
    f->samples = samples;
    return f->silent >= SILENT_POLLS;
}

/* An exit code, told: 0 once samples come. */
static int sensor_ready(void)
{
    const char *const words[] = {"status"};
    struct flow flow = {.samples = -1};
    for (int i = 0;; i++) {
        json_t *s;
        char link[512];
        int code = client_do(words, 1, &s);
        if (code) return code;
        bool up = view_bool(s, "sensor", "up"), silent = fell_silent(&flow, s);
        bool flowing = i > 0 && !flow.silent && flow.samples > 0;
        snprintf(link, sizeof link, "%s", view_text(s, "sensor", "link"));
        json_decref(s);
        if (!up) return tool_fail(1, "the sensor is not connected: %s (plumbline doctor)", link);
        if (silent) return tool_fail(1, "the sensor sends nothing it understands; is it on? (plumbline doctor)");
        if (flowing) return 0;
        poll(NULL, 0, POLL_MS);
    }
}

/* Follows the running capture; 0 done, 1 refused (told), 2 the daemon is gone. */
static int follow(void)
{
    const char *const words[] = {"status"};
    struct flow flow = {.samples = -1};
    bool bar = isatty(STDOUT_FILENO);
    for (int i = 0; i < PATIENCE_POLLS; i++) {
        json_t *s;
        if (client_do(words, 1, &s)) return 2;
        char state[16], fault[16];
        snprintf(state, sizeof state, "%s", view_text(s, "capture", "state"));
        snprintf(fault, sizeof fault, "%s", view_text(s, "capture", "fault"));
        int done = (int)(20 * view_number(s, "capture", "progress"));
        bool silent = fell_silent(&flow, s);
        json_decref(s);
        if (bar) printf("\r  [%.*s%.*s]\033[K", done, "####################", 20 - done, "                    ");
        fflush(stdout);
        if (!strcmp(state, "done")) return puts("  got it"), 0;
        if (!strcmp(state, "refused")) return printf("  %s\n", reason(fault)), 1;
        if (silent) break;
        poll(NULL, 0, POLL_MS);
    }
    printf("  %s\n", reason("no-samples"));
    return 1;
}

static int capture(int i, int nth, int of)
{
    const char *const words[] = {"calibrate", poses[i].name};
    printf("\n%d/%d  %s\n", nth, of, poses[i].say);
    for (int tries = 0; tries < TRIES; tries++) {
        json_t *reply;
        wait_for_enter();
        int code = client_do(words, 2, &reply);
        if (code) return code;
        json_decref(reply);
        int result = follow();
        if (result != 1) return result == 2;
    }
    return tool_fail(1, "'%s' could not be taken; the others stand as they were", poses[i].name);
}

/* The poses named, or all: their numbers in LIST. An exit code. */
static int choose(int argc, char **argv, int list[POSES], int *n)
{
    *n = argc > 1 ? argc - 1 : POSES;
    if (*n > POSES) return tool_fail(2, "there are %d poses", POSES);
    for (int k = 0; k < *n; k++) {
        int i = argc > 1 ? 0 : k;
        while (argc > 1 && i < POSES && strcmp(poses[i].name, argv[k + 1]) != 0) i++;
        if (i == POSES)
            return tool_fail(2, "'%s' is no pose; use sit-upright, sit-slouched, lean-back, bend or stand", argv[k + 1]);
        list[k] = i;
    }
    return 0;
}

int cmd_calibrate(int argc, char **argv)
{
    int list[POSES], n, code = choose(argc, argv, list, &n);
    if (!code) code = sensor_ready();
    if (code) return code;
    printf("This teaches it your own postures: %d pose%s of 15 seconds, about %s.\n", n, n > 1 ? "s" : "",
           n == POSES ? "two minutes" : n > 2 ? "a minute" : "half a minute");
    for (int k = 0; k < n && !code; k++) code = capture(list[k], k + 1, n);
    if (!code && n == POSES)
        puts("\nLast: walk a few steps, twenty seconds or more, so that it learns how you stand\n"
             "when you move. Done; slouch and sitting are measured against your own postures.");
    return code;
}
