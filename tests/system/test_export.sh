#!/bin/sh
# `plumbline export` as a person meets it: a private file that is there only when it is whole, nothing replaced unasked,
# what to do about a full disk; text that other programs can read; and an exported CSV comes back in as it was.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/export_data.sh"
export LC_ALL=C
umask 0

expect() { # expect CODE PATTERN ARGS…: exit code, and what is said
    code=$1 pattern=$2 got=0
    shift 2
    "$bin/plumbline" --data "$data" export "$@" >"$work/out" 2>"$work/said" || got=$?
    [ $got = "$code" ] || { cat "$work/said"; fail "expected exit $code, got $got for: $*"; }
    [ -z "$pattern" ] || grep -q -- "$pattern" "$work/said" || { cat "$work/said"; fail "expected '$pattern' for: $*"; }
}
none_left() { [ -z "$(find "$work" -name '*.part')" ] || fail "$1 left $(find "$work" -name '*.part')"; }

command -v python3 >/dev/null || { echo "skipped: no python3 to read what was written"; exit 77; }
make_data

# words
expect 2 'is not samples, minutes' steps
expect 2 'is not csv, jsonl or parquet' minutes --format xlsx
expect 2 'wants a file' minutes -o
expect 2 'for samples alone' minutes --counts
expect 2 'is no time' minutes --from soon
expect 2 'is not --from' minutes --until today

# formats, by the end of the name or by word
for end in csv jsonl ndjson parquet; do expect 0 '' minutes -o "$work/m.$end"; done
cmp "$work/m.jsonl" "$work/m.ndjson" || fail "jsonl and ndjson are one"
[ "$(head -c 4 "$work/m.parquet")$(tail -c 4 "$work/m.parquet")" = PAR1PAR1 ] || fail "Parquet begins and ends with PAR1"
[ "$(head -c 12 "$work/m.jsonl")" = '{"time":"202' ] || fail "a line of JSON begins with the time"
expect 0 '' minutes --format parquet
cmp "$work/out" "$work/m.parquet" || fail "standard output should get the same bytes"
expect 0 '' minutes -o -
cmp "$work/out" "$work/m.csv" || fail "- is standard output"
expect 0 '' minutes --format csv -o "$work/m.txt"
cmp "$work/m.txt" "$work/m.csv" || fail "--format decides"

# private, and nothing replaced unasked
[ "$(stat -c %a "$work/m.csv")" = 600 ] || fail "an export is for nobody else's eyes"
expect 1 'exists; --force' events -o "$work/m.csv"
cmp "$work/m.txt" "$work/m.csv" || fail "a refusal should change nothing"
chmod 644 "$work/m.csv"
expect 0 '' events -o "$work/m.csv" --force
[ "$(stat -c %a "$work/m.csv")" = 600 ] || fail "what replaces a file is private, too"
head -n 1 "$work/m.csv" | grep -q '^start,end,' || fail "--force should replace"
echo left >"$work/e.csv.part" # of an export that was killed
expect 0 '' events -o "$work/e.csv"
cmp "$work/m.csv" "$work/e.csv" || fail "what was left should be gone"
expect 1 'is a folder' events -o "$work"
expect 1 'No such file' events -o "$work/nowhere/e.csv"
ln -s "$work/elsewhere" "$work/l.csv.part"
expect 1 'in the way' events -o "$work/l.csv"
[ ! -e "$work/elsewhere" ] || fail "it should not write through a link that somebody laid"
rm "$work/l.csv.part"
none_left "refusals"

# no room, whenever it ends: what to do is said, and nothing half is kept
expect 1 'disk is full.*another disk' samples -o /dev/full
for kb in 1 100; do
    for end in csv parquet; do
        (trap '' XFSZ; ulimit -f $kb; exec "$bin/plumbline" --data "$data" export samples -o "$work/large.$end") 2>"$work/said" &&
            fail "$end: more than $kb blocks cannot have been written"
        grep -q 'could not be written (File too large)' "$work/said" || { cat "$work/said"; fail "it should say why"; }
    done
done
[ -z "$(find "$work" -name 'large*')" ] || fail "half a file was kept"

