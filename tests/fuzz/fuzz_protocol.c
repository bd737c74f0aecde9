/* Whatever the bytes: no protocol traps, and slicing changes neither samples, statistics nor what is detected.
 * The first byte chooses the second slicing. clang -fsanitize=fuzzer makes the fuzzer (-DFUZZ_ONE='"NAME"': of one
 * protocol alone); with -DFUZZ_REPLAY the program plays the files named as its arguments. */
#include "plumbline/sensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef FUZZ_ONE
#define FUZZ_ONE ""
#endif

enum { ROOM = 64 };

/* What a run comes to: a hash of all samples, and the counters. */
struct outcome {
    uint64_t hash;
    struct link_stats stats;
};

static void require(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void mix(struct outcome *o, const void *p, size_t n)
{
    for (const uint8_t *b = p; n-- > 0; b++) o->hash = (o->hash ^ *b) * 1099511628211u;
}

static void take(struct outcome *o, const struct raw_sample *s)
{
    mix(o, &s->device_ns, sizeof s->device_ns);
    mix(o, &s->index, sizeof s->index);
    mix(o, &s->have, sizeof s->have);
    mix(o, &s->flags, sizeof s->flags);
    mix(o, s->accel, sizeof s->accel);
    mix(o, s->gyro, sizeof s->gyro);
    mix(o, s->quat, sizeof s->quat);
    require(s->have & (HAVE_ACCEL | HAVE_QUAT), "a sample says where up is");
    require(!(s->have & HAVE_LINEAR_ACCEL) || (s->have & HAVE_QUAT), "linear acceleration alone says nothing of up");
    require(s->scale.accel_mps2 > 0, "a count means something");
}

/* Every command, and what the protocol asks by itself for some minutes: never more than there is room for. */
static void talk(const struct protocol *p, void *state)
{
    for (int kind = SENSOR_HELLO; kind <= SENSOR_ZERO; kind++)
        for (size_t cap = 0; cap <= 64; cap += 4) {
            uint8_t bytes[64 + 1];
            struct sensor_command command = {.kind = (enum sensor_command_kind)kind, .rate_hz = 50, .batch = 10};
            bytes[cap] = 0xa5;
            size_t n = p->encode ? p->encode(state, &command, bytes, cap) : 0;
            require(n <= cap && bytes[cap] == 0xa5, "a command fits");
            for (int64_t s = 0; p->poll && s < 300; s += 50) {
                n = p->poll(state, SECONDS_NS(s), bytes, cap);
                require(n <= cap && bytes[cap] == 0xa5, "a question fits");
            }
        }
}

static struct outcome run(const struct protocol *p, const uint8_t *bytes, size_t n, size_t slice, size_t max)
{
    struct outcome o = {.hash = 14695981039346656037u};
    struct raw_sample out[ROOM];
    void *state = malloc(p->state_size);
    require(state != NULL, "memory");
    p->init(state);
    for (size_t at = 0; at < n;) {
        size_t offered = n - at < slice ? n - at : slice, count;
        size_t ate = p->push(state, bytes + at, offered, out, max, &count);
        require(count <= max && ate <= offered && (ate == offered || count == max), "push keeps its word");
        for (size_t i = 0; i < count; i++) take(&o, &out[i]);
        at += ate;
    }
    struct sensor_info info;
    p->info(state, &info);
    require(memchr(info.model, 0, sizeof info.model) && memchr(info.firmware, 0, sizeof info.firmware), "names end");
    p->stats(state, &o.stats);
    require(o.stats.bytes == n, "every byte is counted");
    talk(p, state);
    free(state);
    return o;
}

static const struct protocol *detected(const uint8_t *bytes, size_t n, size_t slice)
{
    struct detect *d = malloc(detect_size());
    require(d != NULL, "memory");
    detect_init(d);
    const struct protocol *p = NULL;
    for (size_t at = 0; at < n; at += slice) p = detect_push(d, bytes + at, n - at < slice ? n - at : slice);
    free(d);
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    size_t slice = 1 + data[0] % 61, max = 1 + data[0] % 3;
    data++, size--;
    for (const struct protocol *const *p = protocols; *p; p++) {
        if (*FUZZ_ONE && strcmp((*p)->name, FUZZ_ONE) != 0) continue;
        struct outcome whole = run(*p, data, size, size, ROOM), cut = run(*p, data, size, slice, max);
        require(whole.hash == cut.hash, "slicing changes no sample");
        require(memcmp(&whole.stats, &cut.stats, sizeof whole.stats) == 0, "slicing changes no counter");
    }
    if (*FUZZ_ONE) return 0;
    require(detected(data, size, size) == detected(data, size, slice), "slicing does not change who is heard");
    return 0;
}

#ifdef FUZZ_REPLAY
static int replay(const char *path)
{
    static uint8_t bytes[1 << 20];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    return LLVMFuzzerTestOneInput(bytes, n);
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) failed |= replay(argv[i]);
    return failed;
}
#endif
