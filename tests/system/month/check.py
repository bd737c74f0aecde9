#!/usr/bin/python3
"""check.py FOLDER DIARY CATALOGUE: what the daemon said in the month of make.py, held against what was true.

FOLDER holds, besides what make.py wrote, the simulator's truth.csv and the notices; DIARY is the plumbline.db.
Nothing of the coach's own reckoning is used: breaks come from the simulator's truth, meetings, workouts and health from
the wearer's plan, limits from the design. Exit code 1 when a clause does not hold; each time it does not is named.
"""
import bisect
import collections
import configparser
import csv
import json
import os
import re
import sqlite3
import sys
import time

MIN, HOUR, DAY = 60, 3600, 86400
BODY = ("slouch", "break", "lean")
PER_HOUR, PER_DAY, REST_S, BREAK_S = 4, 16, 10 * MIN, 60
WINDOW_S, EARLIEST_S = (25 * MIN, 10 * MIN), 90 * MIN
SEEN_S = 15     # by so much the tracker's start or end of standing may lie beside the truth
UNASKED = set("fodic")  # left out while nothing was said of health
LOW_BACK = ("lumbar", "low back", "lower back", "spine", "trunk", "flank")

faults = []


def fault(clause, at_s, text):
    faults.append((clause, f"{stamp(at_s)} {text}"))


def stamp(at_s):
    return time.strftime("%a %d %b %H:%M:%S", time.localtime(at_s))


def read_notices(path):
    """Shown and closed, in order; local time is told apart on the night that has an hour twice by never going back."""
    shown, last_s = [], 0
    by_id = {}
    for line in open(path, encoding="utf-8"):
        found = re.match(r"(\S+ \S+) (show|close) (\S+) (\d+)(?:: (.*?) \| (.*))?$", line)
        at_s = int(time.mktime(time.strptime(found[1], "%Y-%m-%d %H:%M:%S")))
        if at_s < last_s:
            at_s += HOUR
        last_s = at_s
        if found[2] == "show" and int(found[4]) in by_id:
            continue  # the same with its details
        if found[2] == "show":
            notice = dict(at=at_s, topic=found[3], id=int(found[4]), title=found[5], body=found[6], closed=None)
            by_id[notice["id"]] = notice
            shown.append(notice)
        else:
            by_id[int(found[4])]["closed"] = at_s
    return shown


def wall_of(truth):
    """Turns the scenario's seconds into wall time."""
    at = [0] + [j[0] for j in truth["jumps"]]
    base = [truth["start"]] + [j[2] - j[0] for j in truth["jumps"]]
    return lambda s, end=False: s + base[max(0, (bisect.bisect_left if end else bisect.bisect_right)(at, s) - 1)]


def breaks_of(folder, truth):
    """Stretches of standing and walking of a minute and more."""
    wall, found = wall_of(truth), []
    for row in csv.DictReader(open(os.path.join(folder, "truth.csv"), encoding="utf-8")):
        if row["posture"] not in ("standing", "walking"):
            continue
        from_s, to_s = wall(float(row["start_s"])), wall(float(row["end_s"]), end=True)
        if found and from_s - found[-1][1] < 1:
            found[-1][1] = to_s
        else:
            found.append([from_s, to_s])
    return [b for b in found if b[1] - b[0] >= BREAK_S]


def local_min(at_s):
    t = time.localtime(at_s)
    return t.tm_wday, t.tm_hour * 60 + t.tm_min


# ---- the clauses -----------------------------------------------------------------------------------------------------


def check_numbers(shown):
    times = [n["at"] for n in shown]
    for i, at_s in enumerate(times):
        within = i - bisect.bisect_right(times, at_s - HOUR) + 1
        if within > PER_HOUR:
            fault("4 an hour", at_s, f"is the {within}th within an hour")
    for day, n in collections.Counter(time.strftime("%F", time.localtime(t)) for t in times).items():
        if n > PER_DAY:
            fault("16 a day", times[0], f"{n} on {day}")


def check_body(shown, truth, breaks):
    for n in (n for n in shown if n["topic"] in BODY):
        weekday, minute = local_min(n["at"])
        if any(m[0] <= n["at"] < m[1] for m in truth["meetings"]):
            fault("meetings", n["at"], f"{n['topic']} in a meeting")
        if weekday > 4 or not truth["hours"][0] <= minute < truth["hours"][1]:
            fault("hours", n["at"], f"{n['topic']} outside working hours")
        if any(b[1] + SEEN_S <= n["at"] < b[1] + REST_S - SEEN_S for b in breaks):
            fault("after a break", n["at"], f"{n['topic']} within 10 min after a break")


