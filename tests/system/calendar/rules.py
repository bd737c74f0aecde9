#!/usr/bin/env python3
"""Random events, read by plumbline-calendar and worked out once more here: the rules by python3-dateutil on naive local
times, zones by zoneinfo, everything else (overrides, cancellations, exclusions, lengths) by the few lines below.

    rules.py PLUMBLINE-CALENDAR [COUNT [SEED]]     1000 events of seed 1; exit 1 when one differs without being explained

Where dateutil reads RFC 5545 otherwise than the RFC says, the event is worked out a second time as the RFC says; such events are
counted by class. These classes, and the only ones, are in EXPLAINED."""
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from zoneinfo import ZoneInfo

try:
    from dateutil.rrule import rrulestr
except ImportError:
    print('calendar rules: skipped, python3-dateutil is not here (tools/needs test --install)')
    sys.exit(77)

EXPLAINED = {
    'start': '3.8.5.3: DTSTART is always an occurrence, and the first that COUNT counts; dateutil leaves out what the rule does not give',
    'weekday': '3.3.10: BYDAY=MO,1TU is both; dateutil takes only days that are in both lists',
    'position': '3.3.10: BYSETPOS counts in the whole week; dateutil counts in the first week from DTSTART on',
    'week': '3.3.10: BYWEEKNO without BYDAY is the weekday of DTSTART; dateutil takes the whole week',
}
UTC = dt.timezone.utc
DAY = dt.timedelta(days=1)
DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
ZONES = ['Europe/Stockholm', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Auckland',
         'America/Sao_Paulo', 'Africa/Casablanca', 'America/Santiago', 'Asia/Beirut', 'Pacific/Chatham', 'Europe/Dublin']
# Zones that files bring under names of their own, and what they are.
OWN = {'W. Europe Standard Time': ('Europe/Stockholm', '16010101', '-1SU', 10, '030000', '+0100', '-1SU', 3, '020000', '+0200'),
       'Customized Time Zone 1': ('America/New_York', '20070101', '1SU', 11, '020000', '-0500', '2SU', 3, '020000', '-0400')}
EFFORT = {'HOURLY': 60, 'MINUTELY': 3, 'SECONDLY': 1}  # days that a rule may begin before the window


def vtimezone(name):
    _, begin, wday, wmonth, wtime, woff, sday, smonth, stime, soff = OWN[name]
    part = 'BEGIN:{}\nDTSTART:{}T{}\nTZOFFSETFROM:{}\nTZOFFSETTO:{}\nRRULE:FREQ=YEARLY;BYDAY={};BYMONTH={}\nEND:{}\n'
    return (f'BEGIN:VTIMEZONE\nTZID:{name}\n' + part.format('STANDARD', begin, wtime, soff, woff, wday, wmonth, 'STANDARD')
            + part.format('DAYLIGHT', begin, stime, woff, soff, sday, smonth, 'DAYLIGHT') + 'END:VTIMEZONE\n')


class Zone:
    """How a property writes its times: utc, floating, date, or by a name."""

    def __init__(self, kind, home):
        self.kind = kind
        self.zone = (UTC if kind == 'utc' else ZoneInfo(home) if kind in ('floating', 'date')
                     else ZoneInfo(OWN[kind][0] if kind in OWN else kind))

    def utc(self, naive):
        return naive.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def local(self, utc):
        return utc.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def write(self, name, *naive):
        form = '%Y%m%d' if self.kind == 'date' else '%Y%m%dT%H%M%SZ' if self.kind == 'utc' else '%Y%m%dT%H%M%S'
        value = ','.join(n.strftime(form) for n in naive)
        word = ';VALUE=DATE' if self.kind == 'date' else '' if self.kind in ('utc', 'floating') else ';TZID=' + self.kind
        return f'{name}{word}:{value}\n'


def some(r, values, most, must):
    """Some of VALUES, with MUST among them."""
    return ','.join(str(v) for v in sorted({must, *r.sample(values, r.randint(0, min(most, len(values))))}, key=str))


