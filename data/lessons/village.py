"""Scenes to teach the change network with: pictures of both dates on one grid, and masks of what stands.

A folder gets ``A/ B/`` (RGB), ``label/`` (255 = building on one date only, 128 = undecided: a storey or shed
on a roof, where colour may or may not show it) and ``buildings_A/ buildings_B/`` (255 = building,
128 = undecided: greenhouses, walls), PNG of 0.2 m pixels, the same names in all five.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import geopandas as gpd
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from data.demo.flights.changes import Counts
from data.demo.flights.render import Flight, FlightPair, render

__all__ = ["write_village"]

PIXEL_M = 0.2
_MARGIN_PX = 12  # left out at the rim, where the shifted flight shows nothing
_UNDECIDED_ROOFS = ("film", "wall")

Mask = NDArray[np.uint8]


def write_village(folder: Path, seed: int, *, size_px: int = 1600) -> None:
    """Render one scene with many changes and write it as ``scene_<seed>.png`` into every part of the folder.

    ``size_px``: side in pixels of 0.1 m. Existing files are kept.
    """
    name = f"scene_{seed}.png"
    if (folder / "buildings_B" / name).exists():
        return
    pair = render(seed, size_px=size_px, counts=_many(size_px * 0.1))
    grid = _grid(pair.before)
    undecided = pair.truth[pair.truth["kind"] == "rooftop"]
    changed = pair.truth[pair.truth["kind"] != "rooftop"]
    planes = {
        "A": _on_grid(pair.before, grid, (0.0, 0.0)),
        "B": _on_grid(pair.after, grid, pair.shift_m),
        "label": _burnt(changed, undecided, grid),
        "buildings_A": _standing(pair, 0, grid),
        "buildings_B": _standing(pair, 1, grid),
    }
    for part, plane in planes.items():
        (folder / part).mkdir(parents=True, exist_ok=True)
        inner = plane[_MARGIN_PX:-_MARGIN_PX, _MARGIN_PX:-_MARGIN_PX]
        cv2.imwrite(str(folder / part / name), inner[..., ::-1] if inner.ndim == 3 else inner)


def _many(size_m: float) -> Counts:
    """Three times the changes of a demonstration flight: a lesson should not be mostly silence."""
    usual = Counts.for_size(size_m)
    return Counts(3 * usual.new, 3 * usual.extended, usual.rooftop, 3 * usual.demolished)


def _grid(flight: Flight) -> tuple[Affine, int, int]:
    height, width = flight.ortho.shape[:2]
    factor = PIXEL_M / flight.transform.a
    place = flight.transform
    return (
        Affine(PIXEL_M, 0, place.c, 0, -PIXEL_M, place.f),
        round(width / factor),
        round(height / factor),
    )


def _on_grid(flight: Flight, grid: tuple[Affine, int, int], shift: tuple[float, float]) -> NDArray[np.uint8]:
    """The picture on the common grid, moved back by the flight's shift (east, north; metres)."""
    transform, width, height = grid
    factor = PIXEL_M / flight.transform.a
    left = (transform.c + shift[0] - flight.transform.c) / flight.transform.a
    top = (flight.transform.f - transform.f - shift[1]) / flight.transform.a
    soft = cv2.blur(flight.ortho, (2, 2)) if factor > 1.5 else flight.ortho
    half = (factor - 1) / 2
    matrix = np.array([[factor, 0, left + half], [0, factor, top + half]])
    moved = cv2.warpAffine(
        soft,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, dtype=np.uint8)


def _standing(pair: FlightPair, date: int, grid: tuple[Affine, int, int]) -> Mask:
    frame = pair.standing[date]
    undecided = frame["roof"].isin(_UNDECIDED_ROOFS)
    return _burnt(frame[~undecided], frame[undecided], grid)


def _burnt(sure: gpd.GeoDataFrame, undecided: gpd.GeoDataFrame, grid: tuple[Affine, int, int]) -> Mask:
    transform, width, height = grid
    shapes = [(each, 128) for each in undecided.geometry] + [(each, 255) for each in sure.geometry]
    if not shapes:
        return np.zeros((height, width), dtype=np.uint8)
    return np.asarray(rasterize(shapes, out_shape=(height, width), transform=transform, dtype="uint8"))
