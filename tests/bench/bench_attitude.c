/* What the attitude filter costs: attitude_push() beside the least that anybody does, a complementary filter, on the same
 * simulated samples in the same run. Times are this machine's now, the ratio is what can be compared; instructions, which
 * are the same every time, are counted by bench_attitude.sh.
 *
 * Usage: bench_attitude [SAMPLES [moving|still]]   (default 60000, ten minutes at 100 Hz, of each: walking, sitting)
 */
#include "bench.h"
#include "daemon/posture/attitude.h"
#include "daemon/posture/vec.h"
#include "tools/sim/sim.h"

enum { RATE_HZ = 100, SAMPLES = 600 * RATE_HZ, SAMPLES_MAX = 10000000, ROUNDS = 5 };

struct naive {
    float up[3];
};

static struct sample *make_samples(const char *posture, size_t n)
{
    static struct sim sim;
    struct scenario s;
    struct reading r;
    char text[80];
    int length = snprintf(text, sizeof text, "set seed 7\nset rate %d\n%s 300h\n", RATE_HZ, posture);
    FILE *in = fmemopen(text, (size_t)length, "r");
    if (!in || scenario_read(&s, in, "bench", stderr)) fail("scenario");
    fclose(in);
    struct sample *samples = calloc(n, sizeof *samples);
    if (!samples) fail("out of memory");
    sim_init(&sim, &s, false);
    for (size_t i = 0; i < n && sim_next(&sim, &r); i++) {
        struct raw_sample *raw = &samples[i].raw;
        samples[i].t_ns = (int64_t)(i + 1) * (NS_PER_S / RATE_HZ);
        raw->have = HAVE_ACCEL | HAVE_GYRO;
        raw->scale = (struct scale){(float)sim.imu.accel_lsb_mps2, (float)sim.imu.gyro_lsb_rads};
        memcpy(raw->accel, r.accel, sizeof raw->accel);
        memcpy(raw->gyro, r.gyro, sizeof raw->gyro);
        sample_convert(&samples[i]);
    }
    scenario_free(&s);
    return samples;
}

/* Up in the sensor's frame, turned by the gyro and pulled to the accelerometer by 2 % a sample. A function of its own, so
 * that its instructions can be counted. */
__attribute__((noinline)) static void naive_push(struct naive *n, const struct sample *s)
{
    float turned[3], force[3];
    vec_copy(force, s->accel_mps2);
    if (!vec_unit(force)) return;
    vec_cross(n->up, s->gyro_rads, turned);
    for (int i = 0; i < 3; i++) n->up[i] = 0.98f * (n->up[i] + turned[i] / RATE_HZ) + 0.02f * force[i];
    vec_unit(n->up);
}

static double naive_ns(const struct sample *samples, size_t count, float up[3])
{
    struct naive n = {{0, 0, 1}};
    double begin = now_ns();
    for (size_t i = 0; i < count; i++) naive_push(&n, &samples[i]);
    double end = now_ns();
    vec_copy(up, n.up);
    return (end - begin) / (double)count;
}

static double attitude_ns(const struct sample *samples, size_t count, float up[3])
{
    struct attitude a;
    attitude_init(&a);
    double begin = now_ns();
    for (size_t i = 0; i < count; i++) attitude_push(&a, &samples[i]);
    double end = now_ns();
    if (!attitude_up(&a, up)) fail("there is no up");
    return (end - begin) / (double)count;
}

/* The best of some rounds: what disturbs only ever adds. */
static void compare(const char *name, const char *posture, size_t n)
{
    struct sample *samples = make_samples(posture, n);
    double naive = INFINITY, attitude = INFINITY;
    float naive_up[3], up[3];
    for (int round = 0; round < ROUNDS; round++) {
        naive = fmin(naive, naive_ns(samples, n, naive_up));
        attitude = fmin(attitude, attitude_ns(samples, n, up));
    }
    free(samples);
    if (!(vec_angle_deg(up, naive_up) < 30)) fail("the two filters do not agree on up");
    printf("%s_naive_ns_per_sample=%.1f %s_attitude_ns_per_sample=%.1f %s_ratio=%.1f\n", name, naive, name, attitude, name,
           attitude / naive);
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : SAMPLES;
    const char *only = argc > 2 ? argv[2] : "";
    bool moving = strcmp(only, "still") != 0, still = strcmp(only, "moving") != 0;
    if (argc > 3 || n < RATE_HZ || n > SAMPLES_MAX || (*only && moving && still))
        return fprintf(stderr, "usage: bench_attitude [SAMPLES [moving|still]]\n"), 2;
    printf("samples=%ld rounds=%d state_bytes=%zu naive_state_bytes=%zu\n", n, ROUNDS, sizeof(struct attitude),
           sizeof(struct naive));
    if (moving) compare("moving", "walk", (size_t)n);
    if (still) compare("still", "sit upright", (size_t)n);
    return 0;
}
