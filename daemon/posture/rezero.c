/* Invariants:
 *   0 <= budget_deg <= burst_deg, and burst_deg + rate_deg_per_h <= 5: no more than 5° in any hour;
 *   off_votes and near_votes are never both above 0; off is a unit vector while off_votes > 0;
 *   the poses never move except by turning all of them alike.
 */
#include "rezero.h"

#include "calibration.h"
#include "vec.h"

static const float vote_s = 20, burst_deg = 2, rate_deg_per_h = 3, far_deg = 8, from_first_deg = 15;
static const float seated_far_deg = 60, stood_far_deg = 20,
                   coherent = 0.94f; /* mean of unit vectors within about 20° */
static const float creep_deg2_per_h = 1, mood_deg = 3, unknown_deg = 30, practised_deg = 1;
static const int64_t over_ns = SECONDS_NS(60);
static const float votes_to_change = 2, stood_weight = 0.5f, slip_deg = 35;
static const int64_t stale_ns = SECONDS_NS(4 * 3600), walkless_ns = SECONDS_NS(3600), forget_ns = SECONDS_NS(1800);
enum { FREE_VOTES = 3 };

void rezero_init(struct rezero *z, int64_t now_ns)
{
    *z = (struct rezero){.budget_deg = burst_deg, .budget_ns = now_ns, .voted_ns = now_ns, .crept_ns = now_ns};
    z->walks_var = practised_deg * practised_deg; /* of walks before that are remembered */
}

void rezero_interrupted(struct rezero *z)
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

/* The set has been laid at what one walk said: it is as far off as that walk was beside the wearer's mean. */
static void laid_at_walk(struct rezero *z, int64_t now_ns)
{
    memset(z->walk, 0, sizeof z->walk);
    z->crept_var = mood_deg * mood_deg + z->walks_var;
    z->both_var = -z->walks_var;
    z->crept_ns = now_ns;
}

/* The turn by DEG on the way from FROM to TO. */
static void turn_toward(const float from[3], const float to[3], float deg, float q[4])
{
    quat_between(from, to, q);
    float half = 0.5f * deg / DEG_PER_RAD, size = vec_norm(q + 1);
    for (int i = 1; i < 4; i++) q[i] *= size > 0 ? sinf(half) / size : 0;
    q[0] = cosf(half);
}

/* Turns the set so that FROM comes nearer to TO by at most LIMIT_DEG. */
static float move_toward(struct calibration *c, const float from[3], const float to[3], float limit_deg)
{
    float angle = fminf(vec_angle_deg(from, to), limit_deg), q[4];
    if (vec_angle_deg(from, to) < 0.1f || angle <= 0) return 0;
    turn_toward(from, to, angle, q);
    calibration_turn(c, q);
    return angle;
}

static void first_walk(struct rezero *z, struct calibration *c, const float up[3], int64_t now_ns)
{
    vec_copy(c->walk, up);
    vec_copy(c->walk_first, up);
    c->have_walk = true;
    z->crept_var = z->both_var = 0;
    z->walks_var = unknown_deg * unknown_deg;
    z->crept_ns = now_ns;
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
    memset(z->walk, 0, sizeof z->walk);
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
    if (c->settling == SETTLING_UP)
        calibration_settle_up(c, up);
    else
        move_toward(c, before, up, share * vec_angle_deg(before, up));
    vec_copy(c->walk_first, c->walk);
    laid_at_walk(z, now_ns);
    confirm(c, now_ns);
    return vec_angle_deg(before, calibration_reference(c));
}

/* ---- following ---- */

/* How far the way there is followed: by the poses, and by what walking is within them. */
struct gain {
    float poses, walk;
};

/* Of an observation of variance NOISE, of walking or of a captured pose. */
static struct gain gain_of(struct rezero *z, bool walking, float noise_deg2, int64_t now_ns)
{
    float h = walking ? 1 : 0;
    z->crept_var += creep_deg2_per_h * (float)(now_ns - z->crept_ns) / 3.6e12f;
    z->crept_ns = now_ns;
    float with_crept = z->crept_var + h * z->both_var, with_walk = z->both_var + h * z->walks_var;
    float all = with_crept + h * with_walk + noise_deg2;
    return (struct gain){with_crept / all, with_walk / all};
}

/* The variances once an observation was followed by G, whether that was the best there is or less. */
static void learn(struct rezero *z, bool walking, float noise_deg2, struct gain g)
{
    float h = walking ? 1 : 0, with_crept = z->crept_var + h * z->both_var, with_walk = z->both_var + h * z->walks_var;
    float all = with_crept + h * with_walk + noise_deg2;
    z->crept_var += g.poses * (g.poses * all - 2 * with_crept);
    z->walks_var += g.walk * (g.walk * all - 2 * with_walk);
    z->both_var += g.poses * g.walk * all - g.poses * with_walk - g.walk * with_crept;
}

/* Walking lies otherwise in the set than was thought; upright does with it where only walking has told it. */
static void turn_walk(struct calibration *c, const float q[4])
{
    bool all = !c->pose[POSE_STAND].valid && !c->pose[POSE_SIT_UPRIGHT].valid;
    float walk[3], first[3], up[3];
    quat_rotate(q, c->walk, walk);
    quat_rotate(q, c->walk_first, first);
    quat_rotate(q, c->up, up);
    if (all) calibration_turn(c, q);
    vec_copy(c->walk, walk);
    vec_copy(c->walk_first, first);
    if (!all && !c->pose[POSE_STAND].valid) vec_copy(c->up, up);
}

