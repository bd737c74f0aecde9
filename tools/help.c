/* What `plumbline COMMAND --help` says below the line of use: every word, its values, an example. At most 20 lines of 80
 * columns with the two lines above it. */
#include "tool.h"

#include <string.h>

#define TIMES "TIME is local: 18:00 (today), 'tomorrow 18:00', yesterday, '2026-03-02 18:00'.\n"
#define AREAS                                                                    \
    "AREA is one of neck, shoulder, upper-back, low-back, chest, arm, hip, glute,\n" \
    "thigh, knee, calf, leg, ankle, foot.\n"

static const struct {
    const char *name, *text;
} helps[] = {
    {"status", "  --json    the same and more as JSON, for scripts and status bars\n"},
    {"live", "Stops with Ctrl-C. Forward is to the right. Into a pipe or a file it writes\n"
             "POSTURE FLEXION LATERAL (degrees), five lines a second.\n"},
    {"calibrate", "Without a word it asks for five poses, 15 s each, and two minutes in all:\n"
                  "  sit-upright   as you would like to sit\n"
                  "  sit-slouched  as you sit after lunch; your slouch line lies between the two\n"
                  "  lean-back     into the chair\n"
                  "  bend          forward over the desk\n"
                  "  stand         at ease\n"
                  "Last, a few steps. With poses it takes only those. The sensor may go on again at any angle:\n"
                  "walking tells. Do it anew when it is worn at another place.\n\n"
                  "  plumbline calibrate\n"
                  "  plumbline calibrate sit-upright stand\n"},
    {"report", "  day           one day (usual);  week: the seven days that end with DATE\n"
               "  DATE          2026-03-02, yesterday or today (usual)\n"
               "  --html        a page with pictures, which loads nothing from the network, into\n"
               "                reports/ in the data folder; its path is printed\n"
               "  --html=FILE   the page into FILE; --html=- to standard output\n"
               "  --json        every figure, for programs\n"
               "  therapist     one sheet for a talk with a therapist: pain, load, what was tried;\n"
               "                with --weeks 4 to 8 (usual), --html, -o FILE, --paper a4 or\n"
               "                letter; your health answers only --with-health\n\n"
               "  plumbline report yesterday\n"
               "  plumbline report week --html\n"
               "  xdg-open \"$(plumbline report --html)\"\n"},
    {"routine", "  pre       before the next workout: walk, roll, hold, move\n"
                "  post      after a workout\n"
                "  micro     a minute or two at the desk\n"
                "  evening   slow, before sleep\n"
                "Without one of them: what fits now. Nothing during a workout.\n"
                "  --why     reasons, evidence and sources, and what was left out\n"
                "  --start   guides you in the terminal with a countdown, and notes what you did:\n"
                "            space begins and pauses, enter is done (from half time on), s skips,\n"
                "            q stops. What you skip is not noted.\n"
                "  --bell    with --start: rings at each change\n"
                "The minutes are 'routine = 8' under [coach].\n\n"
                "  plumbline routine pre --start\n"},
    {"catalogue", "  list        each exercise: kind, moments, doses; closed ones with the reason\n"
                  "              (health), your own and those you switched off\n"
                  "  show ID     all about one, with its picture\n"
                  "  check       looks your own file over, line by line (exit code 1 with faults)\n"
                  "  check FILE  or that file\n"
                  "Your own file is catalogue.conf beside plumbline.conf. A stanza there adds an\n"
                  "item, replaces one by its [id], or with 'off = yes' takes it away.\n\n"
                  "  plumbline catalogue show tfoam\n"},
    {"pause", "DURATION is 90s, 45m, 2h or 1h30m; plain numbers are minutes; at most 7 days.\n"
              "Everything is still measured. 'plumbline resume' ends it.\n\n"
              "  plumbline pause 45m\n"},
    {"resume", "Ends a pause.\n"},
    {"answer", "  TOPIC   slouch, break, lean, workout, after, summary, reference, battery,\n"
               "          sensor-lost, not-seen, report, sore, session or range: the newest of\n"
               "          that kind; 'plumbline status' shows those that wait\n"
               "  done    I did it            snooze  later, please\n"
               "  skip    not this time       wrong   that was not so\n\n"
               "  plumbline answer break snooze\n"},
    {"pain", "  0 is none, 10 the worst you can think of.\n" AREAS
             "From 7 on, items near that area are left out of routines that day and the next,\n"
             "or until you note less there.\n\n"
             "  plumbline pain 3 low-back\n"},
    {"stress", "  0 is none, 10 the most. From 6 on, routines bring slow breathing.\n\n"
               "  plumbline stress 6\n"},
    {"soreness", "  0 is none, 10 the worst; the day after a workout it is part of the report.\n" AREAS
                 "\n  plumbline soreness 4 thigh\n"},
    {"health", "Without a word it asks, once; Enter leaves a question open. Routines leave out\n"
               "what does not suit. It names no illness and is no medical advice.\n"
               "  show [--json]      what you noted, and what it means\n"
               "  set none           nothing of it holds\n"
               "  set LETTER…        what holds; ?LETTER leaves open: f fracture or operation,\n"
               "                     i injury or swelling, w wound, e fever, r radiating pain,\n"
               "                     k knee, s shoulder, o osteoporosis, d clot or thinners,\n"
               "                     b blood pressure, v dizziness, c cancer, p pregnancy\n"
               "  flag SIGN…         saddle-numbness, bladder-bowel, leg-weakness, fever,\n"
               "                     immune, major-trauma, cancer-history, weight-loss, night-pain,\n"
               "                     age: no exercise until a clinician has looked at it\n"
               "  clear [SIGN] [--yes]   one has\n"
               "  forget             the answers go, also from the diary\n\n"
               "  plumbline health set f k\n"},
    {"range", "Stand; it says when to bend forward, backward, left and right, with a bell, and\n"
              "measures with the sensor how far you go and hold. Only as far as is pleasant.\n"
              "Four numbers against your last test and the median of all earlier ones.\n"
              "  list [--json]   earlier tests\n"},
    {"therapist", TIMES
     "  add KIND   swedish, deep-tissue, trigger-point or other; usual time: now\n"
     "  --felt     how it felt, 0 to 10\n"
     "  list       sessions, with the pain you noted seven days before and after each,\n"
     "             and the next, where 'session-every' under [coach] says how often\n\n"
     "  plumbline therapist add deep-tissue 'yesterday 17:00' --felt 7\n"},
    {"reindex", "What the raw log holds goes through the tracker once more, as it did live, and takes\n"
                "the place of the minutes and events that it made then; bit for bit the same while\n"
                "the program is. What you said, answered or entered stays as it is.\n"
                "  --check       changes nothing; shows what differs, and exits with 1 if anything does\n"
                "  --from DATE   from that day on (the first day that there is raw data of)\n"
                "  --to DATE     to that day (the last)\n\n"
                "  plumbline reindex --check\n"
                "  plumbline reindex --from 2026-03-02 --to 2026-03-08\n"},
    {"did", "ITEM is the short name that 'plumbline routine' prints in [brackets]; up to 12.\n"
            "What was done lately is offered less.\n\n"
            "  plumbline did walk3 stext\n"},
    {"workout", TIMES
     "  add TIME LENGTH TYPE [TITLE]   one ahead\n"
     "  start TYPE [TITLE] [LENGTH]    begins now (60m): no notice until it is over\n"
     "  done                           the one going on is over\n"
     "  cancel [WHICH]                 called off: the next, or by time, title, TYPE;\n"
     "                                 of weekly ones and the calendar's only this one\n"
     "  feel 0-10 [TITLE]              how the last one went\n"
     "  list [--json]                  14 days ahead, and where each comes from\n"
     "  LENGTH   60m, 1h or plain minutes; at most a day\n"
     "  TYPE     squat, deadlift, run, swim, upper, cycle, yoga, row, or unknown; also\n"
     "           legs, press, pull, jogging, tennis, bike, erg and others\n"
     "  TITLE    as you like, for the notice\n"
     "Calendars come in by 'file =' under [calendar] in the configuration.\n\n"
     "  plumbline workout add 'tomorrow 18:00' 60m squat 'Leg day'\n"
     "  plumbline workout cancel\n"},
    {"replay", "FILE is what a sensor sent, or with --columns a CSV file (plain or gzip).\n"
               "  --start TIME        local time of the first sample (today 08:00)\n"
               "  --columns x,y,z     accelerometer columns; ax,ay,az,gx,gy,gz with gyroscope\n"
               "  --rate HZ           samples a second, where the file does not tell\n"
               "  --offset N          subtracted from each accelerometer reading (0)\n"
               "  --scale G           g a count (usual: the median length is 1 g)\n"
               "  --gyro-scale RAD_S  rad/s a count (1)\n"
               "  --placement P       upper-back or lower-back\n"
               "  --protocol NAME     as plumb (auto finds out; a wrong name lists them)\n"
               "  --script FILE       lines of SECONDS COMMAND…, as '3600 pain 3 neck'\n"
               "  --trace             each event and minute as a line\n"
               "  --keep DIR          keep the data there (usual: a temporary folder)\n"
               "  --samples           only decode: a CSV line for each sample, then how much was\n"
               "                      good and bad on standard error; --columns is import's MAP\n\n"
               "  plumbline replay back.csv.gz --columns ax,ay,az --rate 50\n"},
    {"import", "FILE is an Axivity .cwa, a WitMotion card's log, or a table of numbers (plain or\n"
               "gzip). The day comes into your own store, as if it had been worn live; notices,\n"
               "calibration and workouts stay as they are. Time that is taken is refused.\n"
               "  --dry-run           only say what would be done\n"
               "  --start TIME        local time of the first sample, instead of its own clock\n"
               "  --rate HZ           samples a second, where it does not tell\n"
               "  --from TIME  --to TIME    only what lies between\n"
               "  --placement P       upper-back or lower-back\n"
               "  --as FORMAT         cwa, witmotion, plumbline or csv (usual: what it looks like)\n"
               "  --columns MAP       of a table: t=Time:ms,ax=X:mg,ay=Y:mg,az=3:mg,gx=… by name\n"
               "                      or number, with unit where the names do not tell\n\n"
               "  plumbline import CWA-DATA.CWA --dry-run\n"
               "  plumbline import walk.csv --start '2026-03-02 08:30'\n"},
    {"export", "  samples       the raw log: time, acceleration, turn rate, quaternion (usual)\n"
               "  minutes       each minute's postures, angles, steps and bends\n"
               "  events        slouches, bouts, notices, answers, gaps\n"
               "  entries       pain, stress, soreness, what you did;  workouts, calibrations\n"
               "  --from TIME  --to TIME    only what lies between (usual: everything)\n"
               "  -o FILE       into FILE, for your eyes only; - is standard output (usual)\n"
               "  --format F    csv, jsonl or parquet (usual: as FILE ends, or csv)\n"
               "  --force       FILE may exist, and is replaced\n"
               "  --counts      samples as the sensor's own integers with their scale, which\n"
               "                plumbline import takes back to the last bit\n" TIMES
               "Times in the file are UTC, with the local offset beside them; what is not known\n"
               "is empty or null. DuckDB, pandas and R read each of the three.\n\n"
               "  plumbline export minutes --from yesterday --to today -o minutes.csv\n"
               "  plumbline export -o samples.parquet\n"},
    {"du", "Raw log by month, diary and the rest; what retention removes next; how long the\n"
           "disk lasts at the rate of the last 30 recorded days.\n"
           "  --json    the same for programs, in bytes\n"},
    {"backup", "FILE is a gzip'ed tar of raw log, diary, pairings and configuration, readable by\n"
               "you alone. The daemon goes on meanwhile. It is read back and checked before it\n"
               "gets its name.\n"
               "  --force   over a file of that name\n\n"
               "  plumbline backup plumbline-$(date +%F).tar.gz\n"},
    {"restore", "Puts a backup in the place of the data folder. It is checked to the end first;\n"
                "the former folder is kept beside it as FOLDER.before-restore-DATE. A running\n"
                "daemon goes on with what was restored. Interrupted, run it again.\n"
                "  --config   the backup's configuration too, where there is one already\n\n"
                "  plumbline restore plumbline-2026-03-02.tar.gz\n"},
    {"check", "Reads every block, every row and every file, and says what is damaged, and from\n"
              "when to when samples are lost. Changes nothing; the daemon may run meanwhile.\n"
              "  --from TIME  --to TIME    only days and minutes between (usual: everything)\n"
              "  --repair FOLDER   write a clean copy of all that is whole into a new folder,\n"
              "                    and say how to put it in place; with the daemon stopped\n" TIMES
              "Exit code 0 all is well, 1 something is damaged, 2 it could not look.\n\n"
              "  plumbline check --from '2026-03-01'\n"
              "  plumbline check --repair /media/disk/plumbline\n"},
    {"forget", "Removes whole local days from raw log, diary and reports so that nothing of them is\n"
               "left in any file. DATE is the first day that stays. What is in use stays: the\n"
               "calibration, your answers on health (health forget) and signs not cleared.\n"
               "Recording goes on meanwhile. Interrupted, run it again.\n"
               "  --dry-run   only say what would go\n"
               "  --yes       do not ask\n\n"
               "  plumbline forget --before 2026-01-01 --dry-run\n"},
    {"config", "  check   what it does not understand, line by line (exit code 1 if any)\n"
               "  show    every key with the value in use, as a file that can be read again\n\n"
               "  plumbline --config new.conf config check\n"},
    {"devices", "Without a word: each port and sensor, whether paired, and how it was understood.\n"
                "  pair     this is my sensor: it may be opened (usual: the only new device)\n"
                "  never    leave it alone\n"
                "  forget   as if it had never been seen: it is asked about again\n"
                "  watch    a line for each arrival and leaving; stops with Ctrl-C\n"
                "A sensor that says what it is needs no pairing. The file is 'devices' in the\n"
                "data folder.\n\n"
                "  plumbline devices pair /dev/ttyUSB0\n"},
    {"sensor", "Sent once, by the running daemon, to a sensor that has such a command:\n"
               "  rate HZ                     samples a second\n"
               "  range G [DEG_S]             largest acceleration, turn rate (2000)\n"
               "  content                     acceleration, turn rate and time, no more\n"
               "  zero                        as it is held now is level\n"
               "  identify [MS]               blink (2000)\n"
               "  vibrate [% [TIMES [ON [OFF]]]]  at most 2 s (50 1 300 300)\n"
               "Most sensors keep these settings when they are switched off.\n\n"
               "  plumbline sensor rate 50\n"},
    {"doctor", "Looks at configuration, sensor, ports, USB, daemon, session bus, clock and\n"
               "disk and says what to do. Exit code 1 when something must be mended.\n"},
};

const char *help_of(const char *name)
{
    for (size_t i = 0; i < sizeof helps / sizeof helps[0]; i++)
        if (!strcmp(helps[i].name, name)) return helps[i].text;
    return "";
}
