/* text_line — the numbers of one line and the names that stand by them.
 *
 * Understood, as maker boards print them: "1,2,3", "1 2 3", "1\t2\t3", "AX:0.1 AY:0.2", "acc:1,2,3 gyro:4,5,6",
 * "IMU A:1,2,3 G:4,5,6", "ax=1, ay=2", "| Acc[mg]: 1 2 3 | Gyr[mdps]: 4 5 6 |". A time of day is its seconds, a date 0. A
 * number belongs to the last name before it; a second number of the same name is its second part. A line without numbers
 * may be a header: its words are the names of the columns.
 */
#ifndef PLUMBLINE_TEXT_LINE_H
#define PLUMBLINE_TEXT_LINE_H

#include "plumbline/sensor.h"

enum { TEXT_WORDS = TEXT_COLUMNS, TEXT_LINE_MAX = 200 };

struct text_word {
    unsigned char start, length; /* inside the line */
};

struct text_line {
    unsigned values, words;
    double value[TEXT_COLUMNS];       /* finite */
    signed char name[TEXT_COLUMNS];   /* word that names the value, −1 none */
    unsigned char part[TEXT_COLUMNS]; /* 0 for the first value of that name */
    struct text_word word[TEXT_WORDS];
};

/* Reads LENGTH ≤ TEXT_LINE_MAX bytes. False for what no board prints as data or header: control or non-ASCII bytes,
 * a leading '$' or a trailing "*hh" (NMEA 0183 sentences), too many columns. */
bool text_line_read(const char *text, size_t length, struct text_line *line);

#endif
