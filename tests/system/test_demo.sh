#!/bin/sh
# The demo's day: its report against the simulator's truth, and every notice where the policy puts it.
set -eu
bin=$1 root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=Europe/Stockholm
"$bin/plumbline-sim" --protocol plumb --out "file:$work/stream" --truth "$work/truth.csv" --commands "$work/commands" "$root/data/demo.scn"
"$bin/plumblined" --config "$root/data/demo.conf" --data "$work/data" --device "$work/stream" --script "$work/commands" \
    --clock=samples --start '2026-10-14 08:25' --sink "$work/notices"
"$bin/plumbline" --config "$root/data/demo.conf" --data "$work/data" report day 2026-10-14 --json >"$work/report.json"
"$bin/check_day" "$work/truth.csv" "$work/report.json"
cat "$work/notices"
diff -u "$root/tests/system/demo.notices" "$work/notices"
