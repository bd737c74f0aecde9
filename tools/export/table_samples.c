/* The raw log, a row a sample: in SI units, or as the sensor's own integers with their scale. */
#include "export.h"
#include "plumbline/log.h"

#include <errno.h>
#include <string.h>

static const struct export_column si_columns[] = {
    {"time", EXPORT_TIME, false},  {"run_ns", EXPORT_I64, false},      {"ax_mps2", EXPORT_F32, true},
    {"ay_mps2", EXPORT_F32, true}, {"az_mps2", EXPORT_F32, true},      {"gx_rads", EXPORT_F32, true},
    {"gy_rads", EXPORT_F32, true}, {"gz_rads", EXPORT_F32, true},      {"qw", EXPORT_F32, true},
    {"qx", EXPORT_F32, true},      {"qy", EXPORT_F32, true},           {"qz", EXPORT_F32, true},
    {"flags", EXPORT_TEXT, true},  {"gap_before", EXPORT_BOOL, false}, {"utc_offset_s", EXPORT_I32, false},
};
static const struct export_column count_columns[] = {
    {"time", EXPORT_TIME, false},
    {"run_ns", EXPORT_I64, false},
    {"ax_counts", EXPORT_I16, true},
    {"ay_counts", EXPORT_I16, true},
    {"az_counts", EXPORT_I16, true},
    {"gx_counts", EXPORT_I16, true},
    {"gy_counts", EXPORT_I16, true},
    {"gz_counts", EXPORT_I16, true},
    {"qw_counts", EXPORT_I16, true}, /* of QUAT_COUNTS */
    {"qx_counts", EXPORT_I16, true},
    {"qy_counts", EXPORT_I16, true},
    {"qz_counts", EXPORT_I16, true},
    {"flags", EXPORT_TEXT, true},
    {"gap_before", EXPORT_BOOL, false},
    {"utc_offset_s", EXPORT_I32, false},
    {"accel_mps2_per_count", EXPORT_F32, true},
    {"gyro_rads_per_count", EXPORT_F32, true},
};
enum {
    AXES = 2,
    FLAGS = 12,
    SCALE = 15,
    SI_COLUMNS = SCALE,
    COUNT_COLUMNS = SCALE + 2,
    FLAG_TEXT = 128,
    SCALES_TOLD = 8
};

_Static_assert(sizeof si_columns / sizeof si_columns[0] == SI_COLUMNS, "a cell a column");
_Static_assert(sizeof count_columns / sizeof count_columns[0] == COUNT_COLUMNS, "a cell a column");

/* What is remarkable about a sample, words with blanks between. */
static const char *flags_text(const struct raw_sample *raw, char text[FLAG_TEXT])
{
    size_t n = 0;
    text[0] = 0;
    for (unsigned bit = 0; sample_flag_name(bit); bit++)
        if (raw->flags >> bit & 1)
            n += (size_t)snprintf(text + n, FLAG_TEXT - n, "%s%s", n ? " " : "", sample_flag_name(bit));
    if (raw->have & HAVE_LINEAR_ACCEL) snprintf(text + n, FLAG_TEXT - n, "%swithout-gravity", n ? " " : "");
    return text;
}

static void fill_si(const struct sample *s, struct export_cell cell[10])
{
    for (int i = 0; i < 3; i++) {
        cell[i] = s->raw.have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL) ? export_float(s->accel_mps2[i]) : export_none();
        cell[3 + i] = s->raw.have & HAVE_GYRO ? export_float(s->gyro_rads[i]) : export_none();
    }
    for (int i = 0; i < 4; i++) cell[6 + i] = s->raw.have & HAVE_QUAT ? export_float(s->quat[i]) : export_none();
}

static void fill_counts(const struct raw_sample *raw, struct export_cell row[COUNT_COLUMNS])
{
    bool accel = raw->have & (HAVE_ACCEL | HAVE_LINEAR_ACCEL), gyro = raw->have & HAVE_GYRO,
         quat = raw->have & HAVE_QUAT;
    struct export_cell *cell = row + AXES;
    for (int i = 0; i < 3; i++) {
        cell[i] = accel ? export_int(raw->accel[i]) : export_none();
        cell[3 + i] = gyro ? export_int(raw->gyro[i]) : export_none();
    }
    for (int i = 0; i < 4; i++) cell[6 + i] = quat ? export_int(raw->quat[i]) : export_none();
    row[SCALE] = accel ? export_float(raw->scale.accel_mps2) : export_none();
    row[SCALE + 1] = gyro ? export_float(raw->scale.gyro_rads) : export_none();
}

static int note_scale(struct export_writer *w, struct scale scale, int which)
{
    char key[48], value[32];
    snprintf(key, sizeof key, which > 1 ? "accel_mps2_per_count.%d" : "accel_mps2_per_count", which);
    snprintf(value, sizeof value, "%.9g", (double)scale.accel_mps2);
    int error = export_note(w, key, value);
    snprintf(key, sizeof key, which > 1 ? "gyro_rads_per_count.%d" : "gyro_rads_per_count", which);
    snprintf(value, sizeof value, "%.9g", (double)scale.gyro_rads);
    return error ? error : export_note(w, key, value);
}

static int copy(struct export_job *job, struct export_writer *w, bool counts)
{
    struct log_reader *log;
    struct sample s;
    struct scale scale = {0};
    struct export_cell row[COUNT_COLUMNS];
    char flags[FLAG_TEXT];
    int64_t wall_ns;
    int scales = 0, error = log_reader_open(job->data, SECONDS_NS(job->from_s), SECONDS_NS(job->to_s), &log);
    if (error) return snprintf(job->why, sizeof job->why, "%.200s: %s", job->data, strerror(-error)), error;
    while (!error && log_reader_next(log, &s, &wall_ns) == 1) {
        if (memcmp(&scale, &s.raw.scale, sizeof scale) != 0 && scales < SCALES_TOLD)
            error = note_scale(w, s.raw.scale, ++scales);
        scale = s.raw.scale;
        row[0] = export_time(wall_ns);
        row[1] = export_int(s.t_ns);
        if (counts)
            fill_counts(&s.raw, row);
        else
            fill_si(&s, row + AXES);
        row[FLAGS] = export_text(flags_text(&s.raw, flags));
        row[FLAGS + 1] = export_int((s.raw.flags & SAMPLE_GAP_BEFORE) != 0);
        row[FLAGS + 2] = export_int(log_reader_utc_offset_s(log));
        if (!error) error = export_row(w, row);
    }
    job->damaged = log_reader_damaged(log);
    log_reader_close(log);
    return error;
}

static int copy_si(struct export_job *job, struct export_writer *w) { return copy(job, w, false); }
static int copy_counts(struct export_job *job, struct export_writer *w) { return copy(job, w, true); }

const struct export_table export_samples = {"samples", SI_COLUMNS, si_columns, copy_si};
const struct export_table export_counts = {"samples", COUNT_COLUMNS, count_columns, copy_counts};
