#!/bin/sh
# same_tables.sh FIT-ACTIVITY: the tables that ship are what the program makes of $PLUMBLINE_DATA, byte for byte.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${PLUMBLINE_DATA:-$root/../shared/data}/activity
if [ ! -d "$data" ]; then
    echo "skipped: no recordings in $data"
    exit 77
fi
made=$(mktemp)
trap 'rm -f "$made"' EXIT
"$1" "$data/har70_lowerback" "$data/casale_chest" "$data/dsads_torso" >"$made"
cmp "$made" "$root/daemon/posture/activity_tables.c" ||
    { echo "make them anew: fit-activity FOLDER… >daemon/posture/activity_tables.c" >&2; exit 1; }
