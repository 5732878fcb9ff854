"""What the database says of a candidate, as the facts of its evidence file; read in one state of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import rasterio
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.change import DetectOptions
from gis.change.model import SHIPPED, Model, ModelUnreadable, sha256_of
from gis.crs import to_metres
from layers import history
from layers.candidates import store as candidates
from layers.candidates.layer import CANDIDATES
from layers.detector.installed import installed
from layers.evidence import document, store
from layers.people.rules import Role
from layers.settings import Settings
from layers.surveys import rules
from layers.surveys import store as surveys
from layers.surveys.model import Survey
from layers.surveys.placing import Placing
from layers.version import VERSION

__all__ = ["Told", "change", "tell"]

NOT_ALIGNED = (
    "两期影像未作配准，后期影像按其自身坐标显示，未作移动。",
    "The two flights were not aligned; the later one is shown by its own coordinates, not moved.",
)
NOT_APPLIED = (
    "两期影像配准不可靠，未据此移动后期影像；轮廓与影像之间可能有偏差。",
    "The alignment was not reliable and was not applied; outline and picture may lie off one another.",
)
LOST = (
    "两期影像未能配准，经人工决定仍作比对；两期可能不是同一地块。",
    "The two flights could not be aligned and were compared by somebody's decision; they may not show one place.",
)
LOOSE = (
    "配准不够可靠，检测时已放宽容差。",
    "The alignment is not fully reliable; the detector allowed more tolerance.",
)
GOOD = (
    "配准可靠，后期影像已按此移动后比对。",
    "The alignment is reliable; the later flight was moved by it to be compared.",
)
FIRST = ("没有前期影像，无从配准。", "There is no earlier flight to align with.")


@dataclass(frozen=True)
class Told:
    """A candidate as it was read: its two flights, and all facts that are known without opening an image.

    ``outline``: EPSG:4490, in the frame of the earlier flight.
    """

    outline: BaseGeometry
    before: Survey | None
    after: Survey
    placing: Placing | None
    structure: document.Structure
    alignment: document.Alignment
    detection: document.Detection
    rest: tuple[document.Facts, ...]

    @property
    def subject(self) -> document.Subject:
        """Of what this is told."""
        return document.Subject(kind="candidate", code=self.structure.code, version=self.structure.version)

    @property
    def flights(self) -> dict[str, Survey]:
        """The flights by their part in the comparison."""
        return {"after": self.after} if self.before is None else {"before": self.before, "after": self.after}


def tell(session: Session, settings: Settings, candidate_id: int, roles: frozenset[Role]) -> Told:
    """All that is known of a candidate. Raises NotFound."""
    shown = candidates.get(session, candidate_id)
    after = surveys.get(session, shown["after"]["survey_id"])
    before = surveys.get(session, shown["before"]["survey_id"]) if shown["before"] else None
    placing = Placing(after.alignment) if shown["alignment"] and after.alignment else None
    outline = shape(shown["geometry"])
    return Told(
        outline=outline,
        before=before,
        after=after,
        placing=placing,
        structure=_structure(shown, outline),
        alignment=_alignment(session, shown, before, after, placing),
        detection=_detection(settings, shown),
        rest=(
            *(_sighting(each) for each in shown["sightings"] or ()),
            *(document.Review(**each) for each in shown["reviews"]),
            *(change(each) for each in reversed(history.of(session, CANDIDATES, candidate_id, roles))),
            document.Software(name="chengtu", version=VERSION, gdal=rasterio.__gdal_version__),
        ),
    )


def _structure(shown: Mapping[str, Any], outline: BaseGeometry) -> document.Structure:
    point = outline.representative_point()
    metres = to_metres(point)
    aside, back = shown["dismissed"], (shown["dismissed"] or {}).get("put_back")
    division = shown["division"] or {}
    return document.Structure(
        code=shown["code"],
        version=shown["version"],
        kind=shown["kind"],
        status=shown["status"],
        outline=shown["geometry"],
        centre_lonlat=(round(point.x, 8), round(point.y, 8)),
        centre_east_north_m=(round(metres.x, 2), round(metres.y, 2)),
        area_m2=shown["area_m2"],
        height_change_m=shown["height_change_m"],
        division_code=division.get("code"),
        division=division.get("name"),
        grid=_code(shown["grid"]),
        planning_area=(shown["planning_area"] or {}).get("name"),
        permit=_code(shown["permit"]),
        follows=_code(shown["follows"]),
        known_illegal_building=_code(shown["known"]),
        illegal_building=_code(shown["illegal_building"]),
        growth_check=shown["known_structure"],
        set_aside=aside["code"] if aside else None,
        put_back_by=back["by"] if back else None,
        put_back_at=back["at"] if back else None,
        synthetic=shown["synthetic"],
    )


def _code(reference: Mapping[str, Any] | None) -> str | None:
    return None if reference is None else str(reference["code"])


def _alignment(
    session: Session, shown: Mapping[str, Any], before: Survey | None, after: Survey, placing: Placing | None
) -> document.Alignment:
    shift = shown["alignment"] or {}
    whole = placing.stored if placing else {}
    grade = rules.grade(shift["reliable"], whole or None) if shift else None
    applied = bool(whole["reliable"] or whole["helps"]) if whole else None
    note_zh, note_en = _note(grade, applied, first=before is None)
    return document.Alignment(
        model=_model(whole) if whole else None,
        crs=whole.get("crs"),
        dx_m=shift.get("dx_m"),
        dy_m=shift.get("dy_m"),
        rotation_deg=whole.get("rotation_deg"),
        scale=whole.get("scale"),
        residual_m=shift.get("residual_m"),
        matched_share=whole.get("matched_share"),
        grade=grade,
        applied=applied,
        note_zh=note_zh,
        note_en=note_en,
        forced=_forced(session, after, before),
    )


def _model(whole: Mapping[str, Any]) -> Any:
    """What was fitted: a shift alone, with turn and scale, or bent locally besides."""
    if whole["warp"]:
        return "similarity_and_warp"
    return "shift" if whole["rotation_deg"] == 0 and whole["scale"] == 1 else "similarity"


def _note(grade: str | None, applied: bool | None, *, first: bool) -> tuple[str, str]:
    if first:
        return FIRST
    if grade is None:
        return NOT_ALIGNED
    if grade == "lost":
        return LOST
    if applied is False:
        return NOT_APPLIED
    return GOOD if grade == "good" else LOOSE


def _forced(session: Session, after: Survey, before: Survey | None) -> document.Forced | None:
    if after.forced_by is None or before is None or after.forced_baseline_id != before.id:
        return None
    assert after.forced_at is not None and after.forced_reason is not None
    by = store.name_of(session, after.forced_by)
    return document.Forced(by=by, at=after.forced_at, reason=after.forced_reason)


def _detection(settings: Settings, shown: Mapping[str, Any]) -> document.Detection:
    standard = DetectOptions()
    return document.Detection(
        method=shown["method"],
        model=shown["model"],
        model_sha256=_model_sha256(settings, shown["model"]),
        threshold=shown["threshold"],
        confidence=shown["confidence"],
        options={
            "min_area_m2": settings.min_area_m2,
            "least_confidence": settings.least_confidence,
            "pixel_m": standard.pixel_m,
            "min_height_m": standard.min_height_m,
            "difference_score": standard.score,
        },
    )


def _model_sha256(settings: Settings, version: str | None) -> str | None:
    """The digest of the installed file of a model's version; a model may have a coarse one beside it."""
    if version is None:
        return None
    for path in dict.fromkeys([SHIPPED, *(each.path for each in installed(settings))]):
        try:
            model = Model.read(path)
            coarse = Model.read(model.coarse) if model.coarse else None
        except ModelUnreadable:
            continue
        for each in (model, coarse):
            if each is not None and each.version == version:
                return sha256_of(each.path)
    return None


def _sighting(seen: Mapping[str, Any]) -> document.Sighting:
    names = document.Sighting.model_fields
    day = date.fromisoformat(seen["flown_on"])
    return document.Sighting(**{**{name: seen[name] for name in names}, "flown_on": day})


def change(line: history.Version) -> document.Change:
    """A version of a row in its history."""
    return document.Change(
        version=line["version"],
        operation=line["operation"],
        actor=line["actor"],
        at=line["at"],
        changes=[dict(each) for each in line["changes"]],
    )
