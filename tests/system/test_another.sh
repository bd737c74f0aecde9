#!/bin/sh
# Another sensor under the same name is found out; what is still there after it was lost is opened again.
. "$(dirname "$0")/lib.sh"

printf 'set rate 50\nsit upright 30m\n' >"$work/sit.scn"
play() { # play PROTOCOL WHERE…: sets $sim
    protocol=$1
    shift
    "$bin/plumbline-sim" --protocol "$protocol" "$@" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
    sim=$!
    pids="$pids $sim"
}
more_than() { [ "$(number_of samples)" -gt "$1" ] 2>/dev/null; }
stop() {
    kill $sim
    wait $sim 2>/dev/null || true
    kill -TERM $daemon
    wait $daemon || fail "SIGTERM should end it with 0"
}

# a board that was given another program
start_daemon --device "$work/sensor"
for protocol in wit bno-rvc text plumb; do
    play $protocol --out pty --link "$work/sensor"
    name=$protocol
    [ $protocol != wit ] || name=witmotion
    wait_for "$protocol is understood" status_says "\"protocol\": \"$name\""
    wait_for "samples come by $protocol" more_than 20
    kill $sim
    wait $sim 2>/dev/null || true
    wait_for "the loss of $protocol is seen" status_says '"up": false'
done
play ximu3 --out pty --link "$work/sensor"
wait_for "the last is understood" status_says '"protocol": "ximu3"'
stop

# a FIFO whose writer leaves and comes back
mkfifo "$work/fifo"
start_daemon --device "$work/fifo"
lost() { [ "$(grep -c 'is gone' "$work/log")" = $1 ]; }
for time in 1 2 3; do
    "$bin/plumbline-sim" --protocol bno-rvc --out - --speed 1 "$work/sit.scn" >"$work/fifo" 2>/dev/null &
    sim=$!
    pids="$pids $sim"
    wait_for "samples come, time $time" more_than 20
    kill $sim
    wait $sim 2>/dev/null || true
    wait_for "loss $time is seen" lost $time
done
echo "another: ok"
