/* Invariants: a word may stand for several regions, a text for all of its words'; the joint or the muscle beside a sore
 * place belongs to it, so that an item near it is left out too. */
#include "region.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    unsigned regions;
} words[] = {
    {"neck", REGION_NECK},
    {"trapezius", REGION_NECK | REGION_SHOULDER},
    {"shoulder", REGION_SHOULDER},
    {"arm", REGION_SHOULDER},
    {"thoracic", REGION_UPPER_BACK},
    {"upper back", REGION_UPPER_BACK},
    {"rhomboid", REGION_UPPER_BACK},
    {"latissimus", REGION_UPPER_BACK | REGION_SHOULDER},
    {"spine", REGION_UPPER_BACK | REGION_LOW_BACK},
    {"lumbar", REGION_LOW_BACK},
    {"low back", REGION_LOW_BACK},
    {"lower back", REGION_LOW_BACK},
    {"trunk", REGION_LOW_BACK},
    {"flank", REGION_LOW_BACK},
    {"chest", REGION_CHEST | REGION_SHOULDER},
    {"hip", REGION_HIP},
    {"glute", REGION_HIP},
    {"buttock", REGION_HIP},
    {"thigh", REGION_THIGH | REGION_KNEE},
    {"hamstring", REGION_THIGH},
    {"knee", REGION_KNEE},
    {"calf", REGION_LOWER_LEG},
    {"ankle", REGION_LOWER_LEG | REGION_FOOT},
    {"leg", REGION_HIP | REGION_THIGH | REGION_KNEE | REGION_LOWER_LEG},
    {"foot", REGION_FOOT},
};

unsigned region_of(const char *area)
{
    char text[32];
    unsigned regions = 0;
    snprintf(text, sizeof text, "%s", area);
    for (char *p = text; *p; p++)
        if (*p == '-' || *p == '_') *p = ' '; /* "low-back" is the low back */
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(text, words[i].word)) regions |= words[i].regions;
    if (!regions && strcasestr(text, "back")) regions = REGION_UPPER_BACK | REGION_LOW_BACK;
    return regions;
}

bool region_is_bone(const char *text)
{
    static const char *const bones[] = {"bone",  "rib",  "shin",  "knee",   "elbow",
                                        "ankle", "spine", "sacrum", "coccyx", "vertebra"};
    for (size_t i = 0; i < sizeof bones / sizeof bones[0]; i++)
        if (strcasestr(text, bones[i])) return true;
    return false;
}
