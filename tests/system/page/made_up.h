/* made_up — days that nobody lived, with figures that can be added up by hand. Include after cmocka.h.
 *
 * The known day is Wednesday 14 October 2026, two hours east of UTC: sitting 371 min in 8 bouts (36 46 74 40 20 100 25
 * 30), standing 90, walking 47, lying 20, not worn 30, 2 minutes lost; slouched 20 + 36 = 56 min; leaning 10 min to the
 * left, 4 to the right; six prompts, a workout at 18:00. Weekdays before it are alike, with more sitting and slouching.
 */
#ifndef PLUMBLINE_TESTS_MADE_UP_H
#define PLUMBLINE_TESTS_MADE_UP_H

#include "tools/report/date.h"
#include "tools/report/source.h"

#include <math.h>
#include <string.h>

enum { MADE_UP_OFFSET_S = 7200 };
#define MADE_UP_DATE ((struct report_date){2026, 10, 14})
#define MADE_UP_TITLE "Leg day </script><script>alert(1)</script>"

struct made_up_segment {
    int from_min, to_min; /* local */
    enum posture posture;
};
static const struct made_up_segment made_up_segments[] = {
    {480, 516, POSTURE_SITTING},  {516, 524, POSTURE_WALKING},  {524, 570, POSTURE_SITTING},
    {570, 600, POSTURE_STANDING}, {600, 674, POSTURE_SITTING},  {674, 680, POSTURE_WALKING},
    {680, 720, POSTURE_SITTING},  {720, 750, POSTURE_WALKING},  {750, 780, POSTURE_NOT_WORN},
    {780, 800, POSTURE_SITTING},  {800, 815, POSTURE_STANDING}, {815, 915, POSTURE_SITTING},
    {915, 920, POSTURE_WALKING},  {920, 945, POSTURE_SITTING},  {945, 990, POSTURE_STANDING},
    {990, 1020, POSTURE_SITTING}, {1020, 1040, POSTURE_LYING},
};

static inline int64_t made_up_wall_s(int64_t number, int local_min)
{
    return number * DAY_S + local_min * 60 - MADE_UP_OFFSET_S;
}

/* A minute held as POSTURE; DEG is the trunk's angle for all of it. */
static inline struct minute made_up_minute(int64_t utc_min, int32_t offset_s, enum posture posture, float deg)
{
    struct minute m = {
        .minute = utc_min, .utc_offset_s = offset_s, .p_sitting = posture == POSTURE_SITTING ? 0.96f : 0.05f};
    int bin = 0;
    m.posture_s[posture] = 60;
    m.flexion_mean_deg = m.flexion_min_deg = m.flexion_max_deg = m.flexion_sd_deg = m.lateral_mean_deg = NAN;
    if (posture != POSTURE_SITTING && posture != POSTURE_STANDING) return m;
    while (bin < INCLINATION_BINS - 1 && deg >= inclination_borders_deg[bin]) bin++;
    m.flexion_mean_deg = deg;
    m.angle_s = m.bin_s[bin] = 60;
    return m;
}

static inline void made_up_add_minute(struct report_source *s, int64_t number, int at, enum posture posture,
                                      float slouch_s)
{
    int slouch = (at >= 630 && at < 670) || (at >= 840 && at < 900);
    float wave = (float)(5 * sin(at / 7.0) + 3 * sin(at / 2.3) + 2 * sin(at * 1.7));
    struct minute m =
        made_up_minute(made_up_wall_s(number, at) / 60, MADE_UP_OFFSET_S, posture, slouch ? 17 + wave : 3 + wave);
    if (posture == POSTURE_SITTING && at >= 630 && at < 670) m.slouch_sitting_s = 30;
    if (posture == POSTURE_SITTING && at >= 840 && at < 900) m.slouch_sitting_s = slouch_s;
    if (at >= 680 && at < 720) m.lean_left_s = 15;
    if (at >= 920 && at < 944) m.lean_right_s = 10;
    m.creep = at > 1030 ? 0.31f : 0.1f;
    m.steps = posture == POSTURE_WALKING ? 100 : 0;
    m.shifts = posture == POSTURE_SITTING && at % 10 == 0;
    source_add_minute(s, &m);
}

static inline void made_up_event(struct report_source *s, enum event_kind kind, int reason, int64_t number,
                                 int from_min, int to_min, float value, uint32_t id)
{
    struct diary_event e = {kind,
                            reason,
                            made_up_wall_s(number, from_min) * NS_PER_S,
                            made_up_wall_s(number, to_min) * NS_PER_S,
                            MADE_UP_OFFSET_S,
                            value,
                            id};
    source_add_event(s, &e);
}

/* A prompt and its answer; RECOVERY_S < 0: none. */
static inline void made_up_prompt(struct report_source *s, enum topic topic, enum answer answer, int64_t number, int at,
                                  float recovery_s, uint32_t id)
{
    made_up_event(s, EVENT_ALERT, (int)topic, number, at, at + 2, recovery_s, id);
    made_up_event(s, EVENT_ANSWER, (int)answer, number, at + 1, at + 1, 0, id);
}

