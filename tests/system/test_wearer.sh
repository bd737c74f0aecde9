#!/bin/sh
# What a person says of body and health: without a daemon, with one, over a kill; the questions at a terminal; red flags;
# therapist sessions; the self-test of the range of motion. Nothing of it in the daemon's journal, every file 0600.
. "$(dirname "$0")/lib.sh"
data=$work/share/plumbline
plumbline() { "$bin/plumbline" "$@"; }
refused() { # refused PATTERN ARGS…
    pattern=$1
    shift
    plumbline "$@" >"$work/out" 2>&1 </dev/null && fail "taken: plumbline $*"
    says "$work/out" "$pattern" || fail "plumbline $*: $(cat "$work/out")"
}
shows() { # shows PATTERN ARGS…
    pattern=$1
    shift
    plumbline "$@" 2>&1 | grep -q -- "$pattern"
}
day() { date -d "$1" '+%Y-%m-%d %H:%M'; }

# ---- without a daemon
shows 'Not answered' health show || fail "nothing is known at first"
refused 'health set none' health
plumbline health set k '?o' >"$work/out" || fail "health set"
says "$work/out" 'knee trouble' || fail "what was set: $(cat "$work/out")"
shows '"contra": "k ?o"' health show --json || fail "the answer should be in the diary"
for days in 13 11 9; do plumbline therapist add other "$(day "-$days days")" >/dev/null || fail "therapist add"; done
refused 'no kind' therapist add thai
refused 'nothing ahead' therapist add swedish 'tomorrow 18:00'
refused '0 (not at all good) to 10' therapist add swedish --felt 11
refused 'no time' therapist add swedish soon
refused 'no area' pain 3 "neck
injected"
refused 'no number' pain 3.5
plumbline pain 8 Lower-Back | grep -q 'talk to a clinician' || fail "much pain should be answered"
plumbline pain 2 knee >/dev/null || fail "pain elsewhere"
shows 'closed *too near to what hurts' catalogue show catcow || fail "the catalogue: $(plumbline catalogue show catcow)"
shows 'low back' export entries || fail "the area should be the one that routines know"

# ---- with one
cat >"$work/config/plumbline/plumbline.conf" <<C
[sensor]
device = $work/sensor
C
start_daemon
shows 'knee trouble' health show || fail "the daemon should know what was said before it"
plumbline therapist add deep-tissue --felt 7 >/dev/null || fail "therapist add"
session_listed() { shows 'deep-tissue *felt 7' therapist list; }
wait_for "the session is listed" session_listed
shows 'Next by' therapist list && fail "no interval was set"
printf '[coach]\nsession-every = 4w\n' >>"$work/config/plumbline/plumbline.conf"
last=$(plumbline therapist list --json | sed -n 's/.*"wall_s": \([0-9]*\).*/\1/p' | tail -1)
shows "Next by your own interval of 4 weeks: $(date -d "@$((last + 28 * 86400))" +%Y-%m-%d)" therapist list ||
    fail "the next: $(plumbline therapist list)"
[ "$(plumbline therapist list --json | grep -c '"kind"')" = 4 ] || fail "four sessions were noted"
plumbline health set none >/dev/null || fail "health set none"
shows '"contra": "none"' health show --json || fail "none"
refused 'expected' health set x
refused 'too many' health set $(printf 'f%.0s ' $(seq 100))
refused 'no sign' health flag hunger
plumbline health set b p >/dev/null || fail "health set b p"
plumbline health forget >/dev/null || fail "health forget"
plumbline export entries 2>/dev/null | grep -q ',health,' && fail "forgotten, they should be out of the diary"
shows 'wait for a few answers' routine || fail "routine should mention the questions"
shows '"answered": false' health show --json || fail "forgotten"
plumbline health set none >/dev/null || fail "health set none"
shows 'wait for a few answers' routine && fail "answered, it should not be mentioned"

# the questions, at a terminal: the second time it shows the answers first
answers() { # 13 questions, 10 signs
    printf 'y\nperhaps\nn\n'
    for i in $(seq 11); do printf 'n\n'; done
    for i in $(seq 10); do printf '\n'; done
}
if command -v script >/dev/null; then
    plumbline health forget >/dev/null
    { printf 'y\n'; sleep 0.1; } | script -qec "'$bin/plumbline' health" /dev/null >"$work/out" 2>&1 || true # gone half-way
    shows '"answered": false' health show --json || fail "given up: nothing should be noted"
    { for i in $(seq 13); do printf '\n'; done; printf 'y\n'; sleep 0.1; } |
        script -qec "'$bin/plumbline' health" /dev/null >"$work/out" 2>&1 || true # gone once the sign was given
    grep -q 'call the emergency services' "$work/out" || fail "an emergency is told at once: $(cat "$work/out")"
    shows '"saddle-numbness"' health show --json || fail "a sign given should be noted"
    plumbline health clear --yes >/dev/null || fail "clear"
    answers | script -qec "'$bin/plumbline' health" /dev/null >"$work/out" 2>&1 || fail "the questions: $(cat "$work/out")"
    says "$work/out" 'y for yes, n for no' || fail "an odd answer should be asked for again"
    shows '"contra": "f"' health show --json || fail "asked: $(plumbline health show --json)"
    printf 'n\n' | script -qec "'$bin/plumbline' health" /dev/null >"$work/out" 2>&1 || fail "the second time"
    says "$work/out" 'fracture or operation' || fail "it should show the answers"
    says "$work/out" '1/13' && fail "it should not ask again by itself"
