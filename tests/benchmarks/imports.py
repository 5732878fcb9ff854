"""A GeoPackage of a million building-like polygons into a layer: ours beside ogr2ogr, on one cluster, in one run.

    .venv/bin/python -m tests.benchmarks.imports [--polygons N]

Ours is the command line as people use it, with every check, into the logged table with its eight indexes, its
Mercator twin, its foreign keys and its history, of which each row tells its beginning itself. ogr2ogr copies into a
plain table of its own, which then gets a spatial index and a unique index on the code. A second run has 1 % wrong
rows. Needs ogr2ogr.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
import pyogrio
import shapely
from geopandas import GeoDataFrame

from layers.cluster import Cluster
from layers.migrate import migrate
from layers.settings import ROOT

GROUND = (116.30, 31.40, 116.80, 31.95)
DISTRICT = """
INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES ('341502000000', '金安区', 'district', 'district',
    '2020-01-01', ST_Multi(ST_MakeEnvelope(116.2, 31.3, 116.9, 32.0, 4490)))
"""
WAYS = ("self-crossing", "empty", "outside", "duplicate code", "bad number")


def houses(count: int) -> GeoDataFrame:
    """L-shaped outlines of 8 to 30 m, evenly over the district, with the columns of the layer ``compounds``."""
    draw = np.random.default_rng(5)
    number = np.arange(count)
    west, south, east, north = GROUND
    x, y = west + draw.random(count) * (east - west), south + draw.random(count) * (north - south)
    wide, tall = (8 + number % 23) / 94_600, (8 + number % 19) / 110_900
    ring = np.array([(0, 0), (1, 0), (1, 0.5), (0.6, 0.5), (0.6, 1), (0, 1), (0, 0)])
    corners = np.stack(
        [x[:, None] + ring[:, 0] * wide[:, None], y[:, None] + ring[:, 1] * tall[:, None]], axis=-1
    )
    columns = {
        "code": [f"XQ-{each:07d}" for each in number],
        "name": [f"小区 {each}" for each in number],
        "address": [f"望城路 {each % 500} 号" for each in number],
        "households": [str(10 + each % 900) for each in number],
        "sorted_since": [f"202{each % 4}-0{each % 9 + 1}-11" for each in number],
        "division": "341502000000",
    }
    return GeoDataFrame(columns, geometry=shapely.polygons(corners), crs="EPSG:4490")


def spoil(frame: GeoDataFrame) -> set[int]:
    """Make every hundredth row wrong, in five ways by turns; the row numbers that must be named.

    A duplicate code names the row that has it as well as the one that had it first.
    """
    wrong: set[int] = set()
    shapes, codes, numbers = frame.geometry.to_numpy().copy(), list(frame["code"]), list(frame["households"])
    for turn, at in enumerate(range(50, len(frame), 100)):
        wrong.add(at + 1)
        way = WAYS[turn % len(WAYS)]
        if way == "self-crossing":
            west, south, east, north = shapes[at].bounds
            shapes[at] = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
        elif way == "empty":
            shapes[at] = None
        elif way == "outside":
            shapes[at] = shapely.transform(shapes[at], lambda points: np.add(points, (1.5, 0)))
        elif way == "duplicate code":
            codes[at] = codes[at - 1]
            wrong.add(at)
        else:
            numbers[at] = "many"
    frame["code"], frame["households"] = codes, numbers
    frame.geometry = shapes
    return wrong


def ours(url: str, home: Path, path: Path, *more: str) -> tuple[float, int]:
    """Seconds of ``chengtu import``, and the peak of its memory in MB (VmHWM)."""
    command = [sys.executable, "-m", "api.cli", "import", "compounds", str(path), *more]
    own = {**os.environ, "CHENGTU_DATABASE_URL": url, "CHENGTU_HOME": str(home)}
    started, peak = time.perf_counter(), 0
    child = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while child.poll() is None:
        try:
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{child.pid}/status").read_text())
        except OSError:
            found = None
        peak = max(peak, int(found[1]) // 1024 if found else 0)
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    if child.returncode:
        raise SystemExit(child.stdout.read().decode() if child.stdout else "chengtu import failed")
    return seconds, peak


def theirs(url: str, path: Path) -> tuple[float, float, float]:
    """Seconds of ogr2ogr by COPY, of the spatial index, of the unique index on the code."""
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{url}", str(path), "-nln", "plain", "-nlt", "MULTIPOLYGON",
               "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=NONE", "--config", "PG_USE_COPY", "YES"]  # fmt: skip
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    times = [time.perf_counter() - started]
    with psycopg.connect(url, autocommit=True) as connection:
        for index in ("INDEX ON plain USING gist (geom)", "UNIQUE INDEX ON plain (code)"):
            started = time.perf_counter()
            connection.execute(f"CREATE {index}".encode())
            times.append(time.perf_counter() - started)
    return times[0], times[1], times[2]


def asked(url: str, sql: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return int(row[0]) if row else 0


def fresh(cluster: Cluster, name: str) -> str:
    """A migrated database with the district, as an installation has it."""
    url = cluster.create_database(name)
    migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute(DISTRICT.encode())
    return url


def measured(cluster: Cluster, home: Path, count: int) -> None:
    frame = houses(count)
    path = home / "houses.gpkg"
    pyogrio.write_dataframe(frame, path, driver="GPKG")
    wrong = spoil(frame)
    broken = home / "broken.gpkg"
    pyogrio.write_dataframe(frame, broken, driver="GPKG", geometry_type="Polygon")
    del frame
    print(f"{count:,} polygons, file of {path.stat().st_size >> 20} MB\n", flush=True)
    plain = cluster.create_database("plain")
    with psycopg.connect(plain) as connection:
        connection.execute(b"CREATE EXTENSION postgis")
    load, spatial, unique = theirs(plain, path)
    seconds, peak = ours(fresh(cluster, "ours"), home, path)
    total = load + spatial + unique
    print("| way | s | peak MB |\n|---|---|---|")
    print(f"| ogr2ogr, plain table | {load:.1f} | |\n| its spatial index | {spatial:.1f} | |")
    print(f"| its unique index | {unique:.1f} | |\n| ogr2ogr in all | {total:.1f} | |")
    print(f"| chengtu import | {seconds:.1f} | {peak} |\n| ratio | {seconds / total:.2f} | |\n", flush=True)
    spoiled = fresh(cluster, "spoiled")
    listed = home / "faults.csv"
    seconds, peak = ours(spoiled, home, broken, "--sound-rows", "--faults", str(listed))
    with listed.open(encoding="utf-8-sig", newline="") as lines:
        named = {int(each[0]) for each in list(csv.reader(lines))[1:]}
    stored = asked(spoiled, "SELECT count(*) FROM compounds")
    told = asked(spoiled, "SELECT count(*) FROM compounds WHERE version = 1 AND updated_by IS NOT NULL")
    print("| with 1 % wrong rows | |\n|---|---|")
    print(f"| rows that are wrong | {len(wrong):,} |\n| of them named | {len(wrong & named):,} |")
    print(f"| sound rows named as wrong | {len(named - wrong):,} |\n| stored | {stored:,} |")
    print(
        f"| sound rows lost | {count - len(wrong) - stored:,} |\n| of them telling when and by whom | {told:,} |"
    )
    print(f"| s | {seconds:.1f} |\n| peak MB | {peak} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--polygons", type=int, default=1_000_000)
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="chengtu-imports-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home / "postgres")
        cluster.start()
        try:
            measured(cluster, home, given.polygons)
        finally:
            cluster.stop()
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
