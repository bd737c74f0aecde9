/* plumbline: one command, a table of subcommands, a file each. */
#include "tool.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct tool tools[] = {
    {"Day by day", "status", "[--json]", "how the wearer, the sensor and the daemon are", cmd_status},
    {NULL, "live", "", "the trunk's angle and posture, updating in place", cmd_live},
    {NULL, "report", "[day|week|therapist] [DATE] [--html[=FILE]|--json]", "what the day or the week was", cmd_report},
    {NULL, "routine", "[pre|post|micro|evening] [--why] [--start] [--bell]", "the few minutes that fit now, as a list or guided", cmd_routine},
    {NULL, "catalogue", "list [--json] | show ID | check [FILE]", "the exercises, and a file of your own", cmd_catalogue},
    {NULL, "pause", "[DURATION]", "no notices for a while (1 h)", cmd_pause},
    {NULL, "resume", "", "notices again", cmd_resume},
    {NULL, "answer", "TOPIC done|snooze|skip|wrong", "answer a notice without the desktop's buttons", cmd_answer},
    {"What you tell it", "pain", "0-10 [AREA]", "note pain", cmd_pain},
    {NULL, "stress", "0-10", "note stress", cmd_stress},
    {NULL, "soreness", "0-10 [AREA]", "note muscle soreness", cmd_soreness},
    {NULL, "health", "[show|set|flag|clear|forget]", "what exercise should leave out: asked once", cmd_health},
    {NULL, "range", "[list [--json]]", "how far you bend, measured in a guided minute", cmd_range},
    {NULL, "therapist", "add KIND [TIME] [--felt 0-10] | list [--json]", "massage sessions, and pain around them", cmd_therapist},
    {NULL, "did", "ITEM…", "note what you did of a routine", cmd_did},
    {NULL, "workout", "add|list|start|done|cancel|feel …", "workouts ahead, begun, done, called off", cmd_workout},
    {"Sensor and settings", "devices", "[pair|never|forget [PORT|KEY] | watch]", "what is plugged in, and which of it is your sensor", cmd_devices},
    {NULL, "sensor", "rate|range|content|zero|identify|vibrate [NUMBER…]", "tell the sensor something", cmd_sensor},
    {NULL, "calibrate", "[POSE…]", "teach it your own postures, guided, two minutes", cmd_calibrate},
    {NULL, "config", "check|show", "look the configuration over", cmd_config},
    {NULL, "doctor", "", "find out what is in the way", cmd_doctor},
    {"Your data", "du", "[--json]", "what is stored, and how long there is room", cmd_du},
    {NULL, "check", "[--from TIME] [--to TIME] [--repair FOLDER]", "is all that is stored whole? a clean copy of what is", cmd_check},
    {NULL, "backup", "FILE [--force]", "everything in one file", cmd_backup},
    {NULL, "restore", "FILE [--config]", "all of it back from that file", cmd_restore},
    {NULL, "forget", "--before DATE [--yes] [--dry-run]", "remove what is older, for good", cmd_forget},
    {NULL, "export", "[WHAT] [options]", "your data as CSV, JSON lines or Parquet", cmd_export},
    {NULL, "import", "FILE [options]", "a day that another program or sensor recorded", cmd_import},
    {NULL, "replay", "FILE [options]", "a recorded stream through the whole program", cmd_replay},
    {NULL, "reindex", "[--check] [--from DATE] [--to DATE]", "make minutes and events anew from the raw log", cmd_reindex},
};
enum { TOOLS = sizeof tools / sizeof tools[0] };

static const char *running = "";
static const char *config_path, *data_path;

static void print_help(void)
{
    puts("plumbline " PLUMBLINE_VERSION " — ask and tell the posture daemon\n\n"
         "  plumbline [--config FILE] [--data DIR] COMMAND …");
    for (int i = 0; i < TOOLS; i++) {
        if (tools[i].heading) printf("\n%s\n", tools[i].heading);
        printf("  %-10s %s\n", tools[i].name, tools[i].summary);
    }
    puts("\nFirst steps:  plumbline doctor     is everything in place?\n"
         "              plumbline calibrate  sit, slouch, bend, stand: two minutes\n"
         "              plumbline live       watch your back\n"
         "              plumbline report     the day, in words; --html for the page\n\n"
         "plumbline COMMAND --help tells a command's words.\n"
         "Times: 18:00, 'tomorrow 18:00', '2026-03-02 18:00'. NO_COLOR is honoured.\n"
         "Exit codes: 0 done, 1 could not be done (or a check found something), 2 wrong words.");
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

int tool_data_folder(int code)
{
    const char *data = tool_config()->data;
    struct stat st;
    if (stat(data, &st) && errno == ENOENT)
        return tool_fail(code, "there is no data folder %s (No such file or directory); the daemon makes it, --data names another", data);
    if (stat(data, &st) == 0 && S_ISDIR(st.st_mode) && access(data, R_OK | X_OK) == 0) return 0;
    if (stat(data, &st) == 0 && !S_ISDIR(st.st_mode)) errno = ENOTDIR;
    return tool_fail(code, "the data folder %s cannot be read (%s); --data names another", data, strerror(errno));
}

void tool_count(uint64_t n, const char *one, const char *many) { printf("%" PRIu64 " %s", n, n == 1 ? one : many); }

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
        struct tm whole = day;
        if (after && (timegm(&whole), whole.tm_mday != day.tm_mday)) return false; /* 31 February */
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

static int explain(const struct tool *tool)
{
    printf("plumbline %s%s%s\n%s\n\n%s", tool->name, tool->usage[0] ? " " : "", tool->usage, tool->summary, help_of(tool->name));
    return 0;
}

static int run(const struct tool *tool, int argc, char **argv)
{
    running = tool->name;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return explain(tool);
    return tool->run(argc, argv);
}

static const struct tool *find_tool(const char *name)
{
    for (int i = 0; i < TOOLS; i++)
        if (!strcmp(tools[i].name, name)) return &tools[i];
    return NULL;
}

/* "help" alone, "help COMMAND", "COMMAND …". */
static int run_words(int argc, char **argv)
{
    bool help = !strcmp(argv[0], "help");
    if (help && argc == 1) return print_help(), 0;
    const char *name = argv[help];
    const struct tool *tool = find_tool(name);
    if (!tool) return tool_fail(2, "there is no command '%s'; see plumbline --help", name);
    return help ? explain(tool) : run(tool, argc, argv);
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
    int code = run_words(argc - i, argv + i);
    bool unwritten = fflush(stdout) || ferror(stdout);
    return unwritten && !code ? tool_fail(1, "the output could not be written (%s)", strerror(errno)) : code;
}
