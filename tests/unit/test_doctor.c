/* The desktop's traps, on a made-up tree of /sys, /proc, /run, /dev and /usr. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/doctor.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char root[64], said[8192];
static int may; /* what access() says */

static int may_open(const char *path, int mode)
{
    (void)path, (void)mode;
    return may;
}

static void say(void *arg, enum verdict v, const char *topic, const char *text)
{
    static const char *const word[] = {"ok", "note", "mend"};
    size_t n = strlen(said);
    (void)arg;
    snprintf(said + n, sizeof said - n, "%s %s: %s\n", word[v], topic, text);
}

static const struct doctor doctor = {root, may_open, say, NULL};

static int set_up(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/plumbline-doctor-XXXXXX");
    said[0] = 0;
    may = 0;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void whole_path(char path[512], const char *name)
{
    snprintf(path, 512, "%s%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static void put(const char *name, const char *text)
{
    char path[512];
    whole_path(path, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void says(const char *text)
{
    if (!strstr(said, text)) print_message("%s", said);
    assert_non_null(strstr(said, text));
}

static void silent_on(const char *text)
{
    if (strstr(said, text)) print_message("%s", said);
    assert_null(strstr(said, text));
}

static const struct device_info bridge = {"serial:/dev/ttyUSB0", "1a86:7523@1-2", "1a86:7523",
                                          "USB Serial",          DEVICE_BRIDGE,   NULL};
static const struct device_info board = {"serial:/dev/ttyACM0", "2341:0043:AB", "2341:0043", "Uno", DEVICE_BOARD, NULL};
static const struct device_info receiver = {"usb:1209:7690@1-3", "1209:7690:77", "1209:7690",
                                            "Receiver",          DEVICE_EXACT,   "slime"};

static void plug_bridge(const char *id_vendor, const char *id_product)
{
    put("/sys/bus/usb/devices/1-2/idVendor", id_vendor);
    put("/sys/bus/usb/devices/1-2/idProduct", id_product);
    put("/sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "ff\n");
}

static void test_an_empty_system(void **state)
{
    (void)state;
    doctor_usb(&doctor);
    doctor_usb_arrivals(&doctor, (double)NAN);
    assert_string_equal(said, "");
}

static void test_brltty(void **state)
{
    (void)state;
    plug_bridge("1a86\n", "7523\n");
    doctor_usb(&doctor);
    says("mend port: 1a86:7523 is plugged in and has no port: its kernel module may be missing (sudo modprobe ch341)");
    said[0] = 0;
    put("/usr/lib/udev/rules.d/85-brltty.rules", "");
    doctor_usb(&doctor);
    says("mend brltty: 1a86:7523");
    says("sudo apt remove brltty");
    said[0] = 0;
    put("/sys/bus/usb/devices/1-2:1.0/ttyUSB0/dev", "188:0\n");
    doctor_usb(&doctor);
    assert_string_equal(said, "");
}

static void test_other_devices_have_no_port(void **state)
{
    (void)state;
    put("/usr/lib/udev/rules.d/85-brltty.rules", "");
    plug_bridge("046d\n", "c52b\n"); /* a mouse */
    doctor_usb(&doctor);
    assert_string_equal(said, "");
}

static void test_a_cdc_port_lies_deeper(void **state)
{
    (void)state;
    plug_bridge("1a86\n", "55d4\n");
    put("/sys/bus/usb/devices/1-2:1.0/tty/ttyACM0/dev", "166:0\n");
    doctor_usb(&doctor);
    assert_string_equal(said, "");
}

static void hub(const char *attributes, const char *child_ma)
{
    put("/sys/bus/usb/devices/1-4/bDeviceClass", "09\n");
    put("/sys/bus/usb/devices/1-4/bmAttributes", attributes);
    put("/sys/bus/usb/devices/1-4/bMaxPower", "100mA\n");
    put("/sys/bus/usb/devices/1-4.1/bMaxPower", child_ma);
    put("/sys/bus/usb/devices/1-4.2/bMaxPower", "100mA\n");
    put("/sys/bus/usb/devices/1-4.2.1/bMaxPower", "500mA\n"); /* another hub's */
    put("/sys/bus/usb/devices/1-41/bMaxPower", "500mA\n");
    doctor_usb(&doctor);
}

static void test_power(void **state)
{
    (void)state;
    hub("e0\n", "500mA\n"); /* its own supply */
    assert_string_equal(said, "");
    hub("80\n", "300mA\n");
    assert_string_equal(said, "");
    hub("80\n", "500mA\n");
    says("note power: the hub 1-4 has no supply of its own and may give 400 mA; what hangs on it may draw 600");
    said[0] = 0;
    put("/sys/bus/usb/devices/1-0:1.0/usb1-port3/over_current_count", "0\n");
    put("/sys/bus/usb/devices/1-0:1.0/usb1-port2/over_current_count", "3\n");
    doctor_usb(&doctor);
    says("note power: USB port usb1-port2 has cut its power 3 times");
    silent_on("port3");
}

static void test_arrivals(void **state)
{
    (void)state;
    doctor_usb_arrivals(&doctor, 6);
    assert_string_equal(said, "");
    doctor_usb_arrivals(&doctor, 40);
    says("note plug: devices came back 40 times in the last hour");
}

/* ---- one port ---- */

static void test_access(void **state)
{
    char path[512];
    (void)state;
    doctor_port(&doctor, &bridge, MEND);
    says("mend sensor: /dev/ttyUSB0: No such file");
    put("/dev/ttyUSB0", "");
    whole_path(path, "/dev/ttyUSB0");
    doctor_port(&doctor, &bridge, MEND);
    says("ok sensor: /dev/ttyUSB0 can be opened");
    said[0] = 0;
    may = -1;
    assert_int_equal(chmod(path, 0600), 0);
    doctor_port(&doctor, &bridge, NOTE);
    says("note access: /dev/ttyUSB0 is root's alone.");
    says("ATTRS{idVendor}==\"1a86\", ATTRS{idProduct}==\"7523\", TAG+=\"uaccess\"");
    if (geteuid() != 0) return; /* only root gives files away */
    said[0] = 0;
    assert_int_equal(chown(path, 0, 20), 0);
    assert_int_equal(chmod(path, 0660), 0);
    doctor_port(&doctor, &bridge, MEND);
    says("mend access: /dev/ttyUSB0 belongs to group dialout: sudo usermod -aG dialout $USER");
}

static void test_access_to_a_usb_device(void **state)
{
    char path[512];
    (void)state;
    put("/sys/bus/usb/devices/1-3/busnum", "1\n");
    put("/sys/bus/usb/devices/1-3/devnum", "12\n");
    put("/dev/bus/usb/001/012", "");
    whole_path(path, "/dev/bus/usb/001/012");
    assert_int_equal(chmod(path, 0644), 0);
    may = -1;
    doctor_port(&doctor, &receiver, MEND);
    says("mend access: /dev/bus/usb/001/012 is root's alone.");
    says("ATTRS{idProduct}==\"7690\"");
}

static void process(const char *pid, const char *name, const char *file)
{
    char path[512], fd[64];
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    put(path, name);
    if (!file) return;
    snprintf(fd, sizeof fd, "/proc/%s/fd/7", pid);
    whole_path(path, fd);
    assert_int_equal(symlink(file, path), 0);
}

static void test_owners(void **state)
{
    (void)state;
    put("/dev/ttyUSB0", "");
    process("self", "not a number\n", "/dev/ttyUSB0");
    process("41", "plumblined\n", "/dev/ttyUSB0");
    process("42", "sh\n", "/dev/null");
    doctor_port(&doctor, &bridge, MEND);
    says("ok owner: /dev/ttyUSB0 is read by plumblined (process 41)");
    silent_on("mend");
    process("43", "minicom\n", "/dev/ttyUSB0");
    doctor_port(&doctor, &bridge, MEND);
    says("mend owner: /dev/ttyUSB0 is in use by minicom (process 43)");
    silent_on("42");
}

/* Of another person's process only the lock is seen. */
static void test_a_locked_port(void **state)
{
    char path[512], locks[256];
    struct stat st;
    (void)state;
    put("/dev/ttyUSB0", "");
    whole_path(path, "/dev/ttyUSB0");
    assert_int_equal(stat(path, &st), 0);
    snprintf(locks, sizeof locks,
             "1: POSIX  ADVISORY  WRITE 7 00:01:1 0 EOF\nnonsense\n2: FLOCK  ADVISORY  WRITE 77 %02x:%02x:%lu 0 EOF\n",
             major(st.st_dev), minor(st.st_dev), (unsigned long)st.st_ino);
    put("/proc/locks", locks);
    process("77", "printerd\n", NULL);
    doctor_port(&doctor, &bridge, NOTE);
    says("note owner: /dev/ttyUSB0 is in use by printerd (process 77)");
}

static void test_modem_manager(void **state)
{
    (void)state;
    put("/dev/ttyACM0", "");
    put("/sys/class/tty/ttyACM0/dev", "166:0\n");
    doctor_port(&doctor, &board, MEND);
    silent_on("modem");
    process("90", "ModemManager\n", NULL);
    doctor_port(&doctor, &board, MEND);
    says("note modem: ModemManager takes ttyACM0 for a modem");
    says("ATTRS{idVendor}==\"2341\", ATTRS{idProduct}==\"0043\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"");
    said[0] = 0;
    put("/run/udev/data/c166:0", "E:ID_BUS=usb\nE:ID_MM_DEVICE_IGNORE=1\n");
    doctor_port(&doctor, &board, MEND);
    silent_on("modem");
}

static void test_latency_and_reset(void **state)
{
    (void)state;
    put("/dev/ttyUSB0", "");
    put("/sys/class/tty/ttyUSB0/device/latency_timer", "16\n");
    doctor_port(&doctor, &bridge, MEND);
    says("note latency: ttyUSB0 holds bytes back for 16 ms");
    silent_on("reset");
    said[0] = 0;
    put("/sys/class/tty/ttyUSB0/device/latency_timer", "1\n");
    put("/dev/ttyACM0", "");
    doctor_port(&doctor, &bridge, MEND);
    doctor_port(&doctor, &board, MEND);
    silent_on("latency");
    says("note reset: many boards start anew each time ttyACM0 is opened");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_empty_system, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_brltty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_devices_have_no_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_cdc_port_lies_deeper, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_power, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_arrivals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_access, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_access_to_a_usb_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_locked_port, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_modem_manager, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_latency_and_reset, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
