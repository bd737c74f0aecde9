/* How people hold and move a trunk, measured in the recordings: what the simulated wearers of accuracy-slouch are drawn
 * from (slouch_people.h has the figures). Run by hand; nothing of the program under test takes part.
 *
 * Usage: measure-people DIR (the folder that holds casale_chest, dsads_torso, har70_lowerback, mobgap_lowerback and
 * umafall_chest_waist). Angles in degrees. Direction of up: mean specific force of 1 s (HAR70: 5 s, as recorded). Zero:
 * the person's mean direction while walking. Flexion is positive forward on the lower back (HAR70 names its axes);
 * on the chest the sign of the axis is not known and figures are of the component along the sensor's
 * forward–backward axis, either way. Scales: "minute" = RMS of the difference between means of consecutive minutes
 * of one unbroken run divided by √2, "5 s" = SD of 5 s means within their minute, "1 s" = SD of 1 s means within
 * their 5 s.
 */
#include "daemon/posture/vec.h"
#include "rows.h"

#include <dirent.h>
#include <stdio.h>

enum { SECONDS_MAX = 12000, PEOPLE_MAX = 32, HZ_MAX = 110 };

enum doing { WALKING, STANDING, SITTING, CLASSES, OTHER = CLASSES };
static const char *const class_name[] = {"walking", "standing", "sitting"};

struct second {
    float up[3];
    enum doing doing;
};

struct person {
    int n, step_s; /* seconds a row stands for */
    struct second s[SECONDS_MAX];
};

