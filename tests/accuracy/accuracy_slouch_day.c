/* Invariants: the first segments are the captures (when calibrated) and a walk; a segment that is no posture lies behind
 * one that is; the segments' lengths sum to the scenario's.
 */
#include "accuracy_slouch_day.h"

#include "slouch_people.h"

#include <math.h>
#include <string.h>

struct draw {
    struct day *day;
    const struct place_people *place;
    struct chance chance;
    double bends_h, reaches_h, slouches_h, fidget_min_h; /* this day's */
};

static double between(struct draw *d, struct range r) { return chance_between(&d->chance, r.low, r.high); }

static double by_logarithm(struct draw *d, struct range r)
{
    return r.low * pow(r.high / r.low, chance_between(&d->chance, 0, 1));
}

static double at_liveliness(const struct draw *d, struct range r)
{
    return r.low * pow(r.high / r.low, d->day->lively);
}

static double within(const struct draw *d) { return chance_between(&((struct draw *)d)->chance, 0, 1); }

static void add(struct draw *d, enum segment_kind kind, double seconds, double angle_deg, int side)
{
    struct scenario *s = &d->day->scenario;
    if (s->n_segments == DAY_SEGMENTS_MAX || seconds <= 0) return;
    s->segments[s->n_segments++] = (struct segment){
        .kind = kind, .start_s = s->length_s, .duration_s = seconds, .angle_deg = angle_deg, .side = side};
    s->length_s += seconds;
}

static int either_side(struct draw *d) { return within(d) < 0.5 ? 1 : -1; }

/* ---- the wearer ---- */

static void draw_person(struct draw *d)
{
    struct day *day = d->day;
    const struct place_people *place = d->place;
    bool lower = day->kind.placement == PLACEMENT_LOWER_BACK;
    day->lively = within(d);
    day->line_deg = between(d, place->line_deg);
    day->person = (struct person){
        .sit_deg = between(d, place->sit_deg),
        .stand_deg = between(d, place->stand_deg),
        .slouch_sign = day->kind.sign,
        .dip_deg = between(d, (struct range){30, 40}),
        .breath_hz = between(d, (struct range){0.2, 0.3}),
        .breath_deg = (lower ? 0.3 : 1) * between(d, (struct range){0.25, 0.5}),
        .cadence_spm = between(d, all_people.cadence_spm),
        .step_m = between(d, all_people.step_m),
        .lever_m = {lower ? -0.10 : -0.12, 0, lower ? 0.12 : 0.42},
        .sitting = {at_liveliness(d, place->sit_second_deg), at_liveliness(d, place->sit_five_deg),
                    at_liveliness(d, place->sit_minute_deg)},
        .standing = {at_liveliness(d, place->stand_second_deg), at_liveliness(d, place->stand_five_deg),
                     at_liveliness(d, place->stand_minute_deg)},
        .posed = {all_people.posed_second_deg, all_people.posed_five_deg, all_people.posed_minute_deg},
    };
}

/* ---- the day ---- */

static void capture(struct draw *d, enum pose pose, enum segment_kind kind, double angle_deg)
{
    d->day->capture_s[pose] = d->day->scenario.length_s + CAPTURE_AFTER_S;
    add(d, kind, CAPTURE_AFTER_S + CAPTURE_S + 2, angle_deg, 0);
    d->day->segment[d->day->scenario.n_segments - 1].posed = true;
}

static void introduce(struct draw *d)
{
    bool backward = d->day->kind.sign < 0;
    if (d->day->kind.calibrated) {
        double recline = backward && d->day->kind.placement == PLACEMENT_UPPER_BACK ? d->day->line_deg : 6;
        capture(d, POSE_SIT_UPRIGHT, SEGMENT_SIT, 0);
        capture(d, POSE_SIT_SLOUCHED, SEGMENT_SLOUCH, d->day->line_deg);
        capture(d, POSE_LEAN_BACK, SEGMENT_RECLINE, recline + between(d, (struct range){8, 20}));
        capture(d, POSE_BEND, SEGMENT_DESK_BEND, between(d, (struct range){30, 55}));
        capture(d, POSE_STAND, SEGMENT_STAND, 0);
    } else {
        add(d, SEGMENT_STAND, 10, 0, 0);
    }
    add(d, SEGMENT_WALK, between(d, (struct range){60, 150}), 0, 0);
    d->day->ready_s = d->day->scenario.length_s;
}

static void stoop(struct draw *d)
{
    add(d, SEGMENT_STOOP, by_logarithm(d, all_people.bend_beyond_s) + 1.2, between(d, d->place->bend_deg), 0);
}

static void interrupt(struct draw *d, double seconds)
{
    if (within(d) < d->bends_h * seconds / 3600) stoop(d);
    if (within(d) < d->reaches_h * seconds / 3600) add(d, SEGMENT_REACH, 2.5, 0, 0);
}

