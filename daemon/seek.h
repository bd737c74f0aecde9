/* seek — which device is the sensor, and when to look for it again. Shared by seek.c and link.c. */
#ifndef PLUMBLINE_SEEK_H
#define PLUMBLINE_SEEK_H

#include "daemon.h"

/* The device to open. */
struct target {
    char address[PATH_LEN];
    char key[128];       /* as device_info.key; empty when not known */
    char protocol[16];   /* "auto", or what it is named or known by its id to speak */
    char guess[16];      /* what was last understood of it; empty: nothing yet */
    unsigned baud;       /* at which it was last understood; 0 unknown */
    bool settled;        /* nobody else comes into question: it is named, paired, or a sensor by its id */
};

struct seek;
/* LOOK is called with ARG when there is reason to try again: while waiting, as seek_wait() says; never from inside one of
 * the calls below. */
int seek_open(struct daemon *d, void (*look)(void *arg), void *arg, struct seek **s);
void seek_close(struct seek *s); /* NULL is fine */
/* The configuration changed: what was learnt is forgotten. */
void seek_forget(struct seek *s);

/* The device to open now; 0, or −ENOENT with a line in WHY that says what to do. */
int seek_find(struct seek *s, struct target *t, char why[256]);
/* T was not understood: another is next, if there is one. Whether there is. */
bool seek_pass_over(struct seek *s, const struct target *t);
/* T is up and understood, as PROTOCOL at BAUD: it is known again wherever it turns up. */
void seek_settle(struct seek *s, const struct target *t, const char *protocol, unsigned baud);

/* Waits for reason to look. */
void seek_wait(struct seek *s);
void seek_stop_waiting(struct seek *s);

#endif
