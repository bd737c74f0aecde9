/* Lines of a schedule, each read as a workout's rule and as hours: what is taken lies in its range. */
#include "plumbline/coach.h"
#include "tests/fuzz/fuzz_replay.h"

static void check(const char *line)
{
    struct workout_rule rule;
    struct hours hours;
    char why[128];
    if (schedule_parse_rule(line, &rule, why) == 0) {
        if (rule.start_min < 0 || rule.start_min >= 1440 || rule.length_min <= 0 || !rule.days || rule.days > 127) abort();
        if (rule.type >= WORKOUT_TYPE_COUNT || !memchr(rule.title, 0, sizeof rule.title)) abort();
    }
    if (schedule_parse_hours(line, &hours, why) == 0)
        if (!hours.days || hours.days > 127 || hours.from_min < 0 || hours.from_min > 1440 || hours.to_min < 0 || hours.to_min > 1440)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = text, *line;
    if (!text) abort();
    memcpy(text, data, size);
    text[size] = 0;
    while ((line = strsep(&rest, "\n"))) check(line);
    free(text);
    return 0;
}
