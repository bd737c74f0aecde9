/* Slouching found and not found in simulated days, and on real recordings in which nobody is to be spoken to.
 *
 * Usage: accuracy-slouch [--days=N | --day=K] [--seed=S] [--hold-reference] [[--data] DIR]. N person-days of 8 h at 25 Hz (default 28): both placements, slouch
 * lines of either sign, the three sensitivities, any mounting, wearers of slouch_people.h; one upper-back day in seven is
 * uncalibrated. What the tracker says is held against the rules on the true angles (accuracy_slouch_rule.h): found is an
 * alarm within 5 s of the rule's; false is one that no run of the rule's explains within 5 s. Three kinds: the diary's
 * event, the training prompt and the long-spell prompt. --hold-reference keeps the self re-zero from moving anything:
 * what is then better is lost by the reference, not by the rules. --day prints each miss of day K; --seed draws other
 * wearers (default 1000).
 * DIR holds umafall_chest_waist, mobgap_lowerback and casale_chest.
 */
#include "accuracy_slouch.h"
#include "accuracy_slouch_day.h"
#include "accuracy_slouch_score.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"

#include <stdio.h>
#include <stdlib.h>

enum { RATE_HZ = 25 };
static const double hours = 8;

/* ---- the truth ---- */

static struct account account;

enum stand { SEATED, STANDING, WALKING, OTHER };

static enum stand stand_of(enum segment_kind kind)
{
    if (kind <= SEGMENT_FIDGET) return SEATED;
    return kind == SEGMENT_WALK ? WALKING : kind <= SEGMENT_STAND_SLOUCH ? STANDING : OTHER;
}

struct witness {
    const struct day *day;
    enum segment_kind posture, recent;
    enum stand stand;
    double still_from_s, recent_s;
    float captured[POSE_COUNT][3], walked[3];
};

static void see(struct witness *w, const struct sim *sim, double t_s)
{
    const struct segment *segment = motion_segment(&sim->motion);
    if (account.truth.n == TRUTH_MAX) return;
    struct truth_moment *m = &account.truth.moment[account.truth.n++];
    double up[3], earth[3] = {0, 0, 1};
    *m = (struct truth_moment){0};
    quaternion_rotate(quaternion_conjugate(sim->edge.attitude), earth, up);
    for (int i = 0; i < 3; i++) m->up[i] = (float)up[i];
    if (segment_is_posture(segment->kind)) {
        enum stand stand = stand_of(segment->kind);
        if (stand != w->stand) w->still_from_s = sim->motion.move_start_s + sim->motion.move_s + 10;
        w->stand = stand;
        w->posture = segment->kind;
    } else {
        w->recent = segment->kind;
        w->recent_s = t_s;
    }
    m->segment_kind = m->recent_kind = (unsigned char)w->posture;
    bool plain = w->posture == SEGMENT_SIT || w->posture == SEGMENT_STAND;
    if (plain && w->recent_s > 0 && t_s - w->recent_s < 60) m->recent_kind = (unsigned char)w->recent;
    m->standing = w->stand == STANDING;
    m->still = w->stand != WALKING && t_s >= w->still_from_s;
    for (int i = 0; i < POSE_COUNT; i++) {
        double since = t_s - w->day->capture_s[i];
        if (w->day->capture_s[i] >= 0 && since > 0 && since <= CAPTURE_S) vec_add(w->captured[i], 1, m->up);
    }
    if (w->stand == WALKING) vec_add(w->walked, 1, m->up);
}

static void conclude(struct witness *w)
{
    const struct wearer_kind *kind = &w->day->kind;
    struct truth_poses poses = {
        .have_line = kind->calibrated, .placement = kind->placement, .sensitivity = kind->sensitivity};
    vec_copy(poses.zero, kind->calibrated ? w->captured[POSE_SIT_UPRIGHT] : w->walked);
    vec_copy(poses.slouched, w->captured[POSE_SIT_SLOUCHED]);
    vec_copy(poses.leant_back, w->captured[POSE_LEAN_BACK]);
    vec_unit(poses.zero);
    vec_unit(poses.slouched);
    vec_unit(poses.leant_back);
    truth_judge(&account.truth, &poses);
}

