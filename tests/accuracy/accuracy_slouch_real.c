/* Real people who bend, sit down, walk, stand and talk, through the whole tracker at medium sensitivity: whom would it
 * speak to? Nothing is captured; the reference and forward are what the tracker finds by itself. Because it seldom finds
 * forward in Casale's (nobody bows), those are played again with forward told, once either way.
 *
 * Invariants: a prompt counts in the activity that its last moment lies in.
 */
#include "accuracy_slouch.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"
#include "rows.h"

#include <dirent.h>
#include <stdio.h>

struct player {
    struct tracker t;
    struct listener heard;
    int64_t now_ns;
    int told; /* forward along ± the sensor's z axis, as soon as upright is known */
    int counted[ALARM_KINDS], before[ALARM_KINDS];
    double zone_s, counted_s, flexion_sum_deg; /* of what counts */
};

static struct player player;

static void player_begin(enum placement placement)
{
    const struct tracker_config config = {.placement = placement, .sensitivity = SENSITIVITY_MEDIUM};
    memset(&player, 0, sizeof player);
    tracker_init(&player.t, &config);
    listener_init(&player.heard);
    player.now_ns = SECONDS_NS(100);
}

static void tell_forward(void)
{
    struct calibration *c = &player.t.calibration;
    float axis[3] = {0, 0, (float)player.told};
    if (!player.told || !c->have_up || c->have_forward) return;
    vec_reject(axis, calibration_zero(c), c->forward);
    c->have_forward = vec_unit(c->forward);
}

/* One sample of DT_S after the last; COUNTS: nobody should be spoken to because of it. */
static void player_take(const float accel_g[3], const float *gyro_rads, double dt_s, bool counts)
{
    struct player *p = &player;
    struct tracker_out out;
    struct posture_view view;
    struct sample s = {.t_ns = p->now_ns += (int64_t)(dt_s * 1e9)};
    s.raw.have = gyro_rads ? HAVE_ACCEL | HAVE_GYRO : HAVE_ACCEL;
    s.raw.scale = SCALE_16G_2000DPS;
    for (int i = 0; i < 3; i++) {
        s.raw.accel[i] =
            sample_count((double)(accel_g[i] * STANDARD_GRAVITY_MPS2 / s.raw.scale.accel_mps2), &s.raw.flags);
        if (gyro_rads) s.raw.gyro[i] = sample_count((double)(gyro_rads[i] / s.raw.scale.gyro_rads), &s.raw.flags);
    }
    sample_convert(&s);
    tracker_push(&p->t, &s, &out);
    tell_forward();
    memcpy(p->before, p->heard.n, sizeof p->before);
    listener_hear(&p->heard, &out, p->now_ns, 0);
    tracker_view(&p->t, &view);
    listener_look(&p->heard, &view, 0);
    if (!counts) return;
    for (int k = 0; k < ALARM_KINDS; k++) p->counted[k] += p->heard.n[k] - p->before[k];
    p->counted_s += dt_s;
    if (!view.in_slouch_zone) return;
    p->zone_s += dt_s;
    p->flexion_sum_deg += (double)view.flexion_deg * dt_s;
}

struct total {
    int people, counted[ALARM_KINDS];
    double zone_s, counted_s;
};

static void add_player(struct total *sum, const char *name, bool tell)
{
    const struct player *p = &player;
    sum->people++;
    sum->zone_s += p->zone_s;
    sum->counted_s += p->counted_s;
    for (int k = 0; k < ALARM_KINDS; k++) sum->counted[k] += p->counted[k];
    if (tell && p->zone_s > 0)
        printf("  %-28s in the zone %.0f of %.0f s at %.0f deg, events %d training %d long %d\n", name, p->zone_s,
               p->counted_s, p->flexion_sum_deg / p->zone_s, p->counted[0], p->counted[1], p->counted[2]);
}

static int print_total(const char *set, const struct total *sum)
{
    printf("%s: %d, %.0f min, in the zone %.1f min, events %d, training prompts %d, long-spell prompts %d\n", set,
           sum->people, sum->counted_s / 60, sum->zone_s / 60, sum->counted[ALARM_EVENT], sum->counted[ALARM_TRAINING],
           sum->counted[ALARM_LONG]);
    return sum->counted[ALARM_TRAINING] + sum->counted[ALARM_LONG];
}

/* ---- UMAFall: walks, thrice, then bends and chairs, twice ---- */

static void play_umafall(const char *path, long position, long activity, bool counts)
{
    gzFile file = gzopen(path, "rb");
    long v[10], trial = -1;
    double before_ms = 0;
    for (int got; file && (got = rows_next(file, v, 10)) >= 0;) {
        if (got < 10 || v[0] != activity || v[2] != position) continue;
        float a[3], w[3];
        for (int i = 0; i < 3; i++) a[i] = (float)v[4 + i] / 1000, w[i] = (float)v[7 + i] / 1000;
        double dt_s = v[1] == trial ? ((double)v[3] - before_ms) / 1000 : 0.05;
        trial = v[1];
        before_ms = (double)v[3];
        if (dt_s > 0) player_take(a, w, dt_s, counts);
    }
    if (file) gzclose(file);
}

