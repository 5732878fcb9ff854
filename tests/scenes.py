"""Small rasters with known truth, built in code: good scenes, a tiny rendered pair, and broken files.

Everything lies inside the district by default: top-left at E 456 000, N 3 516 000 in EPSG:4548.
Pixels are (row, col, 3) uint8 RGB; surfaces are (row, col) float32 metres.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry import Polygon, box

from data.demo.flights import ORIGIN, FlightFiles, FlightPair, render, write

Pixels = NDArray[np.uint8]
Surface = NDArray[np.float32]

GROUND_M = 42.0
NODATA = -9999.0


@dataclass(frozen=True)
class Place:
    """Where a raster lies: top-left corner (E, N) or (lon, lat), pixel size in units of the CRS, CRS."""

    origin: tuple[float, float] = ORIGIN
    gsd: float = 0.2
    crs: str | None = "EPSG:4548"

    @property
    def transform(self) -> Affine:
        return Affine(self.gsd, 0, self.origin[0], 0, -self.gsd, self.origin[1])

    def shape_of(self, rows: slice, cols: slice) -> Polygon:
        """The outline of a block of pixels in the CRS of the place."""
        (x0, y0), (x1, y1) = (
            self.transform @ (cols.start, rows.start),
            self.transform @ (cols.stop, rows.stop),
        )
        return box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


DISTRICT = Place()


@dataclass(frozen=True)
class Scene:
    """Two dates of one place with the outlines (CRS of ``place``) of what was built between them."""

    place: Place
    before: Pixels
    after: Pixels
    before_dsm: Surface
    after_dsm: Surface
    truth: tuple[Polygon, ...]


def ground(size_px: int = 256, seed: int = 1) -> Pixels:
    """Soil and grass with features of many sizes, so that registration finds something to hold on to."""
    rng = np.random.default_rng(seed)
    total = np.zeros((size_px, size_px), np.float32)
    for cell, weight in ((4, 5), (16, 8), (64, 12)):
        small = rng.standard_normal((size_px // cell + 2, size_px // cell + 2)).astype(np.float32)
        total += weight * np.asarray(cv2.resize(small, (size_px, size_px), interpolation=cv2.INTER_CUBIC))
    colour = np.array([118, 122, 92], np.float32) + total[..., None] * np.array([1.0, 0.9, 0.6], np.float32)
    colour += rng.normal(0, 2, colour.shape)
    return np.asarray(np.clip(colour, 1, 255), np.uint8)


def surface(size_px: int = 256, seed: int = 1, noise_m: float = 0.03) -> Surface:
    """Level ground at 42 m with the noise of photogrammetry."""
    rng = np.random.default_rng([seed, 9])
    return (GROUND_M + rng.normal(0, noise_m, (size_px, size_px))).astype(np.float32)


def flat_scene(size_px: int = 256, place: Place = DISTRICT) -> Scene:
    """Nothing was built; only the sensor's noise differs."""
    before = ground(size_px)
    jitter = np.random.default_rng(5).integers(-2, 3, before.shape)
    after = np.clip(before.astype(np.int16) + jitter, 1, 255).astype(np.uint8)
    return Scene(place, before, after, surface(size_px, 1), surface(size_px, 2), ())


