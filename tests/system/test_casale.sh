#!/bin/sh
# Real chest recordings (52 Hz, accelerometer counts, nobody calibrated) through `plumbline replay` to a report of each
# person's hour.
. "$(dirname "$0")/lib.sh"
data=${PLUMBLINE_DATA:-$root/../shared/data}/activity/casale_chest
if [ ! -d "$data" ]; then
    echo "skipped: no recordings in $data"
    exit 77
fi
n=0
for file in "$data"/subject_*.csv.gz; do
    name=$(basename "$file" .csv.gz)
    "$bin/plumbline" replay --columns x,y,z --rate 52 --offset 2048 --start '2026-10-14 09:00' --keep "$work/$name" "$file" >"$work/report" 2>"$work/log" ||
        fail "$name did not go through"
    "$bin/plumbline" --data "$work/$name" export minutes --force -o "$work/minutes.csv"
    "$bin/plumbline" --data "$work/$name" report day 2026-10-14 --json >"$work/report.json" || fail "$name has no report"
    set -- $(awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
        {w += $at["walking_s"]; s += $at["sitting_s"]; t += $at["standing_s"]; l += $at["lying_s"]; u += $at["unsure_s"]}
        END {printf "%.1f %.1f %.1f %.1f %.1f", s / 60, t / 60, w / 60, l / 60, u / 60}' "$work/minutes.csv")
    echo "$name sitting=$1 standing=$2 walking=$3 lying=$4 unsure=$5 min"
    [ "$(echo "$3" | awk '{print ($1 > 0.5)}')" = 1 ] || fail "$name: no walking found"
    n=$((n + 1))
done
[ $n -gt 0 ] || fail "no recording was there"
"$bin/accuracy-sitting" "$data" | tail -24
echo "casale: $n people"
