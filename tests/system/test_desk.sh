#!/bin/sh
# Runs test_desk, test_desktops, test_presence and test_told on a private bus. $1: the folder with them and
# notify_server. Exit 77: skipped.
set -eu

PLUMBLINE_BIN=${1:?usage: test_desk.sh FOLDER-WITH-THE-TEST-PROGRAMS}
PLUMBLINE_BUS_CONF=$(cd "$(dirname "$0")" && pwd)/bus.conf
export PLUMBLINE_BIN PLUMBLINE_BUS_CONF
unset DISPLAY WAYLAND_DISPLAY
command -v dbus-run-session >/dev/null || { echo "skipped: dbus-run-session is missing (install dbus)"; exit 77; }

# One private bus plays both parts: no test ever speaks to the machine's own.
exec dbus-run-session --config-file="$PLUMBLINE_BUS_CONF" -- sh -eu -c '
    DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS
    export DBUS_SYSTEM_BUS_ADDRESS
    "$PLUMBLINE_BIN/test_desk"
    "$PLUMBLINE_BIN/test_desktops"
    "$PLUMBLINE_BIN/test_presence"
    "$PLUMBLINE_BIN/test_told"'
