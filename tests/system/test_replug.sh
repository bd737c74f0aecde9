#!/bin/sh
# test_replug on made-up USB devices. Exit 77: skipped, umockdev (Debian: umockdev libumockdev-dev) is not there.
. "$(dirname "$0")/lib.sh"
skip() { echo "skipped: $*"; exit 77; }
command -v umockdev-wrapper >/dev/null || skip "there is no umockdev-wrapper (Debian: umockdev)"
[ -x "$bin/test_replug" ] || skip "libumockdev-dev was not there when this was built"
# a sanitizer wants to be loaded first, and cannot be; and it sees glib's own leaks
if nm "$bin/replug_reader" | grep -q __asan; then export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0; fi
umockdev-wrapper "$bin/test_replug" "$bin" cdc 200 || fail "a CDC port"
umockdev-wrapper "$bin/test_replug" "$bin" bulk 200 || fail "a bulk device"
umockdev-wrapper "$bin/test_replug" "$bin" hid 25 || fail "a HID tracker"
echo "replug: ok"
