/* The diary's tables. Entries and workouts are kept without the offset of their local time: it is this computer's
 * then. */
#include "export.h"
#include "plumbline/diary.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int32_t offset_at(int64_t wall_s)
{
    time_t t = (time_t)wall_s;
    struct tm tm;
    return localtime_r(&t, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

/* ---- minutes ----------------------------------------------------------------------------------------------------- */

static const struct export_column minute_columns[] = {
    {"time", EXPORT_TIME, false},
    {"utc_offset_s", EXPORT_I32, false},
    {"unsure_s", EXPORT_F32, true},
    {"sitting_s", EXPORT_F32, true},
    {"standing_s", EXPORT_F32, true},
    {"walking_s", EXPORT_F32, true},
    {"lying_s", EXPORT_F32, true},
    {"not_worn_s", EXPORT_F32, true},
    {"missing_s", EXPORT_F32, true},
    {"slouch_sitting_s", EXPORT_F32, true},
    {"slouch_standing_s", EXPORT_F32, true},
    {"lean_left_s", EXPORT_F32, true},
    {"lean_right_s", EXPORT_F32, true},
    {"flexion_mean_deg", EXPORT_F32, true},
    {"flexion_sd_deg", EXPORT_F32, true},
    {"flexion_min_deg", EXPORT_F32, true},
    {"flexion_max_deg", EXPORT_F32, true},
    {"lateral_mean_deg", EXPORT_F32, true},
    {"p_sitting", EXPORT_F32, true},
    {"creep", EXPORT_F32, true},
    {"steps", EXPORT_I32, false},
    {"bends", EXPORT_I32, false},
    {"shifts", EXPORT_I32, false},
    {"angle_s", EXPORT_F32, true}, /* of this the inclination was … */
    {"inclined_below_m5deg_s", EXPORT_F32, true},
    {"inclined_m5_to_0deg_s", EXPORT_F32, true},
    {"inclined_0_to_5deg_s", EXPORT_F32, true},
    {"inclined_5_to_10deg_s", EXPORT_F32, true},
    {"inclined_10_to_20deg_s", EXPORT_F32, true},
    {"inclined_20_to_45deg_s", EXPORT_F32, true},
    {"inclined_45_to_60deg_s", EXPORT_F32, true},
    {"inclined_above_60deg_s", EXPORT_F32, true},
};
_Static_assert(POSTURE_COUNT == 7 && INCLINATION_BINS == 8, "a column a posture and a bin");

static int minute_row(void *w, const struct minute *m)
{
    struct export_cell row[COUNT(minute_columns)];
    size_t n = 0;
    row[n++] = export_time(SECONDS_NS(60 * m->minute));
    row[n++] = export_int(m->utc_offset_s);
    for (int i = 0; i < POSTURE_COUNT; i++) row[n++] = export_float(m->posture_s[i]);
    const float rest[] = {m->slouch_sitting_s,
                          m->slouch_standing_s,
                          m->lean_left_s,
                          m->lean_right_s,
                          m->flexion_mean_deg,
                          m->flexion_sd_deg,
                          m->flexion_min_deg,
                          m->flexion_max_deg,
                          m->lateral_mean_deg,
                          m->p_sitting,
                          m->creep};
    for (size_t i = 0; i < COUNT(rest); i++) row[n++] = export_float(rest[i]);
    row[n++] = export_int(m->steps);
    row[n++] = export_int(m->bends);
    row[n++] = export_int(m->shifts);
    row[n++] = export_float(m->angle_s);
    for (int i = 0; i < INCLINATION_BINS; i++) row[n++] = export_float(m->bin_s[i]);
    return export_row(w, row);
}

static int read_minutes(struct diary *d, const struct export_job *job, void *w)
{
    return diary_minutes(d, job->from_s / 60, job->to_s / 60, minute_row, w);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static const struct export_column event_columns[] = {
    {"start", EXPORT_TIME, false},       {"end", EXPORT_TIME, true}, /* while it lasts */
    {"utc_offset_s", EXPORT_I32, false}, {"kind", EXPORT_TEXT, false},
    {"reason", EXPORT_TEXT, true},       {"id", EXPORT_I64, true}, /* the advice of a notice or an answer */
    {"value", EXPORT_F32, true},                                   /* its meaning and unit depend on the kind */
};

static int event_row(void *w, const struct diary_event *e)
{
    const struct export_cell row[COUNT(event_columns)] = {
        export_time(e->start_wall_ns),
        e->end_wall_ns == EVENT_OPEN ? export_none() : export_time(e->end_wall_ns),
        export_int(e->utc_offset_s),
        export_text(event_kind_name(e->kind)),
        export_text(event_reason_name(e->kind, e->reason)),
        e->id ? export_int(e->id) : export_none(),
        export_float(e->value),
    };
    return export_row(w, row);
}

static int read_events(struct diary *d, const struct export_job *job, void *w)
{
    return diary_events(d, job->from_s, job->to_s, event_row, w);
}

/* ---- entries and workouts ---------------------------------------------------------------------------------------- */

static const struct export_column entry_columns[] = {
    {"time", EXPORT_TIME, false}, {"utc_offset_s", EXPORT_I32, false},
    {"kind", EXPORT_TEXT, false}, {"value", EXPORT_I32, true}, /* 0 … 10 */
    {"what", EXPORT_TEXT, true},
};

static int entry_row(void *w, const struct entry *e)
{
    const struct export_cell row[COUNT(entry_columns)] = {
        export_time(SECONDS_NS(e->wall_s)),
        export_int(offset_at(e->wall_s)),
        export_text(entry_kind_name(e->kind)),
        e->value < 0 ? export_none() : export_int(e->value),
        export_text(e->what),
    };
    return export_row(w, row);
}

static int read_entries(struct diary *d, const struct export_job *job, void *w)
{
    return diary_entries(d, job->from_s, job->to_s, entry_row, w);
}

static const struct export_column workout_columns[] = {
    {"start", EXPORT_TIME, false}, {"end", EXPORT_TIME, false},  {"utc_offset_s", EXPORT_I32, false},
    {"type", EXPORT_TEXT, false},  {"title", EXPORT_TEXT, true},
};

static int workout_row(void *w, const struct workout *x)
{
    const struct export_cell row[COUNT(workout_columns)] = {
        export_time(SECONDS_NS(x->start_wall_s)),
        export_time(SECONDS_NS(x->end_wall_s)),
        export_int(offset_at(x->start_wall_s)),
        export_text(workout_type_name(x->type)),
        export_text(x->title),
    };
    return export_row(w, row);
}

static int read_workouts(struct diary *d, const struct export_job *job, void *w)
{
    return diary_workouts(d, job->from_s, job->to_s, workout_row, w);
}

/* ---- calibrations: unit vectors in the sensor's frame ------------------------------------------------------------ */

#define VECTOR(name)                                                                                                   \
    {name "_x", EXPORT_F32, true}, {name "_y", EXPORT_F32, true}, { name "_z", EXPORT_F32, true }
static const struct export_column calibration_columns[] = {
    {"time", EXPORT_TIME, false},
    {"utc_offset_s", EXPORT_I32, false},
    {"state", EXPORT_TEXT, true},
    {"strap_id", EXPORT_I64, false}, /* counts how often the sensor was put on */
    VECTOR("up"),                    /* what the sensor reads as up when the wearer is upright */
    VECTOR("forward"),
    VECTOR("walk"), /* mean up while walking */
    VECTOR("sit_upright"),
    VECTOR("sit_slouched"),
    VECTOR("lean_back"),
    VECTOR("bend"),
    VECTOR("stand"),
};
_Static_assert(POSE_COUNT == 5, "a vector a pose");

static size_t put_vector(struct export_cell *cell, bool known, const float v[3])
{
    for (int i = 0; i < 3; i++) cell[i] = known ? export_float(v[i]) : export_none();
    return 3;
}

static int calibration_row(void *w, int64_t wall_s, const struct calibration *c)
{
    struct export_cell row[COUNT(calibration_columns)];
    size_t n = 0;
    row[n++] = export_time(SECONDS_NS(wall_s));
    row[n++] = export_int(offset_at(wall_s));
    row[n++] = export_text(event_reason_name(EVENT_REFERENCE, (int)c->state));
    row[n++] = export_int(c->strap_id);
    n += put_vector(row + n, c->have_up, c->up);
    n += put_vector(row + n, c->have_forward, c->forward);
    n += put_vector(row + n, c->have_walk, c->walk);
    for (int i = 0; i < POSE_COUNT; i++) n += put_vector(row + n, c->pose[i].valid, c->pose[i].up);
    return export_row(w, row);
}

static int read_calibrations(struct diary *d, const struct export_job *job, void *w)
{
    return diary_calibrations(d, job->from_s, job->to_s, calibration_row, w);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* The diary is opened, READ, and closed; what the diary says goes into .why, what the writer says does not. */
static int with_diary(struct export_job *job, struct export_writer *w,
                      int (*read)(struct diary *, const struct export_job *, void *))
{
    struct diary *d;
    int error = diary_open(job->data, &d, job->why);
    if (error) return error;
    error = read(d, job, w);
    diary_close(d);
    return error;
}

static int copy_minutes(struct export_job *job, struct export_writer *w) { return with_diary(job, w, read_minutes); }
static int copy_events(struct export_job *job, struct export_writer *w) { return with_diary(job, w, read_events); }
static int copy_entries(struct export_job *job, struct export_writer *w) { return with_diary(job, w, read_entries); }
static int copy_workouts(struct export_job *job, struct export_writer *w) { return with_diary(job, w, read_workouts); }
static int copy_calibrations(struct export_job *job, struct export_writer *w)
{
    return with_diary(job, w, read_calibrations);
}

const struct export_table export_minutes = {"minutes", COUNT(minute_columns), minute_columns, copy_minutes};
const struct export_table export_events = {"events", COUNT(event_columns), event_columns, copy_events};
const struct export_table export_entries = {"entries", COUNT(entry_columns), entry_columns, copy_entries};
const struct export_table export_workouts = {"workouts", COUNT(workout_columns), workout_columns, copy_workouts};
const struct export_table export_calibrations = {"calibrations", COUNT(calibration_columns), calibration_columns,
                                                 copy_calibrations};
