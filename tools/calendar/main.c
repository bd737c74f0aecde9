/* plumbline-calendar: reads calendars for the daemon, which trusts neither them nor libical: it lives for one
 * answer, within limits, and can do nothing but read files and print. */
#include "folder.h"
#include "sandbox.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

static int usage(const char *why)
{
    fprintf(stderr, "plumbline-calendar: %s\n", why);
    fputs("usage: plumbline-calendar --from UTC_S --to UTC_S --zone NAME PATH…\n"
          "PATH is an .ics file or a folder of them; at most 400 days\n",
          stderr);
    return 2;
}

/* false: not a whole number of seconds between the years 1970 and 9999. */
static bool read_time(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return !errno && end != text && !*end && *out >= 0 && *out < 253370764800;
}

static int answer(int64_t from_s, int64_t to_s, const char *zone, char **paths, int n)
{
    bool known;
    struct ics *c = ics_open(from_s, to_s, zone, &known);
    struct folder folder = {.ics = c};
    if (!c) return 1;
    if (!known) notes_add(&c->notes, NOTE_OWN_ZONE, "calendar");
    for (int i = 0; i < n; i++) folder_read(&folder, paths[i]);
    expand_events(c);
    ics_print(c, stdout);
    ics_close(c);
    return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {"zone", required_argument, NULL, 'z'},
                                            {0}};
    int64_t from_s = -1, to_s = -1;
    const char *zone = NULL;
    bool fine = true;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'f') fine &= read_time(optarg, &from_s);
        else if (o == 't') fine &= read_time(optarg, &to_s);
        else if (o == 'z') zone = optarg;
        else return usage("this option is not known");
    }
    if (!fine || from_s < 0 || to_s <= from_s || to_s - from_s > ICS_WINDOW_S)
        return usage("--from and --to are seconds, in order");
    if (!zone) return usage("--zone is missing, as in --zone Europe/Stockholm");
    if (optind == argc) return usage("name a calendar");
    if (!freopen("/dev/null", "w", stderr))
        return 1; /* libical writes there what it reads; titles are nobody's business */
    sandbox_limits();
    sandbox_close();
    return answer(from_s, to_s, zone, argv + optind, argc - optind);
}
