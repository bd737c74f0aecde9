#!/bin/sh
# test_servers.sh BIN WORK-FOLDER — real notification servers (dunst, xfce4-notifyd) on a screen of their own: the real daemon
# asks for a warm-up, the notification is on the screen, its button is pressed with the pointer, and the answer stands in the
# diary; then a server without buttons and no bus, where a command answers. Leaves WORK-FOLDER/{dunst,xfce4-notifyd}.png
# to be looked at. Exit 77: skipped, with a word why.
. "$(dirname "$0")/lib.sh"
shots=${2:?usage: test_servers.sh BIN WORK-FOLDER}
mkdir -p "$shots"
shots=$(cd "$shots" && pwd)
xfce=$(find /usr/lib -path '*/xfce4/notifyd/xfce4-notifyd' | head -1)
xfconfd=$(find /usr/lib -path '*/xfconf/xfconfd' | head -1)
for program in Xvfb dunst xdotool xwininfo import compare dbus-daemon xfconf-query; do
    command -v $program >/dev/null || { echo "skipped: $program is missing (tools/needs desktop --install)"; exit 77; }
done
[ -n "$xfce" ] || { echo "skipped: xfce4-notifyd is missing (tools/needs desktop --install)"; exit 77; }

cat >"$work/sit.scn" <<'S'
set rate 50
set seed 3
sit upright 10m
S
cat >"$work/config/plumbline/plumbline.conf" <<S
[sensor]
device = $work/sensor
[coach]
hours = Mon-Sun 00:00-24:00
notices = none
[health]
contra = none
S
# dunst draws no buttons: the right button of the mouse gives its actions to a menu program, here one that takes "Done".
cat >"$work/dunstrc" <<S
[global]
    width = 400
    origin = top-left
    offset = 20x20
    dmenu = $work/pick
    mouse_right_click = context
[urgency_normal]
    timeout = 600
S
cat >"$work/pick" <<'S'
#!/bin/sh
sed -n '/^#Done /{p;q}'
S
chmod +x "$work/pick"

run() { # run COMMAND…: in the background, ended with the test
    "$@" >>"$work/log" 2>&1 &
    pids="$pids $!"
    last=$!
}
named() { [ -s "$work/display" ]; }
listens() { [ -S "$work/bus" ]; }
streams() { [ "$(number_of samples)" -gt 50 ] 2>/dev/null; }
# The notification's window, as "WIDTH HEIGHT X Y": what is drawn is wider than the servers' helper windows.
window() {
    xwininfo -root -tree 2>/dev/null | sed -n "s/.*(\"$class\" .*)  \([0-9]*\)x\([0-9]*\)+[-0-9]*+[-0-9]*  +\([0-9]*\)+\([0-9]*\)$/\1 \2 \3 \4/p" |
        awk '$1 > 200 && $1 < 800 && $2 > 40 { print; exit }'
}
pixels_other() { import -silent -window root "$work/now.png" && compare -metric AE "$work/empty.png" "$work/now.png" null: 2>&1; }
drawn() { [ -n "$(window)" ] && [ "$(pixels_other)" -gt 5000 ]; }
blank() { [ "$(pixels_other)" = 0 ]; }
answered() { "$bin/plumbline" export events | grep -q ',answer,done,'; }
pressed() { # presses until it is answered: a window that is still sliding in takes no click
    set -- $(window)
    [ $# = 4 ] || { answered; return; }
    case $class in
    Dunst) xdotool mousemove $(($3 + $1 / 2)) $(($4 + $2 / 2)) click 3 ;;
    *) xdotool mousemove $(($3 + $1 * 3 / 8)) $(($4 + $2 - 30)) click 1 ;; # Details, Done, In 10 minutes, Not now
    esac
    for i in 1 2 3 4 5 6 7 8 9 10; do
        if answered; then return 0; fi
        sleep 0.1
    done
    return 1
}

quiet() { # quiet true|false: do-not-disturb, as the wearer sets it
    case $class in
    Dunst) dunstctl set-paused "$1" ;;
    *) xfconf-query -c xfce4-notifyd -p /do-not-disturb -n -t bool -s "$1" ;;
    esac
}
is_held() { status_says '"held": "do not disturb"'; }
is_free() { ! is_held; }
configured() { xfconf-query -c xfce4-notifyd -p /expire-timeout -n -t int -s 600 2>/dev/null; }

