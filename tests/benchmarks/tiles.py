"""Vector tiles of a million polygons: our server beside the bare query (pgbench), tipg and MapServer, in one run.

    .venv/bin/python -m tests.benchmarks.tiles [--polygons N] [--seconds S] [--tipg PYTHON] [--mapserver]

Needs wrk and pgbench; ``--mapserver`` also cgi-mapserver and lighttpd; ``--tipg`` is the Python of a venv with tipg
and uvicorn. Polygons of 8 to 30 m lie evenly over the district; tiles are drawn evenly over the same ground. 8
clients, two workers of each server, everything on one machine; beside the others our cache is off: like is compared
with like. The servers are asked by turns, round after round, so that a machine that is slower for a while is so for
all; a rate is the median of its rounds, a ratio the median of theirs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import morecantile
import numpy as np
from sqlalchemy import make_url, text

from layers import database, tiles
from layers.catalogue import layer
from layers.cluster import Cluster
from layers.layer import EVERYONE
from layers.migrate import migrate
from layers.settings import ROOT
from tests.benchmarks import mapserver
from tests.ports import free_port

Asked = Callable[[int, int], float]
Round = tuple[float | None, ...]
GROUND = (116.30, 31.40, 116.80, 31.95)
GRID = morecantile.tms.get("WebMercatorQuad")
ID = "compounds"
FILL = """
SET session_replication_role = replica;
INSERT INTO divisions (code, name, level, kind, valid_from, geom) VALUES ('341502000000', '金安区', 'district', 'district',
    '2020-01-01', ST_Multi(ST_MakeEnvelope(116.2, 31.3, 116.9, 32.0, 4490))) ON CONFLICT DO NOTHING;
INSERT INTO compounds (code, name, households, division_id, geom)
SELECT 'XQ-' || n, '小区 ' || n, 10 + n % 900, (SELECT min(id) FROM divisions),
       ST_Multi(ST_MakeEnvelope(x, y, x + (8 + n % 23) / 94600.0, y + (8 + n % 19) / 110900.0, 4490))
FROM (SELECT n, {west} + random() * {wide} AS x, {south} + random() * {tall} AS y FROM generate_series(1, {count}) AS n) AS p;
"""
LUA = """
local first, cols, rows = {x0}, {cols}, {rows}
math.randomseed(tonumber(tostring({{}}):sub(8)) or os.time())
request = function()
    local x, y = {x0} + math.random(0, {cols} - 1), {y0} + math.random(0, {rows} - 1)
    return wrk.format("GET", "{path}" .. {order}, {{["Accept-Encoding"] = "gzip"}})
end
"""


MAPFILE = """
MAP
  SIZE 256 256
  EXTENT -20037508 -20037508 20037508 20037508
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT
    NAME "mvt"
    DRIVER "MVT"
    FORMATOPTION "EXTENT=4096"
    FORMATOPTION "EDGE_BUFFER=64"
  END
  IMAGETYPE "mvt"
  LAYER
    NAME "{table}"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE POSTGIS
    CONNECTION "{connection}"
    DATA "geom_3857 FROM {table} USING UNIQUE id USING SRID=3857"
    PROJECTION "init=epsg:3857" END
    PROCESSING "CLOSE_CONNECTION=DEFER"
    METADATA "gml_include_items" "code,name" END
    CLASS END
  END
