"""A picture for people: what a raster shows around an outline, with the outline, a scale bar and north drawn in."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from gis.raster import Grid, Raster

__all__ = ["Stroke", "as_jpeg", "as_png", "grid_around", "plate", "sketch"]

_OUTLINE, _CASING, _INK, _PAPER = (194, 24, 143), (255, 255, 255), (20, 20, 20), (255, 255, 255)
_EMPTY = 225  # grey where the raster shows nothing
_LEAST_PX, _MOST_PX = 600, 1200
_BAR_SHARE = 0.3  # of the width, at most


def grid_around(outline: BaseGeometry, margin: float, pixel: float, crs: Any) -> Grid:
    """A grid over an outline and a margin, metres of ``crs``: pixels of ``pixel`` where that makes 600 to 1 200 a side."""
    west, south, east, north = outline.buffer(margin).bounds
    side = max(east - west, north - south)
    fitting = max(side / _MOST_PX, min(pixel, side / _LEAST_PX))
    return Grid.over((west, south, east, north), fitting, crs)


def plate(raster: Raster, outline: BaseGeometry, caption: str, letters: float = 1.0) -> Image.Image:
    """The picture of a raster (1 or 3 bands uint8, metres) with an outline in its CRS; ``caption`` is ASCII.

    ``letters``: how much larger lines and letters are than a picture of half a page wants them.
    """
    shown = np.where(raster.mask, raster.pixels, _EMPTY).astype(np.uint8)
    colours = np.repeat(shown[:1], 3, axis=0) if len(shown) < 3 else shown[:3]
    image = Image.fromarray(np.ascontiguousarray(np.moveaxis(colours, 0, -1)))
    return _finished(image, raster.grid, outline, caption, letters)


@dataclass(frozen=True)
class Stroke:
    """How a line is drawn; ``width`` in the grid's units (metres), at least a hair."""

    colour: tuple[int, int, int]
    width: float = 0.0


def sketch(
    grid: Grid,
    outline: BaseGeometry,
    lines: Sequence[tuple[BaseGeometry, Stroke]],
    caption: str,
    letters: float = 1.0,
) -> Image.Image:
    """A plan on white where no raster shows the place: lines and rings in the grid's CRS below the outline."""
    image = Image.new("RGB", (grid.width, grid.height), _PAPER)
    draw = ImageDraw.Draw(image)
    back, hair = ~grid.transform, max(1.0, max(image.size) / 600)
    for shape, stroke in lines:
        width = max(round(stroke.width / grid.pixel), round(1.4 * hair))
        for line in _lines(shape):
            draw.line([back @ (x, y) for x, y, *_ in line], fill=stroke.colour, width=width, joint="curve")
    return _finished(image, grid, outline, caption, letters)


def _finished(
    image: Image.Image, grid: Grid, outline: BaseGeometry, caption: str, letters: float
) -> Image.Image:
    """The picture with outline, scale bar, north and caption."""
    draw = ImageDraw.Draw(image)
    unit = letters * max(1.0, max(image.size) / 600)  # so that lines and letters keep their size on paper
    back = ~grid.transform
    for ring in _rings(outline):
        line = [back @ (x, y) for x, y, *_ in ring]
        draw.line(line, fill=_CASING, width=round(4 * unit), joint="curve")
        draw.line(line, fill=_OUTLINE, width=round(2 * unit), joint="curve")
    font = ImageFont.load_default(size=12 * unit)
    _bar(draw, image.size, grid.pixel, unit, font)
    _north(draw, image.size, unit, font)
    _boxed(draw, (8 * unit, 8 * unit), caption, unit, font)
    return image


def as_png(image: Image.Image) -> bytes:
    """The picture without loss."""
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=6)
    return data.getvalue()


def as_jpeg(image: Image.Image) -> bytes:
    """The picture as small as a page needs it."""
    data = io.BytesIO()
    image.save(data, "JPEG", quality=82)
    return data.getvalue()


def _rings(outline: BaseGeometry) -> Iterator[Any]:
    for part in getattr(outline, "geoms", [outline]):
        yield part.exterior.coords
        yield from (each.coords for each in part.interiors)


def _lines(shape: BaseGeometry) -> Iterator[Any]:
    """The lines of a shape of any kind; a point has none."""
    for part in getattr(shape, "geoms", [shape]):
        if part.geom_type == "Polygon":
            yield from _rings(part)
        elif part.geom_type in {"LineString", "LinearRing"}:
            yield part.coords


def _bar(draw: Any, size: tuple[int, int], pixel: float, unit: float, font: Any) -> None:
    """A scale bar of 1, 2 or 5 times a power of ten metres, lower left."""
    longest = size[0] * pixel * _BAR_SHARE
    power = 10.0 ** math.floor(math.log10(longest))
    metres = max(step * power for step in (1, 2, 5) if step * power <= longest)
    left, bottom = 10 * unit, size[1] - 10 * unit
    right, thick = left + metres / pixel, 5 * unit
    label = f"{metres:g} m"
    top = bottom - thick - 18 * unit
    wide = max(right, left + draw.textlength(label, font=font))
    draw.rectangle((left - 5 * unit, top - 3 * unit, wide + 5 * unit, bottom + 4 * unit), fill=_PAPER)
    draw.text((left, top), label, fill=_INK, font=font)
    draw.rectangle((left, bottom - thick, right, bottom), fill=_INK)
    middle = (left + right) / 2
    draw.rectangle((middle, bottom - thick + unit, right - unit, bottom - unit), fill=_PAPER)


def _north(draw: Any, size: tuple[int, int], unit: float, font: Any) -> None:
    """Grid north, upper right."""
    right, top = size[0] - 8 * unit, 8 * unit
    draw.rectangle((right - 22 * unit, top, right, top + 40 * unit), fill=_PAPER)
    middle = right - 11 * unit
    draw.polygon(
        [
            (middle, top + 3 * unit),
            (middle + 6 * unit, top + 20 * unit),
            (middle - 6 * unit, top + 20 * unit),
        ],
        fill=_INK,
    )
    draw.text((middle - draw.textlength("N", font=font) / 2, top + 22 * unit), "N", fill=_INK, font=font)


def _boxed(draw: Any, place: tuple[float, float], words: str, unit: float, font: Any) -> None:
    left, top = place
    wide = draw.textlength(words, font=font)
    draw.rectangle((left, top, left + wide + 10 * unit, top + 20 * unit), fill=_PAPER)
    draw.text((left + 5 * unit, top + 2 * unit), words, fill=_INK, font=font)