/* ---- the tracker ---- */

static bool hold_reference; /* the self re-zero may not move it: what its errors cost is the difference */
static int refused;

static void start_capture(struct tracker *t, const struct day *day, double t_s, bool begun[POSE_COUNT], int64_t now_ns)
{
    for (int i = 0; i < POSE_COUNT; i++) {
        if (begun[i] || day->capture_s[i] < 0 || t_s < day->capture_s[i]) continue;
        struct capture_view v;
        tracker_capture(t, &v);
        refused += v.state == CAPTURE_REFUSED;
        tracker_capture_start(t, (enum pose)i, now_ns);
        begun[i] = true;
    }
}

static void keep(const struct tracker_out *out)
{
    for (unsigned i = 0; i < out->n_epochs && account.n_epochs < EPOCHS_MAX; i++)
        account.epoch[account.n_epochs++] = out->epoch[i];
}

/* Follows tick.c's tests in their order. */
static enum said_why why_of(const struct tracker *t, const struct posture_view *v, int64_t now_ns)
{
    const float *p = t->live.p;
    int64_t walked_ns = t->live.walking_ended_ns;
    if (v->reference != REFERENCE_CALIBRATED && v->reference != REFERENCE_GUESSED) return SAID_SILENT;
    if (t->slouch.quiet_ns != EVENT_OPEN && now_ns < t->slouch.quiet_ns) return SAID_CHANGED;
    if (p[ACTIVITY_SIT] + p[ACTIVITY_STAND] < 0.9f) return SAID_ACTIVITY;
    if (walked_ns != EVENT_OPEN && now_ns < walked_ns + SECONDS_NS(10)) return SAID_WALKED;
    if (gait_cadence_hz(&t->gait, now_ns) > 0) return SAID_STEPS;
    if (t->slouch.undecided) return SAID_UNDECIDED;
    return SAID_ANGLE;
}

