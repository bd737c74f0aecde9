/* The keys of [coach]. Invariant: "hours" and "workout" may be given several times, any other key's last line counts. */
#include "config_key.h"

#include <string.h>
#include <strings.h>

static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

READ(hours)
{
    if (c->coach.n_work >= HOURS_MAX) return snprintf(why, 128, "at most %d lines of hours", HOURS_MAX), false;
    if (schedule_parse_hours(value, &c->coach.work[c->coach.n_work], why)) return false;
    c->coach.n_work++;
    return true;
}
static void print_days(FILE *out, unsigned days)
{
    const char *comma = "";
    for (unsigned d = 0; d < 7; d++)
        if (days >> d & 1) fprintf(out, "%s%s", comma, day_names[d]), comma = ",";
}
static void print_hours(FILE *out, const struct config_key *k, const struct hours *h)
{
    fprintf(out, "%s = ", k->name);
    print_days(out, h->days);
    fprintf(out, " %02d:%02d-%02d:%02d\n", h->from_min / 60, h->from_min % 60, h->to_min / 60, h->to_min % 60);
}
WRITE(hours)
{
    struct coach_config standard;
    coach_config_default(&standard);
    if (!c->coach.n_work) print_hours(out, k, &standard.work[0]);
    for (unsigned i = 0; i < c->coach.n_work; i++) print_hours(out, k, &c->coach.work[i]);
}
READ(quiet) { return schedule_parse_hours(value, &c->coach.quiet, why) == 0; }
WRITE(quiet)
{
    if (c->coach.quiet.days) print_hours(out, k, &c->coach.quiet);
}
READ(slouch_delay) { return config_value_whole(value, 10, 900, &c->coach.slouch_delay_s); }
WRITE(slouch_delay) { config_value_line_int(out, k, c->coach.slouch_delay_s); }
READ(break_after) { return config_value_whole(value, 5, 180, &c->coach.break_after_min); }
WRITE(break_after) { config_value_line_int(out, k, c->coach.break_after_min); }
READ(max_per_hour) { return config_value_whole(value, 0, 4, &c->coach.max_per_hour); }
WRITE(max_per_hour) { config_value_line_int(out, k, c->coach.max_per_hour); }
READ(max_per_day) { return config_value_whole(value, 0, 16, &c->coach.max_per_day); }
WRITE(max_per_day) { config_value_line_int(out, k, c->coach.max_per_day); }
READ(routine) { return config_value_whole(value, 1, 60, &c->coach.routine_min); }
WRITE(routine) { config_value_line_int(out, k, c->coach.routine_min); }

READ(training) { return config_value_yes_no(value, &c->coach.training); }
WRITE(training) { config_value_line(out, k, c->coach.training ? "yes" : "no"); }
READ(haptics) { return config_value_yes_no(value, &c->coach.haptics); }
WRITE(haptics) { config_value_line(out, k, c->coach.haptics ? "yes" : "no"); }
READ(session_every)
{
    char number[4];
    size_t n = strlen(value);
    if (!strcasecmp(value, "none")) return c->coach.session_weeks = 0, true;
    if (n < 2 || n > sizeof number || value[n - 1] != 'w') return false;
    memcpy(number, value, n - 1);
    number[n - 1] = 0;
    return config_value_whole(number, 1, 8, &c->coach.session_weeks);
}
WRITE(session_every)
{
    if (c->coach.session_weeks) fprintf(out, "%s = %dw\n", k->name, c->coach.session_weeks);
    else config_value_line(out, k, "none");
}
READ(self_test) { return config_value_yes_no(value, &c->coach.self_test); }
WRITE(self_test) { config_value_line(out, k, c->coach.self_test ? "yes" : "no"); }

static const char *const notices[] = {"battery", "sensor-lost", "not-seen", "report"};
static void set_notices(struct coach_config *c, unsigned bits)
{
    c->notice_battery = bits & 1;
    c->notice_lost = bits & 2;
    c->notice_not_seen = bits & 4;
    c->notice_report = bits & 8;
}
READ(notices)
{
    char text[128], *rest = text, *one;
    unsigned bits = 0;
    if (!config_value_copy(text, sizeof text, value)) return false;
    if (!strcasecmp(text, "none")) return set_notices(&c->coach, 0), true;
    while ((one = strsep(&rest, " ,"))) {
        int i = config_value_word(one, notices, 4);
        if (*one && i < 0) return false;
        if (*one) bits |= 1u << i;
    }
    set_notices(&c->coach, bits);
    return true;
}
WRITE(notices)
{
    const bool on[] = {c->coach.notice_battery, c->coach.notice_lost, c->coach.notice_not_seen, c->coach.notice_report};
    fprintf(out, "%s =", k->name);
    for (int i = 0; i < 4; i++)
        if (on[i]) fprintf(out, " %s", notices[i]);
    fputs(on[0] || on[1] || on[2] || on[3] ? "\n" : " none\n", out);
}

READ(workout)
{
    if (c->n_workout >= WORKOUT_RULES_MAX)
        return snprintf(why, 128, "at most %d workout lines", WORKOUT_RULES_MAX), false;
    if (schedule_parse_rule(value, &c->workout[c->n_workout], why)) return false;
    c->n_workout++;
    return true;
}
WRITE(workout)
{
    for (unsigned i = 0; i < c->n_workout; i++) {
        const struct workout_rule *w = &c->workout[i];
        fprintf(out, "%s = ", k->name);
        print_days(out, w->days);
        fprintf(out, " %02d:%02d %dm %s", w->start_min / 60, w->start_min % 60, w->length_min,
                workout_type_name(w->type));
        if (w->title[0]) fprintf(out, " \"%s\"", w->title);
        fputc('\n', out);
    }
}

READ(catalogue) { return config_value_copy(c->catalogue, sizeof c->catalogue, value); }
WRITE(catalogue)
{
    if (c->catalogue[0]) config_value_line(out, k, c->catalogue);
}

const struct config_key config_coach_keys[] = {
    CONFIG_KEY("coach", "hours", hours, "days and hours as Mon-Fri 08:00-17:30"),
    CONFIG_KEY("coach", "quiet", quiet, "days and hours as Mon-Sun 21:00-07:00"),
    CONFIG_KEY("coach", "slouch-delay", slouch_delay, "seconds, 10 to 900"),
    CONFIG_KEY("coach", "break-after", break_after, "minutes, 5 to 180"),
    CONFIG_KEY("coach", "max-per-hour", max_per_hour, "0 to 4"),
    CONFIG_KEY("coach", "max-per-day", max_per_day, "0 to 16"),
    CONFIG_KEY("coach", "routine", routine, "minutes, 1 to 60"),
    CONFIG_KEY("coach", "training", training, "yes or no"),
    CONFIG_KEY("coach", "haptics", haptics, "yes or no"),
    CONFIG_KEY("coach", "session-every", session_every, "none, or weeks from 1w to 8w"),
    CONFIG_KEY("coach", "self-test", self_test, "yes or no"),
    CONFIG_KEY("coach", "notices", notices, "any of battery, sensor-lost, not-seen, report; or none"),
    CONFIG_KEY("coach", "workout", workout, "as Mon,Wed,Fri 18:00 60m squat \"Leg day\""),
    CONFIG_KEY("coach", "catalogue", catalogue, "a file's path"),
    CONFIG_KEYS_END,
};
