/* Invariants: a slot of the ring is of the day that `day` and its place say, or empty; `day` only goes forward. */
#include "plumbline/routine.h"

#include "plumbline/health.h"
#include "region.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { WEEK = 7, STEADY_LOW = 3, STEADY_HIGH = 6, STEADY_RANGE = 2, GAP_DAYS = 7, SORE_DAYS = 2, HURT_DAYS = 1 };

static size_t place_of(int64_t day) { return (size_t)((day % HISTORY_DAYS + HISTORY_DAYS) % HISTORY_DAYS); }

/* Whether the ring has DAY. */
static bool holds(const struct history *h, int64_t day)
{
    return h->day != 0 && day <= h->day && h->day - day < HISTORY_DAYS;
}

/* Its place in the ring; a later DAY becomes the newest. −1 when it is too long ago. */
static int begin(struct history *h, int64_t day)
{
    if (holds(h, day)) return (int)place_of(day);
    if (day <= h->day) return -1;
    if (h->day == 0 || day - h->day >= HISTORY_DAYS)
        memset(h->of, 0, sizeof h->of);
    else
        for (int64_t d = h->day + 1; d <= day; d++) memset(&h->of[place_of(d)], 0, sizeof h->of[0]);
    h->day = day;
    return (int)place_of(day);
}

void history_stress(struct history *h, int64_t day, int stress)
{
    int i = begin(h, day);
    if (i < 0 || stress < 0 || stress > 10 || h->of[i].stress_n == UINT16_MAX / 10) return;
    h->of[i].stress_sum = (uint16_t)(h->of[i].stress_sum + stress);
    h->of[i].stress_n++;
}

static void note_hurt(struct history *h, int64_t day, int pain, const char *area)
{
    size_t place = HISTORY_HURTS, oldest = 0;
    for (size_t i = 0; i < HISTORY_HURTS; i++) {
        bool same = strncmp(h->hurt[i].area, area, sizeof h->hurt[i].area - 1) == 0;
        if (pain < HEALTH_MUCH_PAIN && (same || !area[0])) h->hurt[i].day = 0;
        if (h->hurt[i].day < h->hurt[oldest].day) oldest = i;
        if (same) place = i;
    }
    if (pain < HEALTH_MUCH_PAIN) return;
    if (place == HISTORY_HURTS) place = oldest;
    h->hurt[place].day = day;
    snprintf(h->hurt[place].area, sizeof h->hurt[place].area, "%s", area);
}

void history_pain(struct history *h, int64_t day, int pain, const char *area)
{
    if (pain < 0 || pain > 10) return;
    note_hurt(h, day, pain, area);
    int i = begin(h, day);
    if (i < 0) return;
    bool first = !h->of[i].pain_noted;
    h->of[i].pain_noted = true;
    if (first || pain < h->of[i].pain_low) h->of[i].pain_low = (int8_t)pain;
    if (first || pain > h->of[i].pain_high) h->of[i].pain_high = (int8_t)pain;
    h->of[i].pain_regions |= (uint16_t)region_of(area);
}

void history_sore(struct history *h, int64_t day, int soreness, const char *area)
{
    if (day < h->sore_day || soreness < 0 || soreness > 10) return;
    h->sore_day = day;
    h->soreness = soreness;
    size_t n = strnlen(area, sizeof h->sore_area - 1);
    memset(h->sore_area, 0, sizeof h->sore_area);
    memcpy(h->sore_area, area, n);
}

void history_done(struct history *h, int64_t day, const struct item *item)
{
    int i = begin(h, day);
    if (item->when >> MOMENT_MICRO & 1) {
        memcpy(h->micro[1], h->micro[0], ITEM_ID_MAX);
        memcpy(h->micro[0], item->id, ITEM_ID_MAX);
    }
    if (i >= 0 && item->kind == ITEM_BALL_RELEASE) h->of[i].ball_regions |= (uint16_t)region_of(item->area);
}

static double stress_week(const struct history *h, int64_t today)
{
    unsigned sum = 0, n = 0;
    for (int64_t d = today; d > today - WEEK; d--) {
        if (!holds(h, d)) continue;
        sum += h->of[place_of(d)].stress_sum;
        n += h->of[place_of(d)].stress_n;
    }
    return n ? (double)sum / n : 0;
}

/* Back from today as long as what was noted stays within 3 to 6, two points and one area; a week without a note ends
 * it. */
static double pain_weeks(const struct history *h, int64_t today)
{
    int low = STEADY_HIGH, high = STEADY_LOW;
    unsigned regions = ~0u;
    int64_t first = today, seen = today;
    bool any = false;
    for (int64_t d = today; holds(h, d) || d > h->day; d--) {
        if (seen - d > GAP_DAYS) break;
        if (!holds(h, d) || !h->of[place_of(d)].pain_noted) continue;
        size_t i = place_of(d);
        low = h->of[i].pain_low < low ? h->of[i].pain_low : low;
        high = h->of[i].pain_high > high ? h->of[i].pain_high : high;
        regions &= h->of[i].pain_regions;
        if (low < STEADY_LOW || high > STEADY_HIGH || high - low > STEADY_RANGE || !regions) break;
        first = seen = d;
        any = true;
    }
    return any ? (double)(today - first) / WEEK : 0;
}

static unsigned evenings(const struct history *h, int64_t last, unsigned region)
{
    unsigned n = 0;
    for (int64_t d = last; d > last - WEEK; d--) n += holds(h, d) && h->of[place_of(d)].ball_regions & region;
    return n;
}

static unsigned ball_evenings(const struct history *h, int64_t today)
{
    unsigned most = 0;
    for (unsigned region = 1; region <= REGION_CHEST; region <<= 1) {
        unsigned this_week = evenings(h, today, region), before = evenings(h, today - WEEK, region);
        unsigned fewer = this_week < before ? this_week : before;
        most = fewer > most ? fewer : most;
    }
    return most;
}

static unsigned hurt_regions(const struct history *h, int64_t day)
{
    unsigned regions = 0;
    for (size_t i = 0; i < HISTORY_HURTS; i++) {
        if (!h->hurt[i].day || day - h->hurt[i].day > HURT_DAYS) continue;
        unsigned of_area = region_of(h->hurt[i].area);
        regions |= of_area ? of_area : ~0u;
    }
    return regions;
}

void history_load(const struct history *h, int64_t day, struct load *load)
{
    memcpy(load->micro, h->micro, sizeof h->micro);
    load->hurt = hurt_regions(h, day);
    if (h->sore_day != 0 && day >= h->sore_day && day - h->sore_day <= SORE_DAYS) {
        load->soreness = h->soreness;
        memcpy(load->sore_area, h->sore_area, sizeof load->sore_area);
    }
    if (h->day == 0 || day < h->day || day - h->day >= HISTORY_DAYS) return;
    load->stress_week = stress_week(h, day);
    load->pain_weeks = pain_weeks(h, day);
    load->ball_evenings = ball_evenings(h, day);
}