def weekday_number(r, start, by_year):
    """DTSTART's weekday with its number in the month or year."""
    if by_year:
        return f'{(start.timetuple().tm_yday + 6) // 7}{DAYS[start.weekday()]}'
    last = (start.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    n = r.choice([(start.day + 6) // 7, -((last.day - start.day) // 7 + 1)])
    return f'{n}{DAYS[start.weekday()]}'


def day_parts(r, freq, start):
    """BYxxx that choose days and keep START among them."""
    chance, parts, weekday = r.random(), {}, DAYS[start.weekday()]
    month_days = [-31, -29, -28, -15, -2, -1] + list(range(1, 32))
    numbers = [f'{n}{d}' for n in (-5, -4, -2, -1, 1, 2, 3, 4, 5) for d in DAYS]
    if r.random() < .2:
        parts['BYMONTH'] = some(r, list(range(1, 13)), 6, start.month)
    if freq == 'YEARLY' and chance < .12:
        parts['BYWEEKNO'] = some(r, [-53, -20, -2, -1, 1, 2, 9, 27, 40, 52, 53], 5, start.isocalendar()[1])
        if r.random() < .7:
            parts['BYDAY'] = some(r, DAYS, 3, weekday)
    elif freq == 'YEARLY' and chance < .28:
        parts['BYYEARDAY'] = some(r, [-366, -365, -100, -1, 1, 60, 61, 200, 365, 366], 6, start.timetuple().tm_yday)
    elif freq in ('YEARLY', 'MONTHLY') and chance < .55:
        by_year = freq == 'YEARLY' and 'BYMONTH' not in parts
        parts['BYDAY'] = some(r, numbers, 4, weekday_number(r, start, by_year))
        if r.random() < .05:
            parts['BYDAY'] += ',' + r.choice(DAYS)
    elif chance < .75 and freq != 'WEEKLY':
        parts['BYMONTHDAY'] = some(r, month_days, 8, start.day)
        if r.random() < .3:
            parts['BYDAY'] = some(r, DAYS, 3, weekday)
    elif chance < .95 or freq == 'WEEKLY':
        parts['BYDAY'] = some(r, DAYS, 4, weekday)
    return parts


def random_rule(r, zone, start, window):
    freq = r.choices(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'], [20, 25, 30, 20, 3, 1, .5])[0]
    if zone.kind == 'date' and freq in EFFORT:
        freq = 'DAILY'
    if freq in EFFORT and window[0].replace(tzinfo=None) - start > EFFORT[freq] * DAY:
        freq = 'DAILY'
    rule = {'FREQ': freq}
    if r.random() < .5 or freq in EFFORT:
        rule['INTERVAL'] = r.choice([1, 2, 2, 3, 4, 6, 7, 13]) * {'MINUTELY': 97, 'SECONDLY': 2501}.get(freq, 1)
    if r.random() < .7 and freq != 'SECONDLY':
        rule.update(day_parts(r, freq, start))
    if zone.kind != 'date' and freq not in EFFORT:
        if r.random() < .1:
            rule['BYHOUR'] = some(r, list(range(24)), 3, start.hour)
        if r.random() < .08:
            rule['BYMINUTE'] = some(r, list(range(60)), 3, start.minute)
        if r.random() < .04:
            rule['BYSECOND'] = some(r, list(range(60)), 2, start.second)
    mixed = len({len(d) > 2 for d in rule.get('BYDAY', '').split(',')}) > 1  # cannot be worked out by dateutil, see EXPLAINED
    if len(rule) > 2 and r.random() < .15 and freq not in EFFORT and not mixed:
        rule['BYSETPOS'] = some(r, [-3, -2, -1, 1, 2, 3, 5], 2, r.choice([1, -1]))
    if r.random() < .3:
        rule['WKST'] = r.choice(DAYS)
    if r.random() < .25:
        rule['COUNT'] = r.choice([1, 2, 5, 10, 50, 200, 1000])
    elif r.random() < .3:
        rule['UNTIL'] = window[0].replace(tzinfo=None) + dt.timedelta(days=r.randint(-4, 20), hours=r.randint(0, 23))
    return rule


def write_rule(rule, zone, until_kind):
    parts = []
    for key, value in rule.items():
        if key == 'UNTIL':
            if zone.kind == 'date' or until_kind == 'date':
                value = value.strftime('%Y%m%d')
            else:
                value = value.strftime('%Y%m%dT%H%M%S') + ('' if zone.kind == 'floating' else 'Z')
        parts.append(f'{key}={value}')
    return ';'.join(parts)


class Event:
    """One UID: a whole event and what stands for its occurrences; TEXT is what the calendar has, expected() what it means."""

    def __init__(self, r, number, home, window):
        self.r, self.number, self.window = r, number, window
        kind = r.choices(['utc', 'floating', 'date', r.choice(ZONES), r.choice(list(OWN))], [10, 10, 20, 50, 10])[0]
        self.zone, self.home, self.walked = Zone(kind, home), home, {}
        days = r.choice([-13, -2, 0, 1, 3, 10, 40, 300, 1200, 2900])
        at = (window[0] - days * DAY).replace(tzinfo=None, minute=0, second=0) + dt.timedelta(minutes=5 * r.randint(0, 287))
        self.start = at.replace(hour=0, minute=0) if kind == 'date' else at
        self.rules = [random_rule(r, self.zone, self.start, window) for _ in range(r.choices([0, 1, 2], [8, 88, 4])[0])]
        self.until_kind = 'date' if r.random() < .1 else 'time'
        self.synchronize()
        self.pick_length()
        self.dates, self.periods, self.without, self.days_without, self.without_rule = [], [], [], [], None
        self.others, self.cancelled = [], r.random() < .03
        self.free = r.random() < .15
        self.pick_exceptions()

    def synchronize(self):
        """Most events begin with what their rule gives first; some do not, as real ones."""
        if self.rules and self.r.random() < .95:
            first = self.walk(self.rules[0], 'dateutil', self.start, limit=1)
            if first and (first[0] - self.start < 500 * DAY):
                self.start = first[0]

    def pick_length(self):
        r, self.length, self.end = self.r, ('none', None), None
        chance = r.random()
        if self.zone.kind == 'date':
            if chance < .6:
                self.length = (r.choice(['end', 'duration']), r.choice([1, 1, 2, 5]) * DAY)
        elif chance < .5:
            self.length = ('end', dt.timedelta(minutes=5 * r.randint(1, 100)))
        elif chance < .6:
            self.length = ('end_utc', dt.timedelta(minutes=5 * r.randint(1, 100)))
        elif chance < .9:
            self.length = ('duration', r.choice([0, 0, 0, 1, 2]) * DAY + dt.timedelta(minutes=r.randint(1, 300)))

    # -- what dateutil says ----------------------------------------------------------------------------------------------

    def passed(self, rule, naive):
        if 'UNTIL' not in rule:
            return False
        if self.zone.kind == 'date' or self.until_kind == 'date':
            return naive.date() > rule['UNTIL'].date()
        if self.zone.kind == 'floating':
            return naive > rule['UNTIL']
        return self.zone.utc(naive) > rule['UNTIL'].replace(tzinfo=UTC)

    def walk(self, rule, reading, start, limit=None):
        """Naive times RULE gives from START on, up to the window's end. READING: dateutil, or rfc (EXPLAINED)."""
        key = (id(rule), reading, start, limit)
        if key in self.walked:
            return self.walked[key]
        begin = start
        bare = {k: v for k, v in rule.items() if k not in ('UNTIL', 'COUNT')}
        days = bare.get('BYDAY', '').split(',') if 'BYDAY' in bare else []
        readings = [bare]
        if reading == 'rfc':
            if 'BYWEEKNO' in bare and not days and 'BYMONTHDAY' not in bare and 'BYYEARDAY' not in bare:
                readings = [{**bare, 'BYDAY': DAYS[start.weekday()]}]
            plain, numbered = [d for d in days if len(d) == 2], [d for d in days if len(d) > 2]
            if plain and numbered:
                readings = [{**bare, 'BYDAY': ','.join(d)} for d in (plain, numbered)]
            if bare['FREQ'] == 'WEEKLY' and 'BYSETPOS' in bare:
                begin = start - (start.weekday() - DAYS.index(bare.get('WKST', 'MO'))) % 7 * DAY
                readings = [{'BYDAY': DAYS[start.weekday()], **bare}]
        last, given = self.window[1].replace(tzinfo=None) + 30 * DAY, set()
        for one in readings:
            for i, at in enumerate(rrulestr(write_rule(one, self.zone, None), dtstart=begin)):
                if at > last or i == limit or self.passed(rule, at):
                    break
                given.add(at)
        times = sorted(t for t in given if t >= start)
        if 'COUNT' in rule:
            times = times[:rule['COUNT'] - (reading == 'rfc' and bool(times) and times[0] != start)]
        self.walked[key] = times
        return times

    def own_times(self, reading):
        """(UTC, end or None) of the whole event's own occurrences."""
        zone, times = self.zone, set()
        for rule in self.rules:
            times.update(self.walk(rule, reading, self.start))
        if reading == 'rfc' or not self.rules:
            times.add(self.start)
        found = {zone.utc(t): None for t in times}
        for other, t, end in self.dates:
            found[other.utc(t)] = end or found.get(other.utc(t))
        gone = {other.utc(t) for other, t in self.without}
        if self.without_rule:
            gone.update(zone.utc(t) for t in self.walk(self.without_rule, reading, self.start))
        return {t: end for t, end in found.items() if t not in gone and zone.local(t).date() not in self.days_without}

    # -- what is done to single occurrences ------------------------------------------------------------------------------

    def other_zone(self):
        if self.zone.kind == 'date':
            return self.zone
        return self.r.choice([self.zone, self.zone, Zone('utc', self.home), Zone(self.r.choice(ZONES), self.home)])

    def pick_exceptions(self):
        r, zone = self.r, self.zone
        if r.random() < .15:
            for _ in range(r.randint(1, 3)):
                other = self.other_zone()
                at = (self.window[0] + dt.timedelta(minutes=5 * r.randint(0, 14 * 288))).replace(tzinfo=None)
                at = at.replace(hour=0, minute=0) if zone.kind == 'date' else at
                period = zone.kind != 'date' and r.random() < .3
                self.dates.append((other, at, other.utc(at) + dt.timedelta(minutes=r.randint(5, 90)) if period else None))
        if self.rules and r.random() < .03:
            self.without_rule = {'FREQ': 'WEEKLY', 'INTERVAL': r.randint(1, 3)}
        times = sorted(t for t in self.own_times('rfc') if self.window[0] - DAY < t < self.window[1])
        for t in r.sample(times, min(len(times), r.choices([0, 1, 2, 3], [6, 2, 1, 1])[0])):
            if r.random() < .1:
                self.days_without.append(zone.local(t).date())
            else:
                other = self.other_zone()
                self.without.append((other, other.local(t)))
        times = sorted(self.own_times('rfc'))
        near = [t for t in times if self.window[0] - DAY < t < self.window[1]]
        for t in r.sample(near, min(len(near), r.choices([0, 1, 2, 4], [6, 2, 1, 1])[0])):
            id_zone = self.other_zone()
            moved = zone.local(t) + (r.choice([-2, -1, 0, 1, 3]) * DAY if zone.kind == 'date'
                                     else dt.timedelta(minutes=5 * r.randint(-300, 300)))
            if zone.kind == 'date':
                moved = moved.replace(hour=0, minute=0)
            self.others.append({'of': t, 'id': (id_zone, id_zone.local(t)), 'start': moved, 'cancelled': r.random() < .3,
                                'free': r.random() < .3, 'title': f'{self.number}o{len(self.others)}',
                                'future': len(self.others) == 0 and zone.kind != 'date' and r.random() < .15})

    # -- text ------------------------------------------------------------------------------------------------------------

    def write_length(self, start):
        kind, length = self.length
        if kind == 'end':
            return self.zone.write('DTEND', start + length)
        if kind == 'end_utc':
            return Zone('utc', self.home).write('DTEND', self.zone.utc(start + length).replace(tzinfo=None))
        if kind == 'duration':
            s = int(length.total_seconds()) % 86400
            time = f'T{s // 3600}H{s // 60 % 60}M' if s else ''
            return f'DURATION:P{length.days}D{time}\n' if length.days else f'DURATION:P{time}\n'
        return ''

    def write_dates(self):
        lines = []
        for zone, at, end in self.dates:
            if end is None:
                lines.append(zone.write('RDATE', at))
            else:
                until = zone.local(end) if zone.kind != 'utc' else end.replace(tzinfo=None)
                form = '%Y%m%dT%H%M%SZ' if zone.kind == 'utc' else '%Y%m%dT%H%M%S'
                line = zone.write('RDATE', at).replace('RDATE', 'RDATE;VALUE=PERIOD')
                length = int((end - zone.utc(at)).total_seconds()) // 60
                same = zone.utc(until) == end
                lines.append(line.strip() + '/' + (until.strftime(form) if same and self.number % 2 else f'PT{length}M') + '\n')
        lines += [zone.write('EXDATE', at) for zone, at in self.without]
        lines += [Zone('date', self.home).write('EXDATE', dt.datetime.combine(d, dt.time())) for d in self.days_without]
        return lines

    def write_part(self, lines):
        return f'BEGIN:VEVENT\nUID:{self.number}@random\n' + ''.join(lines) + 'END:VEVENT\n'

    def write(self):
        lines = [self.zone.write('DTSTART', self.start), self.write_length(self.start), f'SUMMARY:{self.number}\n']
        lines += [f'RRULE:{write_rule(rule, self.zone, self.until_kind)}\n' for rule in self.rules]
        lines += self.write_dates() + (['TRANSP:TRANSPARENT\n'] if self.free else [])
        if self.without_rule:
            lines.append(f'EXRULE:{write_rule(self.without_rule, self.zone, None)}\n')
        if self.cancelled:
            lines.append('STATUS:CANCELLED\n')
        parts = [self.write_part(lines + ['SEQUENCE:2\n'])]
        if self.r.random() < .05:
            parts.append(self.write_part(['SEQUENCE:1\nDTSTART:20261112T101112Z\nRRULE:FREQ=DAILY\nSUMMARY:older\n']))
        for o in self.others:
            zone, at = o['id']
            word = 'RECURRENCE-ID' + (';RANGE=THISANDFUTURE' if o['future'] else '')
            parts.append(self.write_part([zone.write(word, at), self.zone.write('DTSTART', o['start']), self.write_length(o['start']),
                                          f'SUMMARY:{o["title"]}\n', 'TRANSP:TRANSPARENT\n' if o['free'] else '',
                                          'STATUS:CANCELLED\n' if o['cancelled'] else 'STATUS:CONFIRMED\n']))
        self.r.shuffle(parts)
        return ''.join(parts)

    # -- meaning ---------------------------------------------------------------------------------------------------------

    def end_of(self, first, utc):
        """The end of what begins at UTC, of an event whose first begins at FIRST."""
        zone, (kind, length) = self.zone, self.length
        if zone.kind == 'date':
            return zone.utc(zone.local(utc).replace(hour=0, minute=0) + (length or DAY))  # midnight may not have been
        if kind in ('end', 'end_utc'):
            return utc + max(zone.utc(first + length) - zone.utc(first), dt.timedelta(0))
        if kind == 'duration':
            nominal = zone.local(utc) + length.days * DAY if length.days else None
            return (zone.utc(nominal) if nominal else utc) + (length - length.days * DAY)
        return utc

    def expected(self, reading):
        lines = []
        word = 'allday' if self.zone.kind == 'date' else 'timed'

        def add(utc, end, free, title):
            if utc < self.window[1] and (end > self.window[0] or utc == end >= self.window[0]):
                lines.append((int(utc.timestamp()), int(end.timestamp()), 'free' if free else 'busy', word, title))
        replaced = {o['of'] for o in self.others}
        future = next((o for o in self.others if o['future']), None)
        for o in self.others:
            if not o['cancelled']:
                at = self.zone.utc(o['start'])
                add(at, self.end_of(o['start'], at), o['free'], o['title'])
        for t, end in ({} if self.cancelled else self.own_times(reading)).items():
            if t in replaced:
                continue
            if future and t > future['of']:
                at = self.zone.utc(self.zone.local(t) + (future['start'] - self.zone.local(future['of'])))
                if not future['cancelled']:
                    add(at, self.end_of(future['start'], at), future['free'], future['title'])
            else:
                add(t, end or self.end_of(self.start, t), self.free, str(self.number))
        return sorted(lines)

    def why(self):
        days = [d for rule in self.rules for d in rule.get('BYDAY', '').split(',') if d]
        if any('BYWEEKNO' in rule and 'BYDAY' not in rule for rule in self.rules):
            return 'week'
        if any(len(d) == 2 for d in days) and any(len(d) > 2 for d in days):
            return 'weekday'
        if any(rule['FREQ'] == 'WEEKLY' and 'BYSETPOS' in rule for rule in self.rules):
            return 'position'
        return 'start'


def fold(r, text):
    """As files are written: lines ended by CR LF or LF, long ones folded anywhere."""
    end, lines = r.choice(['\r\n', '\n']), []
    for line in text.splitlines():
        while len(line) > 40 and r.random() < .3:
            cut = r.randint(1, len(line) - 1)
            lines.append(line[:cut])
            line = r.choice(' \t') + line[cut:]
        lines.append(line)
    return end.join(lines) + end


def compare(program, events, home, window, folder, tally):
    r = events[0].r
    path = os.path.join(folder, 'random.ics')
    with open(path, 'w', newline='') as f:
        f.write(fold(r, 'BEGIN:VCALENDAR\nVERSION:2.0\n' + ''.join(vtimezone(z) for z in OWN)
                     + ''.join(e.write() for e in events) + 'END:VCALENDAR\n'))
    out = subprocess.run([program, '--from', str(int(window[0].timestamp())), '--to', str(int(window[1].timestamp())),
                          '--zone', home, path], capture_output=True, text=True).stdout.splitlines()
    got = {}
    for line in out:
        if line.startswith('note'):
            print(line)
            tally['noted'] += 1
        if line.startswith('event'):
            _, start, end, busy, word, title = line.split(' ', 5)
            got.setdefault(title.split('o')[0], []).append((int(start), int(end), busy, word, title))
    if not out or out[-1] != 'end':
        print('no end:', out[-3:])
        tally['unexplained'] += 1
    for e in events:
        mine = sorted(got.pop(str(e.number), []))
        tally['lines'] += len(mine)
        if mine == e.expected('dateutil'):
            tally['same'] += 1
        elif mine == e.expected('rfc'):
            tally[e.why()] += 1
        else:
            tally['unexplained'] += 1
            show(e, mine)
    for title in got:
        tally['unexplained'] += 1
        print('comes from nowhere:', title)


def show(e, mine):
    want = e.expected('rfc')
    print(f'--- event {e.number}, floating in {e.home}, {e.window[0]} to {e.window[1]}')
    print(e.write())
    for word, lines in (('only read', set(mine) - set(want)), ('not read', set(want) - set(mine))):
        for start, end, *rest in sorted(lines)[:5]:
            print(word, dt.datetime.fromtimestamp(start, UTC), dt.datetime.fromtimestamp(end, UTC), *rest)


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    r, tally, number = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1), Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        while number < count:
            home = r.choice(ZONES)
            begin = dt.datetime(r.randint(2024, 2030), r.choice([r.randint(1, 12), 3, 10, 11]), r.randint(1, 28), 23 * r.randint(0, 1),
                                tzinfo=UTC)
            window, events, lines = (begin, begin + 14 * DAY), [], 0
            while number < count and len(events) < 40 and lines < 300:
                e = Event(r, number, home, window)
                expected = len(e.expected('rfc')) if len(e.own_times('rfc')) < 5000 else 1000
                if expected > 190:
                    continue
                number, lines = number + 1, lines + expected
                events.append(e)
            compare(program, events, home, window, folder, tally)
    print(f'calendar rules: {number} events, {tally["lines"]} occurrences: {tally["same"]} as dateutil reads them, '
          f'{tally["unexplained"]} unexplained')
    for word, text in EXPLAINED.items():
        print(f'  {tally[word]:5d} otherwise, by RFC 5545 {text}')
    return 1 if tally['unexplained'] or tally['noted'] else 0


sys.exit(main())