/* What was KNOWN of walking, or of the captured way of standing, is seen at UP. */
static float follow(struct rezero *z, struct calibration *c, const float known[3], const float up[3], bool walking,
                    int64_t now_ns)
{
    float weight = walking ? 1 : stood_weight, noise = mood_deg * mood_deg / weight, off = vec_angle_deg(known, up);
    float from[3], q[4];
    struct gain g = gain_of(z, walking, noise, now_ns);
    bool first = walking && z->walks_var >= unknown_deg * unknown_deg;
    float whole = (fabsf(g.poses) + fabsf(g.walk)) * off;
    float limit = first ? whole : weight * spend(z, now_ns), share = whole > limit ? limit / whole : 1;
    float gone = c->have_walk ? vec_angle_deg(c->walk, c->walk_first) : 0, left = fmaxf(0, from_first_deg - gone);
    bool away = c->have_walk && vec_angle_deg(up, c->walk_first) > gone;
    g = (struct gain){share * g.poses, share * g.walk};
    if (away && g.poses * off > left) g.poses = left / off;
    vec_copy(from, known);
    turn_toward(from, up, g.walk * off, q);
    learn(z, walking, noise, g);
    if (c->have_walk) turn_walk(c, q);
    turn_toward(from, up, g.poses * off, q);
    calibration_turn(c, q);
    if (!first) z->budget_deg = fmaxf(0, z->budget_deg - share * whole / weight);
    return g.poses * off;
}

/* True when what is known is good, and may follow. */
static bool vote(struct rezero *z, struct calibration *c, const float up[3], const float known[3], float weight,
                 int64_t now_ns)
{
    float off = vec_angle_deg(known, up);
    bool also = off > far_deg && c->have_walk_also && vec_angle_deg(c->walk_also, up) <= far_deg;
    if (off > far_deg && !also) {
        doubt(z, c, up, weight);
        return false;
    }
    return agree(z, c, weight, now_ns) && !also;
}

/* A walk that has ended is one opinion, however long it was. */
static float conclude_walk(struct rezero *z, struct calibration *c, int64_t now_ns)
{
    float mean[3];
    if (now_ns - z->walk_ns < over_ns || !(vec_norm(z->walk) > 0)) return 0;
    vec_copy(mean, z->walk);
    memset(z->walk, 0, sizeof z->walk);
    if (!c->have_walk || c->settling || c->state == REFERENCE_DOUBTFUL || !vec_unit(mean)) return 0;
    return follow(z, c, c->walk, mean, true, now_ns);
}

float rezero_broken(struct rezero *z, struct calibration *c, int64_t now_ns)
{
    rezero_interrupted(z);
    return conclude_walk(z, c, now_ns);
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

static void take_vote(struct rezero *z, const float up[3], int64_t now_ns)
{
    vec_add(z->walk, 1, up);
    z->walk_ns = now_ns;
}

float rezero_walked(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3], moved = rezero_broken(z, c, now_ns);
    if (!gather(&z->walked, up, seconds, now_ns, mean)) return moved;
    z->voted_ns = now_ns;
    bool free = z->free_votes > 0 || c->settling == SETTLING_UP;
    if (free && calibration_reference(c)) return moved + follow_freely(z, c, mean, now_ns);
    if (c->have_walk) {
        if (vote(z, c, mean, c->walk, 1, now_ns)) take_vote(z, mean, now_ns);
        return moved;
    }
    float most_deg = calibration_only_seated(c) ? seated_far_deg : stood_far_deg;
    if (c->have_up && vec_angle_deg(c->up, mean) > most_deg) {
        doubt(z, c, mean, 1);
        return moved;
    }
    first_walk(z, c, mean, now_ns);
    forget_votes(z);
    confirm(c, now_ns);
    take_vote(z, mean, now_ns);
    return moved;
}

float rezero_stood(struct rezero *z, struct calibration *c, const float up[3], float seconds, int64_t now_ns)
{
    float mean[3], moved = conclude_walk(z, c, now_ns);
    const struct prototype *stand = &c->pose[POSE_STAND];
    if (!stand->valid || c->settling || z->stood_voted || now_ns - z->voted_ns < walkless_ns) return moved;
    if (z->stood_epochs++ == 0) return moved; /* the first epoch holds half a rise */
    if (!gather(&z->stood, up, seconds, now_ns, mean)) return moved;
    z->stood_voted = true;
    if (calibration_to_sitting_deg(c, mean) < vec_angle_deg(stand->up, mean)) return moved; /* a sitter, it may be */
    if (!vote(z, c, mean, stand->up, stood_weight, now_ns)) return moved;
    return moved + follow(z, c, stand->up, mean, false, now_ns);
}

/* ---- what happens to the sensor ---- */

void rezero_strapped(struct rezero *z, struct calibration *c)
{
    rezero_interrupted(z);
    z->walked = (struct rezero_sum){0};
    memset(z->walk, 0, sizeof z->walk);
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
        laid_at_walk(z, now_ns);
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
