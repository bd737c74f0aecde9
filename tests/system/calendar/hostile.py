#!/usr/bin/env python3
"""Calendars made to hurt, each read by plumbline-calendar as the daemon would: it has to end by itself, with its last line and
a note or an honest answer. What each costs is printed.

    hostile.py PLUMBLINE-CALENDAR

Memory is compared with what the child promises (64 MB), unless it was built with a sanitizer; time is only shown."""
import json
import os
import random
import sys
import tempfile
import time

PROGRAM = sys.argv[1]
FROM, TO = 1795392000, 1795392000 + 14 * 86400  # 2026-11-23
MEMORY_MAX_MB = 64
INSTRUMENTED = 'libasan' in os.popen(f'ldd {PROGRAM}; nm -D {PROGRAM} | grep -o libasan').read()
GOOD = b'BEGIN:VEVENT\nUID:good\nSUMMARY:good\nDTSTART:20261124T100000Z\nDURATION:PT1H\nEND:VEVENT\n'
GOOD_LINE = 'event 1795514400 1795518000 busy timed good'
worst = {'s': 0.0, 'mb': 0.0}


def serve(requests, answers):
    """Runs the program for each line of paths. A process that is forked counts the memory of the one it was forked from as its
    own, so this one is made before there is much."""
    for line in requests:
        sink, *paths = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(sink, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
            os.execv(PROGRAM, [PROGRAM, '--from', str(FROM), '--to', str(TO), '--zone', 'Europe/Stockholm', *paths])
        _, status, used = os.wait4(pid, 0)
        answers.write(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]) + '\n')
        answers.flush()


def start_server():
    (theirs, ours), (back, forth) = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.close(ours)
        serve(os.fdopen(theirs), os.fdopen(forth, 'w'))
        os._exit(0)
    return os.fdopen(ours, 'w', buffering=1), os.fdopen(back)


def run(*paths):
    """Lines, exit code, processor seconds, peak MB."""
    sink = os.path.join(folder, 'out')
    print(json.dumps([sink, *paths]), file=requests)
    code, cpu_s, mb = json.loads(answers.readline())
    with open(sink, encoding='utf-8', errors='strict') as f:
        return f.read().split('\n'), code, cpu_s, mb


def check(what, *paths, noted=None, good=None):
    lines, code, cpu_s, mb = run(*paths)
    worst['s'], worst['mb'] = max(worst['s'], cpu_s), max(worst['mb'], mb)
    notes = [line for line in lines if line.startswith('note ')]
    events = sum(line.startswith('event ') for line in lines)
    print(f'{what:46s} {cpu_s:6.3f} s {mb:6.1f} MB  {events:4d} events, {len(notes)} notes')
    if code != 0 or lines[-2:] != ['end', '']:
        sys.exit(f'{what}: it ended with {code} and without its last line')
    if noted and not INSTRUMENTED and not any(noted in note for note in notes):
        sys.exit(f'{what}: no note "{noted}" in {notes}')
    if good and GOOD_LINE not in lines and not INSTRUMENTED:  # which may have been too slow for it
        sys.exit(f'{what}: the event beside it is lost')
    if mb > MEMORY_MAX_MB and not INSTRUMENTED:
        sys.exit(f'{what}: {mb:.1f} MB')


