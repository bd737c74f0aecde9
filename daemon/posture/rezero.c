/* Invariants:
 *   0 <= budget_deg <= 5; seconds is the weight of sum;
 *   the poses never move except through move_toward(), which turns all of them alike.
 */
#include "rezero.h"

#include "calibration.h"
#include "vec.h"

static const float vote_s = 20, rate_deg_per_h = 5, far_deg = 10, from_first_deg = 15;
static const float free_far_deg = 60, vote_gain = 0.3f, coherent = 0.94f; /* mean of unit vectors within about 20° */
static const int64_t stale_ns = SECONDS_NS(4 * 3600), walkless_ns = SECONDS_NS(3600);
enum { VOTES_TO_DOUBT = 2, FREE_VOTES = 3 };

void rezero_init(struct rezero *z, int64_t now_ns)
{
    *z = (struct rezero){.budget_deg = rate_deg_per_h, .budget_ns = now_ns, .voted_ns = now_ns};
}

void rezero_broken(struct rezero *z)
{
    memset(z->sum, 0, sizeof z->sum);
    z->seconds = 0;
    z->run = 0;
}

static void confirm(struct calibration *c, int64_t now_ns)
{
    c->up_ns = now_ns;
    c->state = calibration_settled_state(c);
}

/* Turns the set so that FROM comes nearer to TO by at most LIMIT_DEG. */
static float move_toward(struct calibration *c, const float from[3], const float to[3], float limit_deg)
{
    float angle = vec_angle_deg(from, to), part = angle > limit_deg ? limit_deg / angle : 1, q[4], axis_sine;
    if (angle < 0.1f) return 0;
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
    z->budget_deg = fminf(rate_deg_per_h, z->budget_deg + rate_deg_per_h * (float)(now_ns - z->budget_ns) / 3.6e12f);
    z->budget_ns = now_ns;
    return z->budget_deg;
}

static void doubt(struct rezero *z, struct calibration *c)
{
    if (++z->off_votes >= VOTES_TO_DOUBT) c->state = REFERENCE_DOUBTFUL;
}

/* After a new strap-on the set follows walking, vote by vote a better mean. */
static float follow_freely(struct rezero *z, struct calibration *c, const float up[3], int64_t now_ns)
{
    const float *known = calibration_reference(c);
    if (vec_angle_deg(known, up) > free_far_deg) {
        doubt(z, c);
        return 0;
    }
    float share = 1.0f / (float)(FREE_VOTES - z->free_votes + 1), from[3];
    z->free_votes--;
    vec_copy(from, known);
    float moved = move_toward(c, from, up, share * vec_angle_deg(from, up));
    vec_copy(c->walk_first, c->have_walk ? c->walk : up);
    confirm(c, now_ns);
    return moved;
}

static float vote(struct rezero *z, struct calibration *c, const float up[3], const float known[3], float share,
                  int64_t now_ns)
{
    float off = vec_angle_deg(known, up), from[3];
    if (off > far_deg) {
        doubt(z, c);
        return 0;
    }
    z->off_votes = 0;
    confirm(c, now_ns);
    float limit = share * spend(z, now_ns);
    bool away = c->have_walk && vec_angle_deg(up, c->walk_first) > vec_angle_deg(c->walk, c->walk_first);
    if (away) limit = fminf(limit, fmaxf(0, from_first_deg - vec_angle_deg(c->walk, c->walk_first)));
    vec_copy(from, known);
    float moved = move_toward(c, from, up, fminf(limit, vote_gain * off));
    z->budget_deg -= moved;
    return moved;
}

/* Adds an epoch; true with the mean in MEAN when there are enough of them that point one way. */
static bool gather(struct rezero *z, bool standing, const float up[3], float seconds, float mean[3])
{
    if (z->standing != standing) rezero_broken(z);
    z->standing = standing;
    if (z->run++ == 0) return false; /* the first epoch holds half a transition */
    vec_add(z->sum, seconds, up);
    z->seconds += seconds;
    if (z->seconds < vote_s) return false;
    bool one_way = vec_norm(z->sum) > coherent * z->seconds;
    vec_copy(mean, z->sum);
    memset(z->sum, 0, sizeof z->sum);
    z->seconds = 0;
    return one_way && vec_unit(mean);
}

float rezero_walked(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3];
    if (!gather(z, false, up, seconds, mean)) return 0;
    z->voted_ns = now_ns;
    if (z->free_votes > 0 && calibration_reference(c)) return follow_freely(z, c, mean, now_ns);
    if (!c->have_walk) {
        float most_deg = calibration_only_seated(c) ? free_far_deg : 2 * far_deg;
        if (c->have_up && vec_angle_deg(c->up, mean) > most_deg) {
            doubt(z, c);
            return 0;
        }
        first_walk(c, mean);
        confirm(c, now_ns);
        return 0;
    }
    return vote(z, c, mean, c->walk, 1, now_ns);
}

float rezero_stood(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3];
    const struct prototype *stand = &c->pose[POSE_STAND];
    if (!stand->valid || now_ns - z->voted_ns < walkless_ns) return 0;
    if (!gather(z, true, up, seconds, mean)) return 0;
    return vote(z, c, mean, stand->up, 0.5f, now_ns);
}

void rezero_strapped(struct rezero *z, struct calibration *c)
{
    rezero_broken(z);
    z->free_votes = FREE_VOTES;
    z->off_votes = 0;
    c->strap_id++;
    if (c->state != REFERENCE_NONE) c->state = REFERENCE_STALE;
}

void rezero_age(struct calibration *c, int64_t now_ns)
{
    bool known = c->state == REFERENCE_CALIBRATED || c->state == REFERENCE_GUESSED;
    if (known && now_ns - c->up_ns >= stale_ns) c->state = REFERENCE_STALE;
}
