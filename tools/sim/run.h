/* run — the simulated device at work: samples through protocol and faults to the output, at the speed asked for. */
#ifndef PLUMBLINE_SIM_RUN_H
#define PLUMBLINE_SIM_RUN_H

#include "fault.h"
#include "sim.h"

enum run_protocol { RUN_PLUMB, RUN_WIT, RUN_WIT61, RUN_TEXT, RUN_XBUS, RUN_BNO_RVC, RUN_XIMU3, RUN_SLIME, RUN_PROTOCOLS };
extern const char *const run_protocol_names[RUN_PROTOCOLS]; /* as people call them */

struct run_options {
    enum run_protocol protocol;
    const char *out, *link;
    double speed; /* times real time; 0: as fast as it is read */
    struct faults faults;
};

/* Plays SIM to its end. 0, also when the reader left or a signal came; else a negative errno, said aloud. */
int run(struct sim *sim, struct run_options *options);

#endif
