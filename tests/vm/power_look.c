/* What a power cut left in a data folder, for people and scripts: the log's stretches without a gap, what is damaged, and
 * the diary.
 *   power_look FOLDER        stretch FIRST LAST (UTC, s)  SAMPLES;  damaged N;  entries N
 */
#include "plumbline/diary.h"
#include "plumbline/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct stretch {
    int64_t first_wall_ns, last_wall_ns;
    uint64_t n, next_index;
};

static void say(const struct stretch *s)
{
    if (s->n)
        printf("stretch %.3f %.3f %" PRIu64 "\n", (double)s->first_wall_ns / NS_PER_S, (double)s->last_wall_ns / NS_PER_S,
               s->n);
}

static int look_at_log(const char *folder)
{
    struct log_reader *log;
    struct sample s;
    struct stretch is = {0};
    int64_t wall_ns;
    int r = log_reader_open(folder, INT64_MIN, INT64_MAX, &log);
    if (r < 0) return r;
    while (log_reader_next(log, &s, &wall_ns) == 1) {
        if (is.n && s.raw.index != is.next_index) {
            say(&is);
            is.n = 0;
        }
        if (is.n++ == 0) is.first_wall_ns = wall_ns;
        is.last_wall_ns = wall_ns;
        is.next_index = s.raw.index + 1;
    }
    say(&is);
    printf("damaged %" PRIu64 "\n", log_reader_damaged(log));
    log_reader_close(log);
    return 0;
}

static int count(void *n, const struct entry *e)
{
    (void)e;
    ++*(unsigned *)n;
    return 0;
}

static int look_at_diary(const char *folder)
{
    struct diary *d;
    char why[256] = "";
    unsigned n = 0;
    int r = diary_open(folder, &d, why);
    if (r == 0) {
        r = diary_entries(d, 0, INT64_MAX, count, &n);
        diary_close(d);
    }
    if (r < 0 && r != -ENOENT) return fprintf(stderr, "the diary: %s %s\n", strerror(-r), why), r;
    printf("entries %u\n", n);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) return fprintf(stderr, "usage: power_look FOLDER\n"), 2;
    return look_at_log(argv[1]) < 0 || look_at_diary(argv[1]) < 0;
}
