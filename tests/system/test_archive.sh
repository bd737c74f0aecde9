#!/bin/sh
# Backup, restore and forget, beside a daemon that samples all the while, and without one; whatever the umask. What a hostile
# file holds gets nowhere.
. "$(dirname "$0")/lib.sh"
umask 0

printf 'set rate 100\nsit upright 60m\n' >"$work/day.scn"
printf '[sensor]\ndevice = %s\n[health]\ncontra = none\n' "$work/sensor" >"$work/config/plumbline/plumbline.conf"
"$bin/plumbline-sim" --protocol plumb --out pty --link "$work/sensor" --speed 1 "$work/day.scn" >/dev/null 2>&1 &
pids="$pids $!"
data=$work/share/plumbline
more_than() { [ "$(number_of "$1")" -gt "$2" ] 2>/dev/null; }
turn_is() { status_says "\"turn\": \"$1\""; }
rows() { # rows FOLDER: every row of every table
    python3 - "$1/plumbline.db" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='table' ORDER BY name").fetchall():
    for row in db.execute("SELECT * FROM %s ORDER BY 1, 2, 3" % name):
        print(name, row)
P
}
has_row() { rows "$1" >"$work/rows-now" && grep -q "$2" "$work/rows-now"; }
samples() { "$bin/plumbline" --data "$1" export samples; }

# ---- beside a daemon
start_daemon
wait_for "samples come" more_than samples 300
"$bin/plumbline" pain 3 neck >/dev/null
wait_for "what is entered is written" has_row "$data" neck
written=$(number_of samples) # received: the newest second is on its way
"$bin/plumbline" backup "$work/a.tar.gz" >"$work/said" || fail "backup beside the daemon"
says "$work/said" "read back and whole: 1 day of raw log, the diary, the configuration" || fail "it should say what is in it: $(cat "$work/said")"
turn_is ours || fail "a backup needs no letting go"
[ "$(stat -c %a "$work/a.tar.gz")" = 600 ] || fail "a backup is for its owner alone"
ls "$work"/a.tar.gz.* >/dev/null 2>&1 && fail "nothing should be left beside it: $(ls "$work"/a.tar.gz.*)"
"$bin/plumbline" backup "$work/a.tar.gz" 2>"$work/said" && fail "a backup should not be written over"
says "$work/said" "there already" || fail "and say so: $(cat "$work/said")"
"$bin/plumbline" backup "$work/a.tar.gz" --force >/dev/null || fail "but with --force"
tar -tzf "$work/a.tar.gz" >"$work/names" || fail "any tar should open it"
says "$work/names" '[.]plog$' && says "$work/names" plumbline-backup-end || fail "what is in it: $(cat "$work/names")"

"$bin/plumbline" --data "$work/other" restore "$work/a.tar.gz" >/dev/null || fail "restore into another folder than the daemon's"
[ "$(samples "$work/other" | wc -l)" -gt $((written - 150)) ] || fail "what lies in the write-ahead file should be in the backup"

"$bin/plumbline" stress 9 >/dev/null
before=$(number_of samples)
"$bin/plumbline" restore "$work/a.tar.gz" >"$work/said" || fail "restore beside the daemon"
says "$work/said" "the daemon goes on with it" || fail "what restore says: $(cat "$work/said")"
turn_is ours || fail "it should be the daemon's again: $(status)"
former=$(echo "$data".before-restore-*)
[ -s "$former/plumbline.db" ] || fail "the former folder should be kept"
has_row "$former" stress || fail "with what was entered since"
has_row "$data" stress && fail "which is not in the backup"
has_row "$data" neck || fail "but this is"
wait_for "samples go on" more_than samples $((before + 200))
wait_for "and are written" status_says '"waiting": 0'
"$bin/plumbline" soreness 2 calf >/dev/null
kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
has_row "$data" calf || fail "what is entered after a restore should be in the restored diary"
samples "$data" >"$work/after.csv"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { t = $column["run_ns"]; if (n++ && t <= before) { print "back at " $1; faults++ } before = t }
    END { exit faults > 0 || n < 400 }' "$work/after.csv" || fail "the restored log, gone on with, is out of order"

# ---- what it takes
"$bin/plumbline" du >"$work/said" || fail "du"
says "$work/said" "^$(date +%Y-%m) *1 " && says "$work/said" "MB$" && says "$work/said" "^retention 90 days" || fail "what du says: $(cat "$work/said")"
"$bin/plumbline" du --json >"$work/du.json" || fail "du --json"
python3 - "$work/du.json" "$(samples "$data" | tail -n +2 | wc -l)" "$data" <<'P' || fail "du's figures"
import glob, json, os, sys
du = json.load(open(sys.argv[1]))
raw = sum(os.path.getsize(f) for f in glob.glob(sys.argv[3] + "/raw/*/*/*"))
assert du["raw"]["samples"] == int(sys.argv[2]), du
assert du["raw"]["bytes"] == raw and sum(m["bytes"] for m in du["months"]) == raw, du
assert abs(du["raw"]["hours"] - du["raw"]["samples"] / 360000) < 1e-3, du
assert du["files"]["diary"] == os.path.getsize(sys.argv[3] + "/plumbline.db") and du["disk"]["free_bytes"] > 0, du
P

