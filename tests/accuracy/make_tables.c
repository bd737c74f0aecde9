/* Prints daemon/posture/activity_tables.c from the tables in the data folder.
 *
 * Usage: make_tables …/activity/tables.json > daemon/posture/activity_tables.c
 * The file's entries are natural logarithms, class order sit, stand, walk (lie follows a rule and has no table).
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

enum { CLASSES = 3, PER_LINE = 12 };
static const char *const class_name[CLASSES] = {"sitting", "standing", "walking"};

struct source {
    const char *key, *name;
    unsigned bins, rolls;
    double from_deg, step_deg;
};
/* The bins are the measuring programs' own and are not in the file; their number is, and is checked. */
static const struct source sources[] = {
    {"casale", "activity_tables_upper", 36, 1, 0, 2.5},
    {"har70", "activity_tables_lower", 20, 3, -30, 6},
};

static void print_row(const json_t *row, size_t entries)
{
    for (size_t i = 0; i < entries; i++)
        printf("%s%.2ff,", i % PER_LINE ? " " : "\n            ", json_number_value(json_array_get(row, i)));
}

static bool print_table(const json_t *of, const char *key, const char *field, size_t entries)
{
    const json_t *table = json_object_get(of, key);
    printf("    .%s = {\n", field);
    for (size_t i = 0; i < CLASSES; i++) {
        const json_t *row = json_array_get(table, i);
        if (json_array_size(row) < entries) return false;
        printf("        { /* %s */", class_name[i]);
        print_row(row, entries);
        printf("\n        },\n");
    }
    printf("    },\n");
    return true;
}

static bool print_source(const json_t *root, const struct source *s)
{
    const json_t *of = json_object_get(root, s->key), *range = json_object_get(of, "mot_log10_range");
    if (!of || json_array_size(range) != 2) return false;
    printf("\nconst struct activity_tables %s = {\n    .tilt_bins = %u,\n    .rolls = %u,\n", s->name, s->bins,
           s->rolls);
    printf("    .tilt_from_deg = %.1ff,\n    .tilt_step_deg = %.1ff,\n", s->from_deg, s->step_deg);
    printf("    .motion_from = %.6ff,\n    .motion_to = %.6ff,\n", json_number_value(json_array_get(range, 0)),
           json_number_value(json_array_get(range, 1)));
    printf("    .walking_g = %.6ff,\n", json_number_value(json_object_get(of, "t1_walk")));
    bool fine = print_table(of, "tilt", "tilt", s->bins * s->rolls) && print_table(of, "mot", "motion", 24);
    printf("};\n");
    return fine;
}

int main(int argc, char **argv)
{
    json_error_t error;
    if (argc != 2) return fprintf(stderr, "usage: make_tables TABLES.JSON\n"), 2;
    json_t *root = json_load_file(argv[1], 0, &error);
    if (!root) return fprintf(stderr, "%s:%d: %s\n", argv[1], error.line, error.text), 1;
    printf("/* Made by tests/accuracy/make_tables.c; do not edit. */\n#include \"activity_tables.h\"\n");
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        if (!print_source(root, &sources[i])) return fprintf(stderr, "%s: not as expected\n", sources[i].key), 1;
    json_decref(root);
    return 0;
}
