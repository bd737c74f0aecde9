/* slouch_people — what the wearers of accuracy-slouch are drawn from. FROZEN before any rule was tuned on them: a rule
 * that does badly on these people is the rule's matter.
 *
 * Each figure has the recordings it was measured in and the statistic, as measure-people prints them (folders of the
 * accuracy data; angles in degrees from the same person's walking; "minute", "5 s" and "1 s" as explained there), or is
 * called a guess and drawn widely. A pair is drawn between its ends, of a wander's sizes by the logarithm: a lively
 * sitter is lively at each scale. Where two sets of recordings differ, theirs are the two ends: dsads_torso was told to
 * sit or stand still, casale_chest worked at a computer and talked.
 */
#ifndef ACCURACY_SLOUCH_PEOPLE_H
#define ACCURACY_SLOUCH_PEOPLE_H

struct range {
    double low, high;
};

struct place_people {
    struct range stand_deg;                                    /* flexion of standing */
    struct range sit_deg;                                      /* flexion of sitting upright */
    struct range line_deg;                                     /* from sitting upright to sitting slouched */
    struct range sit_minute_deg, sit_five_deg, sit_second_deg; /* SD of the wander, three scales */
    struct range stand_minute_deg, stand_five_deg, stand_second_deg;
    struct range bend_deg; /* deepest, from where it began */
};

static const struct place_people place_people[2] = {
    /* upper back */
    {
        .stand_deg = {-7, 9}, /* casale_chest standing: 1.4 ± 6.0, dsads_torso 0.5 ± 5.7: ± 1.4 SD */
        .sit_deg = {-12, 16}, /* guess: upright is less wide than sitting as people sit (casale_chest 5.6 ± 20,
                                * dsads_torso −10 ± 16) and wider than standing */
        .line_deg = {12, 40}, /* guess; casale_chest sitting spreads 8.1 (median person's SD of minutes), p90 17.7 */
        .sit_minute_deg = {0.50, 6.49},   /* medians of dsads_torso, casale_chest */
        .sit_five_deg = {0.40, 7.51},     /* likewise */
        .sit_second_deg = {0.46, 3.71},   /* likewise */
        .stand_minute_deg = {0.55, 1.56}, /* likewise */
        .stand_five_deg = {0.87, 2.60},   /* likewise */
        .stand_second_deg = {0.43, 2.62}, /* likewise */
        .bend_deg = {44, 103},            /* umafall_chest_waist chest bends, deepest angle p10 … p90 (median 72) */
    },
    /* lower back */
    {
        .stand_deg = {-13.1, 0.1}, /* har70_lowerback standing p10 … p90 */
        .sit_deg = {-38, -10}, /* guess: sitting as people sit is har70_lowerback −36.7 ± 16, and that slouched */
        .line_deg = {10, 32},  /* guess; har70_lowerback sitting spreads 5.7 (median person), p90 12.4 */
        .sit_minute_deg = {0.13, 2.11},   /* har70_lowerback p10 … p90 */
        .sit_five_deg = {0.46, 9.44},     /* har70_lowerback p10 … p90 */
        .sit_second_deg = {0.2, 1.9},     /* guess: half of the upper back's (HAR70 has means of 5 s only) */
        .stand_minute_deg = {0.25, 1.56}, /* har70_lowerback 0.54 (one person): half and three times that */
        .stand_five_deg = {0.86, 2.94},   /* har70_lowerback, two people */
        .stand_second_deg = {0.2, 1.3},   /* guess: half of the upper back's */
        .bend_deg = {14, 111},            /* umafall_chest_waist waist bends, deepest angle p10 … p90 (median 46) */
    },
};

static const struct {
    struct range cadence_spm; /* casale_chest 109 ± 8, dsads_torso 98 ± 8 */
    struct range
        step_m; /* vertical amplitude that gives RMS forces of 0.14 … 0.30 g: dsads_torso p10, casale_chest p90 */
    struct range
        bend_beyond_s; /* umafall_chest_waist chest: seconds beyond 30°, p10 1.56 … p90 4.44; largest here longer:
                                 * a drawer, a shoe (guess) */
    struct range
        bend_rate_degs; /* not drawn: follows from depth and 1.1 s; umafall_chest_waist chest: fastest, p10 … p90; the trunk's, all axes */
    double posed_second_deg, posed_five_deg,
        posed_minute_deg; /* wander while captured: dsads_torso sitting, medians: told
                                                                * to sit still, as a wearer is */
} all_people = {{88, 118}, {0.013, 0.028}, {1.5, 7}, {85, 166}, 0.46, 0.40, 0.50};

/* What fills an 8 h day, beside sitting upright. Counts an hour of sitting and sizes are guesses, drawn widely. */
static const struct {
    struct range slouch_share; /* depth as a share of the own line */
    struct range slouch_s;     /* length, by the logarithm: most are short */
    struct range bends_h, reaches_h, fidget_min_h, slouches_h;
    struct range eat_deg;    /* lean to a bite, one in 10 s */
    struct range drive_deg;  /* behind upright: a seat's back reclines 10–20° from a desk's (guess) */
    struct range drive_mps2; /* RMS on the seat of a car, vertical: 0.25–0.55 about Paddan & Griffin, J. Sound Vib. 253
                              * (2002) 195–213 (median of cars near 0.4) */
    struct range cross_deg;  /* crossed legs tilt the pelvis sideways and backward (guess) */
    struct range phone_deg;  /* guess: mostly the neck bends */
} day_people = {
    {0.5, 1.3}, {15, 900}, {2, 14}, {4, 30}, {1, 10}, {2, 8}, {5, 22}, {5, 20}, {0.25, 0.55}, {2, 9}, {0, 16},
};

#endif
