"""What a raster says about itself, judged before a single pixel is trusted.

Only the header and a handful of blocks are read, so a file of 60 GB takes as long as one of 60 MB.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioError, RasterioIOError
from rasterio.windows import Window
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from gis.crs import Fault, fault_of_place, said_shift, to_metres
from gis.raster import DRIVER, SAFE, ground_pixel_m
from gis.refused import (
    RasterBands,
    RasterBomb,
    RasterDegrees,
    RasterDepth,
    RasterEmpty,
    RasterHeights,
    RasterHostile,
    RasterNoCrs,
    RasterNoPlace,
    RasterOutside,
    RasterPixelSize,
    RasterRefused,
    RasterShifted,
    RasterSwapped,
    RasterTooLarge,
    RasterTruncated,
    RasterUnreadable,
    RasterZone,
    RasterZonePrefix,
)

__all__ = ["HEIGHT_RANGE_M", "PIXEL_RANGE_M", "Kind", "RasterFacts", "check"]

Kind = Literal["ortho", "dsm"]

PIXEL_RANGE_M = (0.005, 5.0)  # a drone at 20 m sees 5 mm; beyond 5 m no building is seen
HEIGHT_RANGE_M = (-200.0, 9000.0)  # ground of China with margin: Ayding -154 m, Qomolangma 8 849 m
_RATIO = 1000  # deflate cannot pack better than 1030 : 1
_SMALL = 100_000_000  # declared bytes below which no ratio is absurd
_BLOCK_BYTES = 1 << 30  # one block unpacked: more than this is no honest tiling
_SAMPLE_BYTES = 64 << 20
_KINDS = {"ortho": ("正射影像", "an orthophoto"), "dsm": ("DSM", "a surface model")}
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_KNOWN = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"PK\x03\x04": "ZIP",
    b"%PDF": "PDF",
    b"<VRTD": "VRT",
    b"<?xml": "XML",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"EHFA": "IMG",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
}


@dataclass(frozen=True)
class RasterFacts:
    """What the header says. ``bounds`` west, south, east, north in ``crs``; ``pixel_m`` on the ground."""

    kind: Kind
    width: int
    height: int
    bands: int
    dtype: str
    crs: str
    pixel_m: float
    bounds: tuple[float, float, float, float]
    nodata: float | None
    rotated: bool
    bytes: int
    has_alpha: bool


def check(path: Path, *, kind: Kind, area: BaseGeometry | None, max_pixels: int) -> RasterFacts:
    """Judge a raster by its header and a few blocks.

    An orthophoto takes 3 or 4 bands (red, green, blue, and alpha or infrared) of uint8, or of uint16,
    which ``to_cog`` stretches to 8 bits; a surface model 1 band of float or integer heights in metres.
    ``area``: where it must touch, shapely in EPSG:4490 (``None``: anywhere). Raises the children of
    ``RasterRefused``. GCJ-02 and BD-09 cannot be told from one image: only a file that says so itself is
    refused here; ``gis.align`` compares with the baseline and gives the hint.
    """
    path = Path(path)
    _check_magic(path)
    try:
        with rasterio.Env(**SAFE), rasterio.open(path.resolve(), driver=DRIVER) as dataset:
            return _judge(dataset, path, kind, area, max_pixels)
    except RasterioIOError as error:
        raise _unopened(path, error) from error


def _judge(dataset: Any, path: Path, kind: Kind, area: BaseGeometry | None, limit: int) -> RasterFacts:
    name = path.name
    _check_references(dataset, name)
    _check_size(dataset, path, limit)
    _check_bands(dataset, name, kind)
    _check_place(dataset, name, area)
    _check_blocks(dataset, path)
    _check_samples(dataset, name, kind)
    return _facts(dataset, path, kind)


def _check_magic(path: Path) -> None:
    if not path.is_file():
        raise RasterUnreadable(name=path.name, found_zh="文件不存在", found_en="there is no such file")
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise RasterUnreadable(name=path.name, found_zh="文件为空", found_en="the file is empty")
    if not head.startswith(_TIFF):
        format_ = next((title for magic, title in _KNOWN.items() if head.startswith(magic)), None)
        raise RasterUnreadable(
            name=path.name,
            found_zh=f"实为 {format_} 文件" if format_ else "文件头不是 TIFF",
            found_en=f"it is a {format_} file" if format_ else "it does not begin like a TIFF",
        )


def _unopened(path: Path, error: Exception) -> RasterRefused:
    """A TIFF whose directory lies beyond the end of the file was cut short; the rest is unreadable."""
    offset = _directory_offset(path)
    if offset is not None and offset + 8 > path.stat().st_size:
        where_zh, where_en = "文件目录缺失", "its directory is missing"
        return RasterTruncated(name=path.name, where_zh=where_zh, where_en=where_en)
    return RasterUnreadable(
        name=path.name, found_zh="TIFF 结构无法解析", found_en="its TIFF structure cannot be understood"
    )


def _directory_offset(path: Path) -> int | None:
    """Where the first directory of a TIFF (classic or BigTIFF) should begin."""
    with path.open("rb") as file:
        head = file.read(16)
    order: Literal["little", "big"] = "little" if head.startswith(b"II") else "big"
    if len(head) < 16:
        return 1 << 40
    big = head[2:4] in {b"+\x00", b"\x00+"}
    return int.from_bytes(head[8:16] if big else head[4:8], order)


def _check_references(dataset: Any, name: str) -> None:
    """An overview named in the metadata would be opened, wherever it lies."""
    for reference in dataset.tags(ns="OVERVIEWS").values():
        raise RasterHostile(name=name, reference=str(reference)[:80].replace("{", "(").replace("}", ")"))


def _check_size(dataset: Any, path: Path, limit: int) -> None:
    width, height, size = dataset.width, dataset.height, path.stat().st_size
    if width * height > limit:
        raise RasterTooLarge(name=path.name, width=width, height=height, limit=limit)
    item = np.dtype(dataset.dtypes[0]).itemsize
    declared = width * height * dataset.count * item
    rows, columns = dataset.block_shapes[0]
    block = rows * columns * dataset.count * item
    if block > _BLOCK_BYTES or (declared > _SMALL and declared > _RATIO * size):
        raise RasterBomb(name=path.name, size=size, width=width, height=height, declared=declared)


def _check_bands(dataset: Any, name: str, kind: Kind) -> None:
    kind_zh, kind_en = _KINDS[kind]
    counts = (3, 4) if kind == "ortho" else (1,)
    if dataset.count not in counts:
        expected = "3–4" if kind == "ortho" else "1"
        raise RasterBands(name=name, count=dataset.count, kind_zh=kind_zh, kind_en=kind_en, expected=expected)
    ortho, dsm = {"uint8", "uint16"}, {"float32", "float64", "int16", "uint16", "int32"}
    accepted = ortho if kind == "ortho" else dsm
    wrong = next((dtype for dtype in dataset.dtypes if dtype not in accepted), None)
    if wrong:
        expected = ", ".join(sorted(accepted))
        raise RasterDepth(name=name, dtype=wrong, kind_zh=kind_zh, kind_en=kind_en, expected=expected)


def _check_place(dataset: Any, name: str, area: BaseGeometry | None) -> None:
    if dataset.transform.is_identity or dataset.transform.determinant == 0:
        if dataset.crs is None and dataset.transform.is_identity:
            raise RasterNoCrs(name=name, guess_zh="", guess_en="")
        if dataset.transform.is_identity:
            raise RasterNoPlace(name=name)
        raise _pixel_size(name, 0.0)
    ring = _ring(dataset)
    if dataset.crs is None:
        raise _no_crs(name, ring, area)
    _check_shift(dataset, name)
    _check_degrees(dataset, name, ring)
    if area is not None and (fault := fault_of_place(ring, dataset.crs, area)) is not None:
        raise _misplaced(name, fault, ring, dataset.crs, area)
    _check_pixel(dataset, name)


def _ring(dataset: Any) -> NDArray[np.float64]:
    """Corners of the dataset (4, 2), x first, in its own CRS."""
    corners = [(0, 0), (dataset.width, 0), (dataset.width, dataset.height), (0, dataset.height)]
    return np.array([dataset.transform @ corner for corner in corners], dtype=np.float64)


def _no_crs(name: str, ring: NDArray[np.float64], area: BaseGeometry | None) -> RasterNoCrs:
    fault = fault_of_place(ring, None, area) if area is not None else None
    if fault is None or fault.crs is None:
        return RasterNoCrs(name=name, guess_zh="", guess_en="")
    return RasterNoCrs(
        name=name,
        guess_zh=f"从坐标数值看，可能是 {fault.crs}。",
        guess_en=f"Its numbers would fit {fault.crs}. ",
    )


def _check_shift(dataset: Any, name: str) -> None:
    system = said_shift(dataset.crs.to_wkt(), *dataset.tags().values())
    if system:
        title, metres = ("GCJ-02", 530) if system == "gcj02" else ("BD-09", 1190)
        raise RasterShifted(name=name, system=title, metres=metres)


def _check_degrees(dataset: Any, name: str, ring: NDArray[np.float64]) -> None:
    x, y = ring.mean(axis=0)
    if dataset.crs.is_projected and abs(x) <= 180 and abs(y) <= 180 and np.ptp(ring, axis=0).max() < 5:
        raise RasterDegrees(name=name, crs=_title(dataset.crs), x=f"{x:.6f}", y=f"{y:.6f}")


def _misplaced(
    name: str, fault: Fault, ring: NDArray[np.float64], crs: CRS, area: BaseGeometry
) -> RasterRefused:
    x, y = (f"{value:.6f}" if crs.is_geographic else f"{value:.1f}" for value in ring.mean(axis=0))
    if fault.kind == "swapped":
        return RasterSwapped(name=name, x=x, y=y)
    if fault.kind == "wrong_zone":
        return RasterZone(name=name, crs=_title(crs), suggested=fault.crs, x=x, y=y)
    if fault.kind == "zone_prefix":
        return RasterZonePrefix(name=name, crs=_title(crs), suggested=fault.crs, x=x)
    lon, lat = fault.centre
    km = _distance_km(lon, lat, area) if math.isfinite(lon) else "?"
    return RasterOutside(name=name, lon=f"{lon:.4f}", lat=f"{lat:.4f}", km=km)


def _distance_km(lon: float, lat: float, area: BaseGeometry) -> str:
    """Distance to the area on a plane around it, good enough for a sentence."""
    here = Point(lon, lat)
    near = nearest_points(area, here)[0]
    if abs(lon - near.x) < 3 and abs(lat - near.y) < 10:
        return f"{to_metres(here).distance(to_metres(near)) / 1000:.0f}"
    east = math.radians(lon - near.x) * math.cos(math.radians((lat + near.y) / 2))
    return f"{6371 * math.hypot(east, math.radians(lat - near.y)):.0f}"


def _check_pixel(dataset: Any, name: str) -> None:
    try:
        size = ground_pixel_m(dataset)
    except RasterioError as error:
        raise _pixel_size(name, float("nan")) from error
    least, most = PIXEL_RANGE_M
    if not least <= size <= most:
        raise _pixel_size(name, size)


def _pixel_size(name: str, size: float) -> RasterPixelSize:
    least, most = PIXEL_RANGE_M
    return RasterPixelSize(name=name, size=f"{size:.6g}", least=least, most=most)


def _check_blocks(dataset: Any, path: Path) -> None:
    """The first, middle and last blocks must end inside the file."""
    size = path.stat().st_size
    rows, columns = dataset.block_shapes[0]
    down, across = math.ceil(dataset.height / rows), math.ceil(dataset.width / columns)
    for row, column in {(0, 0), (down // 2, across // 2), (down - 1, across - 1)}:
        offset = dataset.get_tag_item(f"BLOCK_OFFSET_{column}_{row}", "TIFF", bidx=dataset.count)
        length = dataset.get_tag_item(f"BLOCK_SIZE_{column}_{row}", "TIFF", bidx=dataset.count)
        if offset and length and int(offset) + int(length) > size:
            raise RasterTruncated(
                name=path.name,
                where_zh=f"第 {row * rows} 行的数据超出文件末尾（共 {size} 字节）",
                where_en=f"the pixels of row {row * rows} lie beyond the end of the file ({size} bytes)",
            )


def _check_samples(dataset: Any, name: str, kind: Kind) -> None:
    """Read up to nine blocks (64 MiB in all): an empty small file and absurd heights show at once."""
    windows, whole = _sample_windows(dataset)
    if not windows:
        return
    try:
        parts = [dataset.read(1, window=window, masked=True) for window in windows]
    except RasterioError as error:
        raise RasterTruncated(
            name=name, where_zh="数据块无法解码", where_en="a block cannot be decoded"
        ) from error
    values = np.concatenate([part.compressed() for part in parts])
    values = values[np.isfinite(values)] if np.issubdtype(values.dtype, np.floating) else values
    if values.size == 0:
        if whole:
            raise RasterEmpty(name=name)
        return
    if kind == "dsm":
        _check_heights(values, name)


def _sample_windows(dataset: Any) -> tuple[list[Window], bool]:
    """Blocks of a 3 × 3 raster of places, and whether they are all there is."""
    rows, columns = dataset.block_shapes[0]
    down, across = math.ceil(dataset.height / rows), math.ceil(dataset.width / columns)
    cost = rows * columns * dataset.count * np.dtype(dataset.dtypes[0]).itemsize
    places = {(int(down * (i + 0.5) / 3), int(across * (j + 0.5) / 3)) for i in range(3) for j in range(3)}
    room = max(0, _SAMPLE_BYTES // max(cost, 1))
    chosen = sorted(places)[:room]
    windows = [
        Window(
            column * columns,
            row * rows,
            min(columns, dataset.width - column * columns),
            min(rows, dataset.height - row * rows),
        )
        for row, column in chosen
    ]
    return windows, len(chosen) == down * across


def _check_heights(values: NDArray[Any], name: str) -> None:
    """Heights between the 2nd and 98th percentile must be heights of a region on earth."""
    low, high = (float(value) for value in np.percentile(values, [2, 98]))
    least, most = HEIGHT_RANGE_M
    if low < least or high > most:
        raise RasterHeights(name=name, low=f"{low:.1f}", high=f"{high:.1f}", least=least, most=most)


def _facts(dataset: Any, path: Path, kind: Kind) -> RasterFacts:
    ring = _ring(dataset)
    (west, south), (east, north) = ring.min(axis=0).tolist(), ring.max(axis=0).tolist()
    return RasterFacts(
        kind=kind,
        width=dataset.width,
        height=dataset.height,
        bands=dataset.count,
        dtype=dataset.dtypes[0],
        crs=_title(dataset.crs),
        pixel_m=ground_pixel_m(dataset),
        bounds=(west, south, east, north),
        nodata=dataset.nodata,
        rotated=dataset.transform.b != 0 or dataset.transform.d != 0,
        bytes=path.stat().st_size,
        has_alpha=ColorInterp.alpha in dataset.colorinterp,
    )


def _title(crs: CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_wkt()).split('"')[1]
