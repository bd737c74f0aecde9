#!/bin/sh
# bench_attitude.sh BIN [SAMPLES]: the attitude filter beside a complementary one. Times from bench_attitude, then, counted
# by callgrind over SAMPLES (6000) a round, instructions a sample, which do not depend on the machine's mood.
bin=${1:?usage: bench_attitude.sh BIN [SAMPLES]} samples=${2:-6000}
"$bin/bench_attitude" || exit 1
if ! command -v valgrind >/dev/null; then
    echo "instructions are counted by valgrind, which is not here: sudo apt-get install valgrind"
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
instructions() { # instructions FUNCTION moving|still: a sample, with all that it calls
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="$1" \
        "$bin/bench_attitude" "$samples" "$2" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
    awk '/^samples=/ {split($1, n, "="); split($2, r, "=")} /Collected/ {c = $NF} END {
        if (!c) exit 1
        printf "%.0f", c / n[2] / r[2]}' "$log"
}
for what in moving still; do
    naive=$(instructions naive_push $what) && filter=$(instructions attitude_push $what) || exit 1
    echo "${what}_naive_instructions=$naive ${what}_attitude_instructions=$filter"
done
