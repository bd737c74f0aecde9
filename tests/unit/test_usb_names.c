/* What a USB device is taken for, and how it is known again: ids, keys, and the choice of an interface. Streaming
 * devices are played by umockdev in tests/system. */
#include "sensor_fixture.h"

#include "daemon/sensor/transport/usb_ends.h"
#include "daemon/sensor/transport/usb_ids.h"
#include "daemon/sensor/transport/usb_sysfs.h"

#include <errno.h>
#include <libusb-1.0/libusb.h>

static void assert_class(unsigned vid, unsigned pid, const char *product, enum device_class class, const char *protocol)
{
    const char *said;
    assert_int_equal(usb_ids_class(vid, pid, product, &said), class);
    if (protocol)
        assert_string_equal(said, protocol);
    else
        assert_null(said);
}

static void test_classes(void **state)
{
    (void)state;
    assert_class(0x1209, 0x0001, "Plumbline sensor", DEVICE_EXACT, "plumb");
    assert_class(0x1a86, 0x7523, "Plumbline sensor", DEVICE_EXACT, "plumb");
    assert_class(0x1209, 0x0001, "Somebody's lamp", DEVICE_OTHER, NULL);
    assert_class(0x1209, 0x7690, "", DEVICE_BOARD, "slime");
    assert_class(0x1209, 0x7691, "", DEVICE_OTHER, NULL);
    assert_class(0x4e76, 0xd2df, "", DEVICE_BOARD, "slime");
    assert_class(0x4e76, 0xd2e0, "", DEVICE_OTHER, NULL);
    assert_class(0x2639, 0x0300, "MTi", DEVICE_EXACT, NULL);
    assert_class(0x04d8, 0x0057, "AX6", DEVICE_OTHER, NULL); /* a recorder */
    assert_class(0x0403, 0x6001, "FT232R USB UART", DEVICE_BRIDGE, NULL);
    assert_class(0x10c4, 0xea60, "CP2102", DEVICE_BRIDGE, NULL);
    assert_class(0x2341, 0x0043, "", DEVICE_BOARD, NULL);
    assert_class(0x046d, 0xc31c, "USB Keyboard", DEVICE_OTHER, NULL);
}

/* Only what nothing else has for an id may be taken from the kernel's HID driver. */
static void test_hid_ids_are_exact(void **state)
{
    (void)state;
    assert_true(usb_ids_find(0x1209, 0x7692)->hid);
    assert_null(usb_ids_find(0x046d, 0xc31c));
    for (unsigned vid = 0; vid <= 0xffff; vid++) {
        const struct usb_id *id = usb_ids_find(vid, 0);
        if (id) assert_false(id->hid); /* whole makers never */
    }
}

static const struct usb_sysfs cp210x = {
    .port = "1-2", .bus = 1, .address = 5, .vid = 0x10c4, .pid = 0xea60, .serial = "0001", .product = "CP2102"};
static const struct usb_sysfs xsens = {
    .port = "3-1.4", .bus = 3, .address = 9, .vid = 0x2639, .pid = 0x0300, .serial = "DB4A9F21", .product = "MTi"};

static void assert_key(const struct usb_sysfs *all, size_t n, const struct usb_sysfs *d, const char *wanted)
{
    char key[USB_SYSFS_KEY];
    usb_sysfs_key(all, n, d, key);
    assert_string_equal(key, wanted);
    assert_true(usb_sysfs_named(d, key));
}

static void test_keys(void **state)
{
    (void)state;
    static const char *const useless[] = {"",          "0",      "0001",       "00000000",
                                          "1111-1111", "123456", "0123456789", "0123456789AbCdEf"};
    struct usb_sysfs d = xsens;
    assert_key(&d, 1, &d, "2639:0300:DB4A9F21");
    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        snprintf(d.serial, sizeof d.serial, "%s", useless[i]);
        char key[USB_SYSFS_KEY];
        usb_sysfs_key(&d, 1, &d, key);
        assert_string_equal(key, "2639:0300@3-1.4");
    }
    assert_key(&cp210x, 1, &cp210x, "10c4:ea60@1-2");
}

/* Twins are told apart by port, whichever is asked for; another kind of device with that number is no twin. */
static void test_twins(void **state)
{
    (void)state;
    struct usb_sysfs all[3] = {xsens, xsens, xsens};
    strcpy(all[1].port, "3-2");
    strcpy(all[2].port, "3-3");
    all[2].pid = 0x0301;
    assert_key(all, 3, &all[0], "2639:0300:DB4A9F21@3-1.4");
    assert_key(all, 3, &all[1], "2639:0300:DB4A9F21@3-2");
    assert_key(all, 3, &all[2], "2639:0301:DB4A9F21");
    assert_false(usb_sysfs_named(&all[0], "2639:0300:DB4A9F21@3-2"));
}

static void test_the_longest_key_fits(void **state)
{
    (void)state;
    struct usb_sysfs all[2] = {{.vid = 0xffff, .pid = 0xffff}};
    for (size_t i = 0; i + 1 < sizeof all[0].serial; i++) all[0].serial[i] = (char)('A' + i % 26);
    memset(all[0].port, '9', sizeof all[0].port - 1);
    all[1] = all[0];
    all[1].port[0] = '8';
    char key[USB_SYSFS_KEY];
    usb_sysfs_key(all, 2, &all[0], key);
    assert_int_equal(strlen(key), 9 + 1 + 63 + 1 + 31);
    assert_true(usb_sysfs_named(&all[0], key));
    assert_false(usb_sysfs_named(&all[1], key));
}

