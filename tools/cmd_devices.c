/* What is plugged in is seen here; what was said of it is in the file; what it speaks is what the daemon found out. */
#include "tool.h"
#include "view.h"
#include "plumbline/sensor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

enum { DEVICES_MAX = 32, INDENT = 4 };

static int list_present(struct device_info device[DEVICES_MAX])
{
    int n = devices_list(device, DEVICES_MAX);
    return n < DEVICES_MAX ? n : DEVICES_MAX;
}

/* The daemon's file, or the one a daemon would use. */
static void file_path(const json_t *status, char path[PATH_LEN + 16])
{
    const char *file = view_text(status, "devices", "file");
    if (file[0])
        snprintf(path, PATH_LEN + 16, "%s", file);
    else
        snprintf(path, PATH_LEN + 16, "%s/devices", tool_config()->data);
}

static const char *state_word(const struct device_info *d, const struct pairing *p)
{
    if (p && p->answer == PAIRING_NEVER) return "refused";
    if (p && p->answer == PAIRING_YES) return "paired";
    switch (d->class) {
    case DEVICE_EXACT: return "opens by itself";
    case DEVICE_OTHER: return "only by name";
    default: return p ? "asked" : "new";
    }
}

static void print_device(const struct device_info *d, const struct pairing *p, const json_t *status)
{
    static const char *const class[] = {"sensor", "bridge", "board", "port"};
    char text[1024];
    size_t n = (size_t)snprintf(text, sizeof text, "%s %s; %s, %s", d->usb_id, d->description, class[d->class],
                                state_word(d, p));
    printf("%s  %s\n    ", d->address, d->key);
    if (p && p->protocol[0]) n += (size_t)snprintf(text + n, sizeof text - n, "; last spoke %s", p->protocol);
    if (p && p->baud) n += (size_t)snprintf(text + n, sizeof text - n, " at %u baud", p->baud);
    view_paragraph(text, INDENT);
    if (strcmp(view_text(status, "devices", "open"), d->address) != 0) return;
    snprintf(text, sizeof text, "in use: %s", view_text(status, "sensor", "link"));
    fputs("    ", stdout);
    view_paragraph(text, INDENT);
    const char *heard = view_text(status, "devices", "heard");
    if (!heard[0]) return;
    snprintf(text, sizeof text, "%s, because: %s", view_text(status, "sensor", "protocol"), heard);
    fputs("    ", stdout);
    view_paragraph(text, INDENT);
}

static bool is_present(const struct device_info *device, int n, const char *key)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(device[i].key, key)) return true;
    return false;
}

static int list(const json_t *status)
{
    struct device_info device[DEVICES_MAX];
    struct pairings known;
    char path[PATH_LEN + 16];
    int n = list_present(device);
    file_path(status, path);
    int failed = pairing_read(&known, path, stderr);
    if (failed < 0) return tool_fail(1, "%s: %s", path, strerror(-failed));
    for (int i = 0; i < n; i++)
        print_device(&device[i], device[i].key[0] ? pairing_find(&known, device[i].key) : NULL, status);
    if (!n) puts("nothing that may be a sensor is plugged in");
    for (unsigned i = 0; i < known.n; i++)
        if (!is_present(device, n, known.device[i].key))
            printf("(not here)  %s %s, %s\n", known.device[i].key, known.device[i].name,
                   pairing_answer_name(known.device[i].answer));
    return failed ? tool_fail(1, "%s has %d line%s to mend", path, failed, failed > 1 ? "s" : "") : 0;
}

/* By the daemon where one runs, which acts on it at once; else in the file. */
static int change(enum pairing_change what, const char *word, int argc, char **argv, bool running)
{
    struct device_info device[DEVICES_MAX];
    char path[PATH_LEN + 16], text[256];
    if (running) {
        const char *const words[] = {"devices", argv[1], word};
        json_t *reply;
        int code = client_do(words, (size_t)argc, &reply);
        if (code) return code;
        puts(json_string_value(json_object_get(reply, "done")));
        json_decref(reply);
        return 0;
    }
    int n = list_present(device);
    file_path(NULL, path);
    if (pairing_change(path, what, word, device, n, text)) return tool_fail(1, "%s", text);
    puts(text);
    return 0;
}

/* ---- watch ---- */

static void tell(const char *what, const struct device_info *d)
{
    char when[16] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (localtime_r(&now, &tm)) strftime(when, sizeof when, "%T", &tm);
    printf("%s %s %s %s %s %s\n", when, what, d->address, d->key, d->usb_id, d->description);
}

static void compare(const struct device_info *before, int n_before, const struct device_info *now, int n)
{
    for (int i = 0; i < n_before; i++)
        if (!is_present(now, n, before[i].key)) tell("left   ", &before[i]);
    for (int i = 0; i < n; i++)
        if (!is_present(before, n_before, now[i].key)) tell("arrived", &now[i]);
    fflush(stdout);
}

/* The node of a new device appears, and is given to its user, some time after the device: look again after a while. */
static int watch(void)
{
    static const int again_ms[] = {200, 1000, 3000};
    enum { LOOKS = sizeof again_ms / sizeof again_ms[0] };
    struct device_info seen[DEVICES_MAX], now[DEVICES_MAX];
    struct hotplug *h;
    int failed = hotplug_open(&h), n = list_present(seen), looks = LOOKS;
    if (failed) return tool_fail(1, "this system gives no word of devices that come and go (%s)", strerror(-failed));
    compare(NULL, 0, seen, n);
    while (!ferror(stdout)) {
        struct pollfd p = {.fd = hotplug_fd(h), .events = POLLIN};
        int ready = poll(&p, 1, looks < LOOKS ? again_ms[looks] : -1);
        if (ready < 0 && errno != EINTR) break;
        if (ready > 0 && hotplug_take(h))
            looks = 0;
        else if (ready == 0)
            looks++;
        int count = list_present(now);
        compare(seen, n, now, count);
        memcpy(seen, now, sizeof seen);
        n = count;
    }
    hotplug_close(h);
    return 1;
}

int cmd_devices(int argc, char **argv)
{
    static const char *const changes[] = {
        [PAIRING_PAIR] = "pair", [PAIRING_REFUSE] = "never", [PAIRING_FORGET] = "forget"};
    const char *const words[] = {"status"};
    json_t *status = NULL;
    if (argc == 2 && !strcmp(argv[1], "watch")) return watch();
    int failed = client_ask(words, 1, &status), code = -1;
    if (failed && failed != -ENOTCONN) return tool_fail(1, "the daemon does not answer (%s)", strerror(-failed));
    if (argc == 1) code = list(status);
    for (int i = 0; i <= PAIRING_FORGET && argc > 1 && argc < 4; i++)
        if (!strcmp(argv[1], changes[i]))
            code = change((enum pairing_change)i, argc > 2 ? argv[2] : "", argc, argv, status != NULL);
    json_decref(status);
    return code < 0 ? tool_fail(2, "expected pair, never, forget or watch, and at most one port or key") : code;
}
