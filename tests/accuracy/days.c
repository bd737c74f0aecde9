/* Invariant: every epoch of a day carries the truth of the epoch of the recording that stands there. */
#include "days.h"

#include "tools/sim/chance.h"

#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 512, LEAST = 60 / PERSON_EPOCH_S, MINUTE = 60 / PERSON_EPOCH_S };
static const double sit_min[2] = {20, 90}, stand_min[2] = {2, 30}, walk_min[2] = {1, 6};
static const double stands = 0.5, input_sitting = 0.70, input_standing = 0.02;

struct run {
    size_t from, to;
};

/* A label's runs in the order of this day. */
struct deck {
    struct run run[RUNS_MAX];
    size_t n, at, epoch; /* the run in use, and how much of it is used */
};

struct assembly {
    const struct person *person;
    struct day *day;
    size_t n; /* epochs laid */
    struct chance chance;
    struct deck deck[POSTURE_COUNT];
};

static size_t count(const struct person *p, enum posture posture)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_epochs; i++) n += p->epoch[i].truth == posture;
    return n;
}

bool days_possible(const struct person *p)
{
    return count(p, POSTURE_SITTING) >= LEAST && count(p, POSTURE_STANDING) >= LEAST &&
           count(p, POSTURE_WALKING) >= LEAST;
}

static void shuffle(struct deck *d, struct chance *c)
{
    for (size_t i = d->n; i > 1; i--) {
        size_t other = (size_t)chance_between(c, 0, (double)i);
        struct run keep = d->run[i - 1];
        d->run[i - 1] = d->run[other];
        d->run[other] = keep;
    }
    d->at = d->epoch = 0;
}

static void deal(struct assembly *a, enum posture posture)
{
    const struct person *p = a->person;
    struct deck *d = &a->deck[posture];
    for (size_t i = 0; i < p->n_epochs && d->n < RUNS_MAX; i++) {
        if (p->epoch[i].truth != posture) continue;
        bool goes_on = i > 0 && p->epoch[i - 1].truth == posture;
        if (!goes_on) d->run[d->n++].from = i;
        d->run[d->n - 1].to = i + 1;
    }
    shuffle(d, &a->chance);
}

/* A spell begins with a new run. */
static void lay(struct assembly *a, enum posture posture, const double minutes[2])
{
    struct deck *d = &a->deck[posture];
    size_t n = (size_t)(chance_between(&a->chance, minutes[0], minutes[1]) * MINUTE);
    for (; n > 0 && a->n < DAYS_EPOCHS; n--) {
        bool begins = a->n == 0 || a->day->truth[a->n - 1] != posture;
        if (d->run[d->at].from + d->epoch == d->run[d->at].to || (d->epoch > 0 && begins)) {
            d->epoch = 0;
            if (++d->at == d->n) shuffle(d, &a->chance);
        }
        a->day->order[a->n] = d->run[d->at].from + d->epoch++;
        a->day->truth[a->n++] = posture;
    }
}

static void draw_input(struct assembly *a)
{
    for (size_t i = 0; i < DAYS_EPOCHS; i += MINUTE) {
        double chance = chance_between(&a->chance, 0, 1);
        for (size_t k = i; k < i + MINUTE && k < DAYS_EPOCHS; k++) {
            bool active = chance < (a->day->truth[k] == POSTURE_SITTING ? input_sitting : input_standing);
            a->day->desk[k] = active ? SAMPLE_DESK_ACTIVE : SAMPLE_DESK_QUIET;
        }
    }
}

void days_make(struct day *d, const struct person *p, const struct days_options *o, unsigned number)
{
    struct assembly *a = calloc(1, sizeof *a);
    if (!a) abort();
    uint64_t name = 14695981039346656037u; /* a person's days do not depend on who else is in the folder */
    for (const char *c = p->name; *c; c++) name = (name ^ (uint64_t)(unsigned char)*c) * 1099511628211u;
    a->person = p;
    a->day = d;
    chance_init(&a->chance, o->seed, name + number);
    deal(a, POSTURE_SITTING);
    deal(a, POSTURE_STANDING);
    deal(a, POSTURE_WALKING);
    while (a->n < DAYS_EPOCHS) {
        lay(a, POSTURE_SITTING, sit_min);
        bool standing = chance_between(&a->chance, 0, 1) < stands;
        bool there = chance_between(&a->chance, 0, 1) < (double)o->walks;
        bool back = chance_between(&a->chance, 0, 1) < (double)o->walks;
        if (!standing || there) lay(a, POSTURE_WALKING, walk_min);
        if (standing) lay(a, POSTURE_STANDING, stand_min);
        if (standing && back) lay(a, POSTURE_WALKING, walk_min);
    }
    draw_input(a);
    free(a);
}
