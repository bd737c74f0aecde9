/* Invariants: the effect of at most one cue is awaited; two lie CUE_APART_S apart, a spell has at most CUE_SPELL_MAX.
 * It is given only where a notice about slouching would be: in working hours, worn, sitting or standing still, nobody
 * busy, nothing paused, and not while a notice says the same. */
#include "cue.h"

#include "body.h"
#include "endings.h"
#include "fade.h"
#include "gates.h"
#include "outbox.h"
#include "wants.h"

enum { EFFECT_S = 60 };

void cue_init(struct cue *cue) { *cue = (struct cue){.since_ns = UNKNOWN_NS, .last_ns = UNKNOWN_NS}; }

static void end(struct coach *c, double recovery_s, int64_t end_ns, struct coach_out *out)
{
    outbox_event(out, (struct event){.kind = EVENT_CUE, .reason = TOPIC_SLOUCH, .start_ns = c->cue.since_ns,
                                     .end_ns = end_ns, .value = (float)recovery_s});
    c->cue.since_ns = UNKNOWN_NS;
}

static void end_finished(struct coach *c, struct coach_out *out)
{
    int64_t now_ns = c->now.t_ns, since_ns = c->cue.since_ns, out_ns = c->body.zone_out_ns;
    if (since_ns == UNKNOWN_NS || !outbox_has_room(out)) return;
    if (body_recovered(out_ns, now_ns)) {
        double recovery_s = out_ns > since_ns ? (double)(out_ns - since_ns) / NS_PER_S : 0;
        fade_count(&c->fade, recovery_s);
        end(c, recovery_s, out_ns > since_ns ? out_ns : since_ns, out);
    } else if (!body_still(&c->body)) { /* what became of it is not known */
        end(c, -1, now_ns, out);
    } else if (now_ns - since_ns >= SECONDS_NS(EFFECT_S) + SECONDS_NS(RECOVERY_S)) {
        fade_count(&c->fade, -1);
        end(c, -1, now_ns, out);
    }
}

static int64_t due_ns(const struct coach *c)
{
    const struct cue *cue = &c->cue;
    if (cue->since_ns != UNKNOWN_NS || cue->in_spell >= CUE_SPELL_MAX) return NEVER_NS;
    int64_t due = wants_cue_ns(c);
    int64_t apart_ns = cue->last_ns == UNKNOWN_NS ? UNKNOWN_NS : cue->last_ns + SECONDS_NS(CUE_APART_S);
    return due > apart_ns ? due : apart_ns;
}

void cue_step(struct coach *c, struct coach_out *out)
{
    struct cue *cue = &c->cue;
    end_finished(c, out);
    if (endings_spell_over(c, TOPIC_SLOUCH)) cue->in_spell = 0;
    if (due_ns(c) > c->now.t_ns || gates_closed(c, TOPIC_SLOUCH) != TEXT_COUNT || gates_busy(c) != TEXT_COUNT) return;
    out->vibrate = true;
    cue->since_ns = cue->last_ns = c->now.t_ns;
    cue->in_spell++;
}

int64_t cue_next_ns(const struct coach *c)
{
    if (c->cue.since_ns == UNKNOWN_NS) return due_ns(c);
    return c->cue.since_ns + SECONDS_NS(EFFECT_S) + SECONDS_NS(RECOVERY_S);
}
