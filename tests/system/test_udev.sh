#!/bin/sh
# The udev rule, as udev itself reads it: made-up devices (umockdev), and in a mount namespace of its own only our rule file.
# Exit 77: skipped, with a word.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
skip() { echo "skipped: $*"; exit 77; }
for tool in udevadm umockdev-run unshare; do command -v $tool >/dev/null || skip "there is no $tool (Debian: udev, umockdev, util-linux)"; done

if [ "${PLUMBLINE_UDEV_INSIDE:-}" = "" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    for way in '-m' '-rm'; do
        if unshare $way sh -c 'mount -t tmpfs none /run' 2>/dev/null; then
            PLUMBLINE_UDEV_INSIDE=$work unshare $way sh "$0" "$@"
            exit
        fi
    done
    skip "no mount namespace may be made here, and the system's own rules are left alone"
fi

# ---- inside: /run and the links of /dev are ours, and so are the rules ----
work=$PLUMBLINE_UDEV_INSIDE
mkdir -p "$work/rules" "$work/none"
cp "$root/data/70-plumbline.rules" "$work/rules"
mount -t tmpfs none /run
for folder in /dev/char /dev/block; do # udevadm makes links there; what is not there yet goes again
    if [ ! -d $folder ] && mkdir $folder 2>/dev/null; then made="${made:-} $folder"; fi
    [ ! -d $folder ] || mount -t tmpfs none $folder
done
trap 'for folder in ${made:-}; do umount $folder; rmdir $folder; done' EXIT
for folder in /usr/lib/udev/rules.d /lib/udev/rules.d; do
    [ ! -d $folder ] || mount --bind "$work/rules" $folder
done
for folder in /etc/udev/rules.d /usr/local/lib/udev/rules.d; do
    [ ! -d $folder ] || mount --bind "$work/none" $folder
done
if udevadm verify --help >/dev/null 2>&1; then udevadm verify "$work/rules/70-plumbline.rules"; fi # systemd 254 on

n=0
: >"$work/devices"
: >"$work/cases"
device() { # device VENDOR PRODUCT-ID 'PRODUCT' NODE-KIND yes|no WHAT: a USB device with a node below it
    n=$((n + 1))
    usb=/devices/pci0000:00/0000:00:14.0/usb1/1-$n
    case $4 in
    usb) node=$usb ;;
    tty) node=$usb/1-$n:1.0/tty/ttyACM$n ;;
    hidraw) node=$usb/1-$n:1.0/0003:X.$n/hidraw/hidraw$n ;;
    esac
    printf 'P: %s\nN: bus/usb/001/%03d\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: MAJOR=189\nE: MINOR=%d\nA: idVendor=%s\nA: idProduct=%s\nA: product=%s\n\n' \
        $usb $n $n "$1" "$2" "$3" >>"$work/devices"
    printf 'P: %s/1-%d:1.0\nE: DEVTYPE=usb_interface\nE: SUBSYSTEM=usb\n\n' $usb $n >>"$work/devices"
    case $4 in
    tty) printf 'P: %s\nN: ttyACM%d\nE: SUBSYSTEM=tty\nE: MAJOR=166\nE: MINOR=%d\n\n' "$node" $n $n >>"$work/devices" ;;
    hidraw) printf 'P: %s\nN: hidraw%d\nE: SUBSYSTEM=hidraw\nE: MAJOR=240\nE: MINOR=%d\n\n' "$node" $n $n >>"$work/devices" ;;
    esac
    echo "$node ${7:-add} $5 $6" >>"$work/cases"
}
device 1209 0001 'Plumbline sensor' usb yes "our firmware"
device 1209 0001 'Plumbline sensor' tty yes "our firmware's port"
device 1209 0001 'Plumbline sensor' tty no "our firmware's port, gone" remove
device 1209 0001 'Plumbline sensor mk 2' tty no "a name that only begins alike"
device 2639 0300 'Xsens dev board' tty yes "an Xsens port"
device 2639 0017 'MTi' usb yes "an Xsens device"
device 1209 7690 'SlimeNRF Receiver' usb yes "a SlimeVR receiver"
device 1209 7690 'SlimeNRF Receiver' hidraw yes "its hidraw node"
device 1209 7692 'SlimeNRF Tracker' hidraw yes "a SlimeVR tracker"
device 4e76 d2d3 'Receiver' hidraw yes "another receiver of that firmware"
device 1209 7691 'Something' hidraw no "a neighbour's id"
device 4e76 d2e0 'Something' usb no "another neighbour's"
device 1a86 7523 'USB Serial' tty no "a CH340 bridge"
device 1a86 7523 'USB Serial' usb no "the bridge itself"
device 0403 6001 'FT232R USB UART' tty no "an FTDI bridge"
device 10c4 ea60 'CP2102' tty no "a CP2102 bridge"
device 2341 0043 'Uno' tty no "an Arduino"
device 046d c52b 'Receiver' hidraw no "a mouse"
printf 'P: /devices/platform/serial8250/tty/ttyS9\nN: ttyS9\nE: SUBSYSTEM=tty\nE: MAJOR=4\nE: MINOR=73\n\n' >>"$work/devices"
echo "/devices/platform/serial8250/tty/ttyS9 add no a port of the mainboard" >>"$work/cases"
echo "/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0 add no an interface, which has no node" >>"$work/cases"

cat >"$work/look" <<'S'
while read -r path action wanted what; do
    udevadm test --action="$action" "/sys$path" >"$1/out" 2>"$1/err" || { cat "$1/err"; exit 1; }
    grep -q "^Reading rules file: .*70-plumbline.rules" "$1/err" || { cat "$1/err"; echo "FAILED: the rule file was not read"; exit 1; }
    if grep "70-plumbline.rules:[0-9]" "$1/err"; then echo "FAILED: udev does not like a line"; exit 1; fi
    grep -q '^SUBSYSTEM=' "$1/out" || { cat "$1/out"; echo "FAILED: $what: udev did not see it"; exit 1; }
    tag=no ignore=no
    if grep -q '^TAGS=.*:uaccess:' "$1/out"; then tag=yes; fi
    if grep -q '^ID_MM_DEVICE_IGNORE=1' "$1/out"; then ignore=yes; fi
    [ "$tag$ignore" = "$wanted$wanted" ] || { echo "FAILED: $what: uaccess $tag, ignored by ModemManager $ignore, expected $wanted"; exit 1; }
done <"$1/cases"
S
umockdev-run -d "$work/devices" -- sh "$work/look" "$work"
echo "udev: $(wc -l <"$work/cases") devices, by udev $(udevadm --version)"