# ---- modes, whatever the umask
"$bin/plumbline" --data "$data" report --html >/dev/null
find "$data" "$former" "$work/run/" "$work"/a.tar.gz -not -type l -perm /077 >"$work/wide"
[ ! -s "$work/wide" ] || fail "others may read: $(cat "$work/wide")"

"$bin/plumbline" doctor | grep -q "private.*$data" && fail "doctor should have nothing to say of these"
chmod 755 "$data"
"$bin/plumbline" doctor >"$work/said" || true
says "$work/said" "note  private .*other users" || fail "doctor should name a folder that others may read: $(cat "$work/said")"
chmod 700 "$data"

# ---- without a daemon, into an empty folder: the same samples, the same rows
"$bin/plumbline" backup "$work/b.tar.gz" >/dev/null || fail "backup without a daemon"
"$bin/plumbline" --data "$work/new/place" restore "$work/b.tar.gz" >"$work/said" || fail "restore into nothing"
says "$work/said" "stays as it is; with --config" || fail "the configuration should stay: $(cat "$work/said")"
find "$work/new" -perm /077 | grep -q place && fail "others may read what was restored"
[ "$(ls "$work/new")" = place ] || fail "nothing should be left beside: $(ls "$work/new")"
[ "$(samples "$data" | sha256sum)" = "$(samples "$work/new/place" | sha256sum)" ] || fail "other samples than before"
rows "$data" >"$work/rows" && rows "$work/new/place" | cmp - "$work/rows" || fail "other rows than before"
cmp "$data"/raw/*/*/*.plog "$work"/new/place/raw/*/*/*.plog || fail "another raw log than before"
echo "# mine" >>"$work/config/plumbline/plumbline.conf"
"$bin/plumbline" --data "$work/new/place" restore "$work/b.tar.gz" --config >/dev/null || fail "restore with the configuration"
! grep -q mine "$work/config/plumbline/plumbline.conf" || fail "--config should bring it back"
grep -q mine "$work"/config/plumbline/plumbline.conf.before-restore-* || fail "and keep the former"

# ---- interrupted: half a backup goes, a former folder stays
mkdir -p "$work/half/place.restoring/raw" && : >"$work/half/place.restoring/restoring"
"$bin/plumbline" --data "$work/half/place" restore "$work/b.tar.gz" >/dev/null || fail "restore after an interrupted one"
[ "$(ls "$work/half")" = place ] || fail "half a backup should be gone: $(ls "$work/half")"
cp -r "$work/half/place" "$work/half/place.restoring"
sleep 1 # another second in the name
"$bin/plumbline" --data "$work/half/place" restore "$work/b.tar.gz" >/dev/null || fail "restore after one that had changed places"
[ "$(ls "$work/half" | grep -c before-restore)" = 2 ] || fail "both former folders should be there: $(ls "$work/half")"

# Killed at any moment: the folder is there and whole, whichever it is.
rows "$data" >"$work/rows"
for wait in 0 0.002 0.004 0.006 0.008 0.010 0.012 0.015 0.018 0.021 0.025 0.03; do
    "$bin/plumbline" --data "$work/half/place" restore "$work/b.tar.gz" >/dev/null 2>&1 &
    sleep $wait
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
    rows "$work/half/place" | cmp - "$work/rows" || fail "killed after $wait s: other rows"
    "$bin/plumbline" backup "$work/k.tar.gz" --force >/dev/null 2>&1 &
    sleep $wait
    kill -9 $! 2>/dev/null || true
    wait $! 2>/dev/null || true
done
"$bin/plumbline" backup "$work/k.tar.gz" --force >/dev/null || fail "backup after killed ones"
[ "$(ls "$work" | grep -c '^k.tar')" = 1 ] || fail "left of killed backups: $(ls "$work")"
sleep 1
"$bin/plumbline" --data "$work/half/place" restore "$work/k.tar.gz" >/dev/null || fail "restore after killed ones"
"$bin/plumbline" --data "$work/half/place" check >"$work/said" || fail "check finds: $(cat "$work/said")"
ls "$work/half" | grep -q 'restoring$' && fail "half a backup is left"

# ---- hostile and damaged files: refused, nothing changed, nothing left
python3 - "$work" <<'P'
import io, sys, tarfile, gzip
work = sys.argv[1]
def make(name, entries, head=b"plumbline-backup 1\nprogram 0\nmade then\n"):
    with tarfile.open("%s/bad-%s.tar.gz" % (work, name), "w:gz") as tar:
        for entry in [("plumbline-backup", head)] + entries:
            info = tarfile.TarInfo(entry[0])
            if len(entry) > 2:
                info.type, info.linkname = entry[2], entry[3]
            info.size = len(entry[1])
            tar.addfile(info, io.BytesIO(entry[1]))
