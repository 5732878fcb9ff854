"""Tiles of an orthophoto: our server beside MapServer and titiler, and how true the tiles are, in one run.

    .venv/bin/python -m tests.benchmarks.flight_tiles [--side PX] [--seconds S] [--image FILE]
        [--crs EPSG:32650] [--mapserver] [--titiler PYTHON] [--qualities 80,85,90]

An orthophoto of side × side px of 0.1 m is drawn (or FILE is taken), processed as any flight, and asked for by 8
clients (wrk), tiles drawn evenly over it at three zooms. All servers read the same checked GeoTIFF on this machine
with two processes each, nearest neighbour and JPEG, which is the fastest that MapServer and titiler do. MapServer:
``cgi-mapserver`` as FastCGI below ``lighttpd``. They are asked by turns, round after round; a rate is the median of
its rounds, a ratio the median of theirs. ``--titiler``: the Python of a venv with titiler.core and uvicorn.
titiler makes its transformation anew for each tile, which PROJ takes long for from CGCS2000: ``--crs EPSG:32650`` draws
the same in UTM, which is kinder to it. ``--qualities``: what one quality of WebP for all tiles would give; 0 is ours.
Truth is a warp of the GeoTIFF onto the tile by GDAL: bilinear at the deepest zoom, mean above.
"""

from __future__ import annotations

import argparse
import io
import re
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import rasterio
from affine import Affine
from PIL import Image
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from api.ingest import ingest
from gis import pyramid, webp
from layers import database, pipeline
from layers.cluster import Cluster
from layers.migrate import migrate
from layers.people.actions import create_person, sign_in
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage
from tests.benchmarks import mapserver
from tests.benchmarks.tiles import between, ours, peer, serving
from tests.ports import free_port

HALF = np.pi * 6_378_137.0
CLIENTS = 8
LUA = """
math.randomseed(os.time())
request = function()
    local z, x, y = {z}, math.random({west}, {east}), math.random({north}, {south})
    return wrk.format("GET", {path})
end
done = function(s, l)
    io.write(string.format("P95 %.2f BAD %d\\n", l:percentile(95) / 1000, s.errors.status + s.errors.timeout + s.errors.read))
end
"""
MAPFILE = """
MAP
  SIZE 256 256
  IMAGETYPE jpeg
  PROJECTION "init=epsg:3857" END
  LAYER
    NAME ortho
    TYPE RASTER
    STATUS ON
    DATA "{data}"
    PROJECTION "init=epsg:{code}" END
    PROCESSING "CLOSE_CONNECTION=DEFER"
  END
END
"""
TITILER = """
from fastapi import FastAPI
from titiler.core.factory import TilerFactory
app = FastAPI()
app.include_router(TilerFactory().router)
"""


@dataclass(frozen=True)
class Flight:
    """What is measured: the flight, its files, whose cookie may see it."""

    id: int
    cog: Path
    pyramid: Path
    cookie: str

    @property
    def epsg(self) -> int:
        """The number of its CRS."""
        with rasterio.open(self.cog) as dataset:
            return int(dataset.crs.to_epsg())

    def span(self, zoom: int) -> tuple[int, int, int, int]:
        """First and last column and row of the tiles that lie wholly inside."""
        with rasterio.open(self.cog) as dataset:
            west, south, east, north = rasterio.warp.transform_bounds(
                dataset.crs, "EPSG:3857", *dataset.bounds
            )
        tile = 2 * HALF / (1 << zoom)
        return (
            int((west + HALF) / tile) + 1,
            int((east + HALF) / tile) - 1,
            int((HALF - north) / tile) + 1,
            int((HALF - south) / tile) - 1,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=12_000)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--image", type=Path)
    parser.add_argument("--crs", default="EPSG:4548")
    parser.add_argument("--mapserver", action="store_true")
    parser.add_argument("--titiler", type=Path)
    parser.add_argument("--qualities", type=lambda text: [int(each) for each in text.split(",")], default=[])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengtu-flight-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(folder / "postgres")
        cluster.start()
        try:
            url = cluster.create_database("flights")
            migrate(url)
            flight = processed(url, folder, given.image or drawn(folder / "drawn.tif", given.side, given.crs))
            raced(url, folder, flight, given)
            print(f"\n{true_to(flight, 200)}")
            for quality in given.qualities:
                print(traded(flight, quality))
        finally:
            database.close_all()
            cluster.stop()