static void one_umafall(const char *path, const char *name, struct total sum[2])
{
    for (long position = 1; position <= 2; position++) {
        player_begin(position == 1 ? PLACEMENT_UPPER_BACK : PLACEMENT_LOWER_BACK);
        for (int i = 0; i < 3; i++) play_umafall(path, position, 4, false);
        for (int i = 0; i < 2; i++) {
            play_umafall(path, position, 2, true);
            play_umafall(path, position, 1, true);
        }
        add_player(&sum[position - 1], name, true);
    }
}

/* ---- mobgap: the short walks, then Test11 ---- */

static void play_mobgap(const char *path, bool counts)
{
    gzFile file = gzopen(path, "rb");
    long v[7];
    for (int got; file && (got = rows_next(file, v, 7)) >= 0;) {
        if (got < 7) continue;
        float a[3], w[3];
        for (int i = 0; i < 3; i++) a[i] = (float)v[i] / 1000, w[i] = (float)v[3 + i] / 1000;
        player_take(a, w, 0.01, counts);
    }
    if (file) gzclose(file);
}

static void one_mobgap(const char *path, const char *name, struct total *sum)
{
    if (!strstr(name, "Test11")) return;
    player_begin(PLACEMENT_LOWER_BACK);
    play_mobgap(path, false);
    play_mobgap(path, true);
    add_player(sum, name, true);
}

/* ---- Casale ---- */

static float median_size(const char *path)
{
    static long n[4096];
    gzFile file = gzopen(path, "rb");
    long v[4], count = 0, seen = 0;
    memset(n, 0, sizeof n);
    for (int got; file && (got = rows_next(file, v, 4)) >= 0;) {
        if (got < 4) continue;
        long size = lround(hypot(hypot((double)v[0] - 2048, (double)v[1] - 2048), (double)v[2] - 2048));
        n[size < 4096 ? size : 4095]++;
        count++;
    }
    if (file) gzclose(file);
    for (int i = 0; i < 4096; i++)
        if ((seen += n[i]) > count / 2) return (float)i;
    return 1;
}

static void play_casale(const char *path, float size, bool counts)
{
    gzFile file = gzopen(path, "rb");
    long v[4];
    for (int got; file && (got = rows_next(file, v, 4)) >= 0;) {
        if (got < 4) continue;
        float a[3];
        for (int i = 0; i < 3; i++) a[i] = (float)(v[i] - 2048) / size;
        player_take(a, NULL, 1.0 / 52, counts && (v[3] == 3 || v[3] == 4 || v[3] == 7));
    }
    if (file) gzclose(file);
}

static void one_casale(const char *path, const char *name, struct total sum[2])
{
    float size = median_size(path);
    for (int told = -1; told <= 1; told++) {
        player_begin(PLACEMENT_UPPER_BACK);
        player.told = told;
        play_casale(path, size, told == 0);
        play_casale(path, size, true);
        add_player(&sum[told != 0], name, true);
    }
}

/* ---- folders ---- */

static int wanted(const struct dirent *e) { return strstr(e->d_name, ".csv") != NULL; }

static void each(const char *dir, const char *set, void (*one)(const char *, const char *, struct total *),
                 struct total *sum)
{
    struct dirent **list;
    char folder[2048], path[4096];
    snprintf(folder, sizeof folder, "%s/%s", dir, set);
    int n = scandir(folder, &list, wanted, alphasort);
    printf("%s\n", set);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        one(path, list[i]->d_name, sum);
        free(list[i]);
    }
    if (n >= 0) free(list);
}

bool real_negatives(const char *dir)
{
    struct total umafall[2] = {{0}, {0}}, mobgap = {0}, casale[2] = {{0}, {0}};
    each(dir, "umafall_chest_waist", one_umafall, umafall);
    each(dir, "mobgap_lowerback", one_mobgap, &mobgap);
    each(dir, "casale_chest", one_casale, casale);
    if (umafall[0].people + mobgap.people + casale[0].people == 0) return false;
    int bends = print_total("UMAFall bends and chairs, chest", &umafall[0]);
    bends += print_total("UMAFall bends and chairs, waist", &umafall[1]);
    int day = print_total("mobgap Test11", &mobgap);
    int stood = print_total("Casale standing, walking, talking", &casale[0]);
    int told = print_total("the same, forward told either way", &casale[1]);
    printf("prompts_umafall=%d\nprompts_mobgap=%d\nprompts_casale=%d\nprompts_casale_forward_told=%d\n", bends, day,
           stood, told);
    printf("prompts_on_negatives=%d\n", bends + day + stood);
    return true;
}
