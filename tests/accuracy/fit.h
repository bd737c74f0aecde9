/* fit — the tables of daemon/posture/activity_tables.h from recordings of labelled people.
 *
 * A person's reference is the median direction of the epochs that move like walking, found without labels. Each table is
 * a histogram per person and class, divided by the root of its count (else who sat longest would speak loudest), summed
 * over people, smoothed by a Gaussian, normalised, with a floor. */
#ifndef ACCURACY_FIT_H
#define ACCURACY_FIT_H

#include "people.h"

#include "daemon/posture/activity_tables.h"

struct fit_epoch {
    enum posture truth;
    float up[3], movement_g;
    bool steps;            /* regular ones */
    struct sway_sums sway; /* raw recordings */
};

struct fit_person {
    const struct person *person;
    struct fit_epoch *epoch; /* person->n_epochs of them */
    float weight;            /* those who belong together count as one */
};

struct fit {
    size_t n;
    struct fit_person *of;
};

/* What the fit needs of each of P; P must outlive it. */
void fit_init(struct fit *f, const struct people *p);
void fit_free(struct fit *f);

/* Tables of PLACEMENT from all who wore the sensor there, but for WITHOUT (NULL: nobody is left out) and who belongs
 * together with them. False, and nothing is written, when that leaves nobody to learn sitting, standing
 * or walking from (the torso recordings hold one posture of each, on demand, and teach walking only). */
bool fit_tables(const struct fit *f, enum placement placement, const struct person *without,
                struct activity_tables *tables);

/* What activity_tables_of() gives in this program from now on: what ships (F: NULL), or, at P's placement, tables made
 * without P; what ships when nobody is left to make them from, said on stderr. */
void fit_use(const struct fit *f, const struct person *p);

#endif
