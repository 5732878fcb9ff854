"""What the flights show: their files' digests, pieces of the originals, and pictures for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

from PIL.Image import Image
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis.align import Motion, read_aligned
from gis.chip import cut
from gis.crs import MEASURED, STORED, reproject
from gis.errors import ChengtuError
from gis.plate import as_png, grid_around, plate
from gis.raster import Grid, colour_bands, ground_pixel_m, opened
from layers.evidence import document
from layers.evidence.told import Told
from layers.layer import Text
from layers.storage import Kind, Storage, sha256
from layers.surveys.model import Survey

__all__ = [
    "ImageryChanged",
    "Pictures",
    "flights",
    "item",
    "outline_file",
    "picture_files",
    "pieces",
    "plates",
]

MARGIN_M = 20.0
AROUND_M = 150.0  # of the picture that shows where it is
TITLES = {"before": Text("前期", "earlier flight"), "after": Text("后期", "later flight")}
Role = Literal["before", "after"]
Pictures = Mapping[str, Image]


class ImageryChanged(ChengtuError):
    """A stored original is not the file that was received."""

    code = "imagery_changed"
    zh = "航飞 {code} 的原始文件“{name}”与收到时不一致（SHA-256 不符），没有生成证据档案。请从备份恢复该文件后重试。"
    en = (
        "The original “{name}” of flight {code} is not what was received (its SHA-256 differs); no evidence file was "
        "made. Restore it from the backup, then try again."
    )


def flights(told: Told, storage: Storage) -> list[document.Flight]:
    """Both flights with their files. Raises ImageryChanged: of a changed original no evidence is made."""
    return [
        document.Flight(
            role=cast(Role, role),
            code=survey.code,
            flown_on=survey.flown_on,
            crs=survey.crs,
            pixel_m=survey.gsd_m,
            width_px=survey.width,
            height_px=survey.height,
            files=_files(survey, storage),
        )
        for role, survey in told.flights.items()
    ]


def _files(survey: Survey, storage: Storage) -> list[document.FlightFile]:
    found = []
    for each in survey.files:
        kind = cast(Kind, each.kind)
        original, cog = storage.source(survey.id, kind), storage.cog(survey.id, kind)
        if original.exists() and _digest(original) != each.sha256:
            raise ImageryChanged(code=survey.code, name=each.original_name)
        found.append(
            document.FlightFile(
                kind=kind,
                original_name=each.original_name,
                bytes=each.bytes,
                received_sha256=each.sha256,
                stored=original.exists(),
                cog_sha256=_digest(cog) if cog.exists() else None,
            )
        )
    return found


def _digest(path: Path) -> str:
    """Computed once for a file that nobody touched; a flight may have many gigabytes."""
    seen = path.stat()
    return _digest_of(path, seen.st_size, seen.st_mtime_ns, seen.st_ino)


@lru_cache(maxsize=256)
def _digest_of(path: Path, size: int, modified: int, node: int) -> str:
    return sha256(path)


def outline_file(told: Told, folder: Path, into: str = "data") -> document.Item:
    """The outline as a GeoJSON feature, EPSG:4490. ``into``: where in the bag it goes, as of all files here."""
    feature = {
        "type": "FeatureCollection",
        "name": told.structure.code,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"code": told.structure.code, "version": told.structure.version},
                "geometry": told.structure.outline,
            }
        ],
    }
    path = folder / into / "outline.geojson"
    path.write_text(json.dumps(feature, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    title = Text("轮廓（EPSG:4490，经度在前）", "outline (EPSG:4490, longitude first)")
    return item(folder, path, "application/geo+json", title)


def pieces(told: Told, storage: Storage, folder: Path, into: str = "data") -> list[document.Item]:
    """Pieces of the originals as received, 20 m around the outline; none of a flight that has none there."""
    found = []
    for role, survey in told.flights.items():
        outline = told.outline if role == "before" else _in_later(told)
        bounds = reproject(outline, STORED, MEASURED).buffer(MARGIN_M).bounds
        for kind, noun in (
            ("ortho", Text("正射影像", "orthophoto")),
            ("dsm", Text("表面模型", "surface model")),
        ):
            source = storage.source(survey.id, cast(Kind, kind))
            path = folder / into / f"{role}-{kind}.tif"
            if source.exists() and cut(source, path, bounds, MEASURED):
                zh, en = TITLES[role].zh, TITLES[role].en
                title = Text(f"{zh}{noun.zh}原始像元", f"{noun.en} of the {en}, its own pixels")
                found.append(item(folder, path, "image/tiff; application=geotiff", title, survey.code))
    return found


def _in_later(told: Told) -> BaseGeometry:
    """The outline where the later flight shows it, EPSG:4490; exact to what turns and bends over a structure."""
    if told.placing is None:
        return told.outline
    here = told.placing.at(told.outline.bounds)
    return translate(told.outline, here["lon"], here["lat"])


PLATES = frozenset({"before", "after", "around"})


def plates(told: Told, storage: Storage, wanted: frozenset[str] = PLATES) -> dict[str, Image]:
    """Pictures with the outline drawn in: ``before`` and ``after`` on one grid, and ``around``; those wanted."""
    crs = told.placing.stored["crs"] if told.placing else MEASURED
    outline = reproject(told.outline, STORED, crs)
    motion = told.placing.motion if told.placing else Motion()
    drawn: dict[str, Image] = {}
    for role, survey in told.flights.items():
        path = storage.cog(survey.id, "ortho")
        if not path.exists():
            continue
        with opened(path) as dataset:
            pixel = ground_pixel_m(dataset)
            here = motion if role == "after" else Motion()
            caption = f"{survey.flown_on.isoformat()}  {survey.code}"
            if role in wanted:
                grid = grid_around(outline, MARGIN_M, pixel, crs)
                drawn[role] = _plate(dataset, grid, here, outline, caption)
            if role == "after" and "around" in wanted:
                wide = grid_around(outline, AROUND_M, pixel, crs)
                drawn["around"] = _plate(dataset, wide, here, outline, caption)
    return drawn


def _plate(dataset: Any, grid: Grid, motion: Motion, outline: BaseGeometry, caption: str) -> Image:
    raster = read_aligned(dataset, grid, motion, bands=colour_bands(dataset))
    return plate(raster, outline, caption)


def picture_files(told: Told, drawn: Pictures, folder: Path, into: str = "data") -> list[document.Item]:
    """The pictures as PNG."""
    titles = {
        "before": Text("前期影像（示意）", "earlier flight, for people"),
        "after": Text("后期影像（示意）", "later flight, for people"),
        "around": Text("周边影像（示意）", "surroundings, for people"),
    }
    found = []
    for name, image in drawn.items():
        path = folder / into / f"{name}.png"
        path.write_bytes(as_png(image))
        survey = told.before if name == "before" else told.after
        found.append(item(folder, path, "image/png", titles[name], survey.code if survey else None))
    return found


def item(folder: Path, path: Path, media_type: str, title: Text, flight: str | None = None) -> document.Item:
    """A file of the payload as an entry."""
    return document.Item(
        path=path.relative_to(folder).as_posix(),
        media_type=media_type,
        bytes=path.stat().st_size,
        sha256=sha256(path),
        title_zh=title.zh,
        title_en=title.en,
        flight=flight,
    )
