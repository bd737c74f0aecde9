/* desk_fixture — a desk on a private bus, a loop that runs until something holds, and the servers around it. */
#ifndef PLUMBLINE_TESTS_DESK_FIXTURE_H
#define PLUMBLINE_TESTS_DESK_FIXTURE_H

#include "plumbline/desk.h"

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

struct fixture {
    sd_event *loop;
    struct desk *desk;
    sd_bus *peer; /* the test's own connection, to play the person */
    pid_t server; /* notify_server, 0 when none runs */
    char folder[48], log[64]; /* its log file, in a folder of ours */
    unsigned answers, presences, sleeps;
    uint32_t answer_id; /* of the last answer */
    enum answer answer;
    struct presence presence;
    bool asleep;
};

/* Loop and listener, no desk and no server yet. */
void fixture_open(struct fixture *f);
void fixture_desk(struct fixture *f);
void fixture_close(struct fixture *f);

/* Starts notify_server (from the folder in $PLUMBLINE_BIN) with ARG (may be NULL), waits until it is ready. */
void fixture_start_server(struct fixture *f, const char *arg, const char *value);
void fixture_stop_server(struct fixture *f);
/* Starts argv[0] as a child that dies with the test. */
pid_t fixture_spawn(const char *const argv[]);
void fixture_reap(pid_t child);

/* Runs the loop until HOLDS(f, what), at most MS; returns whether it came to hold. */
bool fixture_run(struct fixture *f, bool (*holds)(struct fixture *f, const void *what), const void *what, unsigned ms);
/* Runs the loop for MS; returns how often it woke up. */
unsigned fixture_idle(struct fixture *f, unsigned ms);

/* Conditions. */
bool fixture_logged(struct fixture *f, const void *text);    /* the server's log contains TEXT */
bool fixture_described(struct fixture *f, const void *text); /* desk_describe() contains TEXT */
bool fixture_answered(struct fixture *f, const void *count); /* so many answers (const unsigned *) */
unsigned fixture_count(struct fixture *f, const char *text); /* lines of the log that contain TEXT */

/* A call of plumbline.Test on the server, as Click(us). */
void fixture_person(struct fixture *f, const char *method, const char *types, ...);
void fixture_advise(struct fixture *f, enum advice_action action, enum topic topic, uint32_t id, const char *title,
                    const char *body);

#endif
