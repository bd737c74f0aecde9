/* Invariants: "before" is the same local day up to the workout's start; a routine belongs to the workout in whose four
 * hours before it was offered or done; feel belongs to the last workout that began before it was said. A title may come
 * from a stranger's calendar: it is cleaned here, once, for every printer.
 */
#include "array.h"
#include "day.h"
#include "words.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { OFFER_S = 4 * 3600, FEEL_S = 12 * 3600, CREEP_AGE_S = 600, HOUR_S = 3600 };

static void add_before(const struct report_source *s, const struct report_day *day, const struct workout *w,
                       struct report_workout *r)
{
    r->creep = NAN;
    for (size_t i = 0; i < s->n_minutes; i++) {
        const struct minute *m = &s->minute[i];
        int64_t wall_s = m->minute * 60;
        if (wall_s < day->start_wall_s || wall_s >= w->start_wall_s) continue;
        r->sitting_before_min += (double)m->posture_s[POSTURE_SITTING] / 60;
        r->slouch_before_min += (double)m->slouch_sitting_s / 60;
        if (w->start_wall_s - wall_s <= CREEP_AGE_S) r->creep = (double)m->creep;
    }
}

/* An id longer than any item's is none. */
static void add_item(const char *id, struct report_workout *r)
{
    if (!memchr(id, 0, ITEM_ID_MAX)) return;
    for (int i = 0; i < REPORT_ITEMS; i++) {
        if (!r->item[i][0]) memcpy(r->item[i], id, strlen(id) + 1);
        if (strcmp(r->item[i], id) == 0) return;
    }
}

static void add_routine(const struct report_source *s, const struct workout *w, struct report_workout *r)
{
    for (size_t i = 0; i < s->n_events; i++) {
        const struct diary_event *e = &s->event[i];
        int64_t before_s = w->start_wall_s - e->start_wall_ns / NS_PER_S;
        if (e->kind != EVENT_ALERT || e->reason != TOPIC_WORKOUT || before_s < 0 || before_s > OFFER_S) continue;
        double recovery_s;
        r->offered = true;
        r->routine_done |= alerts_fate(s, i, &recovery_s) == MARK_CORRECTED;
    }
    for (size_t i = 0; i < s->n_entries; i++) {
        int64_t before_s = w->start_wall_s - s->entry[i].wall_s;
        if (s->entry[i].kind != ENTRY_ROUTINE || before_s < 0 || before_s > OFFER_S) continue;
        r->items_done++;
        add_item(s->entry[i].what, r);
    }
    r->routine_done |= r->items_done > 0;
}

static int in_ten(int value) { return value >= 0 && value <= 10 ? value : -1; }

static int worst_soreness(const struct report_source *s, int64_t from_s, int64_t to_s)
{
    int worst = -1;
    for (size_t i = 0; i < s->n_entries; i++) {
        const struct entry *e = &s->entry[i];
        if (e->kind == ENTRY_SORENESS && e->wall_s >= from_s && e->wall_s < to_s && in_ten(e->value) > worst)
            worst = e->value;
    }
    return worst;
}

static int feel_after(const struct report_source *s, const struct workout *w, const struct workout *next)
{
    int64_t until_s = w->end_wall_s + FEEL_S;
    if (next && next->start_wall_s < until_s) until_s = next->start_wall_s;
    int feel = -1;
    for (size_t i = 0; i < s->n_entries; i++) {
        const struct entry *e = &s->entry[i];
        if (e->kind == ENTRY_FEEL && e->wall_s >= w->start_wall_s && e->wall_s < until_s) feel = in_ten(e->value);
    }
    return feel;
}

static void fill(const struct report_source *s, const struct report_day *day, size_t index, struct report_workout *r)
{
    const struct workout *w = &s->workout[index];
    memset(r, 0, sizeof *r);
    r->at_min = day_at_min(day, w->start_wall_s * NS_PER_S);
    r->local_min = day_local_min(s, day, r->at_min);
    r->length_min = (double)(w->end_wall_s - w->start_wall_s) / 60;
    r->type = w->type;
    words_clean(w->title, sizeof w->title, r->title, sizeof r->title);
    add_before(s, day, w, r);
    add_routine(s, w, r);
    r->feel = feel_after(s, w, index + 1 < s->n_workouts ? w + 1 : NULL);
    r->soreness_24h = worst_soreness(s, w->end_wall_s + 12 * HOUR_S, w->end_wall_s + 36 * HOUR_S);
    r->soreness_48h = worst_soreness(s, w->end_wall_s + 36 * HOUR_S, w->end_wall_s + 60 * HOUR_S);
}

int workouts_make(const struct report_source *s, struct report_day *day)
{
    for (size_t i = 0; i < s->n_workouts; i++) {
        if (!day_holds(day, s->workout[i].start_wall_s)) continue;
        struct report_workout *room = array_room(day->workout, day->n_workouts, sizeof *room);
        if (!room) return -ENOMEM;
        day->workout = room;
        fill(s, day, i, &day->workout[day->n_workouts++]);
    }
    return 0;
}
