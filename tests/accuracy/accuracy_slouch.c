/* Slouching found and not found in simulated days, and on real recordings in which nobody is to be spoken to.
 *
 * Usage: accuracy-slouch [--days N | --day K] [--hold-reference] [--data DIR]. N person-days of 8 h at 25 Hz (default 24): both placements, slouch
 * lines of either sign, the three sensitivities, any mounting, wearers of slouch_people.h; one upper-back day in seven is
 * uncalibrated. What the tracker says is held against the rules on the true angles (accuracy_slouch_rule.h): found is an
 * alarm within 5 s of the rule's; false is one that no run of the rule's explains within 5 s. Three kinds: the diary's
 * event, the training prompt and the long-spell prompt.
 * DIR holds umafall_chest_waist, mobgap_lowerback and casale_chest.
 */
#include "accuracy_slouch.h"
#include "accuracy_slouch_day.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"

#include <stdio.h>
#include <stdlib.h>

enum { RATE_HZ = 25, KINDS = SEGMENT_REBOOT + 1, GROUPS = 32 };
static const double hours = 8, near_s = 5;

static const char *const alarm_name[ALARM_KINDS] = {"event", "training", "long"};
static const char *const kind_name[KINDS] = {
    [SEGMENT_SIT] = "sitting upright", [SEGMENT_SLOUCH] = "slouching", [SEGMENT_RECLINE] = "reclining",
    [SEGMENT_DESK_BEND] = "captures",  [SEGMENT_EAT] = "eating",       [SEGMENT_DRIVE] = "driving",
    [SEGMENT_CROSS] = "crossed legs",  [SEGMENT_PHONE] = "phone",      [SEGMENT_FIDGET] = "fidgeting",
    [SEGMENT_STAND] = "standing",      [SEGMENT_STAND_SLOUCH] = "slouching upright", [SEGMENT_WALK] = "walking",
    [SEGMENT_REACH] = "reaches",       [SEGMENT_STOOP] = "bends"};

struct score {
    double days;
    int all_due[ALARM_KINDS], all_found[ALARM_KINDS]; /* due[] and found[]: in what was meant as a slouch */
    int due[ALARM_KINDS], found[ALARM_KINDS], late[ALARM_KINDS], said[ALARM_KINDS], false_said[ALARM_KINDS];
    int marginal[ALARM_KINDS]; /* of the false: the true angle was within 2° of the zone's border */
    int in_time[ALARM_KINDS];  /* of the found: the beginning, too, within 5 s */
    int false_in[ALARM_KINDS][KINDS];
    double slouch_s[2][2]; /* true sitting, standing; said sitting, standing */
    double true_s[2];
    double square_deg2, off_deg, seen; /* of flexion said against the truth, while still */
    double still_as[3];                /* moments that are truly still, by what the posture was said to be: still, unsure, else */
};

/* ---- the truth ---- */

static struct truth truth;
static struct truth_poses poses;

enum class { SEATED, STANDING, WALKING, OTHER };

static enum class class_of(enum segment_kind kind)
{
    if (kind <= SEGMENT_FIDGET) return SEATED;
    return kind == SEGMENT_WALK ? WALKING : kind <= SEGMENT_STAND_SLOUCH ? STANDING : OTHER;
}

struct witness {
    const struct day *day;
    enum segment_kind posture, recent;
    enum class class;
    double still_from_s, recent_s;
    float captured[POSE_COUNT][3], walked[3];
};

static void see(struct witness *w, const struct sim *sim, double t_s)
{
    const struct segment *segment = motion_segment(&sim->motion);
    if (truth.n == TRUTH_MAX) return;
    struct truth_moment *m = &truth.moment[truth.n++];
    double up[3], earth[3] = {0, 0, 1};
    *m = (struct truth_moment){0};
    quaternion_rotate(quaternion_conjugate(sim->edge.attitude), earth, up);
    for (int i = 0; i < 3; i++) m->up[i] = (float)up[i];
    if (segment_is_posture(segment->kind)) {
        enum class class = class_of(segment->kind);
        if (class != w->class) w->still_from_s = sim->motion.move_start_s + sim->motion.move_s + 10;
        w->class = class;
        w->posture = segment->kind;
    } else {
        w->recent = segment->kind;
        w->recent_s = t_s;
    }
    m->segment_kind = m->recent_kind = (unsigned char)w->posture;
    bool plain = w->posture == SEGMENT_SIT || w->posture == SEGMENT_STAND;
    if (plain && w->recent_s > 0 && t_s - w->recent_s < 60) m->recent_kind = (unsigned char)w->recent;
    m->standing = w->class == STANDING;
    m->still = w->class != WALKING && t_s >= w->still_from_s;
    for (int i = 0; i < POSE_COUNT; i++) {
        double since = t_s - w->day->capture_s[i];
        if (w->day->capture_s[i] >= 0 && since > 0 && since <= CAPTURE_S) vec_add(w->captured[i], 1, m->up);
    }
    if (w->class == WALKING) vec_add(w->walked, 1, m->up);
}

