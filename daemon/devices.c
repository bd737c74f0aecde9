/* Invariants:
 *   the file of pairings is read when it is needed and written when something changed; nothing of it is kept here, so
 *   what a person edits counts at once
 *   a device is asked about only after the file says that it was: never twice, however often the daemon is killed
 */
#include "daemon.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

enum { HOUR_S = 3600, VERDICTS = 16 };

static void file_path(const struct daemon *d, char path[PATH_LEN + 16])
{
    snprintf(path, PATH_LEN + 16, "%s/devices", d->config.data);
}

/* Mistakes are told once, and again when somebody has changed the file. */
static int read_file(struct daemon *d, struct pairings *list)
{
    struct timespec *told = &d->seen.told;
    char path[PATH_LEN + 16];
    struct stat st;
    file_path(d, path);
    bool news = stat(path, &st) == 0 && (st.st_mtim.tv_sec != told->tv_sec || st.st_mtim.tv_nsec != told->tv_nsec);
    int failed = pairing_read(list, path, news ? stderr : NULL);
    if (news) *told = st.st_mtim;
    if (failed < 0 && news) fprintf(stderr, "%s: %s\n", path, strerror(-failed));
    return failed;
}

static int write_file(const struct daemon *d, const struct pairings *list)
{
    char path[PATH_LEN + 16];
    file_path(d, path);
    int failed = pairing_write(list, path);
    if (failed) fprintf(stderr, "%s: %s\n", path, strerror(-failed));
    return failed;
}

static int list_present(struct device_info present[DEVICES_SEEN])
{
    int n = devices_list(present, DEVICES_SEEN);
    return n < DEVICES_SEEN ? n : DEVICES_SEEN;
}

/* ---- who may be opened ---- */

bool devices_allowed(struct daemon *d, const struct device_info *device, struct pairing *p)
{
    struct pairings list;
    memset(p, 0, sizeof *p);
    if (read_file(d, &list) < 0) return device->class == DEVICE_EXACT;
    const struct pairing *known = device->key[0] ? pairing_find(&list, device->key) : NULL;
    if (!known) return device->class == DEVICE_EXACT;
    *p = *known;
    return p->answer == PAIRING_YES || (p->answer == PAIRING_ASKED && device->class == DEVICE_EXACT);
}

void devices_learnt(struct daemon *d, const char *key, const char *protocol, unsigned baud)
{
    struct pairings list;
    if (read_file(d, &list)) return;
    struct pairing *p = pairing_find(&list, key);
    if (!p || (!strcmp(p->protocol, protocol) && p->baud == baud)) return;
    snprintf(p->protocol, sizeof p->protocol, "%s", protocol);
    p->baud = baud;
    write_file(d, &list);
}

/* ---- who came ---- */

static bool was_here(const struct devices_seen *seen, const char *key)
{
    for (int i = 0; i < seen->n; i++)
        if (!strcmp(seen->key[i], key)) return true;
    return false;
}

static void count_arrivals(struct devices_seen *seen, const struct device_info *present, int n)
{
    int64_t now_ns = pipeline_clock_ns(CLOCK_BOOTTIME);
    for (int i = 0; i < n && seen->looked; i++)
        if (!was_here(seen, present[i].key)) seen->arrival_ns[seen->arrivals++ % ARRIVALS_KEPT] = now_ns;
    for (int i = 0; i < n; i++) memcpy(seen->key[i], present[i].key, sizeof seen->key[i]);
    seen->n = n;
    seen->looked = true;
}

static int arrivals_last_hour(const struct devices_seen *seen)
{
    int64_t since_ns = pipeline_clock_ns(CLOCK_BOOTTIME) - SECONDS_NS(HOUR_S);
    int n = 0;
    for (unsigned i = 0; i < seen->arrivals && i < ARRIVALS_KEPT; i++) n += seen->arrival_ns[i] > since_ns;
    return n;
}

