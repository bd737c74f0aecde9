#!/bin/sh
# replay.sh BIN: what the fuzz targets eat, made anew and fed to them: streams of the simulator in every protocol, whole and
# with faults, and the raw log that comes of one. tests/fuzz/README says how to fuzz for real.
set -eu
bin=$1 root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/some.scn" <<'S'
set seed 41
set rate 50
sit upright 20s
walk 20s
reboot
slouch 10s 20deg
S
n=0
for protocol in plumb wit wit61 text xbus bno-rvc ximu3 slime; do
    for fault in '' drop:0.001 flip:0.001 truncate:0.01; do
        n=$((n + 1))
        "$bin/plumbline-sim" --protocol $protocol ${fault:+--fault $fault} --out "file:$work/stream-$n" "$work/some.scn"
    done
done
"$bin/fuzz_protocol" "$work"/stream-*
for stream in "$work"/stream-*; do head -c 3000 "$stream" >"$work/begin-${stream##*-}"; done
"$bin/fuzz_detect" "$work"/begin-*
"$bin/fuzz_dconf" "$work"/begin-*
printf '%s\n' '2639:0300:AB12 yes plumb 115200 my sensor' '1a86:7523@1-2.3 never - -' '# c' '' '0403:6001:X asked text 9600' >"$work/devices"
"$bin/fuzz_pairing" "$work/devices"
"$bin/plumblined" --config "$root/tests/golden/default.conf" --data "$work/data" --device "$work/stream-1" --clock=samples \
    --start '2026-10-14 09:00' --sink "$work/notices"
find "$work/data/raw" -type f -size +0 -exec "$bin/fuzz_block" {} +
# a day's files: its first half the .plog, then the .wal; all .plog; and half of it as what lies in the ring
find "$work/data/raw" -name '*.plog' -exec head -c 12000 {} + >"$work/blocks"
for borders in '\377\177\377\377' '\377\377\0\0' '\0\100\377\177'; do
    { printf "$borders"; cat "$work/blocks" "$work/blocks"; } >"$work/log-$(echo "$borders" | tr -dc 0-9)"
done
"$bin/fuzz_log" "$work"/log-*
"$bin/plumbline" --config "$root/tests/golden/default.conf" --data "$work/data" backup "$work/backup.tar.gz" >/dev/null
gunzip "$work/backup.tar.gz"
"$bin/fuzz_pack" "$work/backup.tar"
"$bin/fuzz_diary" "$work/data/plumbline.db"

# programmes for the tracker: see its step() and run(); every number is a byte
bytes() { for number in "$@"; do printf "\\$(printf %03o "$number")"; done; }
pose() { bytes 0 0 38 "$2" 0 6 $((11 + 16 * $1)) 0 0 38 "$2" 0 30; } # pose POSE PITCH: gets there, captures, holds still
day() { pose 0 2; pose 1 16; pose 3 28; pose 4 0; bytes 0 0 70 0 0 120 0 0 38 3 0 200 0 0 38 14 0 180 0 0 38 3 20 150 0 0 70 0 0 60; }
{ day; bytes 8 15 0 0 70 40 20 200 28 0 0 70 40 20 200 12 0 0 38 40 0 200; } >"$work/day-1"                # five hours away, put on anew
{ bytes 10 1 0; day; bytes 8 27; pose 0 2; bytes 7 0 255 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; pose 1 20; } >"$work/day-2" # lower back
{ pose 0 2; bytes 0 194 38 0 0 200 0 8 64 0 38 10 0 250 30 0 193 38 20 0 99 46 0 250 6 20 0 99; } >"$work/day-3" # other contents, unworn, a snapshot
"$bin/fuzz_tracker" "$work"/day-*