static void conclude(struct witness *w)
{
    const struct wearer_kind *kind = &w->day->kind;
    poses = (struct truth_poses){
        .have_line = kind->calibrated, .placement = kind->placement, .sensitivity = kind->sensitivity};
    vec_copy(poses.zero, kind->calibrated ? w->captured[POSE_SIT_UPRIGHT] : w->walked);
    vec_copy(poses.slouched, w->captured[POSE_SIT_SLOUCHED]);
    vec_copy(poses.leant_back, w->captured[POSE_LEAN_BACK]);
    vec_unit(poses.zero);
    vec_unit(poses.slouched);
    vec_unit(poses.leant_back);
    truth_judge(&truth, &poses);
}

/* ---- the tracker ---- */

static bool hold_reference; /* the self re-zero may not move it: what its errors cost is the difference */
static struct listener heard;
static int refused;

struct epochs {
    int n;
    struct epoch epoch[10 * 3600];
};
static struct epochs epochs;

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
    for (unsigned i = 0; i < out->n_epochs && epochs.n < (int)(sizeof epochs.epoch / sizeof *epochs.epoch); i++)
        epochs.epoch[epochs.n++] = out->epoch[i];
}

static void play(const struct day *day, struct tracker *t, int64_t start_ns)
{
    static struct sim sim;
    const struct tracker_config config = {.placement = day->kind.placement,
                                          .sensitivity = day->kind.sensitivity,
                                          .sitting_bias = day->kind.placement == PLACEMENT_LOWER_BACK ? 0.1f : 0};
    struct witness w = {.day = day, .class = OTHER};
    struct reading r;
    struct tracker_out out;
    struct posture_view view;
    bool begun[POSE_COUNT] = {false};
    tracker_init(t, &config);
    day_begin(day, &sim);
    listener_init(&heard);
    truth.n = epochs.n = 0;
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
        listener_hear(&heard, &out, now_ns, start_ns);
        keep(&out);
        if (sim.k % (RATE_HZ / TRUTH_HZ)) continue;
        tracker_view(t, &view);
        listener_look(&heard, &view, start_ns);
        see(&w, &sim, (double)sim.k / RATE_HZ);
        truth.moment[truth.n - 1].said_deg = view.flexion_deg;
        truth.moment[truth.n - 1].said_posture = (unsigned char)view.posture;
    }
    tracker_finish(t, now_ns, &out);
    keep(&out);
    conclude(&w);
}

/* ---- the score ---- */

static const struct truth_moment *moment_at(double t_s)
{
    int i = (int)(t_s * TRUTH_HZ);
    return &truth.moment[i < 0 ? 0 : i >= truth.n ? truth.n - 1 : i];
}

/* Whether the rule, too, could have said so within 5 s. */
static bool explained(enum alarm_kind kind, double at_s)
{
    static const float least_s[ALARM_KINDS] = {0, 10, 120};
    for (double t = at_s - near_s; t <= at_s + near_s; t += 1.0 / TRUTH_HZ) {
        const struct truth_moment *m = moment_at(t);
        if (kind == ALARM_EVENT ? m->inside : m->run_s >= least_s[kind]) return true;
    }
    return false;
}

static bool marginal(double at_s)
{
    const struct truth_moment *m = moment_at(at_s);
    double nearest = fmin(truth.threshold_deg - (double)m->slouch_deg, truth.unsupported_deg - (double)m->flexion_deg);
    return fabs(nearest) < 2;
}

static bool verbose;

