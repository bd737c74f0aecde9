/* House rules, held by tests/unit/test_texts.c: one idea a text; no blame and no orders; never "bad posture", never a
 * promise about pain or injury; a therapist or clinician is offered, never prescribed. */
#include "texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct text table[TEXT_COUNT] = {
    [TEXT_SLOUCH] = {"A long flexed spell", "Bent forward for {0} now. A small change is enough."},
    [TEXT_SLOUCH_AGAIN] = {"Still in the same spot",
                           "Bent forward for {0}. Sit back or stand up, whichever is easier."},
    [TEXT_SLOUCH_OTHER] = {"Stand up for a moment?", "{0} in one position. A few steps would do more than sitting up."},
    [TEXT_BREAK] = {"Time for a change", "{0} of sitting. One minute on your feet makes it a break."},
    [TEXT_BREAK_AGAIN] = {"A few steps?",
                          "{0} of sitting without a break. Water, a window, the stairs: anything counts."},
    [TEXT_LEAN] = {"Leaning to the {0} for a while", "{1} on one side. Swap hands or reset your seat."},
    [TEXT_WORKOUT] = {"Warm up for {0} at {1}?", "{0}."},
    [TEXT_WORKOUT_EARLY] = {"Warm up for {0} at {1}?", "{0}. Your calendar is full until then, so this comes early."},
    [TEXT_WORKOUT_CLINICIAN] = {"Before {0} at {1}",
                                "No exercises for now: you noted something that a clinician should see first"},
    [TEXT_AFTER] = {"Wind down after {0}", "A few easy minutes now, if you like."},
    [TEXT_SUMMARY] = {"While you were busy", ""},
    [TEXT_REFERENCE] = {"Did the sensor move?", "Its angle no longer fits. If it moved, your poses follow; if not, all stays as it is."},
    [TEXT_BATTERY] = {"Sensor battery at {0} %", "It would like to be charged today."},
    [TEXT_SENSOR_LOST] = {"The sensor went quiet", "Nothing heard for {0}. Is it in range, charged and plugged in?"},
    [TEXT_NOT_SEEN] = {"The sensor has not been seen today", "When you wear it, the day will be counted from there."},
    [TEXT_REPORT] = {"Your day is ready to read", "{0}. To read more: plumbline report"},
    [TEXT_SORE] = {"How is the soreness now?",
                   "A few easy minutes, if you like. To note how it is: plumbline soreness 0-10."},
    [TEXT_SESSION] = {"Time for a session, if you like",
                      "Weeks since the last one noted: {0}. A licensed therapist can plan with you. To note one: plumbline therapist add"},
    [TEXT_SESSION_FIRST] = {"Time for a session, if you like",
                            "None is noted so far. A licensed therapist can plan with you. To note one: plumbline therapist add"},
    [TEXT_RANGE] = {"How far do you bend this week?",
                    "One minute, standing: forward, back and to both sides, as far as is easy. To begin: plumbline range"},
    [TEXT_DEVICE] = {"Is this your posture sensor?", "{0} was plugged in. To say so later: plumbline devices pair"},

    [TEXT_NEUTRAL] = {"Plumbline", "There is a note for you: plumbline status"},
    [TEXT_NEUTRAL_BREAK] = {"Plumbline", "A good moment to stand up."},
    [TEXT_NEUTRAL_DEVICE] = {"Plumbline", "A device would like a look: plumbline status"},

    [TEXT_DETAILS] = {NULL, "Today: {0}. To watch it: plumbline live. When this speaks is set in plumbline.conf, under [coach]."},
    [TEXT_DETAILS_WORKOUT] = {NULL, "Today: {0}. Step by step: plumbline routine pre --start. The reasons: plumbline routine pre --why"},
    [TEXT_DETAILS_AFTER] = {NULL, "Today: {0}. Step by step: plumbline routine post --start. The reasons: plumbline routine post --why"},
    [TEXT_DETAILS_REFERENCE] = {NULL, "Slouch prompts rest until this is known. Without buttons: plumbline answer reference done (it moved) or wrong (it did not). To set it anew, two minutes: plumbline calibrate"},
    [TEXT_DETAILS_REPORT] = {NULL, "Today: {0}. The page with pictures: plumbline report --html"},

    [TEXT_LOAD_BOTH] = {NULL, "{0} slouched, {1} sitting"},
    [TEXT_LOAD_SITTING] = {NULL, "{0} sitting"},
    [TEXT_NO_LOAD] = {NULL, "A short warm-up, if you like"},
    [TEXT_HELD_SLOUCH] = {NULL, "Long flexed spells: {0}."},
    [TEXT_HELD_LEAN] = {NULL, "Long leans to one side: {0}."},
    [TEXT_HELD_BREAK] = {NULL, "Long sits: {0}."},
    [TEXT_HELD_WORKOUT] = {NULL, "Warm-ups missed: {0}."},
    [TEXT_MICRO] = {NULL, "If you like: {0}."},
    [TEXT_ROUTINE] = {NULL, "{0}: {1}"},
    [TEXT_CLINICIAN] = {NULL, "No exercises for now: you noted something that a clinician should see first"},
    [TEXT_EMERGENCY] = {NULL,
                        "No exercises. Please call the emergency services now: you noted a sign that cannot wait"},
    [TEXT_BEFORE_WORKOUT] = {NULL, "{0} ahead"},
    [TEXT_AFTER_WORKOUT] = {NULL, "after {0}"},

    [TEXT_NAME_WORKOUT] = {NULL, "your workout"},
    [TEXT_NAME_SQUAT] = {NULL, "squats"},
    [TEXT_NAME_DEADLIFT] = {NULL, "deadlifts"},
    [TEXT_NAME_RUN] = {NULL, "your run"},
    [TEXT_NAME_SWIM] = {NULL, "your swim"},
    [TEXT_NAME_UPPER] = {NULL, "upper-body work"},
    [TEXT_NAME_CYCLE] = {NULL, "your ride"},
    [TEXT_NAME_YOGA] = {NULL, "yoga"},
    [TEXT_NAME_ROW] = {NULL, "rowing"},

    [TEXT_WHY_SLOUCH] = {NULL, "{0} slouched today"},
    [TEXT_WHY_SLOUCH_SINCE] = {NULL, "{0} slouched since {1}"},
    [TEXT_WHY_SLOUCH_2H] = {NULL, "{0} slouched in the last two hours"},
    [TEXT_WHY_FLEXED] = {NULL, "{0} bent forward today"},
    [TEXT_WHY_FLEXED_SINCE] = {NULL, "{0} bent forward since {1}"},
    [TEXT_WHY_SITTING] = {NULL, "{0} sitting today"},
    [TEXT_WHY_SITTING_SINCE] = {NULL, "{0} sitting since {1}"},
    [TEXT_WHY_BOUTS] = {NULL, "long sits today: {0}"},
    [TEXT_WHY_OPEN] = {NULL, "{0} sitting just now"},
    [TEXT_WHY_SIDE] = {NULL, "{0} more on one side"},
    [TEXT_WHY_SIDE_1H] = {NULL, "{0} more on one side in the last hour"},
    [TEXT_WHY_CREEP] = {NULL, "long flexed just now; standing and walking come first"},
    [TEXT_WHY_STRESS] = {NULL, "stress noted as {0} of 10"},
    [TEXT_WHY_STRESS_WEEK] = {NULL, "stress noted as {0} of 10 over the week"},
    [TEXT_WHY_PAIN] = {NULL, "noted: {0} of 10, {1}"},
    [TEXT_WHY_PAIN_WEEKS] = {NULL, "noted much the same for {0} weeks: {1}"},
    [TEXT_WHY_SORE] = {NULL, "soreness noted as {0} of 10, {1}"},
    [TEXT_WHY_BALL] = {NULL, "the ball on one spot {0} days a week"},
    [TEXT_WHY_NEXT] = {NULL, "suits {0}"},
    [TEXT_WHY_DONE] = {NULL, "suits the time after {0}"},
    [TEXT_WHY_ANY] = {NULL, "good on any day"},
    [TEXT_WHY_AT] = {NULL, "{0} at {1}"},
    [TEXT_WHY_NOT_NOW] = {NULL, "Enjoy {0}. Nothing is asked of you before {1}"},
    [TEXT_WHY_LEFT_HEALTH] = {NULL, "your answers on health: {0}"},
    [TEXT_WHY_LEFT_UNASKED] = {NULL, "waits for your answers on health"},
    [TEXT_WHY_LEFT_PAIN] = {NULL, "too near to what hurts today"},
    [TEXT_WHY_LEFT_LATELY] = {NULL, "done just lately"},
    [TEXT_WHY_LEFT_TIME] = {NULL, "other things came first, and the minutes are used up"},
    [TEXT_WHY_LEFT_ORDER] = {NULL, "before a workout a hold wants a movement after it, and one hold a muscle is enough"},

    [TEXT_SILENT_PAUSED] = {NULL, "paused"},
    [TEXT_SILENT_QUIET] = {NULL, "quiet hours"},
    [TEXT_SILENT_HOURS] = {NULL, "outside working hours"},
    [TEXT_SILENT_WORKOUT] = {NULL, "during a workout"},
    [TEXT_SILENT_LOCKED] = {NULL, "screen locked"},
    [TEXT_SILENT_DND] = {NULL, "do not disturb"},
    [TEXT_SILENT_FULL] = {NULL, "full screen"},
    [TEXT_SILENT_BUSY] = {NULL, "busy in the calendar"},
    [TEXT_SILENT_HOUR_BUDGET] = {NULL, "said enough for now"},
    [TEXT_SILENT_DAY_BUDGET] = {NULL, "said enough today"},
    [TEXT_SILENT_SENSOR] = {NULL, "posture not known"},
    [TEXT_SILENT_REFERENCE] = {NULL, "the sensor may have moved"},
};