# interrupted: nothing, or all of it when that was done before
"$bin/plumbline" --data "$data" export samples --format jsonl -o "$work/long.jsonl" 2>"$work/said" &
export=$!
pids="$pids $export"
begun() { [ -s "$work/long.jsonl.part" ] || ! kill -0 $export 2>/dev/null; }
wait_for "the export has begun" begun
kill -INT $export 2>/dev/null || true
code=0
wait $export || code=$?
case $code in
0) [ -e "$work/long.jsonl" ] || fail "it should be there" ;;
1) [ ! -e "$work/long.jsonl" ] && grep -q 'nothing was kept' "$work/said" || fail "it should have kept nothing" ;;
*) fail "exit code $code when interrupted" ;;
esac
none_left "an interruption"

# text: RFC 4180 and JSON, whatever was typed
expect 0 '' workouts -o "$work/w.csv"
expect 0 '' workouts -o "$work/w.jsonl"
python3 - "$work/w.csv" "$work/w.jsonl" <<'P'
import csv, json, sys
wanted = ["Leg day", "with, a comma", 'say "go"', "two\nlines", "Rücken · 背中 🏋", "", "tab\tback\\slash\r", "cut \ufffd off \ufffd",
          "\ufffd\ufffd\ufffd \ufffd\ufffd"]
with open(sys.argv[1], newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, strict=True))
lines = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
assert [r["title"] for r in rows] == wanted, rows
assert [line["title"] or "" for line in lines] == wanted, lines
assert lines[5]["title"] is None and {r["type"] for r in rows} == {"squat"}
assert rows[0]["start"] == "2026-10-20T08:00:00.000000Z" and rows[0]["utc_offset_s"] == "7200", rows[0]
P
expect 0 '' entries
[ "$(cut -d, -f3- "$work/out")" = 'kind,value,what
pain,3,low back
stress,6,' ] || { cat "$work/out"; fail "entries"; }

# a span of which there is nothing is a table without rows
expect 0 '' samples --from 2199-01-01 -o "$work/none.parquet"
expect 0 '' samples --from 2199-01-01
[ "$(wc -l <"$work/out")" = 1 ] || fail "there should be only names"

# counts come back in as they were: integers, scale, quaternion, what was remarkable; SI units to half a count
back() { # back NAME FROM COLUMNS WORDS…: FROM as CSV with WORDS, brought into a folder of its own and written again
    name=$1 from=$2 columns=$3
    shift 3
    "$bin/plumbline" --data "$from" export samples "$@" -o "$work/$name.csv" || fail "$name: export"
    "$bin/plumbline" --data "$work/back-$name" import "$work/$name.csv" >"$work/said" 2>&1 || { cat "$work/said"; fail "$name: import"; }
    "$bin/plumbline" --data "$work/back-$name" export samples "$@" -o "$work/$name-back.csv" || fail "$name: export again"
    cut -d, -f"$columns" "$work/$name.csv" >"$work/before"
    cut -d, -f"$columns" "$work/$name-back.csv" >"$work/after"
    cmp "$work/before" "$work/after" || { diff "$work/before" "$work/after" | head -n 6; fail "$name came back otherwise"; }
    [ "$(wc -l <"$work/after")" -gt 4900 ] || fail "$name: too little came back"
}
back counts "$data" 1,3-12,16-17 --counts
back turned "$work/turned" 1,3-12,16-17 --counts
says "$work/said" 'that Plumbline exported' || { cat "$work/said"; fail "it should know its own"; }
grep -q 'gap-before imported' "$work/counts-back.csv" || fail "what was remarkable should still be"
back si "$data" 1 --to '2026-10-15 06:00' # of one sensor: a table has its gyro in each line or in none
paste -d, "$work/si.csv" "$work/si-back.csv" | awk -F, 'NR > 1 { for (i = 3; i <= 8; i++) { d = $i - $(i + 15); if (d < 0) d = -d
    if (d > (i < 6 ? 0.0024 : 0.00054) && $i != "") bad++ } } END { exit bad > 0 }' || fail "in SI units it should come back to half a count"

echo "export: ok"
