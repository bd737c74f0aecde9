/* Invariants: zone[0] is UTC, zone[1] the one of floating times; each other is in the list once. A zone of a file is
 * read by libical only after its repeating lines have been found to be yearly ones (gather.c). */
#include "zones.h"

#include "civil.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 64, MINUTE_S = 60 };

struct zones {
    int count;
    struct zone {
        char name[NAME_ROOM]; /* of the system; "" for a file's */
        uint64_t hash;        /* of a file's text */
        icaltimezone *zone;   /* NULL: UTC */
    } zone[ZONES_MAX];
};

struct zones *zones_open(void)
{
    struct zones *z = calloc(1, sizeof *z);
    if (!z) return NULL;
    z->count = ZONE_FLOATING + 1;
    icaltimezone_set_tzid_prefix("");
    return z;
}

void zones_close(struct zones *z)
{
    for (int i = 0; z && i < z->count; i++)
        if (z->zone[i].hash) icaltimezone_free(z->zone[i].zone, 1);
    icaltimezone_free_builtin_timezones();
    free(z);
}

/* A name becomes a path below the system's zone files: only such as can be one. */
static bool is_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= NAME_ROOM || name[0] == '/' || name[n - 1] == '/') return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == n;
}

static int find_system(struct zones *z, const char *name)
{
    if (!is_name(name)) return ZONE_UNKNOWN;
    for (int i = ZONE_FLOATING + 1; i < z->count; i++)
        if (!strcmp(z->zone[i].name, name)) return i;
    icaltimezone *zone = z->count < ZONES_MAX ? icaltimezone_get_builtin_timezone(name) : NULL;
    if (!zone || !icaltimezone_get_component(zone)) return ZONE_UNKNOWN;
    struct zone *new = &z->zone[z->count];
    strcpy(new->name, name);
    new->zone = zone;
    return z->count++;
}

int zones_named(struct zones *z, const char *name)
{
    if (!strcmp(name, "UTC") || !strcmp(name, "Etc/UTC") || !strcmp(name, "GMT")) return ZONE_UTC;
    if (name[0] != '/') return find_system(z, name);
    for (const char *at = strchr(name + 1, '/'); at; at = strchr(at + 1, '/')) {
        int found = find_system(z, at + 1);
        if (found != ZONE_UNKNOWN) return found;
    }
    return ZONE_UNKNOWN;
}

bool zones_set_floating(struct zones *z, const char *name)
{
    int found = zones_named(z, name);
    if (found > 0) z->zone[ZONE_FLOATING].zone = z->zone[found].zone;
    return found >= 0;
}

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash | 1;
}

int zones_given(struct zones *z, const char *text, unsigned *left, unsigned years)
{
    uint64_t hash = hash_of(text);
    for (int i = ZONE_FLOATING + 1; i < z->count; i++)
        if (z->zone[i].hash == hash) return i;
    if (z->count == ZONES_MAX || *left < years) return ZONE_UNKNOWN;
    *left -= years;
    icalcomponent *c = icalcomponent_new_from_string(text);
    icaltimezone *zone = c ? icaltimezone_new() : NULL;
    if (!zone || !icaltimezone_set_component(zone, c)) {
        if (c) icalcomponent_free(c);
        if (zone) icaltimezone_free(zone, 1);
        return ZONE_UNKNOWN;
    }
    z->zone[z->count].hash = hash;
    z->zone[z->count].zone = zone;
    return z->count++;
}

static int64_t ahead_s(struct zones *z, int zone, int64_t utc_s)
{
    icaltimezone *of = z->zone[zone].zone;
    if (!of) return 0;
    int64_t day = civil_floor(utc_s, CIVIL_DAY_S);
    int s = (int)(utc_s - day * CIVIL_DAY_S), is_daylight;
    struct civil c = civil_of(day);
    struct icaltimetype t = icaltime_null_time();
    t.year = c.year, t.month = c.month, t.day = c.day;
    t.hour = s / 3600, t.minute = s / MINUTE_S % 60, t.second = s % 60;
    int ahead = icaltimezone_get_utc_offset_of_utc_time(of, &t, &is_daylight);
    return ahead > -CIVIL_DAY_S && ahead < CIVIL_DAY_S ? ahead : 0;
}

int64_t zones_local(struct zones *z, int zone, int64_t utc_s) { return utc_s + ahead_s(z, zone, utc_s); }

int64_t zones_utc(struct zones *z, int zone, int64_t local_s)
{
    int64_t before = local_s - ahead_s(z, zone, local_s - CIVIL_DAY_S);
    if (zones_local(z, zone, before) == local_s) return before;
    int64_t after = local_s - ahead_s(z, zone, local_s + CIVIL_DAY_S);
    return zones_local(z, zone, after) == local_s ? after : before;
}
