/* Blocks, from somebody who means harm. The input is read three ways: as a log file, as the payload of a block
 * whose checksums are right, and as readings, which must come back from a block to the bit.
 *
 * With libFuzzer: clang -fsanitize=fuzzer,address,undefined -DPLUMBLINE_LIBFUZZER. Else the program replays the
 * files that it is given, or without any a fixed series of made-up ones. */
#include "daemon/store/block.h"
#include "daemon/store/bytes.h"
#include "daemon/store/hop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct block_coder coder;
static struct reading reading[BLOCK_SAMPLES_MAX], back[BLOCK_SAMPLES_MAX];
static uint8_t block[BLOCK_MAX], other[BLOCK_BYTES_MAX];

static void as_file(const uint8_t *bytes, size_t n)
{
    struct hop hop;
    struct block_head head;
    off_t at, last = -1;
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || hop_begin(&hop, fd, 0) < 0) abort();
    while (hop_next(&hop, &head, &at) > 0) {
        if (at <= last || at + BLOCK_HEADER + (off_t)head.payload > (off_t)n) abort();
        last = at;
        if (hop_read(fd, at + BLOCK_HEADER, block, head.payload) < 0) abort();
        if (head.kind == BLOCK_SAMPLES) block_decode(&coder, &head, block, back);
        else block_decode_bytes(&coder, &head, block, other);
    }
    close(fd);
}

static void as_payload(const uint8_t *bytes, size_t n)
{
    if (n < 4 || n - 4 > BLOCK_PAYLOAD_MAX) return;
    struct block_head head = {.kind = BLOCK_SAMPLES, .payload = (uint32_t)n - 4};
    head.count = 1 + bytes_get32(bytes) % BLOCK_SAMPLES_MAX;
    head.payload_crc = (uint32_t)crc32(0, bytes + 4, (uInt)head.payload);
    block_decode(&coder, &head, bytes + 4, back);
    head.kind = BLOCK_CONTEXT;
    block_decode_bytes(&coder, &head, bytes + 4, other);
}

static void as_readings(const uint8_t *bytes, size_t n)
{
    enum { EACH = 40 };
    struct block_head head = {.count = (uint32_t)(n / EACH < BLOCK_SAMPLES_MAX ? n / EACH : BLOCK_SAMPLES_MAX)};
    if (head.count == 0) return;
    memset(reading, 0, sizeof reading);
    memset(back, 0, sizeof back);
    for (uint32_t i = 0; i < head.count; i++) memcpy(&reading[i], bytes + (size_t)i * EACH, EACH);
    size_t length = block_encode(&coder, &head, reading, block);
    struct block_head read;
    if (length > BLOCK_MAX || block_read_head(block, &read) < 0) abort();
    if (block_decode(&coder, &read, block + BLOCK_HEADER, back) < 0) abort();
    if (memcmp(reading, back, head.count * sizeof *reading) != 0) abort();
}

static void ready(void)
{
    static bool open;
    if (!open && block_coder_open(&coder) < 0) abort();
    open = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    ready();
    as_file(bytes, n);
    as_payload(bytes, n);
    as_readings(bytes, n);
    return 0;
}

#ifndef PLUMBLINE_LIBFUZZER

static uint8_t input[1 << 20];

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t n = fread(input, 1, sizeof input, f);
    fclose(f);
    return LLVMFuzzerTestOneInput(input, n);
}

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    return *state ^= *state << 5;
}

/* Real blocks with a few bytes changed, so that a good part of them gets past the first checks. */
static void make_up(unsigned rounds)
{
    uint32_t seed = 1;
    static struct reading made[600];
    ready();
    for (unsigned i = 0; i < rounds; i++) {
        size_t n = 0;
        for (unsigned blocks = 1 + next(&seed) % 3; blocks > 0; blocks--) {
            struct block_head head = {.sequence = blocks, .count = 1 + next(&seed) % 600};
            for (uint32_t k = 0; k < head.count; k++)
                made[k] = (struct reading){
                    .t_ns = k * 10000000ll, .index = k, .have = 3, .accel = {(int16_t)(next(&seed) % 99)}};
            n += block_encode(&coder, &head, made, input + n);
        }
        for (unsigned changes = next(&seed) % 4; changes > 0; changes--) input[next(&seed) % n] = (uint8_t)next(&seed);
        LLVMFuzzerTestOneInput(input, i % 5 ? n : next(&seed) % n);
        LLVMFuzzerTestOneInput(input + 84, n - 84); /* the payload behind four bytes of count */
    }
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) failed |= replay(argv[i]);
    if (argc < 2) make_up(2000);
    return failed;
}

#endif
