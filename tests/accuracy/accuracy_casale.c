/* Chest accelerometers of labelled people (Casale et al. 2012) through the whole tracker: minutes per class against
 * the label, and by how much standing and sitting differ in tilt.
 *
 * Usage: accuracy_casale FOLDER (subject_NN.csv.gz: x,y,z,label at 52 Hz, counts about 2048). Nothing is calibrated:
 * the scale comes from the median size of a person's samples, the rest the tracker finds out.
 *
 * EACH RECORDING IS PLAYED TWICE to the same tracker, and the second pass is what the last lines score: the tracker then
 * knows this wearer's walking from the very same recording, as on any day but the first, when it knows it from other
 * days. So these figures are not those of unseen data. The first pass, a cold start, is scored beside it (first_…).
 */
#include "accuracy_table.h"
#include "daemon/posture/tracker.h"
#include "daemon/posture/vec.h"

#include <dirent.h>

enum { RATE_HZ = 52, ZERO = 2048, SAMPLES_MAX = 400000, FILES_MAX = 64 };

struct person {
    int n;
    int16_t counts[SAMPLES_MAX][3];
    uint8_t label[SAMPLES_MAX];
    float mps2;
};

static enum posture truth_of(unsigned label)
{
    switch (label) {
    case 1: return POSTURE_SITTING;
    case 3:
    case 7: return POSTURE_STANDING;
    case 4:
    case 5:
    case 6: return POSTURE_WALKING;
    default: return POSTURE_MISSING; /* mixed or stray: not scored */
    }
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static bool load(const char *path, struct person *p)
{
    static float size[SAMPLES_MAX];
    gzFile file = gzopen(path, "rb");
    long v[4];
    int got;
    p->n = 0;
    while (file && p->n < SAMPLES_MAX && (got = read_row(file, v, 4)) >= 0) {
        if (got < 4) continue;
        for (int i = 0; i < 3; i++) p->counts[p->n][i] = (int16_t)(v[i] - ZERO);
        p->label[p->n] = (uint8_t)v[3];
        const int16_t *c = p->counts[p->n];
        size[p->n++] = hypotf(hypotf(c[0], c[1]), c[2]);
    }
    if (file) gzclose(file);
    if (p->n < RATE_HZ * 60) return false;
    qsort(size, (size_t)p->n, sizeof *size, by_size);
    p->mps2 = STANDARD_GRAVITY_MPS2 / size[p->n / 2];
    return true;
}

static void count(const struct person *p, const struct tracker_out *out, int64_t start_ns, struct confusion *c)
{
    for (unsigned i = 0; i < out->n_epochs; i++) {
        const struct epoch *e = &out->epoch[i];
        int64_t at = (e->start_ns - start_ns) * RATE_HZ / NS_PER_S + RATE_HZ * 5 / 2;
        if (at < 0 || at >= p->n) continue;
        c->s[truth_of(p->label[at])][e->posture] += (double)e->seconds;
    }
}

static void play(struct tracker *t, const struct person *p, int64_t start_ns, struct confusion *c)
{
    struct tracker_out out;
    for (int k = 0; k < p->n; k++) {
        struct sample s = {.t_ns = start_ns + (int64_t)k * NS_PER_S / RATE_HZ};
        s.raw.have = HAVE_ACCEL;
        s.raw.scale.accel_mps2 = p->mps2;
        memcpy(s.raw.accel, p->counts[k], sizeof s.raw.accel);
        sample_convert(&s);
        tracker_push(t, &s, &out);
        if (c) count(p, &out, start_ns, c);
    }
    tracker_finish(t, start_ns + (int64_t)p->n * NS_PER_S / RATE_HZ, &out);
    if (c) count(p, &out, start_ns, c);
}

/* Median angle between mean up of 5 s and the walking direction, of epochs that are labelled P throughout. */
static float median_tilt_deg(const struct person *p, const float walk[3], enum posture wanted)
{
    static float tilt[SAMPLES_MAX / (RATE_HZ * 5) + 1];
    size_t n = 0;
    for (int at = 0; at + RATE_HZ * 5 <= p->n; at += RATE_HZ * 5) {
        float sum[3] = {0};
        if (p->label[at] != p->label[at + RATE_HZ * 5 - 1] || truth_of(p->label[at]) != wanted) continue;
        for (int k = at; k < at + RATE_HZ * 5; k++)
            for (int i = 0; i < 3; i++) sum[i] += p->counts[k][i];
        if (vec_unit(sum)) tilt[n++] = vec_angle_deg(sum, walk);
    }
    if (n == 0) return NAN;
    qsort(tilt, n, sizeof *tilt, by_size);
    return tilt[n / 2];
}

/* How differently this person sits and stands, seen from their walking. */
static void print_tilt(const char *name, const struct person *p, const struct calibration *calibration)
{
    if (!calibration->have_walk) return;
    double sitting = (double)median_tilt_deg(p, calibration->walk, POSTURE_SITTING);
    double standing = (double)median_tilt_deg(p, calibration->walk, POSTURE_STANDING);
    printf("  tilt from walking: sitting %.1f, standing %.1f deg\n", sitting, standing);
    printf("tilt_difference_deg_%.*s=%.1f\n", (int)strcspn(name, "."), name, fabs(sitting - standing));
}

static void print_f1(const char *what, const struct confusion *c)
{
    printf("  %s: F1 sitting %.3f standing %.3f walking %.3f\n", what, f1(c, POSTURE_SITTING), f1(c, POSTURE_STANDING),
           f1(c, POSTURE_WALKING));
}

static bool judge(const char *path, const char *name, struct confusion *first_sum, struct confusion *sum, unsigned *found_walking)
{
    static struct person p;
    static struct tracker t;
    const struct tracker_config config = {.placement = PLACEMENT_UPPER_BACK};
    struct confusion first = {0}, c = {0};
    if (!load(path, &p)) return false;
    tracker_init(&t, &config);
    play(&t, &p, NS_PER_S, &first);
    play(&t, &p, SECONDS_NS(7200), &c);
    confusion_print(&c);
    *found_walking += c.s[POSTURE_WALKING][POSTURE_WALKING] > 0.5 * c.s[POSTURE_WALKING][POSTURE_SITTING];
    print_tilt(name, &p, &t.calibration);
    print_f1("first pass ", &first);
    print_f1("second pass", &c);
    confusion_add(first_sum, &first);
    confusion_add(sum, &c);
    return true;
}

static int wanted(const struct dirent *e) { return strstr(e->d_name, ".csv.gz") != NULL; }

int main(int argc, char **argv)
{
    struct dirent **list;
    struct confusion first = {0}, sum = {0};
    unsigned people = 0, walking = 0;
    if (argc != 2) return fprintf(stderr, "usage: accuracy_casale FOLDER\n"), 2;
    int n = scandir(argv[1], &list, wanted, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name) < (int)sizeof path) {
            printf("%s\n", list[i]->d_name);
            people += judge(path, list[i]->d_name, &first, &sum, &walking);
        }
        free(list[i]);
    }
    if (n >= 0) free(list);
    if (people == 0) return fprintf(stderr, "no recordings in %s\n", argv[1]), 1;
    printf("all, first pass (cold start: nothing known of the wearer)\n");
    confusion_print(&first);
    printf("all, second pass (the same recordings again: the wearer's walking known)\n");
    confusion_print(&sum);
    printf("first_sitting_f1=%.4f\nfirst_standing_f1=%.4f\nfirst_walking_f1=%.4f\n", f1(&first, POSTURE_SITTING),
           f1(&first, POSTURE_STANDING), f1(&first, POSTURE_WALKING));
    printf("people=%u\nwalking_found=%u\nsitting_f1=%.4f\nsitting_precision=%.4f\nstanding_f1=%.4f\nwalking_f1=%.4f\n",
           people, walking, f1(&sum, POSTURE_SITTING), precision(&sum, POSTURE_SITTING), f1(&sum, POSTURE_STANDING),
           f1(&sum, POSTURE_WALKING));
    return 0;
}
