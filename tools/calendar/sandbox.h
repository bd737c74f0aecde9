/* What this process may use and do, taken away before the first byte of a calendar is looked at. */
#ifndef CALENDAR_SANDBOX_H
#define CALENDAR_SANDBOX_H

/* Four seconds of processor time, some seconds by the wall clock, 40 MB of own memory, no file written, no core. */
void sandbox_limits(void);

/* From here only reading files, memory and the open output: no network, no new process, no file opened to be
 * written. Where the kernel or the machine knows no such filter the limits stay. */
void sandbox_close(void);

#endif
