#!/bin/sh
# The daemon live on a simulated 100 Hz sensor over a pty: status, commands, unplug and replug, reload, SIGTERM; and what it
# costs. Figures of time are printed, never judged; the memory is.
. "$(dirname "$0")/lib.sh"

cat >"$work/sit.scn" <<'S'
set rate 100
set seed 3
sit upright 10m
S
cat >"$work/config/plumbline/plumbline.conf" <<S
[sensor]
device = $work/sensor
[health]
contra = none
S
plug() {
    "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" 2>/dev/null &
    sim=$!
    pids="$pids $sim"
}
streaming() { [ "$(number_of samples)" -gt 100 ] 2>/dev/null; }
many() { [ "$(number_of samples)" -gt 600 ] 2>/dev/null; }

start_daemon
status_says '"up": false' || fail "it should wait for the sensor"
plug
wait_for "samples come" streaming
status_says '"protocol": "plumb"' || fail "plumb should have been recognised"

# cost over five seconds
switches() { cat /proc/$daemon/task/*/status | awk '/^voluntary_ctxt/ {n += $2} END {print n}'; }
ticks() { awk '{print $14 + $15}' /proc/$daemon/stat; }
s0=$(switches) t0=$(ticks)
sleep 5
s1=$(switches) t1=$(ticks)
rss=$(awk '/^VmRSS/ {print $2}' /proc/$daemon/status)
echo "wakes_per_second=$(echo "$s0 $s1" | awk '{printf "%.1f", ($2 - $1) / 5}') cpu_percent=$(echo "$t0 $t1 $(getconf CLK_TCK)" | awk '{printf "%.2f", ($2 - $1) / $3 / 5 * 100}') rss_MB=$(echo "$rss" | awk '{printf "%.1f", $1 / 1024}')"
if ! nm "$bin/plumblined" | grep -q __asan; then [ "$rss" -le 12288 ] || fail "more than 12 MB resident: $rss kB"; fi

wait_for "samples go on coming" many
[ "$(number_of lost_samples)" = 0 ] || fail "samples were lost"
"$bin/plumbline" pain 3 low-back >/dev/null || fail "pain"
"$bin/plumbline" pause 45m | grep -q 'no notices until' || fail "pause"
status_says '"held": "paused"' || fail "paused should be seen"
"$bin/plumbline" resume >/dev/null || fail "resume"
"$bin/plumbline" workout add 'tomorrow 18:00' 60m squat 'Leg <b>day</b>' >/dev/null || fail "workout add"
"$bin/plumbline" workout list | grep -q 'squat' || fail "workout list"
"$bin/plumbline" routine pre >/dev/null || fail "routine"
"$bin/plumbline" calibrate nonsense 2>/dev/null && fail "a wrong pose was taken"

"$bin/plumbline" devices >/dev/null || fail "devices"
"$bin/plumbline" devices forget 1a86:7523@1-2 2>"$work/second" && fail "a device that nobody knows was forgotten"
says "$work/second" 'neither plugged in nor known' || fail "devices: $(cat "$work/second")"
"$bin/plumbline" sensor rate 5000 2>"$work/second" && fail "a rate of 5000 was taken"
says "$work/second" 'expected 1 to 1000 samples a second' || fail "sensor: $(cat "$work/second")"
status_says '"heard": "plumb 2 of 2 in a row' || fail "status should tell why it is plumb"

# what the sensor can and cannot do
"$bin/plumbline" sensor identify >/dev/null || fail "sensor identify"
"$bin/plumbline" sensor rate 777 2>"$work/refused" && fail "a rate it does not have was taken"
says "$work/refused" 'refused: out of its range' || fail "why: $(cat "$work/refused")"

# clients that are no good
for manner in wrong long many; do
    "$bin/talk" "$work/run/plumbline/control" $manner || fail "a client of this kind: $manner"
    alive
    wait_for "it still answers" status_ok
done

# a bad configuration is told and not taken; a good one is, by itself
printf '[coach]\nbreak-after = soon\n' >>"$work/config/plumbline/plumbline.conf"
wait_for "the mistake is told" says "$work/log" "key 'break-after': got 'soon'"
alive
sed -i 's/soon/40/' "$work/config/plumbline/plumbline.conf"
wait_for "the new configuration is taken" says "$work/log" 'is in effect'

# unplugged and plugged in again
given=$(number_of samples)
kill $sim
wait_for "the loss is seen" status_says '"up": false'
alive
plug
streams_again() { [ "$(number_of samples)" -gt $((given + 100)) ] 2>/dev/null; }
wait_for "it streams again" streams_again

# killed: the next one takes up where it was, and what it had been given is in the log
given=$(number_of samples) # the decoder counts on over the loss of the link
kill -9 $daemon
wait $daemon 2>/dev/null || true
start_daemon
wait_for "it streams after the kill" streaming
"$bin/plumbline" export samples -o "$work/after-kill.csv" 2>/dev/null || fail "export after the kill"
kept=$(($(wc -l <"$work/after-kill.csv") - 1))
if [ -n "$memory" ] && [ "$kept" -lt "$given" ]; then fail "$given samples were given before the kill, $kept are in the log"; fi
echo "killed: $given samples given, $kept in the log"

# a second daemon is refused with the first one's number
"$bin/plumblined" --sink - 2>"$work/second" && fail "a second daemon started"
says "$work/second" "$daemon" || fail "the second should name the first's pid: $(cat "$work/second")"

kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
"$bin/plumbline" export samples -o "$work/samples.csv" 2>/dev/null || fail "export"
[ "$(wc -l <"$work/samples.csv")" -gt 500 ] || fail "the log holds too little"
"$bin/plumbline" pain 2 neck >/dev/null || fail "pain without a daemon"
"$bin/plumbline" report >/dev/null || fail "report"
echo "live: ok"
