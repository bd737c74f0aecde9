/* walks — walks on the settled path: at least 10 s of walking, ended by 10 s of something else. Pure. */
#ifndef POSTURE_WALKS_H
#define POSTURE_WALKS_H

#include "plumbline/posture.h"

struct walks {
    int64_t since_ns, last_ns; /* EVENT_OPEN when not walking; end of the last walking epoch */
    bool certain;
    unsigned steps;
};

void walks_init(struct walks *w);
void walks_step(struct walks *w, enum posture p, int64_t start_ns, float seconds, unsigned steps,
                struct tracker_out *out);
void walks_end(struct walks *w, struct tracker_out *out);

#endif
