/* The questions about health, asked once, at a terminal, in plain words; each can be left open. What they mean stands
 * in daemon/coach/health.c. */
#include "said.h"
#include "view.h"

#include "plumbline/health.h"
#include "plumbline/upkeep.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 16 };

/* ---- what is known ---- */

static void print_names(const char *before, uint32_t bits)
{
    char names[HEALTH_NAMES_MAX], words[HEALTH_NAMES_MAX + 64];
    health_names(bits, names, sizeof names);
    snprintf(words, sizeof words, "%s%s", before, names);
    if (names[0]) view_paragraph(words, 0);
}

static void show(const struct health *h)
{
    uint32_t open = ~(h->yes | h->no);
    if (!h->answered)
        view_paragraph("Not answered. Rolling, ball and some other items stay out of routines; plumbline health asks.", 0);
    if (h->answered && !h->yes) puts("You noted nothing that exercise should leave out.");
    if (h->yes) print_names("Routines leave out what does not go with: ", h->yes);
    if (h->answered) print_names("Left open: ", open);
    if (h->answered && health_contra(h) & open) puts("(of these, what could do harm is left out too)");
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (h->red >> i & 1) printf("You noted: %s\n", health_flags[i].question);
    if (!h->red) return;
    view_paragraph(health_flag_advice(health_emergency(h)), 0);
    puts("Until then there are no exercises. Afterwards: plumbline health clear");
}

static void show_json(const struct health *h)
{
    char text[HEALTH_TEXT_MAX];
    json_t *flags = json_array();
    health_text(h, text);
    for (int i = 0; i < HEALTH_FLAGS; i++)
        if (h->red >> i & 1) json_array_append_new(flags, json_string(health_flags[i].id));
    json_t *all = json_pack("{s:b, s:s, s:o}", "answered", h->answered, "contra", text, "red_flags", flags);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

/* ---- noting ---- */

static struct entry entry_of(enum entry_kind kind, int value, const char *what)
{
    struct entry e = {.wall_s = time(NULL), .kind = kind, .value = value};
    snprintf(e.what, sizeof e.what, "%s", what);
    return e;
}

static int set(const struct health *h)
{
    char text[HEALTH_TEXT_MAX], split[HEALTH_TEXT_MAX], *rest = split;
    const char *words[WORDS_MAX] = {"health", "set"};
    size_t n = 2;
    health_text(h, text);
    memcpy(split, text, sizeof split);
    for (char *w; n < WORDS_MAX && (w = strsep(&rest, " "));) words[n++] = w;
    struct entry e = entry_of(ENTRY_HEALTH, -1, text);
    return said_tell(words, n, &e, 1, NULL);
}

static int flag(uint32_t red)
{
    const char *words[WORDS_MAX] = {"health", "flag"};
    struct entry entries[HEALTH_FLAGS];
    size_t n = 0;
    for (int i = 0; i < HEALTH_FLAGS; i++) {
        if (!(red >> i & 1)) continue;
        words[2 + n] = health_flags[i].id;
        entries[n++] = entry_of(ENTRY_RED_FLAG, 1, health_flags[i].id);
    }
    return n ? said_tell(words, n + 2, entries, n, NULL) : 0;
}

/* ---- asking ---- */

enum answer_given { GIVEN_OPEN, GIVEN_YES, GIVEN_NO, GIVEN_UP };

static enum answer_given ask(int number, int of, const char *question)
{
    char line[64];
    for (;;) {
        printf("  %2d/%d  %s  [y/n/Enter] ", number, of, question);
        fflush(stdout);
        if (!fgets(line, sizeof line, stdin)) return GIVEN_UP;
        bool whole = strchr(line, '\n') != NULL;
        for (int c; !whole && (c = getchar()) != '\n' && c != EOF;) {
        }
        line[strcspn(line, "\n")] = 0;
        if (!line[0] || !strcasecmp(line, "skip")) return GIVEN_OPEN;
        if (!strcasecmp(line, "y") || !strcasecmp(line, "yes")) return GIVEN_YES;
        if (!strcasecmp(line, "n") || !strcasecmp(line, "no")) return GIVEN_NO;
        puts("         y for yes, n for no, or Enter to leave it open");
    }
}

static bool ask_codes(struct health *h)
{
    static const struct {
        int from;
        const char *heading;
    } groups[] = {{0, "At the moment:"}, {4, "Nerves, joints, bones:"}, {8, "In general:"}};
    for (int i = 0; i < HEALTH_CODES; i++) {
        for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
            if (groups[g].from == i) printf("\n%s\n", groups[g].heading);
        enum answer_given given = ask(i + 1, HEALTH_CODES, health_codes[i].question);
        if (given == GIVEN_UP) return false;
        uint32_t bit = HEALTH_BIT(health_codes[i].letter);
        if (given == GIVEN_YES) h->yes |= bit;
        if (given == GIVEN_NO) h->no |= bit;
        h->answered |= given != GIVEN_OPEN;
    }
    return true;
}

/* A sign is noted as it is given, whatever becomes of the other questions. */
static bool ask_flags(struct health *h, int *code)
{
    putchar('\n');
    view_paragraph("Last, signs that somebody should look at before you exercise. Does any of these hold now?", 0);
    for (int i = 0; i < HEALTH_FLAGS; i++) {
        enum answer_given given = ask(i + 1, HEALTH_FLAGS, health_flags[i].question);
        if (given == GIVEN_UP) return false;
        if (given != GIVEN_YES) continue;
        if (health_flags[i].emergency) printf("\n%s\n\n", health_flag_advice(true));
        h->red |= 1u << i;
        if ((*code = flag(1u << i))) return false;
    }
    return true;
}

static int ask_all(void)
{
    struct health known, given = {0};
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return tool_fail(
            2, "the questions want a terminal; elsewhere use 'plumbline health set none', or letters (--help)");
    int code = said_health(&known);
    if (code) return code;
    if (known.answered || known.red) {
        show(&known);
        if (!said_yes("Answer the questions anew?")) return 0;
    }
    view_paragraph("So that routines leave out what does not suit you. Asked once; the answers stay in your own diary. "
                   "y yes, n no, Enter leaves a question open.", 0);
    if (!ask_codes(&given) || !ask_flags(&given, &code)) {
        if (!code) puts(given.red ? "\nonly the signs were noted" : "\nnothing was noted");
        return code ? code : 1;
    }
    if (given.answered) code = set(&given);
    if (code || said_health(&known)) return code ? code : 1;
    putchar('\n');
    show(&known);
    if (!given.answered && !given.red) puts("Every question was left open; nothing was noted.");
    return 0;
}

/* ---- words ---- */

static int set_words(int argc, char **argv)
{
    struct health h = {0};
    char text[128] = "";
    for (int i = 2; i < argc; i++) {
        size_t n = strlen(text);
        if (snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "", argv[i]) >= (int)(sizeof text - n))
            return tool_fail(2, "too many words");
    }
    if (!health_answer(&h, text) || !h.answered)
        return tool_fail(2, "expected 'none', or letters of " HEALTH_LETTERS "; see plumbline health --help");
    int code = set(&h);
    if (!code) code = said_health(&h);
    if (!code) show(&h);
    return code;
}