def scene_with_shed(
    size_px: int = 256,
    place: Place = DISTRICT,
    *,
    rows: slice = slice(100, 150),
    cols: slice = slice(90, 170),
    height_m: float = 3.5,
    shift_px: tuple[int, int] = (0, 0),
) -> Scene:
    """A blue steel shed with a cast shadow appears; ``shift_px`` (right, down) moves the second date."""
    scene = flat_scene(size_px, place)
    after, dsm = scene.after.copy(), scene.after_dsm.copy()
    long = max(1, round(height_m / place.gsd)) if place.gsd > 0.01 else 12
    shade = (slice(max(rows.start - long, 0), rows.stop), slice(cols.start, cols.stop + long // 2))
    after[shade] = after[shade] // 2
    ribs = (8 * np.cos(np.arange(cols.stop - cols.start) * 1.3)).astype(np.int16)[None, :, None]
    after[rows, cols] = np.clip(np.array([62, 118, 184], np.int16) + ribs, 0, 255)
    dsm[rows, cols] += np.float32(height_m)
    right, down = shift_px
    after, dsm = np.roll(after, (down, right), (0, 1)), np.roll(dsm, (down, right), (0, 1))
    return Scene(place, scene.before, after, scene.before_dsm, dsm, (place.shape_of(rows, cols),))


@functools.cache
def tiny_pair(seed: int = 7, size_px: int = 600, changes: bool = True) -> FlightPair:
    """A rendered pair of 60 m × 60 m, made once per run."""
    return render(seed, size_px=size_px, changes=changes)


def write_tiny_pair(folder: Path, seed: int = 7, size_px: int = 600, changes: bool = True) -> FlightFiles:
    """The tiny rendered pair as files."""
    return write(tiny_pair(seed, size_px, changes), folder)


def _write(path: Path, bands: NDArray[np.generic], place: Place, **options: object) -> Path:
    count, height, width = bands.shape
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=bands.dtype,
        crs=place.crs, transform=place.transform, **options,
    ) as target:  # fmt: skip
        target.write(bands)
    return path


def write_ortho(path: Path, pixels: Pixels | None = None, place: Place = DISTRICT) -> Path:
    """An orthophoto of three bands, DEFLATE, 256 px tiles."""
    bands = np.moveaxis(ground() if pixels is None else pixels, 2, 0)
    return _write(path, bands, place, tiled=True, blockxsize=256, blockysize=256, compress="deflate")


def write_dsm(path: Path, heights: Surface | None = None, place: Place = DISTRICT) -> Path:
    """A surface model of one float32 band, nodata -9999."""
    bands = (surface() if heights is None else heights)[None]
    return _write(
        path, bands, place, nodata=NODATA, tiled=True, blockxsize=256, blockysize=256, compress="deflate"
    )


def write_scene(scene: Scene, folder: Path) -> tuple[Path, Path, Path, Path]:
    """before_ortho, after_ortho, before_dsm, after_dsm."""
    return (
        write_ortho(folder / "before_ortho.tif", scene.before, scene.place),
        write_ortho(folder / "after_ortho.tif", scene.after, scene.place),
        write_dsm(folder / "before_dsm.tif", scene.before_dsm, scene.place),
        write_dsm(folder / "after_dsm.tif", scene.after_dsm, scene.place),
    )


# ---- files that a survey must be refused for -------------------------------------------------------------


def without_crs(path: Path) -> Path:
    """Placed, but in no named coordinate system."""
    return write_ortho(path, place=Place(crs=None))


def without_place(path: Path) -> Path:
    """A plain picture: neither CRS nor geotransform."""
    _, picture = cv2.imencode(".png", ground())
    path.write_bytes(picture.tobytes())
    return path


def with_swapped_axes(path: Path) -> Path:
    """Northing written where the easting belongs (EPSG's own axis order)."""
    return write_ortho(path, place=Place(origin=(ORIGIN[1], ORIGIN[0])))


def in_other_zone(path: Path) -> Path:
    """Coordinates of the zone of 117° E under the name of the zone of 114° E (EPSG:4547)."""
    return write_ortho(path, place=Place(crs="EPSG:4547"))


def outside_district(path: Path) -> Path:
    """A well-formed orthophoto of Hefei, 80 km to the east."""
    return write_ortho(path, place=Place(origin=(525_000.0, 3_523_000.0)))


def in_degrees(path: Path) -> Path:
    """A good orthophoto in EPSG:4490, pixel size in degrees; to be accepted."""
    return write_ortho(path, place=Place(origin=(116.5355, 31.7655), gsd=2e-6, crs="EPSG:4490"))


def truncated(path: Path, keep: float = 0.6) -> Path:
    """A good header, but the upload stopped: the last tiles are missing."""
    write_ortho(path, ground(1024))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    return path


def bomb(path: Path, side_px: int = 400_000) -> Path:
    """A file of a few hundred kB that says it holds 160 gigapixels."""
    place = Place(gsd=0.001)
    with rasterio.open(
        path, "w", driver="GTiff", width=side_px, height=side_px, count=3, dtype="uint8", crs=place.crs,
        transform=place.transform, tiled=True, blockxsize=8192, blockysize=8192, sparse_ok=True,
        bigtiff="yes", compress="deflate", interleave="pixel",
    ):  # fmt: skip
        pass
    return path


def with_bands(path: Path, count: int = 2, dtype: str = "uint8") -> Path:
    """A number of bands (or a type) that is neither an orthophoto nor a surface model."""
    bands = np.ones((count, 256, 256), dtype)
    return _write(path, bands, DISTRICT)


def with_pixel_size(path: Path, gsd_m: float = 500.0) -> Path:
    """A pixel size that no drone delivers: 500 m (or a fraction of a millimetre)."""
    return write_ortho(path, place=Place(gsd=gsd_m))


def rotated(path: Path, degrees: float = 30.0) -> Path:
    """A geotransform with rotation."""
    bands = np.moveaxis(ground(), 2, 0)
    transform = DISTRICT.transform @ Affine.rotation(degrees)
    with rasterio.open(
        path, "w", driver="GTiff", width=256, height=256, count=3, dtype="uint8",
        crs=DISTRICT.crs, transform=transform,
    ) as target:  # fmt: skip
        target.write(bands)
    return path


def not_a_raster(path: Path) -> Path:
    """A document with the name of a picture."""
    path.write_bytes(b"PK\x03\x04 this is no picture " * 64)
    return path


def empty(path: Path) -> Path:
    """A file without a byte."""
    path.write_bytes(b"")
    return path


BROKEN: Sequence[str] = (
    "without_crs", "without_place", "with_swapped_axes", "in_other_zone", "outside_district",
    "bomb", "with_bands", "with_pixel_size", "not_a_raster", "empty",
)  # fmt: skip
"""Writers of this module whose file must be refused from the header alone; ``truncated`` needs a full read."""
