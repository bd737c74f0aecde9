/* calendar — the wearer's calendars, read by a child process of its own: theirs are hostile files, and a library for
 * them that the daemon need not carry. Asked at the start, when a file changes, at local midnight, with another time
 * zone or configuration, and after sleep; at most once in two seconds, and the less often the longer it takes. What
 * came last stays until the next whole answer. */
#ifndef PLUMBLINE_CALENDAR_H
#define PLUMBLINE_CALENDAR_H

#include "calendar_lines.h"
#include "daemon.h"

struct calendar;
/* 0 or a negative errno. */
int calendar_open(struct daemon *d, struct calendar **c);
/* Asks as soon as may be; NULL is fine, as below. */
void calendar_ask(struct calendar *c);
/* Asks when the days that are looked at have moved. For every wake: costs a comparison. */
void calendar_look(struct calendar *c);
void calendar_close(struct calendar *c);

/* ---- calendar_watch.c: is told when one of the files or folders changes, comes or goes ---- */

struct calendar_watch;
int calendar_watch_open(sd_event *loop, void (*changed)(void *arg), void *arg, struct calendar_watch **w);
/* Watches the calendars of CONFIG as they lie now. 0, or a negative errno when some cannot be watched. */
int calendar_watch_set(struct calendar_watch *w, const struct config *config);
/* A calendar's whole path ("~/" is the home folder). */
void calendar_watch_path(const char *written, char path[PATH_LEN]);
void calendar_watch_close(struct calendar_watch *w);

/* ---- calendar_child.c: one run of `plumbline-calendar` ---- */

struct calendar_child;
/* How it ended: WHY is NULL when LINES is a whole answer, else what went wrong, in words. */
typedef void calendar_ended(void *arg, const struct calendar_lines *lines, const char *why);

int calendar_child_open(sd_event *loop, calendar_ended *ended, void *arg, struct calendar_child **c);
bool calendar_child_runs(const struct calendar_child *c);
/* Starts it. −ENOENT: the program is not there; or another negative errno. ENDED comes from the loop. */
int calendar_child_start(struct calendar_child *c, const struct config *config, int64_t from_s, int64_t to_s);
void calendar_child_close(struct calendar_child *c);

#endif
