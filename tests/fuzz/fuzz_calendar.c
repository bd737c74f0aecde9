/* A calendar, whole: what is printed is the protocol, in order, within the window, and in UTF-8 without control
 * characters. The first byte chooses window and zone, and where the file is cut in two (the second has the rest). */
#define FUZZ_COPIES 500 /* each reads a zone of the system anew */
#include "tests/fuzz/fuzz_replay.h"
#include "tools/calendar/ics.h"
#include "tools/calendar/title.h"

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void check_event(const char *line, const struct ics *c, long long *last)
{
    long long start, end;
    char busy[8], day[8], clean[TITLE_ROOM];
    int used = 0;
    require(sscanf(line, "event %lld %lld %7s %7s%n", &start, &end, busy, day, &used) == 4 && line[used] == ' ',
            "four words");
    require(start >= *last && start <= end && start < c->to_s && end >= c->from_s, "in order, in the window");
    require(!strcmp(busy, "busy") || !strcmp(busy, "free"), "busy or free");
    require(!strcmp(day, "timed") || !strcmp(day, "allday"), "timed or a day");
    title_clean(clean, line + used + 1);
    require(!strcmp(clean, line + used + 1), "a clean title");
    *last = start;
}

static void check_lines(char *text, const struct ics *c)
{
    long long last = INT64_MIN;
    int lines = 0;
    char *rest = text, *line;
    bool ended = false;
    while ((line = strsep(&rest, "\n")) && rest) {
        require(!ended, "nothing after the end");
        if (!strcmp(line, "end"))
            ended = true;
        else if (strncmp(line, "note ", 5) != 0)
            check_event(line, c, &last), lines++;
    }
    require(ended && lines <= ICS_LINES, "an end, and not too many");
}

static void file(struct ics *c, const char *name, const uint8_t *data, size_t size)
{
    ics_file_begin(c, name);
    ics_push(c, (const char *)data, size / 2);
    ics_push(c, (const char *)data + size / 2, size - size / 2);
    ics_file_end(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const zones[] = {"UTC", "UTC", "Europe/Stockholm", "none"}; /* to read one takes longest */
    if (size < 1) return 0;
    bool known;
    unsigned dice = *data++;
    int64_t from_s = 1795392000 + (int64_t)(dice % 8) * 10000000;
    struct ics *c = ics_open(from_s, from_s + 14 * 86400, zones[dice / 8 % 4], &known);
    if (!c) abort();
    size_t first = dice < 128 ? size - 1 : (size - 1) / 2;
    file(c, "a\n\x1b.ics", data, first);
    if (first < size - 1) file(c, "b.ics", data + first, size - 1 - first);
    expand_events(c);
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (!out) abort();
    ics_print(c, out);
    fclose(out);
    check_lines(text, c);
    free(text);
    ics_close(c);
    return 0;
}
