#!/bin/sh
# Wrong input: each a clear message and a living daemon, or exit 2 before it starts; never a crash.
. "$(dirname "$0")/lib.sh"
refused() { # refused PATTERN ARGS…: does not start, exit 2, says PATTERN
    pattern=$1
    shift
    code=0
    timeout 300 "$bin/plumblined" --sink - "$@" >/dev/null 2>"$work/log" || code=$?
    [ $code = 2 ] || fail "expected exit 2, got $code for: $*"
    says "$work/log" "$pattern" || fail "expected '$pattern' for: $*"
}
stop() {
    alive
    kill -TERM $daemon
    wait $daemon || fail "it should have ended with 0"
}

# a missing device
start_daemon --device /dev/ttyUSB77
wait_for "a missing device is named" says "$work/log" 'is not there'
status_says '"up": false' || fail "status should say that it waits"
stop

# a device that is no sensor: a FIFO with positions, one with noise
mkfifo "$work/gps" "$work/noise"
given() { # given FIFO COMMAND…: far more than a FIFO holds, so that when all is written most was read
    fifo=$1
    shift
    ("$@"; : >"$fifo.given"; exec sleep 600) >"$fifo" &
    pids="$pids $!"
}
positions() { yes '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47' | head -n 4000; }
given "$work/gps" positions
start_daemon --device "stream:$work/gps"
wait_for "the positions are read" test -e "$work/gps.given"
status_says '"protocol": "listening"' || fail "positions are no sensor"
stop
given "$work/noise" head -c 300000 /dev/urandom
start_daemon --device "stream:$work/noise"
wait_for "the noise is read" test -e "$work/noise.given"
status_says '"protocol": "listening"' || fail "noise is no sensor"
stop

# a folder as a device
start_daemon --device "$work"
status_says '"up": false' || fail "a folder is no device"
stop

# five mistakes: five lines, then exit 2
cat >"$work/five.conf" <<'S'
[sensor]
baud = fast
placement = head
[coach]
hours = always
max-per-hour = 99
brake-after = 30
S
refused 'mend the lines above' --config "$work/five.conf"
[ "$(grep -c 'five.conf:[0-9]*: ' "$work/log")" = 5 ] || fail "five mistakes should be five lines"
refused 'No such file' --config "$work/none.conf"
refused 'there is no protocol' --protocol nonsense
refused 'data folder of its own' --clock=samples --start '2026-10-14 09:00' --device "$work/five.conf"
refused 'expected .YYYY' --data "$work/replay" --clock=samples --start yesterdayish --device "$work/five.conf"
refused 'recognised' --data "$work/replay" --clock=samples --start '2026-10-14 09:00' --device "$work/five.conf"

# a damaged diary is put aside, not lost; the daemon runs
mkdir -p "$work/share/plumbline"
rm -f "$work/share/plumbline/plumbline.db"*
printf 'this is no database, and long enough to be looked at as one' >"$work/share/plumbline/plumbline.db"
start_daemon --device /dev/ttyUSB77
stop
ls "$work/share/plumbline" | grep -q 'plumbline.db.damaged' || fail "the damaged diary should have been put aside"

not_tried=
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    # permission denied, and a data folder that cannot be written: as another user
    mkfifo "$work/locked"
    chmod 600 "$work/locked"
    mkdir "$work/readonly" "$work/nobody" "$work/nobody/run"
    chmod 755 "$work" "$work/readonly"
    chown -R 65534 "$work/nobody" "$work/run/"
    as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=$work/nobody XDG_DATA_HOME=$work/nobody"
    code=0
    $as_nobody timeout 300 "$bin/plumblined" --sink - --data "$work/readonly/x" >/dev/null 2>"$work/log" || code=$?
    [ $code = 2 ] || fail "a data folder that cannot be written: exit $code"
    says "$work/log" "$work/readonly" || fail "the folder should be named"
    $as_nobody "$bin/plumblined" --sink - --device "stream:$work/locked" 2>"$work/log" >/dev/null &
    daemon=$!
    pids="$pids $daemon"
    wait_for "the refusal is told" says "$work/log" 'ermission\|not allowed\|may not'
    alive
    kill -TERM $daemon
    wait $daemon || fail "it should have ended with 0"
    rm -rf "$work/run/plumbline"
    chown -R 0 "$work/run/"

    # a full disk: the daemon lives, says so, and goes on when there is room
    mkdir "$work/small"
    if mount -t tmpfs -o size=240m tmpfs "$work/small" 2>/dev/null; then
        cat >"$work/sit.scn" <<'S'
set rate 200
sit upright 10m
S
        "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" 2>/dev/null &
        pids="$pids $!"
        wait_for "the simulator" test -e "$work/sensor"
        start_daemon --data "$work/small/data" --device "$work/sensor"
        head -c 300000000 /dev/zero >"$work/small/filler" 2>/dev/null || true
        full() { [ "$(number_of error)" -lt 0 ]; }
        wait_for "the full disk is told" full
        "$bin/plumbline" status | grep -q 'NOT WRITING' || fail "status should say that nothing is written"
        alive
        rm "$work/small/filler"
        room() { [ "$(number_of error)" = 0 ] && [ "$(number_of waiting)" -lt 1000 ]; }
        wait_for "it goes on when there is room" room
        [ "$(number_of lost)" = 0 ] || fail "samples were lost although memory could hold them"
        stop
    else
        not_tried="the full disk (no tmpfs can be mounted here)"
    fi
else
    not_tried="permissions and the full disk (not root)"
fi
echo "wrong input: ok"
[ -z "$not_tried" ] || echo "skipped: $not_tried"