def write(data, name='x.ics'):
    path = os.path.join(folder, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path


def calendar(*parts):
    return b'BEGIN:VCALENDAR\nVERSION:2.0\n' + b''.join(parts) + b'END:VCALENDAR\n'


def event(*lines, uid=b'1'):
    return b'BEGIN:VEVENT\nUID:' + uid + b'\n' + b'\n'.join(lines) + b'\nEND:VEVENT\n'


def rules():
    old = b'DTSTART:19000101T000000Z'
    for text, noted in (
            (b'FREQ=SECONDLY', 'repeats more than'), (b'FREQ=SECONDLY;INTERVAL=7', 'repeats more than'),
            (b'FREQ=MINUTELY', 'repeats more than'), (b'FREQ=SECONDLY;COUNT=2147483647', None),
            (b'FREQ=SECONDLY;BYSECOND=1,2,3;COUNT=2147483647', 'too long'),
            (b'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30', None), (b'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', None),
            (b'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2147483647', None),
            (b'FREQ=DAILY;BYHOUR=' + b','.join(b'%d' % i for i in range(24)) + b';BYMINUTE='
             + b','.join(b'%d' % i for i in range(60)) + b';BYSECOND=' + b','.join(b'%d' % i for i in range(60)), 'repeats more than'),
            (b'FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=' + b','.join(b'%d' % i for i in range(24)) + b';BYSETPOS='
             + b','.join(b'%d' % i for i in range(1, 367)) + b';COUNT=2147483647', None),
            (b'FREQ=DAILY;INTERVAL=99999999999999999999', None), (b'FREQ=DAILY;' * 5000, None),
            (b'FREQ=DAILY;BYDAY=' + b','.join([b'1MO'] * 20000), None)):
        check('rule ' + text.decode()[:41], write(calendar(event(old, b'RRULE:' + text), GOOD)), noted=noted, good=True)
    check('16 rules in one event', write(calendar(event(old, *[b'RRULE:FREQ=SECONDLY;BYSECOND=1;COUNT=99999999'] * 16), GOOD)),
          noted='too long')
    check('5000 events each second', write(calendar(*[event(old, b'RRULE:FREQ=SECONDLY', uid=b'%d' % i) for i in range(5000)], GOOD)),
          noted='repeats more than')
    check('20000 rules that count from 1900', write(calendar(*[event(old, b'RRULE:FREQ=DAILY;COUNT=99999', uid=b'%d' % i)
                                                               for i in range(20000)])), noted='too long')
    check('a zone that changes each second', write(calendar(
        b'BEGIN:VTIMEZONE\nTZID:z\nBEGIN:STANDARD\nDTSTART:19000101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n'
        b'RRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n', event(b'DTSTART;TZID=z:20261124T100000'), GOOD)),
        noted='time zone', good=True)
    def zones(count, rules, year, months):
        return [b'BEGIN:VTIMEZONE\nTZID:z%d\n' % k + b''.join(
            b'BEGIN:STANDARD\nDTSTART:%04d%02d%02dT000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=%s\n'
            b'END:STANDARD\n' % (year, 1 + i % 12, 1 + i % 28, months) for i in range(rules)) + b'END:VTIMEZONE\n'
            + event(b'DTSTART;TZID=z%d:20261126T100000' % k, uid=b'%d' % k) for k in range(count)]
    check('zones of 40 rules since year 1', write(calendar(*zones(100, 40, 1, b'1,2,3,4,5'), GOOD)), noted='time zone', good=True)
    check('zones with a rule of 31 days', write(calendar(*zones(60, 20, 1970, b'3;BYMONTHDAY=' + b','.join(b'%d' % i for i in range(1, 32))),
                                                         GOOD)), noted='time zone', good=True)
    check('300 zones of 20 rules since 1601', write(calendar(*zones(300, 20, 1601, b'3'), GOOD)), noted='time zone', good=True)


def sizes():
    check('100 MB', write(b'BEGIN:VCALENDAR\n' + (b'DESCRIPTION:' + b'x' * 1000 + b'\n') * 100000), noted='larger than')
    check('32 MB of descriptions', write(calendar(event(*[b'DESCRIPTION:' + b'x' * 1000] * 30000), GOOD)), good=True)
    check('a million properties', write(calendar(event(b'DTSTART:20261124T100000Z', *[b'X-A:b'] * 1000000), GOOD)), good=True)
    check('a million dates', write(calendar(event(b'DTSTART:20261124T100000Z', *[b'RDATE:20261124T100000Z'] * 1000000), GOOD)),
          noted='more than 4000', good=True)
    check('3900 dates in the window', write(calendar(event(b'DTSTART:20261124T100000Z', b'RRULE:FREQ=HOURLY', *[
        b'EXDATE:202611%02dT%02d%02d00Z' % (24 + i % 6, i % 24, i % 60) for i in range(3900)]), GOOD)), good=True)
    check('a date list of 60 kB', write(calendar(event(b'DTSTART:20261124T100000Z', b'EXDATE:' + b','.join([b'20261124'] * 7000)), GOOD)),
          good=True)
    check('100000 events', write(calendar(GOOD, *[event(b'DTSTART:20261125T100000Z', uid=b'%d' % i) for i in range(100000)])),
          noted='more events', good=True)
    check('20000 for one event', write(calendar(GOOD, *[event(b'RECURRENCE-ID:20261125T100000Z\nDTSTART:20261125T1%05dZ' % i)
                                                        for i in range(20000)])), good=True)
    check('a folded line of 30 MB', write(b'BEGIN:VCALENDAR\nSUMMARY:' + b'x\n ' * 10000000), noted=None)
    check('a name of 30 MB', write(calendar(b'x' * 30000000 + b'\n', GOOD)), good=True)
    check('a title of 30 MB', write(calendar(event(b'DTSTART:20261124T110000Z', b'SUMMARY:' + b'\xe2\x82\xac' * 10000000), GOOD)),
          good=True)
    check('a thousand zones', write(calendar(*[event(b'DTSTART;TZID=Etc/GMT+%d:20261126T100000' % i, uid=b'%d' % i)
                                               for i in range(1000)], GOOD)), noted='time zone', good=True)
    check('a parameter list of 60 kB', write(calendar(event(b'DTSTART' + b';X=Y' * 15000 + b':20261124T110000Z'), GOOD)), good=True)
    check('400 parameter lists of 60 kB', write(calendar(GOOD, event(b'DTSTART' + b';X=Y' * 15000 + b':20261124T110000Z') * 400)), good=True)
    check('30 MB of rules', write(calendar(GOOD, event(b'DTSTART:20261124T110000Z', *[b'RRULE:FREQ=DAILY'] * 12000) * 140)), noted='16 rules', good=True)


def shapes():
    check('a million levels', write(calendar(b'BEGIN:VEVENT\n' * 10 + b'BEGIN:X\n' * 1000000)), noted=None)
    check('a million ends', write(calendar(b'END:VEVENT\n' * 1000000, GOOD)), good=True)
    check('NULs', write(calendar(GOOD).replace(b'good\nDTSTART', b'go\0od\nDTSTART') + b'\0' * 1000000), noted=None)
    check('invalid UTF-8', write(calendar(event(b'DTSTART:20261124T110000Z', b'SUMMARY:' + bytes(range(128, 256)) * 4), GOOD)), good=True)
    dice = random.Random(6)
    for i in range(20):
        write(dice.randbytes(20000), f'v/g{i}.ics')
    write(calendar(GOOD), 'v/good.ics')
    check('garbage beside a good file', os.path.join(folder, 'v'), noted='no calendar', good=True)
    whole = calendar(GOOD, event(b'DTSTART;TZID=Europe/Stockholm:20261124T180000', b'RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3',
                                 b'SUMMARY:Squats'))
    os.mkdir(os.path.join(folder, 'cut'))
    for i in range(len(whole)):
        write(whole[:i], f'cut/{i:04d}.ics')
    check(f'cut at each of {len(whole)} bytes', os.path.join(folder, 'cut'), good=True)
    for i in range(0, len(whole), 7):
        lines, code, _, _ = run(os.path.join(folder, f'cut/{i:04d}.ics'))
        if code != 0 or lines[-2:] != ['end', '']:
            sys.exit(f'cut at byte {i}: ended with {code}')


requests, answers = start_server()
with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, 'v'))
    began = time.monotonic()
    rules()
    sizes()
    shapes()
    print(f'calendar hostile: the dearest took {worst["s"]:.2f} s of processor and {worst["mb"]:.1f} MB, '
          f'{time.monotonic() - began:.1f} s in all')
