"""Candidates: suspected changes of buildings, and the verdicts of reviewers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.people import DivisionRef
from api.schemas.shared import GeoJSON, Given, Shape
from api.schemas.surveys import PlacedAlignmentOut
from layers.candidates.rules import RejectReason

__all__ = [
    "CandidateKind",
    "CandidateList",
    "CandidateOut",
    "CandidateStatus",
    "CandidatesWanted",
    "CodeRef",
    "DismissedOut",
    "FlightRef",
    "HoldOut",
    "LastActOut",
    "MergeIn",
    "MergeOther",
    "Method",
    "NeighbourList",
    "PutBackIn",
    "PutBackOut",
    "RebuildsOut",
    "RedrawIn",
    "ReviewIn",
    "ReviewOut",
    "SightingOut",
    "SplitIn",
    "SplitOut",
    "UndoIn",
]

CandidateKind = Literal["new", "demolished", "extended", "rebuilt", "changed"]
CandidateStatus = Literal["pending", "second", "accepted", "rejected", "replaced"]
Method = Literal["learned", "surface", "fused", "difference"]


class CandidatesWanted(Given):
    """Which suspicions, in which order; ``dismissed`` are those that wait outside the queue."""

    survey: int | None = None
    status: CandidateStatus | None = None
    kind: CandidateKind | None = None
    division: str | None = Field(default=None, max_length=32)
    min_area_m2: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    sort: Literal["priority", "confidence", "area", "code"] = "priority"
    dismissed: Literal["exclude", "only", "include"] = "exclude"
    limit: int = Field(default=200, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)


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
    """One verdict or change of the outline."""

    verdict: Literal["accept", "reject", "undo", "redraw", "merge", "split"]
    reason: str | None
    note: str | None
    by: str
    at: datetime


class SightingOut(Shape):
    """What one flight saw of a structure: as it stood, or as last seen when it is gone; area in m² (EPSG:4548).

    ``detected`` is false where the detector found no change; method and model are then those of the last
    flight on which it did.
    """

    survey_id: int
    flown_on: date
    state: Literal["appeared", "grew", "unchanged", "gone"]
    detected: bool
    kind: CandidateKind
    area_m2: float
    height_change_m: float | None
    confidence: float
    method: Method
    model: str | None


class PutBackOut(Shape):
    """Who put it back into the queue, and when."""

    by: str
    at: datetime


class DismissedOut(Shape):
    """Why it waits outside the queue: the earlier candidate on the same ground and why that was rejected."""

    code: Literal["permitted", "rejected_before"]
    candidate: CodeRef | None
    reason: RejectReason | None
    put_back: PutBackOut | None


class HoldOut(Shape):
    """Who is at work on it (display name and sign-in name), and until when unless that is renewed."""

    by: str
    name: str
    until: datetime


class LastActOut(Shape):
    """What was done last and stands; only that person (or an administrator) takes it back."""

    verdict: Literal["accept", "reject", "redraw", "merge", "split"]
    by: str
    name: str
    at: datetime


class RebuildsOut(Shape):
    """The illegal building that stood there before it was demolished, its newest case, and the alarm that says so."""

    alarm_id: int
    illegal_building: CodeRef
    case: CodeRef | None


class CandidateOut(Shape):
    """One suspicion: geometry in EPSG:4490 in the frame of the earlier flight, area in m² (EPSG:4548),

    height change in metres; ``alignment`` is how far the later flight lies off the earlier one. ``follows`` is
    the structure of which it is the growth or the demolition; ``sightings`` are in the order of flights.
    ``contested``: two reviewers disagree and a third decides; ``redrawn``: a person drew the outline.
    """

    id: int
    code: str
    kind: CandidateKind
    priority: float
    confidence: float
    area_m2: float
    height_change_m: float | None
    status: CandidateStatus
    geometry: GeoJSON
    bbox: tuple[float, float, float, float]
    before: FlightRef | None
    after: FlightRef
    alignment: PlacedAlignmentOut | None
    grid: CodeRef | None
    division: DivisionRef | None
    permit: CodeRef | None
    planning_area: PlanningAreaRef | None
    known: CodeRef | None
    illegal_building: CodeRef | None
    known_structure: bool
    follows: CodeRef | None
    replaced_by: CodeRef | None
    hold: HoldOut | None
    last_act: LastActOut | None
    rebuilds: RebuildsOut | None
    contested: bool
    redrawn: bool
    dismissed: DismissedOut | None
    sightings: list[SightingOut]
    method: Method
    model: str | None
    threshold: float | None
    synthetic: bool
    version: int
    reviews: list[ReviewOut]


class CandidateList(Shape):
    """One page of candidates and how many there are in all.

    ``total`` counts what was asked for, ``queued`` and ``dismissed`` the two parts of all that fits otherwise.
    """

    total: int
    queued: int
    dismissed: int
    items: list[CandidateOut]


class ReviewIn(Given):
    """A verdict on the version that the reviewer saw."""

    verdict: Literal["accept", "reject"]
    reason: RejectReason | None = None
    note: str | None = Field(default=None, max_length=2000)
    version: int


class UndoIn(Given):
    """Take the last verdict back."""

    version: int


class RedrawIn(Given):
    """A new outline: Polygon or MultiPolygon, EPSG:4490, in the frame of the earlier flight."""

    outline: GeoJSON
    version: int


class NeighbourList(Shape):
    """At most nine candidates with which one can be merged, the nearest first."""

    items: list[CandidateOut]


class MergeOther(Shape):
    """Another candidate of the same flight, in the version that was seen."""

    id: int
    version: int


class MergeIn(Given):
    """What this candidate is merged with."""

    others: list[MergeOther] = Field(min_length=1, max_length=49)
    version: int


class SplitIn(Given):
    """A line that cuts, or the parts themselves; EPSG:4490, in the frame of the earlier flight."""

    line: GeoJSON | None = None
    parts: list[GeoJSON] = Field(default=[], max_length=20)
    version: int


class SplitOut(Shape):
    """All parts; the first is the candidate that was split."""

    items: list[CandidateOut]


class PutBackIn(Given):
    """Put a dismissed one back into the queue."""

    version: int
