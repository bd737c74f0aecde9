/* doctor — what the parts of `plumbline doctor` share. */
#ifndef PLUMBLINE_TOOLS_DOCTOR_H
#define PLUMBLINE_TOOLS_DOCTOR_H

#include "plumbline/sensor.h"

enum verdict { OK, NOTE, MEND };

/* Where to look and how to say it. ROOT goes before every path of /sys, /proc, /run, /dev and /usr, so that a test
 * gives a made-up tree; on a real system it is empty. */
struct doctor {
    const char *root;
    int (*access)(const char *path, int mode); /* access(2) */
    void (*say)(void *arg, enum verdict v, const char *topic, const char *text);
    void *arg;
};
void doctor_say(const struct doctor *d, enum verdict v, const char *topic, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The first line of ROOT/PATH without its end; false (and "") when it cannot be read. */
__attribute__((format(printf, 4, 5))) bool doctor_read(const struct doctor *d, char *line, size_t size,
                                                       const char *path, ...);

/* Names of the folder ROOT/PATH, one after another in NAMES (each ending with 0), at most what fits; how many. */
int doctor_list(const struct doctor *d, const char *path, char *names, size_t size);

/* doctor_port.c: one device: may it be opened, who else has it, what is in the way of its bytes? FAULT is what a fault
 * of it is: MEND for a sensor, NOTE for what may be anybody's printer. */
void doctor_port(const struct doctor *d, const struct device_info *device, enum verdict fault);
/* May ROOT/PATH be opened, and if not, what helps? USB_ID may be empty. */
void doctor_port_access(const struct doctor *d, const char *path, const char *usb_id, enum verdict fault);

/* doctor_usb.c: bridges without a port (brltty, a missing module), hubs that cut the power. */
void doctor_usb(const struct doctor *d);
/* ARRIVALS of devices in the last hour, as the daemon counted them. */
void doctor_usb_arrivals(const struct doctor *d, double arrivals);

#endif
