#!/bin/sh
# Calendars in the running daemon: with a child made for the test, which answers, hangs, floods and crashes, and with the real
# one on a folder as vdirsyncer keeps it. A title that is no workout's is nowhere to be found. And `plumbline workout`.
. "$(dirname "$0")/lib.sh"

printf 'set rate 100\nsit upright 30m\n' >"$work/day.scn"
mkdir "$work/bin" "$work/calendars"
cp "$bin/plumblined" "$work/bin/" # the child is looked for beside it
real=$bin
hour=$(date -d '+12 hours' +%H) # nothing is going on now
config=$work/config/plumbline/plumbline.conf
configure() { # configure FILE…: the calendars
    printf '[sensor]\ndevice = %s\n[coach]\nworkout = daily %s:00 30m run "Early"\n[calendar]\n' "$work/sensor" "$hour" >"$config.new"
    for file; do echo "file = $file" >>"$config.new"; done
    mv "$config.new" "$config"
}
start() {
    bin=$work/bin
    start_daemon
    bin=$real
}
stop() {
    kill -TERM $daemon
    wait $daemon || fail "SIGTERM should end it with 0"
    cat "$work/log" >>"$work/logs"
}
plumbline() { "$real/plumbline" "$@"; }
bin=$real
status_says() { plumbline status --json 2>/dev/null | tr -s ' \n' ' ' | grep -q -- "$1"; }
status_ok() { plumbline status >/dev/null 2>&1; }
listed() { plumbline workout list | grep -q -- "$1"; }
gone() { ! listed "$1"; }
more_samples() { given=$(plumbline status --json | sed -n 's/.*"samples": \([0-9]*\).*/\1/p' | head -1) && [ "${given:-0}" -gt "$1" ]; }
flows() { # samples keep coming
    more_samples 0 || :
    wait_for "samples go on coming while $1" more_samples $((given + 100))
    alive
}
day=$(($(date +%s) / 86400 * 86400 + 86400 * 2))
answer() { # answer LINE…: what the child says from now on; the file's change makes the daemon ask
    printf '%s\n' '#!/bin/sh' "cat <<'E'" "$@" E >"$work/bin/next"
    chmod +x "$work/bin/next"
    mv "$work/bin/next" "$work/bin/plumbline-calendar"
    date >"$work/calendars/a.ics.new"
    mv "$work/calendars/a.ics.new" "$work/calendars/a.ics"
}
behave() { # behave SCRIPT
    printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/next"
    chmod +x "$work/bin/next"
    mv "$work/bin/next" "$work/bin/plumbline-calendar"
    date >"$work/calendars/a.ics.new"
    mv "$work/calendars/a.ics.new" "$work/calendars/a.ics"
}
left_is_gone() { ! grep -q '^State:.[^Z]' "/proc/$(cat "$work/left")/status" 2>/dev/null; } # or waits to be reaped
no_children() { [ -z "$(ps -o pid= --ppid $daemon)" ]; }

"$real/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/day.scn" >/dev/null 2>&1 &
pids="$pids $!"

# ---- a made-up child
configure "$work/calendars/a.ics"
start
wait_for "the program's absence is told" status_says 'there is no plumbline-calendar'
plumbline status | grep -q '^calendar *not read: there is no' || fail "for people too: $(plumbline status)"
plumbline doctor >"$work/doctor" || :
says "$work/doctor" 'calendar.*not read' || fail "doctor: $(cat "$work/doctor")"
alive
now=$(date +%s)
answer "event $((now - 600)) $((now + 7200)) busy timed Secret7Meeting" "event $day $((day + 3600)) free timed Squat with Ann" \
    "event $((day + 7200)) $((day + 9000)) busy timed Secret7Talk" end
stop
start
wait_for "the workout shows" listed 'squat .*calendar .*Squat with Ann'
plumbline status | grep -q '^workout  .*Early' || fail "the next one: $(plumbline status)"
listed 'run .*config .*Early' || fail "with the configuration's: $(plumbline workout list)"
status_says '1 workout and 2 busy times ahead' || fail "state: $(plumbline status)"
status_says "\"from_s\": $((day + 7200)), \"to_s\": $((day + 9000))" || fail "busy: $(status)"
status_says '"held": "busy in the calendar"' || fail "the coach should know: $(status)"
plumbline workout list --json | grep -q '"from": "calendar"' || fail "as JSON"
wait_for "the child is gone" no_children

# moved, by a file renamed over the other; several changes are one question
answer "event $((day + 1800)) $((day + 5400)) free timed Squat with Ann" end
wait_for "it has moved" listed "$(date -d @$((day + 1800)) '+%Y-%m-%d %H:%M') .*Squat with Ann"
[ "$(plumbline workout list | grep -c 'Squat with Ann')" = 1 ] || fail "it stands there twice"
status_says '"busy": \[\]' || fail "the busy times are no more: $(status)"