static void score_alarms(struct score *s, enum alarm_kind kind, double ready_s)
{
    for (int i = 0; i < truth.n_alarms[kind]; i++) {
        const struct alarm *due = &truth.alarm[kind][i];
        if (due->since_s < ready_s) continue;
        enum segment_kind doing = (enum segment_kind)moment_at(due->at_s)->segment_kind;
        bool meant = doing == SEGMENT_SLOUCH || doing == SEGMENT_STAND_SLOUCH;
        bool found = false, in_time = false, ever = false;
        double off_s = NAN;
        for (int k = 0; k < heard.n[kind]; k++) {
            const struct alarm *said = &heard.alarm[kind][k];
            double off = said->at_s - due->at_s;
            if (isnan(off_s) || fabs(off) < fabs(off_s)) off_s = off;
            ever = ever || fabs(off) <= 60;
            found = found || fabs(off) <= near_s;
            in_time = in_time || (fabs(off) <= near_s && fabs(said->since_s - due->since_s) <= near_s);
        }
        s->all_due[kind]++;
        s->all_found[kind] += found;
        if (!meant) continue;
        s->due[kind]++;
        s->found[kind] += found;
        s->in_time[kind] += in_time;
        s->late[kind] += ever && !found;
        if (!verbose || found) continue;
        const struct truth_moment *m = moment_at(due->at_s);
        printf("    missed %s due %.1f since %.1f (nearest %+.1f s) in %s slouch %.1f of %.1f flexion %.1f, said %s %.1f\n",
               alarm_name[kind], due->at_s, due->since_s, off_s, kind_name[m->recent_kind], (double)m->slouch_deg,
               truth.threshold_deg, (double)m->flexion_deg, posture_name((enum posture)m->said_posture),
               (double)m->said_deg);
    }
    for (int k = 0; k < heard.n[kind]; k++) {
        double at_s = heard.alarm[kind][k].at_s;
        if (heard.alarm[kind][k].since_s < ready_s) continue;
        const struct truth_moment *m = moment_at(at_s);
        s->said[kind]++;
        if (explained(kind, at_s)) continue;
        s->false_said[kind]++;
        s->marginal[kind] += marginal(at_s);
        s->false_in[kind][m->recent_kind]++;
        if (verbose)
            printf("    false %s at %.1f since %.1f in %s slouch %.1f of %.1f flexion %.1f still %d\n", alarm_name[kind],
                   at_s, heard.alarm[kind][k].since_s, kind_name[m->recent_kind], (double)m->slouch_deg,
                   truth.threshold_deg, (double)m->flexion_deg, m->still);
    }
}

static void score_minutes(struct score *s, int64_t start_ns)
{
    for (int i = 0; i < truth.n; i++)
        if (truth.moment[i].zone) s->true_s[truth.moment[i].standing] += 1.0 / TRUTH_HZ;
    for (int i = 0; i < epochs.n; i++) {
        const struct epoch *e = &epochs.epoch[i];
        if (e->posture != POSTURE_SITTING && e->posture != POSTURE_STANDING) continue;
        bool standing = moment_at((double)(e->start_ns - start_ns) * 1e-9 + 2.5)->standing;
        s->slouch_s[standing][e->posture == POSTURE_STANDING] += (double)e->slouch_s;
    }
}

static void score_angles(struct score *s)
{
    for (int i = 0; i < truth.n; i++) {
        const struct truth_moment *m = &truth.moment[i];
        if (!m->still) continue;
        bool still = m->said_posture == POSTURE_SITTING || m->said_posture == POSTURE_STANDING;
        s->still_as[still ? 0 : m->said_posture == POSTURE_UNSURE ? 1 : 2]++;
        if (isnan(m->said_deg)) continue;
        double off = (double)(m->said_deg - m->flexion_deg);
        s->seen++;
        s->off_deg += off;
        s->square_deg2 += off * off;
    }
}

static double share(int part, int whole) { return whole ? (double)part / whole : NAN; }

static void print_score(const char *what, const struct score *s)
{
    printf("%-34s", what);
    for (int k = 0; k < ALARM_KINDS; k++)
        printf(" | %s %4d found %.3f (start %.3f, late %.3f) false/day %5.2f", alarm_name[k], s->due[k],
               share(s->found[k], s->due[k]), share(s->in_time[k], s->due[k]), share(s->late[k], s->due[k]),
               s->false_said[k] / s->days);
    double off = s->off_deg / s->seen, all = s->still_as[0] + s->still_as[1] + s->still_as[2];
    printf(" | angle off %.1f sd %.1f, still said %.2f unsure %.2f\n", off, sqrt(s->square_deg2 / s->seen - off * off),
           s->still_as[0] / all, s->still_as[1] / all);
}

static void add_score(struct score *to, const struct score *s)
{
    to->days += s->days;
    for (int k = 0; k < ALARM_KINDS; k++) {
        to->due[k] += s->due[k];
        to->found[k] += s->found[k];
        to->all_due[k] += s->all_due[k];
        to->all_found[k] += s->all_found[k];
        to->late[k] += s->late[k];
        to->in_time[k] += s->in_time[k];
        to->said[k] += s->said[k];
        to->false_said[k] += s->false_said[k];
        to->marginal[k] += s->marginal[k];
        for (int i = 0; i < KINDS; i++) to->false_in[k][i] += s->false_in[k][i];
    }
    to->seen += s->seen;
    to->off_deg += s->off_deg;
    to->square_deg2 += s->square_deg2;
    for (int i = 0; i < 3; i++) to->still_as[i] += s->still_as[i];
    for (int i = 0; i < 2; i++) {
        to->true_s[i] += s->true_s[i];
        for (int j = 0; j < 2; j++) to->slouch_s[i][j] += s->slouch_s[i][j];
    }
}

