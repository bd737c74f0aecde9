# Shared by the system tests: a home of its own, daemons that are ended with the test, words for failures.
set -eu
bin=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/plumbline-test-XXXXXX)
export HOME=$work XDG_RUNTIME_DIR=$work/run XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/share TZ=Europe/Stockholm
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY || true
mkdir -p "$work/config/plumbline"
memory=$(mktemp -d /dev/shm/plumbline-run-XXXXXX 2>/dev/null || true) # as in a login session; empty: there is none
if [ -n "$memory" ]; then ln -s "$memory" "$work/run"; else mkdir "$work/run"; fi
chmod 700 "$work/run"
pids=
clean_up() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null || true; done
    cd /
    umount "$work/small" 2>/dev/null || true
    rm -rf "$work" ${memory:+"$memory"}
}
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$work/log" ] || sed 's/^/  daemon: /' "$work/log" >&2
    exit 1
}
start_daemon() { # start_daemon ARGS…: sets $daemon
    "$bin/plumblined" --sink "$work/notices" "$@" 2>"$work/log" &
    daemon=$!
    pids="$pids $daemon"
    wait_for "the daemon answers" status_ok
}
status_ok() { "$bin/plumbline" status >/dev/null 2>&1; }
wait_for() { # wait_for WHAT COMMAND…: up to a minute and more, for slow machines
    what=$1
    shift
    for i in $(seq 600); do
        if "$@"; then return 0; fi
        sleep 0.1
    done
    fail "$what: not within a minute"
}
says() { # says FILE PATTERN
    grep -q -- "$2" "$1"
}
status() { "$bin/plumbline" status --json 2>/dev/null; }
status_says() { status | grep -q -- "$1"; }
number_of() { # number_of KEY: the first number of that name in the status
    status | sed -n "s/.*\"$1\": \([-0-9.e+]*\).*/\1/p" | head -1
}
alive() { kill -0 "$daemon" 2>/dev/null || fail "the daemon died"; }
