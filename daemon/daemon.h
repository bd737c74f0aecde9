/* daemon — what the files of plumblined itself share: the one struct that ties loop, link, store and desk together. */
#ifndef PLUMBLINE_DAEMON_H
#define PLUMBLINE_DAEMON_H

#include "plumbline/config.h"
#include "plumbline/desk.h"
#include "plumbline/pipeline.h"
#include "plumbline/sensor.h"
#include "plumbline/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

struct link;
struct control;

struct daemon {
    char config_path[PATH_LEN];
    struct config config;
    struct store *store;
    struct desk *desk;
    struct pipeline *pipeline;
    sd_event *loop;            /* NULL in a replay */
    sd_event_source *deadline; /* the one timer of all rooms */
    sd_event_source *settle;   /* runs while an editor may still be writing the configuration */
    const char *device, *protocol; /* from the command line; NULL: as configured. A reload keeps them */
    float rate_hz;                 /* the same; 0 */
    struct link *link;             /* NULL in a replay, and so are … */
    const struct link_calls *link_calls; /* … these */
    struct control *control;
    char link_text[512];       /* what the link is doing, for status */
    bool link_up;
    int (*reload)(struct daemon *d); /* reads the configuration again; NULL in a replay */
};

/* main.c: puts the command line's words over C. */
void main_override(const struct daemon *d, struct config *c);

/* ---- live.c: the event loop ---- */

/* Runs until SIGTERM or SIGINT. Returns an exit code. */
int live_run(struct daemon *d);
/* Arms the one timer for the earliest deadline; after anything that may have changed it. */
void live_rearm(struct daemon *d);

/* ---- link.c: the device, found and lost and found again ---- */

int link_open(struct daemon *d, struct link **link);
/* The machine woke: whatever happened to the device meanwhile shows at once. */
void link_wake(struct link *link);
void link_close(struct link *link);

/* What commands ask of the link, which a replay has not. */
struct link_calls {
    /* The configured or paired devices changed: begins anew. */
    void (*restart)(struct link *link);
    /* 0, −ENOTSUP when the sensor's protocol has no such command, −ENOTCONN when there is no sensor, or another errno. */
    int (*send)(struct link *link, const struct sensor_command *command);
    /* Adds what status says of it to OBJECT. */
    json_t *(*status)(const struct link *link, json_t *object);
};
extern const struct link_calls link_calls;

/* ---- control.c: the Unix socket, one JSON object a line in and out ---- */

int control_open(struct daemon *d, struct control **c);
const char *control_path(const struct control *c);
void control_close(struct control *c);

/* ---- commands.c: what can be asked and said, by socket or by script ---- */

/* Runs the command made of ARGC words and fills REPLY (an empty object). On failure REPLY holds "error", one sentence
 * that says what to do, and the return value is negative. */
int commands_run(struct daemon *d, int argc, const char *const *argv, json_t *reply);

/* ---- status.c ---- */

void status_fill(struct daemon *d, json_t *reply);
void status_fill_routine(const struct routine *r, json_t *reply);

/* ---- script.c: commands at given seconds of a replay ---- */

/* Opens SCRIPT and gives the hook that runs it; 0 or a negative errno. Closed by script_close(). */
struct script;
int script_open(struct daemon *d, const char *path, struct script **s);
struct pipeline_hook script_hook(struct script *s);
void script_close(struct script *s);

#endif
