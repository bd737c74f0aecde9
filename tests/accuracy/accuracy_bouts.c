/* Sitting bouts over 30 minutes on days assembled from the recordings of labelled people.
 *
 * Usage: accuracy-bouts [--leave-one-out | --shipped] [--desk] [--few-walks] [--days=N] [--seed=N] FOLDER (formats: people.h)
 * THE DAYS ARE ASSEMBLED, and days.h says how and what that does. Before the first day the wearer's recording is played
 * once, unscored, so that their walking is known, as on any day but the first; what is learnt goes on from day to day.
 * Nobody is judged with tables that they took part in: those are made anew from FOLDER without each person. --shipped: with
 * the tables that ship, which is as fair on people who are not among those they were made from. --desk plays the same days
 * again with simulated input at a seated desk; --few-walks leaves the walk out at 60 % of the changes between sitting and
 * standing.
 */
#include "days.h"
#include "fit.h"
#include "match.h"
#include "wearer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    bool desk, shipped;
    unsigned days;
    struct days_options make;
    const char *folder;
};

static bool read_options(struct options *o, int argc, char **argv)
{
    *o = (struct options){.days = 20, .make = {.seed = 1, .walks = 1}};
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (strcmp(a, "--desk") == 0) o->desk = true;
        else if (strcmp(a, "--leave-one-out") == 0) o->shipped = false;
        else if (strcmp(a, "--shipped") == 0) o->shipped = true;
        else if (strcmp(a, "--few-walks") == 0) o->make.walks = 0.4f;
        else if (strncmp(a, "--days=", 7) == 0) o->days = (unsigned)strtoul(a + 7, NULL, 10);
        else if (strncmp(a, "--seed=", 7) == 0) o->make.seed = strtoull(a + 7, NULL, 10);
        else if (a[0] == '-' || o->folder) return false;
        else o->folder = a;
    }
    return o->folder && o->days > 0;
}

/* The recording as it is, once. */
static void get_known(struct wearer *w, const struct person *p)
{
    size_t *order = calloc(p->n_epochs, sizeof *order);
    struct verdict *verdict = calloc(p->n_epochs, sizeof *verdict);
    if (!order || !verdict) abort();
    for (size_t i = 0; i < p->n_epochs; i++) order[i] = i;
    wearer_init(w, p);
    wearer_play(w, p, order, p->n_epochs, verdict);
    free(order);
    free(verdict);
}

static void judge(const struct person *p, const struct options *o, bool desk, struct matched *m)
{
    static struct wearer wearer;
    static struct day day;
    static struct verdict verdict[DAYS_EPOCHS];
    static enum posture said[DAYS_EPOCHS];
    *m = (struct matched){0};
    get_known(&wearer, p);
    for (unsigned number = 0; number < o->days; number++) {
        if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%s day %u ", p->name, number + 1);
        days_make(&day, p, &o->make, number);
        wearer.desk = desk ? day.desk : NULL;
        wearer_play(&wearer, p, day.order, DAYS_EPOCHS, verdict);
        for (size_t i = 0; i < DAYS_EPOCHS; i++) said[i] = verdict[i].settled;
        match_day(m, day.truth, said, DAYS_EPOCHS);
    }
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%*s\r", 72, "");
}

static void print_row(const char *name, const struct matched *m)
{
    printf("  %-12s %5u %6u %5.2f %5.2f  %6.2f  %.3f %.3f\n", name, m->days, m->bouts, match_found(m),
           match_false_per_day(m), match_minutes_error(m, DAYS_HOURS), m->said_right_min / m->said_min,
           m->said_right_min / m->true_min);
}

/* Everybody, with or without input; the number of those whose recordings will do. FIT: NULL for what ships. */
static unsigned judge_all(const struct people *people, const struct fit *fit, const struct options *o, bool desk)
{
    struct matched sum = {0}, one;
    const char *before = desk ? "desk_" : "";
    unsigned judged = 0;
    printf("%s\n  person        days  bouts found false   min/h   P     R of sitting time\n",
           desk ? "with simulated input at a seated desk" : "without input");
    for (size_t i = 0; i < people->n; i++) {
        if (!days_possible(&people->person[i])) continue;
        fit_use(fit, &people->person[i]);
        judge(&people->person[i], o, desk, &one);
        print_row(people->person[i].name, &one);
        fflush(stdout);
        match_add(&sum, &one);
        judged++;
    }
    print_row("all", &sum);
    printf("%sbouts_found=%.3f\n%sfalse_per_day=%.3f\n%sminutes_error_per_hour=%.2f\n", before, match_found(&sum), before,
           match_false_per_day(&sum), before, match_minutes_error(&sum, DAYS_HOURS));
    return judged;
}

int main(int argc, char **argv)
{
    struct options o;
    struct people people = {0};
    if (!read_options(&o, argc, argv))
        return fputs("usage: accuracy-bouts [--leave-one-out | --shipped] [--desk] [--few-walks] [--days=N] [--seed=N] FOLDER\n", stderr), 2;
    if (people_load(&people, o.folder) == 0) return 1;
    printf("ASSEMBLED DAYS of %d h, not real ones: pieces of each person's recording, seed %llu, a walk between %.0f %% of\n"
           "the changes between sitting and standing. Bouts over 30 min; false: said over 30 min, true of none.\n",
           DAYS_HOURS, (unsigned long long)o.make.seed, 100 * (double)o.make.walks);
    for (size_t i = 0; i < people.n; i++)
        if (!days_possible(&people.person[i]))
            printf("  %s is left out: less than a minute of sitting, standing or walking\n", people.person[i].name);
    struct fit fit = {0};
    if (!o.shipped) fit_init(&fit, &people);
    unsigned judged = judge_all(&people, o.shipped ? NULL : &fit, &o, false);
    if (judged && o.desk) judge_all(&people, o.shipped ? NULL : &fit, &o, true);
    if (!o.shipped) fit_free(&fit);
    people_free(&people);
    return judged ? printf("people=%u\n", judged), 0 : 1;
}
