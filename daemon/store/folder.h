/* folder — where things lie in the data folder, and which local days there are. Days are counted from 1 January
 * 1970. */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { FOLDER_PATH = 1024 };

/* The local day on which WALL_NS (UTC) fell. */
int folder_day(int64_t wall_ns, int32_t utc_offset_s);
/* "ROOT/raw/2026/03/20260302.plog"; SUFFIX is ".plog" or ".wal". 0 or −ENAMETOOLONG. */
int folder_day_path(const char *root, int day, const char *suffix, char path[FOLDER_PATH]);
/* "ROOT/NAME". 0 or −ENAMETOOLONG. */
int folder_path(const char *root, const char *name, char path[FOLDER_PATH]);
/* Makes the folders (0700) that PATH lies in; 0 or a negative errno. */
int folder_make_parents(const char *path);
/* The data folder PATH, which lay on DEVICE, may be gone. Where its parent lies on that DEVICE, it was removed or moved
 * away and is made anew. Elsewhere its disk was pulled: −ENODEV, until a folder that has been used before is in its
 * place. 0 or a negative errno. */
int folder_again(const char *path, dev_t device);
/* Puts the entry of PATH in its folder on the disk. */
void folder_sync_parent(const char *path);
/* All days with a file of that suffix, NULL: with a .plog or a .wal; ascending, each once, in DAYS (free it). 0 or a
 * negative errno; no raw folder is no error. */
int folder_days(const char *root, const char *suffix, int **days, size_t *n);

#endif
