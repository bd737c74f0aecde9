/* Invariants: found <= due; a due alarm counts as meant when it falls into what the day calls a slouch. */
#include "accuracy_slouch_score.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double near_s = 5;

static const char *const alarm_name[ALARM_KINDS] = {"event", "training", "long"};
static const char *const kind_name[KINDS] = {[SEGMENT_SIT] = "sitting upright",
                                             [SEGMENT_SLOUCH] = "slouching",
                                             [SEGMENT_RECLINE] = "reclining",
                                             [SEGMENT_DESK_BEND] = "captures",
                                             [SEGMENT_EAT] = "eating",
                                             [SEGMENT_DRIVE] = "driving",
                                             [SEGMENT_CROSS] = "crossed legs",
                                             [SEGMENT_PHONE] = "phone",
                                             [SEGMENT_FIDGET] = "fidgeting",
                                             [SEGMENT_STAND] = "standing",
                                             [SEGMENT_STAND_SLOUCH] = "slouching upright",
                                             [SEGMENT_WALK] = "walking",
                                             [SEGMENT_REACH] = "reaches",
                                             [SEGMENT_STOOP] = "bends"};

static const char *const why_name[SAID_WHYS + 1] = {
    [SAID_SILENT] = "reference stale or doubtful", [SAID_CHANGED] = "after a change of posture",
    [SAID_WALKED] = "after walking", [SAID_STEPS] = "steps", [SAID_ACTIVITY] = "not sitting or standing",
    [SAID_UNDECIDED] = "may be a bend", [SAID_ANGLE] = "angle", [SAID_WHYS] = "no difference"};

static const struct truth *truth; /* of the account that is being scored */

static const struct truth_moment *moment_at(double t_s)
{
    int i = (int)(t_s * TRUTH_HZ);
    return &truth->moment[i < 0 ? 0 : i >= truth->n ? truth->n - 1 : i];
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
    double nearest =
        fmin(truth->threshold_deg - (double)m->slouch_deg, truth->unsupported_deg - (double)m->flexion_deg);
    return fabs(nearest) < 2;
}

static double mean_slouch_deg(double from_s, double to_s)
{
    double sum = 0;
    int n = 0;
    for (double t = from_s; t < to_s; t += 1.0 / TRUTH_HZ, n++) sum += (double)moment_at(t)->slouch_deg;
    return n ? sum / n : 0;
}

/* Why the tracker saw DUE otherwise: what most of the moments have in which the zone was said
 * otherwise than it was; SAID_WHYS when there is none. */
static enum said_why why_missed(const struct alarm *due)
{
    int n[SAID_WHYS] = {0}, most = 0;
    for (double t = due->since_s - near_s; t <= due->at_s + near_s; t += 1.0 / TRUTH_HZ) {
        const struct truth_moment *m = moment_at(t);
        if (m->said_zone != m->zone) n[m->said_why]++;
    }
    for (int i = 1; i < SAID_WHYS; i++)
        if (n[i] > n[most]) most = i;
    return n[most] ? (enum said_why)most : SAID_WHYS;
}

