/* Invariants: what is unknown is null, never a number; every real is rounded once, to hundredths; minutes are minutes.
 * The model's text is valid UTF-8 (words_clean), so no string can fail.
 */
#include "json.h"

#include "date.h"
#include "sentence.h"
#include "table.h"

#include <errno.h>
#include <math.h>

static json_t *real(double value)
{
    if (!isfinite(value)) return json_null();
    double rounded = round(value * 100) / 100;
    bool whole = rounded == floor(rounded) && fabs(rounded) < 1e15;
    return whole ? json_integer((json_int_t)rounded) : json_real(rounded);
}

static void set(json_t *o, const char *key, json_t *value) { (void)json_object_set_new(o, key, value); }

static json_t *known(int value) { return value < 0 ? json_null() : json_integer(value); }

static json_t *clock_time(int local_min)
{
    char words[WORDS_SHORT];
    words_clock(local_min, words);
    return json_string(words);
}

static json_t *postures(const double minutes[POSTURE_COUNT])
{
    json_t *o = json_object();
    for (int p = 0; p < POSTURE_MISSING; p++) set(o, posture_name((enum posture)p), real(minutes[p]));
    return o;
}

static json_t *bout_list(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_bouts; i++) {
        const struct report_bout *b = &d->bout[i];
        json_t *o = json_object();
        set(o, "at_min", real(b->at_min));
        set(o, "length_min", real(b->length_min));
        set(o, "from", clock_time(b->from_local_min));
        set(o, "to", clock_time(b->to_local_min));
        set(o, "open", json_boolean(b->open));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *bouts(const struct report_day *d)
{
    const struct bout_outcome *b = &d->bouts;
    const struct {
        const char *name;
        double value;
    } figures[] = {
        {"total_min", b->total_min},
        {"mean_min", b->mean_min},
        {"median_min", b->median_min},
        {"longest_min", b->longest_min},
        {"prolonged_min", b->prolonged_min},
        {"prolonged_share", b->prolonged_share},
        {"alpha", b->alpha},
        {"fragmentation_per_h", b->fragmentation_per_h},
        {"alpha_se", b->alpha_se},
        {"w50_min", b->w50_fit_min},
        {"gini", b->gini},
    };
    json_t *o = json_object();
    set(o, "n", json_integer(b->n));
    set(o, "n_prolonged", json_integer(b->n_prolonged));
    set(o, "breaks", json_integer(d->breaks));
    set(o, "rises", json_integer(d->rises));
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        set(o, figures[i].name, b->n ? real(figures[i].value) : json_null());
    set(o, "list", bout_list(d));
    return o;
}

static json_t *prompts(const struct report_day *d)
{
    const struct response_outcome *p = &d->responses;
    json_t *o = json_object();
    set(o, "sent", json_integer(p->sent));
    set(o, "acted_on", json_integer(d->acted_on));
    set(o, "corrected_60s", json_integer(p->corrected_60s));
    set(o, "done", json_integer(p->done));
    set(o, "snoozed", json_integer(p->snoozed));
    set(o, "skipped", json_integer(p->skipped));
    set(o, "ignored", json_integer(p->ignored));
    set(o, "wrong", json_integer(p->wrong));
    set(o, "median_recovery_s", real(p->median_recovery_s));
    return o;
}

static json_t *hours(const struct report_day *d)
{
    json_t *list = json_array();
    for (int h = 0; h < REPORT_HOURS; h++) {
        double seen_min = 0;
        for (int p = 0; p < POSTURE_MISSING; p++) seen_min += d->hour[h].posture_min[p];
        if (seen_min <= 0) continue;
        json_t *o = postures(d->hour[h].posture_min);
        set(o, "hour", json_integer(h));
        set(o, "slouched", real(d->hour[h].slouch_min));
        set(o, "flexion_deg", real(d->hour[h].flexion_deg));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *workout(const struct report_workout *w)
{
    json_t *o = json_object();
    set(o, "at_min", real(w->at_min));
    set(o, "length_min", real(w->length_min));
    set(o, "from", clock_time(w->local_min));
    set(o, "type", json_string(workout_type_name(w->type)));
    set(o, "title", json_string(w->title));
    set(o, "sitting_before_min", real(w->sitting_before_min));
    set(o, "slouch_before_min", real(w->slouch_before_min));
    set(o, "creep", real(w->creep));
    set(o, "offered", json_boolean(w->offered));
    set(o, "routine_done", json_boolean(w->routine_done));
    set(o, "items_done", json_integer(w->items_done));
    set(o, "feel", known(w->feel));
    set(o, "soreness_24h", known(w->soreness_24h));
    set(o, "soreness_48h", known(w->soreness_48h));
    return o;
}

static json_t *workouts(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_workouts; i++) json_array_append_new(list, workout(&d->workout[i]));
    return list;
}

static json_t *quality(const struct report_day *d)
{
    json_t *o = json_object();
    set(o, "gaps", json_integer(d->gaps));
    set(o, "gap_min", real(d->gap_min));
    set(o, "rezeros", json_integer(d->rezeros));
    set(o, "calibration_age_days", real(d->calibration_age_days));
    set(o, "confidence", real(d->figures.confidence));
    return o;
}

static json_t *bins(const struct report_day *d)
{
    json_t *list = json_array();
    for (int b = 0; b < INCLINATION_BINS; b++) json_array_append_new(list, real(d->figures.bin_min[b]));
    return list;
}

static json_t *runs(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_runs; i++)
        json_array_append_new(
            list, json_pack("[i,i,s]", d->run[i].at_min, d->run[i].length_min, posture_name(d->run[i].posture)));
    return list;
}

static json_t *noted(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_noted; i++) {
        const struct report_noted *n = &d->noted[i];
        json_t *o = json_object();
        set(o, "at_min", real(n->at_min));
        set(o, "at", clock_time(n->local_min));
        set(o, "kind", json_string(entry_kind_name(n->kind)));
        set(o, "value", n->value < 0 ? json_null() : json_integer(n->value));
        set(o, "what", json_string(n->what));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *marks(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_marks; i++) {
        const struct report_mark *m = &d->mark[i];
        json_t *o = json_object();
        set(o, "at_min", real(m->at_min));
        set(o, "at", clock_time(m->local_min));
        set(o, "kind", json_string(report_mark_name(m->kind)));
        set(o, "topic", m->topic < TOPIC_COUNT ? json_string(topic_name(m->topic)) : json_null());
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *ticks(const struct report_day *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->n_ticks; i++)
        json_array_append_new(list, json_pack("[i,o]", d->tick[i].at_min, clock_time(d->tick[i].local_min)));
    return list;
}

/* Tenths of a degree are finer than the sensor; as one array they keep the page small. */
static json_t *angles(const struct report_day *d)
{
    json_t *list = json_array();
    for (int i = 0; i < d->length_min; i++) json_array_append_new(list, real(round((double)d->angle_deg[i] * 10) / 10));
    return list;
}

static json_t *day(const struct report_day *d)
{
    const struct day_outcome *f = &d->figures;
    const struct {
        const char *name;
        double value;
    } figures[] = {
        {"slouch_min", f->slouch_min},
        {"slouch_share", f->slouch_share},
        {"steps", f->steps},
        {"slouch_standing_min", f->slouch_standing_min},
        {"bends", f->bends},
        {"lean_left_min", f->lean_left_min},
        {"shifts", f->shifts},
        {"lean_right_min", f->lean_right_min},
        {"shifts_per_h", f->shifts_per_h},
        {"flexion_mean_deg", f->flexion_mean_deg},
        {"flexed_20_min", f->flexed_20_min},
        {"creep_max", f->creep_max},
        {"worn_min", f->worn_min},
    };
    char iso[16];
    date_iso(d->date, iso);
    json_t *o = json_object();
    set(o, "date", json_string(iso));
    set(o, "weekday", json_string(date_weekday_name(d->date)));
    set(o, "start", json_integer(d->start_wall_s));
    set(o, "utc_offset_s", json_integer(d->utc_offset_s));
    set(o, "length_min", json_integer(d->length_min));
    set(o, "enough_wear", json_boolean(f->enough_wear));
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) set(o, figures[i].name, real(figures[i].value));
    set(o, "posture_min", postures(f->posture_min));
    set(o, "angle_bins_min", bins(d));
    set(o, "bouts", bouts(d));
    set(o, "prompts", prompts(d));
    set(o, "hours", hours(d));
    set(o, "workouts", workouts(d));
    set(o, "quality", quality(d));
    if (!d->angle_deg) return o;
    set(o, "runs", runs(d));
    set(o, "marks", marks(d));
    set(o, "noted", noted(d));
    set(o, "ticks", ticks(d));
    set(o, "angle_deg", angles(d));
    return o;
}

static json_t *usual(const struct report_usual *u)
{
    if (u->days < 3) return json_null();
    json_t *o = json_object();
    set(o, "days", json_integer(u->days));
    set(o, "sitting_min", real(u->sitting_min));
    set(o, "longest_min", real(u->longest_min));
    set(o, "slouch_min", real(u->slouch_min));
    set(o, "slouch_share", real(u->slouch_share));
    return o;
}

static json_t *tomorrow(const struct report *r)
{
    static const char *const names[] = {
        [TIP_WEAR_LONGER] = "wear-longer", [TIP_NOTHING] = "nothing", [TIP_SLOUCH_HOUR] = "slouch-hour",
        [TIP_LONG_BOUT] = "long-bout",     [TIP_LEAN] = "lean",
    };
    char words[WORDS_LONG];
    sentence_tomorrow(r, words);
    json_t *o = json_object();
    set(o, "kind", json_string(names[r->tomorrow.tip]));
    set(o, "at", r->tomorrow.local_min < 0 ? json_null() : clock_time(r->tomorrow.local_min));
    set(o, "amount_min", real(r->tomorrow.amount_min));
    set(o, "words", json_string(words));
    return o;
}

static json_t *maps(const struct report *r)
{
    struct table_map map[REPORT_HOURS][7];
    json_t *list = json_array();
    table_map(r, map);
    for (int h = 0; h < REPORT_HOURS; h++)
        for (int w = 0; w < 7; w++) {
            const struct table_map *c = &map[h][w];
            if (c->days == 0) continue;
            json_t *o = json_object();
            set(o, "hour", json_integer(h));
            set(o, "weekday", json_integer(w));
            set(o, "sitting_min", real(c->seated_min / c->days));
            set(o, "slouch_share", real(c->seated_min >= 5 ? c->slouch_min / c->seated_min : NAN));
            json_array_append_new(list, o);
        }
    return list;
}

json_t *json_report(const struct report *r)
{
    char title[WORDS_LONG], iso[16];
    json_t *days = json_array(), *borders = json_array(), *o = json_object();
    for (unsigned i = 0; i < r->request.n_days; i++) json_array_append_new(days, day(&r->day[i]));
    for (int b = 0; b < INCLINATION_BINS - 1; b++)
        json_array_append_new(borders, real((double)inclination_borders_deg[b]));
    words_title(r, title);
    date_iso(r->request.first, iso);
    set(o, "schema", json_string("plumbline-report-1"));
    set(o, "title", json_string(title));
    set(o, "first", json_string(iso));
    set(o, "slouch_threshold_deg", real((double)r->request.slouch_threshold_deg));
    set(o, "angle_borders_deg", borders);
    set(o, "usual", usual(&r->usual));
    set(o, "tomorrow", tomorrow(r));
    set(o, "days", days);
    set(o, "damaged", json_integer((json_int_t)r->damaged));
    if (r->request.n_days > 1) set(o, "map", maps(r));
    return o;
}

int report_json(const struct report *r, FILE *out)
{
    json_t *o = json_report(r);
    if (!o) return -ENOMEM;
    int failed = json_dumpf(o, out, JSON_COMPACT | JSON_REAL_PRECISION(10));
    json_decref(o);
    if (failed || fputc('\n', out) == EOF || fflush(out) == EOF) return -EIO;
    return 0;
}
