#include "plumbline/event.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const float inclination_borders_deg[INCLINATION_BINS - 1] = {-5, 0, 5, 10, 20, 45, 60};

static const char *const kinds[EVENT_KIND_COUNT] = {
    [EVENT_NONE] = "none",           [EVENT_SITTING] = "sitting",     [EVENT_SLOUCH] = "slouch",
    [EVENT_LEAN] = "lean",           [EVENT_BEND] = "bend",           [EVENT_RISE] = "rise",
    [EVENT_SIT_DOWN] = "sit-down",   [EVENT_WALK] = "walk",           [EVENT_NOT_WORN] = "not-worn",
    [EVENT_GAP] = "gap",             [EVENT_REFERENCE] = "reference", [EVENT_REZERO] = "re-zero",
    [EVENT_ALERT] = "alert",         [EVENT_ANSWER] = "answer",       [EVENT_CLOCK_STEP] = "clock-step",
    [EVENT_SENSOR] = "sensor",       [EVENT_HELD] = "held",
    [EVENT_CUE] = "cue",
};
static const char *const postures[POSTURE_COUNT] = {"unsure", "sitting", "standing", "walking", "lying", "not-worn", "missing"};

static const char *const bout_ends[] = {"rose", "walked", "lay-down", "taken-off", "lost", "left", "stopped"};
static const char *const gaps[] = {"silent", "unplugged", "suspend", "daemon-down", "loss"};
static const char *const references[] = {"none", "guessed", "calibrated", "stale", "doubtful"};
static const char *const sensor_changes[] = {"found", "gone"};
static const char *const topics[] = {"slouch",  "break",       "lean",     "workout", "after", "summary", "reference",
                                     "battery", "sensor-lost", "not-seen", "report",  "sore",  "session", "range"};
static const char *const answers[] = {"done", "snooze", "skip", "wrong", "ignored", "recovered", "details"};

static const struct {
    const char *const *name;
    size_t count;
} reasons[EVENT_KIND_COUNT] = {
    [EVENT_SITTING] = {bout_ends, COUNT(bout_ends)},
    [EVENT_GAP] = {gaps, COUNT(gaps)},
    [EVENT_REFERENCE] = {references, COUNT(references)},
    [EVENT_SENSOR] = {sensor_changes, COUNT(sensor_changes)},
    [EVENT_ALERT] = {topics, COUNT(topics)},
    [EVENT_HELD] = {topics, COUNT(topics)},
    [EVENT_ANSWER] = {answers, COUNT(answers)},
};

const char *event_kind_name(enum event_kind kind)
{
    return (unsigned)kind < EVENT_KIND_COUNT && kinds[kind] ? kinds[kind] : "unknown";
}

const char *event_reason_name(enum event_kind kind, int reason)
{
    if ((unsigned)kind >= EVENT_KIND_COUNT || reason < 0 || (size_t)reason >= reasons[kind].count) return "";
    return reasons[kind].name[reason];
}

const char *posture_name(enum posture p) { return (unsigned)p < POSTURE_COUNT ? postures[p] : "unknown"; }
