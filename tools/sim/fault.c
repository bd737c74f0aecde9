#include "fault.h"

#include "scenario.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *start;
    enum fault_kind kind;
} kinds[] = {{"drop:", FAULT_DROP},   {"flip:", FAULT_FLIP},     {"truncate:", FAULT_TRUNCATE},
             {"stall@", FAULT_STALL}, {"unplug@", FAULT_UNPLUG}, {"jump@", FAULT_JUMP}};

static bool read_rate(const char *text, double *rate)
{
    char *end;
    *rate = strtod(text, &end);
    return end != text && *end == '\0' && *rate >= 0 && *rate <= 1;
}

static bool read_times(const char *text, struct fault *f)
{
    char at[32];
    size_t n = strcspn(text, "+-");
    if (n >= sizeof at || text[n] == '\0') return false;
    if (text[n] == '-' && f->kind != FAULT_JUMP) return false;
    memcpy(at, text, n);
    at[n] = '\0';
    if (!scenario_duration(at, &f->at_s) || !scenario_duration(text + n + 1, &f->length_s)) return false;
    if (text[n] == '-') f->length_s = -f->length_s;
    return true;
}

bool fault_add(struct faults *f, const char *text)
{
    if (f->n == FAULTS_MAX) return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].start);
        if (strncmp(text, kinds[i].start, n) != 0) continue;
        struct fault fault = {.kind = kinds[i].kind};
        bool good = fault.kind <= FAULT_TRUNCATE ? read_rate(text + n, &fault.rate) : read_times(text + n, &fault);
        if (good) f->fault[f->n++] = fault;
        return good;
    }
    return false;
}

static bool happens(struct faults *f, double rate) { return rate > 0 && chance_between(&f->chance, 0, 1) < rate; }

static size_t drop(struct faults *f, double rate, uint8_t *bytes, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!happens(f, rate)) bytes[kept++] = bytes[i];
    }
    return kept;
}

static void flip(struct faults *f, double rate, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (happens(f, rate)) bytes[i] ^= (uint8_t)(1u << (chance_bits(&f->chance) & 7));
    }
}

size_t fault_damage(struct faults *f, uint8_t *bytes, size_t n)
{
    for (struct fault *x = f->fault; x < f->fault + f->n; x++) {
        if (x->kind == FAULT_DROP) n = drop(f, x->rate, bytes, n);
        if (x->kind == FAULT_FLIP) flip(f, x->rate, bytes, n);
        if (x->kind == FAULT_TRUNCATE && n > 0 && happens(f, x->rate)) n = chance_bits(&f->chance) % n;
    }
    return n;
}

bool fault_holds(const struct faults *f, enum fault_kind kind, double t_s)
{
    for (const struct fault *x = f->fault; x < f->fault + f->n; x++) {
        if (x->kind == kind && t_s >= x->at_s && t_s < x->at_s + x->length_s) return true;
    }
    return false;
}

double fault_jump(struct faults *f, double t_s)
{
    double seconds = 0;
    for (struct fault *x = f->fault; x < f->fault + f->n; x++) {
        if (x->kind != FAULT_JUMP || x->done || t_s < x->at_s) continue;
        seconds += x->length_s;
        x->done = true;
    }
    return seconds;
}
