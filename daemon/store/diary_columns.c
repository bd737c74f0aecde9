/* How a minute and a day lie in their rows. */
#include "diary.h"

#include <math.h>
#include <stdio.h>

#define IN_DAY(member) offsetof(struct day_total, member)
#define AT(member) offsetof(struct minute, member)
const struct diary_column diary_minute[DIARY_MINUTE_COLUMNS] = {
    {"minute", AT(minute), DIARY_I64},
    {"utc_offset_s", AT(utc_offset_s), DIARY_I32},
    {"unsure_s", AT(posture_s[POSTURE_UNSURE]), DIARY_F32},
    {"sitting_s", AT(posture_s[POSTURE_SITTING]), DIARY_F32},
    {"standing_s", AT(posture_s[POSTURE_STANDING]), DIARY_F32},
    {"walking_s", AT(posture_s[POSTURE_WALKING]), DIARY_F32},
    {"lying_s", AT(posture_s[POSTURE_LYING]), DIARY_F32},
    {"not_worn_s", AT(posture_s[POSTURE_NOT_WORN]), DIARY_F32},
    {"missing_s", AT(posture_s[POSTURE_MISSING]), DIARY_F32},
    {"slouch_sitting_s", AT(slouch_sitting_s), DIARY_F32},
    {"slouch_standing_s", AT(slouch_standing_s), DIARY_F32},
    {"lean_left_s", AT(lean_left_s), DIARY_F32},
    {"lean_right_s", AT(lean_right_s), DIARY_F32},
    {"flexion_mean_deg", AT(flexion_mean_deg), DIARY_F32},
    {"flexion_sd_deg", AT(flexion_sd_deg), DIARY_F32},
    {"flexion_min_deg", AT(flexion_min_deg), DIARY_F32},
    {"flexion_max_deg", AT(flexion_max_deg), DIARY_F32},
    {"lateral_mean_deg", AT(lateral_mean_deg), DIARY_F32},
    {"angle_s", AT(angle_s), DIARY_F32},
    {"bin0_s", AT(bin_s[0]), DIARY_F32},
    {"bin1_s", AT(bin_s[1]), DIARY_F32},
    {"bin2_s", AT(bin_s[2]), DIARY_F32},
    {"bin3_s", AT(bin_s[3]), DIARY_F32},
    {"bin4_s", AT(bin_s[4]), DIARY_F32},
    {"bin5_s", AT(bin_s[5]), DIARY_F32},
    {"bin6_s", AT(bin_s[6]), DIARY_F32},
    {"bin7_s", AT(bin_s[7]), DIARY_F32},
    {"p_sitting", AT(p_sitting), DIARY_F32},
    {"creep", AT(creep), DIARY_F32},
    {"steps", AT(steps), DIARY_U16},
    {"bends", AT(bends), DIARY_U16},
    {"shifts", AT(shifts), DIARY_U16},
};

_Static_assert(POSTURE_COUNT == 7 && INCLINATION_BINS == 8, "a column a posture and a bin: add a migration");

