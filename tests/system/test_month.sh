#!/bin/sh
# A month of a plausible person (month/make.py) through the real daemon, and what it said held against what was true
# (month/check.py, which also sees to it that it can fail). Exits 77 without python3.
set -eu
bin=$1 root=$(cd "$(dirname "$0")/../.." && pwd)
month=$root/tests/system/month
command -v python3 >/dev/null || { echo "skipped: no python3, which makes and checks the month"; exit 77; }
work=$(mktemp -d)
data=$(mktemp -d /dev/shm/plumbline-test-XXXXXX 2>/dev/null || mktemp -d) # in memory: no disk is tested here
trap 'rm -rf "$work" "$data"' EXIT
export TZ=Europe/Stockholm
cat >"$work/conf" <<'C'
[sensor]
placement = upper-back
[coach]
hours = Mon-Fri 08:00-17:30
C
python3 "$month/make.py" "$work"
set --
while read -r jump; do set -- "$@" --fault "$jump"; done <"$work/jumps"
"$bin/plumbline-sim" --protocol text --out "file:$work/stream" --truth "$work/truth.csv" "$@" "$work/month.scn"
ls -l "$work/stream" | awk '{printf "%.0f MB of text lines\n", $5 / 1e6}'
began=$(date +%s)
"$bin/plumblined" --config "$work/conf" --data "$data" --device "$work/stream" --script "$work/commands" \
    --clock=samples --start "$(cat "$work/start")" --sink "$work/notices" 2>"$work/told"
echo "replayed in $(($(date +%s) - began)) s"
if grep -v 'waits for an answer$' "$work/told"; then
    echo "FAILED: the daemon did not take some of the month's commands" >&2
    exit 1
fi
python3 "$month/check.py" "$work" "$data/plumbline.db" "$root/data/catalogue.conf"
