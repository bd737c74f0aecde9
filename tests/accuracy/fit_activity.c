/* Makes daemon/posture/activity_tables.c from recordings of labelled people.
 *
 * Usage: fit-activity FOLDER… > daemon/posture/activity_tables.c
 * The lower back's tables come from the folders' lower backs (HAR70+), the upper back's from their chests (Casale et al.).
 * On stderr: how much an entry differs, leaving one person out after the other (standard deviation over the folds, mean
 * over the entries), in units of a log-likelihood. 1 when the tables of one placement could not be made: the other's are
 * printed all the same.
 */
#include "fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PER_LINE = 12 };
static const char *const class_name[TABLE_CLASSES] = {"sitting", "standing", "walking"};
static const char *const placement_name[] = {[PLACEMENT_UPPER_BACK] = "upper", [PLACEMENT_LOWER_BACK] = "lower"};

/* ---- how sure the entries are ---- */

struct spread {
    double sum, square;
};

static void spread_add(struct spread *s, const float *of, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        s[i].sum += (double)of[i];
        s[i].square += (double)of[i] * (double)of[i];
    }
}

static double spread_of(const struct spread *s, unsigned n, double folds)
{
    double sum = 0;
    for (unsigned i = 0; i < n; i++) sum += sqrt(fmax(0, s[i].square / folds - pow(s[i].sum / folds, 2)));
    return n > 0 ? sum / n : 0;
}

static void print_spread(const struct fit *f, enum placement placement)
{
    enum { TILT = TABLE_CLASSES * TABLE_TILT_MAX, MOTION = TABLE_CLASSES * TABLE_MOTION };
    static struct spread tilt[TILT], motion[MOTION], sway[SWAY_KINDS * SWAY_BINS], walking;
    struct activity_tables t;
    double folds = 0;
    unsigned tilts = 0;
    memset(tilt, 0, sizeof tilt);
    memset(motion, 0, sizeof motion);
    memset(sway, 0, sizeof sway);
    walking = (struct spread){0};
    for (size_t i = 0; i < f->n; i++) {
        const struct person *p = f->of[i].person;
        if (p->placement != placement || !fit_tables(f, placement, p, &t)) continue;
        tilts = t.tilt_bins * t.rolls;
        for (unsigned k = 0; k < TABLE_CLASSES; k++) spread_add(tilt + k * tilts, t.tilt[k], tilts);
        spread_add(motion, t.motion[0], MOTION);
        spread_add(sway, t.sway.like[0], SWAY_KINDS * SWAY_BINS);
        spread_add(&walking, &t.walking_g, 1);
        folds++;
    }
    fprintf(stderr, "%s back, %.0f folds: tilt %.2f, motion %.2f, sway %.2f; walking border %.5f g, spread %.5f\n",
            placement_name[placement], folds, spread_of(tilt, TABLE_CLASSES * tilts, folds),
            spread_of(motion, MOTION, folds), spread_of(sway, SWAY_KINDS * SWAY_BINS, folds), walking.sum / folds,
            spread_of(&walking, 1, folds));
}

/* ---- the file ---- */

static void print_row(const float *of, unsigned n, const char *indent)
{
    for (unsigned i = 0; i < n; i++) {
        if (i % PER_LINE == 0) printf("\n%s", indent);
        printf("%s%.2ff,", i % PER_LINE ? " " : "", (double)of[i]);
    }
}

static void print_table(const char *field, const float *of, unsigned rows, unsigned stride, unsigned n)
{
    printf("    .%s =\n        {\n", field);
    for (unsigned k = 0; k < rows; k++) {
        printf("            {\n                /* %s */", class_name[k]);
        print_row(of + k * stride, n, "                ");
        printf("\n            },\n");
    }
    printf("        },\n");
}

static void print_numbers(const char *field, const float *of, unsigned n)
{
    printf("            .%s = {", field);
    for (unsigned i = 0; i < n; i++) printf("%s%.4ff%s", i % 10 ? " " : "\n                ", (double)of[i], ",");
    printf("\n            },\n");
}

static void print_sway(const struct sway_table *s)
{
    printf("    .sway =\n        {\n            .noise_from = %.2ff,\n            .noise_to = %.2ff,\n",
           (double)s->noise_from, (double)s->noise_to);
    if (s->noise_from <= s->noise_to) {
        print_numbers("weight", s->weight, SWAY_FEATURES);
        print_numbers("edge", s->edge, SWAY_BINS - 1);
        printf("            .like = {");
        for (unsigned k = 0; k < SWAY_KINDS; k++) {
            printf("\n                {");
            for (unsigned i = 0; i < SWAY_BINS; i++) printf("%s%.2ff,", i ? " " : "", (double)s->like[k][i]);
            printf("},");
        }
        printf("\n            },\n");
    }
    printf("        },\n");
}

static void print_tables(enum placement placement, const struct activity_tables *t)
{
    printf("\nconst struct activity_tables activity_tables_%s = {\n", placement_name[placement]);
    printf("    .tilt_bins = %u,\n    .rolls = %u,\n", t->tilt_bins, t->rolls);
    printf("    .tilt_from_deg = %.1ff,\n    .tilt_step_deg = %.1ff,\n", (double)t->tilt_from_deg,
           (double)t->tilt_step_deg);
    printf("    .motion_from = %.2ff,\n    .motion_to = %.2ff,\n    .walking_g = %.6ff,\n", (double)t->motion_from,
           (double)t->motion_to, (double)t->walking_g);
    print_table("tilt", t->tilt[0], TABLE_CLASSES, TABLE_TILT_MAX, t->tilt_bins * t->rolls);
    print_table("motion", t->motion[0], TABLE_CLASSES, TABLE_MOTION, TABLE_MOTION);
    print_sway(&t->sway);
    printf("};\n");
}

int main(int argc, char **argv)
{
    static const enum placement both[] = {PLACEMENT_UPPER_BACK, PLACEMENT_LOWER_BACK};
    struct people people = {0};
    struct fit fit;
    bool whole = true;
    if (argc < 2) return fprintf(stderr, "usage: fit-activity FOLDER…\n"), 2;
    for (int i = 1; i < argc; i++)
        if (people_load(&people, argv[i]) == 0) return 1;
    fit_init(&fit, &people);
    printf("/* Made by tests/accuracy/fit_activity.c; do not edit. */\n#include \"activity_tables.h\"\n");
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        struct activity_tables t;
        if (!fit_tables(&fit, both[i], NULL, &t)) {
            fprintf(stderr, "no tables of the %s back: nobody to learn them from\n", placement_name[both[i]]);
            whole = false;
            continue;
        }
        print_tables(both[i], &t);
        print_spread(&fit, both[i]);
    }
    fit_free(&fit);
    people_free(&people);
    return whole ? 0 : 1;
}
