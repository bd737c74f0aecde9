/* What goes into the firmware and what comes of it.
 *   firmware_samples make SCENARIO HOURS FILE   samples of a simulated wearer, as the emulated sensor chip reads them
 *   firmware_samples tap SOCKET WIRE            what the firmware sends, to standard output and to a file
 *   firmware_samples check FILE WIRE DATA       whether each is in the daemon's log of folder DATA, once and in order,
 *                                               and no frame of the firmware's was bad, missing or unsent
 *   firmware_samples ask FILE SOCKET            plays a host that lost ten seconds: asks the firmware's log for them,
 *                                               while live samples go on
 */
#include "plumbline/log.h"
#include "firmware-proto/little.h"
#include "firmware-proto/plumb_link.h"
#include "tools/sim/sim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SAMPLE = 12 };

static void fail(const char *what)
{
    fprintf(stderr, "firmware_samples: %s\n", what);
    exit(1);
}

static FILE *open_file(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (!f) fail(path);
    return f;
}

/* ---- make ---------------------------------------------------------------------------------------------------- */

static int make(const char *scenario_path, double hours, const char *path)
{
    static struct sim sim;
    struct scenario s;
    struct reading r;
    FILE *in = open_file(scenario_path, "r"), *out = open_file(path, "w");
    if (scenario_read(&s, in, scenario_path, stderr)) return 1;
    sim_init(&sim, &s, false);
    uint64_t count = (uint64_t)(hours * 3600 * s.rate_hz);
    for (uint64_t k = 0; k < count; k++) {
        uint8_t bytes[SAMPLE];
        if (!sim_next(&sim, &r)) { /* the day begins again */
            sim_init(&sim, &s, false);
            sim_next(&sim, &r);
        }
        for (int c = 0; c < 3; c++) {
            little_put16(bytes + 2 * c, (uint16_t)r.gyro[c]);
            little_put16(bytes + 6 + 2 * c, (uint16_t)r.accel[c]);
        }
        if (fwrite(bytes, SAMPLE, 1, out) != 1) fail("writing");
    }
    fclose(in);
    scenario_free(&s);
    return fclose(out) ? 1 : 0;
}

/* ---- tap ----------------------------------------------------------------------------------------------------- */

static int reach(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int line = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (connect(line, (struct sockaddr *)&address, sizeof address) != 0) fail("cannot reach the firmware");
    return line;
}

static int tap(const char *path, const char *wire)
{
    uint8_t bytes[4096];
    int line = reach(path);
    ssize_t n;
    FILE *out = open_file(wire, "w");
    while ((n = read(line, bytes, sizeof bytes)) > 0) {
        if (fwrite(bytes, 1, (size_t)n, out) != (size_t)n || fwrite(bytes, 1, (size_t)n, stdout) != (size_t)n)
            fail("writing");
        fflush(stdout);
    }
    close(line);
    return fclose(out) ? 1 : 0;
}

/* ---- check --------------------------------------------------------------------------------------------------- */

static bool next_input(FILE *f, struct plumb_sample *s)
{
    uint8_t bytes[SAMPLE];
    if (fread(bytes, SAMPLE, 1, f) != 1) return false;
    for (int c = 0; c < 3; c++) {
        s->gyro[c] = (int16_t)little_get16(bytes + 2 * c);
        s->accel[c] = (int16_t)little_get16(bytes + 6 + 2 * c);
    }
    return true;
}

static bool same(const struct plumb_sample *a, const int16_t gyro[3], const int16_t accel[3])
{
    return memcmp(a->gyro, gyro, sizeof a->gyro) == 0 && memcmp(a->accel, accel, sizeof a->accel) == 0;
}

static int check_log(const char *input, const char *data)
{
    struct log_reader *log;
    struct sample s;
    struct plumb_sample want = {0};
    int64_t wall_ns, before_ns = INT64_MIN;
    uint64_t equal = 0, differ = 0, gaps = 0, late = 0, surplus = 0, missing = 0;
    FILE *in = open_file(input, "r");
    if (log_reader_open(data, INT64_MIN / 2, INT64_MAX / 2, &log)) fail(data);
    while (log_reader_next(log, &s, &wall_ns) == 1) {
        if (!next_input(in, &want))
            surplus++;
        else if (same(&want, s.raw.gyro, s.raw.accel))
            equal++;
        else
            differ++;
        gaps += equal > 1 && (s.raw.flags & (SAMPLE_GAP_BEFORE | SAMPLE_RESTARTED));
        late += s.t_ns <= before_ns;
        before_ns = s.t_ns;
    }
    while (next_input(in, &want)) missing++;
    uint64_t damaged = log_reader_damaged(log);
    log_reader_close(log);
    fclose(in);
    printf("log: %" PRIu64 " samples equal, %" PRIu64 " differ, %" PRIu64 " missing, %" PRIu64 " surplus, %" PRIu64
           " gaps, %" PRIu64 " not after the one before, %" PRIu64 " damaged blocks\n",
           equal, differ, missing, surplus, gaps, late, damaged);
    return !equal || differ || missing || surplus || gaps || late || damaged;
}

