/* Invariants: sat_since_ns ≥ break_ns where both are known; of lean_since_ns and lean_out_ns at most one is known, and
 * neither is while the sensor is silent or not worn, nor is zone_out_ns. A break is BREAK_S of standing or walking; a
 * shorter stand does not start the sitting time anew. Silence, lying or a sensor taken
 * off for BREAK_S ends the sitting time without being a break. */
#include "body.h"

enum { SILENT_S = 5 };

void body_init(struct body *b)
{
    *b = (struct body){.seen_ns = UNKNOWN_NS,
                       .missing_ns = UNKNOWN_NS,
                       .up_ns = UNKNOWN_NS,
                       .sat_since_ns = UNKNOWN_NS,
                       .rose_ns = UNKNOWN_NS,
                       .break_ns = UNKNOWN_NS,
                       .zone_out_ns = UNKNOWN_NS,
                       .lean_since_ns = UNKNOWN_NS,
                       .lean_out_ns = UNKNOWN_NS,
                       .off_ns = UNKNOWN_NS};
    b->view.posture = POSTURE_MISSING;
    b->view.zone_since_ns = b->view.sitting_since_ns = b->view.upright_since_ns = EVENT_OPEN;
}

bool body_known(const struct body *b) { return b->missing_ns == UNKNOWN_NS && b->seen_ns != UNKNOWN_NS && b->worn; }

bool body_still(const struct body *b)
{
    enum posture p = b->view.posture;
    return body_known(b) && (p == POSTURE_SITTING || p == POSTURE_STANDING || p == POSTURE_UNSURE);
}

bool body_on_break(const struct body *b, int64_t now_ns)
{
    return body_known(b) && b->view.upright_since_ns != EVENT_OPEN &&
           now_ns - b->view.upright_since_ns >= SECONDS_NS(BREAK_S);
}

bool body_recovered(int64_t out_ns, int64_t now_ns)
{
    return out_ns != UNKNOWN_NS && now_ns - out_ns >= SECONDS_NS(RECOVERY_S);
}

bool body_away(const struct body *b, int64_t now_ns)
{
    return b->up_ns == UNKNOWN_NS || now_ns - b->up_ns >= SECONDS_NS(BREAK_S);
}

static void forget_zones(struct body *b) { b->zone_out_ns = b->lean_since_ns = b->lean_out_ns = UNKNOWN_NS; }

static void follow_sitting(struct body *b, int64_t now_ns)
{
    if (body_on_break(b, now_ns)) {
        b->rose_ns = b->view.upright_since_ns;
        b->break_ns = now_ns;
        b->sat_since_ns = UNKNOWN_NS;
        return;
    }
    int64_t since = b->view.sitting_since_ns;
    if (since == EVENT_OPEN) return;
    if (since < b->break_ns) since = b->break_ns;
    if (b->sat_since_ns == UNKNOWN_NS || since < b->sat_since_ns) b->sat_since_ns = since;
}

static void follow_zones(struct body *b, int64_t now_ns)
{
    const struct posture_view *v = &b->view;
    if (v->in_slouch_zone)
        b->zone_out_ns = UNKNOWN_NS;
    else if (b->zone_out_ns == UNKNOWN_NS)
        b->zone_out_ns = now_ns;
    if (v->in_lean_zone) {
        b->lean_out_ns = UNKNOWN_NS;
        if (b->lean_since_ns == UNKNOWN_NS) b->lean_since_ns = now_ns;
    } else {
        b->lean_since_ns = UNKNOWN_NS;
        if (b->lean_out_ns == UNKNOWN_NS) b->lean_out_ns = now_ns;
    }
}

static void follow_reference(struct body *b, int64_t now_ns)
{
    enum reference_state r = b->view.reference;
    bool off = body_known(b) && (r == REFERENCE_STALE || r == REFERENCE_DOUBTFUL);
    if (!off) b->off_ns = UNKNOWN_NS;
    else if (b->off_ns == UNKNOWN_NS) b->off_ns = now_ns;
}

void body_take(struct body *b, const struct posture_view *v, int64_t now_ns)
{
    b->view = *v;
    if (v->posture != POSTURE_MISSING) {
        b->seen_ns = v->t_ns;
        b->worn = v->posture != POSTURE_NOT_WORN;
    }
    body_advance(b, now_ns);
    follow_reference(b, now_ns);
    if (!body_known(b)) return;
    follow_sitting(b, now_ns);
    follow_zones(b, now_ns);
}

static bool silent(const struct body *b, int64_t now_ns)
{
    return b->seen_ns != UNKNOWN_NS &&
           (b->view.posture == POSTURE_MISSING || now_ns - b->seen_ns >= SECONDS_NS(SILENT_S));
}

void body_advance(struct body *b, int64_t now_ns)
{
    if (!silent(b, now_ns))
        b->missing_ns = UNKNOWN_NS;
    else if (b->missing_ns == UNKNOWN_NS)
        b->missing_ns = b->seen_ns;
    if (body_known(b) && b->view.posture != POSTURE_LYING) {
        b->up_ns = now_ns;
        return;
    }
    forget_zones(b);
    if (body_away(b, now_ns)) b->sat_since_ns = UNKNOWN_NS;
}

void body_wake(struct body *b, int64_t now_ns)
{
    if (b->missing_ns != UNKNOWN_NS) b->missing_ns = now_ns;
    b->sat_since_ns = UNKNOWN_NS;
    forget_zones(b);
}
