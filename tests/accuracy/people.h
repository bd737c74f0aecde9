/* people — recordings of labelled people, for the accuracy programs. A folder's *.csv and *.csv.gz are known by their
 * first line, whatever they are called:
 *
 *   window,back_x_ug,back_y_ug,back_z_ug,back_mag_ug,…,label,…   lower back, means of 5 s (HAR70+: Ustad et al., Sensors
 *                                      23(5), 2023); the axes are x down, y left, z forward
 *   x,y,z,label                        chest, 52 Hz, counts about 2048 without calibration (Casale et al., Personal and
 *                                      Ubiquitous Computing 16(5), 2012); a count's size comes from the median sample
 *   activity,ax_mm_s2,…,gz_mrad_s      torso, 25 Hz (Altun et al., Pattern Recognition 43(10), 2010)
 *
 * Files with another first line are passed over with a word (labels_… without), damaged ones are left out whole
 * with a word. Truth is the majority label of each 5 s; POSTURE_MISSING is what no label here is scored by.
 */
#ifndef ACCURACY_PEOPLE_H
#define ACCURACY_PEOPLE_H

#include "daemon/posture/features.h"
#include "plumbline/event.h"
#include "plumbline/posture.h"
#include "plumbline/sample.h"

enum person_kind { PERSON_MEANS, PERSON_COUNTS, PERSON_IMU };
enum { PERSON_EPOCH_S = 5 };

struct person_sample {
    int16_t accel[3], gyro[3]; /* counts of person.scale, sensor frame */
};

struct person_epoch {
    enum posture truth;       /* walking, sitting, standing, lying or missing */
    struct features features; /* PERSON_MEANS: force and size only, no steps; else empty */
};

struct person {
    char name[64]; /* the file's, without its ending */
    enum person_kind kind;
    enum placement placement;
    float rate_hz; /* of the samples; 0 with means */
    struct scale scale;
    size_t n_epochs, n_samples; /* whole epochs only: n_samples = n_epochs × 5 s × rate_hz; 0 with means */
    struct person_epoch *epoch;
    struct person_sample *sample;
};

struct people {
    size_t n;
    struct person *person; /* by file name within a folder */
};

/* Adds the people of FOLDER to P (zeroed before the first folder). Returns how many were found, maybe 0; what is wrong with
 * a file is said on stderr. */
size_t people_load(struct people *p, const char *folder);
void people_free(struct people *p);

/* MEMORY as it is; ends the program when there was none. */
void *people_must(void *memory);

/* Sample K of a raw recording that starts at START_NS, converted. */
void people_sample(const struct person *p, size_t k, int64_t start_ns, struct sample *s);

/* Those who are left out of a fit together. Casale's 2, 6, 8 and 10 are not independent of each other (their signals
 * correlate second by second). */
bool people_together(const struct person *a, const struct person *b);

#endif