static void test_names(void **state)
{
    (void)state;
    static const char *const right[] = {"2639:0300", "2639:0300:DB4A9F21", "2639:0300@3-1.4",
                                        "2639:0300:DB4A9F21@3-1.4"};
    static const char *const wrong[] = {"",
                                        ":",
                                        "@",
                                        "2639",
                                        "2639:030",
                                        "2639:03000",
                                        "2639:0300:",
                                        "2639:0300@",
                                        "2639:0300:db4a9f21",
                                        "2639:0300:DB4A9F2",
                                        "2639:0300:DB4A9F210",
                                        "2639:0300@3-1",
                                        "2639:0300@3-1.4 ",
                                        "2639:0300:@3-1.4",
                                        "2639:0301",
                                        "2639:0300x",
                                        "0300:2639"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) assert_true(usb_sysfs_named(&xsens, right[i]));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) assert_false(usb_sysfs_named(&xsens, wrong[i]));
    struct usb_sysfs letters = xsens;
    letters.pid = 0xabcd;
    assert_true(usb_sysfs_named(&letters, "2639:ABCD"));
}

/* ---- interfaces */

static struct libusb_endpoint_descriptor end(uint8_t address, enum libusb_transfer_type type, uint16_t packet)
{
    return (struct libusb_endpoint_descriptor){
        .bEndpointAddress = address, .bmAttributes = (uint8_t)type, .wMaxPacketSize = packet};
}

static bool choose(uint8_t class, uint8_t protocol, const struct libusb_endpoint_descriptor *ends, int n, bool hid,
                   struct usb_ends *out)
{
    struct libusb_interface_descriptor alone[2] = {
        {.bInterfaceNumber = 0,
         .bInterfaceClass = LIBUSB_CLASS_MASS_STORAGE,
         .endpoint = ends,
         .bNumEndpoints = (uint8_t)n},
        {.bInterfaceNumber = 4,
         .bInterfaceClass = class,
         .bInterfaceProtocol = protocol,
         .endpoint = ends,
         .bNumEndpoints = (uint8_t)n},
    };
    struct libusb_interface both[3] = {{.altsetting = NULL, .num_altsetting = 0},
                                       {.altsetting = &alone[0], .num_altsetting = 1},
                                       {.altsetting = &alone[1], .num_altsetting = 1}};
    struct libusb_config_descriptor config = {.bNumInterfaces = 3, .interface = both};
    return usb_ends_choose(&config, hid, out);
}

static void test_interfaces(void **state)
{
    (void)state;
    struct usb_ends e;
    const struct libusb_endpoint_descriptor bulk[] = {end(0x02, LIBUSB_TRANSFER_TYPE_BULK, 512),
                                                      end(0x83, LIBUSB_TRANSFER_TYPE_INTERRUPT, 8),
                                                      end(0x81, LIBUSB_TRANSFER_TYPE_BULK, 512)};
    assert_true(choose(0xff, 0, bulk, 3, false, &e));
    assert_int_equal(e.interface, 4);
    assert_int_equal(e.in, 0x81);
    assert_int_equal(e.out, 0x02);
    assert_int_equal(e.packet, 512);
    assert_false(e.interrupt);
    assert_true(choose(0xff, 0, bulk + 1, 2, false, &e));
    assert_int_equal(e.out, 0);
    assert_false(choose(0xff, 0, bulk, 2, false, &e)); /* no bulk IN */
    assert_false(choose(0x0a, 0, bulk, 3, false, &e)); /* CDC data has a driver and a tty */

    const struct libusb_endpoint_descriptor report[] = {end(0x82, LIBUSB_TRANSFER_TYPE_INTERRUPT, 64),
                                                        end(0x02, LIBUSB_TRANSFER_TYPE_INTERRUPT, 64)};
    assert_true(choose(LIBUSB_CLASS_HID, 0, report, 2, true, &e));
    assert_true(e.interrupt && e.in == 0x82 && e.out == 0 && e.packet == 64);
    assert_false(choose(LIBUSB_CLASS_HID, 1, report, 2, true, &e));  /* a keyboard */
    assert_false(choose(LIBUSB_CLASS_HID, 0, report, 2, false, &e)); /* not an id we know */
    const struct libusb_endpoint_descriptor nothing[] = {end(0x81, LIBUSB_TRANSFER_TYPE_BULK, 0)};
    assert_false(choose(0xff, 0, nothing, 1, false, &e));
}

/* ---- refusals, where there is no such device */

static void test_nothing_is_there(void **state)
{
    (void)state;
    static const char *const names[] = {"usb:", "usb:dead:beef", "usb:dead:beef:WORD@9-9", "usb:not an address"};
    struct transport *t;
    char why[256];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(transport_open(names[i], NULL, &t, why), -ENOENT);
        assert_non_null(strstr(why, "plug it in"));
        assert_null(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),    cmocka_unit_test(test_hid_ids_are_exact),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_twins),      cmocka_unit_test(test_the_longest_key_fits), cmocka_unit_test(test_names),
        cmocka_unit_test(test_interfaces), cmocka_unit_test(test_nothing_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