static int flag_words(int argc, char **argv)
{
    struct health h = {0};
    if (argc < 3) return tool_fail(2, "expected the name of a sign; see plumbline health --help");
    for (int i = 2; i < argc; i++)
        if (!health_note_flag(&h, argv[i], true))
            return tool_fail(2, "there is no sign '%s'; see plumbline health --help", argv[i]);
    int code = flag(h.red);
    if (!code) code = said_health(&h);
    if (!code) show(&h);
    return code;
}

static int clear(int argc, char **argv)
{
    bool yes = argc > 2 && !strcmp(argv[argc - 1], "--yes");
    const char *id = argc - yes > 2 ? argv[2] : "";
    const char *const words[] = {"health", "clear", id};
    if (argc - yes > 3 || (id[0] && health_flag_find(id) < 0))
        return tool_fail(2, "expected at most one sign; see plumbline health --help");
    if (!yes && !isatty(STDIN_FILENO))
        return tool_fail(2, "nobody can be asked here; say --yes if a clinician has looked at it");
    if (!yes && !said_yes("Has a clinician looked at it, and are you free to exercise?"))
        return puts("it stands as it was"), 1;
    struct entry e = entry_of(ENTRY_RED_FLAG, 0, id);
    int code = said_tell(words, id[0] ? 3 : 2, &e, 1, NULL);
    if (!code) puts("cleared");
    return code;
}

static int forget(void)
{
    const char *const words[] = {"health", "forget"}, *data = tool_config()->data;
    struct entry e = entry_of(ENTRY_HEALTH, -1, "");
    struct hold hold;
    int code = said_tell(words, 2, &e, 1, NULL);
    if (!code) code = hold_take(&hold, data);
    if (code) return code;
    int failed = forget_health(data);
    hold_end(&hold);
    if (failed) return tool_fail(1, "%s: %s; then run this again", data, diary_error(failed));
    view_paragraph("Not answered any more; the answers are out of your diary. Backups that you made, and a diary set "
                   "aside as damaged, still hold them. A sign for a clinician stands until cleared.", 0);
    if (tool_config()->health_answered) view_paragraph("What contra says in plumbline.conf, under [health], goes on to count.", 0);
    return 0;
}

int cmd_health(int argc, char **argv)
{
    struct health h;
    if (argc == 1) return ask_all();
    if (!strcmp(argv[1], "set")) return set_words(argc, argv);
    if (!strcmp(argv[1], "flag")) return flag_words(argc, argv);
    if (!strcmp(argv[1], "clear")) return clear(argc, argv);
    if (!strcmp(argv[1], "forget") && argc == 2) return forget();
    bool json = argc == 3 && !strcmp(argv[2], "--json");
    if (strcmp(argv[1], "show") != 0 || (argc > 2 && !json))
        return tool_fail(2, "expected show, set, flag, clear or forget");
    int code = said_health(&h);
    if (code) return code;
    if (json)
        show_json(&h);
    else
        show(&h);
    return 0;
}
