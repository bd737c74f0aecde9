/* lasting — memory that outlives the process: a mapped file on a memory file system, for one data folder, until the
 * machine boots again. Its first LASTING_HEADER bytes begin with whose it is; the rest is its owner's. */
#ifndef STORE_LASTING_H
#define STORE_LASTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LASTING_HEADER = 4096 };

/* Whose it is. */
struct lasting_identity {
    char magic[8];
    uint64_t layout;
    char boot[40];
    uint64_t device, inode; /* of the data folder; lent: 0 and a hash of its name */
};

struct lasting {
    void *memory; /* SIZE bytes */
    size_t size;
    int file;  /* descriptor, locked; −1: anonymous memory */
    bool ours; /* what was found belongs to this boot, this folder and this layout */
    struct lasting_identity identity;
    char path[512];
};

/* Maps SIZE bytes of PATH, made where needed. Without a PATH, or when it is not on a memory file system, another's, in
 * use or cannot be made: anonymous memory, zeros, not ours. LAYOUT is one more whenever what is in there changes. 0 or a
 * negative errno. */
int lasting_open(struct lasting *l, const char *path, const char *folder, const char magic[8], uint64_t layout,
                 size_t size);
/* What is in there counts from now on, and until then not: killed in between, it is nobody's. */
void lasting_disown(struct lasting *l);
void lasting_own(struct lasting *l);
/* Until lasting_move() it belongs to whatever lies where FOLDER does. */
void lasting_lend(struct lasting *l, const char *folder);
/* FOLDER may be another one by now, put in the place of the first: it belongs to that one from here on. */
void lasting_move(struct lasting *l, const char *folder);
/* Removes the file when told so. */
void lasting_close(struct lasting *l, bool remove);

#endif
