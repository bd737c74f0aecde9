/* Invariants: corrected ≤ sent; the delay never shrinks by fading and never passes LONGEST_S unless it was set so. A
 * week with fewer than ENOUGH prompts tells nothing. */
#include "fade.h"

enum { LONGEST_S = 900, PROMPT_WINDOW_S = 60, ENOUGH = 5, TRAINED_MAX = 5 };

void fade_count(struct fade *f, double recovery_s)
{
    f->sent++;
    if (recovery_s >= 0 && recovery_s <= PROMPT_WINDOW_S) f->corrected++;
}

int fade_delay_s(const struct fade *f, const struct coach_config *config)
{
    int delay_s = config->slouch_delay_s;
    for (unsigned i = 0; i < f->steps && delay_s < LONGEST_S; i++) {
        delay_s += delay_s / 2;
        if (delay_s > LONGEST_S) delay_s = LONGEST_S;
    }
    return delay_s;
}

void fade_turn_to(struct fade *f, int64_t week, const struct coach_config *config)
{
    if (week == f->week) return;
    if (f->sent >= ENOUGH && 10 * f->corrected >= 6 * f->sent && fade_delay_s(f, config) < LONGEST_S) f->steps++;
    if (config->training && f->sent && f->trained < TRAINED_MAX) f->trained++;
    f->week = week;
    f->sent = f->corrected = 0;
}

int fade_training_min(const struct fade *f) { return 10 + 2 * (int)f->trained; }
