/* Invariants:
 *   0 <= budget_deg <= burst_deg, and burst_deg + rate_deg_per_h <= 5: no more than 5° in any hour;
 *   off_votes and near_votes are never both above 0; off is a unit vector while off_votes > 0;
 *   the poses never move except by turning all of them alike.
 */
#include "rezero.h"

#include "calibration.h"
#include "vec.h"

static const float vote_s = 20, burst_deg = 2, rate_deg_per_h = 3, far_deg = 8, from_first_deg = 15;
static const float seated_far_deg = 60, stood_far_deg = 20, coherent = 0.94f; /* mean of unit vectors within about 20° */
static const float follow_tau_s = 2.5f * 3600;
static const float votes_to_change = 2, stood_weight = 0.5f, slip_deg = 35;
static const int64_t stale_ns = SECONDS_NS(4 * 3600), walkless_ns = SECONDS_NS(3600), forget_ns = SECONDS_NS(1800);
enum { FREE_VOTES = 3 };

void rezero_init(struct rezero *z, int64_t now_ns)
{
    *z = (struct rezero){.budget_deg = burst_deg, .budget_ns = now_ns, .voted_ns = now_ns, .followed_ns = now_ns};
}

void rezero_broken(struct rezero *z)
{
    z->stood = (struct rezero_sum){0};
    z->stood_epochs = 0;
    z->stood_voted = false;
}

static void confirm(struct calibration *c, int64_t now_ns)
{
    c->up_ns = now_ns;
    c->state = calibration_settled_state(c);
}

static void forget_votes(struct rezero *z)
{
    z->off_votes = z->near_votes = 0;
    memset(z->off, 0, sizeof z->off);
}

/* Turns the set so that FROM comes nearer to TO by at most LIMIT_DEG. */
static float move_toward(struct calibration *c, const float from[3], const float to[3], float limit_deg)
{
    float angle = vec_angle_deg(from, to), part = angle > limit_deg ? limit_deg / angle : 1, q[4], axis_sine;
    if (angle < 0.1f || part <= 0) return 0;
    quat_between(from, to, q);
    float half = 0.5f * part * angle / DEG_PER_RAD;
    axis_sine = vec_norm(q + 1);
    for (int i = 1; i < 4; i++) q[i] *= sinf(half) / axis_sine;
    q[0] = cosf(half);
    calibration_turn(c, q);
    return part * angle;
}

static void first_walk(struct calibration *c, const float up[3])
{
    vec_copy(c->walk, up);
    vec_copy(c->walk_first, up);
    c->have_walk = true;
    if (c->pose[POSE_STAND].valid) return;
    vec_copy(c->up, up); /* nearer to upright than any way of sitting */
    c->have_up = true;
}

static float spend(struct rezero *z, int64_t now_ns)
{
    z->budget_deg = fminf(burst_deg, z->budget_deg + rate_deg_per_h * (float)(now_ns - z->budget_ns) / 3.6e12f);
    z->budget_ns = now_ns;
    return z->budget_deg;
}

/* ---- votes ---- */

static void doubt(struct rezero *z, struct calibration *c, const float up[3], float weight)
{
    z->near_votes = 0;
    z->off_votes += weight;
    vec_add(z->off, 1, up); /* the newest counts half: a slip may still be going on */
    vec_unit(z->off);
    if (z->off_votes >= votes_to_change) c->state = REFERENCE_DOUBTFUL;
}

/* A vote that agrees; true when what is known is good. */
static bool agree(struct rezero *z, struct calibration *c, float weight, int64_t now_ns)
{
    z->off_votes = 0;
    memset(z->off, 0, sizeof z->off);
    z->near_votes += weight;
    if (c->state == REFERENCE_DOUBTFUL && z->near_votes < votes_to_change) return false;
    confirm(c, now_ns);
    return true;
}

/* After a new strap-on the set follows walking, vote by vote a better mean. */
static float follow_freely(struct rezero *z, struct calibration *c, const float up[3], int64_t now_ns)
{
    float before[3];
    if (z->free_votes == 0) z->free_votes = FREE_VOTES; /* C came from the diary as it was put on anew */
    float share = 1.0f / (float)(FREE_VOTES - z->free_votes + 1);
    vec_copy(before, calibration_reference(c));
    z->free_votes--;
    if (c->settling == SETTLING_UP) calibration_settle_up(c, up);
    else move_toward(c, before, up, share * vec_angle_deg(before, up));
    vec_copy(c->walk_first, c->walk);
    confirm(c, now_ns);
    return vec_angle_deg(before, calibration_reference(c));
}

/* How far a vote is followed: votes of one walk are one opinion, and each walk has its own. */
static float gain_of(struct rezero *z, int64_t now_ns)
{
    float s = (float)(now_ns - z->followed_ns) * 1e-9f;
    z->followed_ns = now_ns;
    return s / (follow_tau_s + s);
}

