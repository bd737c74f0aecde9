#!/bin/sh
# What `plumbline export` writes, read by DuckDB: Parquet, CSV and JSON lines of each table hold the same rows, and what we
# read of the CSV ourselves (Python's csv) has the same counts, sums, smallest and largest values.
# DuckDB lies where `tests/run --install` has put it, build/npm-duckdb; nothing is fetched here. Exits 77 (skipped) without.
. "$(dirname "$0")/lib.sh"
. "$root/tests/system/export_data.sh"
skip() { echo "test_duckdb: skipped: $*"; exit 77; }

command -v node >/dev/null || skip "there is no node"
command -v python3 >/dev/null || skip "there is no python3"
here=$root/tests/system/duckdb fetched=$root/build/npm-duckdb
[ "$(cat "$fetched/.fetched" 2>/dev/null || true)" = "$(cksum <"$here/package-lock.json")" ] ||
    skip "run tests/run --install: $fetched lacks DuckDB"

make_data
mkdir "$work/tables" "$work/look"
write() { # write DATA NAME WHAT…: in all formats
    folder=$1 name=$2
    shift 2
    for end in csv jsonl parquet; do
        "$bin/plumbline" --data "$folder" export "$@" -o "$work/tables/$name.$end" 2>"$work/log" || fail "export $* as $end"
    done
}
for what in samples minutes events entries workouts calibrations; do write "$data" $what $what; done
write "$work/turned" counts samples --counts
write "$work/turned" turned samples
write "$data" none samples --from 2199-01-01
write "$data" no-events events --from 2199-01-01
python3 "$here/plain.py" "$work/tables"/*.csv >"$work/plain.json"

ln -s "$fetched/node_modules" "$work/look/node_modules"
cp "$here/sums.mjs" "$here/package.json" "$work/look"
node "$work/look/sums.mjs" "$work/tables" "$work/plain.json" || fail "DuckDB reads something else"
echo "duckdb: ok"
