/* replay — a recorded or simulated stream through the daemon's own pipeline, time taken from the samples. */
#ifndef PLUMBLINE_REPLAY_H
#define PLUMBLINE_REPLAY_H

#include "plumbline/config.h"
#include "plumbline/desk.h"
#include "plumbline/store.h"

#include <stdio.h>

/* Samples that no protocol of ours made. */
struct replay_source {
    void *arg;
    size_t (*read)(void *arg, struct raw_sample *out, size_t max); /* 0: the end */
};

struct replay_options {
    const char *input;            /* address for transport_open(); NULL: samples from the source */
    struct replay_source source;  /* without a clock: config.rate_hz times them */
    bool import;                  /* see pipeline.h */
    const char *script;           /* file of "SECONDS WORDS…" lines (commands as the control socket takes them); NULL: none */
    FILE *trace;                  /* each event and minute as a line; NULL: none */
    int64_t start_wall_ns;        /* wall time of the first sample */
};

/* Runs to the end of the stream. Exit code: 0 done, 1 failed on the way, 2 could not begin; standard error says why.
 * STORE and DESK may be NULL and stay the caller's. */
int replay_run(const struct config *config, const struct replay_options *o, struct store *store, struct desk *desk);

#endif