/* One question at a time; who has named the sensor in the configuration is asked nothing. */
static void ask(struct daemon *d, const struct device_info *present, int n)
{
    struct pairings list;
    if (!d->desk || config_names_device(&d->config) || read_file(d, &list)) return;
    for (int i = 0; i < n; i++) {
        const struct device_info *new = &present[i];
        bool maybe = new->class == DEVICE_BRIDGE || new->class == DEVICE_BOARD;
        if (!maybe || pairing_find(&list, new->key) || !pairing_add(&list, new->key, new->description)) continue;
        if (write_file(d, &list)) return;
        char title[ADVICE_TITLE_MAX], body[ADVICE_BODY_MAX], what[128];
        struct pipeline_status s;
        snprintf(what, sizeof what, "%s (%s)", new->description[0] ? new->description : "A serial device", new->usb_id);
        coach_ask_device(what, title, body);
        pipeline_status(d->pipeline, &s);
        desk_ask(d->desk, new->key, title, body, &s.now);
        return;
    }
}

void devices_look(struct daemon *d)
{
    struct device_info present[DEVICES_SEEN];
    int n = list_present(present);
    count_arrivals(&d->seen, present, n);
    ask(d, present, n);
}

/* ---- what a person says ---- */

static int change(struct daemon *d, enum pairing_change what, const char *word, char text[256])
{
    struct device_info present[DEVICES_SEEN];
    char path[PATH_LEN + 16];
    int n = list_present(present);
    file_path(d, path);
    int failed = pairing_change(path, what, word, present, n, text);
    if (!failed && d->restart) d->restart(d->link);
    if (!failed) ask(d, present, n); /* about the next one, if there is one */
    return failed;
}

void devices_chosen(struct daemon *d, const char *key, bool yes)
{
    char text[256];
    change(d, yes ? PAIRING_PAIR : PAIRING_REFUSE, key, text);
    fprintf(stderr, "%s\n", text);
}

int devices_command(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    static const char *const word[] = {
        [PAIRING_PAIR] = "pair", [PAIRING_REFUSE] = "never", [PAIRING_FORGET] = "forget"};
    if (!argc) return json_object_update_new(reply, devices_describe(d));
    for (int i = 0; i <= PAIRING_FORGET; i++) {
        if (strcmp(argv[0], word[i]) != 0) continue;
        char text[256] = "a replay has no devices";
        int failed = d->loop ? change(d, (enum pairing_change)i, argc > 1 ? argv[1] : "", text) : -ENODEV;
        json_object_set_new(reply, failed ? "error" : "done", json_string(text));
        return failed;
    }
    json_object_set_new(reply, "error", json_string("expected pair, never or forget"));
    return -EINVAL;
}

/* ---- what is told ---- */

static int explain_one(const struct detect_verdict *v, char *out, size_t size)
{
    if (v->run >= v->needed && !v->plausible && isfinite(v->accel_g))
        return snprintf(out, size, "%s understands it, but at %.1f g it is on nobody's back", v->name,
                        (double)v->accel_g);
    int n = snprintf(out, size, "%s %u of %u in a row", v->name, v->run < v->needed ? v->run : v->needed, v->needed);
    if (v->bad && (size_t)n < size) n += snprintf(out + n, size - (size_t)n, " (%llu bad)", (unsigned long long)v->bad);
    return n;
}

/* "witmotion 4 of 4 in a row; text 0 of 20 in a row (3 bad)": who made anything of the bytes. */
static void explain(const struct daemon *d, char *out, size_t size)
{
    struct detect_verdict v[VERDICTS];
    size_t count = d->pipeline ? pipeline_verdicts(d->pipeline, v, VERDICTS) : 0, n = 0;
    snprintf(out, size, "%s", count ? "bytes that no protocol understands" : "");
    for (size_t i = 0; i < count && i < VERDICTS; i++) {
        if (!v[i].frames && !v[i].run && !v[i].bad) continue;
        if (n) n += (size_t)snprintf(out + n, size - n, "; ");
        n += (size_t)explain_one(&v[i], out + n, size - n);
        if (n + 100 > size) return;
    }
}

json_t *devices_describe(const struct daemon *d)
{
    char path[PATH_LEN + 16], heard[768];
    file_path(d, path);
    explain(d, heard, sizeof heard);
    return json_pack("{s:s, s:s, s:s, s:i}", "file", path, "open", d->link_address, "heard", heard,
                     "arrivals_last_hour", arrivals_last_hour(&d->seen));
}
