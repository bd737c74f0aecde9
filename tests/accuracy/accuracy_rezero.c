/* accuracy-rezero — what becomes of the reference when the sensor is put on anew, slips, or the wearer walks otherwise
 * than he does (issue: self re-zero). Needs no recordings: seeded draws of simulated people, both placements, any
 * mounting, with captured poses and without; walks vary as real ones do (rezero_play.h). Long days are played as epoch
 * means into the re-zero itself (rezero_days.h).
 *
 * Prints tables and name=value lines: angles in degrees, times in seconds of walking, shares of draws.
 */
#include "daemon/posture/calibration.h"
#include "daemon/posture/vec.h"
#include "rezero_days.h"
#include "rezero_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANEW_DRAWS = 48, SLIP_DRAWS = 24, ALIKE_DRAWS = 12, FIGURES_MAX = 512 };

static const char poses[] = "sit upright 20s\n!calibrate sit-upright\nsit upright 20s\nslouch 4s 22deg\n"
                            "!calibrate sit-slouched\nslouch 20s 22deg\nrecline 4s 18deg\n!calibrate lean-back\n"
                            "recline 20s 18deg\ndesk-bend 4s 35deg\n!calibrate bend\ndesk-bend 20s 35deg\nstand 6s\n"
                            "!calibrate stand\nstand 20s\n";
static const double POSES_S = 138, NEVER_S = 1e9;

/* ---- figures ---- */

struct figures {
    double at[FIGURES_MAX];
    int n;
};

