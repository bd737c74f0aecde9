#!/usr/bin/python3
"""make.py FOLDER: a month of a plausible person, always the same one.

5 October to 3 November 2026 in Stockholm: office days with meetings, a first week in which nothing is said of
health, a painful second week, a holiday, the night in which the clocks go back, a red flag for two days. Written are
only the worn hours, one after the other (month.scn); between them the device's clock leaps (jumps). Into FOLDER go:
  month.scn, jumps     for plumbline-sim; a line of jumps is one --fault
  commands, calendar-* for plumblined --script: what the wearer, his calendar and his cable say, second by second
  truth.json           meetings, workouts, health: what check.py holds the notices against
"""
import json
import os
import random
import sys
import time

DAY_S, MIN, HOUR = 86400, 60, 3600
CALIBRATION = [("sit upright", 15, ""), ("sit upright", 20, "sit-upright"), ("slouch", 5, ""),
               ("slouch", 20, "sit-slouched"), ("recline", 5, ""), ("recline", 20, "lean-back"), ("desk-bend", 5, ""),
               ("desk-bend", 20, "bend"), ("stand", 6, ""), ("stand", 20, "stand")]
TOPICS = ("slouch", "break", "lean", "workout", "after", "summary", "not-seen", "report", "reference")
ANSWERS = ((0.45, "done"), (0.62, "snooze"), (0.74, "skip"), (0.77, "wrong"))
ANGLE = {"slouch": "24deg", "recline": "18deg", "desk-bend": "40deg"}


def wall(month, day, hour=0, minute=0):
    """Seconds since 1970 of a local time (TZ is set by the test)."""
    return int(time.mktime((2026, month, day, hour, minute, 0, 0, 0, -1)))


def date_of(n):
    """Month and day of the Nth day, 0 = 5 October."""
    return (10, 5 + n) if n < 27 else (11, n - 26)


class Chance:
    """Only random() is the same in every Python."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def between(self, low, high):
        return low + (high - low) * self.source.random()

    def whole(self, low, high):
        return int(self.between(low, high + 1))

    def happens(self, share):
        return self.source.random() < share


class Month:
    def __init__(self):
        self.chance = Chance(2026)
        self.scenario = ["set seed 7", "set rate 8", "set part bmi270"]
        self.jumps, self.commands = [], []
        self.start_s = self.now_s = None  # wall time
        self.played_s = 0                 # of the scenario

    def move_to(self, wall_s):
        """The sensor is off until then."""
        if self.start_s is None:
            self.start_s = self.now_s = wall_s
        if wall_s <= self.now_s:
            return
        self.act("take off", 150 if self.chance.happens(0.2) else 12 * MIN)  # mostly it goes on for a while
        self.say("unplugged")
        self.jumps.append((self.played_s, self.now_s, wall_s))
        self.now_s = wall_s

    def act(self, what, seconds, after=""):
        seconds = int(seconds)
        if seconds <= 0:
            return
        self.scenario.append(f"{what} {seconds}s {after}".rstrip())
        self.now_s += seconds
        self.played_s += seconds

    def say(self, command, wall_s=None):
        self.commands.append(((self.now_s if wall_s is None else wall_s), command))

    # ---- at the desk ---------------------------------------------------------------------------------------------

    def sit(self, until_s):
        """One sitting bout with what one does in it."""
        c = self.chance
        while self.now_s < until_s:
            left = until_s - self.now_s
            draw = c.source.random()
            if draw < 0.50:
                self.act("sit upright", min(left, c.whole(5, 13) * MIN))
            elif draw < 0.76:
                self.act("slouch", min(left, c.whole(90, 560)), f"{c.whole(19, 26)}deg")
            elif draw < 0.90:
                self.act("recline", min(left, c.whole(3, 8) * MIN), f"{c.whole(14, 18)}deg")
            elif draw < 0.95:
                self.act("lean left" if c.happens(0.3) else "lean right", min(left, c.whole(40, 260)), "14deg")
            else:
                self.act("fidget", min(left, 40))

    def rise(self):
        """A break, or (one in five) only a moment on the feet. Nothing that could be taken for either."""
        c = self.chance
        if c.happens(0.2):
            self.act("stand", c.whole(18, 35))
            return
        self.act("stand", c.whole(30, 120))
        self.act("walk", c.whole(80, 260))
        if c.happens(0.4):
            self.act("stand", c.whole(20, 300))

    def work(self, until_s, meetings):
        """Sitting and rising; a meeting is sat through, in one's own time after it one mostly rises."""
        c = self.chance
        while self.now_s < until_s:
            ahead = [m for m in meetings if m[1] > self.now_s and m[0] < until_s]
            if ahead and ahead[0][0] <= self.now_s:
                self.sit(min(ahead[0][1], until_s))
                if c.happens(0.7):
                    self.rise()
                continue
            stop_s = min([until_s] + [m[0] for m in ahead])
            self.sit(min(stop_s, self.now_s + c.whole(18, 72) * MIN))
            if self.now_s + 8 * MIN < stop_s:
                self.rise()

    def office_day(self, month, day, meetings, leave_s, gym_s):
        c = self.chance
        at = lambda hour, minute=0: wall(month, day, hour, minute)
        self.move_to(at(8, c.whole(4, 26)))
        self.act("walk", c.whole(150, 300))
        self.work(at(12, c.whole(0, 14)), meetings)
        if c.happens(0.3):  # lunch without it
            self.act("walk", 60)
            self.move_to(self.now_s + c.whole(28, 45) * MIN)
            self.act("walk", c.whole(120, 400))
        else:
            self.act("walk", c.whole(300, 700))
            self.act("eat", c.whole(14, 22) * MIN)
            self.act("walk", c.whole(200, 400))
        self.work(leave_s, meetings)
        self.act("walk", c.whole(300, 600))
        if gym_s:
            self.act("stand", gym_s[0] - self.now_s)
            while self.now_s < gym_s[1]:
                self.act("stand", 50)
                for _ in range(8):
                    self.scenario.append("bend 40deg")
                    self.now_s += 4
                    self.played_s += 4
            self.act("walk", 400)


