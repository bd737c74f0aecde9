#include "sim.h"

#include "plumbline/event.h"

#include <errno.h>
#include <math.h>

void sim_init(struct sim *sim, const struct scenario *s, bool range_16g_2000dps)
{
    double rate_hz = s->rate_hz * (1 + s->ppm * 1e-6);
    motion_init(&sim->motion, s);
    imu_init(&sim->imu, s, rate_hz, range_16g_2000dps);
    sim->period_s = 1 / rate_hz;
    sim->k = 0;
    sim->link = LINK_UP;
    sim->count = (uint64_t)floor(s->length_s * rate_hz + 1e-6);
    motion_pose(&sim->motion, 0, &sim->edge);
}

static enum link_state link_of(enum segment_kind kind)
{
    switch (kind) {
    case SEGMENT_UNPLUG: return LINK_UNPLUGGED;
    case SEGMENT_STALL: return LINK_STALLED;
    case SEGMENT_REBOOT: return LINK_REBOOTING;
    default: return LINK_UP;
    }
}

bool sim_next(struct sim *sim, struct reading *r)
{
    if (sim->k == sim->count) return false;
    double start_s = (double)sim->k * sim->period_s;
    struct trunk_pose pose[3] = {sim->edge};
    motion_pose(&sim->motion, start_s + sim->period_s / 2, &pose[1]);
    sim->link = link_of(motion_segment(&sim->motion)->kind);
    motion_pose(&sim->motion, start_s + sim->period_s, &pose[2]);
    imu_read(&sim->imu, pose, start_s + sim->period_s / 2, r);
    sim->edge = pose[2];
    sim->k++;
    return true;
}

static int result(FILE *file) { return ferror(file) || fflush(file) != 0 ? -EIO : 0; }

int sim_write_truth(const struct sim *sim, FILE *file)
{
    const struct scenario *s = sim->motion.scenario;
    const struct segment *present = s->segments;
    fputs("start_s,end_s,posture,flexion_deg,lateral_deg,slouch\n", file);
    for (const struct segment *g = s->segments; g < s->segments + s->n_segments; g++) {
        double flexion_deg, lateral_deg;
        if (segment_is_posture(g->kind)) present = g;
        enum posture posture = motion_truth(&sim->motion, g, present, &flexion_deg, &lateral_deg);
        bool slouch = g->kind == SEGMENT_SLOUCH || g->kind == SEGMENT_STAND_SLOUCH;
        fprintf(file, "%.3f,%.3f,%s,%.1f,%.1f,%d\n", g->start_s, g->start_s + g->duration_s, posture_name(posture),
                flexion_deg, lateral_deg, slouch);
    }
    return result(file);
}

int sim_write_commands(const struct scenario *s, FILE *file)
{
    for (size_t i = 0; i < s->n_commands; i++) fprintf(file, "%.3f %s\n", s->commands[i].at_s, s->commands[i].words);
    return result(file);
}
