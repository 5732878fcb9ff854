"""Cases: the steps of an enforcement case, what is possible now, and why the rest is not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from api.schemas.alarms import AlarmOut
from api.schemas.candidates import CodeRef
from api.schemas.people import DivisionRef
from api.schemas.shared import Shape, TextPair
from layers.cases.deadlines import Kind, Light, Unit
from layers.cases.dossier import Act, Document, State
from layers.cases.routes import Route
from layers.cases.turn import Who
from layers.cases.words import WordKind

__all__ = [
    "ActOut",
    "AreaOut",
    "CaseList",
    "CaseOut",
    "CaseRef",
    "CaseShort",
    "ChoiceOut",
    "ConsequenceOut",
    "DeadlineOut",
    "DueList",
    "DueOut",
    "FilingOut",
    "GrantingOut",
    "HandlerRef",
    "OrderOut",
    "RequestOut",
    "SaidOut",
    "ServiceOut",
    "SiteCheckList",
    "SiteCheckOut",
    "StepOut",
    "TurnOut",
    "WaitingList",
    "WaitingOut",
    "WordOut",
]

Source = Literal["survey", "patrol", "hotline", "petition"]
Conclusion = Literal["violation", "no_violation", "standing", "demolished"]
Method = Literal["direct", "left", "mail", "electronic", "public"]


class DeadlineOut(Shape):
    """An open period: its last day, how it was counted, its light. Not ``settled``: a year's holidays are missing.

    ``duty``: it binds the bureau. ``working_days_left`` is null where a year's holidays are missing.
    """

    kind: Kind
    counted_from: date
    count: int
    unit: Unit
    ends_on: date
    settled: bool
    days_left: int
    working_days_left: int | None
    light: Light
    duty: bool
    basis: str


class TurnOut(Shape):
    """Who has the next move, and which act is due."""

    who: Who
    title: TextPair | None


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
    next_deadline: DeadlineOut | None
    turn: TurnOut


class HandlerRef(Shape):
    """An organisation that handles cases."""

    id: int
    name: str


class CaseList(Shape):
    """One page of cases, how many there are in all and in each state, and what they can be narrowed to."""

    total: int
    counts: dict[State, int]
    divisions: list[DivisionRef]
    handlers: list[HandlerRef]
    items: list[CaseShort]


class CaseRef(Shape):
    """A case where others are told of; place in EPSG:4490."""

    id: int
    code: str
    title: str
    status: State
    lon: float
    lat: float
    version: int
    division: DivisionRef | None
    handler: str | None


class DueOut(Shape):
    """A period of an open case."""

    case: CaseRef
    deadline: DeadlineOut


class DueList(Shape):
    """Periods that end soon, and duties that were missed."""

    items: list[DueOut]


class ChoiceOut(Shape):
    """One value of a list."""

    value: str
    title: TextPair


class SaidOut(Shape):
    """One thing that was said with an act; ``text`` is the title of a coded value."""

    name: str
    title: TextPair
    kind: WordKind
    value: bool | int | str
    text: TextPair | None


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
    details: list[SaidOut]


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
    building_code: str | None
    division: str | None
    lon: float
    lat: float


class SiteCheckList(Shape):
    """Site checks."""

    items: list[SiteCheckOut]


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


class ConsequenceOut(Shape):
    """What an act would leave behind; ``effective_on``: the day from which a service counts."""

    before: State | None
    after: State
    basis: TextPair
    opens: list[DeadlineOut]
    effective_on: date | None
    approver: bool


class GrantingOut(Shape):
    """A request that waits: what granting it would do, or why it cannot be granted any more."""

    request_id: int
    title: TextPair
    consequence: ConsequenceOut | None
    why_not: TextPair | None
    may_answer: bool
    mine: bool


class WaitingOut(GrantingOut):
    """A request that waits, with its case."""

    case: CaseRef
    request: RequestOut


class WaitingList(Shape):
    """Requests that wait, longest first."""

    items: list[WaitingOut]


class WordOut(Shape):
    """One thing that is given with an act, by its name in the request; ``choices`` are those of this case."""

    name: str
    zh: str
    en: str
    kind: WordKind
    choices: list[ChoiceOut]


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
    """One case with everything that happened and may happen.

    ``flights``: what each flight since the filing showed of its building.
    """

    steps: list[StepOut]
    services: list[ServiceOut]
    site_checks: list[SiteCheckOut]
    flights: list[AlarmOut]
    requests: list[RequestOut]
    waiting: GrantingOut | None
    deadlines: list[DeadlineOut]
    acts: list[ActOut]


class AreaOut(Shape):
    """A planning area in which something lies."""

    name: str
    kind: TextPair


class FilingOut(Shape):
    """The route proposed for a site check and why, where it lies, all routes, and what filing would leave behind."""

    proposed: ChoiceOut
    why: TextPair
    areas: list[AreaOut]
    routes: list[ChoiceOut]
    consequence: ConsequenceOut


class OrderOut(Shape):
    """Whether announcement or demand comes first in this bureau."""

    enforcement_order: Literal["either", "announcement_first", "demand_first"]
