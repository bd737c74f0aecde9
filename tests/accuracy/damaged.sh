#!/bin/sh
# damaged.sh PROGRAM: accuracy-attitude names each damaged recording, goes on to the next, and says 1 when none is whole.
set -eu
program=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
good=$(ls "${PLUMBLINE_DATA:-$root/../shared/data}"/broad/*.imu16.gz 2>/dev/null | head -1)
[ -n "$good" ] || { echo "skipped: no recordings"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

head -c 100000 "$good" >"$dir/cut.imu16.gz"
gunzip -c "$good" | head -c 200000 | gzip >"$dir/early.imu16.gz"
{ gunzip -c "$good"; echo more; } | gzip >"$dir/long.imu16.gz"
gunzip -c "$good" >"$dir/plain.imu16.gz"
: >"$dir/empty.imu16.gz"
{ printf 'IMUREF1\0\2\0\0\0'; gunzip -c "$good" | tail -c +13; } | gzip >"$dir/version.imu16.gz"
cp "$good" "$dir/checksum.imu16.gz"
printf '\125\125' | dd of="$dir/checksum.imu16.gz" bs=1 seek=$(($(wc -c <"$good") - 8)) conv=notrunc 2>/dev/null

expect() { # CODE
    code=0
    "$program" "$dir" >"$dir/out" 2>"$dir/said" || code=$?
    cat "$dir/out" "$dir/said"
    [ "$code" -eq "$1" ] || { echo "exit code $code, not $1"; exit 1; }
    for name in cut early long plain empty version checksum; do
        grep -q "/$name.imu16.gz .*: left out" "$dir/said" || { echo "$name: taken for whole"; exit 1; }
    done
}
expect 1
cp "$good" "$dir/whole.imu16.gz"
expect 0
grep -qx trials=1 "$dir/out" || { echo "the whole one was not read"; exit 1; }
