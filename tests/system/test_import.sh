#!/bin/sh
# `plumbline import` and `plumbline replay --samples` as a person meets them: a day comes in, is refused a second time, may
# be tried first, waits for the daemon, goes on after an interruption; captures are decoded whatever they are.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
data=${PLUMBLINE_DATA:-$root/../shared/data}/protocols
share=$work/share/plumbline

plumbline() { "$bin/plumbline" "$@" >"$work/out" 2>"$work/log"; }
expect() { # expect CODE PATTERN ARGS…: exit code, and what is said on either output
    code=$1 pattern=$2 got=0
    shift 2
    plumbline "$@" || got=$?
    [ $got = "$code" ] || fail "expected exit $code, got $got for: $*"
    cat "$work/out" "$work/log" | grep -q -- "$pattern" || { cat "$work/out"; fail "expected '$pattern' for: $*"; }
}

# a table with dates: 20 minutes at 25 Hz
awk 'BEGIN { print "time;x (g);y (g);z (g)"
    for (i = 0; i < 30000; i++) printf "2026-03-02 08:%02d:%02d,%02d;0,0%d;0,1;0,99\n", i / 1500, i / 25 % 60, i % 25 * 4, i % 7 }' >"$work/day.csv"
expect 0 'nothing was written' import "$work/day.csv" --dry-run
[ ! -e "$share/plumbline.db" ] || fail "a dry run should write nothing"
expect 0 'plumbline report 2026-03-02' import "$work/day.csv"
says "$work/out" '30000 samples at 25 Hz' || fail "the samples should be counted"
says "$work/out" 'from 2026-03-02 08:00:00 to 2026-03-02 08:19:59' || fail "the span should be told"
says "$work/out" '0 gaps, 30000 lines, none damaged' || fail "the figures should be told"
expect 0 'Monday 2 March 2026' report 2026-03-02
plumbline export minutes
[ "$(wc -l <"$work/out")" = 21 ] || fail "every minute should be in the diary"
plumbline export samples
[ "$(wc -l <"$work/out")" = 30001 ] || fail "every sample should be in the log"
[ "$(tail -n 1 "$work/out" | cut -d, -f13)" = imported ] || fail "they should be marked as imported"

# never over time that is there
expect 1 "nothing was imported.*08:00:00 and 2026-03-02 08:20:00" import "$work/day.csv"
expect 1 "with --from '2026-03-02 08:20:00'" import "$work/day.csv" --dry-run
expect 1 'lies between --from and --to' import "$work/day.csv" --from '2026-03-02 08:20:00'
expect 0 imported import "$work/day.csv" --start '2026-03-03 09:00' --from '2026-03-03 09:05' --to '2026-03-03 09:10'
says "$work/out" '7500 samples' || fail "five minutes of it were asked for"

# into another folder, piece by piece: as one
expect 0 imported import "$work/day.csv" --data "$work/pieces" --to '2026-03-02 08:07:00'
expect 1 'go on\|lies before' import "$work/day.csv" --data "$work/pieces"
expect 0 imported import "$work/day.csv" --data "$work/pieces" --from '2026-03-02 08:07:00'
"$bin/plumbline" --data "$work/pieces" export samples | cut -d, -f1,3-5 >"$work/pieces.csv"
"$bin/plumbline" export samples --to 2026-03-03 | cut -d, -f1,3-5 | cmp - "$work/pieces.csv" || fail "pieces should add up to the whole"

# words
expect 2 'expected a file' import
expect 2 'is not cwa, witmotion' import "$work/day.csv" --as xls
expect 2 'not known' import "$work/day.csv" --speed 3
expect 2 'samples a second' import "$work/day.csv" --rate fast
expect 2 'is no time' import "$work/day.csv" --start soon
expect 1 "no column 'q'" import "$work/day.csv" --columns q,y,z
expect 1 'does not begin as a .cwa' import "$work/day.csv" --as cwa
expect 1 'known here' import "$bin/plumbline"
expect 1 'No such file' import "$work/nothing.cwa"

# beside the daemon: it says what to do, and the daemon goes on
start_daemon --device /dev/ttyUSB77
expect 1 'systemctl --user stop plumblined' import "$work/day.csv" --start '2026-03-04 09:00'
expect 0 'nothing was written' import "$work/day.csv" --start '2026-03-04 09:00' --dry-run
alive
kill -TERM $daemon
wait $daemon || fail "it should have ended with 0"

# what was imported behind the daemon's last sample is not taken for its own when it comes back
cat >"$work/sit.scn" <<'S'
set rate 50
sit upright 5m
S
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn" >/dev/null 2>&1 &
sim=$!
pids="$pids $sim"
wait_for "the simulator" test -e "$work/sensor"
start_daemon --device "$work/sensor"
some() { [ "$(number_of samples)" -gt 100 ]; }
wait_for "samples come" some
stop() { kill -TERM $daemon; wait $daemon || fail "it should have ended with 0"; }
stop
kill $sim
expect 0 imported import "$work/day.csv" --start 'tomorrow 09:00'
diary() { plumbline export events && cat "$work/out" >"$1" && plumbline export minutes && cat "$work/out" >>"$1"; }
diary "$work/before"
start_daemon --device /dev/ttyUSB77
stop
diary "$work/after"
grep -v 'sensor,\|gap,' "$work/after" >"$work/left"
grep -v 'sensor,\|gap,' "$work/before" | cmp - "$work/left" || fail "the daemon should leave imported time alone"

