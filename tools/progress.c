#include "tool.h"

#include <time.h>
#include <unistd.h>

void progress_show(const char *what, uint64_t done, uint64_t all)
{
    static time_t shown;
    time_t now = time(NULL);
    bool last = done >= all;
    if (!isatty(STDERR_FILENO) || (now == shown && !last && done)) return;
    shown = now;
    fprintf(stderr, "\r%s: %llu %%\033[K%s", what, all ? (unsigned long long)(done * 100 / all) : 100,
            last ? "\n" : "");
}

void progress_clear(void)
{
    if (isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}
