/* pack — all that a wearer has in one file: a gzip'ed tar that any tar opens.
 *
 * Entries, in this order: "plumbline-backup" (which layout, which program, when), then files by the names they have in
 * the data folder, with the wearer's configuration below "config/", then "plumbline-backup-end" (how many files and
 * bytes, and their CRC). The raw log's files end with their last whole block; a write-ahead file comes right behind its
 * .plog. Layout: docs/log-format.md. What is read is hostile until it is checked. */
#ifndef PLUMBLINE_PACK_H
#define PLUMBLINE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACK_FORMAT = 1 };
#define PACK_HEAD "plumbline-backup"
#define PACK_END "plumbline-backup-end"
#define PACK_CONFIG "config/plumbline.conf"
#define PACK_CATALOGUE "config/catalogue.conf"

struct pack_sum {
    uint64_t files, bytes; /* between head and end */
    uint32_t crc;          /* of their names and contents */
    uint64_t days;         /* of the raw log */
    bool diary, config, catalogue;
    char program[32], made[32]; /* read: from the head */
};

struct pack {
    const char *data;             /* the data folder; written: that one; read: an empty one, or NULL: only check */
    const char *config, *catalogue; /* written: the wearer's own files, NULL: none */
    const char *scratch;          /* written: a path for the copy of the diary, on the way */
    void (*progress)(const char *what, uint64_t done, uint64_t all);
    struct pack_sum sum;
    char why[256]; /* after a failure: one sentence, without the file's name */
};

/* Writes into FD, an empty file. 0 or a negative errno and P->why. */
int pack_write(struct pack *p, int fd);
/* Reads FD from its beginning, checks all of it, and with P->data makes the files there, on the disk when this returns.
 * 0, or a negative errno and P->why: −EBADMSG when it is no whole backup, −EPROTO when a newer Plumbline made it. */
int pack_read(struct pack *p, int fd);

enum { PACK_BLOCK = 512 }; /* tar's: what everything is a multiple of */
/* An entry's header (POSIX ustar), for a plain file. */
void pack_header_make(const char *name, uint64_t size, int64_t mtime_s, uint8_t header[PACK_BLOCK]);
/* 0; −EBADMSG: it is none; −EINVAL: it is a header, but not of a plain file with a short name. NAME is set with 0 and
 * −EINVAL. */
int pack_header_read(const uint8_t header[PACK_BLOCK], char name[101], uint64_t *size);
/* How many zeros follow SIZE bytes. */
size_t pack_padding(uint64_t size);

/* A file's name in the pack: the largest size it may have, 0: no such file. */
uint64_t pack_name_limit(const char *name);
/* "files …" into TEXT; returns its length. */
size_t pack_end_text(const struct pack_sum *sum, char text[256]);

#endif