const struct text *texts_of(enum text_id id) { return &table[id]; }

const char *texts_workout(enum workout_type type)
{
    static const enum text_id names[WORKOUT_TYPE_COUNT] = {
        [WORKOUT_UNKNOWN] = TEXT_NAME_WORKOUT, [WORKOUT_SQUAT] = TEXT_NAME_SQUAT, [WORKOUT_DEADLIFT] = TEXT_NAME_DEADLIFT,
        [WORKOUT_RUN] = TEXT_NAME_RUN,         [WORKOUT_SWIM] = TEXT_NAME_SWIM,   [WORKOUT_UPPER] = TEXT_NAME_UPPER,
        [WORKOUT_CYCLE] = TEXT_NAME_CYCLE,     [WORKOUT_YOGA] = TEXT_NAME_YOGA,   [WORKOUT_ROW] = TEXT_NAME_ROW,
    };
    return table[(unsigned)type < WORKOUT_TYPE_COUNT ? names[type] : TEXT_NAME_WORKOUT].body;
}

/* Length of S without a character cut in two at its end. */
static size_t whole_characters(const char *s, size_t n)
{
    while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80) n--;
    return n;
}

void texts_fill(char *out, size_t size, const char *pattern, const char *a, const char *b)
{
    size_t n = 0;
    while (*pattern) {
        char one[2] = {*pattern, 0};
        const char *piece = one;
        size_t step = 1;
        if (strncmp(pattern, "{0}", 3) == 0 || strncmp(pattern, "{1}", 3) == 0) {
            piece = pattern[1] == '0' ? a : b;
            step = 3;
        }
        size_t length = strlen(piece);
        if (n + length >= size) {
            length = size - 1 - n;
            memcpy(out + n, piece, length);
            out[n + length] = piece[length];
            n = whole_characters(out, n + length);
            break;
        }
        memcpy(out + n, piece, length);
        n += length;
        pattern += step;
    }
    out[n] = 0;
}

void texts_append(char *out, size_t size, const char *separator, const char *text)
{
    size_t n = strlen(out);
    if (n == 0) separator = "";
    if (n + strlen(separator) + strlen(text) >= size) return;
    snprintf(out + n, size - n, "%s%s", separator, text);
}

void texts_duration(char out[24], double minutes)
{
    if (minutes > 0 && minutes < 0.99) {
        snprintf(out, 24, "%d s", (int)lround(minutes * 60));
        return;
    }
    int total = minutes > 0 && minutes < 1e6 ? (int)lround(minutes) : 0;
    int hours = total / 60, rest = total % 60;
    if (!hours)
        snprintf(out, 24, "%d min", rest);
    else if (!rest)
        snprintf(out, 24, "%d h", hours);
    else
        snprintf(out, 24, "%d h %d min", hours, rest);
}

void texts_clock(char out[6], int64_t local_min)
{
    int at = (int)((local_min % 1440 + 1440) % 1440);
    snprintf(out, 6, "%02d:%02d", at / 60, at % 60);
}
