/* make_device FOLDER: a corpus for fuzz_device, a script for each command and one with all of them. */
#include "firmware-proto/plumb_link.h"

#include <stdio.h>
#include <string.h>

enum { SCRIPT_MAX = 4096 };

struct script {
    uint8_t bytes[SCRIPT_MAX];
    size_t n;
};

static void add(struct script *s, uint8_t act, uint8_t type, const uint8_t *payload, size_t size)
{
    uint8_t step[41] = {act, type};
    memcpy(step + 2, payload, size);
    memcpy(s->bytes + s->n, step, sizeof step);
    s->n += sizeof step;
}

static int save(const char *folder, int number, const struct script *s)
{
    char path[512];
    snprintf(path, sizeof path, "%s/device-%d", folder, number);
    FILE *f = fopen(path, "w");
    if (!f) return perror(path), 1;
    size_t written = fwrite(s->bytes, 1, s->n, f);
    return fclose(f) != 0 || written != s->n;
}

int main(int argc, char **argv)
{
    static struct script all;
    uint8_t p[PLUMB_PAYLOAD_MAX];
    int failed = 0;
    if (argc != 2) return fprintf(stderr, "usage: make_device FOLDER\n"), 2;
    for (int i = 0; i < 15; i++) {
        static const uint8_t types[15] = {PLUMB_HELLO_REQ, PLUMB_STREAM_REQ, PLUMB_START,       PLUMB_STOP,
                                          PLUMB_SET_RANGE, PLUMB_IDENTIFY,   PLUMB_VIBRATE,     PLUMB_KEEPALIVE,
                                          PLUMB_PING,      PLUMB_SET_TIME,   PLUMB_LOG_LIST,    PLUMB_LOG_READ,
                                          PLUMB_LOG_ERASE, PLUMB_LOG_READ,   PLUMB_VIBRATE_STOP};
        const size_t sizes[15] = {[2] = plumb_put_start(&(struct plumb_start){1, 100000, 19}, p),
                                  [4] = 4,
                                  [5] = 2,
                                  [6] = 6,
                                  [8] = 4,
                                  [9] = 8,
                                  [11] = 12,
                                  [12] = 8,
                                  [13] = 12};
        struct script one = {.n = 0};
        switch (types[i]) {
        case PLUMB_START: plumb_put_start(&(struct plumb_start){1, 100000, 19}, p); break;
        case PLUMB_SET_RANGE: plumb_put_range(&(struct plumb_range){8, 500}, p); break;
        case PLUMB_IDENTIFY: plumb_put_identify(300, p); break;
        case PLUMB_VIBRATE: plumb_put_vibrate(&(struct plumb_vibrate){60, 6, 500, 120}, p); break;
        case PLUMB_PING: plumb_put_ping(99, p); break;
        case PLUMB_SET_TIME: plumb_put_time(1790000000000000, p); break;
        case PLUMB_LOG_READ: plumb_put_log_span(&(struct plumb_log_span){i == 11 ? 1 : 2, 3, 300}, p); break;
        case PLUMB_LOG_ERASE: plumb_put_log_erase(&(struct plumb_log_erase){1, 60}, p); break;
        default: break;
        }
        for (int k = 0; k < 4; k++) add(&one, 0xFF, types[i], p, sizes[i]);
        add(&all, i == 12 ? 0xA0 : 0xFF, types[i], p, sizes[i]);
        add(&all, (uint8_t)(0x5F + 17 * i), types[i], p, sizes[i]);
        failed |= save(argv[1], i, &one);
    }
    return failed | save(argv[1], 99, &all);
}
