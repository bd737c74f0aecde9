/* Invariant: the ring holds unit vectors a quarter of a second apart. */
#include "swing.h"

#include "plumbline/event.h"
#include "vec.h"

static const float each_s = 0.25f, cosine = 0.9397f; /* 20° */

void swing_init(struct swing *s)
{
    memset(s, 0, sizeof *s);
    s->t_ns = EVENT_OPEN;
}

void swing_step(struct swing *s, const float up[3], float dt_s, int64_t now_ns)
{
    s->wait_s -= dt_s;
    if (s->wait_s > 0) return;
    s->wait_s = fmaxf(0, s->wait_s + each_s);
    vec_copy(s->up[s->next], up);
    s->next = (s->next + 1) % SWING_SLOTS;
    if (s->n < SWING_SLOTS) s->n++;
    const float *oldest = s->up[s->n < SWING_SLOTS ? 0 : s->next];
    for (unsigned age = 1; age + 1 < s->n; age++) {
        const float *then = s->up[(s->next + 2 * SWING_SLOTS - 1 - age) % SWING_SLOTS];
        if (vec_dot(then, oldest) > cosine || vec_dot(then, up) > cosine) continue;
        s->t_ns = now_ns - (int64_t)((float)age * each_s * 1e9f);
        return;
    }
}
