/* Invariants: at most one prompt of a kind to each uninterrupted run in the zone. */
#include "accuracy_slouch.h"

#include <string.h>

void listener_init(struct listener *l)
{
    memset(l, 0, sizeof *l);
    for (int i = 0; i < ALARM_KINDS; i++) l->prompted_ns[i] = EVENT_OPEN;
}

static void put(struct listener *l, enum alarm_kind kind, int64_t now_ns, int64_t since_ns, int64_t start_ns)
{
    if (l->n[kind] == ALARMS_MAX) return;
    l->alarm[kind][l->n[kind]++] =
        (struct alarm){(double)(now_ns - start_ns) * 1e-9, (double)(since_ns - start_ns) * 1e-9};
}

void listener_hear(struct listener *l, const struct tracker_out *out, int64_t now_ns, int64_t start_ns)
{
    for (unsigned i = 0; i < out->n_events; i++) {
        const struct event *e = &out->event[i];
        if (e->kind == EVENT_SLOUCH && e->end_ns == EVENT_OPEN) put(l, ALARM_EVENT, now_ns, e->start_ns, start_ns);
    }
}

void listener_look(struct listener *l, const struct posture_view *v, int64_t start_ns)
{
    static const int64_t after_ns[ALARM_KINDS] = {0, SECONDS_NS(10), SECONDS_NS(120)};
    bool still = v->posture == POSTURE_SITTING || v->posture == POSTURE_STANDING || v->posture == POSTURE_UNSURE;
    bool good = v->reference == REFERENCE_CALIBRATED || v->reference == REFERENCE_GUESSED;
    if (!v->in_slouch_zone || !still || !good) return;
    for (int i = ALARM_TRAINING; i < ALARM_KINDS; i++) {
        if (v->t_ns - v->zone_since_ns < after_ns[i] || v->zone_since_ns == l->prompted_ns[i]) continue;
        l->prompted_ns[i] = v->zone_since_ns;
        put(l, (enum alarm_kind)i, v->t_ns, v->zone_since_ns, start_ns);
    }
}
