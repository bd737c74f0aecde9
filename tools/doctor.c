/* Small files of the system, read from where a test may have put them. */
#include "doctor.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PATH_CAP = 1024 };

void doctor_say(const struct doctor *d, enum verdict v, const char *topic, const char *format, ...)
{
    char text[1200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    d->say(d->arg, v, topic, text);
}

bool doctor_read(const struct doctor *d, char *line, size_t size, const char *path, ...)
{
    char name[PATH_CAP], whole[2 * PATH_CAP];
    va_list args;
    va_start(args, path);
    vsnprintf(name, sizeof name, path, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s%s", d->root, name);
    line[0] = 0;
    FILE *f = fopen(whole, "re");
    if (!f) return false;
    bool read = fgets(line, (int)size, f) != NULL;
    fclose(f);
    if (!read) line[0] = 0;
    line[strcspn(line, "\n")] = 0;
    return read;
}

int doctor_list(const struct doctor *d, const char *path, char *names, size_t size)
{
    char whole[2 * PATH_CAP];
    size_t used = 0;
    int n = 0;
    snprintf(whole, sizeof whole, "%s%s", d->root, path);
    DIR *folder = opendir(whole);
    if (!folder) return 0;
    for (struct dirent *e; (e = readdir(folder));) {
        size_t length = strlen(e->d_name) + 1;
        if (e->d_name[0] == '.' || used + length > size) continue;
        memcpy(names + used, e->d_name, length);
        used += length;
        n++;
    }
    closedir(folder);
    return n;
}
