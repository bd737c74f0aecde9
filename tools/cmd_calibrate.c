/* Guides through the poses. Each is held for 15 s; a capture that moved or looks like another pose is asked for again. */
#include "tool.h"
#include "view.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 3, POLL_MS = 250, PATIENCE_POLLS = 120 };

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
    if (!strcmp(fault, "implausible")) return "that looked just like another pose; make it more distinct";
    return "it did not work";
}

/* Follows the running capture; 0 done, 1 refused (told), 2 the daemon is gone. */
static int follow(void)
{
    const char *const words[] = {"status"};
    bool bar = isatty(STDOUT_FILENO);
    for (int i = 0; i < PATIENCE_POLLS; i++) {
        json_t *s;
        if (client_do(words, 1, &s)) return 2;
        char state[16], fault[16];
        snprintf(state, sizeof state, "%s", view_text(s, "capture", "state"));
        snprintf(fault, sizeof fault, "%s", view_text(s, "capture", "fault"));
        int done = (int)(20 * view_number(s, "capture", "progress"));
        json_decref(s);
        if (bar) printf("\r  [%.*s%.*s]\033[K", done, "####################", 20 - done, "                    ");
        fflush(stdout);
        if (!strcmp(state, "done")) return puts(bar ? "  got it" : "  got it"), 0;
        if (!strcmp(state, "refused")) return printf("  %s\n", reason(fault)), 1;
        poll(NULL, 0, POLL_MS);
    }
    puts("  no samples came; is the sensor on? (plumbline status)");
    return 1;
}

static int capture(int i)
{
    const char *const words[] = {"calibrate", poses[i].name};
    printf("%s\n", poses[i].say);
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

int cmd_calibrate(int argc, char **argv)
{
    int code = 0;
    if (argc == 1) {
        for (int i = 0; i < POSES && !code; i++) code = capture(i);
        if (!code) puts("Last: walk a few steps, twenty seconds or more, so that it learns how you stand when you move.\nDone; slouch "
                        "and sitting are now measured against your own postures.");
        return code;
    }
    for (int k = 1; k < argc; k++) {
        int i = 0;
        while (i < POSES && strcmp(poses[i].name, argv[k]) != 0) i++;
        if (i == POSES) return tool_fail(2, "'%s' is no pose; use sit-upright, sit-slouched, lean-back, bend or stand", argv[k]);
        if ((code = capture(i))) return code;
    }
    return 0;
}
