#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
    case EROFS:
    case EACCES:
    case EPERM: snprintf(text, 160, "%.50s: %s: make it writable; %s", path, strerror(-error), kept); return;
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
    default: snprintf(why, 256, "the copy in %.120s was not finished (%s): %s", path, strerror(-error), advice(error));
    }
}

void words_locked(char why[256], int pid, const char *path)
{
    char who[24] = "";
    if (pid > 0) snprintf(who, sizeof who, " (pid %d)", pid);
    snprintf(why, 256, "another plumbline%s writes to %.120s: stop it first", who, path);
}

void words_recovered(char text[160], uint64_t samples, uint64_t torn_bytes, const char *away)
{
    int n = 0;
    text[0] = 0;
    if (samples || torn_bytes)
        n = snprintf(text, 160, "the last run was interrupted: %llu samples brought back%s",
                     (unsigned long long)samples, torn_bytes ? ", a torn end cut off" : "");
    if (away[0]) snprintf(text + n, 160 - (size_t)n, "%s%.*s", n ? "; " : "", 157 - n, away);
}
