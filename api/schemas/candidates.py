"""Candidates: suspected changes of buildings, and the verdicts of reviewers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.people import DivisionRef
from api.schemas.shared import GeoJSON, Shape
from api.schemas.surveys import AlignmentOut
from layers.candidates.rules import RejectReason

__all__ = ["CandidateList", "CandidateOut", "CodeRef", "FlightRef", "ReviewIn", "ReviewOut", "UndoIn"]


class FlightRef(Shape):
    """A flight by id, code and date."""

    survey_id: int
    code: str
    flown_on: date


class CodeRef(Shape):
    """A thing by id and code."""

    id: int
    code: str


class PlanningAreaRef(Shape):
    """A planning area."""

    code: str
    name: str


class ReviewOut(Shape):
    """One verdict."""

    verdict: Literal["accept", "reject", "undo"]
    reason: str | None
    note: str | None
    by: str
    at: datetime


class CandidateOut(Shape):
    """One suspicion: geometry in EPSG:4490 in the frame of the earlier flight, area in m² (EPSG:4548),

    height change in metres; ``alignment`` is how far the later flight lies off the earlier one.
    """

    id: int
    code: str
    kind: Literal["new", "demolished", "extended", "changed"]
    confidence: float
    area_m2: float
    height_change_m: float | None
    status: Literal["pending", "accepted", "rejected"]
    geometry: GeoJSON
    bbox: tuple[float, float, float, float]
    before: FlightRef | None
    after: FlightRef
    alignment: AlignmentOut | None
    grid: CodeRef | None
    division: DivisionRef | None
    permit: CodeRef | None
    planning_area: PlanningAreaRef | None
    known: CodeRef | None
    illegal_building: CodeRef | None
    method: str
    synthetic: bool
    version: int
    reviews: list[ReviewOut]


class CandidateList(Shape):
    """One page of candidates and how many there are in all."""

    total: int
    items: list[CandidateOut]


class ReviewIn(Shape):
    """A verdict on the version that the reviewer saw."""

    verdict: Literal["accept", "reject"]
    reason: RejectReason | None = None
    note: str | None = Field(default=None, max_length=2000)
    version: int


class UndoIn(Shape):
    """Take the last verdict back."""

    version: int
