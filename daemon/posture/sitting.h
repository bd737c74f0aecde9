/* sitting — sitting bouts from a path of postures, the way activPAL outcomes define them.
 *
 * A bout begins with the first sitting of a stretch and is certain (said) once 60 s of sitting have come together. It
 * ends when standing, walking or lying has lasted 15 s, dated back to their beginning; shorter interruptions belong
 * to it, and so does what is unsure. Missing samples for 60 s end it where they began; unplugged within 10 s of a
 * rise, it ended by leaving. One machine serves both paths: the settled one says events, the live one serves prompts.
 * Pure.
 */
#ifndef POSTURE_SITTING_H
#define POSTURE_SITTING_H

#include "plumbline/posture.h"

struct sitting {
    int64_t since_ns; /* of the stretch; EVENT_OPEN when not sitting */
    float sat_s;
    bool certain;           /* has been said */
    int64_t interrupted_ns; /* first moment of the running interruption */
    float interrupted_s;
    enum posture interrupter; /* what it began with */
    int64_t upright_ns;       /* since when standing or walking without pause; EVENT_OPEN when not */
    bool was_upright;         /* what came before the stretch: then its begin was a sit-down */
    int64_t after_break_ns;   /* first sitting after the last break, EVENT_OPEN before any */
    int64_t until_ns;         /* end of the last step */
};

void sitting_init(struct sitting *s);

/* The wearer was in posture P for SECONDS from START_NS on. OUT may be NULL. */
void sitting_step(struct sitting *s, enum posture p, int64_t start_ns, float seconds, struct tracker_out *out);

/* Ends a running bout at END_NS (not before its begin) for REASON. */
void sitting_end(struct sitting *s, int64_t end_ns, enum bout_end reason, struct tracker_out *out);

/* LIVE takes over what the settled path knows better, now that it has come so far: that a break lay in what seemed one
 * bout, or that standing began earlier. */
void sitting_follow(struct sitting *live, const struct sitting *settled);

/* A running bout, whether said or not; EVENT_OPEN when none. */
int64_t sitting_since(const struct sitting *s);

#endif
