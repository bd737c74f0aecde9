/* framers_fixture — what the framers are judged on: the bytes of every protocol that plumbline-sim speaks, of recordings,
 * and of things that are no sensor; and the same bytes read at a wrong speed. */
#ifndef FRAMERS_FIXTURE_H
#define FRAMERS_FIXTURE_H

#include "sensor_fixture.h"
#include "sim_fixture.h"

#include "tools/sim/run.h"

#include <math.h>
#include <unistd.h>

struct stream {
    char name[32];
    const struct protocol *speaker; /* NULL: no sensor's */
    uint8_t *bytes;
    size_t n;
};

/* The protocol that reads what plumbline-sim calls NAME. */
static inline const struct protocol *speaker_of(const char *name)
{
    return protocol_find(strncmp(name, "wit", 3) == 0 ? "witmotion" : name);
}

static inline size_t read_whole(FILE *f, uint8_t **bytes, size_t cap)
{
    *bytes = malloc(cap);
    assert_non_null(*bytes);
    size_t n = fread(*bytes, 1, cap, f);
    fclose(f);
    return n;
}

/* Half a minute of a wearer in PROTOCOL. The caller frees the bytes. */
static inline void simulate(enum run_protocol protocol, struct stream *s)
{
    struct scenario scenario;
    struct sim sim;
    char path[] = "/tmp/plumbline-framers-XXXXXX", out[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(out, sizeof out, "file:%s", path);
    fixture_begin(&sim, &scenario, "set rate 100\nset seed 5\nsit upright 10s\nslouch 5s 20deg\nwalk 15s\n");
    snprintf(s->name, sizeof s->name, "%s", run_protocol_names[protocol]);
    s->speaker = speaker_of(s->name);
    sim_init(&sim, &scenario, strncmp(s->name, "wit", 3) == 0);
    assert_int_equal(run(&sim, &(struct run_options){.protocol = protocol, .out = out}), 0);
    scenario_free(&scenario);
    FILE *f = fdopen(fd, "rb");
    assert_non_null(f);
    s->n = read_whole(f, &s->bytes, 1 << 20);
    unlink(path);
}

/* A decoder that listens, and the most good frames in a row it has heard. */
struct listener {
    const struct protocol *protocol;
    void *state;
    struct link_stats stats;
    unsigned longest;
};

static inline void listener_open(struct listener *l, const struct protocol *p)
{
    *l = (struct listener){.protocol = p, .state = malloc(p->state_size)};
    assert_non_null(l->state);
    p->init(l->state);
}

static inline void listener_hear(struct listener *l, uint8_t byte)
{
    struct raw_sample out[32];
    size_t count;
    l->protocol->push(l->state, &byte, 1, out, 32, &count);
    l->protocol->stats(l->state, &l->stats);
    if (l->stats.run > l->longest) l->longest = l->stats.run;
}

/* Hears N bytes from the beginning and is closed. */
static inline void listen_to(struct listener *l, const struct protocol *p, const uint8_t *bytes, size_t n)
{
    listener_open(l, p);
    for (size_t i = 0; i < n; i++) listener_hear(l, bytes[i]);
    free(l->state);
}

#endif
