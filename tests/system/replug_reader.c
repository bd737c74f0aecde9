/* Reads one sensor that is plugged in and pulled out again and again, as the link does it: hotplug's word, the list,
 * the key it knows, transport, protocol, a greeting; no more. Says on standard output what it sees, a line each:
 *   waiting            not plugged in; nothing is open
 *   up FILES HEAP      it is read; open files and bytes in use at that time
 *   got N              N samples so far, in all sessions
 *   fault WORDS
 *   baud RESULT        of another speed
 * Orders on standard input: 'c' closes the device and opens it again, 'b' sets 57600 baud. Ends with it.
 * Usage: replug_reader KEY (a plumb link device), or replug_reader KEY raw (its bytes are 32-bit counts). */
#include "plumbline/sensor.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 4096, SAMPLES = 256, RETRIES = 6, FIRST_RETRY_MS = 100 };

struct reader {
    const char *key;
    bool raw;
    const struct protocol *protocol;
    void *state;
    struct hotplug *hotplug;
    struct transport *transport;
    uint64_t got, next_index;
    uint32_t boot_id;
    unsigned retries; /* left; a port's node may come a moment after the word of its device */
    uint8_t part[4];
    size_t part_n;
    bool counting;
};

static void fault(const char *what)
{
    printf("fault %s\n", what);
    exit(1);
}

static int open_files(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n;
}

static bool find(const char *key, struct device_info *found)
{
    struct device_info all[8];
    int n = devices_list(all, 8), same = 0;
    for (int i = 0; i < n && i < 8; i++)
        if (!strcmp(all[i].key, key)) *found = all[i], same++;
    if (same > 1) fault("two devices with one key");
    return same == 1;
}

/* Within a boot the device's own index rises, over all replugs: no sample comes twice. */
static void count(struct reader *r, const struct raw_sample *s)
{
    struct sensor_info info;
    r->protocol->info(r->state, &info);
    if (r->got && info.boot_id != r->boot_id) fault("another boot");
    if (r->got && s->index < r->next_index) fault("a sample came twice");
    r->boot_id = info.boot_id;
    r->next_index = s->index + 1;
    r->got++;
}

static void decode(struct reader *r, const uint8_t *bytes, size_t n)
{
    struct raw_sample out[SAMPLES];
    for (size_t eaten, k; n; bytes += eaten, n -= eaten) {
        eaten = r->protocol->push(r->state, bytes, n, out, SAMPLES, &k);
        for (size_t i = 0; i < k; i++) count(r, &out[i]);
    }
}

/* Whole and in order: within a session each count is one more than the last. */
static void count_raw(struct reader *r, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t value;
        r->part[r->part_n++] = bytes[i];
        if (r->part_n < sizeof r->part) continue;
        memcpy(&value, r->part, sizeof value);
        r->part_n = 0;
        if (r->counting && value != (uint32_t)r->next_index) fault("bytes out of order");
        r->counting = true;
        r->next_index = (uint64_t)value + 1;
        r->got++;
    }
}

static void go_down(struct reader *r)
{
    transport_close(r->transport);
    r->transport = NULL;
    printf("waiting\n");
}

static void greet(struct reader *r)
{
    uint8_t hello[64];
    r->part_n = 0;
    r->counting = false;
    if (r->raw && transport_write(r->transport, hello, 1) != -EPERM) fault("a tracker takes commands");
    if (r->raw) return;
    if (r->protocol->resume)
        r->protocol->resume(r->state);
    else
        r->protocol->init(r->state);
    size_t n = r->protocol->encode(r->state, &(struct sensor_command){.kind = SENSOR_HELLO}, hello, sizeof hello);
    if (!n || transport_write(r->transport, hello, n) < 0) fault("the greeting cannot be sent");
}

static void go_up(struct reader *r)
{
    struct device_info device;
    char why[256];
    bool there = find(r->key, &device);
    r->retries--;
    if (!there) return;
    if (transport_open(device.address, NULL, &r->transport, why) < 0) {
        fprintf(stderr, "replug_reader: %s\n", why);
        return;
    }
    r->retries = 0;
    greet(r);
    printf("up %d %zu\n", open_files(), mallinfo2().uordblks);
}

/* Raw: a little at a time, so that the descriptor has to stay readable while there is more. */
static void read_some(struct reader *r)
{
    uint8_t bytes[CHUNK];
    uint64_t before = r->got;
    ssize_t n = transport_read(r->transport, bytes, r->raw ? 100 : sizeof bytes);
    if (n > 0 && r->raw) count_raw(r, bytes, (size_t)n);
    if (n > 0 && !r->raw) decode(r, bytes, (size_t)n);
    if (r->got != before) printf("got %llu\n", (unsigned long long)r->got);
    if (n == -ENODEV)
        go_down(r);
    else if (n < 0)
        fault(strerror((int)-n));
}

static bool obey(struct reader *r)
{
    char byte;
    if (read(STDIN_FILENO, &byte, 1) != 1) return false;
    if (!r->transport) fault("an order while nothing is open");
    if (byte == 'b') {
        printf("baud %d\n", transport_set_baud(r->transport, 57600));
        return true;
    }
    go_down(r);
    r->retries = RETRIES;
    return true;
}

static bool take_a_turn(struct reader *r)
{
    struct pollfd p[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                         {.fd = hotplug_fd(r->hotplug), .events = POLLIN},
                         {.fd = r->transport ? transport_fd(r->transport) : -1, .events = POLLIN}};
    poll(p, 3, r->retries ? FIRST_RETRY_MS << (RETRIES - r->retries) : -1);
    if (p[0].revents && !obey(r)) return false;
    if (p[1].revents && hotplug_take(r->hotplug)) r->retries = RETRIES;
    if (r->transport) read_some(r);
    if (!r->transport && r->retries) go_up(r);
    return true;
}

int main(int argc, char **argv)
{
    struct reader r = {.raw = argc == 3, .protocol = protocol_find("plumb")};
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2) return fprintf(stderr, "usage: replug_reader KEY [raw]\n"), 2;
    r.key = argv[1];
    r.state = malloc(r.protocol->state_size);
    r.protocol->init(r.state);
    if (hotplug_open(&r.hotplug) < 0) fault("no hotplug");
    r.retries = RETRIES;
    printf("waiting\n");
    while (take_a_turn(&r))
        ;
    transport_close(r.transport);
    hotplug_close(r.hotplug);
    free(r.state);
    return 0;
}
