/* accuracy_transitions_load — recordings for accuracy-transitions: a CSV, gzipped or not, known by its header, cut into
 * parts that were not recorded in one go. */
#ifndef ACCURACY_TRANSITIONS_LOAD_H
#define ACCURACY_TRANSITIONS_LOAD_H

#include "plumbline/posture.h"
#include "plumbline/sample.h"

#include <stddef.h>

enum recording_kind {
    RECORDING_LABELLED, /* ax ay az gx gy gz label, 50 Hz; maybe a time, a person, an experiment */
    RECORDING_THIGH,    /* a chest and a thigh: the label is made from the thigh */
    RECORDING_TRIALS,   /* a part a trial; the label is the trial's activity */
    RECORDING_GAIT,     /* no posture labels, walking only */
    RECORDING_BARE,     /* acceleration and time; rises are told by the folder's README, sitting down is not */
};
enum { SIT_DOWN_LABEL = 7, RISE_LABEL = 8, FIRST_LIE_LABEL = 9, LAST_LABEL = 12 };
enum { TRIAL_CHAIR = 1, TRIAL_BEND = 2, TRIAL_LIE = 3, TRIAL_WALK = 4 };

struct row {
    int64_t t_ns; /* from 0 in each part */
    int16_t accel[3], gyro[3];
    uint8_t label;
};

struct part {
    struct row *row;
    size_t n;
    enum placement placement; /* of trials; else as the program was told */
    int label;                /* of the part's first row */
};

struct recording {
    enum recording_kind kind;
    bool have_gyro;
    struct scale scale;
    struct row *row;
    size_t n, capacity;
    struct part *part;
    size_t n_parts;
};

/* Reads PATH. Returns false, having said why, when it is no recording this program knows. The caller frees. */
bool recording_load(struct recording *r, const char *path);
void recording_free(struct recording *r);
/* Sample I of part P, T_NS after the clock's zero. */
struct sample recording_sample(const struct recording *r, const struct part *p, size_t i, int64_t zero_ns);

#endif
