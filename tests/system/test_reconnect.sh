#!/bin/sh
# A sensor with a memory: out of reach for a while, then with the daemon killed and started anew. Whatever was missed is
# brought in from the device, once, in order and at its time.
. "$(dirname "$0")/lib.sh"

printf 'set rate 100\nset seed 8\nsit upright 8s\nunplug 7s\nsit upright 10m\n' >"$work/away.scn"
printf '[sensor]\ndevice = %s\n[health]\ncontra = none\n' "$work/sensor" >"$work/config/plumbline/plumbline.conf"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/away.scn" 2>"$work/sim.log" &
pids="$pids $!"
more_than() { [ "$(number_of samples)" -gt "$1" ] 2>/dev/null; }

start_daemon
wait_for "samples come" more_than 300
wait_for "the loss is seen" status_says '"up": false'
given=$(number_of samples)
wait_for "it is back, with what was missed" more_than $((given + 900))
[ "$(number_of lost_samples)" = 0 ] || fail "samples were lost: $(status)"

kill -9 $daemon
wait $daemon 2>/dev/null || true
sleep 5
start_daemon
wait_for "it goes on after the kill" more_than 700
[ "$(number_of lost_samples)" = 0 ] || fail "samples were lost over the kill: $(status)"
kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"

"$bin/plumbline" export samples -o "$work/samples.csv" || fail "export"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { t = $column["run_ns"] / 1e9
      if (n++ && t - before > 0.03) { print "a hole of " t - before " s before " $1; holes++ }
      if (n > 1 && t <= before) { print "time goes back at " $1; holes++ }
      if ($column["flags"] ~ /from-log/) from_log++
      before = t }
    END { print n " samples, " from_log + 0 " of them from the device"; exit holes > 0 || from_log < 1000 }' "$work/samples.csv" ||
    fail "the log has holes"

# Another sensor for a while, which counts from nought; then the first again: the other's count is not taken for its own.
printf 'set rate 100\nsit upright 10m\n' >"$work/other.scn"
"$bin/plumbline-sim" --protocol bno-rvc --out pty --link "$work/other" --speed 1 "$work/other.scn" >/dev/null 2>&1 &
pids="$pids $!"
for device in "$work/other" "$work/sensor"; do
    start_daemon --device "$device"
    wait_for "samples come" more_than 300
    [ "$(number_of lost_samples)" = 0 ] || fail "samples are missed that nobody sent: $(status)"
    kill -TERM $daemon
    wait $daemon || fail "SIGTERM should end it with 0"
done
echo "reconnect: ok"
