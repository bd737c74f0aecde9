/* What the raw log's coder makes of recordings: bytes a sample in blocks of a minute, their headers and checks counted,
 * and how fast, beside gzip -9, FLAC and WavPack on the same file in the same run. Speeds are raw bytes (12 a sample)
 * over processor time, ours the best of some rounds; what is decoded is compared with what went in.
 *
 * Usage: bench-store [-r HZ] [-o] [FILE.i16…]   FILE: int16, little-endian, accelerometer x y z, gyro x y z, and so on.
 * -o: ours alone. Without a file: three minutes that are made up.
 */
#include "bench.h"
#include "daemon/store/block.h"
#include "peers.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AXES = PEERS_AXES, RAW_BYTES = 2 * AXES, ENCODE_ROUNDS = 3, DECODE_ROUNDS = 15, MADE_UP_S = 180 };

struct recording {
    const char *name;
    int16_t *samples; /* AXES each */
    size_t n;
};

struct sums {
    size_t samples, bytes, files, ahead[PEERS], against[PEERS];
    double encode_s, decode_s;
    struct peers_result peer[PEERS];
};

struct packed {
    uint8_t *bytes;
    size_t n, room;
};

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- what is packed ---------------------------------------------------------------------------------------------- */

static void load(struct recording *r, const char *path)
{
    struct stat st;
    FILE *f = fopen(path, "r");
    if (!f || fstat(fileno(f), &st)) fail(path);
    if (st.st_size == 0 || st.st_size % RAW_BYTES) fail("expected samples of 12 bytes: six int16 numbers each");
    *r = (struct recording){.name = path, .n = (size_t)st.st_size / RAW_BYTES};
    uint8_t *bytes = malloc((size_t)st.st_size);
    r->samples = calloc(r->n * AXES, sizeof *r->samples);
    if (!bytes || !r->samples) fail("out of memory");
    if (fread(bytes, RAW_BYTES, r->n, f) != r->n) fail(path);
    for (size_t i = 0; i < r->n * AXES; i++) r->samples[i] = (int16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    free(bytes);
    fclose(f);
}

/* Slow swings under noise. */
static void make_up(struct recording *r, unsigned rate_hz)
{
    uint32_t random = 1;
    *r = (struct recording){.name = "made-up", .n = (size_t)MADE_UP_S * rate_hz};
    r->samples = calloc(r->n * AXES, sizeof *r->samples);
    if (!r->samples) fail("out of memory");
    for (size_t i = 0; i < r->n * AXES; i++) {
        double noise = 0, phase = 0.3 * (double)(i / AXES) / rate_hz;
        for (int k = 0; k < 4; k++) noise += (double)((random = random * 1664525 + 1013904223) >> 16) / 65536 - 0.5;
        r->samples[i] = (int16_t)lrint(500 * sin(phase * (double)(1 + i % AXES)) + 12 * noise);
    }
}

/* Readings FROM … FROM + N − 1, as the log would get them; evenly spaced, since what is compared has no times at
 * all. */
static void readings(const struct recording *r, size_t from, size_t n, unsigned rate_hz, struct reading *out)
{
    for (size_t i = 0; i < n; i++) {
        const int16_t *s = r->samples + (from + i) * AXES;
        out[i] = (struct reading){
            .t_ns = (int64_t)(from + i) * (NS_PER_S / rate_hz), .index = from + i, .have = HAVE_ACCEL | HAVE_GYRO};
        memcpy(out[i].accel, s, sizeof out[i].accel);
        memcpy(out[i].gyro, s + 3, sizeof out[i].gyro);
    }
}

static size_t a_block(unsigned rate_hz)
{
    size_t n = (size_t)BLOCK_SPAN_MAX_S * rate_hz;
    return n < BLOCK_SAMPLES_MAX ? n : BLOCK_SAMPLES_MAX;
}

/* ---- ours -------------------------------------------------------------------------------------------------------- */

static void append(struct packed *p, const uint8_t *bytes, size_t n)
{
    if (p->n + n > p->room) {
        p->room = 2 * p->room + n;
        if (!(p->bytes = realloc(p->bytes, p->room))) fail("out of memory");
    }
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
}

static double encode(struct block_coder *c, const struct recording *r, unsigned rate_hz, struct packed *p)
{
    static struct reading block[BLOCK_SAMPLES_MAX];
    static uint8_t out[BLOCK_MAX];
    double took_s = 0;
    p->n = 0;
    for (size_t from = 0, n; from < r->n; from += n) {
        n = r->n - from < a_block(rate_hz) ? r->n - from : a_block(rate_hz);
        struct block_head head = {.count = (uint32_t)n, .scale = {1, 1}};
        readings(r, from, n, rate_hz, block);
        double begin_s = processor_s();
        size_t length = block_encode(c, &head, block, out);
        took_s += processor_s() - begin_s;
        append(p, out, length);
    }
    return took_s;
}

static double decode(struct block_coder *c, const struct recording *r, unsigned rate_hz, const struct packed *p)
{
    static struct reading block[BLOCK_SAMPLES_MAX], expected[BLOCK_SAMPLES_MAX];
    double took_s = 0;
    size_t from = 0;
    for (size_t at = 0; at < p->n;) {
        struct block_head head;
        double begin_s = processor_s();
        if (block_read_head(p->bytes + at, &head)) fail("a header is damaged");
        if (block_decode(c, &head, p->bytes + at + BLOCK_HEADER, block)) fail("a payload is damaged");
        took_s += processor_s() - begin_s;
        at += BLOCK_HEADER + head.payload;
        readings(r, from, head.count, rate_hz, expected);
        if (memcmp(block, expected, head.count * sizeof *block) != 0)
            fail("decoded samples are not those that went in");
        from += head.count;
    }
    if (from != r->n) fail("samples are missing");
    return took_s;
}

/* ---- the lines --------------------------------------------------------------------------------------------------- */

static void line(const char *name, size_t samples, size_t bytes, double encode_s, double decode_s)
{
    double raw_MB = 1e-6 * RAW_BYTES * (double)samples;
    printf("%s samples=%zu bytes_per_sample=%.3f encode_MBps=%.1f decode_MBps=%.1f\n", name, samples,
           (double)bytes / (double)samples, raw_MB / encode_s, raw_MB / decode_s);
    fflush(stdout);
}

static void peers_line(const struct peers_result *p, size_t samples)
{
    char name[64];
    snprintf(name, sizeof name, "    %-20s", p->name);
    line(name, samples, p->bytes, p->encode_s, p->decode_s);
}

static void ours(const struct recording *r, unsigned rate_hz, struct sums *sums, size_t *bytes)
{
    static struct block_coder coder;
    struct packed p = {0};
    double encode_s = INFINITY, decode_s = INFINITY;
    if (block_coder_open(&coder)) fail("out of memory");
    for (int i = 0; i < ENCODE_ROUNDS; i++) encode_s = fmin(encode_s, encode(&coder, r, rate_hz, &p));
    for (int i = 0; i < DECODE_ROUNDS; i++) decode_s = fmin(decode_s, decode(&coder, r, rate_hz, &p));
    line(r->name, r->n, p.n, encode_s, decode_s);
    sums->samples += r->n;
    sums->bytes += *bytes = p.n;
    sums->encode_s += encode_s;
    sums->decode_s += decode_s;
    sums->files++;
    free(p.bytes);
    block_coder_close(&coder);
}

static void theirs(const struct recording *r, size_t bytes, struct sums *sums)
{
    struct peers_result result[PEERS];
    char folder[] = "/tmp/plumbline-bench-XXXXXX";
    if (!mkdtemp(folder)) fail("no temporary folder");
    peers_run(folder, r->samples, r->n, result);
    rmdir(folder);
    for (size_t i = 0; i < PEERS; i++) {
        struct peers_result *sum = &sums->peer[i];
        sum->name = result[i].name;
        if (!result[i].ran) continue;
        peers_line(&result[i], r->n);
        sum->ran = true;
        sum->bytes += result[i].bytes;
        sum->encode_s += result[i].encode_s;
        sum->decode_s += result[i].decode_s;
        sums->ahead[i] += bytes < result[i].bytes;
    }
}

static void sum_up(const struct sums *s, bool alone)
{
    line("all", s->samples, s->bytes, s->encode_s, s->decode_s);
    for (size_t i = 0; !alone && i < PEERS; i++) {
        if (s->peer[i].ran)
            peers_line(&s->peer[i], s->samples);
        else
            printf("    %s is not here: sudo apt-get install %s\n", s->peer[i].name, peers_package(i));
    }
    for (size_t i = 0; !alone && i < PEERS; i++)
        if (s->peer[i].ran) printf("smaller than %s on %zu of %zu\n", s->peer[i].name, s->ahead[i], s->files);
}

int main(int argc, char **argv)
{
    static struct sums sums;
    char *end = "";
    long rate_hz = 100;
    bool alone = false, wrong = false;
    for (int o; (o = getopt(argc, argv, "r:o")) != -1;) {
        if (o == 'r') rate_hz = strtol(optarg, &end, 10);
        alone |= o == 'o';
        wrong |= o == '?';
    }
    if (wrong || *end || rate_hz < 1 || rate_hz > 1000)
        return fprintf(stderr,
                       "usage: bench-store [-r HZ] [-o] [FILE.i16...]   rate 1 to 1000 (100), -o: ours alone\n"),
               2;
    for (int i = optind; i < argc || i == optind; i++) {
        struct recording r;
        size_t bytes;
        if (i < argc)
            load(&r, argv[i]);
        else
            make_up(&r, (unsigned)rate_hz);
        ours(&r, (unsigned)rate_hz, &sums, &bytes);
        if (!alone) theirs(&r, bytes, &sums);
        free(r.samples);
    }
    sum_up(&sums, alone);
    return 0;
}
