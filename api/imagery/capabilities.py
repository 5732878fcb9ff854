"""The XML of WMTS 1.0.0 (OGC 07-057r7): what there is, and what went wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.imagery.pictures import PNG, WEBP
from layers.surveys.model import Survey
from layers.surveys.store import Mosaic

__all__ = [
    "FORMATS",
    "MOSAIC",
    "SET",
    "WmtsRefused",
    "capabilities",
    "exception_report",
    "flight_layer",
    "mosaic_layer",
]

SET = "GoogleMapsCompatible"
MOSAIC = "mosaic"
FORMATS = {PNG: "png", WEBP: "webp"}
"""Media type → ending; PNG first, since old clients know nothing else."""
_SCALE = 559_082_264.028_717_8  # of zoom 0, annex E.4


class WmtsRefused(Exception):
    """A request that the standard has an exception code for (table 25, OWS Common 1.1 table 27)."""

    def __init__(self, code: str, locator: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.locator, self.zh, self.en = code, locator, zh, en


@dataclass(frozen=True)
class Limit:
    """First and last column and row of the tiles of a zoom that touch some bounds."""

    zoom: int
    west: int
    north: int
    east: int
    south: int


@dataclass(frozen=True)
class WmtsLayer:
    """A layer as the capabilities tell of it; ``bounds`` in degrees, ``times`` its ranges of days, if it has any."""

    id: str
    title_zh: str
    title_en: str
    bounds: tuple[float, ...]
    zooms: tuple[int, int]
    times: tuple[str, ...] = ()

    @property
    def limits(self) -> list[Limit]:
        """The tiles that there can be."""
        west, south, east, north = self.bounds
        found = []
        for zoom in range(self.zooms[0], self.zooms[1] + 1):
            left, top = _tile(west, north, zoom)
            right, bottom = _tile(east, south, zoom)
            found.append(Limit(zoom, left, top, right, bottom))
        return found


@dataclass(frozen=True)
class _Matrix:
    zoom: int
    scale: float
    count: int


def flight_layer(survey: Survey) -> WmtsLayer:
    """A flight that is ready to be shown."""
    zooms = survey.pyramid_minzoom or 0, survey.pyramid_maxzoom or 0
    said = f"{survey.name} {survey.flown_on} ({survey.code})"
    return WmtsLayer(survey.code, said, said, tuple(survey.bounds or ()), zooms)


def mosaic_layer(found: Mosaic) -> WmtsLayer:
    """All flights together; its dimension names all of them, and every year of them."""
    years = range(found.first.year, found.last.year + 1)
    times = ("all", *(f"{date(year, 1, 1)}..{date(year, 12, 31)}" for year in years))
    return WmtsLayer(
        MOSAIC, "航飞镶嵌（新的在上）", "Mosaic of flights, the newest on top", found.bounds,
        (found.minzoom, found.maxzoom), times,
    )  # fmt: skip


def capabilities(layers: Sequence[WmtsLayer], door: str) -> str:
    """The ServiceMetadata document; ``door``: the address of the service."""
    deepest = max((each.zooms[1] for each in layers), default=18)
    matrices = [_Matrix(zoom, _SCALE / (1 << zoom), 1 << zoom) for zoom in range(deepest + 1)]
    template = _templates().get_template("wmts.xml")
    return template.render(layers=layers, door=door, formats=FORMATS, set=SET, matrices=matrices)


def exception_report(refused: WmtsRefused) -> str:
    """An OWS exception report."""
    template = _templates().get_template("exception.xml")
    return template.render(code=refused.code, locator=refused.locator, zh=refused.zh, en=refused.en)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    count = 1 << zoom
    column = (lon + 180) / 360 * count
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count
    return min(count - 1, max(0, int(column))), min(count - 1, max(0, int(row)))
