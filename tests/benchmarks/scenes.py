"""Rendered flights with known truth, kept in a folder so that several benchmarks share them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from data.demo.flights import render, write
from gis.score import Counts, hit

CHANGED_SEEDS = range(7301, 7309)
STILL_SEEDS = range(8301, 8321)
"""Seeds that nothing was ever taught or tuned on; the lessons begin at 1000."""


@dataclass(frozen=True, eq=False)
class Flights:
    """The files of one rendered pair and its truth in EPSG:4548 (empty when nothing was built)."""

    before: Path
    after: Path
    before_dsm: Path
    after_dsm: Path
    truth: gpd.GeoDataFrame


def flights(folder: Path, seed: int, *, size_px: int, still: bool = False) -> Flights:
    """Render a pair, or find it rendered. ``still``: only season, light and a shift of 2 m differ."""
    place = folder / f"{'still' if still else 'changed'}-{size_px}-{seed}"
    done = place / "done.json"
    if not done.exists():
        pair = render(seed, size_px=size_px, changes=not still, shift_m=(1.6, -1.2) if still else None)
        write(pair, place)
        done.write_text(json.dumps({"seed": seed, "shift_m": pair.shift_m}))
    truth = gpd.read_file(place / "truth.geojson").set_crs(4490, allow_override=True).to_crs(4548)
    return Flights(
        place / "before_ortho.tif",
        place / "after_ortho.tif",
        place / "before_dsm.tif",
        place / "after_dsm.tif",
        truth,
    )


def compared(found: list[BaseGeometry], truth: list[BaseGeometry]) -> Counts:
    """Objects right and wrong; pixels are not counted."""
    hits = [[hit(guess, real) for guess in found] for real in truth]
    return Counts(
        objects=len(truth),
        objects_hit=sum(any(row) for row in hits),
        found=len(found),
        found_right=sum(any(row[i] for row in hits) for i in range(len(found))),
    )
