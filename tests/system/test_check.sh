#!/bin/sh
# plumbline check: what is damaged is named to the second, beside a running daemon and without one; its copy is clean and has
# every sample of every whole block. (Every kind of damage: tests/unit/test_verify.c.)
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
data=$work/data
plog=$data/raw/2026/10/20261014.plog

check() { # check CODE [OPTION…]: into $work/out
    want=$1
    shift
    code=0
    "$bin/plumbline" --data "$data" check "$@" >"$work/out" 2>"$work/err" || code=$?
    [ $code = "$want" ] || { cat "$work/out" "$work/err"; fail "check $*: exit $code, not $want"; }
}
told() { grep -q -- "$1" "$work/out" || { cat "$work/out"; fail "it should have told: $1"; }; }
not_told() { ! grep -q -- "$1" "$work/out" || { cat "$work/out"; fail "it should not have told: $1"; }; }
word() { od -An -tu4 -j$(($2 + $3)) -N4 "$1" | tr -d ' '; }
kind() { od -An -tu1 -j$(($2 + 5)) -N1 "$1" | tr -d ' '; }
block() { # block FILE N: where the Nth block of samples begins (0 = first); $size is how long it is
    at=0 left=$2
    while :; do
        size=$((88 + $(word "$1" $at 72)))
        if [ "$(kind "$1" $at)" = 1 ]; then
            [ $left -gt 0 ] || break
            left=$((left - 1))
        fi
        at=$((at + size))
    done
    echo $at
}
scramble() { printf '\252\125\252' | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
zero() { dd if=/dev/zero of="$1" bs=1 seek="$2" count="$3" conv=notrunc 2>/dev/null; }
again() { # the folder as it was
    rm -rf "$data" "$work/copy"
    cp -Rp "$work/whole" "$data"
}
samples() { "$bin/plumbline" --data "$1" export samples 2>/dev/null | cut -d, -f1-2,4-; }
mended() { # mended: the copy is clean, private, and has the samples that could be read before
    check 1 --repair "$work/copy"
    not_told 'left its last samples'
    told 'To put it in place'
    samples "$data" >"$work/before"
    samples "$work/copy" >"$work/after"
    cmp "$work/before" "$work/after" || fail "the copy has other samples"
    [ -z "$(find "$work/copy" -perm /077)" ] || fail "others may read the copy"
    code=0
    "$bin/plumbline" --data "$work/copy" check >"$work/out" || code=$?
    [ $code = 0 ] || { cat "$work/out"; fail "the copy should be clean"; }
}

# two days, from 23:30 on: a block a minute
printf 'set rate 50\nset seed 3\nsit upright 20m\nwalk 2m\nslouch 25m 22deg\n' >"$work/day.scn"
"$bin/plumbline-sim" --protocol plumb --out "file:$work/stream" "$work/day.scn" 2>/dev/null
"$bin/plumblined" --data "$work/whole" --device "$work/stream" --clock=samples --start '2026-10-14 23:30' \
    --sink "$work/notices" 2>"$work/log" || fail "it should have ended with 0"
again
check 0
told 'all is well'
told '2 days, 141000 samples'

# a header, a payload, both ends of a stretch, a hole, a tail: which minutes
scramble "$plog" $(($(block "$plog" 10) + 20))
check 1
told '20261014.plog: 2026-10-14 23:40:00 to 23:41:00: .* about 3000 samples are lost'
told 'check --repair FOLDER'
mended
again
at=$(block "$plog" 12)
scramble "$plog" $((at + 300))
check 1
told '2026-10-14 23:42:00 to 23:43:00: .* about 3000 samples are lost'
mended
again
at=$(block "$plog" 5)
zero "$plog" $at $(($(block "$plog" 7) - at))
check 1
told '2026-10-14 23:35:00 to 23:37:00: .* about 6000 samples are lost'
mended
again
at=$(block "$plog" 15) behind=$(block "$plog" 16)
{ head -c $at "$work/whole/raw/2026/10/20261014.plog"; tail -c +$((behind + 1)) "$work/whole/raw/2026/10/20261014.plog"; } >"$plog"
check 1
told '2026-10-14 23:45:00 to 23:46:00: a block is missing, about 3000 samples are lost'
mended
again
truncate -s $(($(block "$plog" 28) + 200)) "$plog"
check 1
told '2026-10-14 23:58:00 to 23:59:00: .* about 3000 samples are lost'
mended

# nothing of it lies in the time that is asked for
again
scramble "$plog" $(($(block "$plog" 10) + 20))
check 0 --from '2026-10-17'
told '0 days'

# what is not the log
again
chmod 644 "$data/plumbline.db"
zero "$data/state.bin" 0 4
zero "$data/state.bin" 262176 4
scramble "$data/state.bin" 0
check 1
told 'plumbline.db: mode 0644'
told 'state.bin: holds no whole snapshot'
mended
again
rm "$data/raw/2026/10/20261015.plog"
check 1
told '2026-10-15 00:00:00 to 00:17:00: minutes of a day whose raw log is not there: 17'
again
zero "$data/plumbline.db" 4096 40000
check 1
told 'SQLite says'
check 1 --repair "$work/copy"
told 'plumbline reindex'
[ -s "$work/copy/plumbline.db.damaged" ] || fail "the damaged diary should have been kept"
again
rm "$data/plumbline.db"
check 1
told 'there is no diary'

# words, and where nothing can be looked at
data=$work/none
check 2
data=$work/data
check 2 --repair
check 2 --from yesterdayish
again
scramble "$plog" $(($(block "$plog" 10) + 20))
check 2 --repair "$work"
grep -q 'not empty' "$work/err" || fail "it should have named the folder that is not empty"

# beside a daemon that records, and after it was killed
data=$work/live
printf 'set rate 100\nset seed 3\nsit upright 30m\n' >"$work/sit.scn"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
pids="$pids $!"
wait_for "the simulator" test -e "$work/sensor"
start_daemon --data "$data" --device "$work/sensor"
written() { [ -n "$(find "$data/raw" -name '*.wal' -size +2k 2>/dev/null)" ]; }
wait_for "the write-ahead file grows" written
check 0
told 'in the write-ahead file'
check 2 --repair "$work/beside"
grep -q "pid $daemon" "$work/err" || fail "it should have named the daemon that writes there"
[ ! -e "$work/beside" ] || fail "nothing should have been made"
kill -9 $daemon
wait $daemon || true
check 0 --repair "$work/beside"
cp "$work/out" "$work/said"
samples "$data" >"$work/before"
samples "$work/beside" >"$work/after"
cmp "$work/before" "$work/after" || fail "the copy of what was in the write-ahead file"
[ -z "$(find "$work/beside" -name '*.wal')" ] || fail "the write-ahead file should have been brought in"

# what the killed daemon had in memory comes in with the next writer; where there was such, it has been said
"$bin/plumbline" --data "$data" stress 3 >/dev/null
samples "$data" >"$work/after"
cmp -s "$work/before" "$work/after" || grep -q 'left its last samples in memory' "$work/said" ||
    fail "it should have told of the samples in memory"
data=$work/beside
check 0
not_told 'write-ahead'
echo "check: ok"
