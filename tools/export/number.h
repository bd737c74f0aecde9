/* number — a float as the shortest of its decimals of 7, 8 or 9 digits that reads back as the same float. */
#ifndef EXPORT_NUMBER_H
#define EXPORT_NUMBER_H

#include <stdint.h>

/* Remembers what was asked lately: readings are multiples of a scale, a few thousand make up most of a day. All zero at
 * first. */
enum { NUMBER_SLOTS_LOG2 = 12, NUMBER_TEXT = 20 };
struct number {
    struct {
        uint32_t bits;
        char text[NUMBER_TEXT];
    } slot[1 << NUMBER_SLOTS_LOG2];
};

/* V is finite. Valid until the next call. */
const char *number_text(struct number *m, float v);

#endif
