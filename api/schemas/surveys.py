"""Surveys: one drone flight each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.shared import Day, GeoJSON, Given, Shape

__all__ = [
    "AlignmentOut",
    "BaselineOut",
    "CandidateCounts",
    "CompareAnywayIn",
    "ComparedAnywayOut",
    "HereOut",
    "ImageryOut",
    "PlacedAlignmentOut",
    "StageOut",
    "SurveyErrorOut",
    "SurveyFileOut",
    "SurveyIn",
    "SurveyOut",
]

Kind = Literal["ortho", "dsm"]


class SurveyIn(Given):
    """A flight that is about to be uploaded."""

    name: str = Field(min_length=1, max_length=120)
    flown_on: Day
    expects: list[Kind] = Field(default=["ortho"], min_length=1, max_length=2)


class StageOut(Shape):
    """One stage of processing."""

    name: Literal["check", "prepare", "baseline", "align", "detect", "record"]
    status: Literal["waiting", "running", "done", "failed"]
    progress: float
    started_at: datetime | None = None
    finished_at: datetime | None = None


class SurveyErrorOut(Shape):
    """Why a survey was refused or failed."""

    code: str
    zh: str
    en: str
    id: str


class SurveyFileOut(Shape):
    """A stored file of the survey."""

    kind: Kind
    original_name: str
    bytes: int
    sha256: str


class BaselineOut(Shape):
    """The earlier flight it is compared with."""

    id: int
    code: str
    flown_on: date


class AlignmentOut(Shape):
    """Shift of this flight against its baseline, in metres east and north, and what remains of it (null: not measurable)."""

    dx_m: float
    dy_m: float
    residual_m: float | None
    reliable: bool
    grade: Literal["good", "loose", "lost"]


class HereOut(Shape):
    """Where things at this place of the earlier flight appear in the later one: degrees to go (EPSG:4490),

    and the turn (anticlockwise) and scale of its surroundings.
    """

    lon: float
    lat: float
    turn_deg: float
    scale: float


class PlacedAlignmentOut(AlignmentOut):
    """The alignment, and what it is here, shift, turn, scale and warp together; null where only the shift is known."""

    here: HereOut | None


class CompareAnywayIn(Given):
    """Why a flight that could not be aligned shall be compared all the same."""

    reason: str = Field(min_length=1, max_length=500)


class ComparedAnywayOut(Shape):
    """Who had a flight compared that could not be aligned, when and why."""

    by: str
    at: datetime
    reason: str


class ImageryOut(Shape):
    """Where its tiles are (WebMercatorQuad); bounds in EPSG:4490."""

    tiles: str
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float]


class CandidateCounts(Shape):
    """How many suspicions of this flight are in which state; dismissed ones wait outside the queue."""

    pending: int
    accepted: int
    rejected: int
    dismissed: int


class SurveyOut(Shape):
    """One flight and what became of it."""

    id: int
    code: str
    name: str
    flown_on: date
    status: Literal["draft", "queued", "processing", "done", "refused", "failed"]
    stage: str | None
    progress: float
    stages: list[StageOut]
    seconds_left: float | None
    error: SurveyErrorOut | None
    files: list[SurveyFileOut]
    expects: list[Kind]
    footprint: GeoJSON | None
    gsd_m: float | None
    crs: str | None
    baseline: BaselineOut | None
    alignment: AlignmentOut | None
    compared_anyway: ComparedAnywayOut | None
    imagery: ImageryOut | None
    candidates: CandidateCounts
    synthetic: bool
    created_by: str | None
    created_at: datetime