static void score_alarms(struct score *s, const struct account *account, enum alarm_kind kind, bool verbose)
{
    const struct listener *heard = &account->heard;
    double ready_s = account->ready_s;
    for (int i = 0; i < truth->n_alarms[kind]; i++) {
        const struct alarm *due = &truth->alarm[kind][i];
        if (due->since_s < ready_s) continue;
        enum segment_kind doing = (enum segment_kind)moment_at(due->at_s)->segment_kind;
        bool meant = doing == SEGMENT_SLOUCH || doing == SEGMENT_STAND_SLOUCH;
        const struct truth_moment *m = moment_at(due->at_s);
        bool found = false, in_time = false, ever = false;
        double off_s = NAN;
        for (int k = 0; k < heard->n[kind]; k++) {
            const struct alarm *said = &heard->alarm[kind][k];
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
        if (!found) s->missed[kind][why_missed(due)]++;
        s->silent[kind] += !found && m->silent;
        bool clear = mean_slouch_deg(due->since_s, due->at_s) >= truth->threshold_deg + 2;
        s->clear[kind] += clear;
        s->clear_found[kind] += clear && found;
        if (!verbose || found) continue;
        printf("    missed (%s) %s due %.1f since %.1f (nearest %+.1f s) in %s slouch %.1f of %.1f flexion %.1f, said %s "
               "%.1f %.1f\n",
               why_name[why_missed(due)], alarm_name[kind], due->at_s, due->since_s, off_s, kind_name[m->recent_kind], (double)m->slouch_deg,
               truth->threshold_deg, (double)m->flexion_deg, posture_name((enum posture)m->said_posture),
               (double)m->said_deg, (double)m->said_slouch_deg);
    }
    for (int k = 0; k < heard->n[kind]; k++) {
        double at_s = heard->alarm[kind][k].at_s;
        if (heard->alarm[kind][k].since_s < ready_s) continue;
        const struct truth_moment *m = moment_at(at_s);
        s->said[kind]++;
        if (explained(kind, at_s)) continue;
        s->false_said[kind]++;
        s->marginal[kind] += marginal(at_s);
        s->false_in[kind][m->recent_kind]++;
        if (verbose)
            printf("    false %s at %.1f since %.1f in %s slouch %.1f of %.1f flexion %.1f still %d\n",
                   alarm_name[kind], at_s, heard->alarm[kind][k].since_s, kind_name[m->recent_kind],
                   (double)m->slouch_deg, truth->threshold_deg, (double)m->flexion_deg, m->still);
    }
}

static void score_minutes(struct score *s, const struct account *account)
{
    for (int i = 0; i < truth->n; i++)
        if (truth->moment[i].zone) s->true_s[truth->moment[i].standing] += 1.0 / TRUTH_HZ;
    for (int i = 0; i < account->n_epochs; i++) {
        const struct epoch *e = &account->epoch[i];
        if (e->posture != POSTURE_SITTING && e->posture != POSTURE_STANDING) continue;
        bool standing = moment_at((double)(e->start_ns - account->start_ns) * 1e-9 + 2.5)->standing;
        s->slouch_s[standing][e->posture == POSTURE_STANDING] += (double)e->slouch_s;
    }
}

static void score_angles(struct score *s)
{
    for (int i = 0; i < truth->n; i++) {
        const struct truth_moment *m = &truth->moment[i];
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

void score_account(struct score *s, const struct account *account, double days, bool verbose)
{
    *s = (struct score){.days = days};
    truth = &account->truth;
    for (int k = 0; k < ALARM_KINDS; k++) score_alarms(s, account, (enum alarm_kind)k, verbose);
    score_minutes(s, account);
    score_angles(s);
}

static double share(int part, int whole) { return whole ? (double)part / whole : NAN; }

void score_print(const char *what, const struct score *s)
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

void score_add(struct score *to, const struct score *s)
{
    to->days += s->days;
    for (int k = 0; k < ALARM_KINDS; k++) {
        to->due[k] += s->due[k];
        to->found[k] += s->found[k];
        to->all_due[k] += s->all_due[k];
        to->silent[k] += s->silent[k];
        to->clear[k] += s->clear[k];
        to->clear_found[k] += s->clear_found[k];
        to->all_found[k] += s->all_found[k];
        to->late[k] += s->late[k];
        to->in_time[k] += s->in_time[k];
        to->said[k] += s->said[k];
        to->false_said[k] += s->false_said[k];
        to->marginal[k] += s->marginal[k];
        for (int i = 0; i <= SAID_WHYS; i++) to->missed[k][i] += s->missed[k][i];
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

void score_print_false(const struct score *s)
{
    printf("false alarms in 8 h, by what was done (events, training prompts, long-spell prompts):\n");
    for (int i = 0; i < KINDS; i++)
        if (kind_name[i])
            printf("  %-18s %6.2f %6.2f %6.2f\n", kind_name[i], s->false_in[ALARM_EVENT][i] / s->days,
                   s->false_in[ALARM_TRAINING][i] / s->days, s->false_in[ALARM_LONG][i] / s->days);
    printf("  of all, true angle within 2 degrees of the zone: %d of %d, %d of %d, %d of %d\n", s->marginal[0],
           s->false_said[0], s->marginal[1], s->false_said[1], s->marginal[2], s->false_said[2]);
}

void score_print_missed(const struct score *s)
{
    printf("missed of all that were due, by what kept them (events, training prompts, long-spell prompts):\n");
    for (int i = 0; i <= SAID_WHYS; i++)
        printf("  %-28s %.4f %.4f %.4f\n", why_name[i], share(s->missed[0][i], s->due[0]),
               share(s->missed[1][i], s->due[1]), share(s->missed[2][i], s->due[2]));
}

void score_print_minutes(const struct score *s)
{
    printf("slouched minutes a day: truth sitting %.1f standing %.1f; sitting said sitting %.1f, said standing %.1f; "
           "standing said sitting %.1f, said standing %.1f\n",
           s->true_s[0] / 60 / s->days, s->true_s[1] / 60 / s->days, s->slouch_s[0][0] / 60 / s->days,
           s->slouch_s[0][1] / 60 / s->days, s->slouch_s[1][0] / 60 / s->days, s->slouch_s[1][1] / 60 / s->days);
}

/* False alarms of what nobody means as a slouch. */
static double false_in_day(const struct score *s, enum alarm_kind kind, bool all)
{
    int n = 0;
    for (int i = 0; i < KINDS; i++)
        if (all || (i != SEGMENT_SLOUCH && i != SEGMENT_STAND_SLOUCH)) n += s->false_in[kind][i];
    return n / s->days;
}

void score_print_values(const struct score *all, const struct score *upper, const struct score *lower)
{
    for (int k = 0; k < ALARM_KINDS; k++) {
        const char *name = alarm_name[k];
        printf("%s_found=%.4f\n%s_found_upper_back=%.4f\n%s_found_lower_back=%.4f\n", name,
               share(all->found[k], all->due[k]), name, share(upper->found[k], upper->due[k]), name,
               share(lower->found[k], lower->due[k]));
        printf("%s_found_clear=%.4f\n%s_silent=%.4f\n%s_found_all_runs=%.4f\n", name,
               share(all->clear_found[k], all->clear[k]), name, share(all->silent[k], all->due[k]), name,
               share(all->all_found[k], all->all_due[k]));
        printf("%s_false_per_day=%.3f\n%s_false_per_day_slouching_too=%.3f\n", name,
               false_in_day(all, (enum alarm_kind)k, false), name, false_in_day(all, (enum alarm_kind)k, true));
        const enum segment_kind stir[] = {SEGMENT_STOOP, SEGMENT_REACH, SEGMENT_FIDGET};
        int n = 0;
        for (int i = 0; i < 3; i++) n += all->false_in[k][stir[i]];
        printf("%s_false_per_day_bends_reaches_fidgeting=%.3f\n", name, n / all->days);
    }
}
