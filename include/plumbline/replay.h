/* replay — a recorded or simulated stream through the daemon's own pipeline, time taken from the samples. */
#ifndef PLUMBLINE_REPLAY_H
#define PLUMBLINE_REPLAY_H

#include "plumbline/config.h"
#include "plumbline/desk.h"
#include "plumbline/store.h"

#include <stdio.h>

struct replay_options {
    const char *input;            /* address for transport_open(); NULL: samples from raw */
    const struct raw_sample *raw; /* without a clock: config.rate_hz times them */
    size_t n_raw;
    const char *script;           /* file of "SECONDS WORDS…" lines (commands as the control socket takes them); NULL: none */
    FILE *trace;                  /* each event and minute as a line; NULL: none */
    int64_t start_wall_ns;        /* wall time of the first sample */
};

/* Runs to the end of the stream. Exit code: 0 done, 1 failed on the way, 2 could not begin; standard error says why.
 * STORE and DESK may be NULL and stay the caller's. */
int replay_run(const struct config *config, const struct replay_options *o, struct store *store, struct desk *desk);

#endif
