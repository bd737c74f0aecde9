/* bend — short deep bends, the bow that goes with getting up and sitting down, and the shifts of posture that keep a
 * sitter moving.
 *
 * A bend goes beyond 30° and comes back within 8 s, or gets there faster than 60 °/s and comes back within 20 s. A
 * bow turns the trunk by more than 20° from where it was and from where it is within 4 s: getting up and sitting down
 * come with one (Schenkman et al., Phys. Ther. 70, 1990; in UMAFall's chair trials 44° on the chest and 36° on the waist,
 * one in ten below 25° and 19°), sinking into a slouch does not. A shift is a change of inclination of more than 5° that lasts more than 5 s. Pure.
 */
#ifndef POSTURE_BEND_H
#define POSTURE_BEND_H

#include "calibration.h"

enum { BOW_SLOTS = 16 }; /* four a second */

struct bend {
    bool deep; /* beyond 30° now */
    int64_t since_ns;
    float rate_degs, deepest_deg, before_deg;
    float deepest_up[3];
    float bow_up[BOW_SLOTS][3]; /* a ring, the newest before bow_next */
    unsigned bow_n, bow_next;
    float bow_wait_s;         /* until the next is taken */
    int64_t bowed_ns;         /* deepest point of the last bow; EVENT_OPEN when none yet */
    float rested_deg, away_s; /* inclination that a shift is measured from; how long it has been away */
};

enum bend_news { BEND_NONE, BEND_DONE };

void bend_init(struct bend *b);

/* ANGLE_DEG (flexion, or inclination while signs are unknown; NAN for neither) with up in UP held for DT_S until
 * NOW_NS. BEND_DONE at the end of one (since_ns, deepest_deg). */
enum bend_news bend_step(struct bend *b, float angle_deg, const float up[3], float dt_s, int64_t now_ns);
/* Whether the present deep flexion may still turn out to be a bend. */
bool bend_running(const struct bend *b, int64_t now_ns);
/* Up was UP for DT_S until NOW_NS: keeps bowed_ns. */
void bend_watch_bows(struct bend *b, const float up[3], float dt_s, int64_t now_ns);
/* True when a shift has just been completed. */
bool bend_shifted(struct bend *b, float inclination_deg, float dt_s);

#endif