static inline void made_up_prompts(struct report_source *s, int64_t number)
{
    uint32_t id = (uint32_t)(number % 10000) * 10;
    made_up_prompt(s, TOPIC_BREAK, ANSWER_RECOVERED, number, 550, 25, id + 1);
    made_up_prompt(s, TOPIC_SLOUCH, ANSWER_IGNORED, number, 645, -1, id + 2);
    made_up_prompt(s, TOPIC_BREAK, ANSWER_RECOVERED, number, 660, 90, id + 3);
    made_up_prompt(s, TOPIC_SLOUCH, ANSWER_WRONG, number, 860, -1, id + 4);
    made_up_prompt(s, TOPIC_BREAK, ANSWER_SNOOZE, number, 890, -1, id + 5);
    made_up_prompt(s, TOPIC_SLOUCH, ANSWER_RECOVERED, number, 905, 40, id + 6);
    made_up_prompt(s, TOPIC_WORKOUT, ANSWER_DONE, number, 1058, -1, id + 7);
}

/* SLOUCH_S seconds a minute from 14:00 to 15:00; BUSY: the standing from 15:45 is sat through. */
static inline void made_up_day(struct report_source *s, int64_t number, float slouch_s, bool busy)
{
    int sat_from = -1;
    for (size_t i = 0; i < sizeof made_up_segments / sizeof made_up_segments[0]; i++) {
        const struct made_up_segment *g = &made_up_segments[i];
        enum posture posture = busy && g->from_min == 945 ? POSTURE_SITTING : g->posture;
        for (int at = g->from_min; at < g->to_min; at++)
            if (at != 676 && at != 677) made_up_add_minute(s, number, at, posture, slouch_s);
        if (posture == POSTURE_SITTING && sat_from < 0) sat_from = g->from_min;
        bool goes_on = busy && (g->from_min == 920 || g->from_min == 945);
        if (posture != POSTURE_SITTING || goes_on) continue;
        enum bout_end end = g->to_min == 1020 ? BOUT_LAY_DOWN : BOUT_ROSE;
        made_up_event(s, EVENT_SITTING, (int)end, number, sat_from, g->to_min, 0, 0);
        if (end == BOUT_ROSE) made_up_event(s, EVENT_RISE, 0, number, g->to_min, g->to_min, 0, 0);
        sat_from = -1;
    }
    made_up_event(s, EVENT_GAP, GAP_SILENT, number, 676, 678, 0, 0);
    made_up_event(s, EVENT_REZERO, 0, number, 730, 730, 1.2f, 0);
    made_up_prompts(s, number);
}

static inline void made_up_workout(struct report_source *s, int64_t number, const char *title)
{
    static const char *const items[] = {"walk3", "tfoam", "catcow"};
    struct workout w = {1, made_up_wall_s(number, 1080), made_up_wall_s(number, 1140), WORKOUT_SQUAT, ""};
    snprintf(w.title, sizeof w.title, "%s", title);
    source_add_workout(s, &w);
    struct entry e = {.kind = ENTRY_ROUTINE, .value = -1};
    for (int i = 0; i < 3; i++) {
        e.wall_s = made_up_wall_s(number, 1060 + 4 * i);
        snprintf(e.what, sizeof e.what, "%s", items[i]);
        source_add_entry(s, &e);
    }
    e = (struct entry){made_up_wall_s(number, 1150), ENTRY_FEEL, 7, ""};
    source_add_entry(s, &e);
    e = (struct entry){made_up_wall_s(number + 1, 1080), ENTRY_SORENESS, 3, ""};
    source_add_entry(s, &e);
}

/* The known day and the sixteen before it, weekends without wear. The caller frees with source_free(). */
static inline void made_up_source(struct report_source *s)
{
    int64_t known = 0;
    memset(s, 0, sizeof *s);
    (void)date_number(MADE_UP_DATE, &known);
    for (int64_t number = known - 16; number <= known; number++) {
        bool today = number == known;
        if (date_weekday(date_of_number(number)) >= 5) continue;
        if (number == known - 2) made_up_event(s, EVENT_REFERENCE, REFERENCE_CALIBRATED, number, 470, 470, 0, 0);
        made_up_day(s, number, today ? 36 : 44 + (float)(number % 4) * 4, !today && number % 3);
        if (today)
            made_up_workout(s, number, MADE_UP_TITLE);
        else if (number % 2)
            made_up_workout(s, number, "Row, easy");
    }
    s->calibrated = true;
}

enum printer { TEXT, TEXT_ASCII, TEXT_COLOUR, JSON, HTML };

/* What a printer says; the caller frees. */
static inline char *made_up_printed(const struct report *r, enum printer printer)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    struct report_style style = {.ascii = printer == TEXT_ASCII, .colour = printer == TEXT_COLOUR};
    int error = printer == JSON   ? report_json(r, out)
                : printer == HTML ? report_html(r, out)
                                  : report_text(r, &style, out);
    assert_int_equal(error, 0);
    fclose(out);
    return text;
}

#endif
