/* plumbline-sim: options in, scenario read, truth and commands written, then played. */
#include "out.h"
#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct run_options run;
    const char *truth, *commands, *scenario;
    bool have_seed, have_speed;
    uint64_t seed;
};

static const struct option long_options[] = {
    {"protocol", required_argument, NULL, 'p'}, {"out", required_argument, NULL, 'o'},
    {"link", required_argument, NULL, 'l'},     {"speed", required_argument, NULL, 's'},
    {"seed", required_argument, NULL, 'r'},     {"truth", required_argument, NULL, 't'},
    {"commands", required_argument, NULL, 'c'}, {"fault", required_argument, NULL, 'f'},
    {"list-parts", no_argument, NULL, 'P'},     {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},        {NULL, 0, NULL, 0},
};

static void help(void)
{
    fputs(
        "Usage: plumbline-sim [OPTION]… SCENARIO\n"
        "A posture sensor in software: plays what a wearer does as the bytes a real sensor would send.\n"
        "SCENARIO is a file, or - for standard input.\n\n"
        "  --out WHERE       pty (default), socket:PATH, file:PATH or - for standard output\n"
        "  --link PATH       with a pty: keep a symbolic link to it at PATH\n"
        "  --protocol NAME   plumb (default), wit (WitMotion 55 5x), wit61 (WitMotion 55 61), text (CSV lines),\n"
        "                    xbus (Xsens MTData2), bno-rvc (BNO08x), ximu3 (x-IMU3), slime (SlimeVR receiver)\n"
        "  --speed N|max     N times real time; default 1 on pty and socket, max elsewhere\n"
        "  --seed N          another wearer and another day; overrides the scenario's\n"
        "  --truth FILE      write what is true of each segment, as CSV\n"
        "  --commands FILE   write the scenario's daemon commands for `plumblined --script`\n"
        "  --fault FAULT     may be given often: drop:RATE flip:RATE (of all bytes), truncate:RATE (of all writes),\n"
        "                    stall@AT+DUR unplug@AT+DUR jump@AT+DUR jump@AT-DUR (the device's clock leaps)\n"
        "  --list-parts      the sensor chips it can be\n"
        "  --help, --version\n\n"
        "A scenario has one statement a line; # begins a comment. First the settings, each with its default:\n"
        "  set seed 1                  set rate 50                 set part lsm6dso\n"
        "  set placement upper-back    (or lower-back)             set batch 10\n"
        "  set mount 0 0 0             roll, pitch and yaw from the sensor's frame to the body's, degrees\n"
        "  set ppm 0                   device clock fast by        set gyro-bias X Y Z (deg/s), accel-bias X Y Z (mg)\n"
        "then what the wearer does:\n",
        stdout);
    scenario_explain(stdout);
    fputs(
        "and between them, from `!` on, a command for the daemon at that moment, such as `!calibrate sit-upright`.\n\n"
        "Example:  printf 'sit upright 1m\\nslouch 5m 20deg\\nwalk 2m\\n' | plumbline-sim --link /tmp/sensor -\n"
        "          plumblined --device /tmp/sensor\n",
        stdout);
}

static void list_parts(void)
{
    for (const struct imu_part *p = imu_parts; p->name; p++)
        printf("%-8s  %s, noise %g ug/rtHz and %g mdps/rtHz\n", p->name, p->title, p->accel_noise_ug,
               p->gyro_noise_mdps);
}

static int refuse(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "plumbline-sim: %s %s: expected %s\n", option, value, expected);
    return -EINVAL;
}

static int read_protocol(const char *text, enum run_protocol *protocol)
{
    for (int i = 0; i < RUN_PROTOCOLS; i++) {
        if (strcmp(text, run_protocol_names[i]) != 0) continue;
        *protocol = (enum run_protocol)i;
        return 0;
    }
    return refuse("--protocol", text, "plumb, wit, wit61, text, xbus, bno-rvc, ximu3 or slime");
}

static int read_speed(const char *text, double *speed)
{
    char *end;
    *speed = 0;
    if (strcmp(text, "max") == 0) return 0;
    *speed = strtod(text, &end);
    if (end != text && *end == '\0' && *speed >= 0.01 && *speed <= 1e6) return 0;
    return refuse("--speed", text, "max, or a number from 0.01 to 1000000");
}

static int read_seed(const char *text, uint64_t *seed)
{
    char *end;
    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (*text != '-' && end != text && *end == '\0' && errno == 0) return 0;
    return refuse("--seed", text, "a whole number");
}

/* 0 go on, 1 all is done, or a negative errno. */
static int take_option(struct options *o, int option)
{
    switch (option) {
    case 'p': return read_protocol(optarg, &o->run.protocol);
    case 'o': o->run.out = optarg; return 0;
    case 'l': o->run.link = optarg; return 0;
    case 's': o->have_speed = true; return read_speed(optarg, &o->run.speed);
    case 'r': o->have_seed = true; return read_seed(optarg, &o->seed);
    case 't': o->truth = optarg; return 0;
    case 'c': o->commands = optarg; return 0;
    case 'f':
        if (fault_add(&o->run.faults, optarg)) return 0;
        return refuse("--fault", optarg, "for example drop:0.001 or unplug@10m+30s; see --help");
    case 'P': list_parts(); return 1;
    case 'h': help(); return 1;
    case 'V': puts("plumbline-sim " PLUMBLINE_VERSION); return 1;
    default: return -EINVAL; /* getopt has said it */
    }
}

static int read_options(struct options *o, int argc, char **argv)
{
    int option;
    while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
        int result = take_option(o, option);
        if (result) return result;
    }
    if (optind + 1 != argc) {
        fputs("plumbline-sim: expected one scenario; see plumbline-sim --help\n", stderr);
        return -EINVAL;
    }
    o->scenario = argv[optind];
    if (!o->have_speed) o->run.speed = out_is_two_way(o->run.out) ? 1 : 0;
    return 0;
}

static int read_scenario(const char *path, struct scenario *s)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        int error = errno;
        fprintf(stderr, "plumbline-sim: cannot read %s: %s\n", path, strerror(error));
        return -error;
    }
    int error = scenario_read(s, file, standard ? "standard input" : path, stderr);
    if (!standard) fclose(file);
    return error;
}

static int write_side_files(const struct options *o, const struct sim *sim)
{
    const char *const paths[2] = {o->truth, o->commands};
    for (int i = 0; i < 2; i++) {
        if (!paths[i]) continue;
        FILE *file = fopen(paths[i], "we");
        int error = file ? 0 : -errno;
        if (file) {
            error = i == 0 ? sim_write_truth(sim, file) : sim_write_commands(sim->motion.scenario, file);
            if (fclose(file) != 0 && !error) error = -errno;
        }
        if (error) {
            fprintf(stderr, "plumbline-sim: cannot write %s: %s\n", paths[i], strerror(-error));
            return error;
        }
    }
    return 0;
}

static int play(struct options *o, struct scenario *s)
{
    struct sim sim;
    if (o->have_seed) s->seed = o->seed;
    sim_init(&sim, s, o->run.protocol == RUN_WIT || o->run.protocol == RUN_WIT61);
    int error = write_side_files(o, &sim);
    return error ? error : run(&sim, &o->run);
}

int main(int argc, char **argv)
{
    struct options o = {.run = {.out = "pty"}};
    struct scenario scenario = {0};
    int result = read_options(&o, argc, argv);
    if (result) return result > 0 ? EXIT_SUCCESS : 2;
    result = read_scenario(o.scenario, &scenario);
    if (!result) result = play(&o, &scenario);
    scenario_free(&scenario);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}
