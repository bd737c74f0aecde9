# Played in the VM (see run): one simulated sensor in three shapes, each a real USB device to the kernel. On dummy_hcd a
# serial port of its own (CDC-ACM) and a vendor's bulk interface (FunctionFS); on QEMU's controller an FTDI bridge.
set -eu
gadgets=/sys/kernel/config/usb_gadget
wire=/tmp/usbmon # all that passes on all buses
own='1209:0001 Plumbline sensor'
model='sim lsm6dso'
daemon=

fail() {
    echo "FAILED: $*"
    sed 's/^/  daemon: /' /tmp/daemon.log
    sed -n '/"sensor"/,/}/p' /tmp/status
    dmesg | tail -20
    poweroff -f
}
wait_for() { # wait_for WHAT COMMAND…
    what=$1 tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || fail "$what: it does not come"
        sleep 0.3
    done
}

status() { plumbline status --json >/tmp/status 2>/dev/null; }
status_says() { status && grep -q -- "$1" /tmp/status; }
number_of() { status && sed -n "s/.*\"$1\": \([-0-9.e+]*\).*/\1/p" /tmp/status | head -1; }
has_samples() { [ "$(number_of samples)" -gt "$1" ] 2>/dev/null; }
is_down() { status_says '"up": false'; }

start_daemon() { # start_daemon ADDRESS
    plumblined --device "$1" --data /tmp/data --sink /tmp/notices 2>/tmp/daemon.log &
    daemon=$!
    wait_for "the daemon answers" status
}
end_daemon() {
    kill "$daemon"
    wait "$daemon" || fail "SIGTERM should end the daemon with 0"
}
streams() { # streams WHO: it is that one, and each frame is good once the sensor has been greeted
    wait_for "$1: samples come" has_samples 50
    status_says "\"link\": \"reading [^\"]*$1" || fail "$1 should be named"
    status_says '"protocol": "plumb"' || fail "$1: plumb should have been recognised"
    wait_for "$1: it says what it is" status_says "\"model\": \"$model\""
    bad=$(number_of bad_frames) skipped=$(number_of skipped_bytes)
    wait_for "$1: more samples come" has_samples $(($(number_of samples) + 50))
    [ "$(number_of bad_frames)" = "$bad" ] || fail "$1: bad frames"
    [ "$(number_of skipped_bytes)" = "$skipped" ] || fail "$1: skipped bytes"
    echo "  $1: $(number_of samples) samples, before the greeting $bad frames and $skipped bytes of no use"
}

# What udev says of a node: does the person at the seat get it, and does ModemManager leave it alone?
marked() {
    udevadm settle
    udevadm info -q property -n "$1" >/tmp/properties
    grep -q '^CURRENT_TAGS=.*:uaccess:' /tmp/properties && grep -q '^ID_MM_DEVICE_IGNORE=1$' /tmp/properties
}
unmarked() {
    udevadm settle
    udevadm info -q property -n "$1" >/tmp/properties
    grep -q '^ID_VENDOR_ID=' /tmp/properties && ! grep -qE 'uaccess|ID_MM_DEVICE_IGNORE' /tmp/properties
}

# The modem lines as a device hears of them (USB CDC 1.1: SET_CONTROL_LINE_STATE; FTDI: SET_MODEM_CTRL). A board resets
# when DTR moves.
watch_lines() {
    cat /sys/kernel/debug/usb/usbmon/0u >$wire &
    watch=$!
}
dtr_raised() { grep -qE ' s (21 22 000[13]|40 01 0[13]0[13]) ' $wire; }
dtr_lowered() { grep -E ' s (21 22 000[02]|40 01 0[13]0[02]) ' $wire; }
reopens_quietly() { # reopens_quietly WHO ADDRESS
    dtr_raised || fail "$1: opening should raise DTR"
    end_daemon
    start_daemon "$2"
    streams "$1"
    ! dtr_lowered || fail "$1: DTR went down when the daemon was started again"
    kill "$watch"
}

# Suspended to memory, woken by the clock: the daemon goes on, by itself.
goes_on() { [ "$(number_of samples)" -lt "$before" ] || has_samples $((before + 50)); }
sleeps() { # sleeps WHO
    before=$(number_of samples)
    echo +3 >/sys/class/rtc/rtc0/wakealarm
    echo mem >/sys/power/state || fail "the VM does not sleep"
    wait_for "$1: samples come after the sleep" goes_on
    streams "$1"
}