def workouts():
    """Each with what a wearer may expect of it."""
    def one(month, day, hour, minute, length, kind, title, expect, **more):
        start_s = wall(month, day, hour, minute)
        return dict(start=start_s, end=start_s + length * MIN, type=kind, title=title, expect=expect, **more)
    return [
        one(10, 5, 18, 0, 60, "squat", "Leg day", "window"),
        one(10, 7, 19, 15, 45, "run", "Run", "window", moved_from=wall(10, 7, 18, 30), told=wall(10, 7, 12)),
        one(10, 9, 17, 45, 60, "upper", "Push day, gym", "cancelled", told=wall(10, 9, 16, 45)),
        one(10, 12, 18, 0, 60, "squat", "Leg day", "early"),
        one(10, 14, 18, 30, 45, "run", "Run", "window"),
        one(10, 16, 17, 45, 60, "upper", "Push day, gym", "window"),
        one(10, 19, 18, 0, 60, "squat", "Leg day", "cancelled", told=wall(10, 16, 12)),
        one(10, 21, 10, 30, 45, "run", "Run", "window", moved_from=wall(10, 21, 18, 30), told=wall(10, 20, 20)),
        one(10, 23, 17, 45, 60, "upper", "Push day, gym", "window"),
        one(10, 25, 10, 0, 45, "swim", "Swim", "window", added=wall(10, 24, 12)),
        one(10, 26, 18, 0, 60, "squat", "Leg day", "window"),
        one(10, 28, 18, 30, 45, "run", "Run", "missed"),
        one(10, 30, 17, 45, 60, "upper", "Push day, gym", "window"),
        one(11, 2, 18, 0, 60, "deadlift", "Heavy day", "cancelled", told=wall(11, 2, 17, 40)),
    ]


EXTRA_MEETINGS = [  # around workouts: over the whole window, into it, and all the evening
    (wall(10, 12, 16, 45), wall(10, 12, 18, 0)), (wall(10, 14, 17, 45), wall(10, 14, 18, 10)),
    (wall(10, 28, 16, 25), wall(10, 28, 18, 30)),
]


