/* picture — the figure of an item in the hints of a notification.
 *
 * Desktop Notifications Specification 1.2: hint "image-data", (iiibiiay): width, height, bytes a row, whether there is
 * alpha, bits a sample, channels, the pixels.
 */
#ifndef PLUMBLINE_DESK_PICTURE_H
#define PLUMBLINE_DESK_PICTURE_H

#include <systemd/sd-bus.h>

/* Appends the hint to the open array of hints of M; nothing when the item ID has no figure. 0, or a negative errno. */
int picture_append(sd_bus_message *m, const char *id);

#endif
