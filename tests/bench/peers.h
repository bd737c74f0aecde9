/* peers — what other programs make of the same samples, run on the same file in the same run. Times are processor time
 * of the child, its start and its files included. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEERS_AXES = 6 };

struct peers_result {
    const char *name;
    bool ran; /* else its program is not here */
    size_t bytes;
    double encode_s, decode_s;
};

enum { PEERS = 4 };
/* Packs N samples (PEERS_AXES numbers each) with every peer by its best setting and unpacks them again, in files of the
 * existing FOLDER, which are removed. Ends the program when what comes back is not what went in. */
void peers_run(const char *folder, const int16_t *samples, size_t n, struct peers_result result[PEERS]);

/* What to say of a peer whose program is not here. */
const char *peers_package(size_t which);

#endif