static void add(struct figures *f, double value)
{
    if (f->n < FIGURES_MAX) f->at[f->n++] = value;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(struct figures *f, double share)
{
    if (f->n == 0) return NAN;
    qsort(f->at, (size_t)f->n, sizeof *f->at, by_size);
    int at = (int)ceil(share * f->n) - 1;
    return f->at[at < 0 ? 0 : at];
}

/* A number of seconds, or a dash for never. */
static const char *seconds(double value, char out[16])
{
    snprintf(out, 16, value < NEVER_S ? "%.0f" : "-", value);
    return out;
}

static double share_within(const struct figures *f, double most)
{
    int within = 0;
    for (int i = 0; i < f->n; i++) within += f->at[i] <= most;
    return f->n ? (double)within / f->n : NAN;
}

static bool doubtful(const struct play *p) { return p->tracker.calibration.state == REFERENCE_DOUBTFUL; }
static bool is_good(const struct play *p)
{
    enum reference_state s = p->tracker.calibration.state;
    return s == REFERENCE_CALIBRATED || s == REFERENCE_GUESSED;
}

/* ---- put on anew ---- */

struct anew {
    struct figures vertical, own, forward, poses;
    int n, settled, silent, signs, known; /* draws; doubtful until forward; of those with signs shown meanwhile */
};

static bool signs_shown(const struct play *p)
{
    struct posture_view v;
    tracker_view(&p->tracker, &v);
    return v.angles_known;
}

/* Of the captured poses, the largest angle from where the new mounting really puts them: they turned by BY. */
static double poses_error_deg(const struct play *p, const struct calibration *before, struct quaternion by)
{
    double worst = 0;
    for (int i = 0; i < POSE_COUNT; i++) {
        if (!before->pose[i].valid) continue;
        double then[3] = {(double)before->pose[i].up[0], (double)before->pose[i].up[1], (double)before->pose[i].up[2]};
        quaternion_rotate(quaternion_conjugate(by), then, then);
        float should[3] = {(float)then[0], (float)then[1], (float)then[2]};
        worst = fmax(worst, (double)vec_angle_deg(p->tracker.calibration.pose[i].up, should));
    }
    return worst;
}

static struct quaternion new_turn(struct chance *c, int draw, const struct play *p)
{
    double axis[3], body[3] = {0, 0, 1};
    if (draw % 4 == 0) body[0] = 1, body[2] = 0; /* upside down: about forward */
    quaternion_rotate(quaternion_conjugate(p->sim.imu.mount), body, axis);
    if (draw % 4 == 0) return play_turn_about(axis, 180);
    if (draw % 4 == 1) return play_turn_about(axis, chance_between(c, 40, 320)); /* about the vertical only */
    return play_any_turn(c);
}

static void put_on_anew(struct anew *a, int draw, bool calibrated, enum placement placement)
{
    static struct play p;
    struct chance c;
    char text[1024];
    double begin_s = calibrated ? POSES_S : 0;
    chance_init(&c, (uint64_t)draw, 41);
    double rms = chance_between(&c, 1, 3.5);
    snprintf(text, sizeof text,
             "set rate 25\n%swalk 60s\nstand 20s\n%ssit upright 100s\ntake off 11m\nsit upright 60s\nwalk 75s\n%ssit "
             "upright 90s\n",
             calibrated ? poses : "", calibrated ? "" : "bend 45deg\nstand 8s\nbend 40deg\nstand 8s\n",
             draw % 2 ? "stand 10s\nbend 45deg\nstand 10s\n" : "");
    play_begin(&p, text, placement, rms, 1000 + (uint64_t)draw);
    double off_s = begin_s + 60 + 20 + (calibrated ? 0 : 24) + 100, on_s = off_s + 660, walk_s = on_s + 60;
    struct quaternion by = new_turn(&c, draw, &p);
    play_turn(&p, on_s, 2, by);
    play_until(&p, on_s - 1, NULL);
    struct calibration before = p.tracker.calibration;
    play_until(&p, on_s + 30, NULL);
    a->silent += doubtful(&p) && !signs_shown(&p);
    play_until(&p, walk_s + 60, NULL);
    add(&a->vertical, play_vertical_error_deg(&p, false));
    add(&a->own, play_vertical_error_deg(&p, true));
    a->signs += signs_shown(&p) || !doubtful(&p);
    a->known += play_until(&p, walk_s + 75 + (draw % 2 ? 24 : 0) + 60, is_good);
    add(&a->forward, fabs(play_forward_error_deg(&p)));
    if (calibrated) add(&a->poses, poses_error_deg(&p, &before, by));
    a->n++;
    play_end(&p);
}

static void report_anew(void)
{
    struct anew all = {0};
    printf("put on anew: error of the vertical after 60 s of walking, of forward and of the poses when it is known\n");
    printf("  %-24s %5s %8s %8s %8s %8s %8s %7s\n", "", "draws", "vert.50", "vert.95", "forw.50", "forw.95", "poses.95",
           "known");
    for (int kind = 0; kind < 4; kind++) {
        struct anew a = {0};
        bool calibrated = kind < 2;
        for (int i = 0; i < ANEW_DRAWS / 4; i++)
            put_on_anew(&a, 4 * (kind * ANEW_DRAWS + i) + i % 4, calibrated, kind % 2 ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK);
        for (int i = 0; i < a.n; i++) {
            add(&all.vertical, a.vertical.at[i]);
            add(&all.own, a.own.at[i]);
            if (!isnan(a.forward.at[i])) add(&all.forward, a.forward.at[i]);
            if (i < a.poses.n) add(&all.poses, a.poses.at[i]);
        }
        all.n += a.n, all.silent += a.silent, all.signs += a.signs, all.known += a.known;
        printf("  %-11s %-12s %5d %8.2f %8.2f %8.1f %8.1f %8.1f %7d\n", kind % 2 ? "lower back" : "upper back",
               calibrated ? "calibrated" : "not", a.n, percentile(&a.vertical, .5), percentile(&a.vertical, .95),
               percentile(&a.forward, .5), percentile(&a.forward, .95), percentile(&a.poses, .95), a.known);
    }
    printf("anew_vertical_p95_deg=%.2f\nanew_vertical_own_way_p95_deg=%.2f\nanew_vertical_within_3=%.3f\n",
           percentile(&all.vertical, .95), percentile(&all.own, .95), share_within(&all.vertical, 3));
    printf("anew_forward_p95_deg=%.1f\nanew_forward_known=%.3f\n", percentile(&all.forward, .95), (double)all.known / all.n);
    printf("anew_doubtful_before_walk=%.3f\nanew_signs_before_forward=%.3f\nanew_poses_p95_deg=%.1f\n",
           (double)all.silent / all.n, (double)all.signs / all.n, percentile(&all.poses, .95));
}

/* ---- a slip ---- */

struct slip {
    struct figures walked; /* seconds of walking until doubtful; NEVER_S when not */
    struct figures moved;  /* by how much the reference had moved when the walk was over */
    int n, asked_twice, zone;
};

static bool silenced(const struct play *p)
{
    struct posture_view v;
    tracker_view(&p->tracker, &v);
    return isnan(v.slouch_threshold_deg) && !v.in_slouch_zone;
}

/* OVER_S: the slip takes so long; WALK_S: length of each walk after it. */
static void slip_once(struct slip *s, int draw, double size_deg, double over_s, double walk_s)
{
    static struct play p;
    struct chance c;
    char text[1024], walks[400] = "";
    chance_init(&c, (uint64_t)draw, 42);
    double rms = chance_between(&c, 1, 3.5), about = chance_between(&c, 0, 6.283185307), axis[3];
    int n = (int)ceil(120 / walk_s);
    for (int i = 0; i < n; i++)
        snprintf(walks + strlen(walks), sizeof walks - strlen(walks), "walk %.0fs\nstand 20s\n", walk_s);
    snprintf(text, sizeof text, "set rate 25\n%swalk 60s\nsit upright %.0fs\n%ssit upright 2m\n%s", poses, 60 + over_s, walks,
             walks);
    play_begin(&p, text, draw % 2 ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK, rms, 5000 + (uint64_t)draw);
    quaternion_rotate(quaternion_conjugate(p.sim.imu.mount), (double[3]){cos(about), sin(about), 0}, axis);
    play_turn(&p, POSES_S + 90, over_s, play_turn_about(axis, size_deg));
    play_until(&p, POSES_S + 120 + over_s, NULL);
    double walked_s = p.walked_s, end_s = POSES_S + 120 + over_s + n * (walk_s + 20);
    struct calibration before = p.tracker.calibration;
    bool found = play_until(&p, end_s, doubtful);
    add(&s->walked, found ? p.walked_s - walked_s : NEVER_S);
    if (found) s->zone += !silenced(&p);
    play_until(&p, 1e9, NULL);
    add(&s->moved, (double)vec_angle_deg(p.tracker.calibration.walk, before.walk));
    s->asked_twice += found && p.asked > 1;
    s->n++;
    play_end(&p);
}

static void report_slips(void)
{
    static const struct {
        double size_deg, over_s, walk_s;
        const char *name;
    } table[] = {
        {0, 1, 120, NULL},   {5, 1, 120, NULL},   {8, 1, 120, NULL},           {10, 1, 120, NULL},       {12, 1, 120, NULL},
        {15, 1, 120, "slip"}, {15, 300, 120, "slow_slip"}, {15, 1, 25, "slip_short_walks"}, {20, 1, 120, NULL}, {30, 1, 120, NULL},
    };
    printf("a slip while worn: share that is found, seconds of walking until doubtful, what the reference moves by itself\n");
    printf("  %5s %7s %7s %6s %8s %8s %8s %6s\n", "size", "within", "walks", "found", "after.50", "after.95", "moved.95", "again");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct slip s = {0};
        char half[16], most[16];
        for (int k = 0; k < SLIP_DRAWS; k++) slip_once(&s, (int)i * SLIP_DRAWS + k, table[i].size_deg, table[i].over_s, table[i].walk_s);
        double found = share_within(&s.walked, NEVER_S - 1);
        printf("  %5.0f %5.0f s %5.0f s %6.2f %8s %8s %8.1f %6d\n", table[i].size_deg, table[i].over_s, table[i].walk_s,
               found, seconds(percentile(&s.walked, .5), half), seconds(percentile(&s.walked, .95), most), percentile(&s.moved, .95), s.asked_twice);
        if (i == 0) printf("no_slip_doubted=%.3f\n", found);
        if (!table[i].name) continue;
        printf("%s_found=%.3f\n%s_walked_p95_s=%.0f\n%s_alerts_while_doubtful=%d\n%s_doubted_again=%d\n", table[i].name, found,
               table[i].name, percentile(&s.walked, .95), table[i].name, s.zone, table[i].name, s.asked_twice);
    }
}

