/* A CDC device made up: under umockdev-wrapper its sysfs entries, and a pty as its port /dev/ttyACMn. */
#ifndef ACM_FIXTURE_H
#define ACM_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <umockdev.h>

struct acm;

/* Plugs "Plumbline sensor" 1209:0001, serial number 7A3F19, in at bus 1, port 1-1, as number ADDRESS with the port
 * /dev/ttyACM<ADDRESS>. Ends the program when it cannot. */
struct acm *acm_plug(UMockdevTestbed *testbed, unsigned address);
/* It is gone for the host. */
void acm_unplug(struct acm *d);
/* Frees it; the host must have closed it: umockdev ends who asks a port whose answers have been taken away. */
void acm_forget(struct acm *d);
/* How often the host has written DTR and RTS (each write is an edge, for all the device knows), the speed it has set,
 * and whether it would hang up on closing. */
unsigned acm_line_writes(const struct acm *d);
unsigned acm_baud(const struct acm *d);
bool acm_would_hang_up(const struct acm *d);
/* The device sends N bytes, as far as there is room; returns how many. */
size_t acm_send(struct acm *d, const uint8_t *bytes, size_t n);

#endif
