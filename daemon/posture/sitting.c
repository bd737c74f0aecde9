/* Invariants:
 *   interrupted_s > 0 only within a stretch; interrupted_ns >= since_ns;
 *   a bout that was said open is said closed exactly once, with the same start.
 */
#include "sitting.h"

#include "said.h"

#include <string.h>

static const float certain_s = 60, end_s = 15;
static const int64_t break_ns = SECONDS_NS(60);

void sitting_init(struct sitting *s)
{
    memset(s, 0, sizeof *s);
    s->since_ns = s->upright_ns = s->after_break_ns = s->until_ns = EVENT_OPEN;
}

static void say(struct tracker_out *out, enum event_kind kind, int reason, int64_t start_ns, int64_t end_ns)
{
    if (out) said(out, kind, reason, start_ns, end_ns, 0);
}

void sitting_end(struct sitting *s, int64_t end_ns, enum bout_end reason, struct tracker_out *out)
{
    if (s->since_ns == EVENT_OPEN) return;
    if (end_ns < s->since_ns) end_ns = s->since_ns;
    bool rose = reason == BOUT_ROSE || reason == BOUT_WALKED || reason == BOUT_LEFT;
    if (s->certain && rose) say(out, EVENT_RISE, 0, end_ns, end_ns);
    if (s->certain) say(out, EVENT_SITTING, (int)reason, s->since_ns, end_ns);
    s->since_ns = EVENT_OPEN;
    s->sat_s = s->interrupted_s = 0;
    s->certain = false;
    s->was_upright = rose;
}

static void sit(struct sitting *s, int64_t start_ns, float seconds, struct tracker_out *out)
{
    s->interrupted_s = 0;
    if (s->since_ns == EVENT_OPEN) {
        s->since_ns = start_ns;
        s->was_upright = s->was_upright || s->upright_ns != EVENT_OPEN;
    }
    if (s->upright_ns != EVENT_OPEN && start_ns - s->upright_ns >= break_ns) s->after_break_ns = start_ns;
    s->sat_s += seconds;
    s->upright_ns = EVENT_OPEN;
    if (s->certain || s->sat_s < certain_s) return;
    s->certain = true;
    if (s->was_upright) say(out, EVENT_SIT_DOWN, 0, s->since_ns, s->since_ns);
    say(out, EVENT_SITTING, 0, s->since_ns, EVENT_OPEN);
}

static void interrupt(struct sitting *s, enum posture p, int64_t start_ns, float seconds, struct tracker_out *out)
{
    if (s->since_ns == EVENT_OPEN) return;
    if (s->interrupted_s <= 0) {
        s->interrupted_ns = start_ns;
        s->interrupter = p;
    }
    s->interrupted_s += seconds;
    if (s->interrupted_s < end_s - 0.01f) return;
    enum bout_end reason = s->interrupter == POSTURE_WALKING ? BOUT_WALKED
                           : s->interrupter == POSTURE_LYING ? BOUT_LAY_DOWN
                                                             : BOUT_ROSE;
    sitting_end(s, s->interrupted_ns, reason, out);
}

void sitting_step(struct sitting *s, enum posture p, int64_t start_ns, float seconds, struct tracker_out *out)
{
    bool upright = p == POSTURE_STANDING || p == POSTURE_WALKING;
    s->until_ns = start_ns + (int64_t)(seconds * 1e9f);
    if (p == POSTURE_SITTING) sit(s, start_ns, seconds, out);
    if (upright && s->upright_ns == EVENT_OPEN) s->upright_ns = start_ns;
    if (p == POSTURE_LYING) s->upright_ns = EVENT_OPEN;
    if (upright || p == POSTURE_LYING) interrupt(s, p, start_ns, seconds, out);
}

void sitting_follow(struct sitting *live, const struct sitting *settled)
{
    int64_t up_ns = settled->upright_ns, least_ns = settled->after_break_ns;
    if (up_ns != EVENT_OPEN) {
        bool same = live->upright_ns != EVENT_OPEN && live->upright_ns <= settled->until_ns;
        if (same && up_ns < live->upright_ns) live->upright_ns = up_ns;
        if (settled->until_ns - up_ns >= break_ns && live->since_ns < up_ns) least_ns = settled->until_ns;
    }
    if (live->since_ns != EVENT_OPEN && live->since_ns < least_ns) live->since_ns = least_ns;
}

int64_t sitting_since(const struct sitting *s) { return s->since_ns; }
