/* columns — what each column of a recording is for, told by its header.
 *
 * By name where the name is understood. Where the axes are called something nobody foresaw, or there is no header at all,
 * the columns that have no other use are taken in their order: a time if there is one column more than is needed, three
 * of acceleration, three of turning, the label last.
 */
#ifndef ACCURACY_COLUMNS_H
#define ACCURACY_COLUMNS_H

#include <stdbool.h>

/* Axes of the trunk's acceleration, its turning, a thigh's acceleration; what a row belongs to. */
enum role { AX, AY, AZ, GX, GY, GZ, TX, TY, TZ, TIME, LABEL, PART, PERSON, POSITION, WALKING, ROLES };
enum { COLUMNS_MAX = 64, COLUMN_NONE = -1 };

/* COLUMN gets each role's place among the N names in FIELD. *IN_MS: the time's name says milliseconds. False when there is
 * no acceleration to be found. */
bool columns_find(int column[ROLES], bool *in_ms, char *field[], unsigned n);

#endif
