"""Incidents: lists, one with its way, what is possible now, indicators and keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.people import DivisionRef
from api.schemas.shared import Day, GeoJSON, Given, Shape, TextPair
from layers.incidents.counted import Counted
from layers.incidents.figures import Grouping
from layers.incidents.limits import LimitUnit
from layers.incidents.photographs import MOST
from layers.incidents.rules import Act, State

__all__ = [
    "CategoryList", "CategoryOut", "FiguresOut", "FiguresWanted", "FilterOut", "HandlerList", "HandlerOut", "HotspotsOut",
    "HotspotsWanted", "IncidentActIn", "IncidentActOut", "IncidentAnswerIn", "IncidentIn", "IncidentList", "IncidentOut",
    "IncidentPhotographOut", "IncidentRequestOut", "IncidentShort", "IncidentStepOut", "IncidentsWanted", "KeyIn", "KeyList",
    "KeyMade", "KeyOut", "PhotographsIn", "RateTermsOut", "RequestsAsked", "SimilarList", "SimilarOut", "SimilarWanted",
]  # fmt: skip

Kind = Literal["event", "component"]
Source = Literal["inspector", "public", "video", "hotline"]
IncidentLight = Literal["green", "amber", "red", "met", "missed", "none"]
Grade = Literal["excellent", "good", "fair", "poor"]
Note = Field(default=None, max_length=4000)


class FilterOut(Shape):
    """A filter of the list of incidents, as its query takes it."""

    counted: Counted | None = None
    first: Day | None = None
    last: Day | None = None
    division: str | None = None
    category: str | None = None
    handler: int | None = None


class IncidentsWanted(FilterOut):
    """Which incidents; ``counted`` with ``first`` and ``last`` are those that an indicator counts."""

    status: State | None = None
    light: IncidentLight | None = None
    kind: Kind | None = None
    source: Source | None = None
    open: bool = False
    similar: bool = False
    q: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=100, ge=1, le=2000)
    offset: int = Field(default=0, ge=0, le=10_000_000)


class HandlerOut(Shape):
    """An organisation that handles incidents."""

    id: int
    name: str


class HandlerList(Shape):
    """Organisations."""

    items: list[HandlerOut]


class IncidentShort(Shape):
    """One incident in a list: place in EPSG:4490; ``asked``: a request waits for an approval."""

    id: int
    code: str
    platform_code: str | None
    kind: Kind
    category_code: str
    category_zh: str
    category_en: str
    source: Source
    status: State
    light: IncidentLight
    description: str | None
    address: str | None
    accepted_at: datetime
    filed_at: datetime | None
    dispatched_at: datetime | None
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    division: DivisionRef | None
    handler: HandlerOut | None
    grid: str | None
    lon: float
    lat: float
    asked: bool
    synthetic: bool
    version: int


class IncidentList(Shape):
    """One page of incidents, how many there are in all, and how many of them show which light."""

    total: int
    lights: dict[IncidentLight, int]
    items: list[IncidentShort]


class IncidentStepOut(Shape):
    """One act that was done."""

    seq: int
    act: str
    title: TextPair
    from_status: State | None
    to_status: State
    at: datetime
    by: str | None
    approver: str | None
    reason: str | None
    due_at: datetime | None
    handler: str | None
    details: dict[str, Any]


class IncidentPhotographOut(Shape):
    """A photograph of an incident, sizes in pixels: who sent it, how many metres from the place it was taken.

    ``original``: the asker may see it as it came; everybody who sees the incident sees the small one without tags.
    """

    id: int
    width: int
    height: int
    taken_at: datetime | None
    received_at: datetime
    by: str
    distance_m: float | None
    original: bool
    clues: list[Literal["far", "no_place", "no_time", "edited", "not_hashed"]]


class IncidentRequestOut(Shape):
    """What somebody asked for and somebody else granted or refused."""

    id: int
    act: Act
    reason: str
    count: int | None
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    granted: bool | None
    note: str | None


class IncidentWordOut(Shape):
    """One thing that is given with an act, by its name in the request."""

    name: str
    zh: str
    en: str


class IncidentActOut(Shape):
    """An act: possible now for the asking person, or why not; ``here``: it belongs to the present state."""

    act: Act
    title: TextPair
    possible: bool
    why_not: TextPair | None
    takes: list[IncidentWordOut]
    may_take: list[IncidentWordOut]
    approver: bool
    here: bool


class SimilarOut(Shape):
    """An incident of the same category near by and not long before or after; metres."""

    id: int
    code: str
    status: State
    accepted_at: datetime
    distance_m: float


class SimilarList(Shape):
    """What may be the same thing."""

    items: list[SimilarOut]
    within_m: int
    within_hours: int


class LimitOut(Shape):
    """The limit of a category."""

    count: int
    unit: LimitUnit


class IncidentOut(IncidentShort):
    """One incident with everything that happened and may happen; not ``due_settled``: holidays are missing."""

    steps: list[IncidentStepOut]
    requests: list[IncidentRequestOut]
    similar: list[SimilarOut]
    photographs: list[IncidentPhotographOut]
    acts: list[IncidentActOut]
    due_settled: bool
    limit: LimitOut | None


class SimilarWanted(Given):
    """What is about to be reported, place in EPSG:4490."""

    category: str = Field(max_length=40)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class IncidentIn(SimilarWanted):
    """A report; ``key`` is the sender's own number of the request: with the same one nothing is stored twice."""

    source: Source = "inspector"
    description: str | None = Note
    address: str | None = Field(default=None, max_length=500)
    key: UUID | None = None
    photographs: tuple[int, ...] = Field(default=(), max_length=MOST)


