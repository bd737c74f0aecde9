/* bend — short deep bends, and the shifts of posture that keep a sitter moving.
 *
 * A bend goes beyond 30° and comes back within 8 s, or gets there faster than 60 °/s and comes back within 20 s. A shift
 * is a change of inclination of more than 5° that lasts more than 5 s. Pure.
 */
#ifndef POSTURE_BEND_H
#define POSTURE_BEND_H

#include "calibration.h"

struct bend {
    bool deep; /* beyond 30° now */
    int64_t since_ns;
    float rate_degs, deepest_deg, before_deg;
    float rested_deg, away_s; /* inclination that a shift is measured from; how long it has been away */
};

enum bend_news { BEND_NONE, BEND_DONE };

void bend_init(struct bend *b);

/* ANGLE_DEG (flexion, or inclination while signs are unknown; NAN for neither) held for DT_S until NOW_NS. BEND_DONE at
 * the end of one (since_ns, deepest_deg). */
enum bend_news bend_step(struct bend *b, float angle_deg, float dt_s, int64_t now_ns);
/* Whether the present deep flexion may still turn out to be a bend. */
bool bend_running(const struct bend *b, int64_t now_ns);
/* True when a shift has just been completed. */
bool bend_shifted(struct bend *b, float inclination_deg, float dt_s);

#endif