END
"""


def span(zoom: int) -> tuple[int, int, int, int]:
    """First column and row, columns and rows of the tiles over the ground."""
    one, other = GRID.tile(GROUND[0], GROUND[3], zoom), GRID.tile(GROUND[2], GROUND[1], zoom)
    return one.x, one.y, other.x - one.x + 1, other.y - one.y + 1


def filled(cluster: Cluster, count: int) -> str:
    """A database with so many polygons, as the migrations make it."""
    url = cluster.create_database(f"tiles_{count}_{int(time.time())}")
    migrate(url)
    west, south, east, north = GROUND
    with database.session(url) as session:
        session.execute(text("SELECT setseed(0.5)"))
        session.execute(
            text(FILL.format(count=count, west=west, south=south, wide=east - west, tall=north - south))
        )
    with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        layer_ = layer(ID)
        counted = {"first": layer_.min_zoom, "last": layer_.clustered_below - 1}
        connection.execute(
            text(f"SELECT refill_tile_cells('{ID}', :first, :last)"), counted
        )  # triggers were off
        connection.execute(text("VACUUM ANALYZE compounds"))
        connection.execute(text("VACUUM ANALYZE tile_cells"))
    return url


def bare(cluster: Cluster, url: str, zoom: int, seconds: int, clients: int) -> float:
    """Tiles a second of the prepared query alone."""
    x0, y0, cols, rows = span(zoom)
    sql = (
        tiles.tile_sql(layer(ID), EVERYONE, tiles.View.of(layer(ID), zoom))
        .replace("$1", str(zoom))
        .replace("$2", ":x")
        .replace("$3", ":y")
    )
    script = f"\\set x random({x0}, {x0 + cols - 1})\n\\set y random({y0}, {y0 + rows - 1})\n{' '.join(sql.split())};\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        pgbench = next(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), Path("pgbench"))
        command = [
            pgbench,
            "-n",
            "-M",
            "prepared",
            "-c",
            clients,
            "-j",
            "2",
            "-T",
            seconds,
            "-f",
            file.name,
            "-d",
            url,
        ]
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stderr[-800:]
    return float(found[1])


def asked(port: int, path: str, order: str, zoom: int, seconds: int, clients: int) -> tuple[float, float]:
    """Answers a second by wrk, and the 95th percentile in ms; every error is said."""
    x0, y0, cols, rows = span(zoom)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        done_ = 'done = function(s, l) io.write(string.format("P95 %.2f BAD %d\\n", l:percentile(95) / 1000, s.errors.status)) end'
        file.write(LUA.format(x0=x0, y0=y0, cols=cols, rows=rows, path=path, order=order) + done_)
        file.flush()
        command = [
            "wrk",
            "-t",
            "1",
            "-c",
            str(clients),
            "-d",
            f"{seconds}s",
            "--timeout",
            "20s",
            "-s",
            file.name,
        ]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    late = re.search(r"P95 ([\d.]+) BAD (\d+)", done.stdout)
    assert rate and late, done.stdout
    if late[2] != "0":
        print(f"  ({late[2]} answers were errors)")
    return float(rate[1]), float(late[1])


@contextlib.contextmanager
def serving(command: list[str], environment: dict[str, str], port: int, ready: str) -> Iterator[None]:
    """A server until the block ends."""
    child = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(200):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5),
            ):
                break
            time.sleep(0.2)
        yield
    finally:
        child.terminate()
        child.wait(20)
        with contextlib.suppress(ProcessLookupError):  # lighttpd leaves its MapServers behind
            os.killpg(child.pid, signal.SIGTERM)


def ours(home: Path, url: str, port: int) -> tuple[list[str], dict[str, str], int, str]:
    command = [sys.executable, "-m", "api.listen", "api.app:create_from_settings", "--factory",
               "--port", str(port), "--workers", "2"]  # fmt: skip
    return command, {"CHENGTU_DATABASE_URL": url, "CHENGTU_HOME": str(home)}, port, "/ready"


def peer(python: Path, app: str, port: int) -> list[str]:
    """Another ASGI application, its two processes listening as ours do."""
    return [str(python), "-P", str(ROOT / "api" / "listen.py"), app, "--port", str(port), "--workers", "2"]


def cold(port: int, zoom: int, many: int) -> list[float]:
    """Milliseconds of tiles that nobody asked for before, one client after another."""
    x0, y0, cols, rows = span(zoom)
    choice = np.random.default_rng(zoom).permutation(cols * rows)[:many]
    times = []
    for each in choice:
        address = f"http://127.0.0.1:{port}/ogc/collections/{ID}/tiles/WebMercatorQuad/{zoom}/{y0 + each // cols}/{x0 + each % cols}"
        asked_ = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
        started = time.perf_counter()
        with urllib.request.urlopen(asked_) as answer:
            answer.read()
        times.append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--polygons", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tipg", type=Path)
    parser.add_argument("--mapserver", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengtu-tiles-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home / "postgres")
        cluster.start()
        try:
            measured(cluster, home, given)
        finally:
            database.close_all()
            cluster.stop()


def measured(cluster: Cluster, home: Path, given: argparse.Namespace) -> None:
    started = time.perf_counter()
    url = filled(cluster, given.polygons)
    print(f"{given.polygons:,} polygons, filled in {time.perf_counter() - started:.0f} s\n")
    path = f"/ogc/collections/{ID}/tiles/WebMercatorQuad"
    command = ours(home, url, free_port())
    print(
        "| zoom | pgbench /s | Chengtu /s | of pgbench | p95 8 clients ms | tipg /s | Chengtu is | MapServer /s | Chengtu is |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    nothing_kept = {**command[1], "CHENGTU_TILE_CACHE_MB": "0"}  # every tile is made
    with contextlib.ExitStack() as running:
        running.enter_context(serving(command[0], nothing_kept, *command[2:]))
        tipg = running.enter_context(with_tipg(given.tipg, url)) if given.tipg else None
        map_server = running.enter_context(with_mapserver(home, url)) if given.mapserver else None
        for zoom in (14, 16):
            rounds: list[Round] = []
            for _ in range(given.rounds):
                base = bare(cluster, url, zoom, given.seconds, 8)
                rate, late = asked(command[2], f"{path}/{zoom}/", 'y .. "/" .. x', zoom, given.seconds, 8)
                peers = [each and each(zoom, given.seconds) for each in (tipg, map_server)]
                rounds.append((base, rate, late, *peers))
            print(told(zoom, rounds), flush=True)
    print("\n| zoom | cold tile, one client: median ms | p95 ms |\n|---|---|---|")
    with serving(*command):
        for zoom in range(8, 19):
            times = cold(command[2], zoom, 60)
            print(f"| {zoom} | {statistics.median(times):.1f} | {np.percentile(times, 95):.1f} |", flush=True)
        hot(command[2], path, given.seconds)


def told(zoom: int, rounds: list[Round]) -> str:
    """A line of the table."""
    base, rate, late, *peers = zip(*rounds, strict=True)
    middle = statistics.median
    cells = [
        f"{middle(base):.0f}",
        f"{middle(rate):.0f}",
        f"{between(rate, base):.2f}",
        f"{middle(late):.0f}",
    ]
    for peer in peers:
        cells += [f"{middle(peer):.0f}", f"{between(rate, peer):.1f} ×"] if peer[0] else ["not run", "–"]
    return f"| {zoom} | {' | '.join(cells)} |"


def between(ours_: Sequence[float], theirs: Sequence[float]) -> float:
    """The median ratio of two rates that were measured by turns."""
    return statistics.median(one / other for one, other in zip(ours_, theirs, strict=True))


def hot(port: int, path: str, seconds: int) -> None:
    """One tile again and again, whole and unchanged (304)."""
    x0, y0, cols, rows = span(16)
    address = f"http://127.0.0.1:{port}{path}/16/{y0 + rows // 2}/{x0 + cols // 2}"
    with urllib.request.urlopen(
        urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    ) as answer:
        etag = answer.headers["etag"]
    print("\n| warm tile | /s |\n|---|---|")
    for name, headers in (("whole", []), ("304", ["-H", f"If-None-Match: {etag}"])):
        command = [
            "wrk",
            "-t",
            "1",
            "-c",
            "8",
            "-d",
            f"{seconds}s",
            "-H",
            "Accept-Encoding: gzip",
            *headers,
            address,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
        print(f"| {name} | {float(rate[1]) if rate else 0:.0f} |", flush=True)


@contextlib.contextmanager
def with_tipg(python: Path, url: str) -> Iterator[Asked]:
    """tipg, as a function of zoom and seconds that gives its rate."""
    port = free_port()
    at = make_url(url)
    folder = quote(str(at.query["host"]), safe="")  # its settings know no address without a host
    environment = {
        "DATABASE_URL": f"postgresql://{at.username}:{at.password}@{folder}:5432/{at.database}",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_DB_SCHEMAS": '["public"]',
    }
    command = peer(python, "tipg.main:app", port)
    query = '"?geom-column=geom_3857&properties=code,name"'
    order = f'x .. "/" .. y .. {query}'
    path = f"/collections/public.{ID}/tiles/WebMercatorQuad"
    with serving(command, environment, port, "/healthz"):
        yield lambda zoom, seconds: asked(port, f"{path}/{zoom}/", order, zoom, seconds, 8)[0]


@contextlib.contextmanager
def with_mapserver(home: Path, url: str) -> Iterator[Asked]:
    """MapServer, likewise."""
    port, at = free_port(), make_url(url)
    folder = home / "mapserver"
    folder.mkdir(exist_ok=True)
    connection = f"host={at.query['host']} dbname={at.database} user={at.username} password={at.password}"
    command = mapserver.command(folder, port, MAPFILE.format(connection=connection, table=ID))
    path = mapserver.path(folder, ID)
    x0, y0, _, _ = span(
        18
    )  # a small tile: that of zoom 0 holds everything, and is asked for again before it comes
    with serving(command, {}, port, f"{path}{x0}+{y0}+18"):
        yield lambda zoom, seconds: asked(port, path, f'x .. "+" .. y .. "+" .. {zoom}', zoom, seconds, 8)[0]


if __name__ == "__main__":
    main()