static void play(const struct day *day, struct tracker *t, int64_t start_ns)
{
    static struct sim sim;
    const struct tracker_config config = {.placement = day->kind.placement,
                                          .sensitivity = day->kind.sensitivity,
                                          .sitting_bias = day->kind.placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    struct witness w = {.day = day, .stand = OTHER};
    struct reading r;
    struct tracker_out out;
    struct posture_view view;
    bool begun[POSE_COUNT] = {false};
    tracker_init(t, &config);
    day_begin(day, &sim);
    listener_init(&account.heard);
    account.truth.n = account.n_epochs = 0;
    account.start_ns = start_ns;
    account.ready_s = day->ready_s;
    int64_t now_ns = start_ns;
    while (sim_next(&sim, &r)) {
        struct sample s = {.t_ns = start_ns + (int64_t)(r.t_s * 1e9)};
        s.raw.have = HAVE_ACCEL | HAVE_GYRO;
        s.raw.flags = r.clipped ? SAMPLE_CLIPPED : 0;
        s.raw.scale = (struct scale){(float)sim.imu.accel_lsb_mps2, (float)sim.imu.gyro_lsb_rads};
        memcpy(s.raw.accel, r.accel, sizeof r.accel);
        memcpy(s.raw.gyro, r.gyro, sizeof r.gyro);
        sample_convert(&s);
        now_ns = s.t_ns;
        start_capture(t, day, r.t_s, begun, now_ns);
        if (hold_reference) t->rezero.budget_deg = 0, t->rezero.budget_ns = now_ns;
        tracker_push(t, &s, &out);
        listener_hear(&account.heard, &out, now_ns, start_ns);
        keep(&out);
        if (sim.k % (RATE_HZ / TRUTH_HZ)) continue;
        tracker_view(t, &view);
        listener_look(&account.heard, &view, start_ns);
        see(&w, &sim, (double)sim.k / RATE_HZ);
        struct truth_moment *m = &account.truth.moment[account.truth.n - 1];
        m->said_deg = view.flexion_deg;
        m->said_slouch_deg = t->angles.slouch_deg;
        m->said_zone = t->slouch.in_zone && !t->slouch.undecided;
        m->said_why = (unsigned char)why_of(t, &view, now_ns);
        m->said_posture = (unsigned char)view.posture;
        m->silent = view.reference != REFERENCE_CALIBRATED && view.reference != REFERENCE_GUESSED;
    }
    tracker_finish(t, now_ns, &out);
    keep(&out);
    conclude(&w);
}

enum { BY_PLACEMENT, BY_SIGN = 2, BY_SENSITIVITY = 4, BY_LIVELY = 7, UNCALIBRATED = 9, ALL, SUMS };
static const char *const sum_name[SUMS] = {
    "upper back",    "lower back", "line backward", "line forward", "low",
    "medium",        "high",       "calm half",     "lively half",  "uncalibrated (upper back)",
    "all calibrated"};

static bool verbose;
static uint64_t seed = 1000; /* of the first day */

static void one_day(int number, struct score sums[SUMS])
{
    static struct day day;
    static struct tracker *t;
    if (!t) t = malloc(tracker_size());
    if (!t) exit(1);
    int combination = number % 14;
    struct wearer_kind kind = {.placement = combination % 2 ? PLACEMENT_LOWER_BACK : PLACEMENT_UPPER_BACK,
                               .sensitivity = (enum sensitivity)(combination / 2 % 3),
                               .sign = combination / 6 % 2 ? 1 : -1,
                               .calibrated = combination < 12};
    if (!kind.calibrated) {
        kind.placement = PLACEMENT_UPPER_BACK;
        kind.sign = 1;
    }
    struct score s;
    char what[128];
    refused = 0;
    day_draw(&day, &kind, seed + (uint64_t)number, RATE_HZ, hours);
    play(&day, t, SECONDS_NS(1000));
    snprintf(what, sizeof what, "%2d %s %s %s%s line %.0f lively %.2f%s", number,
             kind.placement == PLACEMENT_UPPER_BACK ? "upper" : "lower", kind.sign > 0 ? "+" : "-",
             sum_name[BY_SENSITIVITY + kind.sensitivity], kind.calibrated ? "" : " uncal.", day.line_deg, day.lively,
             refused ? " REFUSED" : "");
    score_account(&s, &account, hours / 8, verbose);
    score_print(what, &s);
    if (!kind.calibrated) {
        score_add(&sums[UNCALIBRATED], &s);
        return;
    }
    score_add(&sums[ALL], &s);
    score_add(&sums[BY_PLACEMENT + (kind.placement == PLACEMENT_LOWER_BACK)], &s);
    score_add(&sums[BY_SIGN + (kind.sign > 0)], &s);
    score_add(&sums[BY_SENSITIVITY + kind.sensitivity], &s);
    score_add(&sums[BY_LIVELY + (day.lively > 0.5)], &s);
}

static int usage(void)
{
    fputs("usage: accuracy-slouch [--days=N | --day=K] [--seed=S] [--hold-reference] [[--data] DIR]\n", stderr);
    return 2;
}

static void print_sums(const struct score sums[SUMS])
{
    for (int i = 0; i < SUMS; i++)
        if (sums[i].days > 0) score_print(sum_name[i], &sums[i]);
    score_print_false(&sums[ALL]);
    score_print_missed(&sums[ALL]);
    score_print_minutes(&sums[ALL]);
    score_print_values(&sums[ALL], &sums[BY_PLACEMENT], &sums[BY_PLACEMENT + 1]);
}

int main(int argc, char **argv)
{
    static struct score sums[SUMS];
    int days = 28, first = 0;
    const char *data = NULL;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--days=", 7) == 0)
            days = atoi(argv[i] + 7);
        else if (strncmp(argv[i], "--day=", 6) == 0)
            first = atoi(argv[i] + 6), days = 1, verbose = true;
        else if (strncmp(argv[i], "--seed=", 7) == 0)
            seed = strtoull(argv[i] + 7, NULL, 10);
        else if (strcmp(argv[i], "--hold-reference") == 0)
            hold_reference = true;
        else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc)
            data = argv[++i];
        else if (argv[i][0] != '-' && !data)
            data = argv[i];
        else
            return usage();
    }
    for (int i = first; i < first + days; i++) one_day(i, sums);
    if (days > 0) print_sums(sums);
    if (data && !real_negatives(data)) return fprintf(stderr, "no recordings in %s\n", data), 1;
    return 0;
}
