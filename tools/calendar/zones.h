/* Time zones: the system's by name, and those a file brings (VTIMEZONE). libical answers how far local time is ahead
 * of UTC at an instant; the other way round its answer in the gaps and overlaps of a clock change is another than
 * the RFC's, so it is worked out here. */
#ifndef CALENDAR_ZONES_H
#define CALENDAR_ZONES_H

#include <stdbool.h>
#include <stdint.h>

/* Zones by number: those below are always there, others come from zones_named() and zones_given(). */
enum { ZONE_UTC, ZONE_FLOATING, ZONE_UNKNOWN = -1, ZONES_MAX = 400 };

struct zones;
struct zones *zones_open(void); /* NULL: no memory */
void zones_close(struct zones *z);

/* Floating times are of this one. false: there is no such zone; they are UTC's. */
bool zones_set_floating(struct zones *z, const char *name);

/* The system's zone NAME, or ZONE_UNKNOWN. A maker's prefix ("/example.org/Europe/Stockholm") is seen through. */
int zones_named(struct zones *z, const char *name);

/* The zone that TEXT (a whole VTIMEZONE component) describes; the same text gives the same number. A new one costs
 * YEARS (gather.h) of what is LEFT. */
int zones_given(struct zones *z, const char *text, unsigned *left, unsigned years);

/* What a wall clock in ZONE shows at UTC_S. */
int64_t zones_local(struct zones *z, int zone, int64_t utc_s);

/* When a wall clock in ZONE shows LOCAL_S. Shown twice: the first; never: as if the clock had not been put forward (RFC
 * 5545, 3.3.5). */
int64_t zones_utc(struct zones *z, int zone, int64_t local_s);

#endif
