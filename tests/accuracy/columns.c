/* Invariant: a column has one role at most. */
#include "columns.h"

#include <regex.h>
#include <string.h>

static const struct {
    enum role role;
    const char *pattern;
} names[] = {
    {TX, "^thigh_a[_]?x"},
    {TY, "^thigh_a[_]?y"},
    {TZ, "^thigh_a[_]?z"},
#define AXES "^((chest|waist|back|body|total|phone)[_ .-]?)?"
    {AX, AXES "(a|acc|accel|acceleration|accelerometer)[_ .-]?x([^a-z]|$)"},
    {AY, AXES "(a|acc|accel|acceleration|accelerometer)[_ .-]?y([^a-z]|$)"},
    {AZ, AXES "(a|acc|accel|acceleration|accelerometer)[_ .-]?z([^a-z]|$)"},
    {GX, AXES "(g|gyr|gyro|gyroscope|w|rate)[_ .-]?x([^a-z]|$)"},
    {GY, AXES "(g|gyr|gyro|gyroscope|w|rate)[_ .-]?y([^a-z]|$)"},
    {GZ, AXES "(g|gyr|gyro|gyroscope|w|rate)[_ .-]?z([^a-z]|$)"},
    {TIME, "^(t|time|timestamp|ms|seconds)([^a-z].*)?$"},
    {WALKING, "walking$"},
    {LABEL, "label|class|activity|posture"},
    {PART, "^(exp|experiment|trial|session|run|recording)"},
    {PERSON, "^(user|subject|person|participant)"},
    {POSITION, "^(position|placement)"},
};

static bool matches(const char *pattern, const char *name)
{
    regex_t r;
    if (regcomp(&r, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB)) return false;
    bool yes = regexec(&r, name, 0, NULL, 0) == 0;
    regfree(&r);
    return yes;
}

static void find_by_name(int column[ROLES], char *field[], unsigned n)
{
    for (int i = 0; i < ROLES; i++) column[i] = COLUMN_NONE;
    for (unsigned c = 0; c < n; c++)
        for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
            if (column[names[k].role] != COLUMN_NONE || !matches(names[k].pattern, field[c])) continue;
            column[names[k].role] = (int)c;
            break;
        }
}

static bool have(const int column[ROLES], enum role x)
{
    return column[x] != COLUMN_NONE && column[x + 1] != COLUMN_NONE && column[x + 2] != COLUMN_NONE;
}

/* The columns without a role, in order; how many. */
static unsigned list_free(const int column[ROLES], unsigned n, int of[COLUMNS_MAX])
{
    unsigned found = 0;
    for (unsigned c = 0; c < n; c++) {
        bool used = false;
        for (int i = 0; i < ROLES; i++) used |= column[i] == (int)c;
        if (!used) of[found++] = (int)c;
    }
    return found;
}

/* The axes from FROM on, and the label unless it has its name, from the columns that are left over. */
static void find_by_place(int column[ROLES], enum role from, unsigned n)
{
    int spare[COLUMNS_MAX], *next = spare;
    unsigned left = list_free(column, n, spare), wanted = (unsigned)(TX - from);
    if (column[LABEL] == COLUMN_NONE) wanted++;
    if (left < wanted) return;
    if (left > wanted && from == AX && column[TIME] == COLUMN_NONE) column[TIME] = *next++;
    for (enum role role = from; role < TX; role++) column[role] = *next++;
    if (column[LABEL] == COLUMN_NONE) column[LABEL] = spare[left - 1];
}

bool columns_find(int column[ROLES], bool *in_ms, char *field[], unsigned n)
{
    find_by_name(column, field, n);
    bool other_truth = have(column, TX) || column[WALKING] != COLUMN_NONE;
    if (!have(column, AX)) {
        for (enum role role = AX; role < TX; role++) column[role] = COLUMN_NONE;
        find_by_place(column, AX, n);
    } else if (!other_truth && (!have(column, GX) || column[LABEL] == COLUMN_NONE)) {
        find_by_place(column, have(column, GX) ? TX : GX, n);
    }
    *in_ms = column[TIME] != COLUMN_NONE && strstr(field[column[TIME]], "ms");
    return have(column, AX);
}
