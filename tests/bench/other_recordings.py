#!/usr/bin/env python3
"""other_recordings.py BENCH_STORE [DATA]: bench-store on recordings that its four usual files do not come from, or come
from in another form: all of $PLUMBLINE_DATA (../shared/data) that has whole numbers at the sensor's own step, or nearly so.
They are turned into .i16 files in a temporary folder, a data set and rate at a time."""
import array
import csv
import glob
import gzip
import os
import struct
import subprocess
import sys
import tempfile

IMUREF_HEADER = 40  # bytes; records of 22, the first 12 are accelerometer and gyro


def imuref(path):
    data = gzip.open(path).read()
    count, size = struct.unpack_from("<I", data, 12)[0], struct.unpack_from("<I", data, 20)[0]
    rows = (data[at:at + 12] for at in range(IMUREF_HEADER, IMUREF_HEADER + count * size, size))
    return array.array("h", b"".join(rows))


def columns(names, divisor=1, keep=lambda row: True):
    def read(path):
        samples = array.array("h")
        with gzip.open(path, "rt") as text:
            for row in csv.DictReader(text):
                if keep(row):
                    samples.extend(max(-32768, min(32767, round(int(row[n]) / divisor))) if n else 0 for n in names)
        return samples
    return read


ACCEL_MG, GYRO = ["ax_mg", "ay_mg", "az_mg"], ["gx_mrad_s", "gy_mrad_s", "gz_mrad_s"]
NONE = [None] * 3
SETS = [  # what, rate in Hz, files, how they are read
    ("broad", 95, "broad/*.imu16.gz", imuref),
    ("broad_286", 286, "broad_286/*.imu16.gz", imuref),
    ("casale", 52, "activity/casale_chest/*.csv.gz", columns(["x", "y", "z"] + NONE)),
    ("dsads", 25, "activity/dsads_torso/*.csv.gz", columns(["ax_mm_s2", "ay_mm_s2", "az_mm_s2"] + GYRO)),
    ("mobgap", 100, "activity/mobgap_lowerback/*Test11*.csv.gz", columns(ACCEL_MG + GYRO)),
    ("ngimu", 100, "activity/sts_ngimu_chest/*.csv.gz",
     columns(["chest_" + n for n in ACCEL_MG + GYRO])),
    ("skdh", 125, "activity/skdh_lumbar/*.csv.gz", columns(["ax_ug", "ay_ug", "az_ug"] + NONE, 1000)),
    ("umafall", 20, "activity/umafall_chest_waist/*.csv.gz",
     columns(ACCEL_MG + GYRO, keep=lambda row: row["position"] == "1")),
]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    data = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("PLUMBLINE_DATA", os.path.join(root, "../shared/data"))
    for what, rate, pattern, read in SETS:
        paths = sorted(glob.glob(os.path.join(data, pattern)))
        if not paths:
            print(f"{what}: no files {pattern} under {data}")
            continue
        print(f"-- {what}, {rate} Hz", flush=True)
        with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
            names = []
            for path in paths:
                samples = read(path)
                if sys.byteorder == "big" and read is not imuref:
                    samples.byteswap()
                names.append(f"{what}_{os.path.basename(path).split('.')[0]}.i16")
                with open(os.path.join(folder, names[-1]), "wb") as out:
                    out.write(samples.tobytes())
            command = [os.path.abspath(sys.argv[1]), "-r", str(rate)] + [n for n in names]
            subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    main()
