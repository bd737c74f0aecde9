#!/bin/sh
# bench_daemon.sh BIN [SECONDS [RATE…]]: what the real daemon costs, live on a simulated sensor that sends every 250 ms,
# or as soon as a frame (19 samples) is full, and without one (rate 0), from /proc over SECONDS (90). Figures, no
# verdict. A wake is a thread's voluntary switch: also the few that an fdatasync takes. Memory is what
# /proc/PID/smaps_rollup says at the end, a whole block encoded by then.
bin=${1:?usage: bench_daemon.sh BIN [SECONDS [RATE...]]} seconds=${2:-90}
[ $# -lt 2 ] || shift
shift
rates=${*:-50 100 200 0}
set -- "$bin"
. "$(dirname "$0")/../system/lib.sh"
frame_max=19 # samples

switches() { cat /proc/$daemon/task/*/status | awk '/^voluntary_ctxt/ {n += $2} END {print n}'; }
ticks() { awk '{print $14 + $15}' /proc/$daemon/stat; }
streaming() { [ "$(number_of samples)" -gt 100 ] 2>/dev/null; }
measure() { # measure WHAT
    sleep 10 # what the status commands and the start have stirred up
    s0=$(switches) t0=$(ticks)
    for left in $(seq "$seconds" -1 1); do
        [ ! -t 2 ] || printf '\r%s: %s s left ' "$1" "$left" >&2
        sleep 1
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
    s1=$(switches) t1=$(ticks)
    rss=$(awk '/^Rss:/ {print $2}' /proc/$daemon/smaps_rollup)
    awk -v what="$1" -v s="$((s1 - s0))" -v t="$((t1 - t0))" -v hz="$(getconf CLK_TCK)" -v for_s="$seconds" -v kb="$rss" '
        BEGIN {
            printf "%-9s wakes_per_second=%.2f cpu_percent=%.3f rss_MB=%.1f\n", what, s / for_s, t / hz / for_s * 100,
                kb / 1024
        }'
}
stream() { # stream RATE
    batch=$(($1 / 4))
    [ $batch -le $frame_max ] || batch=$frame_max
    printf 'set rate %s\nset seed 3\nset batch %s\nsit upright 60m\n' "$1" "$batch" >"$work/sit.scn"
    "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
    sim=$!
    pids="$pids $sim"
    wait_for "samples come" streaming
}
for rate in $rates; do
    rm -rf "$work/data" "$work/sensor"
    start_daemon --data "$work/data" --device "$work/sensor"
    if [ "$rate" = 0 ]; then
        measure "no sensor"
    else
        stream "$rate"
        measure "$rate Hz"
        kill $sim
        wait $sim || true # it takes its name away
    fi
    kill -TERM $daemon
    wait $daemon || fail "it should have ended with 0"
done
