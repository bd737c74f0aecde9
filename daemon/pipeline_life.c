/* Opening, closing and changing the configuration of a pipeline. Everything it will ever need is allocated here. */
#include "context.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOWER_BACK_BIAS 0.1f /* posture.h */

/* The largest state of any protocol, so that switching costs nothing. */
static size_t protocol_state_size(void)
{
    size_t size = 0;
    for (size_t i = 0; protocols[i]; i++)
        if (protocols[i]->state_size > size) size = protocols[i]->state_size;
    return size;
}

static bool allocate(struct pipeline *p)
{
    p->tracker = calloc(1, tracker_size());
    p->coach = calloc(1, coach_size());
    p->catalogue = calloc(1, sizeof *p->catalogue);
    p->detect = calloc(1, detect_size());
    p->protocol_state = calloc(1, protocol_state_size());
    p->snapshot = malloc(course_size() + CONTEXT_HEAD);
    p->before_gap.tracker = calloc(1, tracker_size());
    return p->before_gap.tracker && p->tracker && p->coach && p->catalogue && p->detect && p->protocol_state && p->snapshot;
}

struct tracker_config pipeline_life_tracker_config(const struct config *config)
{
    struct tracker_config t = config->tracker;
    if (isnan(t.sitting_bias)) t.sitting_bias = t.placement == PLACEMENT_LOWER_BACK ? LOWER_BACK_BIAS : 0;
    return t;
}

int pipeline_open(const struct config *config, const struct pipeline_options *options, struct store *store,
                  struct desk *desk, struct pipeline **out)
{
    struct pipeline *p = calloc(1, sizeof *p);
    if (!p || !allocate(p)) {
        pipeline_close(p);
        return -ENOMEM;
    }
    p->config = config;
    p->options = *options;
    p->store = store;
    p->desk = desk;
    p->offset_minute = p->agenda_day = INT64_MIN;
    p->pain = p->stress = p->battery_percent = -1;
    p->behind_until_ns = p->cue_ns = INT64_MIN;
    struct tracker_config tracker = pipeline_life_tracker_config(config);
    tracker_init(p->tracker, &tracker);
    coach_init(p->coach, &config->coach);
    catalogue_load(p->catalogue, config);
    p->muted = true; /* until the log was looked at */
    course_begin(p);
    if (store) store_flush(store); /* what was entered just before a kill lies in memory still */
    pipeline_clock_set(p, p->now.t_ns);
    wearer_load(p);
    course_catch_up(p);
    coach_tick(p->coach, &p->now, &p->coach_out); /* from here on it has deadlines of its own, sensor or not */
    pipeline_say(p, &p->coach_out);
    *out = p;
    return 0;
}

void pipeline_restored(struct pipeline *p)
{
    course_take_up_calibration(p);
    p->hole = true; /* that, and all before it, is not in this log */
    p->agenda.n_told = 0;
    agenda_load(&p->agenda, p->config->data, p->now.wall_ns / NS_PER_S);
    pipeline_agenda_refresh(p);
    wearer_load(p);
    course_keep(p);
}

void pipeline_close(struct pipeline *p)
{
    if (!p) return;
    if (p->tracker && p->coach && p->snapshot) course_keep(p);
    free(p->tracker);
    free(p->coach);
    free(p->catalogue);
    free(p->detect);
    free(p->protocol_state);
    free(p->snapshot);
    free(p->before_gap.tracker);
    free(p);
}

void pipeline_configure(struct pipeline *p, const struct config *config)
{
    struct tracker_config tracker = pipeline_life_tracker_config(config);
    p->config = config;
    context_configure(p, &tracker);
    coach_configure(p->coach, &config->coach);
    catalogue_load(p->catalogue, config);
    pipeline_agenda_refresh(p);
    wearer_tell(p);
}