end = ("plumbline-backup-end", b"files 0\nbytes 0\ndays 0\ncrc 00000000\n")
make("traversal", [("../evil", b"x"), end])
make("absolute", [("/tmp/plumbline-evil", b"x"), end])
make("inner", [("raw/2026/03/../../../evil", b"x"), end])
make("symlink", [("devices", b"", tarfile.SYMTYPE, "/etc/passwd"), end])
make("hardlink", [("devices", b"", tarfile.LNKTYPE, "/etc/passwd"), end])
make("fifo", [("devices", b"", tarfile.FIFOTYPE, ""), end])
make("other", [("state.bin", b"x"), end])
make("day", [("raw/2026/03/20260402.plog", b"x"), end])
make("twice", [("devices", b"x"), ("devices", b"y"), end])
make("huge", [("devices", b"\0" * (2 << 20)), end])
make("sum", [("devices", b"x"), end])
make("noend", [("devices", b"x")])
make("behind", [end, ("devices", b"x")])
make("newer", [end], b"plumbline-backup 99\nprogram 9.9\nmade then\n")
make("nohead", [end], b"x")
whole = open(work + "/b.tar.gz", "rb").read()
open(work + "/bad-cut.tar.gz", "wb").write(whole[:len(whole) * 2 // 3])
open(work + "/bad-bit.tar.gz", "wb").write(whole[:999] + bytes([whole[999] ^ 4]) + whole[1000:])
open(work + "/bad-text.tar.gz", "wb").write(b"hello\n")
open(work + "/bad-empty.tar.gz", "wb").write(b"")
P
rows "$work/half/place" >"$work/rows"
ls "$work/half" >"$work/before"
for bad in "$work"/bad-*; do
    "$bin/plumbline" --data "$work/half/place" restore "$bad" >"$work/said" 2>&1 && fail "${bad##*/} should be refused"
    says "$work/said" "nothing was changed" || fail "${bad##*/}: $(cat "$work/said")"
    ls "$work/half" | cmp - "$work/before" || fail "${bad##*/} left something"
done
rows "$work/half/place" | cmp - "$work/rows" || fail "something was changed"
[ ! -e "$work/half/evil" ] && [ ! -e "$work/evil" ] && [ ! -e /tmp/plumbline-evil ] || fail "something got out"
"$bin/plumbline" --data "$work/half/place" restore "$work/bad-newer.tar.gz" 2>&1 | grep -q "update this one" || fail "a newer one should be named"

# ---- a full disk: said, and nothing left
if mkdir "$work/small" && mount -t tmpfs -o size=16k tmpfs "$work/small" 2>/dev/null; then
    "$bin/plumbline" backup "$work/small/c.tar.gz" 2>"$work/said" && fail "a full disk should fail"
    says "$work/said" "make room" || fail "what it says on a full disk: $(cat "$work/said")"
    [ -z "$(ls "$work/small")" ] || fail "left on the full disk: $(ls "$work/small")"
fi

# ---- forget, beside a daemon
start_daemon
wait_for "samples come" more_than samples 100
"$bin/plumbline" pain 4 neck >/dev/null
"$bin/plumbline" forget --before tomorrow </dev/null 2>"$work/said" && fail "nobody was asked"
says "$work/said" "say --yes" || fail "and it should say so"
"$bin/plumbline" forget --before 2026-02-31 2>"$work/said" && fail "31 February"
TZ=America/Santiago "$bin/plumbline" forget --before 2026-09-06 --dry-run >"$work/said" || fail "a day without a midnight"
"$bin/plumbline" help forget | grep -q 'first day that stays' || fail "help forget"
"$bin/plumbline" forget --before "2026-03-02 12:00" 2>"$work/said" && fail "half a day"
"$bin/plumbline" forget --before tomorrow --dry-run >"$work/said" || fail "a dry run"
says "$work/said" "raw log    1 day," || fail "what would go: $(cat "$work/said")"
says "$work/said" "before-restore" || fail "the former folder should be named: $(cat "$work/said")"
has_row "$data" calf || fail "a dry run removes nothing"
for n in 1 2 4; do # killed wherever it is: the daemon goes on, and another run ends it
    "$bin/plumbline" forget --before tomorrow --yes >/dev/null 2>&1 &
    forget=$!
    sleep 0.0$n
    kill -9 $forget 2>/dev/null || true
    wait $forget 2>/dev/null || true
done
writes() { [ "$(number_of error)" = 0 ]; }
wait_for "the daemon goes on after a killed forget" writes
"$bin/plumbline" forget --before tomorrow --yes >"$work/said" || fail "forget: $(cat "$work/said")"
before=$(number_of samples)
wait_for "samples go on" more_than samples $((before + 200))
grep -qr calf "$data" && fail "what was forgotten is still in $(grep -rl calf "$data")"
grep -qr neck "$data" --exclude state.bin && fail "what was forgotten is still in $(grep -rl neck "$data")" # that is of now
kill -TERM $daemon
wait $daemon || fail "SIGTERM should end it with 0"
samples "$data" | wc -l | awk '{ exit $1 < 200 }' || fail "what came after should be there"
echo "archive: ok"
