#!/bin/sh
# test_usb on a made-up USB port. Exit 77: skipped, umockdev (Debian: umockdev libumockdev-dev) is not there.
. "$(dirname "$0")/lib.sh"
skip() { echo "skipped: $*"; exit 77; }
command -v umockdev-wrapper >/dev/null || skip "there is no umockdev-wrapper (Debian: umockdev)"
[ -x "$bin/test_usb" ] || skip "libumockdev-dev was not there when this was built"
# a sanitizer wants to be loaded first, and cannot be; and it sees glib's own leaks
if nm "$bin/plumblined" | grep -q __asan; then export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0; fi
umockdev-wrapper "$bin/test_usb" "$bin" 2>"$work/log" || fail "a USB port"
sed 's/^/  daemon: /' "$work/log"
says "$work/log" '/dev/ttyUSB0 is gone (unplugged or closed)' || fail "the loss should be told"
echo "usb: ok"
