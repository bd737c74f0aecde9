/* sim — a scenario played sample by sample: motion and imu on one time line, and the state of the link beside it. */
#ifndef PLUMBLINE_SIM_SIM_H
#define PLUMBLINE_SIM_SIM_H

#include "imu.h"

enum link_state { LINK_UP, LINK_STALLED, LINK_UNPLUGGED, LINK_REBOOTING };

struct sim {
    struct motion motion;
    struct imu imu;
    double period_s;      /* true: the nominal one by the device's own clock */
    uint64_t k, count;    /* sample k lies at (k + ½) period_s */
    enum link_state link; /* during the last sample, as the scenario says it */
    struct trunk_pose edge;
};

/* S must outlive SIM. RANGE_16G_2000DPS as for imu_init(). */
void sim_init(struct sim *sim, const struct scenario *s, bool range_16g_2000dps);

/* The next sample; false at the scenario's end. */
bool sim_next(struct sim *sim, struct reading *r);

/* Write the truth (CSV, a row a segment) and the daemon's commands. 0 or a negative errno. */
int sim_write_truth(const struct sim *sim, FILE *file);
int sim_write_commands(const struct scenario *s, FILE *file);

#endif
