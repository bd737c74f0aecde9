#!/usr/bin/env python3
"""Reads a raw log from docs/log-format.md alone: nothing here was taken from the program. That is what it is for.

read_plog.py DATA           every sample below DATA/raw, as `plumbline export samples` writes them
read_plog.py --contexts DATA every context, a line: number, kind, place, when, what
read_plog.py --golden FILE… blocks with the readings that they hold (tests/unit/blocks): says what differs
"""
import math
import os
import struct
import sys
import time
import zlib

MAGIC = b"\xb1PLB"
HEADER, SAMPLES, CONTEXT = 88, 1, 2
U32 = (1 << 32) - 1
U64 = (1 << 64) - 1
TABLE = (3846194, 3234252, 2719672, 2286964)
SENSORS = (3, 3, 4)  # accelerometer, gyro, quaternion
FIXED = ([], [1], [2, -1], [3, -3, 1])


class Damaged(Exception):
    pass


class Bits:
    """The lowest bit of a byte first; zeros behind the end are an error."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def read(self, n):
        first, last = self.at >> 3, (self.at + n + 7) >> 3
        if last > len(self.data):
            raise Damaged("bits run out")
        value = int.from_bytes(self.data[first:last], "little") >> (self.at & 7)
        self.at += n
        return value & ((1 << n) - 1)

    def signed(self, n):
        value = self.read(n)
        return value - (1 << n) if value >> (n - 1) else value


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def unfold(r):
    return (r >> 1) ^ -(r & 1)


# ---- header --------------------------------------------------------------------------------------------------------


def read_header(data, at):
    """What the header says as a dictionary, or None."""
    raw = data[at : at + HEADER]
    if len(raw) < HEADER or raw[:4] != MAGIC or raw[4] != 2 or not 1 <= raw[5] <= 3:
        return None
    length, head = struct.unpack_from("<H", raw, 6)[0], {"kind": raw[5]}
    names = "sequence count index run0 run1 wall0 offset accel gyro stream period payload payload_crc epoch crc"
    for name, value in zip(names.split(), struct.unpack_from("<IIQqqqiffIQIIII", raw, 8)):
        head[name] = value
    if length != HEADER or head["crc"] != zlib.crc32(raw[:84]):
        return None
    if head["kind"] == SAMPLES and not 1 <= head["count"] <= 8192:
        return None
    return head if at + HEADER + head["payload"] <= len(data) else None


# ---- lines ---------------------------------------------------------------------------------------------------------


class Inflated:
    def __init__(self, data):
        inflater = zlib.decompressobj(-15)
        self.data, self.at = inflater.decompress(data), 0
        if not inflater.eof:
            raise Damaged("the deflate stream does not end")

    def take(self, n):
        if self.at + n > len(self.data):
            raise Damaged("the deflate stream is short")
        self.at += n
        return self.data[self.at - n : self.at]


def read_line(inflated, count):
    descriptor = inflated.take(1)[0]
    order, width = descriptor >> 4, descriptor & 15
    if order > 2 or width > 8:
        raise Damaged("a line's descriptor")
    folded = [0] * count
    for k in range(width):
        for i, byte in enumerate(inflated.take(count)):
            folded[i] |= byte << 8 * k
    x, last, before = [], 0, 0
    for r in folded:
        value = (unfold(r) + (0, last, 2 * last - before)[order]) & U64
        x.append(value)
        last, before = value, last
    return x


# ---- axes ----------------------------------------------------------------------------------------------------------


def read_pieces(bits, begin, length, count):
    """[(begin, end, shift, coefficients)]"""
    if begin >= count:
        return []
    if length > 128 and bits.read(1):
        half = length // 2
        return read_pieces(bits, begin, half, count) + read_pieces(bits, begin + half, half, count)
    kind = bits.read(3)
    if kind > 4:
        raise Damaged("a predictor's kind")
    if kind < 4:
        return [(begin, min(begin + length, count), 0, FIXED[kind])]
    order, shift = bits.read(4) + 1, bits.read(4)
    return [(begin, min(begin + length, count), shift, [bits.signed(8) for _ in range(order)])]


def log16(x):
    b = x.bit_length() - 1
    return 16 * b + (x >> (b - 4)) - 16


class Residuals:
    """The symbols of all groups, and what was surprising so far."""

    def __init__(self, groups, symbols, count):
        self.group_of, self.next, self.end, self.symbols = {}, [], [], symbols
        begin = first = 0
        for number, (last, size) in enumerate(groups):
            for k in range(first, last + 1):
                self.group_of[k] = number
            self.next.append(begin)
            begin, first = begin + size, last + 1
            self.end.append(begin)
        self.count, self.axes, self.sums = count, 0, [0] * count

    def symbol(self, wanted):
        group = self.group_of.get(wanted)
        if group is None or self.next[group] == self.end[group]:
            raise Damaged("a group's symbols run out")
        self.next[group] += 1
        return self.symbols[self.next[group] - 1]

    def of_sensor(self, bits, axes):
        """One list of residuals an axis."""
        out = [[] for _ in range(axes)]
        fast, slow = [2048] * axes, [2048] * axes
        share, last, s = 327680 // (4 * self.axes + 2 * axes), 16 * axes, [0] + self.sums + [0]
        for i in range(self.count):
            lively = log16(180 + ((s[i] + 2 * s[i + 1] + s[i + 2] + 2 * last) * share >> 16)) - 116
            last = 0
            for a in range(axes):
                usual = log16((fast[a] >> 2) + (slow[a] >> 2) + 32) - 80
                wanted = (usual + lively) >> 2
                low = 0 if wanted < 21 else (wanted - 17) // 4
                h = self.symbol(wanted)
                r = (h << low) + bits.read(low) if h < 255 else bits.read(32)
                fast[a] = (fast[a] + 32 * r - (fast[a] >> 3)) & U32
                slow[a] = (slow[a] + 8 * r - (slow[a] >> 5)) & U32
                last += min(128, r * (TABLE[usual >> 2 & 3] >> (usual >> 4)) >> 16)
                out[a].append(r)
            self.sums[i] += last
        self.axes += axes
        return out


def restore(folded, mean, pieces):
    x = [0] * 16  # less the mean
    for begin, end, shift, coefficients in pieces:
        half = 1 << (shift - 1) if shift else 0
        for i in range(begin, end):
            predicted = half
            for k, c in enumerate(coefficients):
                predicted += c * x[-1 - k]
            x.append(signed(unfold(folded[i]) + mean + (predicted >> shift), 16) - mean)
    return [v + mean for v in x[16:]]


def read_axes(bits, residuals, count):
    axes = []
    for size in SENSORS:
        told = []
        for k in range(size):
            told.append((bits.signed(16), read_pieces(bits, 0, 8192, count)) if bits.read(1) else None)
        some = [t for t in told if t]
        folded = iter(residuals.of_sensor(bits, len(some)) if some else [])
        axes += [restore(next(folded), *t) if t else [0] * count for t in told]
    return axes


# ---- blocks --------------------------------------------------------------------------------------------------------


def read_payload(head, payload):
    """[(run time, index, have, flags, axes …)]"""
    count, bits = head["count"], Bits(payload)
    groups = [(bits.read(7), bits.read(17)) for _ in range(bits.read(7))]
    n_bits = bits.read(20)
    at = (bits.at + 7) // 8
    inflated = Inflated(payload[at + n_bits :])
    t, index, have, flags = (read_line(inflated, count) for _ in range(4))
    residuals = Residuals(groups, inflated.take(sum(size for _, size in groups)), count)
    if inflated.at != len(inflated.data):
        raise Damaged("more in the deflate stream than was said")
    axes = read_axes(Bits(payload[at : at + n_bits]), residuals, count)
    if residuals.next != residuals.end:
        raise Damaged("symbols are left")
    run = [signed(head["run0"] + ((i * head["period"] + (1 << 15)) >> 16) + t[i], 64) for i in range(count)]
    number = [(head["index"] + i + index[i]) & U64 for i in range(count)]
    return list(zip(run, number, (h & 0xFFFF for h in have), (f & 0xFFFF for f in flags), *axes))


def blocks(data, kind=SAMPLES):
    """(header, readings or bytes) of every whole block of that kind; damaged ones are told on standard error."""
    at, lost = 0, False
    while at < len(data):
        head = read_header(data, at)
        if not head:
            lost = True
            at = data.find(MAGIC, at + 1)
            if at < 0:
                break
            continue
        payload = data[at + HEADER : at + HEADER + head["payload"]]
        at += HEADER + head["payload"]
        if head["kind"] != kind:
            continue
        if zlib.crc32(payload) == head["payload_crc"]:
            yield head, read_payload(head, payload) if kind == SAMPLES else Inflated(payload).take(head["count"])
        else:
            print("a damaged payload at", at, file=sys.stderr)
    if lost:
        print("damaged stretches or a torn tail", file=sys.stderr)


def day(plog):
    """Blocks of a day: those of the .plog, then those of the .wal that are not in it."""
    n = 0
    with open(plog, "rb") as f:
        for head, readings in blocks(f.read()):
            n = head["sequence"] + 1
            yield head, readings
    wal = plog[: -len("plog")] + "wal"
    if os.path.exists(wal):
        with open(wal, "rb") as f:
            yield from (b for b in blocks(f.read()) if b[0]["sequence"] >= n)


# ---- contexts ------------------------------------------------------------------------------------------------------

CONTEXTS = {1: "start", 2: "snapshot", 3: "gap", 4: "advance", 5: "minute", 6: "rewind", 7: "finish", 8: "configure",
            9: "pose", 10: "moved", 11: "wrong", 12: "wall", 13: "zone",
            14: "given-up"}
NUMBERS = {3: 2, 4: 1, 5: 0, 7: 0, 9: 1, 10: 1, 11: 0, 12: 1, 13: 3, 14: 0}


def context(head, payload):
    kind = head["period"]
    if kind in NUMBERS:
        told = " ".join(map(str, struct.unpack("<%dq" % NUMBERS[kind], payload)))
    else:
        told = "%d bytes" % len(payload)
    if kind in (1, 2):
        tag, resumes, version = struct.unpack_from("<QQ24s", payload)
        told = "%s %s %016x %s" % (version.rstrip(b"\0").decode(), "goes-on" if resumes else "anew", tag, told)
    return "%d %s %d %d %s" % (head["index"], CONTEXTS[kind], head["run0"], head["run1"], told)


def contexts(folder):
    found = {}
    for where, _, names in os.walk(os.path.join(folder, "raw")):
        for name in names:
            with open(os.path.join(where, name), "rb") as f:
                found.update(((b[0]["index"], b[0]["period"]), b) for b in blocks(f.read(), CONTEXT))
    for _, (head, payload) in sorted(found.items()):
        print(context(head, payload).rstrip())
    return 0


# ---- as the program writes them --------------------------------------------------------------------------------------


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def unit(counts):
    """The quaternion at length 1, in singles; None where it is not one."""
    q = [single(v / 32767) for v in counts]
    norm = 0.0
    for v in q:
        norm = single(norm + single(v * v))
    if norm < 0.25:
        return None
    norm = single(math.sqrt(norm))
    return [single(v / norm) for v in q]


def shortest(v):
    """Of 7, 8 or 9 digits, the fewest that are read back as the same single."""
    return next(text for text in ("%.*g" % (digits, v) for digits in (7, 8, 9)) if single(float(text)) == v)


def cells(values):
    return "," + ",".join(map(shortest, values))


FLAGS = "clipped gap-before from-log restarted on-change imported unworn desk-active desk-quiet".split()


def words(have, flags):
    found = [name for bit, name in enumerate(FLAGS) if flags >> bit & 1]
    return " ".join(found + ["without-gravity"] * (have >> 3 & 1))


def row(head, reading):
    run, _, have, flags = reading[:4]
    wall = head["wall0"] + run - head["run0"]
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(wall // 10**9))
    q = unit(reading[10:14]) if have & 4 else None
    text = "%s.%06dZ,%d" % (stamp, wall % 10**9 // 1000, run)
    text += cells(single(v * head["accel"]) for v in reading[4:7]) if have & 9 else ",,,"
    text += cells(single(v * head["gyro"]) for v in reading[7:10]) if have & 2 else ",,,"
    text += cells(q) if q else ",,,,"
    return text + ",%s,%s,%d" % (words(have, flags), "true" if flags & 2 else "false", head["offset"])


def export(folder):
    found = []
    for where, _, names in os.walk(os.path.join(folder, "raw")):
        for name in names:
            if name.endswith(".plog"):
                found += list(day(os.path.join(where, name)))
    print("time,run_ns,ax_mps2,ay_mps2,az_mps2,gx_rads,gy_rads,gz_rads,qw,qx,qy,qz,flags,gap_before,utc_offset_s")
    for head, readings in sorted(found, key=lambda b: b[0]["run0"]):
        for reading in readings:
            print(row(head, reading))
    return 0


def golden(path):
    """Lines of numbers, one a reading (what is left out at the end is 0), then lines of hexadecimal after an 'x'."""
    expected, data = [], b""
    with open(path) as f:
        for line in f:
            if line.startswith("x"):
                data += bytes.fromhex(line[1:])
            elif not line.startswith("#"):
                numbers = [int(v) for v in line.split()]
                expected.append(tuple(numbers + [0] * (14 - len(numbers))))
    got = [reading for _, readings in blocks(data) for reading in readings]
    differ = [i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]]
    if len(got) == len(expected) and not differ:
        return 0
    print("%s: %d readings of %d; first to differ: %s" % (path, len(got), len(expected), differ[:1]), file=sys.stderr)
    return 1


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--golden":
        sys.exit(max(golden(path) for path in sys.argv[2:]))
    if len(sys.argv) == 3 and sys.argv[1] == "--contexts":
        sys.exit(contexts(sys.argv[2]))
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(export(sys.argv[1]))
