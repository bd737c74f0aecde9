#!/bin/sh
# Catalogue and routine from the command line: a file of one's own (added, replaced, switched off, faulty, hostile), what is
# closed and why, and the guided routine on a pseudo terminal: keys, signals, the terminal given back, what is noted.
# usage: test_routine.sh BIN
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
own=$work/config/plumbline/catalogue.conf

item() { # item ID NAME SECONDS NEED
    printf '[%s]\nname = %s\nkind = mobility\narea = shoulder\ncontra = none\nwhen = micro pre\ndose.micro = %s s: once\n' "$1" "$2" "$3"
    printf 'dose.pre = %s s: once\nneed = %s\nstep1 = Do it.\nstop = sharp pain\nsource = mine\nevidence = custom\n' "$3" "$4"
}
has() { # has FILE WORDS
    grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "no '$2'"; }
}

# ---- the catalogue
"$bin/plumbline" catalogue check > "$work/out" || fail "no own file is no fault"
has "$work/out" "it would be $own"
{ item quick 'Reach up' 2 9; item second 'Second thing' 200 8; item third 'Third thing' 200 7; item chint 'My own tuck' 40 0.1
    printf '[scaps]\noff = yes\n'; } > "$own"
"$bin/plumbline" catalogue check > "$work/out" || fail "a good file"
has "$work/out" "33 items"
"$bin/plumbline" catalogue list > "$work/out"
has "$work/out" "quick     Reach up (mobility, your own)"
has "$work/out" "chint     My own tuck (mobility, your own)"
has "$work/out" "Shoulder-blade squeeze: switched off in your own file"
has "$work/out" "closed: waits for your answers on health"
"$bin/plumbline" catalogue list --json > "$work/out"
has "$work/out" '"from": "own"'
"$bin/plumbline" catalogue show calffoam > "$work/out"
has "$work/out" "Nakamura 2021"
if "$bin/plumbline" catalogue show scaps 2> "$work/out"; then fail "an item that is off"; fi
printf '[health]\ncontra = k\n' > "$work/config/plumbline/plumbline.conf"
"$bin/plumbline" catalogue show lunge > "$work/out"
has "$work/out" "closed    your answers on health: knee trouble"
: > "$work/config/plumbline/plumbline.conf"

faulty() { # faulty WORDS: what check says of $work/bad, with exit code 1; and the daemon goes on with what it has
    status=0
    "$bin/plumbline" catalogue check "$work/bad" > "$work/out" 2>&1 || status=$?
    [ $status = 1 ] || fail "exit code $status for: $1"
    has "$work/out" "$1"
}
{ printf '[a]\nkind = magic\nwhen = never\n'; item b B 10 1; } > "$work/bad"
faulty "bad:2: kind 'magic' is none of mobility"
has "$work/out" "bad:3: when 'never' is none of pre, post, micro, evening"
has "$work/out" "2 faults"
{ item a A 10 1; printf '\000'; item b B 10 1; } > "$work/bad"; faulty "bad:14: a NUL byte"
{ item a A 10 1; printf 'step2 = '; head -c 5000 /dev/zero | tr '\0' x; } > "$work/bad"; faulty "bad:14: a line has more than"
for i in $(seq 70); do item "own$i" 'A name' 10 1; done > "$work/bad"; faulty "more than 64 items"
head -c 20000000 /dev/zero | tr '\0' '\n' > "$work/bad"; faulty "larger than 256 KiB"
rm "$work/bad"; mkfifo "$work/bad"; faulty "not a plain file"
rm "$work/bad"; faulty "No such file"

