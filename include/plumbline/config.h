/* config — the configuration file, $XDG_CONFIG_HOME/plumbline/plumbline.conf. INI, every key optional. */
#ifndef PLUMBLINE_CONFIG_H
#define PLUMBLINE_CONFIG_H

#include "plumbline/coach.h"
#include "plumbline/posture.h"
#include "plumbline/routine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PATH_LEN = 512, CALENDARS_MAX = 8, CALENDAR_WORDS_LEN = 256 };
struct config {
    char device[PATH_LEN];    /* "auto", or an address for transport_open() */
    bool auto_scan;           /* device = auto: listen to unknown serial bridges and maker boards as well */
    char protocol[16];        /* "auto" or a protocol's name */
    unsigned baud;            /* 0 = the protocol's or 115200 */
    float rate_hz;            /* asked of, or stated for, a sensor that does not tell; 0 = unset */
    char data[PATH_LEN];      /* data folder */
    char catalogue[PATH_LEN]; /* user's own catalogue; empty = beside the configuration file */
    int retention_days;
    bool health_answered;     /* [health] contra was given, if only as "none" */
    uint32_t contra;          /* what holds of it, HEALTH_BIT(letter) */
    struct tracker_config tracker;
    struct coach_config coach;
    struct workout_rule workout[WORKOUT_RULES_MAX];
    unsigned n_workout;
    char calendar[CALENDARS_MAX][PATH_LEN]; /* .ics files and folders of them, as written: whole paths, or "~/…" */
    unsigned n_calendar;
    bool calendar_busy;                          /* what is no workout makes the wearer busy */
    char calendar_words[CALENDAR_WORDS_LEN];     /* words that name a workout, and "-word" that do not */
};

void config_default(struct config *c);
/* Reads PATH over the defaults. Returns the number of mistakes; each is written to ERR as
 * "FILE:LINE: key 'x': got 'y', expected …" and leaves that key at its default. −ENOENT and other negative errnos when
 * the file cannot be read. */
int config_read(struct config *c, const char *path, FILE *err);
/* Whether the wearer has said which device is the sensor (it is not to be found then). */
bool config_names_device(const struct config *c);
/* Whether NAME is "auto" or a protocol's; if not, WHY lists those that are. */
bool config_protocol_known(const char *name, char why[128]);
/* Writes C as a file that config_read() would read to the same C. */
void config_write(const struct config *c, FILE *out);
/* $XDG_CONFIG_HOME/plumbline/plumbline.conf, with its fallback. */
void config_default_path(char path[PATH_LEN]);
/* The socket, $XDG_RUNTIME_DIR/plumbline/control, and the file for store_options.memory beside it; the folder is made.
 * −ENOENT when there is no runtime folder, or another negative errno. */
int config_socket_path(char path[PATH_LEN]);
int config_memory_path(char path[PATH_LEN]);

/* ---- the catalogue (catalogue_load.c) ---- */

/* The one that ships, built into the program, and the wearer's own file merged over it; what is wrong with that goes to
 * standard error. */
void catalogue_load(struct catalogue *c, const struct config *config);
void catalogue_load_shipped(struct catalogue *c);
/* Where the wearer's own is: as configured, or beside the configuration file. */
void catalogue_load_path(const struct config *config, char path[PATH_LEN]);
/* Merges the file PATH over C, as catalogue_check() does. Number of faults, or a negative errno (−EINVAL: no plain file). */
int catalogue_load_file(struct catalogue *c, const char *path, void (*tell)(void *arg, int line, const char *what),
                        void *arg);

#endif