static int check_wire(const char *path)
{
    static struct plumb_receiver r;
    struct plumb_frame f;
    struct plumb_status status = {0};
    uint64_t lost = 0;
    FILE *in = open_file(path, "r");
    plumb_link_receiver_init(&r);
    for (int c; (c = getc(in)) != EOF;) {
        if (!plumb_link_receive(&r, (uint8_t)c, &f)) continue;
        lost += f.lost;
        if (f.type == PLUMB_STATUS) plumb_get_status(f.payload, f.size, &status);
    }
    fclose(in);
    printf("wire: %" PRIu64 " bytes, %" PRIu64 " frames, %" PRIu64 " bad, %" PRIu64 " bytes skipped, %" PRIu64
           " frames missing; the device says: %.3f h, %u samples lost, %u frames unsent, %u blocks in its log\n",
           r.bytes, r.frames, r.bad_frames, r.skipped_bytes, lost, (double)status.time_us / 3.6e9, status.samples_lost,
           status.frames_lost, status.log_used_blocks);
    return !r.frames || r.bad_frames || r.skipped_bytes || lost || status.samples_lost || status.frames_lost ||
           !status.log_used_blocks;
}

/* ---- ask ----------------------------------------------------------------------------------------------------- */

enum { FROM = 103, COUNT = 490, ENOUGH = 600 };

struct host {
    int line;
    uint8_t seq;
    bool asked, answered;
    uint32_t boot_id, live_next, log_next;
    unsigned live_meanwhile, blocks;
    struct plumb_sample input[2000];
};

static void say(struct host *h, uint8_t type, const uint8_t *payload, size_t size)
{
    uint8_t wire[PLUMB_WIRE_MAX];
    size_t n = plumb_link_encode(type, h->seq++, payload, size, wire);
    if (write(h->line, wire, n) != (ssize_t)n) fail("writing to the firmware");
}

static void compare(const struct host *h, const struct plumb_samples *m, uint32_t *next)
{
    if (m->first_index != *next) fail("a hole in the samples");
    for (unsigned i = 0; i < m->n; i++) {
        uint32_t index = m->first_index + i;
        if (index >= 2000 || !same(&h->input[index], m->sample[i].gyro, m->sample[i].accel)) fail("a sample differs");
    }
    *next += m->n;
}

static void hear(struct host *h, const struct plumb_frame *f)
{
    uint8_t payload[PLUMB_PAYLOAD_MAX];
    struct plumb_hello hello;
    struct plumb_samples live;
    struct plumb_logblock block;
    struct plumb_rsp rsp;
    if (f->type == PLUMB_HELLO && plumb_get_hello(f->payload, f->size, &hello)) h->boot_id = hello.boot_id;
    if (f->type == PLUMB_SAMPLES && plumb_get_samples(f->payload, f->size, &live)) {
        compare(h, &live, &h->live_next);
        h->live_meanwhile += h->asked;
    }
    if (f->type == PLUMB_LOGBLOCK && plumb_get_logblock(f->payload, f->size, &block)) {
        if (!(block.samples.flags & PLUMB_FROM_LOG)) fail("a block that does not say where it is from");
        compare(h, &block.samples, &h->log_next);
        h->blocks++;
    }
    if (f->type == PLUMB_RSP && plumb_get_rsp(f->payload, f->size, &rsp) && rsp.command == PLUMB_LOG_READ) {
        if (rsp.status != PLUMB_OK || rsp.size != 8 || little_get32(rsp.data) != COUNT) fail("LOG_READ went wrong");
        h->answered = true;
    }
    if (!h->asked && h->live_next >= ENOUGH) {
        struct plumb_log_span span = {h->boot_id, FROM, COUNT};
        h->log_next = FROM;
        h->asked = true;
        say(h, PLUMB_LOG_READ, payload, plumb_put_log_span(&span, payload));
    }
}

static int ask(const char *input, const char *path)
{
    static struct host h;
    static struct plumb_receiver r;
    struct plumb_frame f;
    uint8_t byte;
    FILE *in = open_file(input, "r");
    for (int i = 0; i < 2000; i++) {
        if (!next_input(in, &h.input[i])) fail("too few samples to compare with");
    }
    fclose(in);
    h.line = reach(path);
    plumb_link_receiver_init(&r);
    while (!(h.answered && h.live_next > ENOUGH) && read(h.line, &byte, 1) == 1) {
        if (plumb_link_receive(&r, byte, &f)) hear(&h, &f);
    }
    close(h.line);
    printf("asked: %u samples from its log in %u blocks, %u live frames meanwhile\n", h.log_next - FROM, h.blocks,
           h.live_meanwhile);
    return !h.answered || h.log_next != FROM + COUNT || !h.live_meanwhile;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "make")) return make(argv[2], strtod(argv[3], NULL), argv[4]);
    if (argc == 4 && !strcmp(argv[1], "tap")) return tap(argv[2], argv[3]);
    if (argc == 5 && !strcmp(argv[1], "check")) return check_wire(argv[3]) | check_log(argv[2], argv[4]);
    if (argc == 4 && !strcmp(argv[1], "ask")) return ask(argv[2], argv[3]);
    fprintf(stderr, "usage: firmware_samples make SCENARIO HOURS FILE | tap SOCKET WIRE | check FILE WIRE DATA | ask "
                    "FILE SOCKET\n");
    return 2;
}
