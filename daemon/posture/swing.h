/* swing — the trunk swings out of where it was and into somewhere else: getting up and sitting down come with one
 * (Schenkman et al., Phys. Ther. 70, 1990; in UMAFall's chair trials 44° on the chest and 36° on the waist, one in ten
 * below 25° and 19°), sinking into a slouch does not. It turns by more than 20° from where it was and from where it is
 * within 4 s. Known at once, unlike transition.h, and for that no more than a hint: a reach swings as well. Pure.
 */
#ifndef POSTURE_SWING_H
#define POSTURE_SWING_H

#include <stdint.h>

enum { SWING_SLOTS = 16 }; /* four a second */

struct swing {
    float up[SWING_SLOTS][3]; /* a ring, the newest before next */
    unsigned n, next;
    float wait_s; /* until the next is taken */
    int64_t t_ns; /* furthest point of the last one; EVENT_OPEN when none yet */
};

void swing_init(struct swing *s);
/* Up was UP for DT_S until NOW_NS: keeps t_ns. */
void swing_step(struct swing *s, const float up[3], float dt_s, int64_t now_ns);

#endif
