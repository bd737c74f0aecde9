#!/bin/sh
# docs/log-format.md is enough to read a log: a reader that was written from it (read_plog.py) gives every sample as
# `plumbline export` does, to the last digit, whatever was recorded, also from a log whose writer was killed.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
command -v python3 >/dev/null 2>&1 || { echo "skipped: no python3 for the reader that is not ours"; exit 77; }
here=$root/tests/system

same() { # same FOLDER LEAST WHAT: at least LEAST samples, and the same to both readers
    "$bin/plumbline" --data "$1" export samples >"$work/ours.csv" 2>/dev/null
    python3 "$here/read_plog.py" "$1" >"$work/theirs.csv" 2>"$work/told" || { cat "$work/told"; fail "$3: the other reader"; }
    [ "$(wc -l <"$work/ours.csv")" -gt "$2" ] || fail "$3: only $(wc -l <"$work/ours.csv") lines"
    cmp "$work/ours.csv" "$work/theirs.csv" || fail "$3: the readers differ"
}
column() { cut -d, -f"$1" "$work/ours.csv" | sort -u | wc -l; }

play() { # play PROTOCOL RATE [SIM OPTION…]: the scenario on standard input, as a log in $work/PROTOCOL
    protocol=$1 rate=$2
    shift 2
    cat >"$work/play.scn"
    "$bin/plumbline-sim" --protocol "$protocol" --out "file:$work/stream" "$@" "$work/play.scn" 2>/dev/null
    case $protocol in plumb | ximu3) timed= ;; *) timed="--rate $rate" ;; esac
    case $protocol in slime) told="--protocol slime" ;; *) told= ;; esac
    "$bin/plumblined" --data "$work/$protocol" --device "$work/stream" $timed $told --clock=samples --start '2026-10-14 23:58' \
        --sink "$work/notices" 2>"$work/log" || fail "$protocol: it should have ended with 0"
}

# six axes, over midnight: still and walking, samples that are missing, a device that begins anew, a clock that runs fast
play plumb 100 --fault drop:0.0001 <<'S'
set rate 100
set seed 3
set ppm 40
sit upright 90s
unplug 7s
walk 1m
stall 3s
reboot
slouch 30s 20deg
S
same "$work/plumb" 15000 "six axes"
[ "$(find "$work/plumb/raw" -name '*.plog' | wc -l)" = 2 ] || fail "it should have gone over midnight"
[ "$(column 13)" -ge 4 ] || fail "there should have been flags"
python3 "$here/read_plog.py" --contexts "$work/plumb" >"$work/contexts" || fail "contexts"
head -1 "$work/contexts" | grep -q ' snapshot .* anew ' || fail "it should begin with a snapshot: $(cat "$work/contexts")"
[ "$(grep -c ' snapshot ' "$work/contexts")" = 2 ] || fail "a snapshot each day: $(cat "$work/contexts")"
tail -1 "$work/contexts" | grep -q ' finish ' || fail "it should end with the end: $(cat "$work/contexts")"

# with a quaternion: the device's own
for protocol in ximu3 slime; do
    printf 'set rate 50\nsit upright 70s\nwalk 30s\n' | play $protocol 50
    same "$work/$protocol" 4000 $protocol
    [ "$(column 9)" -gt 100 ] || fail "$protocol: there should have been quaternions"
done

# an accelerometer alone, each sample at a time of its own, and clipped
awk 'BEGIN { print "time_ms,x (g),y (g),z (g)"; srand(5)
    for (i = 0; i < 9000; i++) printf "%.3f,%.3f,%.3f,%.3f\n", i * 40 + 9 * rand(), 0.1 * sin(i / 40), i % 700 ? 0.02 * rand() : 17, 0.99 }' >"$work/day.csv"
"$bin/plumbline" --data "$work/alone" import "$work/day.csv" --start '2026-03-02 08:00' >"$work/out" 2>&1 || { cat "$work/out"; fail "import"; }
same "$work/alone" 8900 "an accelerometer alone"
[ "$(column 6)" = 2 ] || fail "there should have been no gyro"

# a byte that changed: both pass over the same block
find "$work/alone/raw" -name '*.plog' | while read -r f; do printf '\252\125' | dd of="$f" bs=1 seek=3000 conv=notrunc 2>/dev/null; done
whole=$(wc -l <"$work/ours.csv")
same "$work/alone" 5000 "a damaged block"
[ "$(wc -l <"$work/ours.csv")" -lt "$whole" ] || fail "a damaged block should be left out"

# a write-ahead file whose blocks have got into the log already: both pass over it
find "$work/ximu3/raw" -name '*.plog' | while read -r f; do cp "$f" "${f%plog}wal"; done
same "$work/ximu3" 4000 "a write-ahead file that is done with"
[ "$(wc -l <"$work/ours.csv")" -lt 5100 ] || fail "no sample should come twice"

# killed while it wrote: the newest samples are in the write-ahead file alone
printf 'set rate 100\nset seed 3\nsit upright 30m\n' >"$work/sit.scn"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
pids="$pids $!"
wait_for "the simulator" test -e "$work/sensor"
start_daemon --data "$work/killed" --device "$work/sensor"
written() { [ -n "$(find "$work/killed/raw" -name '*.wal' -size +2k 2>/dev/null)" ]; }
wait_for "the write-ahead file grows" written
kill -9 $daemon
wait $daemon || true
same "$work/killed" 100 "a write-ahead file"

# and the blocks that are kept as they were once written
python3 "$here/read_plog.py" --golden "$root"/tests/unit/blocks/*.block || fail "the golden blocks"
echo "log-format: ok"
