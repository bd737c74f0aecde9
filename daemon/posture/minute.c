/* Invariants: between begin and finish, flexion_mean and lateral_mean hold integrals over time and flexion_sd the
 * integral of the square; p_sitting likewise. minute_finish() divides once. */
#include "plumbline/posture.h"

#include <math.h>
#include <string.h>

void minute_begin(struct minute *m, int64_t minute, int32_t utc_offset_s)
{
    memset(m, 0, sizeof *m);
    m->minute = minute;
    m->utc_offset_s = utc_offset_s;
    m->flexion_min_deg = INFINITY;
    m->flexion_max_deg = -INFINITY;
}

static uint16_t add_u16(uint16_t a, uint16_t b) { return (uint16_t)(a + b > UINT16_MAX ? UINT16_MAX : a + b); }

void minute_add(struct minute *m, const struct epoch *e)
{
    if ((unsigned)e->posture >= POSTURE_COUNT) return;
    m->posture_s[e->posture] += e->seconds;
    if (e->posture == POSTURE_SITTING) m->slouch_sitting_s += e->slouch_s;
    if (e->posture == POSTURE_STANDING) m->slouch_standing_s += e->slouch_s;
    m->lean_left_s += e->lean_left_s;
    m->lean_right_s += e->lean_right_s;
    m->p_sitting += e->p_sitting * e->seconds;
    for (int i = 0; i < INCLINATION_BINS; i++) m->bin_s[i] += e->bin_s[i];
    m->steps = add_u16(m->steps, e->steps);
    m->bends = add_u16(m->bends, e->bends);
    m->shifts = add_u16(m->shifts, e->shifts);
    if (e->angle_s <= 0) return;
    m->angle_s += e->angle_s;
    m->flexion_mean_deg += e->flexion_sum_deg_s;
    m->flexion_sd_deg += e->flexion_sum_sq;
    m->lateral_mean_deg += e->lateral_sum_deg_s;
    m->flexion_min_deg = fminf(m->flexion_min_deg, e->flexion_min_deg);
    m->flexion_max_deg = fmaxf(m->flexion_max_deg, e->flexion_max_deg);
}

void minute_finish(struct minute *m, float creep)
{
    float seconds = 0;
    for (int i = 0; i < POSTURE_COUNT; i++) seconds += m->posture_s[i];
    m->p_sitting = seconds > 0 ? m->p_sitting / seconds : 0;
    m->creep = creep;
    if (m->angle_s <= 0) {
        m->flexion_mean_deg = m->flexion_sd_deg = m->flexion_min_deg = m->flexion_max_deg = m->lateral_mean_deg = NAN;
        return;
    }
    m->flexion_mean_deg /= m->angle_s;
    m->lateral_mean_deg /= m->angle_s;
    float variance = m->flexion_sd_deg / m->angle_s - m->flexion_mean_deg * m->flexion_mean_deg;
    m->flexion_sd_deg = sqrtf(fmaxf(0, variance));
}