static float vote(struct rezero *z, struct calibration *c, const float up[3], const float known[3], float weight,
                  int64_t now_ns)
{
    float off = vec_angle_deg(known, up), from[3];
    bool also = off > far_deg && c->have_walk_also && vec_angle_deg(c->walk_also, up) <= far_deg;
    if (off > far_deg && !also) {
        doubt(z, c, up, weight);
        return 0;
    }
    if (!agree(z, c, weight, now_ns) || also) return 0;
    float limit = weight * spend(z, now_ns);
    bool away = c->have_walk && vec_angle_deg(up, c->walk_first) > vec_angle_deg(c->walk, c->walk_first);
    if (away) limit = fminf(limit, fmaxf(0, from_first_deg - vec_angle_deg(c->walk, c->walk_first)));
    vec_copy(from, known);
    float moved = move_toward(c, from, up, fminf(limit, weight * gain_of(z, now_ns) * off));
    z->budget_deg = fmaxf(0, z->budget_deg - moved / weight);
    return moved;
}

/* Adds an epoch; true with the mean in MEAN when there are enough of them that point one way. */
static bool gather(struct rezero_sum *s, const float up[3], float seconds, int64_t now_ns, float mean[3])
{
    if (now_ns - s->last_ns > forget_ns) *s = (struct rezero_sum){0};
    vec_add(s->sum, seconds, up);
    s->seconds += seconds;
    s->last_ns = now_ns;
    if (s->seconds < vote_s) return false;
    bool one_way = vec_norm(s->sum) > coherent * s->seconds;
    vec_copy(mean, s->sum);
    *s = (struct rezero_sum){0};
    return one_way && vec_unit(mean);
}

float rezero_walked(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3];
    rezero_broken(z);
    if (!gather(&z->walked, up, seconds, now_ns, mean)) return 0;
    z->voted_ns = now_ns;
    bool free = z->free_votes > 0 || c->settling == SETTLING_UP;
    if (free && calibration_reference(c)) return follow_freely(z, c, mean, now_ns);
    if (c->have_walk) return vote(z, c, mean, c->walk, 1, now_ns);
    float most_deg = calibration_only_seated(c) ? seated_far_deg : stood_far_deg;
    if (c->have_up && vec_angle_deg(c->up, mean) > most_deg) {
        doubt(z, c, mean, 1);
        return 0;
    }
    first_walk(c, mean);
    forget_votes(z);
    confirm(c, now_ns);
    return 0;
}

float rezero_stood(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3];
    const struct prototype *stand = &c->pose[POSE_STAND];
    if (!stand->valid || c->settling || z->stood_voted || now_ns - z->voted_ns < walkless_ns) return 0;
    if (z->stood_epochs++ == 0) return 0; /* the first epoch holds half a rise */
    if (!gather(&z->stood, up, seconds, now_ns, mean)) return 0;
    z->stood_voted = true;
    return vote(z, c, mean, stand->up, stood_weight, now_ns);
}

/* ---- what happens to the sensor ---- */

void rezero_strapped(struct rezero *z, struct calibration *c)
{
    rezero_broken(z);
    z->walked = (struct rezero_sum){0};
    forget_votes(z);
    z->free_votes = FREE_VOTES;
    calibration_strapped(c);
}

float rezero_answered(struct rezero *z, struct calibration *c, bool moved, int64_t now_ns)
{
    const float *known = calibration_reference(c);
    bool seen = z->off_votes >= votes_to_change && known && !c->settling;
    float by_deg = 0, from[3];
    if (!known) return 0;
    if (moved && seen) {
        vec_copy(from, known);
        by_deg = move_toward(c, from, z->off, 180);
        vec_copy(c->walk_first, z->off);
        c->have_walk_also = false;
        if (by_deg > slip_deg) { /* no slip is so large: which way forward is now, a bow must tell */
            calibration_strapped(c);
            if (c->have_up) calibration_settle_up(c, z->off);
        }
    } else if (moved) {
        if (!c->settling) rezero_strapped(z, c);
        return 0;
    }
    if (!moved && seen) {
        vec_copy(c->walk_also, z->off);
        c->have_walk_also = true;
    }
    if (!moved && c->settling == SETTLING_UP) z->free_votes = 0;
    if (!moved) c->settling = SETTLING_NOT;
    forget_votes(z);
    confirm(c, now_ns);
    return by_deg;
}

void rezero_age(struct calibration *c, int64_t now_ns)
{
    bool known = c->state == REFERENCE_CALIBRATED || c->state == REFERENCE_GUESSED;
    if (known && now_ns - c->up_ns >= stale_ns) c->state = REFERENCE_STALE;
}
