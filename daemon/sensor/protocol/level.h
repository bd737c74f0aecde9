/* level — whether a device's attitude and its accelerometer agree about where up is.
 *
 * A device that does its own fusion has its own conventions: which angle turns about which axis, whether earth's z
 * points up or down. Its accelerometer knows nothing of them: over some seconds the mean specific force of whoever does
 * not leave the room is up. An attitude that disagrees with it is not passed on, and the accelerometer serves alone.
 */
#ifndef PLUMBLINE_LEVEL_H
#define PLUMBLINE_LEVEL_H

#include "plumbline/sample.h"

enum { LEVEL_WINDOW = 128 }; /* samples compared at a time */

struct level {
    float force[3], up[3]; /* sums over the window */
    unsigned n;
    unsigned strikes; /* windows that disagreed, less those that agreed */
    bool doubted;
};

/* Looks at a sample that has both, and takes HAVE_QUAT from it while the attitude is doubted: from the third window
 * that disagrees until as many have agreed. */
void level_watch(struct level *l, struct raw_sample *s);

#endif
