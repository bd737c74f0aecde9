#include "score.h"

#include <math.h>
#include <stdio.h>

static const float unsure_from = 0.05f, unsure_to = 0.95f;
typedef double confusion[POSTURE_COUNT][POSTURE_COUNT];

static bool upright_or_seated(int truth)
{
    return truth == POSTURE_SITTING || truth == POSTURE_STANDING || truth == POSTURE_WALKING;
}

static double minutes_error_per_hour(confusion c)
{
    double all = 0, called = 0, truly = 0;
    for (int t = 0; t < POSTURE_COUNT; t++)
        for (int said = 0; said < POSTURE_COUNT; said++) {
            if (!upright_or_seated(t)) continue;
            all += c[t][said];
            called += said == POSTURE_SITTING ? c[t][said] : 0;
            truly += t == POSTURE_SITTING ? c[t][said] : 0;
        }
    return all > 0 ? 60 * fabs(called - truly) / all : 0;
}

void score_add(struct score *s, const struct person *p, const size_t *order, size_t n, const struct verdict *v)
{
    static const enum posture of[ACTIVITY_CLASSES] = {POSTURE_SITTING, POSTURE_STANDING, POSTURE_WALKING,
                                                      POSTURE_LYING};
    for (size_t i = 0; i < n; i++) {
        enum posture truth = p->epoch[order[i]].truth, live = of[v[i].live];
        if (truth == POSTURE_MISSING) continue;
        s->settled[truth][v[i].settled]++;
        s->live[truth][live]++;
        if (!upright_or_seated((int)truth)) continue;
        bool unsure = v[i].p_sitting > unsure_from && v[i].p_sitting < unsure_to && live != POSTURE_WALKING;
        s->unsure += unsure;
        s->sure_called += !unsure && live == POSTURE_SITTING;
        s->sure_right += !unsure && live == POSTURE_SITTING && truth == POSTURE_SITTING;
    }
    s->people = 1;
    s->error_sum = minutes_error_per_hour(s->settled);
    s->live_error_sum = minutes_error_per_hour(s->live);
}

void score_join(struct score *to, const struct score *one)
{
    for (int t = 0; t < POSTURE_COUNT; t++)
        for (int said = 0; said < POSTURE_COUNT; said++) {
            to->settled[t][said] += one->settled[t][said];
            to->live[t][said] += one->live[t][said];
        }
    to->unsure += one->unsure;
    to->sure_called += one->sure_called;
    to->sure_right += one->sure_right;
    to->people += one->people;
    to->error_sum += one->error_sum;
    to->live_error_sum += one->live_error_sum;
}

/* ---- figures ---- */

struct rates {
    double precision, recall, f1;
};

/* Of WANTED; without the truly lying when that is what WITHOUT_LYING says. */
static struct rates rates_of(const confusion c, enum posture wanted, bool without_lying)
{
    double called = 0, truly = 0, right = c[wanted][wanted];
    for (int i = 0; i < POSTURE_COUNT; i++) {
        if (!(without_lying && i == POSTURE_LYING)) called += c[i][wanted];
        truly += c[wanted][i];
    }
    return (struct rates){called > 0 ? right / called : 0, truly > 0 ? right / truly : 0,
                          called + truly > 0 ? 2 * right / (called + truly) : 0};
}

static double scored(const confusion c)
{
    double all = 0;
    for (int t = 0; t < POSTURE_COUNT; t++)
        for (int said = 0; said < POSTURE_COUNT; said++) all += upright_or_seated(t) ? c[t][said] : 0;
    return all;
}

void score_head(void)
{
    printf("%-14s  60 s lag: P R F1 min/h      no lag: P R F1 min/h       F1 of standing walking lying\n", "");
}

static void print_rates(struct rates r, double error)
{
    printf("  %.3f %.3f %.3f %5.2f", r.precision, r.recall, r.f1, error);
}

void score_row(const char *name, const struct score *s)
{
    printf("%-14s", name);
    print_rates(rates_of(s->settled, POSTURE_SITTING, true), s->error_sum / s->people);
    print_rates(rates_of(s->live, POSTURE_SITTING, true), s->live_error_sum / s->people);
    printf("  %.3f %.3f %.3f\n", rates_of(s->settled, POSTURE_STANDING, true).f1,
           rates_of(s->settled, POSTURE_WALKING, false).f1, rates_of(s->settled, POSTURE_LYING, false).f1);
}

static void print_confusion(const confusion c)
{
    for (int t = 0; t < POSTURE_COUNT; t++) {
        double all = 0;
        for (int said = 0; said < POSTURE_COUNT; said++) all += c[t][said];
        if (all <= 0) continue;
        printf("  %-9s %6.1f min:", posture_name((enum posture)t), all / 12);
        for (int said = 0; said < POSTURE_COUNT; said++)
            if (c[t][said] > 0) printf("  %s %.1f", posture_name((enum posture)said), c[t][said] / 12);
        printf("\n");
    }
}

static void print_sitting(const char *prefix, const confusion c, double error)
{
    struct rates r = rates_of(c, POSTURE_SITTING, true);
    printf("%ssitting_f1=%.4f\n%ssitting_precision=%.4f\n%sminutes_error_per_hour=%.2f\n", prefix, r.f1, prefix,
           r.precision, prefix, error);
}

void score_print(const struct score *s, const struct score *cold)
{
    score_row("all", s);
    score_row("all, cold", cold);
    printf("what was called what, with 60 s lag\n");
    print_confusion(s->settled);
    printf("people=%.0f\n", s->people);
    print_sitting("cold_", cold->settled, cold->error_sum / cold->people);
    print_sitting("cold_live_", cold->live, cold->live_error_sum / cold->people);
    printf("cold_walking_f1=%.4f\n", rates_of(cold->settled, POSTURE_WALKING, false).f1);
    print_sitting("live_", s->live, s->live_error_sum / s->people);
    print_sitting("", s->settled, s->error_sum / s->people);
    printf("standing_f1=%.4f\nwalking_f1=%.4f\nlying_f1=%.4f\n", rates_of(s->settled, POSTURE_STANDING, true).f1,
           rates_of(s->settled, POSTURE_WALKING, false).f1, rates_of(s->settled, POSTURE_LYING, false).f1);
    double all = scored(s->live);
    printf("unsure_share=%.4f\nsure_precision=%.4f\n", all > 0 ? s->unsure / all : 0,
           s->sure_called > 0 ? s->sure_right / s->sure_called : 0);
}

void score_false_sitting(const struct score *s)
{
    double standing = 0, called = s->settled[POSTURE_STANDING][POSTURE_SITTING];
    double live = s->live[POSTURE_STANDING][POSTURE_SITTING];
    for (int i = 0; i < POSTURE_COUNT; i++) standing += s->settled[POSTURE_STANDING][i];
    printf("people=%.0f\nlive_standing_only_false_min_per_hour=%.2f\nstanding_only_false_min_per_hour=%.2f\n", s->people,
           standing > 0 ? 60 * live / standing : 0, standing > 0 ? 60 * called / standing : 0);
}