listed() { # listed ADDRESS WHAT: `plumbline devices` says this of it
    plumbline devices >/tmp/devices
    grep -A 1 "^$1 " /tmp/devices | grep -q "; $2\$" || fail "devices: $1 should be '$2': $(cat /tmp/devices)"
}

make_gadget() { # make_gadget NAME FUNCTION
    g=$gadgets/$1
    mkdir -p "$g/strings/0x409" "$g/configs/c.1" "$g/functions/$2"
    echo 0x1209 >"$g/idVendor" # of pid.codes, and its first product for tests
    echo 0x0001 >"$g/idProduct"
    echo Plumbline >"$g/strings/0x409/manufacturer"
    echo "Plumbline sensor" >"$g/strings/0x409/product"
    echo "VM-$1" >"$g/strings/0x409/serialnumber"
    ln -s "$g/functions/$2" "$g/configs/c.1/"
}
plug() { echo dummy_udc.0 >"$gadgets/$1/UDC"; }
unplug() { echo >"$gadgets/$1/UDC"; }
plugged() { grep -qsx "VM-$1" /sys/bus/usb/devices/*/serial; }

# Between the simulated sensor and the device's end of its serial port, while there is a host.
feed_serial() {
    while sleep 0.1; do
        plugged serial || continue
        stty -F /dev/ttyGS0 raw -echo || continue
        cat /dev/ttyGS0 >/tmp/sensor &
        cat /tmp/sensor >/dev/ttyGS0 || true
        kill $! || true
    done 2>/dev/null
}

serial_port() {
    make_gadget serial acm.GS0
    feed_serial &
    feeder=$!
    watch_lines
    start_daemon /dev/ttyACM0
    plug serial
    streams "$own - VM-serial"
    marked /dev/ttyACM0 || fail "udev should mark the sensor's port: $(cat /tmp/properties)"
    listed serial:/dev/ttyACM0 'sensor, opens by itself'
    reopens_quietly "$own" /dev/ttyACM0
    unplug serial
    wait_for "the loss is seen" is_down
    plug serial
    streams "$own - VM-serial"
    sleeps "$own - VM-serial"
    end_daemon
    unplug serial
    kill "$feeder"
}

bulk_interface() {
    make_gadget bulk ffs.sensor
    mkdir /dev/ffs
    mount -t functionfs sensor /dev/ffs
    ffs_gadget /dev/ffs /tmp/sensor >/tmp/ffs &
    wait_for "the function is described" grep -q ready /tmp/ffs
    start_daemon usb:1209:0001:VM-bulk
    plug bulk
    streams 'usb:1209:0001@1-1 (Plumbline sensor)'
    device=$(dirname "$(grep -lx VM-bulk /sys/bus/usb/devices/*/serial)")
    node=/dev/$(sed -n 's/^DEVNAME=//p' "$device/uevent")
    listed usb:1209:0001@1-1 'sensor, opens by itself'
    marked "$node" || fail "udev should mark the sensor: $(cat /tmp/properties)"
    unplug bulk
    wait_for "the loss is seen" is_down
    plug bulk
    streams 'usb:1209:0001@1-1 (Plumbline sensor)'
    sleeps 'usb:1209:0001@1-1 (Plumbline sensor)'
    end_daemon
    unplug bulk
}

# By the link that udev names after its identity: after the sleep it is ttyUSB1.
behind_bridge() {
    model=$(cat /behind_bridge)
    port=$(echo /dev/serial/by-id/usb-QEMU_*)
    watch_lines
    start_daemon "$port"
    streams 0403:6001
    unmarked /dev/ttyUSB0 || fail "udev should leave a bridge as it is: $(cat /tmp/properties)"
    listed serial:/dev/ttyUSB0 'bridge, new'
    reopens_quietly 0403:6001 "$port"
    bridge=$(realpath /sys/class/tty/ttyUSB0/device/../..)
    echo 0 >"$bridge/authorized" # to its driver the same as pulling it out
    wait_for "the loss is seen" is_down
    echo 1 >"$bridge/authorized"
    streams 0403:6001
    sleeps 0403:6001
    end_daemon
}

for module in dummy_hcd usb_f_acm usb_f_fs xhci_pci usbmon; do modprobe $module; done
mount -t configfs configfs /sys/kernel/config
plumbline-sim --out pty --link /tmp/sensor --speed 1 /sit.scn >/dev/null 2>&1 &
for part in serial_port bulk_interface behind_bridge; do
    echo "vm: $part, after $(cut -d' ' -f1 /proc/uptime) s"
    $part
done
echo "vm: all passed"
