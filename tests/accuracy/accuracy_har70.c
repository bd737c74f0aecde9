/* Lower backs of labelled people (HAR70+, window means only) through the activity filter and the re-zero.
 *
 * Usage: accuracy_har70 FOLDER (subject_NN.csv.gz: window, mean back x y z and mean |a| in µg, …, label, purity).
 * Windows are 5 s, as epochs are. Steps cannot be seen in means: movement beyond the walking border stands for them.
 * Each recording is played twice, the first time to let the wearer's walking be known. The settled class is scored;
 * what lies is left out of the score of sitting. The tables were made from these people: an optimistic figure.
 */
#include "accuracy_table.h"
#include "daemon/posture/activity.h"
#include "daemon/posture/activity_tables.h"
#include "daemon/posture/calibration.h"
#include "daemon/posture/rezero.h"
#include "daemon/posture/vec.h"

#include <dirent.h>

enum { WINDOWS_MAX = 4096, SAMPLES = 250, COLUMNS = 11 };

struct window {
    struct features features;
    enum posture truth;
};

struct wearer {
    struct activity activity;
    struct calibration calibration;
    struct rezero rezero;
};

static const struct tracker_config config = {.placement = PLACEMENT_LOWER_BACK, .sitting_bias = 0.1f};

static enum posture truth_of(long label)
{
    switch (label) {
    case 1:
    case 4:
    case 5: return POSTURE_WALKING;
    case 3:
    case 6: return POSTURE_STANDING;
    case 7: return POSTURE_SITTING;
    case 8: return POSTURE_LYING;
    default: return POSTURE_MISSING;
    }
}

static int load(const char *path, struct window *w)
{
    gzFile file = gzopen(path, "rb");
    long v[COLUMNS];
    int n = 0, got;
    while (file && n < WINDOWS_MAX && (got = read_row(file, v, COLUMNS)) >= 0) {
        if (got < COLUMNS) continue;
        struct features *f = &w[n].features;
        features_clear(f);
        f->n = SAMPLES;
        for (int i = 0; i < 3; i++) f->force[i] = (float)v[1 + i] * 1e-6f * SAMPLES * STANDARD_GRAVITY_MPS2;
        f->size = (double)v[4] * 1e-6 * SAMPLES * (double)STANDARD_GRAVITY_MPS2;
        f->regular_steps = features_surplus_g(f) > activity_tables_lower.walking_g ? 8 : 0;
        w[n++].truth = truth_of(v[9]);
    }
    if (file) gzclose(file);
    return n;
}

static void watch_reference(struct wearer *p, const struct window *w, int64_t now_ns)
{
    float up[3];
    if (p->activity.walking_run >= 2 && features_up(&w->features, up))
        rezero_walked(&p->rezero, &p->calibration, up, 5, now_ns);
    else
        rezero_broken(&p->rezero);
    if (!p->calibration.have_up || p->calibration.have_forward) return;
    const float forward[3] = {0, 0, 1}; /* the recordings' own axes: z forward */
    vec_reject(forward, p->calibration.up, p->calibration.forward);
    p->calibration.have_forward = vec_unit(p->calibration.forward);
}

static void play(struct wearer *p, const struct window *w, int n, int64_t start_ns, struct confusion *c)
{
    static const enum posture of[ACTIVITY_CLASSES] = {POSTURE_SITTING, POSTURE_STANDING, POSTURE_WALKING,
                                                      POSTURE_LYING};
    activity_restart(&p->activity);
    for (int i = 0; i < n + ACTIVITY_LAG; i++) {
        float posterior[ACTIVITY_CLASSES];
        if (i < n) {
            activity_step(&p->activity, &config, &p->calibration, &w[i].features);
            watch_reference(p, &w[i], start_ns + SECONDS_NS(5) * i);
        }
        int scored = i - ACTIVITY_LAG, age = i < n ? ACTIVITY_LAG : n - 1 - scored;
        if (scored < 0 || scored >= n || !c) continue;
        activity_settled(&p->activity, PLACEMENT_LOWER_BACK, (unsigned)age, posterior);
        c->s[w[scored].truth][of[activity_best(posterior)]] += 5;
    }
}

static bool judge(const char *path, struct confusion *sum)
{
    static struct window w[WINDOWS_MAX];
    struct wearer p;
    struct confusion c = {0};
    int n = load(path, w);
    if (n <= ACTIVITY_LAG) return false;
    activity_init(&p.activity);
    calibration_init(&p.calibration);
    rezero_init(&p.rezero, 0);
    play(&p, w, n, 0, NULL);
    play(&p, w, n, SECONDS_NS(14400), &c);
    confusion_print(&c);
    confusion_add(sum, &c);
    return true;
}

static int wanted(const struct dirent *e) { return strncmp(e->d_name, "subject_", 8) == 0; }

int main(int argc, char **argv)
{
    struct dirent **list;
    struct confusion sum = {0};
    unsigned people = 0;
    if (argc != 2) return fprintf(stderr, "usage: accuracy_har70 FOLDER\n"), 2;
    int n = scandir(argv[1], &list, wanted, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name) < (int)sizeof path) {
            printf("%s\n", list[i]->d_name);
            people += judge(path, &sum);
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    if (people == 0) return fprintf(stderr, "no recordings in %s\n", argv[1]), 1;
    printf("all\n");
    confusion_print(&sum);
    memset(sum.s[POSTURE_LYING], 0, sizeof sum.s[POSTURE_LYING]);
    printf("people=%u\nsitting_f1=%.4f\nsitting_precision=%.4f\nstanding_f1=%.4f\nwalking_f1=%.4f\n", people,
           f1(&sum, POSTURE_SITTING), precision(&sum, POSTURE_SITTING), f1(&sum, POSTURE_STANDING),
           f1(&sum, POSTURE_WALKING));
    return 0;
}
