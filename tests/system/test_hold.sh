#!/bin/sh
# The data folder lent to a command while the daemon samples: by the words on the socket, and by whoever is killed.
. "$(dirname "$0")/lib.sh"

printf 'set rate 100\nsit upright 30m\n' >"$work/day.scn"
printf '[sensor]\ndevice = %s\n[health]\ncontra = none\n' "$work/sensor" >"$work/config/plumbline/plumbline.conf"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/day.scn" >/dev/null 2>&1 &
pids="$pids $!"
data=$work/share/plumbline
more_than() { [ "$(number_of "$1")" -gt "$2" ] 2>/dev/null; }
turn_is() { status_says "\"turn\": \"$1\""; }
is_free() { flock -n "$data/lock" true; }
is_taken() { ! flock -n "$data/lock" true; }

start_daemon
wait_for "samples come" more_than samples 100
is_taken || fail "the daemon should have the lock"

# A client that holds, and is killed: the lock comes free for it, samples wait, and the daemon goes on by itself.
"$bin/talk" "$work/run/plumbline/control" stay '{"command": ["release"]}' '{"command": ["hold", "/"]}' \
    "{\"command\": [\"hold\", \"$data\"]}" >"$work/out" 2>&1 &
talk=$!
pids="$pids $talk"
wait_for "who holds nothing gives nothing back" says "$work/out" "holds nothing"
wait_for "another folder is refused" says "$work/out" "another data folder"
wait_for "it lets go" says "$work/out" '"held":true'
turn_is "another's" || fail "the state should say so: $(status)"
"$bin/plumbline" status | tr -s ' \n' ' ' | grep -q "waiting: .* another program is at work on it" || fail "for people too: $("$bin/plumbline" status)"
is_free || fail "the lock should be free"
wait_for "samples wait" more_than waiting 100
"$bin/plumbline" pain 3 neck >/dev/null || fail "what a person enters waits too"
kill -9 $talk
wait_for "it takes the folder back" turn_is ours
is_taken || fail "the lock should be the daemon's again"
wait_for "what waited is written" status_says '"error": 0'

kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
"$bin/plumbline" export samples -o "$work/samples.csv" || fail "export"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { t = $column["run_ns"] / 1e9
      if (n++ && (t - before > 0.03 || t <= before)) { print "after " before " comes " t; faults++ }
      before = t }
    END { print n " samples in a row"; exit faults > 0 || n < 200 }' "$work/samples.csv" || fail "the log has holes"
echo "hold: ok"
