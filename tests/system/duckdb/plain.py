#!/usr/bin/env python3
"""plain.py FILE.csv… — what stands in tables that `plumbline export` wrote, by Python's csv alone, as JSON: for each
table and column how many values are there and how many are not, the smallest, the largest and the sum (times in µs since 1970,
text by its length). Whole numbers are strings, for JavaScript's numbers do not hold them all."""
import csv
import datetime
import json
import math
import os
import re
import struct
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
WHOLE = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]\d+)?")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def microseconds(text):
    t = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (t - EPOCH) // datetime.timedelta(microseconds=1)


def single(text):
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def figures(cells):
    there = [c for c in cells if c != ""]
    told = {"there": len(there), "nulls": len(cells) - len(there)}
    if not there:
        return told
    if all(map(TIME.fullmatch, there)):
        values = list(map(microseconds, there))
    elif all(map(WHOLE.fullmatch, there)):
        values = list(map(int, there))
    elif all(map(NUMBER.fullmatch, there)):
        values = list(map(single, there))
        told.update(least=min(values), most=max(values), sum=math.fsum(values), size=math.fsum(map(abs, values)))
        return told
    elif set(there) <= {"true", "false"}:
        values = [c == "true" for c in there]
    else:
        told.update(least=min(there), most=max(there), sum=str(sum(map(len, there))))
        return told
    told.update(least=str(int(min(values))), most=str(int(max(values))), sum=str(sum(values)))
    return told


def table(path):
    with open(path, newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f, strict=True))
    names = rows[0]
    for row in rows:
        if len(row) != len(names):
            sys.exit("%s: %d cells in a row of %d columns: %r" % (path, len(row), len(names), row))
    return {name: figures([row[i] for row in rows[1:]]) for i, name in enumerate(names)}


print(json.dumps({os.path.splitext(os.path.basename(p))[0]: table(p) for p in sys.argv[1:]}))
