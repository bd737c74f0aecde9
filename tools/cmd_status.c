#include "tool.h"
#include "view.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum { LABEL = 11 };

static void print_posture(const json_t *s)
{
    char sitting[32];
    double flexion = view_number(s, "posture", "flexion_deg"), lean = view_number(s, "posture", "lateral_deg");
    double sitting_s = view_number(s, "posture", "sitting_s");
    printf("posture    %s", view_text(s, "posture", "posture"));
    if (isfinite(sitting_s)) {
        view_duration(sitting_s, sitting, sizeof sitting);
        printf(", sitting for %s", sitting);
    }
    if (isfinite(flexion)) printf(", %.0f° %s", fabs(flexion), flexion < 0 ? "back" : "forward");
    if (isfinite(lean) && fabs(lean) >= 3) printf(", %.0f° to the %s", fabs(lean), lean > 0 ? "left" : "right");
    printf("\nreference  %s", view_text(s, "posture", "reference"));
    const char *state = view_text(s, "posture", "reference");
    if (!strcmp(state, "none") || !strcmp(state, "guessed")) fputs("  (plumbline calibrate makes it your own)", stdout);
    if (!strcmp(state, "doubtful") || !strcmp(state, "stale")) fputs("  (did the sensor move? plumbline calibrate)", stdout);
    putchar('\n');
}

static void print_sensor(const json_t *s)
{
    double battery = view_number(s, "sensor", "battery_percent"), rate = view_number(s, "sensor", "rate_hz");
    printf("sensor     ");
    view_paragraph(view_text(s, "sensor", "link"), LABEL);
    if (!view_bool(s, "sensor", "up")) return;
    printf("           %s %s", view_text(s, "sensor", "protocol"), view_text(s, "sensor", "model"));
    if (rate > 0) printf(", %.1f samples/s", rate); /* one that speaks on change has none */
    if (isfinite(battery)) printf(", battery %.0f %%", battery);
    printf("\n           %.0f samples, %.0f lost, %.0f bad frames, %.0f bytes skipped\n", view_number(s, "sensor", "samples"),
           view_number(s, "sensor", "lost_samples"), view_number(s, "sensor", "bad_frames"), view_number(s, "sensor", "skipped_bytes"));
}

static void print_store(const json_t *s)
{
    printf("store      %s\n           %.0f samples in %.1f MB since start, %.1f GB free\n", json_string_value(json_object_get(s, "data")),
           view_number(s, "store", "samples"), view_number(s, "store", "bytes") / 1e6,
           view_number(s, "store", "free_bytes") / 1e9);
    double error = view_number(s, "store", "error"), waiting = view_number(s, "store", "waiting");
    if (error < 0) {
        char text[256];
        const char *what = error == -EBUSY ? "waiting" : "NOT WRITING"; /* a turn is not a fault */
        snprintf(text, sizeof text, "%s: %s", what, view_text(s, "store", "error_text"));
        printf("%*s", LABEL, "");
        view_paragraph(text, LABEL);
    }
    if (error < 0 && waiting > 0) printf("           (%.0f samples wait in memory)\n", waiting);
    if (view_number(s, "store", "lost") > 0) printf("           %.0f samples could not be kept\n", view_number(s, "store", "lost"));
}

/* Notices that wait for an answer, for whoever could not read them on the screen. */
static void print_notices(const json_t *s)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(s, "coach"), "notices"), i, one)
    {
        printf("notice     %s  [%s]\n%*s", json_string_value(json_object_get(one, "title")),
               json_string_value(json_object_get(one, "topic")), LABEL, "");
        view_paragraph(json_string_value(json_object_get(one, "body")), LABEL);
    }
    if (i) puts("           (plumbline answer NAME done, snooze, skip or wrong)");
}

static void print_workout(const json_t *s)
{
    const json_t *next = json_array_get(json_object_get(s, "workouts"), 0);
    time_t start = (time_t)json_integer_value(json_object_get(next, "start_s"));
    struct tm tm;
    char when[32];
    if (!next || !localtime_r(&start, &tm)) return;
    strftime(when, sizeof when, "%a %Y-%m-%d %H:%M", &tm);
    const char *title = json_string_value(json_object_get(next, "title"));
    printf("workout    %s %s, %.0f min%s%s\n", when, json_string_value(json_object_get(next, "type")),
           json_number_value(json_object_get(next, "minutes")), title && title[0] ? ", " : "", title ? title : "");
}

static void print_calendar(const json_t *s)
{
    const json_t *c = json_object_get(s, "calendar");
    const char *state = json_string_value(json_object_get(c, "state"));
    time_t read = (time_t)json_integer_value(json_object_get(c, "read_s"));
    struct tm tm;
    char text[640], when[32] = "";
    if (!json_integer_value(json_object_get(c, "files"))) return;
    if (read && localtime_r(&read, &tm)) strftime(when, sizeof when, " (as of %a %H:%M)", &tm);
    snprintf(text, sizeof text, "%s%s", state && state[0] ? state : "not read yet", when);
    printf("calendar   ");
    view_paragraph(text, LABEL);
}

int cmd_status(int argc, char **argv)
{
    const char *const words[] = {"status"};
    char coach[96];
    json_t *s;
    bool json = argc == 2 && !strcmp(argv[1], "--json");
    if (argc > 1 && !json) return tool_fail(2, "only --json is known");
    int code = client_do(words, 1, &s);
    if (code) return code;
    if (json) {
        json_dumpf(s, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        view_coach(s, coach, sizeof coach);
        print_posture(s);
        printf("coach      %s; %.0f said today\n", coach, view_number(s, "coach", "sent_today"));
        print_notices(s);
        if (view_bool(s, "health", "emergency"))
            puts("health     please call the emergency services now (plumbline health show)");
        else if (view_bool(s, "health", "red_flag"))
            puts("health     see a clinician before you exercise (plumbline health show)");
        print_sensor(s);
        print_store(s);
        print_workout(s);
        print_calendar(s);
        printf("desktop    ");
        view_paragraph(json_string_value(json_object_get(s, "desk")), LABEL);
    }
    json_decref(s);
    return 0;
}
