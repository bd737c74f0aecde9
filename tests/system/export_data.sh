# Sourced after lib.sh by the tests of `plumbline export`: a data folder with all that can be exported.
#
# Six axes in two row groups of Parquet, with samples that are missing, over midnight; then a stretch without a gyro; a
# quaternion in a folder of its own; text as hostile as it comes.
# Wants python3.
data=$work/data

make_data() {
    cat >"$work/play.scn" <<'S'
set rate 100
set seed 3
set ppm 40
sit upright 9m
unplug 7s
walk 3m
stall 3s
reboot
slouch 11m 20deg
S
    "$bin/plumbline-sim" --protocol plumb --out "file:$work/stream" --fault drop:0.0001 "$work/play.scn" 2>/dev/null
    "$bin/plumblined" --data "$data" --device "$work/stream" --clock=samples --start '2026-10-14 23:40' \
        --sink "$work/notices" 2>"$work/log" || fail "it should have ended with 0"
    awk 'BEGIN { print "time;x (g);y (g);z (g)"
        for (i = 0; i < 3000; i++) printf "2026-10-15 08:%02d:%02d,%02d;0,0%d;0,1;0,99\n", i / 1500, i / 25 % 60, i % 25 * 4, i % 7 }' >"$work/day.csv"
    "$bin/plumbline" --data "$data" import "$work/day.csv" >"$work/out" 2>&1 || { cat "$work/out"; fail "import"; }
    printf 'set rate 50\nsit upright 70s\nwalk 30s\n' >"$work/play.scn"
    "$bin/plumbline-sim" --protocol ximu3 --out "file:$work/stream" "$work/play.scn" 2>/dev/null
    "$bin/plumblined" --data "$work/turned" --device "$work/stream" --clock=samples --start '2026-10-14 09:00' \
        --sink "$work/notices" 2>"$work/log" || fail "it should have ended with 0"
    "$bin/plumbline" --data "$data" workout add '2026-10-20 10:00' 60m squat 'Leg day' >/dev/null || fail "workout"
    python3 - "$data/plumbline.db" <<'P' # as our own commands let nobody write it
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
titles = ["with, a comma", 'say "go"', "two\nlines", "Rücken · 背中 🏋", "", "tab\tback\\slash\r", b"cut \303 off \377", b"\355\240\200 \300\257"]
for i, title in enumerate(titles):
    start = 1792483200 + 3600 * (i + 1)
    db.execute("INSERT INTO workout(start_wall_s, end_wall_s, type, title) VALUES(?, ?, 1, CAST(? AS TEXT))", (start, start + 3600, title))
db.commit()
P
    "$bin/plumbline" --data "$data" pain 3 low-back >/dev/null && "$bin/plumbline" --data "$data" stress 6 >/dev/null || fail "entries"
}