# for contexts: samples, and contexts with small and with large numbers; see play_made_up() and its neighbours
samples() { bytes 5 63 100 "$1" 6 63 100 "$1" 7 63 100 "$1"; }
{
    for kind in 3 4 5 7 9 10 11 12 13; do samples 3; bytes 0 $kind 1 17; samples 60; bytes 0 $kind 2 18 17 3 100; samples 7; bytes 0 $kind 3 17 18 19; done
    for kind in 3 4 9 12 13; do samples 3; bytes 0 $kind 1 135 1 2 3; samples 7; bytes 0 $kind 1 134 127 2 3 4; done
    bytes 1 0 1 0 1 1 1 0 1 2 1 0 1 2 1 2 50 200 42 9; samples 3; bytes 2 1 3 200 9 9 9; samples 3; bytes 2 0 4 0
} >"$work/contexts-1"
for row in 1 2 3 4 5 6 7 8 9; do bytes 60 17 $((row % 3)) 1 $((10 * row)) $((20 + row)) 40 17 7; done >"$work/contexts-2" # an index: make_row()
"$bin/fuzz_context" "$work"/contexts-*

"$bin/make_device" "$work"
"$bin/fuzz_device" "$work"/device-*

"$bin/fuzz_config" "$root"/data/plumbline.conf "$root"/data/demo.conf "$root"/tests/golden/*.conf
"$bin/fuzz_catalogue" "$root/data/catalogue.conf"
"$bin/fuzz_figure" "$root"/data/figures/trot.svg "$root"/data/figures/mas_trig.svg
"$bin/fuzz_scenario" "$root/data/demo.scn" "$root"/tests/golden/answers.scn "$root"/tests/golden/unplug.scn
printf '%s\n' 'Mon,Wed,Fri 18:00 60m squat "Leg day"' 'Mon-Fri 08:00-17:30' 'Mon,Thu 22:00-06:00' 'Sat 9:00 1h30m run' >"$work/lines"
"$bin/fuzz_schedule" "$work/lines"
printf '%s\n' 'event 1791910000 1791913600 busy timed Talk' 'event 1791920000 1791923600 free timed Morning run: gym' \
    'note a.ics: one event' 'event 1791930000 1792016400 busy allday Away' 'event 1791940000 1791943600 busy timed x' end >"$work/calendar"
"$bin/fuzz_calendar_lines" "$work/calendar"
printf '%s\n' status 'calibrate bend' 'pause 1h30m' resume 'answer break snooze' 'pain 7 low-back' 'stress 3' 'soreness 2 neck' 'feel 5 run' \
    'did walk3 chin' 'workout 1791990000 60 squat legs' 'health set f ?k' 'health flag fever' 'health clear' 'session swedish 1791990000 7' 'range start' 'workout start squat Legs 45m' 'workout done' 'workout cancel next' 'workout cancel legs' 'feel 7' 'busy 30 45m' 'routine evening' 'presence locked busy' 'battery 50' 'clock -3600' sleep reload \
    devices 'devices pair 1a86:7523@1-2' 'sensor rate 50' 'sensor range 8 500' 'sensor vibrate 50 2 300 300' >"$work/words"
"$bin/fuzz_commands" "$work/words"
{ echo 'x,y,z,gx,gy,gz'; for i in 1 2 3 4 5 6 7 8; do echo "20$i,2048,3100,$i,-$i,0"; echo "0.$i,0,1.0$i,1e$i,,3"; done; } >"$work/table"
"$bin/fuzz_columns" "$work/table"

# importers: the first byte chooses slicing and the like; a .cwa of three blocks, the sums of which the target mends
octal16() { printf '\\%03o\\%03o' $(($1 % 256)) $(($1 / 256)); }
cwa_block() { # cwa_block SEQUENCE RATE-AND-KIND SAMPLES
    printf "AX\374\001$(octal16 1841)\007\000\000\000$(octal16 "$1")\000\000$(octal16 $((46010 + $1)))\366\060$(octal16 26624)\000\000\000\000$2$(octal16 50)$(octal16 "$3")"
    head -c 482 "$bin/fuzz_import_cwa"
}
for kind in '\112\060 120' '\112\062 80' '\112\142 40'; do
    set -- $kind
    { printf '\001MD\374\003\027'; head -c 1019 /dev/zero; for i in 0 1 3; do cwa_block $i "$1" "$2"; done; } >"$work/cwa-$2"
done
"$bin/fuzz_import_cwa" "$work"/cwa-*
{ echo '0time;x (g);y (g);z (g)'; for i in 10 11 12 13 14 15 16 17; do echo "2026-03-02 08:30:$i,5;0,0$i;-0,1;\"0,99\""; done; } >"$work/table-1"
{ echo '2'; for i in 10 11 12 13 14 15 16 17; do echo "17724402$i.25,0.1,16384,-8"; done; } >"$work/table-2"
"$bin/fuzz_import_csv" "$work"/table-*
{ echo '0time,run_ns,ax_counts,ay_counts,az_counts,gx_counts,gy_counts,gz_counts,qw_counts,qx_counts,qy_counts,qz_counts,flags,gap_before,utc_offset_s,accel_mps2_per_count,gyro_rads_per_count'
    for i in 10 11 12 13; do echo "2026-03-02T08:30:$i.000000Z,1,1,-2,2048,-3,$i,32767,$i,0,0,1,clipped on-change,true,3600,0.0047884034,0.001065264"
        echo "2026-03-02T08:30:$i.500000Z,2,,,,,,,30000,1,2,3,on-change,false,0,,"; done; } >"$work/own-1"
"$bin/fuzz_import_own" "$work"/own-*
"$bin/plumbline-sim" --protocol wit --out "file:$work/groups" "$work/some.scn"
head -c 8000 "$work/groups" >"$work/card-1"
"$bin/plumbline-sim" --protocol wit61 --out "file:$work/frames" "$work/some.scn"
head -c 8000 "$work/frames" >"$work/card-2"
"$bin/fuzz_import_witmotion" "$work"/card-*
# calendars: rules of every kind, exceptions, a zone of its own; the first byte chooses the window
printf 'A' >"$work/calendar-1"
cat >>"$work/calendar-1" <<'S'
BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
SUMMARY:Squats\, heavy\nday
DTSTART;TZID=W. Europe Standard Time:20261001T180000
DTEND;TZID=W. Europe Standard Time:20261001T190000
RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR
EXDATE;TZID=Europe/Stockholm:20261123T180000
RDATE;VALUE=PERIOD:20261126T100000Z/PT1H,20261127T100000Z/20261127T110000Z
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=W. Europe Standard Time:20261125T180000
DTSTART;TZID=America/New_York:20261125T130000
DURATION:PT30M
SEQUENCE:3
END:VEVENT
BEGIN:VEVENT
UID:1
RECURRENCE-ID:20261127T170000Z
STATUS:CANCELLED
DTSTART:20261127T170000Z
END:VEVENT
END:VCALENDAR
S
printf '\220' >"$work/calendar-2"
cat >>"$work/calendar-2" <<'S'
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261124
RRULE:FREQ=MONTHLY;BYDAY=MO,TU,-1FR;BYSETPOS=1,-1;COUNT=40;WKST=SU
EXDATE:20261125
EXRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270101T000000Z
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Körper
DTSTART;TZID=Asia/Kathmandu:20240229T100000
RRULE:FREQ=YEARLY;BYWEEKNO=1,-1;BYYEARDAY=1,-366;BYMONTH=1,12;BYMONTHDAY=1,-1;BYHOUR=1;BYMINUTE=2;BYSECOND=3
RRULE:FREQ=SECONDLY;INTERVAL=9000;BYDAY=SU
LAST-MODIFIED:20260101T000000Z
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
S
if [ -x "$bin/fuzz_calendar" ]; then "$bin/fuzz_calendar" "$work"/calendar-*; else echo "fuzz replay: no calendars, libical is not here"; fi
echo "fuzz replay: $n streams and their log, and damaged copies of what is shipped"
