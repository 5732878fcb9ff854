"""Quality: precision and recall with their terms, and the samples that recall rests on."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.candidates import FlightRef
from api.schemas.people import DivisionRef
from api.schemas.shared import GeoJSON, Given, Shape, TextPair
from api.schemas.surveys import PlacedAlignmentOut

__all__ = [
    "DrawIn",
    "DrawnOut",
    "JudgeIn",
    "JudgedOut",
    "MissedKind",
    "QualityFigureOut",
    "QualityOut",
    "RateOut",
    "SampleList",
    "SampleOut",
]

SampleKind = Literal["empty", "rejected"]
SampleVerdict = Literal["nothing", "missed", "unclear"]
MissedKind = Literal["new", "extended", "rebuilt", "demolished", "changed"]


class RateOut(Shape):
    """A share with both its terms and its 95 % limits; without a value ``note`` says why.

    The denominator of a recall is an estimate and need not be whole.
    """

    numerator: float
    denominator: float | None
    value: float | None
    low: float | None
    high: float | None
    note: TextPair | None


class JudgedOut(Shape):
    """How many there are, how many of them were judged, in how many something was missed, and how much in all."""

    population: int
    judged: int
    missed: int
    structures: int


class QualityFigureOut(Shape):
    """One row: a township, a kind of change, a model version, or all together (``key`` is null)."""

    key: str | None
    name: str | None
    accepted: int
    rejected: int
    pending: int
    precision: RateOut
    recall: RateOut
    empty: JudgedOut
    resampled: JudgedOut


class QualityOut(Shape):
    """Precision and recall in all, by township, kind and model version; and how many samples wait."""

    total: QualityFigureOut
    divisions: list[QualityFigureOut]
    kinds: list[QualityFigureOut]
    models: list[QualityFigureOut]
    waiting: int
    square_m: int
    least_judged: int


class SampleOut(Shape):
    """One sample: a square without a candidate, or a rejected candidate; geometry in EPSG:4490.

    What was said of a candidate before is not told, so that it sways nobody.
    """

    id: int
    kind_of_sample: SampleKind
    place: str
    geometry: GeoJSON
    bbox: tuple[float, float, float, float]
    before: FlightRef
    after: FlightRef
    alignment: PlacedAlignmentOut | None
    division: DivisionRef | None
    verdict: SampleVerdict | None
    missed: int | None
    missed_kind: MissedKind | None
    by: str | None
    at: datetime | None
    own_rejection: bool
    synthetic: bool
    version: int


class SampleList(Shape):
    """One page of samples and how many there are in all."""

    total: int
    items: list[SampleOut]


class DrawIn(Given):
    """How many samples to draw, of one flight or of all; without a seed one is chosen and told."""

    empty: int = Field(default=30, ge=0, le=2000)
    rejected: int = Field(default=30, ge=0, le=2000)
    survey: int | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**31)


class DrawnOut(Shape):
    """What was drawn, and the seed."""

    empty: int
    rejected: int
    seed: int


class JudgeIn(Given):
    """A verdict on the version that was seen; number and kind for something missed in an empty place."""

    verdict: SampleVerdict
    missed: int | None = Field(default=None, ge=1, le=200)
    missed_kind: MissedKind | None = None
    version: int
