/* Invariants: one pass from left to right, no recursion: brackets hold one comparison and nest nothing. */
#include "need.h"

#include "region.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const names[NEED_NOTHING] = {
    "SL", "SL2", "FL", "SIT", "B30", "B60", "OPEN", "AS", "AS1", "C",
    "ST", "STW", "PN", "PW", "BALL", "HARD", "NX", "DN", "PA",
};

struct reader {
    const char *p;
    const char *expected; /* of the first fault; NULL: none so far */
    const struct load *load;
    enum moment moment;
    enum need_variable seen; /* first variable of the running product */
};

static void skip_blanks(struct reader *r) { r->p += strspn(r->p, " \t"); }

static double fault(struct reader *r, const char *expected)
{
    if (!r->expected) r->expected = expected;
    return 0;
}

static bool take(struct reader *r, const char *symbol)
{
    skip_blanks(r);
    size_t n = strlen(symbol);
    if (strncmp(r->p, symbol, n) != 0) return false;
    r->p += n;
    return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Digits with or without a decimal point, the same in every locale. */
static double number(struct reader *r)
{
    double value = 0, place = 1;
    while (is_digit(*r->p)) value = value * 10 + (*r->p++ - '0');
    if (*r->p != '.') return value;
    for (r->p++; is_digit(*r->p); r->p++) {
        place /= 10;
        value += place * (*r->p - '0');
    }
    return value;
}

/* A word of letters, digits, '-' and '_'. */
static bool word(struct reader *r, char out[24])
{
    skip_blanks(r);
    size_t n = strspn(r->p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    if (n == 0 || n >= 24) return false;
    memcpy(out, r->p, n);
    out[n] = 0;
    r->p += n;
    return true;
}

static enum need_variable variable(struct reader *r)
{
    char name[24] = "";
    int v = 0;
    if (word(r, name))
        while (v < NEED_NOTHING && strcmp(names[v], name) != 0) v++;
    else
        v = NEED_NOTHING;
    if (v == NEED_NOTHING)
        fault(r, "a variable or a number");
    else if (r->seen == NEED_NOTHING)
        r->seen = (enum need_variable)v;
    return (enum need_variable)v;
}

static double known(int scale) { return scale > 0 ? scale : 0; }

static double figure(struct reader *r, enum need_variable v)
{
    const struct load *l = r->load;
    switch (v) {
    case NEED_SL: return l->slouch_min;
    case NEED_SL2: return l->slouch_2h_min;
    case NEED_FL: return l->flexed_min;
    case NEED_SIT: return l->sitting_h;
    case NEED_B30: return l->bouts_30;
    case NEED_B60: return l->bouts_60;
    case NEED_OPEN: return l->open_bout_min;
    case NEED_AS: return fabs(l->asymmetry_min);
    case NEED_AS1: return fabs(l->asymmetry_1h_min);
    case NEED_C: return l->creep;
    case NEED_ST: return known(l->stress);
    case NEED_STW: return l->stress_week;
    case NEED_PN: return known(l->pain);
    case NEED_PW: return l->pain_weeks;
    case NEED_BALL: return l->ball_evenings;
    case NEED_HARD: return l->hard_soon;
    case NEED_NX:
    case NEED_DN:
    case NEED_PA: return fault(r, "a comparison with a word");
    case NEED_NOTHING: break;
    }
    return 0;
}

static bool is_workout(struct reader *r, const struct load_workout *w, bool counts, const char *name)
{
    bool there = w->there && counts;
    if (strcmp(name, "none") == 0) return !there;
    if (strcmp(name, "axial") == 0) return there && workout_loads_spine(w->type);
    enum workout_type type = workout_type_find(name);
    if (strcasecmp(name, workout_type_name(type)) != 0) fault(r, "a kind of workout, axial or none");
    return there && w->type == type;
}

static bool names_match(struct reader *r, enum need_variable v, const char *name)
{
    if (v == NEED_NX) return is_workout(r, &r->load->next, r->moment != MOMENT_POST, name);
    if (v == NEED_DN) return is_workout(r, &r->load->done, r->moment != MOMENT_PRE, name);
    bool pain = r->load->pain > 0;
    if (strcmp(name, "none") == 0) return !pain;
    unsigned regions = region_of(name);
    if (!regions) fault(r, "a part of the body or none");
    return pain && (regions & region_of(r->load->pain_area));
}

/* After '('. */
static double comparison(struct reader *r)
{
    static const char *const operators[] = {"==", "!=", ">=", "<=", ">", "<"};
    enum need_variable v = variable(r);
    size_t op = 0;
    while (op < 6 && !take(r, operators[op])) op++;
    if (op == 6) return fault(r, "one of == != > >= < <=");
    bool holds = false;
    if (v >= NEED_NX) {
        char name[24];
        if (op > 1 || !word(r, name)) return fault(r, "== or != and a word");
        holds = names_match(r, v, name) == (op == 0);
    } else {
        skip_blanks(r);
        if (!is_digit(*r->p)) return fault(r, "a number");
        double a = figure(r, v), b = number(r);
        int order = (a > b) - (a < b);
        const bool result[] = {order == 0, order != 0, order >= 0, order <= 0, order > 0, order < 0};
        holds = result[op];
    }
    return take(r, ")") ? holds : fault(r, "')'");
}

static double factor(struct reader *r)
{
    if (take(r, "(")) return comparison(r);
    return is_digit(*r->p) ? number(r) : figure(r, variable(r));
}

static double product(struct reader *r)
{
    r->seen = NEED_NOTHING;
    double value = factor(r);
    while (!r->expected && take(r, "*")) value *= factor(r);
    return r->expected ? 0 : value;
}

static double sum(struct reader *r, enum need_variable *top)
{
    double total = 0, largest = 0, sign = 1;
    *top = NEED_NOTHING;
    skip_blanks(r);
    if (!*r->p) return 0;
    for (;;) {
        double value = sign * product(r);
        total += value;
        if (value > largest) {
            largest = value;
            *top = r->seen;
        }
        if (r->expected) return total;
        if (take(r, "+"))
            sign = 1;
        else if (take(r, "-"))
            sign = -1;
        else
            break;
    }
    if (*r->p) fault(r, "+, -, * or the end");
    return total;
}

double need_value(const char *rule, const struct load *load, enum moment moment, enum need_variable *top)
{
    struct reader r = {.p = rule, .load = load, .moment = moment};
    return sum(&r, top);
}

int need_check(const char *rule, char why[96])
{
    const struct load any = {.stress = -1, .pain = -1};
    struct reader r = {.p = rule, .load = &any, .moment = MOMENT_PRE};
    enum need_variable top;
    sum(&r, &top);
    if (!r.expected) return 0;
    snprintf(why, 96, "need: expected %s at '%.20s'", r.expected, r.p);
    return -EINVAL;
}
