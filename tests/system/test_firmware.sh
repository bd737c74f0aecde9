#!/bin/sh
# The reference firmware on an emulated Cortex-M, against the real daemon: every sample that its sensor chip gave is in the
# daemon's log, bit by bit; then its own log is asked.
# usage: test_firmware.sh BIN [--hours H]      (default 3 minutes of the device's time)
hours=0.05
[ "${2:-}" != --hours ] || hours=${3:?--hours wants a number}
. "$(dirname "$0")/lib.sh"
elf=$bin/plumb-ref-mps2.elf
if [ ! -e "$elf" ]; then
    echo "skipped: no firmware was built; install gcc-arm-none-eabi and libnewlib-arm-none-eabi, then configure anew"
    exit 77
elif ! command -v qemu-system-arm >/dev/null; then
    echo "skipped: no qemu-system-arm to run the firmware on (Debian: qemu-system-arm)"
    exit 77
fi
emulate() { # emulate SOCKET: the firmware on a machine whose time is counted in instructions
    qemu-system-arm -M mps2-an385 -nographic -monitor none -icount shift=5,sleep=off \
        -semihosting-config enable=on,target=native \
        -chardev "socket,id=link,path=$1,server=on,wait=on" -serial chardev:link -kernel "$elf" 2>"$work/qemu" &
    machine=$!
    pids="$pids $machine"
    for i in $(seq 600); do
        [ ! -S "$1" ] || return 0
        sleep 0.1
    done
    fail "the emulator did not come up: $(cat "$work/qemu")"
}

cd "$work" # where the emulated chip finds its samples
"$bin/firmware_samples" make "$root/data/demo.scn" "$hours" samples.i16 || fail "no samples"
began=$(date +%s)
emulate "$work/link"
"$bin/firmware_samples" tap link wire | "$bin/plumblined" --config "$root/tests/golden/default.conf" --data "$work/data" \
    --device stream:- --clock=samples --start '2026-10-14 09:00' --sink "$work/notices" 2>"$work/log" || fail "the daemon"
wait $machine || fail "the firmware did not end well: $(cat "$work/qemu")"
echo "$hours h of the device's time in $(($(date +%s) - began)) s"
"$bin/firmware_samples" check samples.i16 wire "$work/data" || fail "not what was put in"

emulate "$work/again"
"$bin/firmware_samples" ask samples.i16 "$work/again" || fail "its log"
echo "firmware: ok"
