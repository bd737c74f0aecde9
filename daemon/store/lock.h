/* lock — one writer a data folder. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <stdbool.h>

/* Takes the lock file PATH and writes the pid into it. Returns a descriptor to close, −EWOULDBLOCK and *PID (0 unknown)
 * when another process has it, or another negative errno. The kernel lets go of it when the holder dies. What was
 * locked is the file that has the name at that moment, also when the folder was just put in the place of another. */
int lock_take(const char *path, int *pid);
/* Whether the file that has the name PATH now is the one that was locked. */
bool lock_holds(int fd, const char *path);

#endif