/* ---- sitting upright as one stands ---- */

static void report_alike(void)
{
    static const double apart_deg[] = {0, 2, 4, 6, 10};
    printf("captured sitting and standing so far apart: share of sitting and of standing that is found (upper back)\n");
    for (size_t i = 0; i < sizeof apart_deg / sizeof apart_deg[0]; i++) {
        struct figures sat = {0}, stood = {0};
        double sum[2] = {0, 0};
        for (int k = 0; k < ALIKE_DRAWS; k++) {
            static struct play p;
            char text[1024];
            snprintf(text, sizeof text, "set rate 25\n%swalk 60s\nsit upright 8m\nstand 4m\nwalk 30s\nsit upright 8m\nstand "
                     "4m\nwalk 60s\n", poses);
            play_begin(&p, text, PLACEMENT_UPPER_BACK, 2, 9000 + (uint64_t)k);
            p.sim.motion.person.sit_deg = p.sim.motion.person.stand_deg + apart_deg[i];
            p.count_from_s = POSES_S + 60;
            play_until(&p, 1e9, NULL);
            add(&sat, p.right_s[POSTURE_SITTING] / p.of_s[POSTURE_SITTING]);
            add(&stood, p.right_s[POSTURE_STANDING] / p.of_s[POSTURE_STANDING]);
            sum[0] += sat.at[k], sum[1] += stood.at[k];
            play_end(&p);
        }
        printf("  %4.0f deg: sitting %.2f (worst %.2f), standing %.2f (worst %.2f)\n", apart_deg[i], sum[0] / ALIKE_DRAWS,
               percentile(&sat, 0), sum[1] / ALIKE_DRAWS, percentile(&stood, 0));
        if (i == 1) printf("alike_sitting_found=%.2f\nalike_standing_found=%.2f\n", sum[0] / ALIKE_DRAWS, sum[1] / ALIKE_DRAWS);
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) return fprintf(stderr, "usage: accuracy-rezero\n"), 2;
    report_anew();
    report_slips();
    report_alike();
    report_days();
    return 0;
}
