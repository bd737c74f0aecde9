/* plumbline: one command, a table of subcommands, a file each. */
#include "tool.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct tool tools[] = {
    {"status", "[--json]", "how the wearer, the sensor and the daemon are", cmd_status},
    {"live", "", "the trunk's angle and posture, updating in place", cmd_live},
    {"calibrate", "[POSE…]", "teach it your own postures, guided, two minutes", cmd_calibrate},
    {"report", "[day|week] [DATE] [--html[=FILE]|--json]", "what the day or the week was", cmd_report},
    {"routine", "[pre|post|micro|evening]", "the few minutes that fit now, with reasons", cmd_routine},
    {"pause", "[DURATION]", "no notices for a while (1 h)", cmd_pause},
    {"resume", "", "notices again", cmd_resume},
    {"answer", "TOPIC done|snooze|skip|wrong", "answer a notice without the desktop's buttons", cmd_answer},
    {"pain", "0-10 [AREA]", "note pain", cmd_pain},
    {"stress", "0-10", "note stress", cmd_stress},
    {"soreness", "0-10 [AREA]", "note muscle soreness", cmd_soreness},
    {"did", "ITEM…", "note what you did of a routine", cmd_did},
    {"workout", "add TIME LENGTH TYPE [TITLE] | list", "workouts ahead", cmd_workout},
    {"replay", "FILE [options]", "a recorded stream through the whole program", cmd_replay},
    {"import", "FILE [options]", "a day that another program or sensor recorded", cmd_import},
    {"export", "[WHAT] [options]", "your data as CSV, JSON lines or Parquet", cmd_export},
    {"du", "[--json]", "what is stored, and how long there is room", cmd_du},
    {"backup", "FILE [--force]", "everything in one file", cmd_backup},
    {"restore", "FILE [--config]", "all of it back from that file", cmd_restore},
    {"reindex", "[--check] [--from DATE] [--to DATE]", "make minutes and events anew from the raw log", cmd_reindex},
    {"forget", "--before DATE [--yes] [--dry-run]", "remove what is older, for good", cmd_forget},
    {"check", "[--from TIME] [--to TIME] [--repair FOLDER]", "is all that is stored whole? a clean copy of what is", cmd_check},
    {"config", "check|show", "look the configuration over", cmd_config},
    {"devices", "[pair|never|forget [PORT|KEY] | watch]", "what is plugged in, and which of it is your sensor", cmd_devices},
    {"sensor", "rate|range|content|zero|identify|vibrate [NUMBER…]", "tell the sensor something", cmd_sensor},
    {"doctor", "", "find out what is in the way", cmd_doctor},
};
enum { TOOLS = sizeof tools / sizeof tools[0] };

static const char *running = "";
static const char *config_path, *data_path;

static void print_help(void)
{
    puts("plumbline " PLUMBLINE_VERSION " — ask and tell the posture daemon\n\n"
         "  plumbline [--config FILE] [--data DIR] COMMAND …\n");
    for (int i = 0; i < TOOLS; i++) printf("  %-10s %s\n", tools[i].name, tools[i].summary);
    puts("\nFirst steps:  plumbline doctor     is everything in place?\n"
         "              plumbline calibrate  sit, slouch, bend, stand: two minutes\n"
         "              plumbline live       watch your back\n"
         "              plumbline report     the day, in words; --html for the page\n\n"
         "plumbline COMMAND --help tells a command's words. Times: 18:00, 'tomorrow 18:00', '2026-03-02 18:00'.\n"
         "Exit codes: 0 done, 1 could not be done, 2 wrong words. NO_COLOR is honoured.");
}

int tool_fail(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "plumbline%s%s: ", running[0] ? " " : "", running);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return code;
}

const char *tool_config_path(void)
{
    static char usual[PATH_LEN];
    if (config_path) return config_path;
    config_default_path(usual);
    return usual;
}

const struct config *tool_config(void)
{
    static struct config config;
    static bool ready;
    if (ready) return &config;
    ready = true;
    config_default(&config);
    int mistakes = config_read(&config, tool_config_path(), stderr);
    if (mistakes < 0 && (mistakes != -ENOENT || config_path)) {
        fprintf(stderr, "%s: %s\n", tool_config_path(), strerror(-mistakes));
        exit(2);
    }
    if (data_path) snprintf(config.data, sizeof config.data, "%s", data_path);
    return &config;
}

bool tool_colour(FILE *f)
{
    const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
    return isatty(fileno(f)) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

bool tool_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

bool tool_time(const char *text, int64_t *wall_s)
{
    static const struct { const char *word; int days; } days[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    const char *rest = text;
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        size_t n = strlen(days[i].word);
        if (strncmp(text, days[i].word, n) != 0) continue;
        tm.tm_mday += days[i].days;
        rest = text + n;
    }
    if (rest == text) {
        struct tm day = tm; /* strptime leaves half a date behind where it fails: 08:00 would become the year 8 */
        const char *after = strptime(text, "%Y-%m-%d", &day);
        if (after) rest = after, tm = day;
    }
    rest += strspn(rest, " T");
    if (*rest) rest = strptime(rest, "%H:%M", &tm);
    if (rest && *rest) rest = strptime(rest, ":%S", &tm);
    if (!rest || *rest || !*text) return false;
    if (tm.tm_year < 70 || tm.tm_year > 300) return false; /* 1970 to 2200: what nanoseconds since 1970 can hold */
    time_t t = mktime(&tm);
    *wall_s = t;
    return t != (time_t)-1;
}

static int run(const struct tool *tool, int argc, char **argv)
{
    running = tool->name;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            printf("plumbline %s%s%s\n%s\n\n%s", tool->name, tool->usage[0] ? " " : "", tool->usage, tool->summary, help_of(tool->name));
            return 0;
        }
    return tool->run(argc, argv);
}

int main(int argc, char **argv)
{
    int i = 1;
    setlocale(LC_CTYPE, "");
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "--version")) return puts("plumbline " PLUMBLINE_VERSION), 0;
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return print_help(), 0;
        if (!strcmp(argv[i], "--config") && i + 1 < argc) config_path = argv[++i];
        else if (!strcmp(argv[i], "--data") && i + 1 < argc) data_path = argv[++i];
        else return tool_fail(2, "'%s' is not known here; see plumbline --help", argv[i]);
    }
    if (i == argc) return print_help(), 2;
    for (int k = 0; k < TOOLS; k++)
        if (!strcmp(tools[k].name, argv[i])) {
            int code = run(&tools[k], argc - i, argv + i);
            bool unwritten = fflush(stdout) || ferror(stdout);
            return unwritten && !code ? tool_fail(1, "the output could not be written (%s)", strerror(errno)) : code;
        }
    return tool_fail(2, "there is no command '%s'; see plumbline --help", argv[i]);
}