try() { # try NAME CLASS SERVER…
    name=$1 class=$2
    shift 2
    rm -rf "$work/share" "$work/bus" "$work/display" "$work/sensor"
    : >"$work/log"
    run Xvfb -displayfd 3 -screen 0 800x300x24 -nolisten tcp 3>"$work/display"
    screen=$last
    wait_for "a screen" named
    export DISPLAY=":$(cat "$work/display")" DBUS_SESSION_BUS_ADDRESS="unix:path=$work/bus"
    export DBUS_SYSTEM_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS
    run dbus-daemon --config-file="$root/tests/system/bus.conf" --nofork --address="$DBUS_SESSION_BUS_ADDRESS"
    bus=$last
    wait_for "a bus" listens
    if [ $class != Dunst ]; then
        run "$xfconfd"
        wait_for "Xfce's settings" configured
    fi
    run env GTK_THEME=Adwaita "$@"
    server=$last
    run "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn"
    sim=$last
    run "$bin/plumblined"
    daemon=$last
    wait_for "the daemon answers" status_ok
    wait_for "$name is known" status_says "notifications: .*(buttons)"
    status | sed -n "s/.*\"desk\": \"\(notifications: [^;]*\).*/$name: \1/p"
    wait_for "samples come" streams
    import -silent -window root "$work/empty.png" || fail "no screenshot"
    "$bin/plumbline" workout add "$(date -d '+15 min' '+%F %H:%M')" 60m squat >/dev/null || fail "workout add"
    wait_for "$name shows the notification" drawn
    wait_for "its button is pressed and the answer is in the diary" pressed
    cp "$work/now.png" "$shots/$name.png"
    wait_for "it leaves the screen" blank
    quiet true
    wait_for "do-not-disturb is heard of" is_held
    quiet false
    wait_for "its end is heard of" is_free
    kill $daemon $sim $server
    wait $daemon || fail "the daemon should end well"
    kill $bus $screen
    wait $bus $screen $sim $server 2>/dev/null || true
    echo "$name: seen ($shots/$name.png), pressed, in the diary; do-not-disturb heard of"
}

# A desktop without buttons and, after that, none at all: what the text names is typed.
try_without() { # try_without NAME COMMAND…: a server, or nothing
    name=$1
    shift
    rm -rf "$work/share" "$work/bus" "$work/sensor" "$work/seen"
    : >"$work/log"
    unset DISPLAY DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS
    server=
    if [ $# -gt 0 ]; then
        export DBUS_SESSION_BUS_ADDRESS="unix:path=$work/bus" DBUS_SYSTEM_BUS_ADDRESS="unix:path=$work/bus"
        run dbus-daemon --config-file="$root/tests/system/bus.conf" --nofork --address="$DBUS_SESSION_BUS_ADDRESS"
        wait_for "a bus" listens
        run "$@"
        server=$last
    else
        export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$work/bus"
    fi
    run "$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/sit.scn"
    sim=$last
    run "$bin/plumblined"
    daemon=$last
    wait_for "the daemon answers" status_ok
    wait_for "it is known that there are none" status_says "notifications: .*(no buttons)\|notifications: none (no session bus)"
    wait_for "samples come" streams
    "$bin/plumbline" workout add "$(date -d '+15 min' '+%F %H:%M')" 60m squat >/dev/null || fail "workout add"
    command="plumbline answer workout done"
    if [ -n "$server" ]; then
        wait_for "the text names the command" says "$work/seen" "Done: $command \[\]"
    else
        wait_for "it is said, if to nobody" status_says '"sent_today": 1'
    fi
    "$bin/${command%% *}" ${command#* } >/dev/null || fail "$command"
    wait_for "the answer is in the diary" answered
    kill $daemon $sim $server
    wait $daemon || fail "the daemon should end well"
    wait $sim $server 2>/dev/null || true
    echo "$name: answered by '$command', in the diary"
}

try dunst Dunst dunst -config "$work/dunstrc"
try xfce4-notifyd xfce4-notifyd "$xfce"
[ -x "$bin/notify_server" ] || { echo "skipped from here on: a build without tests has no server without buttons"; exit 77; }
try_without notify-osd "$bin/notify_server" --as notify-osd --log "$work/seen"
try_without 'no bus'