# ---- the routine
start_daemon
"$bin/plumbline" routine pre > "$work/out"
has "$work/out" "1. Reach up — once  [quick]"
if grep -q "why:" "$work/out"; then fail "reasons without being asked"; fi
"$bin/plumbline" routine pre --why > "$work/out"
has "$work/out" "why: "
has "$work/out" "evidence: custom (mine)"
has "$work/out" "Left out:"
has "$work/out" "[trot]: waits for your answers on health"
"$bin/plumbline" routine > "$work/out"
head -1 "$work/out" | grep -qE "^(At the desk|This evening)$" || fail "no moment of its own"
done=
for i in 1 2 3; do
    "$bin/plumbline" routine micro > "$work/out"
    id=$(sed -n 's/^1\. .*\[\(.*\)\]$/\1/p' "$work/out")
    case " $done " in *" $id "*) fail "the same at the desk again: $done $id" ;; esac
    "$bin/plumbline" did "$id" > /dev/null
    done="$done $id"
done
if "$bin/plumbline" routine --start pre < /dev/null 2> "$work/out"; then fail "guided without a terminal"; fi
has "$work/out" "in a terminal"
if "$bin/plumbline" routine noon 2>/dev/null; then fail "a moment that is none"; fi
start=$(date +%s)
"$bin/plumbline" workout add "$(date -d @$((start - 1200)) '+%Y-%m-%d %H:%M')" 60m squat 'Leg day' > "$work/out"
"$bin/plumbline" routine pre > "$work/out"
has "$work/out" "Enjoy Leg day. Nothing is asked of you before"
if grep -q "1\." "$work/out"; then fail "an exercise during a workout"; fi
kill "$daemon"; wait "$daemon" || true
rm -rf "$work/share"
start_daemon

command -v python3 > /dev/null || { echo "skipped the guided routine: there is no python3"; exit 77; }
guide() { TERM=xterm LC_ALL=C.UTF-8 python3 "$here/guide_pty.py" "$@" > "$work/out" 2>&1 || { cat "$work/out" >&2; fail "guide"; }; }
guided="$bin/plumbline routine pre --start --bell"

# The first runs out and is done, the second is skipped, the third is left too early to be done.
guide 24 80 $guided -- 'ready when you are' ' ' '2 of ' ' ' 'Second thing — once' s '3 of ' ' ' ' left' '
' '4 of ' q
has "$work/out" "done: Reach up"
has "$work/out" "taken 1, given back 1"
has "$work/out" "terminal as before"
has "$work/out" "status 0"
if grep -q "bells 0" "$work/out"; then fail "no bell"; fi
"$bin/plumbline" export entries > "$work/entries"
[ "$(grep -c routine "$work/entries")" = 1 ] || { cat "$work/entries" >&2; fail "one item was done"; }
has "$work/entries" quick

# Stopped and taken up again, paused; then a signal. Small and very small terminals.
guide 12 40 $guided -- 'ready when you are' s ' of ' ' ' ' left' ^TSTP 'paused' ^TERM
has "$work/out" "stopped: terminal as before"
has "$work/out" "taken 2, given back 2"
has "$work/out" "status -15"
for number in HUP QUIT; do
    guide 5 20 $guided -- 'ready' ^$number
    has "$work/out" "terminal as before"
done
guide 24 80 $guided -- 'ready when you are' ^INT
has "$work/out" "nothing done, nothing noted"
has "$work/out" "status 0"

# The daemon is gone meanwhile: what was done is in the diary all the same.
{ item quick 'Reach up' 2 9; item second 'Second thing' 200 8; printf '[walk3]\noff = yes\n'; } > "$own"
"$bin/plumbline" did second
kill "$daemon"; wait "$daemon" || true
start_daemon
guide 24 80 $guided -- 'ready when' "!kill $daemon; while kill -0 $daemon 2>/dev/null; do sleep 0.1; done" 'ready when you are' ' ' '2 of ' q
has "$work/out" "done: "
if grep -q "not noted" "$work/out"; then cat "$work/out" >&2; fail "not noted without the daemon"; fi
"$bin/plumbline" export entries > "$work/entries"
[ "$(grep -c quick "$work/entries")" = 2 ] || { cat "$work/entries" >&2; fail "not in the diary"; }
