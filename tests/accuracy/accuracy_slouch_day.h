/* accuracy_slouch_day — a wearer and an 8 h day of theirs, drawn from slouch_people.h. */
#ifndef ACCURACY_SLOUCH_DAY_H
#define ACCURACY_SLOUCH_DAY_H

#include "tools/sim/sim.h"

struct wearer_kind {
    enum placement placement;
    enum sensitivity sensitivity;
    int sign;        /* of the slouch line: +1 forward, −1 backward */
    bool calibrated; /* else nothing is captured: the upper back's guess */
};

enum { DAY_SEGMENTS_MAX = 4000, CAPTURE_AFTER_S = 6, CAPTURE_S = 15 };

struct day {
    struct wearer_kind kind;
    struct person person;
    struct scenario scenario; /* segments lie in segment[] */
    struct segment segment[DAY_SEGMENTS_MAX];
    double capture_s[POSE_COUNT]; /* when each is begun; < 0 never */
    double ready_s;               /* end of the captures and of the first walk */
    double line_deg, lively;      /* drawn: own line; how much this one wanders, 0…1 */
};

/* The same SEED draws the same day. At RATE_HZ, of HOURS. */
void day_draw(struct day *day, const struct wearer_kind *kind, uint64_t seed, double rate_hz, double hours);
/* Starts the simulator on DAY with its person. */
void day_begin(const struct day *day, struct sim *sim);

#endif
