#!/bin/sh
# other_folders.sh BIN: the accuracy programs say the same of the same recordings in other people's folders: renamed, packed
# or not, one person only, a path with a slash at its end or seen from here, a table whose columns are called otherwise.
set -eu
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${PLUMBLINE_DATA:-$root/../shared/data}/activity
if [ ! -d "$data" ]; then
    echo "skipped: no recordings in $data"
    exit 77
fi
data=$(cd "$data" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

figures() { # PROGRAM [OPTION…] FOLDER
    program=$1
    shift
    "$bin/$program" "$@" >said 2>errors || { cat said errors >&2; echo "$program $*: failed" >&2; exit 1; }
    grep '^[a-z_0-9]*=' said
}
same() { # WHAT: the figures in ./one and ./other
    [ -s one ] && diff one other || { echo "$1: other figures, or none" >&2; exit 1; }
}

mkdir packed plain alone
n=0
for file in "$data"/har70_lowerback/subject_0[1-5].csv.gz; do
    n=$((n + 1))
    cp "$file" packed
    gunzip -c "$file" >"plain/wearer $n.csv"
done
cp "plain/wearer 1.csv" alone
echo 'not,a,recording' >plain/notes.csv
for call in accuracy-sitting 'accuracy-sitting --leave-one-out' 'accuracy-sitting --leave-one-out --no-walking'; do
    figures $call "$dir/packed" >one
    figures $call plain/ >other
    same "$call"
done
figures accuracy-sitting --leave-one-out alone >one
figures accuracy-sitting ./alone/ >other
same "nobody is left to fit to"
figures accuracy-bouts --days=1 alone >one
grep -q '^bouts_found=' one || { echo "accuracy-bouts: no figure of one person"; exit 1; }

mkdir named unnamed bare turned_named
gunzip -c "$data/sts_ngimu_chest/participant1.csv.gz" | awk -F, -v OFS=, '
    NR > 1 && NR % 2 == 0 {
        s = int($1 / 1000) % 20
        print $5, $6, $7, $2, $3, $4, s < 3 ? 7 : s < 10 ? 4 : s < 13 ? 8 : 5
    }' >rows
{ echo ax_mg,ay_mg,az_mg,gx_mrad_s,gy_mrad_s,gz_mrad_s,label; cat rows; } | gzip >named/01.csv.gz
{ echo one,two,three,four,five,six,seven; cat rows; } >unnamed/01.csv
cp rows bare/01.csv
{ echo user,t_ms,accX,accY,accZ,omega1,omega2,omega3,truth; awk -v OFS=, '{print 1, NR * 20, $0}' rows; } >turned_named/01.csv
figures accuracy-transitions named >one
grep -q '^found=' one && grep -q '^wrong_direction=' one && grep -q '^other_per_hour=' one ||
    { echo "accuracy-transitions: a figure is missing"; exit 1; }
for other in unnamed/ bare ./turned_named; do
    figures accuracy-transitions $other >other
    same "accuracy-transitions $other"
done
cat one