else
    echo "the questions: skipped, there is no script(1)"
fi

# mistyped in the configuration, it is not told on either
cp "$work/config/plumbline/plumbline.conf" "$work/good.conf"
printf '[health]\ncontra = knee\n' >>"$work/config/plumbline/plumbline.conf"
refuses() { says "$work/log" 'was not taken'; }
wait_for "the mistake is told" refuses
says "$work/log" "key 'contra': expected" || fail "the mistake: $(cat "$work/log")"
cp "$work/good.conf" "$work/config/plumbline/plumbline.conf"

# ---- red flags
plumbline health flag leg-weakness fever | grep -q 'emergency' || fail "an emergency should be told"
no_exercise() { shows '^No exercises' routine && ! shows '^1\. ' routine; }
no_exercise || fail "no exercise: $(plumbline routine)"
shows 'call the emergency services now' routine || fail "the routine should say what to do: $(plumbline routine)"
shows 'call the emergency services now' status || fail "status should say it: $(plumbline status)"
shows 'closed *a clinician should look first' catalogue show sigh5 || fail "the catalogue: $(plumbline catalogue show sigh5)"
refused 'emergency' range
kill -9 $daemon
wait $daemon 2>/dev/null || true
cp "$work/log" "$work/log.first"
start_daemon
no_exercise || fail "a kill should not clear a red flag"
refused 'nobody can be asked' health clear
plumbline health clear leg-weakness --yes >/dev/null || fail "clear one"
no_exercise || fail "one flag still stands"
shows 'see a clinician' status || fail "status should show it"
plumbline health clear --yes >/dev/null || fail "clear"
no_exercise && fail "cleared, there should be exercises"
plumbline health set none >/dev/null
refused 'much pain' range
plumbline pain 2 >/dev/null || fail "pain"
refused 'no samples come' range
refused 'expected' range now

# ---- what hostile words do: the socket takes no other ones than the commands
kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
cat "$work/log.first" "$work/log" | grep -v "key 'contra': expected none, or letters" >"$work/journal"
for word in knee fracture leg-weakness fever deep-tissue 'low back' red_flag contra; do
    says "$work/journal" "$word" && fail "'$word' is in the journal: $(cat "$work/journal")"
done
found=$(find "$data" -type f ! -perm 600)
[ -z "$found" ] || fail "not for the wearer alone: $found"

# ---- export: every kind by its name
plumbline export entries >"$work/entries.csv" 2>/dev/null || fail "export entries"
for kind in health red-flag session pain; do says "$work/entries.csv" ",$kind," || fail "$kind is not in the export: $(cat "$work/entries.csv")"; done

# ---- the self-test: simulated, through the real pipeline
"$bin/plumbline-sim" --protocol plumb --out "file:$work/range.stream" --commands "$work/range.script" "$(dirname "$0")/range.scn" 2>"$work/out" ||
    fail "the simulator: $(cat "$work/out")"
plumbline replay "$work/range.stream" --script "$work/range.script" --keep "$work/range" >"$work/out" 2>&1 || fail "replay: $(cat "$work/out")"
plumbline --data "$work/range" range list --json >"$work/list" || fail "range list"
near() { # near KEY DEGREES: within 2
    got=$(sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p" "$work/list")
    [ -n "$got" ] && [ "$got" -ge $(($2 - 2)) ] && [ "$got" -le $(($2 + 2)) ] || fail "$1: ${got:-none}, should be about $2: $(cat "$work/list" "$work/out")"
    echo "range: $1 $got of $2 degrees"
}
near flexion 62
near extension 24
near left 33
near right 28
shows 'forward backward' --data "$work/range" range list || fail "range list in words"

# live: stopped half-way, nothing is noted; a new sensor's forward is not known
sed 's/^!.*//' "$(dirname "$0")/range.scn" >"$work/live.scn"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/live.scn" >/dev/null 2>&1 &
pids="$pids $!"
streaming() { [ "$(number_of samples)" -gt 100 ] 2>/dev/null; }
start_daemon --data "$work/range"
wait_for "samples come" streaming
"$bin/plumbline" --data "$work/range" range >"$work/guided" 2>&1 &
guide=$!
pids="$pids $guide"
wait_for "it guides" says "$work/guided" 'Stand upright'
kill -TERM $guide
wait $guide && fail "stopped half-way, it should not be well"
says "$work/guided" 'nothing was noted' || fail "stopped: $(cat "$work/guided")"
[ "$(plumbline --data "$work/range" range list --json | grep -c wall_s)" = 1 ] || fail "a test stopped half-way was noted"
kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
start_daemon --data "$work/anew"
wait_for "samples come" streaming
refused 'which way is forward' range
echo "wearer: ok"
