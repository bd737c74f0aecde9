#!/bin/sh
# replay.sh BIN: what the fuzz targets eat, made anew and fed to them: streams of the simulator in every protocol, whole and
# with faults, and the raw log that comes of one. tests/fuzz/README says how to fuzz for real.
set -eu
bin=$1 root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/some.scn" <<'S'
set seed 41
set rate 50
sit upright 20s
walk 20s
reboot
slouch 10s 20deg
S
n=0
for protocol in plumb wit wit61 text; do
    for fault in '' drop:0.001 flip:0.001 truncate:0.01; do
        n=$((n + 1))
        "$bin/plumbline-sim" --protocol $protocol ${fault:+--fault $fault} --out "file:$work/stream-$n" "$work/some.scn"
    done
done
"$bin/fuzz_protocol" "$work"/stream-*
"$bin/plumblined" --config "$root/tests/golden/default.conf" --data "$work/data" --device "$work/stream-1" --clock=samples \
    --start '2026-10-14 09:00' --sink "$work/notices"
find "$work/data/raw" -type f -size +0 -exec "$bin/fuzz_block" {} +
echo "fuzz replay: $n streams and their log"
