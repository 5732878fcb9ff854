"""Display tiles of an orthophoto, made once: WebMercatorQuad, 256 px, WebP, in one PMTiles archive.

The deepest zoom is the first whose pixels on the ground are not larger than the image's own. One warped
read makes a block of 8 × 8 tiles; every coarser tile is the mean of the four below it. A tile is coded as
small as it may be while it stays true to its pixels (``gis.webp``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import mmap
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pmtiles.tile import (
    Compression,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)
from pmtiles.writer import Writer
from rasterio.crs import CRS

from gis.cog import replaced
from gis.crs import DISPLAY, STORED
from gis.raster import Grid, Progress, bounds_in, colour_bands, ground_pixel_m, opened, quiet, read_onto
from gis.webp import encoded

__all__ = ["DEEPEST", "TILE_PX", "PyramidFacts", "TileArchive", "build"]

TILE_PX = 256
DEEPEST = 24
_BLOCK = 8  # tiles a side of one warped read
_HALF = math.pi * 6_378_137.0  # half the width of the Web Mercator world, metres
_FAR = 10  # a flight is shown from this zoom on at the latest

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class PyramidFacts:
    """Zooms of the archive, its bounds (west, south, east, north in EPSG:4490) and the key of its content."""

    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]
    content: str


@dataclass(frozen=True)
class _Plan:
    """What is to be made: tile columns and rows (first, last) of the image at the deepest zoom."""

    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]
    west: int
    north: int
    east: int
    south: int

    def holds(self, zoom: int, column: int, row: int) -> bool:
        """Whether a tile touches the image."""
        down = self.maxzoom - zoom
        return (
            self.west >> down <= column <= self.east >> down
            and self.north >> down <= row <= self.south >> down
        )

    @property
    def top(self) -> int:
        """The zoom of which one tile is one block of the deepest."""
        return max(self.minzoom, self.maxzoom - _BLOCK.bit_length() + 1)

    def tiles(self, zoom: int) -> Iterator[tuple[int, int]]:
        """Columns and rows that touch the image at a zoom."""
        down = self.maxzoom - zoom
        for column in range(self.west >> down, (self.east >> down) + 1):
            for row in range(self.north >> down, (self.south >> down) + 1):
                yield column, row


def build(source: Path, target: Path, *, progress: Progress = quiet) -> PyramidFacts:
    """Write the PMTiles archive of a COG, atomically; tiles outside the footprint are left out.

    ``source``: a north-up GeoTIFF of any CRS with 1, 3 or 4 bands of uint8. Invalid pixels become
    transparent. Raises rasterio's errors on a damaged source.
    """
    with opened(source) as dataset:
        plan = _plan(dataset)
    with replaced(target) as part, part.open("wb") as file:
        writer = _Writer(file, target.parent)
        with writer.tile_f, ThreadPoolExecutor(max_workers=2) as pool:
            _Builder(source, plan, writer, pool, progress).run()
            about = {"name": source.stem, "format": "webp", "type": "overlay", "content": writer.content}
            writer.finalize(_header(plan), about)  # type: ignore[no-untyped-call]
    progress(1.0)
    return PyramidFacts(plan.minzoom, plan.maxzoom, plan.bounds, writer.content)


class TileArchive:
    """A PMTiles archive opened for reading; safe to share among threads."""

    def __init__(self, path: Path) -> None:
        """Map the file and read its header; ``OSError`` or ``ValueError`` when it is no archive."""
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:7] != b"PMTiles":
            raise ValueError(f"{path} is no PMTiles archive")
        self._header = deserialize_header(self._bytes[:127])
        self._directory = lru_cache(maxsize=64)(self._read_directory)

    @property
    def zooms(self) -> tuple[int, int]:
        """First and last zoom held."""
        return self._header["min_zoom"], self._header["max_zoom"]

    @cached_property
    def content(self) -> str:
        """A key of the tiles themselves: another archive has the same only if every tile is the same."""
        offset, length = self._header["metadata_offset"], self._header["metadata_length"]
        told = json.loads(gzip.decompress(self._bytes[offset : offset + length])).get("content")
        if told:
            return str(told)
        # archives of before said nothing; header and root directory tell offsets and lengths of all tiles
        offset, length = self._header["root_offset"], self._header["root_length"]
        return hashlib.sha256(self._bytes[:127] + self._bytes[offset : offset + length]).hexdigest()[:16]

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The bytes of a WebP tile, or ``None`` where there is none."""
        if not (0 <= z <= DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        number = zxy_to_tileid(z, x, y)
        offset, length = self._header["root_offset"], self._header["root_length"]
        for _ in range(4):
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length:
                start = self._header["tile_data_offset"] + entry.offset
                return bytes(self._bytes[start : start + entry.length])
            offset, length = self._header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def close(self) -> None:
        """Let go of the file."""
        self._directory.cache_clear()
        self._bytes.close()

    def _read_directory(self, offset: int, length: int) -> Any:
        # pmtiles unpacks a directory itself, by gzip, the only compression its writer uses
        return deserialize_directory(self._bytes[offset : offset + length])


class _Writer(Writer):
    """A PMTiles writer that keeps its tiles beside the target until then, not in the system's /tmp.

    ``content`` is the key of what was written so far, in its order, which is always the same.
    """

    def __init__(self, file: Any, folder: Path) -> None:
        super().__init__(file)  # type: ignore[no-untyped-call]
        self.tile_f.close()
        self.tile_f = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (build() closes it)
        self._digest = hashlib.sha256()

    def write_tile(self, tileid: int, data: bytes) -> None:
        """Add a tile."""
        self._digest.update(b"%d:%d:" % (tileid, len(data)))
        self._digest.update(data)
        super().write_tile(tileid, data)  # type: ignore[no-untyped-call]

    @property
    def content(self) -> str:
        """16 hexadecimal digits."""
        return self._digest.hexdigest()[:16]


class _Builder:
    """One run over a source: blocks are warped in two threads, tiles written in one."""

    def __init__(
        self, source: Path, plan: _Plan, writer: Any, pool: ThreadPoolExecutor, progress: Progress
    ) -> None:
        self.source, self.plan, self.writer = source, plan, writer
        self.pool, self.progress = pool, progress
        self.total = max(1, sum(1 for _ in plan.tiles(plan.top)))
        self.done = 0

    def run(self) -> None:
        """Make every tile, from the deepest zoom up; blocks lie on a Z curve, so few are held at once."""
        order = sorted(self.plan.tiles(self.plan.top), key=lambda tile: _interleave(*tile))
        waiting: list[Future[_Block]] = []
        parents: dict[tuple[int, int, int], list[tuple[int, int, Pixels]]] = {}
        for column, row in order:
            waiting.append(self.pool.submit(_make_block, self.source, self.plan, column, row))
            if len(waiting) > 3:
                self._take(waiting.pop(0).result(), parents)
        for future in waiting:
            self._take(future.result(), parents)

    def _take(
        self, block: _Block, parents: dict[tuple[int, int, int], list[tuple[int, int, Pixels]]]
    ) -> None:
        for zoom, column, row, data in block.tiles:
            self.writer.write_tile(zxy_to_tileid(zoom, column, row), data)
        self.done += 1
        self.progress(0.99 * self.done / self.total)
        self._lift(self.plan.top, block.column, block.row, block.image, parents)

    def _lift(
        self,
        zoom: int,
        column: int,
        row: int,
        image: Pixels,
        parents: dict[tuple[int, int, int], list[tuple[int, int, Pixels]]],
    ) -> None:
        """Hand a finished tile to its parent; when the parent has all its children it is made too."""
        while zoom > self.plan.minzoom:
            key = zoom - 1, column >> 1, row >> 1
            parents.setdefault(key, []).append((column & 1, row & 1, image))
            if len(parents[key]) < self._children(*key):
                return
            image = _joined(parents.pop(key))
            zoom, column, row = key
            if image[..., 3].any():
                self.writer.write_tile(zxy_to_tileid(zoom, column, row), encoded(image))

    def _children(self, zoom: int, column: int, row: int) -> int:
        return sum(
            self.plan.holds(zoom + 1, 2 * column + right, 2 * row + down)
            for right in (0, 1)
            for down in (0, 1)
        )


@dataclass(frozen=True)
class _Block:
    """The finished tiles below one tile of the block zoom, and that tile's own pixels (256, 256, RGBA)."""

    column: int
    row: int
    image: Pixels
    tiles: list[tuple[int, int, int, bytes]]


def _make_block(source: Path, plan: _Plan, column: int, row: int) -> _Block:
    deep = plan.maxzoom - plan.top
    left, top = max(plan.west, column << deep), max(plan.north, row << deep)
    right, bottom = min(plan.east, (column + 1 << deep) - 1), min(plan.south, (row + 1 << deep) - 1)
    image = _warped(source, plan, left, top, right - left + 1, bottom - top + 1)
    tiles: list[tuple[int, int, int, bytes]] = []
    for zoom in range(plan.maxzoom, plan.top - 1, -1):
        for x, y in product(range(image.shape[1] // TILE_PX), range(image.shape[0] // TILE_PX)):
            part = image[_at(y, x)]
            if part[..., 3].any():
                tiles.append((zoom, left + x, top + y, encoded(part)))
        if zoom > plan.top:
            image = _halved(_in_pairs(image, left, top))
            left, top = left >> 1, top >> 1
    return _Block(column, row, image, tiles)


def _at(row: int, column: int, side: int = TILE_PX) -> tuple[slice, slice]:
    """The pixels of one tile among others."""
    return slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side)


def _in_pairs(image: Pixels, left: int, top: int) -> Pixels:
    """The tiles from column ``left`` and row ``top`` on, with empty ones beside them where a parent has more children."""
    rows, columns = image.shape[0] // TILE_PX, image.shape[1] // TILE_PX
    before = top % 2, left % 2
    after = (top + rows) % 2, (left + columns) % 2
    if not any(before + after):
        return image
    missing = [(TILE_PX * first, TILE_PX * last) for first, last in zip(before, after, strict=True)]
    return np.pad(image, [*missing, (0, 0)])


def _warped(source: Path, plan: _Plan, column: int, row: int, columns: int, rows: int) -> Pixels:
    """Pixels (rows * 256, columns * 256, RGBA) of tiles of the deepest zoom, the upper left one is (column, row)."""
    pixel = 2 * _HALF / (TILE_PX << plan.maxzoom)
    transform = Affine(pixel, 0, column * TILE_PX * pixel - _HALF, 0, -pixel, _HALF - row * TILE_PX * pixel)
    with opened(source) as dataset:
        grid = Grid(CRS.from_string(DISPLAY), transform, columns * TILE_PX, rows * TILE_PX)
        raster = read_onto(dataset, grid, bands=colour_bands(dataset), resampling="bilinear")
    colours = raster.pixels if len(raster.pixels) == 3 else np.repeat(raster.pixels[:1], 3, axis=0)
    image = np.zeros((grid.height, grid.width, 4), dtype=np.uint8)
    image[..., :3] = np.moveaxis(colours, 0, -1)
    image[..., 3] = raster.mask * np.uint8(255)
    image[~raster.mask] = 0
    return image


def _halved(image: Pixels) -> Pixels:
    """Half the size (of whole tiles); colours are means of the valid pixels only, alpha the mean of alpha."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    small = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    half = TILE_PX // 2
    tiles = image[..., 3].reshape(height // half, TILE_PX, width // half, TILE_PX)
    least, most = tiles.min(axis=(1, 3)), tiles.max(axis=(1, 3))
    for row, column in np.argwhere((least < 255) & (most > 0)).tolist():  # the others are whole or empty
        small[_at(row, column, half)] = _halved_by_weight(image[_at(row, column)])
    return small


def _halved_by_weight(tile: Pixels) -> Pixels:
    alpha = tile[..., 3:].astype(np.float32)
    weighted = np.concatenate([tile[..., :3] * alpha, alpha], axis=-1)
    half = TILE_PX // 2
    small: NDArray[Any] = np.asarray(cv2.resize(weighted, (half, half), interpolation=cv2.INTER_AREA))
    small[..., :3] = small[..., :3] / np.maximum(small[..., 3:], 1e-3)
    return np.asarray(np.clip(np.rint(small), 0, 255), dtype=np.uint8)


def _joined(children: list[tuple[int, int, Pixels]]) -> Pixels:
    whole = np.zeros((2 * TILE_PX, 2 * TILE_PX, 4), dtype=np.uint8)
    for right, down, image in children:
        whole[_at(down, right)] = image
    return _halved(whole)


def _plan(dataset: Any) -> _Plan:
    west, south, east, north = bounds_in(dataset, DISPLAY)
    lonlat = bounds_in(dataset, STORED)
    shrink = math.cos(math.radians((lonlat[1] + lonlat[3]) / 2))
    maxzoom = _zoom_of(ground_pixel_m(dataset) / shrink)
    fit = math.floor(math.log2(2 * _HALF / max(east - west, north - south, 1e-3)))
    minzoom = max(0, min(maxzoom, fit, _FAR))
    tile = 2 * _HALF / (1 << maxzoom)
    most = (1 << maxzoom) - 1
    return _Plan(
        minzoom,
        maxzoom,
        lonlat,
        west=max(0, int((west + _HALF) / tile)),
        north=max(0, int((_HALF - north) / tile)),
        east=min(most, int((east + _HALF) / tile)),
        south=min(most, int((_HALF - south) / tile)),
    )


def _zoom_of(pixel: float) -> int:
    """The first zoom whose pixels are not larger than ``pixel`` metres of Web Mercator (1 % forgiven)."""
    whole = 2 * _HALF / TILE_PX
    return max(0, min(DEEPEST, math.ceil(math.log2(whole / pixel) - math.log2(1.01))))


def _interleave(column: int, row: int) -> int:
    """Place of a tile on the Z curve."""
    return sum(
        ((column >> bit) & 1) << (2 * bit) | ((row >> bit) & 1) << (2 * bit + 1) for bit in range(DEEPEST + 1)
    )


def _header(plan: _Plan) -> dict[str, Any]:
    west, south, east, north = (round(value * 10_000_000) for value in plan.bounds)
    return {
        "tile_type": TileType.WEBP,
        "tile_compression": Compression.NONE,
        "min_zoom": plan.minzoom,
        "max_zoom": plan.maxzoom,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": max(plan.minzoom, plan.maxzoom - 3),
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