# interrupted, it ends with a minute and says how to go on
awk 'BEGIN { for (i = 0; i < 4000000; i++) printf "%d,0.1,0.2,0.9%d\n", i * 20, i % 7 }' >"$work/long.csv"
"$bin/plumbline" import "$work/long.csv" --start '2026-04-01 00:00' >"$work/out" 2>"$work/log" &
import=$!
pids="$pids $import"
begun() { [ -n "$(find "$share/raw/2026/04" -size +4k 2>/dev/null)" ] || ! kill -0 $import 2>/dev/null; }
wait_for "the import has begun" begun
if kill -INT $import 2>/dev/null; then
    code=0
    wait $import || code=$?
    if [ $code = 1 ]; then
        from=$(sed -n "s/.*--from '\(.*\)'.*/\1/p" "$work/log")
        case $from in *:00) ;; *) fail "it should have ended with a minute, not at '$from'" ;; esac
        expect 0 imported import "$work/long.csv" --start '2026-04-01 00:00' --from "$from"
    fi
fi
[ "$("$bin/plumbline" export samples --from 2026-04-01 --to 2026-04-02 | wc -l)" = 4000001 ] || fail "nothing should be lost by an interruption"
rm "$work/long.csv"

# captures, whatever they are
cat >"$work/short.scn" <<'S'
set rate 50
sit upright 20s
S
for protocol in plumb wit wit61 text; do
    "$bin/plumbline-sim" --protocol $protocol --out "file:$work/stream" "$work/short.scn" 2>/dev/null
    expect 0 'samples of' replay --samples "$work/stream"
    [ "$(head -n 1 "$work/out")" = time_s,ax_mps2,ay_mps2,az_mps2,gx_rads,gy_rads,gz_rads,qw,qx,qy,qz,flags ] || fail "$protocol: the header"
    n=$(wc -l <"$work/out")
    [ "$n" -ge 1000 ] && [ "$n" -le 1001 ] || fail "$protocol: $n lines of 1000 samples"
done
expect 0 'text' replay --samples --protocol text "$work/stream"
expect 0 'csv' replay --samples "$work/day.csv"
expect 2 'no known sensor protocol' replay --samples "$bin/plumbline"
gzip -c "$work/stream" | head -c 5000 >"$work/cut.gz"
expect 0 'cut off' replay --samples "$work/cut.gz"
: >"$work/nothing"
expect 1 'is empty' replay --samples "$work/nothing"
seq 40 | awk '{ print $1 * 20 ",9,0,0," 500 + $1 }' >"$work/table"
expect 1 '--columns' replay --samples "$work/table"
[ ! -s "$work/out" ] || fail "no header where there is no sample"
expect 0 '40 samples of 40 lines' replay --samples --columns t=1:ms,ax=3:mg,ay=4:mg,az=5:mg "$work/table"

if [ ! -d "$data" ]; then
    echo "import: ok"
    echo "skipped: no captures in $data"
    exit 0
fi
cwa=$data/axivity/example-610-steps.cwa
expect 0 '71400 samples of 595 blocks; 0 damaged, 0 bytes skipped' replay --samples "$cwa"
[ "$(wc -l <"$work/out")" = 71401 ] || fail "every sample of the .cwa should be a line"
[ "$(sed -n 2p "$work/out" | cut -d, -f1-4)" = 0.000000,-2.145205,1.225831,-9.653421 ] || fail "its first sample"
expect 0 imported import "$cwa"
says "$work/out" '595 blocks, none damaged' || fail "all blocks of the .cwa are good"
"$bin/plumbline" export minutes --from 2012-03-27 --to 2012-03-28 >"$work/minutes.csv"
set -- $(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { n += $at["steps"]; w += $at["walking_s"] } END { print n, int(w) }' "$work/minutes.csv")
echo "the walk of 610 steps: $1 counted, $2 s of walking"
[ "$1" -ge 549 ] && [ "$1" -le 671 ] || fail "610 steps were walked, $1 were counted"

# hexadecimal, as people post captures, to bytes
bytes() { tr -d '\n ' | sed 's/\(..\)/\1\n/g' | awk 'BEGIN { for (i = 0; i < 256; i++) { v[sprintf("%02x", i)] = i } } NF { printf "\\0%03o", v[$1] }' >"$work/octal"; printf '%b' "$(cat "$work/octal")"; }
sed -n 's/.*"hex":"\([0-9a-f]*\)".*/\1/p' "$data/witmotion/rgu0_wt901ble67_100hz.jsonl" | bytes >"$work/rgu0"
expect 0 '287 samples of 287 frames; 0 bad, 0 of 5760 bytes' replay --samples "$work/rgu0"
sed '/^#/d' "$data/witmotion/issue50_wt901blecl5_usb_hexdump.txt" | cut -c10-58 | bytes >"$work/issue50"
expect 0 '6 samples of 6' replay --samples "$work/issue50"
expect 0 '6 samples of 6' replay --samples --protocol witmotion "$work/issue50"
echo "import: ok"
