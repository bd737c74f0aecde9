/* score — confusion tables of what labelled people did, and the figures made of them. */
#ifndef ACCURACY_SCORE_H
#define ACCURACY_SCORE_H

#include "wearer.h"

struct score {
    double settled[POSTURE_COUNT][POSTURE_COUNT]; /* epochs: truth, said with 60 s lag */
    double live[POSTURE_COUNT][POSTURE_COUNT];    /* the same without lag */
    double unsure, sure_called, sure_right;       /* live, over sitting, standing and walking */
    double people, error_sum, live_error_sum;     /* of people with anything to score; minutes per hour, absolute */
};

/* One person's playing. */
void score_add(struct score *s, const struct person *p, const size_t *order, size_t n, const struct verdict *v);
void score_join(struct score *to, const struct score *one);

/* The table: its head, a person's row; then the figures as name=value. */
void score_head(void);
void score_row(const char *name, const struct score *s);
void score_print(const struct score *s, const struct score *cold);
/* Minutes called sitting per hour of nothing but standing. */
void score_false_sitting(const struct score *s);

#endif
