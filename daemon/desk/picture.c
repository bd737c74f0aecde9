/* Invariant: the pixels are made in the message itself, for one notification, and go with it; nothing is kept. */
#include "picture.h"

#include "plumbline/figure.h"

enum { SIZE = 128, CHANNELS = 4, BITS = 8 }; /* what the larger servers show; the others scale it down */

static int append_pixels(sd_bus_message *m, const struct figure *f)
{
    void *rgba;
    int r = sd_bus_message_append_array_space(m, 'y', SIZE * SIZE * CHANNELS, &rgba);
    if (r >= 0) figure_raster(f, SIZE, rgba);
    return r;
}

int picture_append(sd_bus_message *m, const char *id)
{
    struct figure f;
    if (figure_find(id, &f) < 0) return 0;
    int r = sd_bus_message_open_container(m, 'e', "sv");
    if (r >= 0) r = sd_bus_message_append(m, "s", "image-data");
    if (r >= 0) r = sd_bus_message_open_container(m, 'v', "(iiibiiay)");
    if (r >= 0) r = sd_bus_message_open_container(m, 'r', "iiibiiay");
    if (r >= 0) r = sd_bus_message_append(m, "iiibii", SIZE, SIZE, SIZE * CHANNELS, 1, BITS, CHANNELS);
    if (r >= 0) r = append_pixels(m, &f);
    for (int open = 3; open && r >= 0; open--) r = sd_bus_message_close_container(m);
    return r;
}