/* A stretch of one posture with the bends and reaches that fall into it. */
static void spend(struct draw *d, enum segment_kind kind, double seconds, double angle_deg)
{
    int side = either_side(d);
    while (seconds > 0) {
        double part = fmin(seconds, between(d, (struct range){20, 80}));
        add(d, kind, part, angle_deg, side);
        interrupt(d, part);
        seconds -= part;
    }
}

static double slouch_deg(struct draw *d) { return d->day->line_deg * between(d, day_people.slouch_share); }

/* A slouch is one segment: interruptions would be the rule's matter, not the wearer's. Bends within are added after. */
static void at_the_desk(struct draw *d, double seconds)
{
    double end_s = d->day->scenario.length_s + seconds;
    while (d->day->scenario.length_s < end_s) {
        double share = within(d), sat = between(d, (struct range){40, 420});
        spend(d, SEGMENT_SIT, sat, 0);
        if (within(d) < d->slouches_h * sat / 3600 * 1.5)
            add(d, SEGMENT_SLOUCH, by_logarithm(d, day_people.slouch_s), slouch_deg(d), 0);
        if (within(d) < d->fidget_min_h * sat / 3600 * 2)
            add(d, SEGMENT_FIDGET, between(d, (struct range){15, 45}), 0, 0);
        if (share < 0.10)
            add(d, SEGMENT_CROSS, between(d, (struct range){60, 500}), between(d, day_people.cross_deg),
                either_side(d));
        else if (share < 0.20)
            add(d, SEGMENT_PHONE, between(d, (struct range){40, 400}), between(d, day_people.phone_deg), 0);
        else if (share < 0.25)
            add(d, SEGMENT_RECLINE, between(d, (struct range){60, 300}), between(d, (struct range){8, 25}), 0);
    }
}

static void about(struct draw *d)
{
    add(d, SEGMENT_WALK, between(d, (struct range){25, 200}), 0, 0);
    if (within(d) < 0.6) spend(d, SEGMENT_STAND, between(d, (struct range){40, 500}), 0);
    if (within(d) < 0.3) add(d, SEGMENT_STAND_SLOUCH, by_logarithm(d, day_people.slouch_s) / 3, slouch_deg(d), 0);
    if (within(d) < 0.3) add(d, SEGMENT_WALK, between(d, (struct range){25, 120}), 0, 0);
}

static void drive(struct draw *d)
{
    add(d, SEGMENT_WALK, 60, 0, 0);
    add(d, SEGMENT_DRIVE, between(d, (struct range){1000, 2000}), between(d, day_people.drive_deg), 0);
    d->day->segment[d->day->scenario.n_segments - 1].shake_mps2 = between(d, day_people.drive_mps2);
    add(d, SEGMENT_WALK, 60, 0, 0);
}

void day_draw(struct day *day, const struct wearer_kind *kind, uint64_t seed, double rate_hz, double hours)
{
    struct draw d = {.day = day, .place = &place_people[kind->placement == PLACEMENT_LOWER_BACK]};
    memset(day, 0, sizeof *day);
    day->kind = *kind;
    chance_init(&d.chance, seed, 77);
    day->scenario = (struct scenario){.seed = seed,
                                      .rate_hz = rate_hz,
                                      .placement = kind->placement,
                                      .part = &imu_parts[seed % 3],
                                      .batch = 10,
                                      .segments = day->segment};
    for (int i = 0; i < 3; i++) day->scenario.mount_deg[i] = chance_between(&d.chance, -180, 180);
    for (int i = 0; i < POSE_COUNT; i++) day->capture_s[i] = -1;
    draw_person(&d);
    d.bends_h = between(&d, day_people.bends_h);
    d.reaches_h = between(&d, day_people.reaches_h);
    d.slouches_h = between(&d, day_people.slouches_h);
    d.fidget_min_h = between(&d, day_people.fidget_min_h);
    introduce(&d);
    bool eaten = false, driven = false;
    while (day->scenario.length_s < hours * 3600) {
        double now_s = day->scenario.length_s;
        if (!driven && now_s > hours * 900) {
            drive(&d);
            driven = true;
        }
        if (!eaten && now_s > hours * 1800) {
            add(&d, SEGMENT_EAT, between(&d, (struct range){700, 1500}), between(&d, day_people.eat_deg), 0);
            eaten = true;
        }
        at_the_desk(&d, between(&d, (struct range){600, 3000}));
        about(&d);
    }
}

void day_begin(const struct day *day, struct sim *sim)
{
    sim_init(sim, &day->scenario, false);
    motion_init(&sim->motion, &day->scenario);
    sim->motion.person = day->person;
    motion_pose(&sim->motion, 0, &sim->edge);
}
