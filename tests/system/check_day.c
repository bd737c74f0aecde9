/* check_day TRUTH.csv REPORT.json — the report of a simulated day against the simulator's truth: sitting and walking
 * minutes within 2 %, slouched minutes within 5 %, prolonged bouts (≥ 30 min) exact. Prints each figure; exit code 1 when
 * one is off. */
#include "plumbline/event.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct truth {
    double sitting_min, walking_min, slouch_min;
    unsigned prolonged;
    double bout_start_s, bout_end_s; /* the running bout; start < 0: none */
};

enum { UP_ENDS_S = 15, PROLONGED_S = 30 * 60 };

static void end_bout(struct truth *t)
{
    if (t->bout_start_s >= 0 && t->bout_end_s - t->bout_start_s >= PROLONGED_S) t->prolonged++;
    t->bout_start_s = -1;
}

/* A bout is ended by 15 s of standing or walking; what is shorter belongs to it (posture.h). */
static void take_segment(struct truth *t, double start_s, double end_s, const char *posture, bool slouch)
{
    double min = (end_s - start_s) / 60;
    if (!strcmp(posture, "sitting")) {
        if (t->bout_start_s < 0) t->bout_start_s = start_s;
        t->bout_end_s = end_s;
        t->sitting_min += min;
        if (slouch) t->slouch_min += min;
    } else {
        if (!strcmp(posture, "walking")) t->walking_min += min;
        if (end_s - t->bout_end_s >= UP_ENDS_S) end_bout(t);
    }
}

static bool read_truth(const char *path, struct truth *t)
{
    char line[256], posture[32];
    double start_s, end_s, flexion, lateral;
    int slouch;
    FILE *in = fopen(path, "re");
    if (!in || !fgets(line, sizeof line, in)) return false;
    *t = (struct truth){.bout_start_s = -1};
    while (fgets(line, sizeof line, in))
        if (sscanf(line, "%lf,%lf,%31[^,],%lf,%lf,%d", &start_s, &end_s, posture, &flexion, &lateral, &slouch) == 6)
            take_segment(t, start_s, end_s, posture, slouch);
    end_bout(t);
    fclose(in);
    return true;
}

static int failures;

static void check(const char *name, double got, double want, double tolerance)
{
    double off = want > 0 ? 100 * (got - want) / want : 0;
    bool good = fabs(got - want) <= tolerance * want + 1e-9;
    printf("%-8s report %7.2f  truth %7.2f  %+5.2f %%  %s\n", name, got, want, off, good ? "ok" : "OFF");
    failures += !good;
}

static double number(const json_t *day, const char *outer, const char *name)
{
    const json_t *from = outer ? json_object_get(day, outer) : day, *v = json_object_get(from, name);
    if (json_is_number(v)) return json_number_value(v);
    fprintf(stderr, "no number %s.%s in the report\n", outer ? outer : "day", name);
    exit(2);
}

int main(int argc, char **argv)
{
    struct truth t;
    json_error_t fault;
    json_t *report = argc == 3 ? json_load_file(argv[2], 0, &fault) : NULL;
    const json_t *day = json_array_get(json_object_get(report, "days"), 0);
    if (argc != 3 || !read_truth(argv[1], &t) || !day) {
        fprintf(stderr, "usage: check_day TRUTH.csv REPORT.json\n");
        return 2;
    }
    check("sitting", number(day, "posture_min", "sitting"), t.sitting_min, 0.02);
    check("walking", number(day, "posture_min", "walking"), t.walking_min, 0.02);
    check("slouch", number(day, NULL, "slouch_min"), t.slouch_min, 0.05);
    check("bouts", number(day, "bouts", "n_prolonged"), t.prolonged, 0);
    json_decref(report);
    return failures > 0;
}
