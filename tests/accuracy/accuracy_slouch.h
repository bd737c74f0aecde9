/* accuracy_slouch — the parts of the program accuracy-slouch: what the tracker says, when a prompt would be due of it,
 * and the real recordings. */
#ifndef ACCURACY_SLOUCH_H
#define ACCURACY_SLOUCH_H

#include "accuracy_slouch_rule.h"

/* Alarms as the tracker gives rise to them: the event as it is said, prompts by the coach's rule (daemon/coach/wants.c):
 * in the zone for 10 s or 120 s, sitting or standing for sure, with a reference that may be believed. */
struct listener {
    int n[ALARM_KINDS];
    struct alarm alarm[ALARM_KINDS][ALARMS_MAX];
    int64_t prompted_ns[ALARM_KINDS]; /* the zone's beginning that was last prompted of */
};

void listener_init(struct listener *l);
/* Times are counted from START_NS. */
void listener_hear(struct listener *l, const struct tracker_out *out, int64_t now_ns, int64_t start_ns);
void listener_look(struct listener *l, const struct posture_view *v, int64_t start_ns);

/* Plays UMAFall, mobgap and Casale under DIR (the folder of the activity recordings) and prints what was prompted; false
 * without recordings. */
bool real_negatives(const char *dir);

#endif
