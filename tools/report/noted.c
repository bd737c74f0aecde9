/* What the wearer noted that day. Invariant: answers about health and signs for a clinician are not among it: a
 * report is shown to others. */
#include "day.h"

#include "array.h"

#include "plumbline/text.h"

#include <errno.h>

static bool shown(const struct entry *e)
{
    bool scale = e->value >= 0 && e->value <= 10;
    switch (e->kind) {
    case ENTRY_PAIN:
    case ENTRY_STRESS:
    case ENTRY_SORENESS: return scale;
    case ENTRY_SESSION: return e->value == -1 || scale;
    case ENTRY_RANGE: return e->value >= 0 && e->value <= 180;
    case ENTRY_ROUTINE: /* a mark of the ribbon, a figure of the workout */
    case ENTRY_FEEL:
    case ENTRY_NOTE:
    case ENTRY_HEALTH:
    case ENTRY_RED_FLAG: break;
    }
    return false;
}

int noted_make(const struct report_source *s, struct report_day *day)
{
    for (size_t i = 0; i < s->n_entries; i++) {
        const struct entry *e = &s->entry[i];
        if (!day_holds(day, e->wall_s) || !shown(e)) continue;
        struct report_noted *room = array_room(day->noted, day->n_noted, sizeof *room);
        if (!room) return -ENOMEM;
        day->noted = room;
        double at_min = day_at_min(day, e->wall_s * NS_PER_S);
        struct report_noted n = {
            .at_min = at_min, .local_min = day_local_min(s, day, at_min), .kind = e->kind, .value = e->value};
        text_copy(n.what, sizeof n.what, e->what);
        day->noted[day->n_noted++] = n;
    }
    return 0;
}
