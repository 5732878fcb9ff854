"""Write a pair of flights as tiled GeoTIFFs and the truth as GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray

from data.demo.flights.render import Flight, FlightPair

__all__ = ["FlightFiles", "write"]

NOTICE = "演示数据"
STAMP = "SYNTHETIC DEMO"


@dataclass(frozen=True)
class FlightFiles:
    """Where the files of a pair lie."""

    before_ortho: Path
    before_dsm: Path
    after_ortho: Path
    after_dsm: Path
    truth: Path
    decoys: Path


def write(pair: FlightPair, folder: Path) -> FlightFiles:
    """Write the six files into ``folder`` (made if missing) and say where they are.

    Orthophotos: JPEG 90 in YCbCr, 512 px tiles; surfaces: DEFLATE, nodata -9999. GeoJSON is in EPSG:4490.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = FlightFiles(
        before_ortho=folder / "before_ortho.tif",
        before_dsm=folder / "before_dsm.tif",
        after_ortho=folder / "after_ortho.tif",
        after_dsm=folder / "after_dsm.tif",
        truth=folder / "truth.geojson",
        decoys=folder / "decoys.geojson",
    )
    _ortho(pair.before, pair.crs, files.before_ortho)
    _dsm(pair.before, pair.crs, files.before_dsm)
    _ortho(pair.after, pair.crs, files.after_ortho)
    _dsm(pair.after, pair.crs, files.after_dsm)
    _frame(pair.truth, files.truth)
    _frame(pair.decoys, files.decoys)
    return files


def _tags(flight: Flight) -> dict[str, str]:
    flown = flight.flown_on
    return {
        "SYNTHETIC": NOTICE,
        "FLOWN_ON": flown.isoformat(),
        "TIFFTAG_DATETIME": f"{flown:%Y:%m:%d} 12:00:00",
    }


def _ortho(flight: Flight, crs: str, path: Path) -> None:
    pixels = _stamped(flight.ortho)
    rows, cols = pixels.shape[:2]
    with rasterio.open(
        path, "w", driver="GTiff", width=cols, height=rows, count=3, dtype="uint8", crs=crs,
        transform=flight.transform, tiled=True, blockxsize=512, blockysize=512,
        compress="jpeg", photometric="ycbcr", jpeg_quality=90, interleave="pixel",
    ) as target:  # fmt: skip
        target.write(np.moveaxis(pixels, 2, 0))
        target.update_tags(**_tags(flight))


def _stamped(ortho: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels with a small notice in the lower right corner."""
    marked = ortho.copy()
    scale = min(0.8, ortho.shape[1] / 1500)
    (wide, _), _ = cv2.getTextSize(STAMP, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    at = (ortho.shape[1] - wide - 8, ortho.shape[0] - 8)
    cv2.putText(marked, STAMP, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (235, 235, 235), 1, cv2.LINE_AA)
    return marked


def _dsm(flight: Flight, crs: str, path: Path) -> None:
    rows, cols = flight.dsm.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=cols, height=rows, count=1, dtype="float32", crs=crs,
        transform=flight.dsm_transform, nodata=-9999.0, tiled=True, blockxsize=512, blockysize=512,
        compress="deflate", predictor=3, zlevel=4,
    ) as target:  # fmt: skip
        target.write(flight.dsm, 1)
        target.update_tags(**_tags(flight), VERTICAL_CRS="EPSG:5737")


def _frame(frame: gpd.GeoDataFrame, path: Path) -> None:
    path.write_text(frame.to_crs(4490).to_json(drop_id=True), encoding="utf-8")
