/* region — parts of the body, from the words that wearers and the catalogue use for them ("low back", "thoracic"). */
#ifndef PLUMBLINE_COACH_REGION_H
#define PLUMBLINE_COACH_REGION_H

#include <stdbool.h>

enum {
    REGION_NECK = 1,
    REGION_SHOULDER = 2,
    REGION_UPPER_BACK = 4,
    REGION_LOW_BACK = 8,
    REGION_HIP = 16,
    REGION_THIGH = 32,
    REGION_KNEE = 64,
    REGION_LOWER_LEG = 128,
    REGION_FOOT = 256,
    REGION_CHEST = 512,
};

/* REGION_… bits of the words found in TEXT; 0 for the whole body or for none. */
unsigned region_of(const char *text);
/* Whether TEXT names bone or a joint, where no roller and no ball goes. */
bool region_is_bone(const char *text);

#endif
