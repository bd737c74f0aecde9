/* The main() of a fuzz target that is built without libFuzzer (-DFUZZ_REPLAY): plays the files named as its arguments, and
 * of each some thousand damaged copies, always the same ones: flipped bits, cut ends, doubled and swapped lines. */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file that holds the input, for what reads by name; -1 never comes. PATH: /proc/self/fd/N. */
static inline int fuzz_file(const uint8_t *data, size_t size, char path[32])
{
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

#ifdef FUZZ_REPLAY
#ifndef FUZZ_COPIES
#define FUZZ_COPIES 2000
#endif
enum { FUZZ_MAX = 1 << 18 };

static inline uint32_t fuzz_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

/* The line around AT of the N bytes: its length with the newline, *AT its beginning. */
static inline size_t fuzz_line(const uint8_t *bytes, size_t n, size_t *at)
{
    while (*at > 0 && bytes[*at - 1] != '\n') (*at)--;
    const uint8_t *end = memchr(bytes + *at, '\n', n - *at);
    return end ? (size_t)(end - bytes) + 1 - *at : n - *at;
}

static inline size_t fuzz_damage(uint8_t *bytes, size_t n, uint32_t *dice)
{
    size_t at = fuzz_next(dice) % n, length, to = fuzz_next(dice) % n;
    switch (fuzz_next(dice) % 6) {
    case 0: bytes[at] ^= (uint8_t)(1 << fuzz_next(dice) % 8); return n;
    case 1: bytes[at] = (uint8_t)fuzz_next(dice); return n;
    case 2: return at + 1;
    case 3: /* a line goes */
        length = fuzz_line(bytes, n, &at);
        if (length == n) return n;
        memmove(bytes + at, bytes + at + length, n - at - length);
        return n - length;
    case 4: /* a line comes twice, or into the middle of another */
        length = fuzz_line(bytes, n, &at);
        if (n + length > FUZZ_MAX) return n;
        memmove(bytes + to + length, bytes + to, n - to);
        memmove(bytes + to, bytes + (at < to ? at : at + length < n ? at + length : at), length);
        return n + length;
    default: bytes[at] = (uint8_t)"0123456789-.=:[]\n \0%"[fuzz_next(dice) % 20]; return n;
    }
}

int main(int argc, char **argv)
{
    static uint8_t seed[FUZZ_MAX], bytes[FUZZ_MAX];
    uint32_t dice = 1;
    if (argc < 2) return fprintf(stderr, "usage: %s FILE…\n", argv[0]), 2;
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (!f) return perror(argv[i]), 1;
        size_t n = fread(seed, 1, sizeof seed / 2, f);
        fclose(f);
        LLVMFuzzerTestOneInput(seed, n);
        for (int copy = 0; n > 0 && copy < FUZZ_COPIES; copy++) {
            size_t length = n;
            memcpy(bytes, seed, n);
            for (unsigned k = 1 + fuzz_next(&dice) % 4; k > 0; k--) length = fuzz_damage(bytes, length, &dice);
            LLVMFuzzerTestOneInput(bytes, length);
        }
    }
    return 0;
}
#endif

#endif
