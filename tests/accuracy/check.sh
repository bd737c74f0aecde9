#!/bin/sh
# check.sh PROGRAM FOLDER [OPTION…] BOUND…: runs an accuracy program on $PLUMBLINE_DATA/FOLDER, shows its table, and holds
# its `name=value` lines against bounds written name<=value or name>=value. Without the recordings: skipped, said aloud.
# FOLDER "-": a program that makes its own data. OPTION (--…) goes to the program, in front of the folder.
set -eu
program=$1 folder=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${PLUMBLINE_DATA:-$root/../shared/data}/$folder
options=
while [ $# -gt 0 ]; do
    case $1 in --*) options="$options $1" ;; *) break ;; esac
    shift
done
if [ "$folder" = - ]; then
    data=
elif [ ! -d "$data" ]; then
    echo "skipped: no recordings in $data"
    exit 77
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$program" $options ${data:+"$data"} >"$out" || { cat "$out"; exit 1; }
cat "$out"
for bound; do
    name=${bound%%[<>]*}
    value=$(sed -n "s/^$name=//p" "$out" | tail -1)
    [ -n "$value" ] || { echo "no $name in the output" >&2; exit 1; }
    case $bound in
    *'<='*) awk "BEGIN {exit !($value <= ${bound##*=})}" ;;
    *) awk "BEGIN {exit !($value >= ${bound##*=})}" ;;
    esac || { echo "$name=$value misses $bound" >&2; exit 1; }
done
