/* The routine as JSON: what `plumbline routine` shows and what a status bar may read. */
#include "daemon.h"

static json_t *steps_of(const struct item *item)
{
    json_t *steps = json_array();
    for (int k = 0; k < ITEM_STEPS; k++)
        if (item->step[k][0]) json_array_append_new(steps, json_string(item->step[k]));
    return steps;
}

static json_t *describe(const struct item *item, enum moment moment, unsigned seconds, const char *reason)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o}", "id", item->id, "name", item->name,
                     "kind", item_kind_name(item->kind), "area", item->area, "seconds", (int)seconds, "dose",
                     item->dose[moment], "reason", reason, "stop", item->stop, "evidence", item->evidence, "source",
                     item->source, "steps", steps_of(item));
}

void status_routine_fill(const struct routine *r, const struct load *load, json_t *reply)
{
    json_t *items = json_array(), *left = json_array();
    for (unsigned i = 0; i < r->n; i++)
        json_array_append_new(items, describe(r->item[i], r->moment, r->seconds[i], r->reason[i]));
    for (unsigned i = 0; i < r->n_left; i++) {
        char why[REASON_MAX];
        routine_left_words(&r->left[i], load, why);
        json_array_append_new(
            left, json_pack("{s:s, s:s, s:s}", "id", r->left[i].item->id, "name", r->left[i].item->name, "why", why));
    }
    json_object_set_new(reply, "moment", json_string(moment_name(r->moment)));
    json_object_set_new(reply, "headline", json_string(r->headline));
    json_object_set_new(reply, "seconds", json_integer(r->total_s));
    json_object_set_new(reply, "see_clinician", json_boolean(r->see_clinician));
    json_object_set_new(reply, "red_flag", json_boolean(load->red_flag));
    json_object_set_new(reply, "in_workout", json_boolean(r->in_workout));
    json_object_set_new(reply, "health_answered", json_boolean(load->health_answered));
    json_object_set_new(reply, "items", items);
    json_object_set_new(reply, "left_out", left);
    if (r->offer) json_object_set_new(reply, "offer", describe(r->offer, MOMENT_EVENING, 0, r->offer_reason));
}
