"""The pictures of a document: where the structure lies, and what the flights show of it. Drawn without a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from PIL import Image, ImageOps
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.crs import MEASURED, STORED, reproject
from gis.plate import Stroke, as_jpeg, grid_around, plate, sketch
from gis.raster import colour_bands, ground_pixel_m, opened, read_onto
from layers.documents import store
from layers.documents.filled import Picture
from layers.documents.photographs import Photograph
from layers.documents.words import BLANK, moment
from layers.errors import Refused
from layers.evidence import pictures as flights
from layers.evidence.told import Told, tell
from layers.people.rules import Role
from layers.settings import Settings
from layers.storage import Storage

__all__ = ["Seen", "draw", "photograph_lines", "see"]

AROUND_M = 60.0
_POINT_M = 3.0  # a place without an outline is shown as a ring
_MAP_MM, _CHIP_MM, _PHOTO_MM = 78.0, 52.0, 120.0
_LETTERS = 1.7  # on a picture so small
_MOST_PX = 1600
_STROKES = {
    "roads": Stroke((196, 190, 178), 5.0),
    "grids": Stroke((170, 164, 200)),
    "buildings": Stroke((190, 110, 104)),
}


@dataclass(frozen=True)
class Seen:
    """What the pictures are drawn of, as it was read; ``outline``: EPSG:4490, ``ortho``: the newest flight's COG."""

    outline: BaseGeometry
    around: Sequence[tuple[str, BaseGeometry]]
    told: Told | None
    ortho: Path | None
    caption: str


def see(session: Session, settings: Settings, row: dict[str, object], roles: frozenset[Role]) -> Seen:
    """Read what the pictures of a case need. ``row``: ``store.case_facts``."""
    lon, lat = float(str(row["lon"])), float(str(row["lat"]))
    outline = row["outline"]
    if not isinstance(outline, BaseGeometry):
        ring = reproject(shapely.Point(lon, lat), STORED, MEASURED).buffer(_POINT_M)
        outline = reproject(ring, MEASURED, STORED)
    wide = reproject(reproject(outline, STORED, MEASURED).buffer(AROUND_M), MEASURED, STORED)
    candidate = row["candidate_id"]
    told = tell(session, settings, candidate, roles) if isinstance(candidate, int) else None
    survey = store.latest_survey(session, outline) if told is None else None
    ortho = Storage.of(settings).cog(survey, "ortho") if survey is not None else None
    return Seen(outline, store.around(session, wide.bounds), told, ortho, f"{lon:.6f}, {lat:.6f}")


def draw(seen: Seen, settings: Settings) -> dict[str, object]:
    """The picture fields: those that cannot be drawn are blank."""
    drawn = flights.plates(seen.told, Storage.of(settings)) if seen.told else {}
    found: dict[str, object] = dict.fromkeys(("前期影像", "后期影像"), BLANK)
    if "before" in drawn and "after" in drawn:
        found |= {
            "前期影像": _printed(drawn["before"], _CHIP_MM),
            "后期影像": _printed(drawn["after"], _CHIP_MM),
        }
    return {**found, "位置图": _printed(drawn.get("around") or _map(seen), _MAP_MM)}


def _map(seen: Seen) -> Image.Image:
    outline = reproject(seen.outline, STORED, MEASURED)
    if seen.ortho is not None and seen.ortho.exists():
        with opened(seen.ortho) as dataset:
            grid = grid_around(outline, AROUND_M, ground_pixel_m(dataset), MEASURED)
            return plate(
                read_onto(dataset, grid, bands=colour_bands(dataset)), outline, seen.caption, _LETTERS
            )
    grid = grid_around(outline, AROUND_M, 0.2, MEASURED)
    lines = [(reproject(shape, STORED, MEASURED), _STROKES[noun]) for noun, shape in seen.around]
    return sketch(grid, outline, lines, seen.caption, _LETTERS)


def _printed(image: Image.Image, width_mm: float) -> Picture:
    small = image.copy()
    small.thumbnail((_MOST_PX, _MOST_PX))
    return Picture(as_jpeg(small.convert("RGB")), width_mm)


def photograph_lines(photographs: Sequence[Photograph]) -> list[dict[str, object]]:
    """The lines of the field 照片; turned as they were held. Raises Refused, naming a file that is no picture."""
    lines: list[dict[str, object]] = []
    for each in photographs:
        try:
            with Image.open(each.preview or each.path) as image:
                upright = ImageOps.exif_transpose(image)
                upright.thumbnail((_MOST_PX, _MOST_PX))
                picture = Picture(
                    as_jpeg(upright.convert("RGB")),
                    _PHOTO_MM if upright.width >= upright.height else _PHOTO_MM / 2,
                )
        except (OSError, Image.DecompressionBombError):
            raise Refused(
                reason_zh=f"照片 {each.code} 无法打开，没有制作文书。请检查该照片，或不附照片。",
                reason_en=f"Photograph {each.code} cannot be opened, so no document was made. Check it.",
            ) from None
        taken = moment(each.taken_at) if each.taken_at else ""
        lines.append({"图": picture, "说明": each.caption, "时间": taken})
    return lines