struct figures {
    int n;
    double v[PEOPLE_MAX * 64];
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void put(struct figures *f, double v)
{
    if (isfinite(v) && f->n < (int)(sizeof f->v / sizeof f->v[0])) f->v[f->n++] = v;
}

static void show(const char *set, const char *what, struct figures *f)
{
    double sum = 0, square = 0;
    if (f->n == 0) return;
    for (int i = 0; i < f->n; i++) sum += f->v[i], square += f->v[i] * f->v[i];
    double mean = sum / f->n, sd = sqrt(fmax(0, square / f->n - mean * mean));
    qsort(f->v, (size_t)f->n, sizeof f->v[0], by_value);
    printf("%-22s %-34s n %3d  mean %7.2f  sd %6.2f  p10 %7.2f  median %7.2f  p90 %7.2f\n", set, what, f->n, mean, sd,
           f->v[f->n / 10], f->v[f->n / 2], f->v[f->n * 9 / 10 < f->n ? f->n * 9 / 10 : f->n - 1]);
    f->n = 0;
}

/* ---- postures ---- */

/* Flexion and lateral angle of UP from walking's R; AXIS 0…2 is the sensor's forward–backward one, SIGN of forward. */
static void angles(const float up[3], const float r[3], int axis, float sign, double *flexion, double *lateral)
{
    float e[3] = {0}, f[3], l[3];
    e[axis] = sign;
    vec_reject(e, r, f);
    vec_unit(f);
    vec_cross(r, f, l);
    *flexion = (double)DEG_PER_RAD * atan2((double)-vec_dot(up, f), (double)vec_dot(up, r));
    *lateral = (double)DEG_PER_RAD * asin(fmax(-1, fmin(1, (double)-vec_dot(up, l))));
}

static bool walking_mean(const struct person *p, float r[3])
{
    memset(r, 0, 3 * sizeof *r);
    for (int i = 0; i < p->n; i++)
        if (p->s[i].doing == WALKING) vec_add(r, 1, p->s[i].up);
    return vec_unit(r);
}

/* SD of the WIDTH-row means within each whole OUTER rows of one doing. */
static double nested_sd(const double *x, const struct person *p, enum doing doing, int width, int outer)
{
    double sum = 0;
    int n = 0;
    for (int at = 0; at + outer <= p->n; at += outer) {
        bool whole = true;
        double mean = 0, square = 0;
        for (int i = at; i < at + outer; i++) whole = whole && p->s[i].doing == doing;
        if (!whole) continue;
        for (int k = at; k < at + outer; k += width) {
            double m = 0;
            for (int i = k; i < k + width; i++) m += x[i] / width;
            mean += m * width / outer;
            square += m * m * width / outer;
        }
        sum += fmax(0, square - mean * mean);
        n++;
    }
    return n ? sqrt(sum / n) : NAN;
}

static double minute_change(const double *x, const struct person *p, enum doing doing)
{
    int width = 60 / p->step_s, n = 0;
    double sum = 0;
    for (int at = 0; at + 2 * width <= p->n; at += width) {
        double mean[2] = {0};
        bool whole = true;
        for (int i = at; i < at + 2 * width; i++) {
            whole = whole && p->s[i].doing == doing;
            mean[(i - at) / width] += x[i] / width;
        }
        if (!whole) continue;
        sum += (mean[1] - mean[0]) * (mean[1] - mean[0]) / 2;
        n++;
    }
    return n >= 2 ? sqrt(sum / n) : NAN;
}

enum statistic { LEVEL, LEVEL_LATERAL, SPREAD, MINUTE, FIVE, ONE, MINUTE_LATERAL, FIVE_LATERAL, STATISTICS };
static const char *const statistic_name[] = {
    "flexion", "lateral", "sd within person, of minutes", "minute", "5 s", "1 s", "lateral, minute", "lateral, 5 s"};
static struct figures table[CLASSES][STATISTICS];

static void take_person(const struct person *p, int axis, float sign)
{
    static double flexion[SECONDS_MAX], lateral[SECONDS_MAX];
    float r[3];
    if (!walking_mean(p, r)) return;
    for (int i = 0; i < p->n; i++) angles(p->s[i].up, r, axis, sign, &flexion[i], &lateral[i]);
    for (int c = 0; c < CLASSES; c++) {
        double sum = 0, side = 0, square = 0;
        int n = 0, minute = 60 / p->step_s, five = 5 / p->step_s, minutes = 0;
        double of_minutes = 0;
        for (int i = 0; i < p->n; i++)
            if (p->s[i].doing == (enum doing)c) sum += flexion[i], side += lateral[i], n++;
        if (n < minute) continue;
        for (int at = 0; at + minute <= p->n; at += minute) {
            double m = 0;
            bool whole = true;
            for (int i = at; i < at + minute; i++) {
                whole = whole && p->s[i].doing == (enum doing)c;
                m += flexion[i] / minute;
            }
            if (whole) of_minutes += m, square += m * m, minutes++;
        }
        put(&table[c][LEVEL], sum / n);
        put(&table[c][LEVEL_LATERAL], side / n);
        if (minutes >= 3)
            put(&table[c][SPREAD], sqrt(fmax(0, square / minutes - of_minutes * of_minutes / minutes / minutes)));
        put(&table[c][MINUTE], minute_change(flexion, p, (enum doing)c));
        put(&table[c][FIVE], nested_sd(flexion, p, (enum doing)c, five, minute));
        if (five > 1) put(&table[c][ONE], nested_sd(flexion, p, (enum doing)c, 1, five));
        put(&table[c][MINUTE_LATERAL], minute_change(lateral, p, (enum doing)c));
        put(&table[c][FIVE_LATERAL], nested_sd(lateral, p, (enum doing)c, five, minute));
    }
}

static void show_postures(const char *set)
{
    char what[64];
    for (int c = 0; c < CLASSES; c++)
        for (int i = 0; i < STATISTICS; i++) {
            snprintf(what, sizeof what, "%s: %s", class_name[c], statistic_name[i]);
            show(set, what, &table[c][i]);
        }
}

/* ---- gait ---- */

static struct figures cadence, bounce;

/* Steps a minute by the largest autocorrelation of |a| between 0.4 and 0.8 s, of 10 s; RMS of |a|. */
static void take_gait(const float *size, int n, double hz)
{
    double best = 0, mean = 0, power = 0;
    int best_lag = 0;
    for (int i = 0; i < n; i++) mean += (double)size[i] / n;
    for (int i = 0; i < n; i++) power += ((double)size[i] - mean) * ((double)size[i] - mean) / n;
    for (int lag = (int)(0.4 * hz); lag <= (int)(0.8 * hz); lag++) {
        double sum = 0;
        for (int i = 0; i + lag < n; i++) sum += ((double)size[i] - mean) * ((double)size[i + lag] - mean) / (n - lag);
        if (sum > best) best = sum, best_lag = lag;
    }
    if (best < 0.4 * power || best_lag == 0) return;
    put(&cadence, 60 * hz / best_lag);
    put(&bounce, sqrt(power));
}

/* ---- files ---- */

static struct person person;

/* Raw samples of HZ into seconds. CLASS_OF says what a second's last label is; COLUMN of the first axis; LABEL column. */
static bool load(const char *path, double hz, int columns, int first, int label, long zero, double g_size,
                 enum doing (*doing_of)(long))
{
    gzFile file = gzopen(path, "rb");
    long v[16];
    int got, in_second = 0, n_gait = 0;
    float sum[3] = {0}, gait[10 * HZ_MAX];
    person.n = 0;
    person.step_s = 1;
    while (file && person.n < SECONDS_MAX && (got = rows_next(file, v, columns)) >= 0) {
        if (got < columns) continue;
        float a[3];
        for (int i = 0; i < 3; i++) a[i] = (float)((double)(v[first + i] - zero) / g_size);
        vec_add(sum, 1, a);
        enum doing doing = doing_of(v[label]);
        n_gait = doing == WALKING ? n_gait : 0;
        if (doing == WALKING) gait[n_gait++] = vec_norm(a);
        if (n_gait == (int)(10 * hz)) take_gait(gait, n_gait, hz), n_gait = 0;
        if (++in_second < (int)hz) continue;
        struct second *s = &person.s[person.n++];
        memcpy(s->up, sum, sizeof sum);
        vec_unit(s->up);
        s->doing = doing;
        memset(sum, 0, sizeof sum);
        in_second = 0;
    }
    if (file) gzclose(file);
    return person.n > 60;
}

static enum doing casale_class(long label)
{
    return label == 4 ? WALKING : label == 3 || label == 7 ? STANDING : label == 1 ? SITTING : OTHER;
}

static enum doing dsads_class(long label)
{
    return label == 9 || label == 10 ? WALKING : label == 2 ? STANDING : label == 1 ? SITTING : OTHER;
}

static enum doing mobgap_class(long walks) { return walks == 1 ? WALKING : OTHER; }

static void take_casale(const char *path)
{
    if (load(path, 52, 4, 0, 3, 2048, 400, casale_class)) take_person(&person, 2, 1);
}

static void take_dsads(const char *path)
{
    if (load(path, 25, 7, 1, 0, 0, 9806.65, dsads_class)) take_person(&person, 2, 1);
}

static void take_mobgap(const char *path) { load(path, 100, 7, 0, 6, 0, 1000, mobgap_class); }

static void take_har70(const char *path)
{
    gzFile file = gzopen(path, "rb");
    long v[11];
    person.n = 0;
    person.step_s = 5;
    for (int got; file && person.n < SECONDS_MAX && (got = rows_next(file, v, 11)) >= 0;) {
        if (got < 11) continue;
        struct second *s = &person.s[person.n++];
        for (int i = 0; i < 3; i++) s->up[i] = (float)v[1 + i];
        vec_unit(s->up);
        bool pure = v[10] >= 245;
        s->doing = !pure ? OTHER : v[9] == 1 ? WALKING : v[9] == 6 ? STANDING : v[9] == 7 ? SITTING : OTHER;
    }
    if (file) gzclose(file);
    take_person(&person, 2, 1);
}

/* ---- bends ---- */

static struct figures depth[2], over_s[2], rate[2], bow[2];

struct trial {
    long activity, number, position;
    int n;
    double t_s[2000];
    float a[2000][3], turn[2000];
};

/* The largest turn of up from where it was 2 s before and is 2 s after: in a chair trial that of sitting down or rising,
 * whichever is larger. */
static double largest_bow(const struct trial *t)
{
    static float low[2000][3];
    double largest = 0;
    for (int i = 0; i < t->n; i++) {
        vec_copy(low[i], i ? low[i - 1] : t->a[0]);
        for (int j = 0; j < 3; j++) low[i][j] += 0.2f * (t->a[i][j] - low[i][j]);
    }
    for (int i = 0; i < t->n; i++) {
        int before = i, after = i;
        while (before > 0 && t->t_s[i] - t->t_s[before] < 2) before--;
        while (after + 1 < t->n && t->t_s[after] - t->t_s[i] < 2) after++;
        float from = vec_angle_deg(low[i], low[before]), to = vec_angle_deg(low[i], low[after]);
        largest = fmax(largest, (double)fminf(from, to));
    }
    return largest;
}

/* Angle from the first second, of the force smoothed over 0.4 s. */
static void take_trial(const struct trial *t)
{
    float start[3] = {0}, low[3];
    int at = t->position == 2, n = 0;
    double deepest = 0, fastest = 0, held = 0;
    if (t->activity == 1 && t->n >= 100) put(&bow[at], largest_bow(t));
    if (t->activity != 2 || t->n < 40) return;
    while (n < t->n && t->t_s[n] < t->t_s[0] + 1) vec_add(start, 1, t->a[n++]);
    if (!vec_unit(start)) return;
    vec_copy(low, start);
    for (int i = 1; i < t->n; i++) {
        double dt = t->t_s[i] - t->t_s[i - 1];
        if (dt <= 0 || dt > 1) continue;
        float k = (float)(dt / (0.2 + dt)), unit[3];
        for (int j = 0; j < 3; j++) low[j] += k * (t->a[i][j] - low[j]);
        vec_copy(unit, low);
        if (!vec_unit(unit)) continue;
        double angle = (double)vec_angle_deg(start, unit);
        deepest = fmax(deepest, angle);
        if (angle > 30) held += dt;
        fastest = fmax(fastest, (double)t->turn[i]);
    }
    put(&depth[at], deepest);
    put(&over_s[at], held);
    put(&rate[at], fastest);
}

static void take_umafall(const char *path)
{
    static struct trial t;
    gzFile file = gzopen(path, "rb");
    long v[10];
    t.n = 0;
    for (int got; file && (got = rows_next(file, v, 10)) >= 0;) {
        if (got < 10) continue;
        if (t.n && (v[0] != t.activity || v[1] != t.number || v[2] != t.position)) take_trial(&t), t.n = 0;
        t.activity = v[0], t.number = v[1], t.position = v[2];
        if (t.n == 2000) continue;
        t.t_s[t.n] = (double)v[3] / 1000;
        for (int i = 0; i < 3; i++) t.a[t.n][i] = (float)v[4 + i];
        double w = sqrt((double)(v[7] * v[7] + v[8] * v[8] + v[9] * v[9])) / 1000;
        t.turn[t.n++] = (float)(w * (double)DEG_PER_RAD);
    }
    if (t.n) take_trial(&t);
    if (file) gzclose(file);
}

static int wanted(const struct dirent *e)
{
    return strstr(e->d_name, ".csv.gz") != NULL && strncmp(e->d_name, "labels", 6) != 0;
}

static int each(const char *root, const char *set, void (*take)(const char *))
{
    struct dirent **list;
    char folder[2048], path[4096];
    snprintf(folder, sizeof folder, "%s/%s", root, set);
    int n = scandir(folder, &list, wanted, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        take(path);
        free(list[i]);
    }
    if (n >= 0) free(list);
    show_postures(set);
    show(set, "walking: steps a minute", &cadence);
    show(set, "walking: RMS of the force, g", &bounce);
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: measure-people DIR\n"), 2;
    int n = each(argv[1], "casale_chest", take_casale);
    n += each(argv[1], "dsads_torso", take_dsads);
    n += each(argv[1], "har70_lowerback", take_har70);
    n += each(argv[1], "mobgap_lowerback", take_mobgap);
    n += each(argv[1], "umafall_chest_waist", take_umafall);
    for (int i = 0; i < 2; i++) {
        const char *at = i ? "umafall waist" : "umafall chest";
        show(at, "bend: deepest angle", &depth[i]);
        show(at, "bend: seconds beyond 30", &over_s[i]);
        show(at, "bend: fastest deg/s", &rate[i]);
        show(at, "chair: largest bow", &bow[i]);
    }
    return n > 0 ? 0 : 1;
}