enum { BY_PLACEMENT, BY_SIGN = 2, BY_SENSITIVITY = 4, BY_LIVELY = 7, UNCALIBRATED = 9, ALL, SUMS };
static const char *const sum_name[SUMS] = {
    "upper back", "lower back", "line backward", "line forward", "low", "medium", "high",
    "calm half",  "lively half", "uncalibrated (upper back)", "all calibrated"};

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
    struct score s = {.days = hours / 8};
    char what[128];
    refused = 0;
    day_draw(&day, &kind, 1000 + (uint64_t)number, RATE_HZ, hours);
    play(&day, t, SECONDS_NS(1000));
    snprintf(what, sizeof what, "%2d %s %s %s%s line %.0f lively %.2f%s", number,
             kind.placement == PLACEMENT_UPPER_BACK ? "upper" : "lower", kind.sign > 0 ? "+" : "-",
             sum_name[BY_SENSITIVITY + kind.sensitivity], kind.calibrated ? "" : " uncal.", day.line_deg, day.lively,
             refused ? " REFUSED" : "");
    for (int k = 0; k < ALARM_KINDS; k++) score_alarms(&s, (enum alarm_kind)k, day.ready_s);
    score_minutes(&s, SECONDS_NS(1000));
    score_angles(&s);
    print_score(what, &s);
    if (!kind.calibrated) {
        add_score(&sums[UNCALIBRATED], &s);
        return;
    }
    add_score(&sums[ALL], &s);
    add_score(&sums[BY_PLACEMENT + (kind.placement == PLACEMENT_LOWER_BACK)], &s);
    add_score(&sums[BY_SIGN + (kind.sign > 0)], &s);
    add_score(&sums[BY_SENSITIVITY + kind.sensitivity], &s);
    add_score(&sums[BY_LIVELY + (day.lively > 0.5)], &s);
}

static void print_false(const struct score *s)
{
    printf("false alarms in 8 h, by what was done (events, training prompts, long-spell prompts):\n");
    for (int i = 0; i < KINDS; i++)
        if (kind_name[i])
            printf("  %-18s %6.2f %6.2f %6.2f\n", kind_name[i], s->false_in[ALARM_EVENT][i] / s->days,
                   s->false_in[ALARM_TRAINING][i] / s->days, s->false_in[ALARM_LONG][i] / s->days);
    printf("  of all, true angle within 2 degrees of the zone: %d of %d, %d of %d, %d of %d\n", s->marginal[0],
           s->false_said[0], s->marginal[1], s->false_said[1], s->marginal[2], s->false_said[2]);
}

static void print_minutes(const struct score *s)
{
    printf("slouched minutes a day: truth sitting %.1f standing %.1f; sitting said sitting %.1f, said standing %.1f; "
           "standing said sitting %.1f, said standing %.1f\n",
           s->true_s[0] / 60 / s->days, s->true_s[1] / 60 / s->days, s->slouch_s[0][0] / 60 / s->days,
           s->slouch_s[0][1] / 60 / s->days, s->slouch_s[1][0] / 60 / s->days, s->slouch_s[1][1] / 60 / s->days);
}

int main(int argc, char **argv)
{
    static struct score sums[SUMS];
    int days = 28, first = 0;
    const char *data = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--days") == 0 && i + 1 < argc) days = atoi(argv[++i]);
        else if (strcmp(argv[i], "--day") == 0 && i + 1 < argc) first = atoi(argv[++i]), days = 1, verbose = true;
        else if (strcmp(argv[i], "--hold-reference") == 0) hold_reference = true;
        else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) data = argv[++i];
        else return fprintf(stderr, "usage: accuracy-slouch [--days N | --day K] [--hold-reference] [--data DIR]\n"), 2;
    }
    for (int i = first; i < first + days; i++) one_day(i, sums);
    for (int i = 0; i < SUMS; i++)
        if (sums[i].days > 0) print_score(sum_name[i], &sums[i]);
    print_false(&sums[ALL]);
    print_minutes(&sums[ALL]);
    if (data && !real_negatives(data)) return fprintf(stderr, "no recordings in %s\n", data), 1;
    return 0;
}
