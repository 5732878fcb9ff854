"""Cases: the steps of an enforcement case, what is possible now, and why the rest is not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from api.schemas.candidates import CodeRef
from api.schemas.people import DivisionRef
from api.schemas.shared import Shape, TextPair
from layers.cases.deadlines import Kind, Light, Unit
from layers.cases.dossier import Act, Document, State
from layers.cases.routes import Decision, Route

__all__ = [
    "ActIn",
    "ActOut",
    "AnswerIn",
    "CaseList",
    "CaseOut",
    "CaseShort",
    "CasesWanted",
    "DeadlineOut",
    "FileIn",
    "OrderOut",
    "RequestOut",
    "ServiceOut",
    "SiteCheckIn",
    "SiteCheckList",
    "SiteCheckOut",
    "StepOut",
    "WordOut",
]

Source = Literal["survey", "patrol", "hotline", "petition"]
Conclusion = Literal["violation", "no_violation", "standing", "demolished"]
Method = Literal["direct", "left", "mail", "electronic", "public"]
Note = Field(default=None, max_length=4000)
Yuan = Field(default=None, ge=0, max_digits=12, decimal_places=2)


class CasesWanted(Shape):
    """Which cases; ``open`` leaves out those that are closed or revoked."""

    status: State | None = None
    division: str | None = None
    open: bool = False
    limit: int = Field(default=200, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)


class CaseShort(Shape):
    """One case in a list: place in EPSG:4490, fine in yuan; the party for officers and administrators only."""

    id: int
    code: str
    title: str
    status: State
    route: Route
    party_name: str | None
    filed_on: date
    reviewed_on: date | None
    decided_on: date | None
    closed_on: date | None
    fine_yuan: float | None
    lon: float
    lat: float
    illegal_building: CodeRef | None
    division: DivisionRef | None
    handler: str | None
    synthetic: bool
    version: int


class CaseList(Shape):
    """One page of cases and how many there are in all."""

    total: int
    items: list[CaseShort]


class StepOut(Shape):
    """One act that was done; ``details`` is what was said with it."""

    seq: int
    act: str
    title: TextPair
    from_status: State | None
    to_status: State
    at: datetime
    by: str | None
    approver: str | None
    reason: str | None
    legal_basis: str | None
    details: dict[str, Any]


class ServiceOut(Shape):
    """A document served; periods count from ``effective_on``."""

    document: Document
    method: Method
    served_on: date
    effective_on: date
    receiver: str | None
    step_seq: int


class SiteCheckOut(Shape):
    """Somebody was there: lon, lat in EPSG:4490, area in m²."""

    id: int
    source: Source
    conclusion: Conclusion
    checked_at: datetime
    by: str | None
    area_m2: float | None
    note: str | None
    case_id: int | None
    illegal_building_id: int | None
    lon: float
    lat: float


class SiteCheckList(Shape):
    """Site checks."""

    items: list[SiteCheckOut]


class DeadlineOut(Shape):
    """An open period: its last day, how it was counted, its light. Not ``settled``: a year's holidays are missing."""

    kind: Kind
    counted_from: date
    count: int
    unit: Unit
    ends_on: date
    settled: bool
    days_left: int
    light: Light
    basis: str


class RequestOut(Shape):
    """What somebody asked for and somebody else granted or refused."""

    id: int
    act: Act
    reason: str
    days: int | None
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    granted: bool | None
    note: str | None


class WordOut(Shape):
    """One thing that is given with an act, by its name in the request."""

    name: str
    zh: str
    en: str


class ActOut(Shape):
    """An act: possible now for the asking person, or the sentence why not; what it takes and what it may take."""

    act: Act
    title: TextPair
    basis: TextPair
    possible: bool
    why_not: TextPair | None
    takes: list[WordOut]
    may_take: list[WordOut]
    approver: bool


class CaseOut(CaseShort):
    """One case with everything that happened and may happen."""

    steps: list[StepOut]
    services: list[ServiceOut]
    site_checks: list[SiteCheckOut]
    requests: list[RequestOut]
    deadlines: list[DeadlineOut]
    acts: list[ActOut]


class SiteCheckIn(Shape):
    """What was found on site; without ``place`` (lon, lat in EPSG:4490) it is that of the building or the case."""

    source: Source
    conclusion: Conclusion
    checked_at: AwareDatetime
    place: tuple[float, float] | None = None
    illegal_building_id: int | None = None
    case_id: int | None = None
    area_m2: Decimal | None = Field(default=None, gt=0, max_digits=12, decimal_places=2)
    note: str | None = Note


class FileIn(Shape):
    """A case filed on a site check; without ``route`` the proposed one holds, another takes a reason."""

    site_check_id: int
    title: str = Field(min_length=1, max_length=200)
    route: Route | None = None
    reason: str | None = Note
    party_name: str | None = Field(default=None, max_length=200)
    ended_on: date | None = None
    temporary: bool | None = None
    dwelling: bool | None = None
    handler_id: int | None = None


class ActIn(Shape):
    """An act on the version that was seen; which of the others it takes, the case tells with its acts."""

    version: int
    reason: str | None = Note
    note: str | None = Note
    route: Route | None = None
    heard: Literal["statement", "hearing_asked", "hearing_held"] | None = None
    document: Document | None = None
    method: Method | None = None
    served_on: date | None = None
    receiver: str | None = Field(default=None, max_length=200)
    decision: Decision | None = None
    limit_days: int | None = None
    fine_yuan: Decimal | None = Yuan
    cost_yuan: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    posted_on: date | None = None
    order_number: str | None = Field(default=None, max_length=200)
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    means: list[Literal["manual", "machinery", "cut_water", "cut_power", "cut_heat", "cut_gas"]] | None = None
    remedy: Literal["review", "suit"] | None = None
    outcome: Literal["upheld", "annulled", "withdrawn"] | None = None
    on: date | None = None
    days: int | None = None


class AnswerIn(Shape):
    """The answer to a request, on the version of the case that was seen."""

    version: int
    granted: bool
    note: str | None = Note


class OrderOut(Shape):
    """Whether announcement or demand comes first in this bureau."""

    enforcement_order: Literal["either", "announcement_first", "demand_first"]
