/* accuracy_slouch_score — what was said held against what was due, counted and printed. */
#ifndef ACCURACY_SLOUCH_SCORE_H
#define ACCURACY_SLOUCH_SCORE_H

#include "accuracy_slouch.h"
#include "tools/sim/scenario.h"

enum { KINDS = SEGMENT_REBOOT + 1, EPOCHS_MAX = 10 * 3600 };

/* One day, judged and heard. */
struct account {
    struct truth truth;
    struct listener heard;
    int n_epochs;
    struct epoch epoch[EPOCHS_MAX];
    int64_t start_ns;
    double ready_s; /* what began earlier is not counted */
};

struct score {
    double days;
    int all_due[ALARM_KINDS], all_found[ALARM_KINDS]; /* due[] and found[]: in what was meant as a slouch */
    int silent[ALARM_KINDS];                          /* of the due, not found: the reference was in doubt */
    int clear[ALARM_KINDS],
        clear_found[ALARM_KINDS]; /* of the due: the slouch's mean angle 2° or more within the zone */
    int due[ALARM_KINDS], found[ALARM_KINDS], late[ALARM_KINDS], said[ALARM_KINDS], false_said[ALARM_KINDS];
    int marginal[ALARM_KINDS]; /* of the false: the true angle was within 2° of the zone's border */
    int in_time[ALARM_KINDS];  /* of the found: the beginning, too, within 5 s */
    int missed[ALARM_KINDS][SAID_WHYS + 1]; /* of the due, by what kept it; the last: nothing that differs */
    int false_in[ALARM_KINDS][KINDS];
    double slouch_s[2][2]; /* true sitting, standing; said sitting, standing */
    double true_s[2];
    double square_deg2, off_deg, seen; /* of flexion said against the truth, while still */
    double still_as[3]; /* moments that are truly still, by what the posture was said to be: still, unsure, else */
};

/* Sets S to what ACCOUNT comes to; VERBOSE prints each alarm missed and each false one. */
void score_account(struct score *s, const struct account *account, double days, bool verbose);
void score_add(struct score *to, const struct score *s);
void score_print(const char *what, const struct score *s);
void score_print_false(const struct score *s);
void score_print_missed(const struct score *s);
void score_print_minutes(const struct score *s);
/* The name=value lines. */
void score_print_values(const struct score *all, const struct score *upper, const struct score *lower);

#endif
