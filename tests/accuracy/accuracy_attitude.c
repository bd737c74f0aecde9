/* How far is "up" from the truth? RMS per trial, mean over trials, of recordings with an optical reference.
 *
 * accuracy-attitude FOLDER           every NAME.imu16.gz of it (attitude_trial.h), live and settled
 * accuracy-attitude --pair=OTHER FOLDER
 *                                    the trials of FOLDER against those of OTHER (a path seen from FOLDER) that have the
 *                                    same name up to the first dot: another rate of the same recording
 * accuracy-attitude --robust FOLDER  the robustness table (attitude_cases.h) over all of FOLDER's trials, and whole
 *                                    simulated days (attitude_long.h)
 *
 * A file that is no such recording, or damaged, is named with the reason and left out. 0 when at least one was read, 1
 * when none was, 2 for a wrong call.
 */
#include "attitude_long.h"
#include "attitude_robust.h"
#include "attitude_score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIALS_MAX = 256, PATH_BYTES = 4096 };

struct folder {
    size_t n;
    char (*name)[TRIAL_NAME];
    struct trial *trial;
};

static void folder_read(struct folder *f, const char *path)
{
    static char names[TRIALS_MAX][TRIAL_NAME];
    size_t n = attitude_trial_list(path, names, TRIALS_MAX);
    *f = (struct folder){0, calloc(TRIALS_MAX, sizeof *f->name), calloc(TRIALS_MAX, sizeof *f->trial)};
    if (!f->name || !f->trial) abort();
    for (size_t i = 0; i < n; i++) {
        char file[PATH_BYTES];
        if (snprintf(file, sizeof file, "%s/%s", path, names[i]) >= (int)sizeof file) continue;
        const char *why = attitude_trial_read(file, &f->trial[f->n]);
        if (why)
            fprintf(stderr, "%s %s: left out\n", file, why);
        else
            memcpy(f->name[f->n++], names[i], TRIAL_NAME);
    }
    if (f->n == 0) fprintf(stderr, "no recordings in %s\n", path);
}

static void folder_free(struct folder *f)
{
    for (size_t i = 0; i < f->n; i++) attitude_trial_free(&f->trial[i]);
    free(f->trial);
    free(f->name);
}

static void score(const struct trial *t, double *live, double *settled)
{
    struct offs offs = {0};
    attitude_score_run(t, GUARD_ON, &offs);
    *live = attitude_score_live(t, &offs);
    *settled = attitude_score_settled(t, &offs);
    attitude_score_free(&offs);
}

static void print_trials(const struct folder *f)
{
    double live_sum = 0, settled_sum = 0;
    printf("%-60s %7s %7s %7s\n", "trial", "Hz", "live", "settled");
    for (size_t i = 0; i < f->n; i++) {
        double live, settled;
        score(&f->trial[i], &live, &settled);
        printf("%-60s %7.1f %7.3f %7.3f\n", f->name[i], 1e9 / (double)f->trial[i].period_ns, live, settled);
        live_sum += live;
        settled_sum += settled;
    }
    printf("trials=%zu\nmean_inclination_rmse_deg=%.4f\nsettled_inclination_rmse_deg=%.4f\n", f->n,
           live_sum / (double)f->n, settled_sum / (double)f->n);
}

static const struct trial *twin_of(const struct folder *f, const char *name)
{
    size_t stem = strcspn(name, ".");
    for (size_t i = 0; i < f->n; i++)
        if (strcspn(f->name[i], ".") == stem && strncmp(f->name[i], name, stem) == 0) return &f->trial[i];
    return NULL;
}

static bool print_pairs(const struct folder *f, const struct folder *other)
{
    double sum[4] = {0}, worst = 0;
    unsigned n = 0;
    printf("%-60s %7s %7s %7s %7s\n", "trial", "live", "other", "settled", "other");
    for (size_t i = 0; i < f->n; i++) {
        double one[4];
        const struct trial *twin = twin_of(other, f->name[i]);
        if (!twin) continue;
        score(&f->trial[i], &one[0], &one[2]);
        score(twin, &one[1], &one[3]);
        printf("%-60s %7.3f %7.3f %7.3f %7.3f\n", f->name[i], one[0], one[1], one[2], one[3]);
        for (int j = 0; j < 4; j++) sum[j] += one[j];
        worst = fmax(worst, fabs(one[0] - one[1]));
        n++;
    }
    if (n == 0) return fprintf(stderr, "no trial has a twin\n"), false;
    printf("pairs=%u\npair_mean_deg=%.4f\npair_other_mean_deg=%.4f\npair_difference_deg=%.4f\n"
           "pair_settled_difference_deg=%.4f\npair_worst_difference_deg=%.4f\n",
           n, sum[0] / n, sum[1] / n, fabs(sum[0] - sum[1]) / n, fabs(sum[2] - sum[3]) / n, worst);
    return true;
}

int main(int argc, char **argv)
{
    const char *option = argc == 3 ? argv[1] : "", *path = argv[argc - 1];
    bool robust = strcmp(option, "--robust") == 0, pair = strncmp(option, "--pair=", 7) == 0;
    if (argc < 2 || argc > 3 || path[0] == '-' || (argc == 3 && !robust && !pair)) {
        fprintf(stderr, "usage: accuracy-attitude [--robust | --pair=OTHER] FOLDER\n");
        return 2;
    }
    struct folder f, other = {0};
    folder_read(&f, path);
    bool good = f.n > 0;
    if (good && robust) {
        attitude_robust_print(f.trial, f.n);
        attitude_long_print();
    } else if (good) {
        print_trials(&f);
    }
    if (good && pair) {
        char beside[PATH_BYTES];
        bool from_here = option[7] != '/'; /* an absolute path is its own */
        snprintf(beside, sizeof beside, "%s%s%s", from_here ? path : "", from_here ? "/" : "", option + 7);
        folder_read(&other, beside);
        good = print_pairs(&f, &other);
    }
    folder_free(&f);
    folder_free(&other);
    return good ? 0 : 1;
}
