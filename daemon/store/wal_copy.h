/* wal_copy — a private copy of a day's write-ahead file, whose writer may empty it at any moment. */
#ifndef STORE_WAL_COPY_H
#define STORE_WAL_COPY_H

/* A descriptor to be closed, −ENOENT when there is no such file, or another negative errno. At most 16 MiB of it. */
int wal_copy(const char *root, int day);

#endif
