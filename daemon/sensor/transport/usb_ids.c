/* The first line that fits counts. Sources: the makers' drivers and udev rules, linux/drivers/usb/serial, and for the
 * trackers their firmware's own USB configuration.
 *
 * Not here on purpose: 04d8:0057 (Axivity AX3 and AX6), a recorder whose days are imported from its files; x-IMU3,
 * whose id is not published: it is found by listening. A SlimeVR tracker says what it is, but may be in use by its own
 * server, and hid-generic has to let go of it: so it is asked about, as a board is.
 */
#include "usb_ids.h"

#include <string.h>

enum { ANY = 0xffff };

static const struct usb_id ids[] = {
    {0x1209, 0x7690, 0x7690, DEVICE_BOARD, "slime", true}, /* SlimeVR receiver */
    {0x1209, 0x7692, 0x7692, DEVICE_BOARD, "slime", true}, /* SlimeVR tracker on its cable */
    {0x4e76, 0xd2d0, 0xd2df, DEVICE_BOARD, "slime", true}, /* other receivers of the same firmware */
    {0x2639, 0, ANY, DEVICE_EXACT, NULL, false},           /* Movella, Xsens */
    {0x0403, 0x6001, 0x6001, DEVICE_BRIDGE, NULL, false},  /* FTDI FT232 */
    {0x0403, 0x6015, 0x6015, DEVICE_BRIDGE, NULL, false},  /* FTDI FT23x */
    {0x10c4, 0xea60, 0xea61, DEVICE_BRIDGE, NULL, false},  /* Silicon Labs CP210x */
    {0x1a86, 0x7523, 0x7523, DEVICE_BRIDGE, NULL, false},  /* WCH CH340 */
    {0x1a86, 0x55d4, 0x55d4, DEVICE_BRIDGE, NULL, false},  /* WCH CH9102 */
    {0x067b, 0x2303, 0x2303, DEVICE_BRIDGE, NULL, false},  /* Prolific PL2303 */
    {0x2886, 0, ANY, DEVICE_BOARD, NULL, false},           /* Seeed */
    {0x2341, 0, ANY, DEVICE_BOARD, NULL, false},           /* Arduino */
    {0x239a, 0, ANY, DEVICE_BOARD, NULL, false},           /* Adafruit */
    {0x303a, 0, ANY, DEVICE_BOARD, NULL, false},           /* Espressif */
    {0x1b4f, 0, ANY, DEVICE_BOARD, NULL, false},           /* SparkFun */
    {0x2e8a, 0, ANY, DEVICE_BOARD, NULL, false},           /* Raspberry Pi Pico */
};

const struct usb_id *usb_ids_find(unsigned vid, unsigned pid)
{
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        if (ids[i].vid == vid && ids[i].pid_first <= pid && pid <= ids[i].pid_last) return &ids[i];
    return NULL;
}

enum device_class usb_ids_class(unsigned vid, unsigned pid, const char *product, const char **protocol)
{
    const struct usb_id *id = usb_ids_find(vid, pid);
    bool own = !strcmp(product, USB_IDS_OWN_PRODUCT);
    *protocol = own ? "plumb" : id ? id->protocol : NULL;
    return own ? DEVICE_EXACT : id ? id->class : DEVICE_OTHER;
}