const struct diary_column diary_day[DIARY_DAY_COLUMNS] = {
    {"day", IN_DAY(span.date), DIARY_I64},
    {"start_wall_s", IN_DAY(span.start_wall_s), DIARY_I64},
    {"length_min", IN_DAY(span.length_min), DIARY_I32},
    {"utc_offset_s", IN_DAY(utc_offset_s), DIARY_I32},
    {"minutes", IN_DAY(figures.minutes), DIARY_U32},
    {"worn_min", IN_DAY(figures.worn_min), DIARY_F64},
    {"unsure_min", IN_DAY(figures.posture_min[POSTURE_UNSURE]), DIARY_F64},
    {"sitting_min", IN_DAY(figures.posture_min[POSTURE_SITTING]), DIARY_F64},
    {"standing_min", IN_DAY(figures.posture_min[POSTURE_STANDING]), DIARY_F64},
    {"walking_min", IN_DAY(figures.posture_min[POSTURE_WALKING]), DIARY_F64},
    {"lying_min", IN_DAY(figures.posture_min[POSTURE_LYING]), DIARY_F64},
    {"not_worn_min", IN_DAY(figures.posture_min[POSTURE_NOT_WORN]), DIARY_F64},
    {"missing_min", IN_DAY(figures.posture_min[POSTURE_MISSING]), DIARY_F64},
    {"slouch_min", IN_DAY(figures.slouch_min), DIARY_F64},
    {"slouch_standing_min", IN_DAY(figures.slouch_standing_min), DIARY_F64},
    {"slouch_share", IN_DAY(figures.slouch_share), DIARY_F64},
    {"lean_left_min", IN_DAY(figures.lean_left_min), DIARY_F64},
    {"lean_right_min", IN_DAY(figures.lean_right_min), DIARY_F64},
    {"asymmetry_min", IN_DAY(figures.asymmetry_min), DIARY_F64},
    {"flexed_20_min", IN_DAY(figures.flexed_20_min), DIARY_F64},
    {"bin0_min", IN_DAY(figures.bin_min[0]), DIARY_F64},
    {"bin1_min", IN_DAY(figures.bin_min[1]), DIARY_F64},
    {"bin2_min", IN_DAY(figures.bin_min[2]), DIARY_F64},
    {"bin3_min", IN_DAY(figures.bin_min[3]), DIARY_F64},
    {"bin4_min", IN_DAY(figures.bin_min[4]), DIARY_F64},
    {"bin5_min", IN_DAY(figures.bin_min[5]), DIARY_F64},
    {"bin6_min", IN_DAY(figures.bin_min[6]), DIARY_F64},
    {"bin7_min", IN_DAY(figures.bin_min[7]), DIARY_F64},
    {"flexion_mean_deg", IN_DAY(figures.flexion_mean_deg), DIARY_F64},
    {"angle_min", IN_DAY(figures.angle_min), DIARY_F64},
    {"steps", IN_DAY(figures.steps), DIARY_U32},
    {"bends", IN_DAY(figures.bends), DIARY_U32},
    {"shifts", IN_DAY(figures.shifts), DIARY_U32},
    {"shifts_per_h", IN_DAY(figures.shifts_per_h), DIARY_F64},
    {"creep_max", IN_DAY(figures.creep_max), DIARY_F64},
    {"creep_last", IN_DAY(figures.creep_last), DIARY_F64},
    {"confidence", IN_DAY(figures.confidence), DIARY_F64},
    {"enough_wear", IN_DAY(figures.enough_wear), DIARY_BOOL},
    {"bouts", IN_DAY(bouts.n), DIARY_U32},
    {"bouts_prolonged", IN_DAY(bouts.n_prolonged), DIARY_U32},
    {"bout_total_min", IN_DAY(bouts.total_min), DIARY_F64},
    {"bout_mean_min", IN_DAY(bouts.mean_min), DIARY_F64},
    {"bout_median_min", IN_DAY(bouts.median_min), DIARY_F64},
    {"bout_longest_min", IN_DAY(bouts.longest_min), DIARY_F64},
    {"bout_prolonged_min", IN_DAY(bouts.prolonged_min), DIARY_F64},
    {"bout_prolonged_share", IN_DAY(bouts.prolonged_share), DIARY_F64},
    {"bout_bin0_min", IN_DAY(bouts.bin_min[0]), DIARY_F64},
    {"bout_bin1_min", IN_DAY(bouts.bin_min[1]), DIARY_F64},
    {"bout_bin2_min", IN_DAY(bouts.bin_min[2]), DIARY_F64},
    {"bout_fragmentation_per_h", IN_DAY(bouts.fragmentation_per_h), DIARY_F64},
    {"bout_alpha", IN_DAY(bouts.alpha), DIARY_F64},
    {"bout_alpha_se", IN_DAY(bouts.alpha_se), DIARY_F64},
    {"bout_w50_fit_min", IN_DAY(bouts.w50_fit_min), DIARY_F64},
    {"bout_w50_fit_n", IN_DAY(bouts.w50_fit_n), DIARY_F64},
    {"bout_w50_fit_sse", IN_DAY(bouts.w50_fit_sse), DIARY_F64},
    {"bout_w50_nearest_min", IN_DAY(bouts.w50_nearest_min), DIARY_F64},
    {"bout_w50_first_min", IN_DAY(bouts.w50_first_min), DIARY_F64},
    {"bout_gini_biased", IN_DAY(bouts.gini_biased), DIARY_F64},
    {"bout_gini", IN_DAY(bouts.gini), DIARY_F64},
    {"longest_from_min", IN_DAY(longest_from_min), DIARY_F64},
    {"longest_to_min", IN_DAY(longest_to_min), DIARY_F64},
    {"prompts_sent", IN_DAY(responses.sent), DIARY_U32},
    {"prompts_corrected_60s", IN_DAY(responses.corrected_60s), DIARY_U32},
    {"prompts_done", IN_DAY(responses.done), DIARY_U32},
    {"prompts_snoozed", IN_DAY(responses.snoozed), DIARY_U32},
    {"prompts_skipped", IN_DAY(responses.skipped), DIARY_U32},
    {"prompts_ignored", IN_DAY(responses.ignored), DIARY_U32},
    {"prompts_wrong", IN_DAY(responses.wrong), DIARY_U32},
    {"prompts_recovery_s", IN_DAY(responses.median_recovery_s), DIARY_F64},
    {"prompts_acted_on", IN_DAY(acted_on), DIARY_U32},
    {"breaks", IN_DAY(breaks), DIARY_U32},
    {"rises", IN_DAY(rises), DIARY_U32},
    {"gaps", IN_DAY(gaps), DIARY_U32},
    {"rezeros", IN_DAY(rezeros), DIARY_U32},
    {"gap_min", IN_DAY(gap_min), DIARY_F64},
};

