/* What a person may tell the device on his back, within limits that no device is harmed by. Nothing of this is
 * ever sent by itself, but for the buzz of a training window (pipeline_poll()); what the device cannot do it refuses. */
#include "daemon.h"
#include "plumbline/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 4 };

/* One number behind the name of a command: where it goes, its range, and what it is when it is left out (NAN: it may
 * not). */
struct number {
    const char *name;
    double low, high, usual;
};
struct row {
    const char *name;
    enum sensor_command_kind kind;
    struct number number[WORDS];
};

static const struct row rows[] = {
    {"rate", SENSOR_SET_RATE, {{"samples a second", 1, 1000, NAN}}},
    {"range", SENSOR_SET_RANGE, {{"g", 1, 64, NAN}, {"degrees a second", 100, 4000, 2000}}},
    {"content", SENSOR_SET_CONTENT, {{0}}},
    {"zero", SENSOR_ZERO, {{0}}},
    {"identify", SENSOR_IDENTIFY, {{"milliseconds", 100, 10000, 2000}}},
    {"vibrate",
     SENSOR_VIBRATE,
     {{"percent", 0, 100, 50},
      {"times", 1, 5, 1},
      {"milliseconds on", 20, 2000, 300},
      {"milliseconds off", 20, 2000, 300}}},
};

__attribute__((format(printf, 2, 3))) static int refuse(char why[256], const char *format, ...)
{
    char raw[256];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_copy(why, 256, raw); /* a word may have been cut within a character */
    return -EINVAL;
}

static bool parse(const char *word, const struct number *n, double *value)
{
    char *end;
    if (!isdigit((unsigned char)word[0])) return false;
    *value = strtod(word, &end);
    return !*end && *value >= n->low && *value <= n->high; /* not a NAN either */
}

static void fill(const struct row *row, const double value[WORDS], struct sensor_command *c)
{
    *c = (struct sensor_command){.kind = row->kind};
    switch (row->kind) {
    case SENSOR_SET_RATE: c->rate_hz = (float)value[0]; break;
    case SENSOR_SET_RANGE:
        c->accel_g = (float)value[0];
        c->gyro_dps = (float)value[1];
        break;
    case SENSOR_IDENTIFY: c->on_ms = (unsigned)value[0]; break;
    case SENSOR_VIBRATE:
        c->strength_percent = (unsigned)value[0];
        c->repeats = (unsigned)value[1];
        c->on_ms = (unsigned)value[2];
        c->off_ms = (unsigned)value[3];
        break;
    default: break;
    }
}

int sensor_command_parse(int argc, const char *const *argv, struct sensor_command *c, char why[256])
{
    const struct row *row = NULL;
    for (size_t i = 0; argc > 0 && i < sizeof rows / sizeof rows[0]; i++)
        if (!strcmp(rows[i].name, argv[0])) row = &rows[i];
    if (!row) return refuse(why, "expected rate, range, content, zero, identify or vibrate");
    double value[WORDS] = {0};
    int i = 0;
    for (; i < WORDS && row->number[i].name; i++) {
        const struct number *n = &row->number[i];
        value[i] = n->usual;
        if (i + 1 < argc && !parse(argv[i + 1], n, &value[i]))
            return refuse(why, "'%.32s' does not do; expected %g to %g %s", argv[i + 1], n->low, n->high, n->name);
        if (isnan(value[i]))
            return refuse(why, "expected %g to %g %s behind '%s'", n->low, n->high, n->name, row->name);
    }
    if (argc > i + 1) return refuse(why, "'%.32s' is one word too many", argv[i + 1]);
    fill(row, value, c);
    return 0;
}

int sensor_command_fits(float rate_hz, unsigned baud, const struct link_stats *stats, char why[256])
{
    double most_hz = stats->bytes ? baud / 10.0 * (double)stats->samples / (double)stats->bytes : 0;
    if (!baud || !stats->samples || (double)rate_hz <= most_hz) return 0;
    return refuse(why, "%g samples a second do not fit through %u baud, %d do; set a higher speed with its maker's program",
                  (double)rate_hz, baud, (int)most_hz);
}

/* Said before the device is changed: its port would overflow, and it would be hard to tell so afterwards. */
static int check_line(const struct daemon *d, const struct sensor_command *c, char why[256])
{
    struct pipeline_link k;
    if (c->kind != SENSOR_SET_RATE || !d->link_baud) return 0;
    pipeline_link(d->pipeline, &k);
    return sensor_command_fits(c->rate_hz, d->link_baud, &k.stats, why);
}

int sensor_command_run(struct daemon *d, int argc, const char *const *argv, json_t *reply)
{
    struct sensor_command c;
    char text[256];
    int failed = sensor_command_parse(argc, argv, &c, text);
    if (!failed) failed = check_line(d, &c, text);
    if (!failed) {
        failed = d->send ? d->send(d->link, &c) : -ENOTCONN;
        const char *why = failed == -ENOTSUP    ? "this sensor has no such command; its maker's program may be able to"
                          : failed == -ENOTCONN ? "no sensor is there, or it is not known yet; see 'plumbline devices'"
                                                : strerror(-failed);
        snprintf(text, sizeof text, "%s", failed ? why : "sent");
    }
    json_object_set_new(reply, failed ? "error" : "done", json_string(text));
    return failed;
}
