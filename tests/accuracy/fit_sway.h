/* fit_sway — the sway part of the tables: Fisher's linear discriminant of sitting and standing (Annals of Eugenics 7,
 * 1936) with a ridge, each person and class weighing alike, and the likelihoods of its score. */
#ifndef ACCURACY_FIT_SWAY_H
#define ACCURACY_FIT_SWAY_H

#include "fit.h"

void fit_sway(struct sway_table *t, const struct fit_person *const *of, size_t n, enum placement placement, float walking_g);

#endif