void diary_names(const struct diary_column *columns, int n, char text[DIARY_NAMES])
{
    size_t length = 0;
    for (int i = 0; i < n; i++)
        length += (size_t)snprintf(text + length, DIARY_NAMES - length, "%s%s", i ? "," : "", columns[i].name);
}

void diary_marks(int n, char text[2 * DIARY_DAY_COLUMNS + 4])
{
    text[0] = 0;
    for (int i = 0; i < n; i++) snprintf(text + (i ? 2 * i - 1 : 0), 3, "%s", i ? ",?" : "?");
}

static void bind_real(sqlite3_stmt *stmt, int i, double value)
{
    if (isnan(value))
        sqlite3_bind_null(stmt, i);
    else
        sqlite3_bind_double(stmt, i, value);
}

void diary_bind(sqlite3_stmt *stmt, const struct diary_column *columns, int n, const void *from)
{
    for (int i = 0; i < n; i++) {
        const void *at = (const char *)from + columns[i].offset;
        switch (columns[i].type) {
        case DIARY_I64: sqlite3_bind_int64(stmt, i + 1, *(const int64_t *)at); break;
        case DIARY_I32: sqlite3_bind_int(stmt, i + 1, *(const int32_t *)at); break;
        case DIARY_U32: sqlite3_bind_int64(stmt, i + 1, *(const uint32_t *)at); break;
        case DIARY_U16: sqlite3_bind_int(stmt, i + 1, *(const uint16_t *)at); break;
        case DIARY_BOOL: sqlite3_bind_int(stmt, i + 1, *(const bool *)at); break;
        case DIARY_F32: bind_real(stmt, i + 1, (double)*(const float *)at); break;
        case DIARY_F64: bind_real(stmt, i + 1, *(const double *)at); break;
        }
    }
}

static double real(sqlite3_stmt *stmt, int i)
{
    return sqlite3_column_type(stmt, i) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt, i);
}

void diary_take(sqlite3_stmt *stmt, const struct diary_column *columns, int n, void *to)
{
    for (int i = 0; i < n; i++) {
        void *at = (char *)to + columns[i].offset;
        switch (columns[i].type) {
        case DIARY_I64: *(int64_t *)at = sqlite3_column_int64(stmt, i); break;
        case DIARY_I32: *(int32_t *)at = sqlite3_column_int(stmt, i); break;
        case DIARY_U32: *(uint32_t *)at = (uint32_t)sqlite3_column_int64(stmt, i); break;
        case DIARY_U16: *(uint16_t *)at = (uint16_t)sqlite3_column_int(stmt, i); break;
        case DIARY_BOOL: *(bool *)at = sqlite3_column_int(stmt, i) != 0; break;
        case DIARY_F32: *(float *)at = (float)real(stmt, i); break;
        case DIARY_F64: *(double *)at = real(stmt, i); break;
        }
    }
}
