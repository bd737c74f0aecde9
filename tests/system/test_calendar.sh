#!/bin/sh
# plumbline-calendar as the daemon calls it: files, folders of them, what is not followed or read, wrong calls.
. "$(dirname "$0")/lib.sh"
from=$(date -u -d 2026-11-23 +%s)
ask() { # ask PATH…: its lines in $work/out
    code=0
    "$bin/plumbline-calendar" --from "$from" --to $((from + 14 * 86400)) --zone Europe/Stockholm "$@" >"$work/out" 2>"$work/err" || code=$?
    [ $code = 0 ] || fail "exit $code for $*"
    [ "$(tail -n 1 "$work/out")" = end ] || fail "no end for $*"
    [ ! -s "$work/err" ] || fail "something on standard error for $*"
}
titles() { sed -n 's/^event [0-9]* [0-9]* [a-z]* [a-z]* //p' "$work/out" | tr '\n' ' '; }
gives() { # gives TITLES NOTES PATH…
    titles=$1 notes=$2
    shift 2
    ask "$@"
    [ "$(titles)" = "$titles" ] || fail "expected '$titles', got '$(titles)' for $*"
    [ "$(grep -c '^note ' "$work/out")" = "$notes" ] || fail "expected $notes notes for $*: $(grep '^note ' "$work/out")"
}
wrong() { # wrong ARGS…: exit 2 and a word why
    code=0
    "$bin/plumbline-calendar" "$@" >"$work/out" 2>"$work/err" || code=$?
    [ $code = 2 ] || fail "expected exit 2, got $code for $*"
    says "$work/err" usage || fail "no usage for $*"
}
event() { # event TITLE DAY
    printf 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:%s\nSUMMARY:%s\nDTSTART:202611%sT100000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n' "$1" "$1" "$2"
}

vdir=$work/vdir
mkdir -p "$vdir/work" "$vdir/home/deeper" "$vdir/.hidden"
event one 24 >"$vdir/one.ics"
event two 25 >"$vdir/work/two.ics"
event three 26 >"$vdir/home/three.ICS"
for hidden in .four.ics .hidden/five.ics home/deeper/six.ics seven.ics.tmp home/.eight.ics nine.txt; do event no 24 >"$vdir/$hidden"; done
gives 'one two three ' 0 "$vdir"
gives 'one ' 0 "$vdir/one.ics"
gives 'two three ' 0 "$vdir/home/three.ICS" "$vdir/work"
gives 'one ' 1 "$vdir/one.ics" "$vdir/nowhere.ics"
gives '' 1 /dev/null
gives '' 1 /dev/zero

# links to files are read, loops and pipes are not waited for
mkdir "$work/odd"
ln -s "$vdir/one.ics" "$work/odd/link.ics"
ln -s . "$work/odd/loop"
ln -s .. "$work/odd/up.ics"
ln -s gone "$work/odd/broken.ics"
mkfifo "$work/odd/pipe.ics"
gives 'one ' 2 "$work/odd"

# a file named with what a line cannot hold
event ten 24 >"$work/odd.
event 1 2 busy timed forged.ics"
printf 'nothing' >"$work/bad
end.ics"
gives 'ten ' 1 "$work/odd.
event 1 2 busy timed forged.ics" "$work/bad
end.ics"
[ "$(grep -c '^end$' "$work/out")" = 1 ] || fail "a file's name ended the answer"

# all that is spent is spent in the child: it cannot reach out, and its zone may be unknown
"$bin/plumbline-calendar" --from "$from" --to $((from + 86400)) --zone Nowhere/Else "$vdir" >"$work/out"
says "$work/out" "^note calendar: this computer's time zone" || fail "an unknown zone should be noted"

wrong
wrong --from "$from" --to $((from + 1)) --zone UTC
wrong --from "$from" --to $((from + 1)) "$vdir"
wrong --from "$from" --to "$from" --zone UTC "$vdir"
wrong --from "$from" --to $((from + 401 * 86400)) --zone UTC "$vdir"
wrong --from -5 --to 5 --zone UTC "$vdir"
wrong --from 5x --to 50 --zone UTC "$vdir"
wrong --from 99999999999999999999 --to 99999999999999999999 --zone UTC "$vdir"
wrong --network yes --from 5 --to 50 --zone UTC "$vdir"
echo "calendar: files, folders, links, pipes and wrong calls"