def offers_of(shown, w):
    clock = time.strftime("%H:%M", time.localtime(w["start"]))
    return [n for n in shown
            if n["topic"] == "workout" and w["start"] - DAY < n["at"] < w["end"] and clock in n["title"]]


def free(truth, at_s):
    return not any(m[0] <= at_s < m[1] for m in truth["meetings"])


def check_workout(shown, truth, w):
    """The minutes before at which it was offered."""
    offers = offers_of(shown, w)
    at = [n["at"] for n in offers]
    name = f"{w['title']} at {stamp(w['start'])}"
    early, late = w["start"] - WINDOW_S[0], w["start"] - WINDOW_S[1]
    in_window = [t for t in at if early <= t <= late]
    if w["expect"] == "cancelled":
        for n in offers:
            if n["at"] >= w["told"]:
                fault("cancelled", n["at"], f"{name} was cancelled at {stamp(w['told'])}")
            elif not n["closed"] or n["closed"] > w["told"] + MIN:
                fault("cancelled", n["at"], f"{name} stays after it was cancelled at {stamp(w['told'])}")
    elif w["expect"] == "window":
        if not in_window:
            fault("offered", w["start"], f"{name}: not within T-25 to T-10")
        if len(at) > len(in_window):
            fault("offered", w["start"], f"{name}: also outside T-25 to T-10")
    elif w["expect"] == "early":
        if not at or not all(w["start"] - EARLIEST_S <= t < early and free(truth, t) for t in at):
            fault("offered", w["start"], f"{name}: not before the meeting, from T-90 on")
    elif at:
        fault("offered", at[0], f"{name}: in the meeting")
    later = [n for n in shown if w["start"] - HOUR < n["at"] < w["start"] + DAY]
    if w["expect"] == "missed" and not any("missed" in n["body"] for n in later):
        fault("missed", w["start"], f"{name}: nowhere told as missed")
    return [round((w["start"] - t) / MIN) for t in at]


def check_moved(shown, w):
    if "moved_from" in w and offers_of(shown, dict(w, start=w["moved_from"], end=w["moved_from"] + HOUR)):
        fault("moved", w["moved_from"], f"{w['title']}: offered at the time it was moved from")


def forbidden(items, truth, at_s):
    """Of each item why it may not be offered now, or None."""
    answered = [h for h in truth["health"] if h["at"] <= at_s]
    letters = set(answered[-1]["contra"]) if answered else UNASKED
    pain = [p for p in truth["pain"] if p["at"] <= at_s < p["at"] + 12 * HOUR]
    sore = bool(pain and pain[-1]["value"] >= 7 and pain[-1]["area"] == "low-back")
    red = any(r["start"] <= at_s < r["end"] for r in truth["red"])
    return {i["name"]: "red flag" if red else "contra-indicated" if letters & set(i.get("contra", "").split())
            else "much pain" if sore and any(a in i["area"] for a in LOW_BACK) else None for i in items}


def check_items(shown, truth, items):
    offered = 0
    for n in shown:
        words = f"{n['title']} {n['body']}"
        for name, why in forbidden(items, truth, n["at"]).items():
            offered += name in words
            if why and name in words:
                fault(why, n["at"], name)
    return offered


def check_red_flag(shown, truth):
    """A workout in those days is spoken of, without exercises."""
    told = [n for n in shown
            if n["topic"] == "workout" and any(r["start"] <= n["at"] < r["end"] for r in truth["red"])]
    for n in told:
        if "clinician" not in n["body"]:
            fault("red flag", n["at"], "no word of a clinician")
    if not told:
        fault("red flag", truth["red"][0]["start"], "no notice in those days: nothing was tried")


def check_diary(path, shown):
    """What was said is what the diary has."""
    diary = sqlite3.connect(path)
    kept = {row[0]: row[1] for row in diary.execute("SELECT id, reason_name FROM event WHERE kind_name='alert'")}
    if kept != {n["id"]: n["topic"] for n in shown}:
        fault("diary", shown[0]["at"], "holds other alerts than were shown")
    answers = diary.execute("SELECT reason_name, count(*) FROM event WHERE kind_name='answer' GROUP BY 1")
    return collections.Counter(dict(answers))


# ---- what it was like ------------------------------------------------------------------------------------------------