# what goes wrong costs nothing: the last answer stays, samples come
wrong() { # wrong SCRIPT WORDS: a child that does SCRIPT
    behave "$1"
    [ -z "$again" ] || { stop && start; } # which asks at once
    wait_for "$1" status_says "not read: .*$2"
    listed 'Squat with Ann' || fail "the last answer is lost after $1"
    alive
}
again=
wrong 'yes note all is well' 'too many lines'
again=yes
wrong 'kill -9 $$' 'stopped itself'
wrong "sleep 1000 & echo \$! >'$work/left'; exit 3" 'it failed'
wait_for "what the child has left is gone" left_is_gone
wrong 'exit 2' 'another version'
wrong 'echo event 5' 'a time that is none'
wrong 'printf "event 1 2 bu"' 'breaks off'
wrong 'head -c 100000 /dev/zero' 'a line too long'
behave 'sleep 1000 & sleep 1000'
stop
start
flows "the child hangs"
wait_for "its end" status_says 'not read: .*took longer than 10 s'
listed 'Squat with Ann' || fail "the last answer is lost"
wait_for "no child is left" no_children

# killed and started again, the child still no good: it is still known
behave 'exit 3'
kill -9 $daemon
wait $daemon 2>/dev/null || :
start
wait_for "the child fails again" status_says 'not read: '
listed 'Squat with Ann' || fail "a restart lost the last answer: $(plumbline workout list)"

# cancelled
answer end
wait_for "it is cancelled" gone 'Squat with Ann'
status_says '0 workouts and 0 busy times ahead' || fail "state: $(plumbline status)"

# what it is given: the zone, and nothing that it could do harm with
behave 'echo "note zone $6, in $(readlink /proc/$$/fd/0), $(ls -l /proc/$$/fd | grep -c -e socket -e epoll -e share) others, home ${HOME-none}"; echo end'
stop
start
wait_for "what the child is given" status_says 'zone Europe/Stockholm, in /dev/null, 0 others, home none'

# ---- the wearer's own words
plumbline workout add "tomorrow $hour:10" 60m squat 'Leg day' | grep -q 'it overlaps Early' || fail "an overlap should be told"
plumbline workout cancel Early | grep -q 'called off: Early' || fail "cancel a rule's"
tomorrow=$(date -d "tomorrow" +%Y-%m-%d)
plumbline workout cancel "$tomorrow $hour:10" | grep -q 'Leg day' || fail "cancel by time"
gone 'Leg day' || fail "it should be gone: $(plumbline workout list)"
plumbline workout cancel nonsense 2>"$work/second" && fail "nonsense was cancelled"
says "$work/second" "no workout 'nonsense' is ahead" || fail "$(cat "$work/second")"
plumbline workout done 2>"$work/second" && fail "nothing was going on"
plumbline workout start row 'On the water' 45m | grep -q 'begun: On the water' || fail "start"
listed 'row .*added .*On the water' || fail "it should be going on: $(plumbline workout list)"
stop

# ---- the same without a daemon, which the diary outlives
listed 'On the water' || fail "without a daemon: $(plumbline workout list)"
listed '(those of the calendar are known while the daemon runs)' || fail "what is missing should be told"
plumbline workout done | grep -q 'done: On the water' || fail "done"
wait_for "it is over" gone 'On the water'
plumbline workout feel 8 | grep -q 'noted: 8 for On the water' || fail "feel"
plumbline workout add 'tomorrow 20:00' 60m swim | grep -q 'noted: swim' || fail "add"
plumbline workout cancel swim | grep -q 'called off: swim' || fail "cancel"
gone swim || fail "it is called off"
plumbline export entries | grep -q '8.*On the water' || fail "the feeling is in the diary"
plumbline report --html -o "$work/report.html" >/dev/null 2>&1 || plumbline report >/dev/null || fail "report"
start
wait_for "it answers" status_says '0 workouts and 0 busy'
gone swim || fail "called off without a daemon, it came again"
plumbline workout feel 7 | grep -q 'On the water' || fail "feel, by the daemon"
stop

# ---- the real child
if [ -x "$real/plumbline-calendar" ]; then
    cp "$real/plumbline-calendar" "$work/bin/next" # a copy: what is running is not written to
    mv "$work/bin/next" "$work/bin/plumbline-calendar"
    configure "$work/later/synced"
    start
    wait_for "a folder that is not there is told" status_says 'synced'
    mkdir -p "$work/later/synced/home"
    event() { # event FILE START TITLE: local time as 20261020T180000; vdirsyncer writes aside and renames
        printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 BEGIN:VEVENT UID:"$1" DTSTAMP:20260101T000000Z "DTSTART;TZID=Europe/Stockholm:$2" \
            DURATION:PT1H "SUMMARY:$3" END:VEVENT END:VCALENDAR >"$work/later/synced/home/.tmp"
        mv "$work/later/synced/home/.tmp" "$work/later/synced/home/$1.ics"
    }
    three=$(date -d '+3 days' +%Y%m%d)
    event one "${three}T180000" 'Evening swim'
    event two "${three}T100000" 'Secret7Board'
    wait_for "an event appears" listed "18:00 .*swim .*Evening swim"
    wait_for "and the meeting" status_says '1 workout and 1 busy time ahead'
    event one "${three}T190000" 'Evening swim'
    wait_for "it moves" listed "19:00 .*swim .*Evening swim"
    rm "$work/later/synced/home/one.ics"
    wait_for "it is gone" gone 'Evening swim'
    alive
    stop
else
    echo "agenda: the part with the real plumbline-calendar is skipped: it was built without libical"
fi

[ -z "$(grep -rl Secret7 "$work/share" "$work/log" "$work/logs" "$work/run" 2>/dev/null)" ] || fail "a title was kept: $(grep -rl Secret7 "$work/")"
grep -rlq 'On the water' "$work/share" || fail "a workout's title should have been found in that way"
echo "agenda: ok"