def meetings_of(chance, month, day, weekday):
    found = [(wall(month, day, 9), wall(month, day, 9, 30))] if weekday < 4 else []
    slots = [(10, 30, 60), (13, 30, 60), (15, 0, 45), (14, 30, 30), (11, 0, 45)]
    for hour, minute, length in slots:
        start_s = wall(month, day, hour, minute)
        if chance.happens(0.3) and all(start_s >= m[1] or start_s + length * MIN <= m[0] for m in found):
            found.append((start_s, start_s + length * MIN))
    found += [m for m in EXTRA_MEETINGS if wall(month, day) <= m[0] < wall(month, day) + DAY_S]
    return sorted(found)


def live(m, plan):
    """All worn hours; the meetings."""
    meetings = []
    holiday = range(14, 19)
    for n in range(30):
        month, day = date_of(n)
        weekday = n % 7
        midnight_s = wall(month, day)
        gym = [w for w in plan if w["expect"] != "cancelled" and midnight_s <= w["start"] < midnight_s + DAY_S]
        if weekday >= 5 or n in holiday:
            continue_holiday(m, month, day)
            continue
        todays = meetings_of(m.chance, month, day, weekday)
        meetings += todays
        if (month, day) == (10, 8):  # at home on the shelf
            continue
        if (month, day) == (10, 27):  # left on the desk
            m.move_to(wall(month, day, 8, 10))
            m.act("walk", 200)
            m.work(wall(month, day, 9, 40), todays)
            m.act("take off", 7 * HOUR)
            continue
        leave_s = wall(month, day, 17, m.chance.whole(2, 28))
        if todays and todays[-1][1] > leave_s and todays[-1][0] < leave_s:
            leave_s = todays[-1][1]
        wears = gym and m.chance.happens(0.5) and gym[0]["start"] > leave_s + 12 * MIN
        m.office_day(month, day, todays, leave_s, (gym[0]["start"], gym[0]["end"]) if wears else None)
        if n == 0:
            calibrate(m)
    return meetings


def calibrate(m):
    """Put before all that was played so far: the wearer shows his own postures, in the minutes before the first day."""
    length = sum(seconds for _, seconds, _ in CALIBRATION)
    lines = [f"{what} {seconds}s {ANGLE.get(what, '')}".rstrip() for what, seconds, _ in CALIBRATION]
    m.scenario[3:3] = lines
    m.start_s -= length
    m.played_s += length
    m.jumps = [(at + length, was, to) for at, was, to in m.jumps]
    at_s = m.start_s
    for what, seconds, pose in CALIBRATION:
        if pose:
            m.say(f"calibrate {pose}", at_s)
        at_s += seconds


def continue_holiday(m, month, day):
    if (month, day) == (10, 10):  # a Saturday in town
        m.move_to(wall(month, day, 10, 5))
        m.act("walk", 30 * MIN)
        m.sit(m.now_s + 70 * MIN)
        m.act("walk", 20 * MIN)
    if (month, day) == (10, 21):  # on the hill
        m.move_to(wall(month, day, 13, 0))
        m.act("walk", 50 * MIN)
        m.act("stand", 5 * MIN)
        m.sit(m.now_s + 25 * MIN)
        m.act("walk", 40 * MIN)
    if (month, day) == (10, 24):  # a long evening at a table, until after the clocks have gone back
        m.move_to(wall(month, day, 21, 30))
        m.act("walk", 4 * MIN)
        m.sit(m.now_s + 150 * MIN)
        m.act("walk", 5 * MIN)
        m.sit(m.now_s + 190 * MIN)
        m.act("walk", 10 * MIN)


def person(m):
    """Pain with its area, stress, soreness, health; looks at the notices now and then and answers what is there."""
    c = m.chance
    pain = [(12, 3), (13, 4), (14, 5), (15, 6), (16, 7), (22, 5), (26, 3), (28, 2), (30, 1)]
    for day, value in pain:
        m.say(f"pain {value} low-back", wall(10, day, 8, 40))
    for n in range(0, 30, 2):
        m.say(f"stress {c.whole(2, 7)}", wall(*date_of(n), 20, 30))
    for n in (1, 8, 22):
        m.say("soreness 3 thigh", wall(*date_of(n), 8, 45))
    for n, items in ((0, "walk3 trot"), (2, "lunge hams"), (7, "walk3 sigh5"), (9, "sigh5"), (21, "walk3 trot")):
        m.say(f"did {items}", wall(*date_of(n), 20))
    m.say("session deep-tissue", wall(10, 17, 16))
    return [dict(at=wall(10, day, 8, 40), value=value, area="low-back") for day, value in pain]


