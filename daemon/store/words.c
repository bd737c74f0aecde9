#include "words.h"

#include "plumbline/sample.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void words_error(char text[160], int error, const char *path, int64_t floor_bytes)
{
    const char *kept = "the last hour is kept in memory";
    switch (-error) {
    case 0: text[0] = 0; return;
    case ENOSPC:
        snprintf(text, 160, "%.50s: less than %lld MB free: make room; %s", path, (long long)(floor_bytes >> 20), kept);
        return;
    case EDQUOT:
    case EFBIG:
        snprintf(text, 160, "%.50s: %s: raise the limit or make room; %s", path, strerror(-error), kept);
        return;
    case EBUSY:
        snprintf(text, 160, "%.50s: another program is at work on it; this goes on when that is done; %s", path,
                 kept);
        return;
    case EPROTO:
        snprintf(text, 160, "%.50s: its diary is a newer Plumbline's: update this one; %s", path, kept);
        return;
    case EISDIR: snprintf(text, 160, "%.50s: a file's name is taken by a folder: move it away; %s", path, kept); return;
    case EROFS:
    case EACCES:
    case EPERM: snprintf(text, 160, "%.50s: %s: make it writable; %s", path, strerror(-error), kept); return;
    case ETIMEDOUT:
        snprintf(text, 160, "%.50s: the disk does not answer: look at it; what comes is kept in memory", path);
        return;
    case ENOENT:
    case ENODEV: snprintf(text, 160, "%.50s is gone: put it back, or plug its disk in; %s", path, kept); return;
    case ESTALE: snprintf(text, 160, "%.50s: its files were removed or moved: new ones follow; %s", path, kept); return;
    default: snprintf(text, 160, "%.50s: %s: look at the disk; %s", path, strerror(-error), kept);
    }
}

static const char *advice(int error)
{
    switch (-error) {
    case EROFS:
    case EACCES:
    case EPERM: return "make it writable, or set another data folder";
    case ENOSPC:
    case EDQUOT: return "make room, or set another data folder";
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG: return "set another data folder";
    case ENOMEM: return "close other programs";
    default: return "look at the disk";
    }
}

void words_open(char why[256], int error, const char *path)
{
    if (error == -EPROTO) {
        snprintf(why, 256, "the diary in %.120s was written by a newer Plumbline: update this one", path);
    } else {
        snprintf(why, 256, "the data folder %.120s cannot be used (%s): %s", path, strerror(-error), advice(error));
    }
}

void words_repair(char why[256], int error, const char *path)
{
    switch (-error) {
    case ENOTEMPTY: snprintf(why, 256, "%.180s is not empty: name a new folder", path); return;
    case EINVAL: snprintf(why, 256, "%.140s lies in the data folder itself: name one elsewhere", path); return;
    case ENOENT: snprintf(why, 256, "the folder that %.140s is to lie in is not there", path); return;
    case ENOSPC:
    case EDQUOT: snprintf(why, 256, "no room for the copy in %.140s: remove it, and name a folder on another disk", path); return;
    default: snprintf(why, 256, "the copy in %.120s was not finished (%s): remove it, then %s", path, strerror(-error), advice(error));
    }
}

void words_locked(char why[256], int pid, const char *path)
{
    char who[24] = "";
    if (pid > 0) snprintf(who, sizeof who, " (pid %d)", pid);
    snprintf(why, 256, "another plumbline%s writes to %.120s: stop it first", who, path);
}

const char *words_diary(int error)
{
    switch (-error) {
    case EBADMSG:
        return "the diary is damaged: restart plumblined; it keeps the damaged file and reads out of it what it can";
    case EBUSY: return "the diary is in use by another program: try again";
    default: return strerror(-error);
    }
}

void words_damaged(char text[160], const char *name, uint64_t minutes, uint64_t entries)
{
    snprintf(text, 160, "the diary was damaged: kept as %.60s; read out of it: %llu minutes, %llu entries", name,
             (unsigned long long)minutes, (unsigned long long)entries);
}

/* WALL_NS already on the clock of its place. */
static int torn(char *text, size_t room, int64_t wall_ns)
{
    time_t wall = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    char when[32] = "";
    if (wall_ns != INT64_MIN && gmtime_r(&wall, &tm)) strftime(when, sizeof when, " behind %F %T", &tm);
    return snprintf(text, room, ", a torn end cut off%s", when);
}

void words_recovered(char text[160], uint64_t samples, const struct segment_mended *mended, const char *away)
{
    int n = 0;
    text[0] = 0;
    if (samples || mended->torn_bytes)
        n = snprintf(text, 160, "the last run was interrupted: %llu samples brought back", (unsigned long long)samples);
    if (mended->torn_bytes) n += torn(text + n, 160 - (size_t)n, mended->torn_wall_ns);
    if (away[0]) snprintf(text + n, 160 - (size_t)n, "%s%.*s", n ? "; " : "", 157 - n, away);
}
