#!/bin/sh
# bench_daemon.sh BIN [SECONDS]: what the real daemon costs, live on a simulated sensor at 50, 100 and 200 Hz and without
# one, from /proc over SECONDS (20). Figures, no verdict.
bin=${1:?usage: bench_daemon.sh BIN [SECONDS]} seconds=${2:-20}
set -- "$bin"
. "$(dirname "$0")/../system/lib.sh"

switches() { cat /proc/$daemon/task/*/status | awk '/^voluntary_ctxt/ {n += $2} END {print n}'; }
ticks() { awk '{print $14 + $15}' /proc/$daemon/stat; }
streaming() { [ "$(number_of samples)" -gt 100 ] 2>/dev/null; }
measure() { # measure WHAT
    s0=$(switches) t0=$(ticks)
    sleep "$seconds"
    s1=$(switches) t1=$(ticks)
    rss=$(awk '/^VmRSS/ {print $2}' /proc/$daemon/status)
    awk -v what="$1" -v s="$((s1 - s0))" -v t="$((t1 - t0))" -v hz="$(getconf CLK_TCK)" -v for_s="$seconds" -v kb="$rss" 'BEGIN {
        printf "%-10s wakes_per_second=%.1f cpu_percent=%.2f rss_MB=%.1f\n", what, s / for_s, t / hz / for_s * 100, kb / 1024}'
}
for rate in 100; do
    rm -rf "$work/data" "$work/sensor"
    start_daemon --data "$work/data" --device "$work/sensor"
    if [ $rate = 0 ]; then
        measure "no sensor"
    else
        printf 'set rate %s\nset seed 3\nsit upright 30m\n' $rate >"$work/sit.scn"
        "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
        sim=$!
        pids="$pids $sim"
        wait_for "samples come" streaming
        measure "$rate Hz"
        kill $sim
    fi
    kill -TERM $daemon
    wait $daemon || fail "it should have ended with 0"
done
