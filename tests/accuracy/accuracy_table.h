/* accuracy_table — what the accuracy programs on labelled people share: reading gzipped columns of integers, and a
 * confusion table. */
#ifndef ACCURACY_TABLE_H
#define ACCURACY_TABLE_H

#include "plumbline/event.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct confusion {
    double s[POSTURE_COUNT][POSTURE_COUNT]; /* seconds: truth, said */
};

/* Reads up to N integers, separated by commas, of the next line; returns how many there were, −1 at the end. */
static inline int read_row(gzFile file, long *value, int n)
{
    char line[512], *at = line;
    if (!gzgets(file, line, sizeof line)) return -1;
    for (int i = 0; i < n; i++) {
        char *end;
        value[i] = strtol(at, &end, 10);
        if (end == at) return i;
        at = *end == ',' ? end + 1 : end;
    }
    return n;
}

static inline double f1(const struct confusion *c, enum posture p)
{
    double truth = 0, called = 0;
    for (int i = 0; i < POSTURE_COUNT; i++) {
        truth += c->s[p][i];
        called += c->s[i][p];
    }
    return truth + called > 0 ? 2 * c->s[p][p] / (truth + called) : NAN;
}

static inline double precision(const struct confusion *c, enum posture p)
{
    double called = 0;
    for (int i = 0; i < POSTURE_COUNT; i++) called += c->s[i][p];
    return called > 0 ? c->s[p][p] / called : NAN;
}

static inline void confusion_print(const struct confusion *c)
{
    for (int i = 0; i < POSTURE_COUNT; i++) {
        double sum = 0;
        for (int j = 0; j < POSTURE_COUNT; j++) sum += c->s[i][j];
        if (sum <= 0) continue;
        printf("  %-9s %6.1f min:", posture_name((enum posture)i), sum / 60);
        for (int j = 0; j < POSTURE_COUNT; j++)
            if (c->s[i][j] > 0) printf("  %s %.1f", posture_name((enum posture)j), c->s[i][j] / 60);
        printf("\n");
    }
}

static inline void confusion_add(struct confusion *to, const struct confusion *from)
{
    for (int i = 0; i < POSTURE_COUNT; i++)
        for (int j = 0; j < POSTURE_COUNT; j++) to->s[i][j] += from->s[i][j];
}

#endif