def drawn(path: Path, side: int, crs: str) -> Path:
    """An orthophoto with fields, roofs, tracks and the sensor's noise; a corner of it is black (invalid)."""
    rng = np.random.default_rng(4)
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": crs,
               "transform": Affine(0.1, 0, 456_000, 0, -0.1, 3_516_000), "tiled": True, "photometric": "RGB"}  # fmt: skip
    step = 2000
    with rasterio.open(path, "w", **profile) as file:
        for row in range(0, side, step):
            for column in range(0, side, step):
                height, width = min(step, side - row), min(step, side - column)
                block = _block(rng, step)[:height, :width]
                if row == 0 == column:
                    block[:400, :400] = 0
                file.write(np.moveaxis(block, -1, 0), window=Window(column, row, width, height))
    return path


def _block(rng: np.random.Generator, side: int) -> np.ndarray:
    total = np.zeros((side, side), np.float32)
    for cell, weight in ((3, 6), (9, 7), (40, 9), (300, 14)):
        small = rng.standard_normal((side // cell + 2, side // cell + 2)).astype(np.float32)
        total += weight * cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    image = np.array([118, 122, 92], np.float32) + total[..., None] * np.array([1.0, 0.9, 0.6], np.float32)
    for _ in range(60):
        x, y, wide, tall = (int(each) for each in rng.integers((0, 0, 60, 60), (side, side, 300, 300)))
        roof = rng.choice([[62, 118, 184], [176, 74, 60], [205, 205, 200], [150, 150, 155]])
        ribs = 8 * np.cos(np.arange(wide) * rng.uniform(0.3, 1.3))[None, :, None]
        spot = image[y : y + tall, x : x + wide]
        spot[:] = (roof + ribs)[:, : spot.shape[1]]
        image[y + tall : y + tall + 25, x : x + wide] *= 0.5
    image += rng.normal(0, 2, image.shape)
    return np.clip(image, 1, 255).astype(np.uint8)


def processed(url: str, folder: Path, image: Path) -> Flight:
    """The image as a flight, processed as the worker does it."""
    settings = Settings(home=folder / "home", database_url=url)
    started = time.perf_counter()
    number = ingest(url, settings, {"ortho": image}, name="benchmark", flown_on=date(2025, 3, 1))
    pipeline.process_survey(url, settings, number, threading.Event())
    with database.session(url) as session:
        create_person(
            session, name="bench", display_name="bench", password="bench-bench", roles={Role.PLANNER}
        )
    with database.session(url) as session:
        _, token = sign_in(session, "bench", "bench-bench", hours=12)
    storage = Storage.of(settings)
    flight = Flight(number, storage.cog(number, "ortho"), storage.pyramid(number), f"chengtu_session={token}")
    sizes = [each.stat().st_size / 1e6 for each in (flight.cog, flight.pyramid)]
    print(
        f"processed in {time.perf_counter() - started:.0f} s; GeoTIFF {sizes[0]:.0f} MB, tiles {sizes[1]:.0f} MB\n"
    )
    return flight


def zooms_of(flight: Flight) -> list[int]:
    with closing(pyramid.TileArchive(flight.pyramid)) as archive:
        deepest = archive.zooms[1]
    return [deepest, deepest - 2, deepest - 4]


def raced(url: str, folder: Path, flight: Flight, given: argparse.Namespace) -> None:
    """The table of rates; one server is asked at a time."""
    command = ours(folder / "home", url, free_port())
    path = f'"/imagery/{flight.id}/" .. z .. "/" .. x .. "/" .. y .. ".webp"'
    together = path.replace(f"/imagery/{flight.id}/", "/imagery/mosaic/all/")
    racers = {"Chengtu": (command[2], path), "its mosaic": (command[2], together)}
    with ExitStack() as running:
        running.enter_context(serving(*command))
        if given.mapserver:
            racers["MapServer"] = running.enter_context(with_mapserver(folder, flight))
        if given.titiler:
            racers["titiler"] = running.enter_context(with_titiler(given.titiler, folder, flight))
        print("| zoom | " + " | ".join(f"{each} /s | p95 ms | errors | Chengtu is" for each in racers) + " |")
        print("|---" * (4 * len(racers) + 1) + "|")
        for zoom in zooms_of(flight):
            rounds = [
                {name: asked(*racer, flight, zoom, given.seconds) for name, racer in racers.items()}
                for _ in range(given.rounds)
            ]
            print(f"| {zoom} | " + " | ".join(told(name, rounds) for name in racers) + " |", flush=True)


def told(name: str, rounds: list[dict[str, tuple[float, float, int]]]) -> str:
    """The cells of one server."""
    rates, late, bad = zip(*(each[name] for each in rounds), strict=True)
    ratio = between([each["Chengtu"][0] for each in rounds], [max(each, 1e-9) for each in rates])
    return f"{statistics.median(rates):.0f} | {statistics.median(late):.0f} | {sum(bad)} | {ratio:.1f} ×"


@contextmanager
def with_mapserver(folder: Path, flight: Flight) -> Iterator[tuple[int, str]]:
    """MapServer: its port, and the path of a tile as Lua."""
    port = free_port()
    command = mapserver.command(folder, port, MAPFILE.format(data=flight.cog, code=flight.epsg))
    path = f'"{mapserver.path(folder, "ortho")}" .. x .. "+" .. y .. "+" .. z'
    with serving(command, {}, port, first(path, flight, zooms_of(flight)[0])):
        yield port, path


@contextmanager
def with_titiler(python: Path, folder: Path, flight: Flight) -> Iterator[tuple[int, str]]:
    """titiler, likewise."""
    port = free_port()
    (folder / "tiling.py").write_text(TITILER)
    command = peer(python, "tiling:app", port)
    path = f'"/tiles/WebMercatorQuad/" .. z .. "/" .. x .. "/" .. y .. ".jpg?url={flight.cog}"'
    faster = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200", "PYTHONPATH": str(folder)}
    with serving(command, faster, port, first(path, flight, zooms_of(flight)[0])):
        yield port, path


def first(path: str, flight: Flight, zoom: int) -> str:
    """The address of one tile, of the Lua expression that makes them all."""
    west, east, north, south = flight.span(zoom)
    names = {"x": (west + east) // 2, "y": (north + south) // 2, "z": zoom}
    return "".join(
        each.strip('"') if '"' in each else str(names[each.strip()]) for each in path.split(" .. ")
    )


def asked(port: int, path: str, flight: Flight, zoom: int, seconds: int) -> tuple[float, float, int]:
    """Tiles a second, 95th percentile in ms, errors."""
    west, east, north, south = flight.span(zoom)
    lua = LUA.format(z=zoom, west=west, east=max(west, east), north=north, south=max(north, south), path=path)
    probe = urllib.request.Request(
        f"http://127.0.0.1:{port}{first(path, flight, zoom)}", headers={"Cookie": flight.cookie}
    )
    with urllib.request.urlopen(probe) as answer:
        shown = np.asarray(Image.open(io.BytesIO(answer.read())).convert("RGB"))
    assert shown.std() > 1, "the tile is blank"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(lua)
        file.flush()
        command = ["wrk", "-t", "1", "-c", str(CLIENTS), "-d", f"{seconds}s", "--timeout", "20s", "-s", file.name,
                   "-H", f"Cookie: {flight.cookie}", f"http://127.0.0.1:{port}"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    late = re.search(r"P95 ([\d.]+) BAD (\d+)", done.stdout)
    assert rate and late, done.stdout
    return float(rate[1]), float(late[1]), int(late[2])


def true_to(flight: Flight, many: int) -> str:
    """PSNR of our tiles against GDAL's own warp, and whether what is invalid is transparent."""
    lines = [
        "| zoom | tiles | PSNR smallest dB | mean dB | mean kB | transparent as in the source |",
        "|---" * 6 + "|",
    ]
    rng = np.random.default_rng(11)
    with closing(pyramid.TileArchive(flight.pyramid)) as archive:
        deepest = archive.zooms[1]
        for zoom in zooms_of(flight):
            west, east, north, south = flight.span(zoom)
            places = [
                (int(rng.integers(west - 1, east + 2)), int(rng.integers(north - 1, south + 2)))
                for _ in range(many)
            ]
            values, sizes, agreed = [], [], []
            for x, y in {*places, (west - 1, north - 1)}:
                data = archive.tile(zoom, x, y)
                truth = warped(
                    flight.cog, zoom, x, y, Resampling.bilinear if zoom == deepest else Resampling.average
                )
                if data is None:
                    agreed.append(float((truth[..., 3] == 0).mean()))
                    continue
                tile = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
                sizes.append(len(data) / 1000)
                agreed.append(float(((tile[..., 3] > 127) == (truth[..., 3] > 127)).mean()))
                both = (tile[..., 3] == 255) & (truth[..., 3] == 255)
                if both.sum() > 5000:
                    values.append(psnr(tile[both][:, :3], truth[both][:, :3]))
            lines.append(
                f"| {zoom} | {len(values)} | {min(values):.1f} | {np.mean(values):.1f} | {np.mean(sizes):.1f} "
                f"| {min(agreed):.4f} worst, {np.mean(agreed):.5f} mean |"
            )
    return "\n".join(lines)


def traded(flight: Flight, quality: int) -> str:
    """What another quality would give and cost at the deepest zoom, for 60 tiles, from the warp itself."""
    zoom = zooms_of(flight)[0]
    west, east, north, south = flight.span(zoom)
    rng = np.random.default_rng(12)
    values, sizes, spent = [], [], 0.0
    for _ in range(60):
        truth = warped(
            flight.cog,
            zoom,
            int(rng.integers(west, east)),
            int(rng.integers(north, south)),
            Resampling.bilinear,
        )
        started = time.perf_counter()
        data = coded(truth, quality)
        spent += time.perf_counter() - started
        values.append(psnr(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), truth[..., :3]))
        sizes.append(len(data) / 1000)
    return (
        f"quality {quality}: smallest {min(values):.1f} dB, mean {np.mean(values):.1f} dB, "
        f"{np.mean(sizes):.1f} kB and {spent / 60 * 1000:.1f} ms a tile"
    )


def coded(image: np.ndarray, quality: int) -> bytes:
    """WebP of one quality; 0: as the product chooses it."""
    if quality == 0:
        return webp.encoded(image)
    data = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image[..., :3])).save(data, "WEBP", quality=quality, method=2)
    return data.getvalue()


def warped(path: Path, zoom: int, x: int, y: int, resampling: Resampling) -> np.ndarray:
    """The tile (256, 256, RGBA) as GDAL warps it."""
    tile = 2 * HALF / (1 << zoom)
    transform = Affine(tile / 256, 0, x * tile - HALF, 0, -tile / 256, HALF - y * tile)
    with (
        rasterio.open(path) as dataset,
        WarpedVRT(
            dataset,
            crs="EPSG:3857",
            transform=transform,
            width=256,
            height=256,
            resampling=resampling,
            add_alpha=True,
        ) as view,
    ):
        return np.moveaxis(view.read([1, 2, 3, 4]), 0, -1)


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


if __name__ == "__main__":
    main()