def show_days(shown):
    topics = sorted({n["topic"] for n in shown})
    days = collections.defaultdict(collections.Counter)
    for n in shown:
        days[time.strftime("%m-%d %a", time.localtime(n["at"]))][n["topic"]] += 1
    print("\nday        all  " + "  ".join(topics))
    for day, count in sorted(days.items()):
        print(f"{day}  {sum(count.values()):4}  " + "  ".join(f"{count[t] or '':>{len(t)}}" for t in topics))
    total = collections.Counter(n["topic"] for n in shown)
    print(f"all        {len(shown):4}  " + "  ".join(f"{total[t]:>{len(t)}}" for t in topics))


def check(shown, truth, breaks, items):
    """All clauses; of each workout the minutes before at which it was offered, and how often an exercise was named."""
    check_numbers(shown)
    check_body(shown, truth, breaks)
    leads = [check_workout(shown, truth, w) for w in truth["workouts"]]
    for w in truth["workouts"]:
        check_moved(shown, w)
    offered = check_items(shown, truth, items)
    check_red_flag(shown, truth)
    return leads, offered


def check_lies(shown, truth, breaks, items):
    """The same notices do not pass for another month: each lie about it is found out by its clause."""
    body = next(n for n in shown if n["topic"] in BODY)
    offer = next(n for n in shown if n["topic"] == "workout")
    first = next(w for w in truth["workouts"] if offers_of(shown, w))
    others = [w for w in truth["workouts"] if w is not first]
    moved = next(w for w in truth["workouts"] if "moved_from" in w)
    off = dict(first, expect="cancelled", told=offer["at"] - MIN)
    always = dict(start=0, end=2**40)
    crowd = sorted(shown + [dict(body, at=body["at"] + i) for i in range(PER_HOUR)], key=lambda n: n["at"])
    lies = [
        ("meetings", shown, dict(truth, meetings=[(body["at"] - MIN, body["at"] + MIN)]), breaks),
        ("hours", shown, dict(truth, hours=[12 * 60, 12 * 60 + 1]), breaks),
        ("after a break", shown, truth, breaks + [[body["at"] - 7 * MIN, body["at"] - 5 * MIN]]),
        ("4 an hour", crowd, truth, breaks),
        ("16 a day", [dict(body, at=body["at"] + 30 * MIN * i) for i in range(PER_DAY + 1)], truth, breaks),
        ("cancelled", shown, dict(truth, workouts=others + [off]), breaks),
        ("offered", [n for n in shown if n is not offer], truth, breaks),
        ("offered", [dict(n, at=n["at"] - 6 * MIN) if n is offer else n for n in shown], truth, breaks),
        ("missed", [dict(n, body="") for n in shown], truth, breaks),
        ("moved", shown + [dict(offer, title="Warm up at 18:30", at=moved["moved_from"] - 20 * MIN)], truth, breaks),
        ("contra-indicated", shown, dict(truth, health=[dict(at=0, contra="wfodiprvbksce")]), breaks),
        ("red flag", shown, dict(truth, red=[always]), breaks),
        ("much pain", shown, dict(truth, pain=[dict(at=n["at"], value=9, area="low-back") for n in shown]), breaks),
    ]
    for clause, *lie in lies:
        faults.clear()
        check(*lie, items)
        if not any(clause in f[0] for f in faults):
            sys.exit(f"this check cannot fail: '{clause}' passed for a month that it should not pass for")
    faults.clear()
    return len(lies)


def main():
    folder, path, catalogue = sys.argv[1:4]
    truth = json.load(open(os.path.join(folder, "truth.json"), encoding="utf-8"))
    shown = read_notices(os.path.join(folder, "notices"))
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read(catalogue, encoding="utf-8")
    items = [dict(parser[s]) for s in parser.sections()]
    breaks = breaks_of(folder, truth)
    lies = check_lies(shown, truth, breaks, items)
    leads, offered = check(shown, truth, breaks, items)
    answers = check_diary(path, shown)
    if not offered or not breaks:
        fault("month", truth["start"], "no exercise or no break in it: nothing was tried")
    for clause, text in faults:
        print(f"  {clause}: {text}")
    show_days(shown)
    print("\nanswers    " + "  ".join(f"{a} {n}" for a, n in sorted(answers.items())))
    print(f"\n{len(truth['meetings'])} meetings, {len(breaks)} breaks")
    print("workouts, and how many minutes before each was offered:")
    for w, lead in zip(truth["workouts"], leads):
        print(f"  {stamp(w['start'])}  {w['title']:14}  {w['expect']:9}  {', '.join(map(str, lead)) or '-'}")
    count = collections.Counter(f[0] for f in faults)
    named = "".join(f", {n} {clause}" for clause, n in sorted(count.items()))
    print(f"\n{len(faults)} faults{named}; {lies} lies about the month found out")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
