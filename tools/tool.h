/* tool — what the subcommands of `plumbline` share. Exit codes: 0 done, 1 could not be done (the daemon or a file says
 * why), 2 the words on the command line were wrong. */
#ifndef PLUMBLINE_TOOL_H
#define PLUMBLINE_TOOL_H

#include "plumbline/config.h"
#include "plumbline/store.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct tool {
    const char *heading; /* in the list of commands, above this one */
    const char *name, *usage, *summary;
    int (*run)(int argc, char **argv); /* argv[0] is the subcommand's name */
};

int cmd_status(int argc, char **argv);
int cmd_live(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_pause(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_answer(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_report_therapist(int argc, char **argv);
int cmd_pain(int argc, char **argv);
int cmd_stress(int argc, char **argv);
int cmd_soreness(int argc, char **argv);
int cmd_health(int argc, char **argv);
int cmd_therapist(int argc, char **argv);
int cmd_range(int argc, char **argv);
int cmd_did(int argc, char **argv);
int cmd_workout(int argc, char **argv);
int cmd_routine(int argc, char **argv);
int cmd_catalogue(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_forget(int argc, char **argv);
int cmd_reindex(int argc, char **argv);
int cmd_du(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_devices(int argc, char **argv);
int cmd_sensor(int argc, char **argv);

/* The configuration as --config, --data and the file give it (read once; mistakes are told on standard error). */
const struct config *tool_config(void);
const char *tool_config_path(void);

/* "plumbline NAME: …", exit code CODE. */
int tool_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* 0, or CODE after telling that the data folder is not there, or not for us. */
int tool_data_folder(int code);

/* Prints "1 day" or "3 days". */
void tool_count(uint64_t n, const char *one, const char *many);

/* help.c: what --help says of the command NAME, below its line of use. */
const char *help_of(const char *name);

/* Colours may be used: a terminal, and neither NO_COLOR nor TERM=dumb. */
bool tool_colour(FILE *f);
/* The terminal shows UTF-8. */
bool tool_utf8(void);

/* "2026-03-02 18:00[:30]", "2026-03-02", "18:00" (today), "today", "yesterday", "tomorrow 18:00" as local time;
 * false when it is none of these. *WALL_S is set only with true. */
bool tool_time(const char *text, int64_t *wall_s);

/* ---- client.c: talking to the daemon ---- */

/* Sends the words and gives the reply (to be freed by json_decref). 0; −ENOTCONN when no daemon runs; another negative
 * errno when talking failed. A refusal is a reply with "error". */
int client_ask(const char *const *words, size_t n, json_t **reply);
/* Asks, prints what went wrong, and returns an exit code; *REPLY only with 0. */
int client_do(const char *const *words, size_t n, json_t **reply);
/* The same on a connection that stays: a descriptor to close, −ENOTCONN when no daemon runs; a call on it waits at most so
 * long. client_say() as client_ask(). */
int client_connect(int patience_s);
int client_say(int fd, const char *const *words, size_t n, json_t **reply);

/* progress.c: "WHAT: 42 %" on a terminal's standard error, about once a second and at the end. */
void progress_show(const char *what, uint64_t done, uint64_t all);
/* Takes an unfinished one away. */
void progress_clear(void);

/* ---- hold.c: the data folder for this command alone, whether a daemon runs or not ---- */

/* A running daemon goes on sampling meanwhile, in memory, and takes the folder back at the end, also when this process is
 * killed. */
struct hold {
    int daemon; /* connection, −1: none was asked */
    int lock;   /* of the folder, −1 */
};
/* Takes the lock of the folder DATA, where a daemon has it after asking that to let go. Exit code, 0 done; told. */
int hold_take(struct hold *h, const char *data);
/* The same for a command that opens the store itself: the lock is free then. */
int hold_ask(struct hold *h, const char *data);
/* Gives back; waits until the daemon goes on. */
void hold_end(struct hold *h);

/* ---- offline.c: without a daemon the command takes the same lock and writes the diary itself ---- */

/* Opens the store for a moment; exit code, 0 done. */
int offline_open(struct store **s);

#endif