class PhotographsIn(Given):
    """Photographs that the sender sent before (``POST /api/photographs``), by their numbers."""

    photographs: tuple[int, ...] = Field(min_length=1, max_length=MOST)


class IncidentActIn(Given):
    """An act on the version that was seen; which of the others it takes, the incident tells with its acts."""

    version: int
    handler_id: int | None = None
    note: str | None = Note
    reason: str | None = Note
    count: int | None = Field(default=None, ge=1, le=1000)
    grade: Grade | None = None
    key: UUID | None = None


class IncidentAnswerIn(Given):
    """The answer to a request, on the version of the incident that was seen."""

    version: int
    granted: bool
    note: str | None = Note


class CategoryOut(Shape):
    """A code of events or components in force, and its limit, if anybody has set one."""

    code: str
    zh: str
    en: str
    standard: str
    count: int | None
    unit: LimitUnit | None
    second_hand: bool | None
    limit_source: str | None


class CategoryList(Shape):
    """Categories."""

    items: list[CategoryOut]


class FiguresWanted(Given):
    """The days of a period, the first and the last, and what to group by."""

    first: Day = Field(ge=date(1900, 1, 1))
    last: Day = Field(le=date(2999, 12, 31))
    by: Grouping | None = None


class RateTermsOut(Shape):
    """A rate in [0, 1] with both its terms and the filters of the lists that these count; null: nothing to divide by."""

    numerator: int
    denominator: int
    rate: float | None
    rate_text: str | None
    numerator_list: FilterOut
    denominator_list: FilterOut


class FigureRowOut(Shape):
    """The counts and rates of one group, each count with the filter of its list."""

    key: str | None
    name: str | None
    counts: dict[Counted, int]
    filing: RateTermsOut
    closing: RateTermsOut
    on_time: RateTermsOut


class FiguresOut(Shape):
    """The indicators of a period: in all, and by group."""

    first: date
    last: date
    total: FigureRowOut
    rows: list[FigureRowOut]


class HotspotsWanted(Given):
    """The days of a period and the side of the squares in metres."""

    first: Day = Field(ge=date(1900, 1, 1))
    last: Day = Field(le=date(2999, 12, 31))
    side: int = Field(default=500, ge=50, le=10_000)
    category: str | None = None
    division: str | None = None


class HotspotsOut(Shape):
    """Squares with ``n`` incidents as GeoJSON (EPSG:4490); the counts are of all squares."""

    type: Literal["FeatureCollection"]
    total: int
    squares: int
    most: int
    features: list[GeoJSON]


class RequestsAsked(BaseModel):
    """What GeoReport v2 lets one ask for; lists are comma-delimited, anything else is passed over."""

    service_request_id: str | None = None
    service_code: str | None = None
    status: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    page: int = Field(default=1, ge=1, le=1_000_000)
    page_size: int = Field(default=1000, ge=1, le=1000)


class KeyIn(Given):
    """Who a new key is for."""

    name: str = Field(min_length=1, max_length=200)


class KeyOut(Shape):
    """A key of Open311, without the key."""

    id: int
    name: str
    begins: str
    made_by: str | None
    made_at: datetime
    revoked_at: datetime | None
    reports: int
    last_used_at: datetime | None


class KeyList(Shape):
    """Keys, newest first."""

    items: list[KeyOut]


class KeyMade(Shape):
    """A new key; it is told this once."""

    id: int
    name: str
    key: str
