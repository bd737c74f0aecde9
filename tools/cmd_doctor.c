/* What is in the way? Each check prints one line: ok, note or mend, and what to do. Exit code 1 when something must be
 * mended. */
#include "tool.h"
#include "doctor.h"
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static int to_mend;

static void print_line(void *arg, enum verdict v, const char *topic, const char *text)
{
    static const char *const plain[] = {"ok", "note", "mend"}, *const coloured[] = {"\033[32mok\033[0m  ", "\033[33mnote\033[0m", "\033[31mmend\033[0m"};
    (void)arg;
    if (tool_colour(stdout)) printf("%s  %-9s ", coloured[v], topic);
    else printf("%-4s  %-9s ", plain[v], topic);
    view_paragraph(text, 16);
    to_mend += v == MEND;
}

static const struct doctor doctor = {"", access, print_line, NULL};
#define say(...) doctor_say(&doctor, __VA_ARGS__)

static void check_config(void)
{
    struct config c;
    config_default(&c);
    int mistakes = config_read(&c, tool_config_path(), stdout);
    if (mistakes == -ENOENT) say(NOTE, "config", "%s does not exist, which is fine; to change something copy plumbline.conf "
                                               "there (from data/, installed in share/plumbline)", tool_config_path());
    else if (mistakes < 0) say(MEND, "config", "%s: %s", tool_config_path(), strerror(-mistakes));
    else if (mistakes) say(MEND, "config", "%d mistakes in %s, listed above", mistakes, tool_config_path());
    else say(OK, "config", "%s", tool_config_path());
}

/* What may be the sensor, and what is in the way of each. */
static void check_devices(void)
{
    struct device_info device[16];
    struct pairings known;
    char path[PATH_LEN + 16];
    int n = devices_list(device, 16);
    snprintf(path, sizeof path, "%s/devices", tool_config()->data);
    if (pairing_read(&known, path, stdout) > 0) say(MEND, "paired", "mend the lines above in %s", path);
    if (n == 0) say(NOTE, "ports", "no serial port or sensor is there; plug it in");
    for (int i = 0; i < n && i < 16; i++) {
        say(OK, "port", "%s %s %s", device[i].address, device[i].usb_id, device[i].description);
        const struct pairing *p = pairing_find(&known, device[i].key);
        bool ours = p ? p->answer == PAIRING_YES : device[i].class == DEVICE_EXACT;
        doctor_port(&doctor, &device[i], ours ? MEND : NOTE);
    }
    doctor_usb(&doctor);
}

/* The configured device; a running daemon knows better, and may have been given another. */
static void check_device(const json_t *status)
{
    if (status && view_bool(status, "sensor", "up")) {
        bool known = view_number(status, "sensor", "samples") > 0;
        say(known ? OK : NOTE, "sensor", "%s%s", view_text(status, "sensor", "link"),
            known ? "" : "; no samples yet: is it on, and does it send?");
        return;
    }
    if (status) {
        say(MEND, "sensor", "%s", view_text(status, "sensor", "link"));
        return;
    }
    const char *device = tool_config()->device, *path = strchr(device, '/');
    if (!config_names_device(tool_config()))
        say(OK, "sensor", "is found by itself: one whose USB id says so, others when paired (plumbline devices)");
    else if (path) doctor_port_access(&doctor, path, "", MEND);
    else say(OK, "sensor", "%s", device);
}

static void check_daemon(int failed, const json_t *s)
{
    if (failed) {
        say(failed == -ENOTCONN ? NOTE : MEND, "daemon", "%s; start it: systemctl --user start plumblined",
            failed == -ENOTCONN ? "it is not running" : strerror(-failed));
        return;
    }
    say(OK, "daemon", "running");
    const char *desk = json_string_value(json_object_get(s, "desk"));
    say(!desk || strstr(desk, "none") ? NOTE : OK, "desktop", "%s", desk ? desk : "the daemon does not say");
    double error = view_number(s, "store", "error");
    if (error < 0) say(error == -EBUSY ? NOTE : MEND, "store", "%s", view_text(s, "store", "error_text"));
    const char *calendar = view_text(s, "calendar", "state");
    if (calendar[0]) say(view_bool(s, "calendar", "failed") ? MEND : OK, "calendar", "%s", calendar);
    double rate = view_number(s, "sensor", "rate_hz");
    if (rate > 0 && rate < 30) say(NOTE, "rate", "%.0f samples/s work; 50 are better: plumbline sensor rate 50", rate);
    doctor_usb_arrivals(&doctor, view_number(s, "devices", "arrivals_last_hour"));
}

static void check_bus(void)
{
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS"), *runtime = getenv("XDG_RUNTIME_DIR");
    char bus[PATH_LEN] = "";
    if (runtime) snprintf(bus, sizeof bus, "%s/bus", runtime);
    if (address || (bus[0] && access(bus, F_OK) == 0)) say(OK, "bus", "a session bus is there");
    else say(NOTE, "bus", "no session bus: no desktop notices from here (a login session has one)");
    if (!runtime) say(MEND, "runtime", "XDG_RUNTIME_DIR is not set: log in through systemd (pam_systemd), or export it");
}

static void check_clock(void)
{
    time_t now = time(NULL);
    struct tm tm;
    localtime_r(&now, &tm);
    if (tm.tm_year + 1900 < 2025) say(MEND, "clock", "the clock says %d; set it (timedatectl set-ntp true)", tm.tm_year + 1900);
    else say(OK, "clock", "%04d-%02d-%02d %02d:%02d %s", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_zone);
}

/* The nearest folder above PATH that exists. */
static void existing_part(char *path)
{
    for (char *slash; access(path, F_OK) != 0 && (slash = strrchr(path, '/')) && slash != path;) *slash = 0;
}

static void check_disk(void)
{
    struct statvfs fs;
    char path[PATH_LEN];
    snprintf(path, sizeof path, "%s", tool_config()->data);
    existing_part(path);
    if (access(path, W_OK)) say(MEND, "disk", "%s cannot be written (%s); choose another with 'data = …' under [store]", path, strerror(errno));
    else if (statvfs(path, &fs)) say(MEND, "disk", "%s: %s", path, strerror(errno));
    else {
        double gb = (double)fs.f_bavail * (double)fs.f_frsize / 1e9;
        say(gb < 1 ? MEND : OK, "disk", "%.1f GB free for %s%s", gb, tool_config()->data, gb < 1 ? "; a month needs about 0.5 GB" : "");
    }
}

/* The programs make everything for the wearer alone; somebody may have changed that, or copied a file there. */
static void check_private(void)
{
    const char *const paths[] = {tool_config()->data, tool_config_path()};
    struct stat st;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (stat(paths[i], &st) == 0 && (st.st_mode & 077))
            say(NOTE, "private", "other users of this machine may look into %s: chmod -R go= '%s'", paths[i], paths[i]);
}

int cmd_doctor(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) return tool_fail(2, "doctor takes no words");
    const char *const words[] = {"status"};
    json_t *status = NULL;
    int failed = client_ask(words, 1, &status);
    check_config();
    check_device(status);
    check_devices();
    check_daemon(failed, status);
    json_decref(status);
    check_bus();
    check_clock();
    check_disk();
    check_private();
    if (to_mend) printf("\n%d thing%s to mend\n", to_mend, to_mend > 1 ? "s" : "");
    else puts("\nall is well");
    return to_mend > 0;
}
