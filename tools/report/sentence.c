/* Invariant: each sentence is whole and true also for a day without any data. */
#include "sentence.h"

#include "date.h"
#include "sums.h"

#include <math.h>
#include <string.h>

const char *const sentence_limits =
    "Sitting and standing are told apart by the trunk alone, so these figures are estimates. One sensor cannot tell a "
    "hip hinge from a rounded back. Plumbline is not a medical device.";

static void plural(char words[WORDS_SHORT], unsigned n, const char *one, const char *many)
{
    if (n == 0)
        snprintf(words, WORDS_SHORT, "no %s", many);
    else
        snprintf(words, WORDS_SHORT, "%u %s", n, n == 1 ? one : many);
}

bool sentence_worn(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char worn[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    words_duration(sums.worn_min, worn);
    if (sums.worn_min <= 0)
        snprintf(words, WORDS_LONG, "Not worn, so there is nothing to tell.");
    else if (r->request.n_days > 1)
        snprintf(words, WORDS_LONG, "Worn for %s, %u of %u days long enough to compare.", worn, sums.days_worn,
                 r->request.n_days);
    else if (sums.days_worn)
        snprintf(words, WORDS_LONG, "Worn for %s.", worn);
    else
        snprintf(words, WORDS_LONG, "Worn for %s: shown as it is, too short to compare with other days.", worn);
    return sums.worn_min > 0;
}

void sentence_day(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char sitting[WORDS_SHORT], standing[WORDS_SHORT], walking[WORDS_SHORT], slouched[WORDS_SHORT],
        unsure[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    words_duration(sums.posture_min[POSTURE_SITTING], sitting);
    words_duration(sums.posture_min[POSTURE_STANDING], standing);
    words_duration(sums.posture_min[POSTURE_WALKING], walking);
    words_duration(sums.slouch_min, slouched);
    int n = snprintf(words, WORDS_LONG, "Sitting %s (slouched %s of it), standing %s, walking %s.", sitting, slouched,
                     standing, walking);
    if (sums.posture_min[POSTURE_UNSURE] < 1) return;
    words_duration(sums.posture_min[POSTURE_UNSURE], unsure);
    snprintf(words + n, WORDS_LONG - (size_t)n, " Not sure for %s.", unsure);
}

void sentence_angles(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char upright[WORDS_SHORT], mid[WORDS_SHORT], far[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    const double *bin = sums.bin_min;
    words_duration(bin[1] + bin[2], upright);
    words_duration(bin[3] + bin[4], mid);
    words_duration(bin[5] + bin[6] + bin[7], far);
    if (sums.angle_min <= 0)
        snprintf(words, WORDS_LONG, "No trunk angles: they need a calibrated sensor on the upper back.");
    else
        snprintf(words, WORDS_LONG, "Within 5° of upright for %s, 5 to 20° forward for %s, beyond 20° for %s.", upright,
                 mid, far);
}

void sentence_bouts(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char bouts[WORDS_SHORT], breaks[WORDS_SHORT], prolonged[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    plural(bouts, sums.bouts, "stretch of sitting", "stretches of sitting");
    plural(breaks, sums.breaks, "break", "breaks");
    words_duration(sums.prolonged_min, prolonged);
    if (sums.bouts == 0)
        snprintf(words, WORDS_LONG, "No stretch of sitting was seen.");
    else
        snprintf(words, WORDS_LONG, "%s, %u of them 30 min or longer (%s in all); %s of a minute or more on your feet.",
                 bouts, sums.prolonged, prolonged, breaks);
}

void sentence_prompts(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char sent[WORDS_SHORT], seconds[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    if (sums.sent == 0) {
        snprintf(words, WORDS_LONG, "No prompts about posture or breaks.");
        return;
    }
    plural(sent, sums.sent, "prompt", "prompts");
    int n = snprintf(words, WORDS_LONG,
                     "%s: %u acted on, %u within a minute; %u snoozed, %u skipped, %u not answered, %u marked wrong.",
                     sent, sums.acted_on, sums.corrected_60s, sums.snoozed, sums.skipped, sums.ignored, sums.wrong);
    if (r->request.n_days > 1) return;
    if (isfinite(r->day->responses.median_recovery_s)) {
        words_number(r->day->responses.median_recovery_s, 0, seconds);
        n += snprintf(words + n, WORDS_LONG - (size_t)n, " Half of the answers came within %s s.", seconds);
    }
    if (r->request.alerts_max_per_day)
        snprintf(words + n, WORDS_LONG - (size_t)n, " At most %u a day.", r->request.alerts_max_per_day);
}

void sentence_side(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char left[WORDS_SHORT], right[WORDS_SHORT];
    sums_of(r->day, r->request.n_days, &sums);
    words_duration(sums.lean_left_min, left);
    words_duration(sums.lean_right_min, right);
    snprintf(words, WORDS_LONG, "Leaning more than 10° to the left for %s, to the right for %s.", left, right);
}

void sentence_workouts(const struct report *r, char words[WORDS_LONG])
{
    unsigned n = 0, done = 0, offered = 0;
    char workouts[WORDS_SHORT];
    for (unsigned d = 0; d < r->request.n_days; d++)
        for (size_t i = 0; i < r->day[d].n_workouts; i++) {
            n++;
            done += r->day[d].workout[i].routine_done;
            offered += r->day[d].workout[i].offered;
        }
    plural(workouts, n, "workout", "workouts");
    const char *routine = done ? "the routine was done" : offered ? "a routine was offered" : "no routine";
    if (n == 0)
        snprintf(words, WORDS_LONG, "No workouts.");
    else if (n == 1)
        snprintf(words, WORDS_LONG, "%s, %s.", workouts, routine);
    else
        snprintf(words, WORDS_LONG, "%s; a routine was offered before %u and done before %u.", workouts, offered, done);
}

/* "17:00 deep-tissue session (felt 7)", or " left 28°" where ONE goes on what BEFORE began. */
static int noted_words(const struct report_noted *one, const struct report_noted *before, char *to, size_t room)
{
    char at[16], felt[16] = "";
    snprintf(at, sizeof at, "%s%02d:%02d", before ? ", " : "", one->local_min / 60, one->local_min % 60);
    if (one->value >= 0) snprintf(felt, sizeof felt, " (felt %d)", one->value);
    switch (one->kind) {
    case ENTRY_SESSION: return snprintf(to, room, "%s %s session%s", at, one->what, felt);
    case ENTRY_RANGE:
        if (before && before->kind == ENTRY_RANGE) return snprintf(to, room, ", %s %d°", one->what, one->value);
        return snprintf(to, room, "%s self-test: %s %d°", at, one->what, one->value);
    default:
        return snprintf(to, room, "%s %s %d%s%s%s", at, entry_kind_name(one->kind), one->value, one->what[0] ? " (" : "",
                        one->what, one->what[0] ? ")" : "");
    }
}

void sentence_noted(const struct report *r, char words[WORDS_LONG])
{
    const struct report_day *d = r->day;
    size_t used = 0;
    words[0] = 0;
    for (size_t i = 0; i < d->n_noted; i++) {
        char one[WORDS_LONG];
        int n = noted_words(&d->noted[i], i ? &d->noted[i - 1] : NULL, one, sizeof one);
        if (n < 0 || used + (size_t)n + sizeof ", …" > WORDS_LONG) {
            memcpy(words + used, ", …", sizeof ", …");
            return;
        }
        memcpy(words + used, one, (size_t)n + 1);
        used += (size_t)n;
    }
    if (used) memcpy(words + used, ".", 2);
}

void sentence_tomorrow(const struct report *r, char words[WORDS_LONG])
{
    const struct report_tomorrow *t = &r->tomorrow;
    char clock[WORDS_SHORT], amount[WORDS_SHORT], of[WORDS_SHORT];
    const char *mean = r->request.n_days > 1 ? " on average" : "";
    words_clock(t->local_min < 0 ? 0 : t->local_min, clock);
    words_duration(t->amount_min, amount);
    words_duration(t->of_min, of);
    switch (t->tip) {
    case TIP_WEAR_LONGER:
        snprintf(words, WORDS_LONG, "Wear the sensor for an hour or more, and there will be something to tell.");
        break;
    case TIP_NOTHING: snprintf(words, WORDS_LONG, "Nothing stands out. Carry on as you are."); break;
    case TIP_SLOUCH_HOUR:
        snprintf(words, WORDS_LONG,
                 "The hour from %s was your most slouched: %s of %s seated%s. Try standing up once in it, even for a "
                 "minute.",
                 clock, amount, of, mean);
        break;
    case TIP_LONG_BOUT:
        snprintf(words, WORDS_LONG,
                 "Your longest stretch of sitting was %s, from %s. Try one short walk half-way through.", amount,
                 clock);
        break;
    case TIP_LEAN:
        snprintf(
            words, WORDS_LONG,
            "You leaned to the %s %s longer than to the other side%s. Try moving the screen or the mouse a little.",
            t->left ? "left" : "right", amount, mean);
        break;
    }
}

static void calibration_words(const struct report *r, char words[64])
{
    double age_days = r->day[r->request.n_days - 1].calibration_age_days;
    if (isnan(age_days))
        snprintf(words, 64, "%s", r->calibrated ? "calibrated more than a week before" : "not calibrated yet");
    else if (age_days < 1)
        snprintf(words, 64, "calibrated that day");
    else if (age_days < 2)
        snprintf(words, 64, "calibrated the day before");
    else
        snprintf(words, 64, "calibrated %.0f days before", floor(age_days));
}

void sentence_quality(const struct report *r, char words[WORDS_LONG])
{
    struct sums sums;
    char worn[WORDS_SHORT], gaps[WORDS_SHORT], share[WORDS_SHORT], rezero[64], calibration[64];
    unsigned rezeros = 0;
    sums_of(r->day, r->request.n_days, &sums);
    for (unsigned d = 0; d < r->request.n_days; d++) rezeros += r->day[d].rezeros;
    words_duration(sums.worn_min, worn);
    words_duration(sums.gap_min, gaps);
    words_share(sums.confidence, share);
    if (rezeros > 1)
        snprintf(rezero, sizeof rezero, "re-zeroed %u times by walking", rezeros);
    else
        snprintf(rezero, sizeof rezero, "%s", rezeros ? "re-zeroed once by walking" : "not re-zeroed");
    calibration_words(r, calibration);
    int n =
        snprintf(words, WORDS_LONG, "Worn %s, %s without data meanwhile; %s, %s; confidence in sitting or standing %s.",
                 worn, gaps, calibration, rezero, share);
    if (r->damaged)
        snprintf(words + n, WORDS_LONG - (size_t)n, " %zu damaged rows of the diary were left out.", r->damaged);
}