def answer(m, plan):
    """Not while a workout is called off: its notice is to close by itself."""
    c = m.chance
    called_off = [w["told"] for w in plan if w["expect"] == "cancelled"]
    for n in range(30):
        at_s, end_s = wall(*date_of(n), 8, 30), wall(*date_of(n), 19, 30)
        while at_s < end_s:
            at_s += c.whole(4 * MIN, 11 * MIN)
            draw = c.source.random()
            word = next((word for share, word in ANSWERS if draw < share), "")
            if not word or any(t - 10 * MIN < at_s < t + 5 * MIN for t in called_off):
                continue
            for topic in TOPICS:
                if word == "snooze" and topic not in ("slouch", "break", "workout"):
                    continue
                if word == "wrong" and topic not in ("slouch", "break", "lean"):
                    continue
                if topic == "reference":
                    word = "wrong"  # it never moved
                m.say(f"answer {topic} {word}", at_s)


def known(plan, at_s):
    """The workouts as the calendar has them at that time: (start, end, title)."""
    for w in plan:
        moved = "moved_from" in w and at_s < w["told"]
        start_s = w["moved_from"] if moved else w["start"]
        gone = w["expect"] == "cancelled" and at_s >= w["told"]
        if "added" not in w and not gone:
            yield start_s, start_s + w["end"] - w["start"], f"{w['title']} ({w['type']})"


def calendar(m, plan, meetings, folder):
    """What the calendar says, each morning and whenever something changes, in the lines of plumbline-calendar."""
    changes = [m.start_s] + [wall(*date_of(n), 6) for n in range(1, 30)] + [w["told"] for w in plan if "told" in w]
    for i, at_s in enumerate(sorted(changes)):
        path = os.path.join(folder, f"calendar-{i}")
        events = [(s, e, f"Meeting {s % 7}") for s, e in meetings] + list(known(plan, at_s))
        with open(path, "w", encoding="utf-8") as out:
            for start_s, end_s, title in sorted(events):
                if at_s - DAY_S <= start_s < at_s + 13 * DAY_S:
                    print(f"event {start_s} {end_s} busy timed {title}", file=out)
            print("end", file=out)
        m.say(f"calendar {path}", at_s)
    for w in plan:
        if "added" in w:
            length_min = (w["end"] - w["start"]) // MIN
            m.say(f"workout {w['start']} {length_min} {w['type']} {w['title']}", w["added"])


def main():
    folder = sys.argv[1]
    m = Month()
    plan = workouts()
    meetings = live(m, plan)
    pain = person(m)
    health = [dict(at=wall(10, 12, 8, 30), contra="dk")]
    red = [dict(start=wall(10, 29, 8, 30), end=wall(10, 31, 10))]
    m.say("health set d k", health[0]["at"])
    m.say("health flag fever", red[0]["start"])
    m.say("health clear fever", red[0]["end"])
    answer(m, plan)
    calendar(m, plan, meetings, os.path.abspath(folder))
    write = lambda name: open(os.path.join(folder, name), "w", encoding="utf-8")
    with write("month.scn") as out:
        print("\n".join(m.scenario), file=out)
    with write("jumps") as out:
        for at_s, was_s, to_s in m.jumps:
            print(f"jump@{at_s}s+{to_s - was_s}s", file=out)
    with write("commands") as out:
        for at_s, command in sorted(m.commands, key=lambda c: c[0]):
            if at_s >= m.start_s:
                print(at_s - m.start_s, command, file=out)
    with write("truth.json") as out:
        json.dump(dict(start=m.start_s, jumps=m.jumps, meetings=meetings, workouts=plan, pain=pain, health=health,
                       red=red, hours=[8 * 60, 17 * 60 + 30]), out, indent=1)
    with write("start") as out:
        print(time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(m.start_s)), file=out)


if __name__ == "__main__":
    main()
