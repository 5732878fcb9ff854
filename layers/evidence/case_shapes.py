"""What an evidence file says of a case besides its candidates: the facts of the entries of these kinds."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from layers.evidence.shape import Moment, Position, Sha256, Shape

__all__ = [
    "Case",
    "CaseFacts",
    "Deadline",
    "Document",
    "FlightFinding",
    "Photograph",
    "Request",
    "Service",
    "SiteCheck",
    "Step",
]


class Case(Shape):
    """The case as its row says."""

    code: str
    version: int
    title: str
    status: str
    route: str
    party_name: str | None
    filed_on: date
    reviewed_on: date | None
    decided_on: date | None
    closed_on: date | None
    fine_yuan: str | None
    place_lonlat: Position = Field(description="EPSG:4490")
    division_code: str | None
    division: str | None
    handler: str | None
    illegal_building: str | None
    synthetic: bool = Field(description="true: demonstration data, no real case")


class SiteCheck(Shape):
    """Somebody was there."""

    number: int
    source: str
    conclusion: str
    checked_at: Moment
    by: str | None
    area_m2: str | None
    note: str | None
    place_lonlat: Position


class Step(Shape):
    """One act, as it was done; ``details`` is what was said with it."""

    seq: int
    act: str
    title_zh: str
    title_en: str
    from_status: str | None
    to_status: str
    at: Moment
    by: str | None
    approver: str | None
    reason: str | None
    legal_basis: str | None
    details: dict[str, Any]


class Service(Shape):
    """A document served; ``effective_on``: the day that periods count from."""

    step_seq: int
    document: str
    method: str
    served_on: date
    effective_on: date
    receiver: str | None


class Deadline(Shape):
    """A period as it was counted; a later one of the same kind stands in its place."""

    kind: str
    step_seq: int
    counted_from: date
    count: int
    unit: str
    ends_on: date
    settled: bool
    basis: str


class Request(Shape):
    """What needed somebody else's approval."""

    act: str
    reason: str
    days: int | None
    asked_by: str
    asked_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    granted: bool | None
    note: str | None


class FlightFinding(Shape):
    """What a flight since the filing showed of the building; a clue, no finding of fact. Areas in m² (EPSG:4548).

    ``compared_with`` is the flight before; ``candidate`` the detection that says so, null: nothing changed.
    """

    flight: str
    flown_on: date
    compared_with: str
    shows: str
    sureness: str
    recorded_m2: float
    area_m2: float
    gained_m2: float | None
    height_change_m: float | None
    cleared_share: float
    shown_share: float
    method: str | None
    confidence: float | None
    alignment_residual_m: float | None
    alignment_reliable: bool | None
    candidate: str | None
    closed_for: str | None
    word: str | None


class Document(Shape):
    """A document that was made; its two files are in the payload. ``fields``: what was filled in."""

    number: str
    kind: str
    title_zh: str
    title_en: str
    revision: int
    corrects_revision: int | None
    reason: str | None
    serves: str | None
    step_seq: int
    made_by: str
    made_at: Moment
    template_version: int
    template_sha256: Sha256
    docx_path: str
    docx_sha256: Sha256
    pdf_path: str
    pdf_sha256: Sha256
    fields: dict[str, Any]


class Photograph(Shape):
    """A photograph as it was received; its file is in the payload. ``facts``: what its register says besides."""

    code: str
    path: str
    sha256: Sha256
    caption: str
    taken_at: Moment | None
    facts: dict[str, Any]


CaseFacts = Case | SiteCheck | Step | Service | Deadline | Request | FlightFinding | Document | Photograph
