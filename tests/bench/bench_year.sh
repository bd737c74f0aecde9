#!/bin/sh
# bench_year.sh BIN [DAYS [HOURS [RATE [MEMORY_MAX_MB]]]]: what a year of recording costs those who go through it:
# memory, seconds, and whether progress was shown. One day is played by the daemon, then copied to all days before it.
# Fails when a command takes more than MEMORY_MAX_MB (64). Makes up to 10 MB a day in a temporary folder.
# EXPORT_FROM=DATE: export samples from there on.
set -eu
bin=$1 days=${2:-365} hours=${3:-8} rate=${4:-100} most=${5:-64}
work=$(mktemp -d "${TMPDIR:-/tmp}/plumbline-year-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export TZ=UTC HOME="$work" XDG_RUNTIME_DIR="$work/run" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/share"
mkdir -m 700 "$work/run"
data=$work/data

{
    printf 'set rate %s\nset seed 5\n' "$rate"
    for hour in $(seq "$hours"); do printf 'sit upright 25m\nwalk 2m\nslouch 20m 22deg\nstand 8m\nwalk 5m\n'; done
} >"$work/day.scn"
"$bin/plumbline-sim" --protocol plumb --out "file:$work/day" "$work/day.scn" 2>/dev/null
"$bin/plumblined" --data "$data" --device "$work/day" --clock=samples --start '2025-12-15 09:00' --sink "$work/notices" 2>/dev/null
"$bin/make_year" copy "$data" "$days"
echo "$days days, $(du -sm "$data/raw" | cut -f1) MB of raw log, $(du -sm "$data/plumbline.db" | cut -f1) MB of diary"

code=0
cost() { # cost NAME COMMAND…
    name=$1
    shift
    "$bin/costs" "$most" "$@" >"$work/out" 2>"$work/told" || {
        echo "$name: exit $? ($(cat "$work/out" "$work/told" | tail -n 3 | tr '\r\n' '  '))"
        code=1
    }
    printf '%-20s %s\n' "$name" "$(grep -ao 'rss_MB=.*' "$work/told" | tail -n 1)"
}
plumbline() {
    name=$1
    shift
    cost "$name" "$bin/plumbline" --data "$data" "$@"
}
plumbline "report day" report day 2025-12-15 --json
plumbline "report week" report week 2025-12-15 --html=/dev/null
plumbline "check" check
plumbline "export csv" export samples ${EXPORT_FROM:+--from "$EXPORT_FROM"} -o /dev/null --force --format csv
plumbline "export jsonl" export samples ${EXPORT_FROM:+--from "$EXPORT_FROM"} -o /dev/null --force --format jsonl
plumbline "export parquet" export samples ${EXPORT_FROM:+--from "$EXPORT_FROM"} -o "$work/year.parquet"
rm -f "$work/year.parquet"
plumbline "export minutes" export minutes -o /dev/null --force
plumbline "du" du
plumbline "reindex" reindex
"$bin/make_year" open "$data" 90 | sed 's/^/opening 90 days      /'
keep=$((days / 4))
cost "retention $keep" "$bin/make_year" retire "$data" "$keep"
left=$(find "$data/raw" -name '*.plog' | wc -l)
echo "after retention: $left files"
[ "$left" -le $((keep + 3)) ] || { echo "retention: more than $((keep + 3))" && code=1; } # today, and two that only the clock may have made
plumbline "forget" forget --before 2025-12-01 --yes
plumbline "check what is left" check
exit $code
