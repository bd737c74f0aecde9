#!/bin/sh
# `plumbline reindex` as a person meets it: days by themselves, what was taken away comes back, what nobody can know stays as
# it is, beside a daemon too. (tests/golden/run does it to every golden day.)
. "$(dirname "$0")/lib.sh"
golden=$root/tests/golden
share=$work/share/plumbline

plumbline() { "$bin/plumbline" "$@" >"$work/out" 2>"$work/log"; }
expect() { # expect CODE PATTERN ARGS…
    code=$1 pattern=$2 got=0
    shift 2
    plumbline "$@" || got=$?
    [ $got = "$code" ] || { cat "$work/out"; fail "expected exit $code, got $got for: $*"; }
    cat "$work/out" "$work/log" | grep -q -- "$pattern" || { cat "$work/out"; fail "expected '$pattern' for: $*"; }
}
rows() { "$bin/golden-rows" "$@"; }
# of_day DAY: the rows that began on that local day, of 20750 (24 October 2026) and later
of_day() { awk -F '\t' -v day="$1" 'NF > 20 && int(($1 * 60 + $2) / 86400) == day || NF < 20 && int(($7 / 1e9 + $9) / 86400) == day'; }

expect 2 "'--what' is not known" reindex --what
expect 2 "is no date" reindex --from never
expect 2 "lies behind" reindex --from 2026-03-03 --to 2026-03-02
expect 1 "there is no data folder" reindex
mkdir -p "$share"
expect 1 "no raw data" reindex --check

"$bin/golden-live" "$golden/default.conf" "$share" '2026-10-24 23:20' "$golden/lived-night.scn" "$work/diary" >"$work/trace"
rows "$share" >"$work/all"
expect 0 ' 0 differ' reindex --check
expect 0 ' 0 differ' reindex --check --from 2026-10-25
expect 0 ' 0 differ' reindex --check --to 2026-10-24
hours=$(cut -d' ' -f1 "$work/out")
[ "$hours" = 0.7 ] || fail "the first day has 40 minutes, not $hours h"

# a day by itself comes back, the other does not
rows --wipe "$share" >/dev/null
expect 1 'not in the diary' reindex --check
expect 0 'rebuilt' reindex --to 2026-10-24
of_day 20750 <"$work/all" >"$work/expected"
rows "$share" | of_day 20750 | cmp - "$work/expected" || fail "the first day should be as it was"
[ "$(rows "$share" | of_day 20751 | awk -F '\t' 'NF > 20' | wc -l)" = 0 ] || fail "nobody asked for the second day"
expect 0 'rebuilt' reindex --from 2026-10-25
rows "$share" | cmp - "$work/all" || fail "all should be as it was"

# a row that somebody changed is named, and put right
python3 -c "import sqlite3; d = sqlite3.connect('$share/plumbline.db'); d.execute('UPDATE minute SET steps=steps+1 WHERE minute=(SELECT min(minute)+5 FROM minute)'); d.commit()" || exit 77
expect 1 'minute: steps 1 not 0' reindex --check
expect 0 ' 1 differs' reindex
rows "$share" | cmp - "$work/all" || fail "the minute should be put right"

# a damaged block: what it touches stays, though nobody could make it anew
log=$share/raw/2026/10/20261025.plog
cp "$log" "$work/whole.plog"
printf 'damaged' | dd of="$log" bs=1 seek=$(($(wc -c <"$log") / 2)) conv=notrunc 2>/dev/null
expect 0 'the raw log is damaged' reindex
rows "$share" | cmp - "$work/all" || fail "what cannot be made anew should stay"
cp "$work/whole.plog" "$log"

# beside a daemon, which goes on afterwards
start_daemon
expect 0 ' 0 differ' reindex --check
status_ok || fail "the daemon should go on"
"$bin/plumbline" pain 2 neck >/dev/null || fail "and write again"
echo "reindex: days by themselves, damage and a daemon"
