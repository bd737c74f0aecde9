/* How well sitting is told on labelled people: per person and in all, with 60 s of lag and without.
 *
 * Usage: accuracy-sitting [--leave-one-out] [--no-walking] [--standing-only] [--alike=DEG] [--with=OTHER] FOLDER
 * (formats: people.h). Plain: what ships. --leave-one-out: the tables made anew from FOLDER without each person.
 * --with=OTHER: the people of OTHER, a folder beside FOLDER, take part in that fit and are not scored. --no-walking: every
 * walking epoch is cut out of what is scored. --standing-only: three hours made of each person's standing, after a short
 * walk. --alike: each person's standing is turned until it lies DEG from their sitting, and both are captured (alike.h).
 *
 * A recording is played TWICE and the second pass is scored, since on any day but the first the wearer's walking is known.
 * No label takes part in that, but it is the same recording; the first pass, a cold start, stands beside it (cold_…).
 * Sitting is scored over sitting, standing and walking: who lies is left out of it.
 */
#include "alike.h"
#include "fit.h"
#include "score.h"
#include "wearer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCHS_PER_H = 720, ONLY_STANDING = 3 * EPOCHS_PER_H, FIRST_WALK = 12 };

struct options {
    bool leave_one_out, no_walking, standing_only;
    double alike_deg; /* NAN: as recorded */
    const char *folder, *with;
};

static bool parse(int argc, char **argv, struct options *o)
{
    *o = (struct options){.alike_deg = NAN};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--leave-one-out"))
            o->leave_one_out = true;
        else if (!strcmp(argv[i], "--no-walking"))
            o->no_walking = true;
        else if (!strcmp(argv[i], "--standing-only"))
            o->standing_only = true;
        else if (!strncmp(argv[i], "--with=", 7))
            o->with = argv[i] + 7;
        else if (!strncmp(argv[i], "--alike=", 8))
            o->alike_deg = strtod(argv[i] + 8, NULL);
        else if (argv[i][0] == '-' || o->folder)
            return false;
        else
            o->folder = argv[i];
    }
    return o->folder != NULL;
}

/* The folder beside the one that is scored: its people take part in the fits. */
static bool load_beside(struct people *p, const struct options *o)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/../%s", o->folder, o->with);
    return length < (int)sizeof path && people_load(p, path) > 0;
}

/* ---- what is played ---- */

static size_t order_all(const struct person *p, bool walking_too, size_t *order)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_epochs; i++)
        if (walking_too || p->epoch[i].truth != POSTURE_WALKING) order[n++] = i;
    return n;
}

/* The person's standing epochs over and over, after the first minute of their walking. */
static size_t order_standing(const struct person *p, size_t *order)
{
    size_t n = 0, standing = 0;
    for (size_t i = 0; i < p->n_epochs && n < FIRST_WALK; i++)
        if (p->epoch[i].truth == POSTURE_WALKING) order[n++] = i;
    for (size_t i = 0; standing < ONLY_STANDING; i = (i + 1) % p->n_epochs) {
        if (p->epoch[i].truth == POSTURE_STANDING) {
            order[n++] = i;
            standing++;
        }
        if (standing == 0 && i + 1 == p->n_epochs) return 0;
    }
    return n;
}

/* ---- one person ---- */

static void judge(const struct person *p, const struct options *o, struct score *cold, struct score *warm)
{
    static struct wearer w;
    size_t room = p->n_epochs + ONLY_STANDING + FIRST_WALK;
    size_t *order = people_must(calloc(room, sizeof *order));
    struct verdict *v = people_must(calloc(room, sizeof *v));
    wearer_init(&w, p);
    size_t n = order_all(p, true, order);
    wearer_play(&w, p, order, n, v);
    score_add(cold, p, order, n, v);
    if (!isnan(o->alike_deg)) alike_capture(p, &w.tracker.calibration);
    n = o->standing_only ? order_standing(p, order) : order_all(p, !o->no_walking, order);
    wearer_play(&w, p, order, n, v);
    score_add(warm, p, order, n, v);
    free(order);
    free(v);
}

int main(int argc, char **argv)
{
    struct options o;
    struct people people = {0};
    struct fit fit = {0};
    struct score cold = {0}, warm = {0};
    if (!parse(argc, argv, &o))
        return fputs("usage: accuracy-sitting [--leave-one-out] [--no-walking] [--standing-only] [--alike=DEG] "
                     "[--with=OTHER] FOLDER\n",
                     stderr), 2;
    size_t n = people_load(&people, o.folder);
    if (n == 0) return 1;
    if (o.with && !load_beside(&people, &o)) return 1;
    if (o.leave_one_out) fit_init(&fit, &people);
    for (size_t i = 0; i < n && !isnan(o.alike_deg); i++)
        if (people.person[i].n_samples) alike_make(&people.person[i], o.alike_deg);
    score_head();
    for (size_t i = 0; i < n; i++) {
        const struct person *p = &people.person[i];
        struct score one = {0}, one_cold = {0};
        fit_use(o.leave_one_out ? &fit : NULL, p);
        judge(p, &o, &one_cold, &one);
        score_row(p->name, &one);
        score_join(&cold, &one_cold);
        score_join(&warm, &one);
    }
    if (o.standing_only)
        score_false_sitting(&warm);
    else
        score_print(&warm, &cold);
    if (o.leave_one_out) fit_free(&fit);
    people_free(&people);
    return 0;
}
