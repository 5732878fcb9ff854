"""What people say of cases: filters, site checks, filings, acts and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, Field

from api.schemas.cases import Conclusion, Method, Source
from api.schemas.shared import Day, Given
from layers.cases.deadlines import Light
from layers.cases.dossier import Document, State
from layers.cases.routes import Decision, Route

__all__ = ["ActIn", "AnswerIn", "CasesWanted", "FileIn", "FilingWanted", "SiteCheckIn"]

Note = Field(default=None, max_length=4000)
Yuan = Field(default=None, ge=0, max_digits=12, decimal_places=2)


class CasesWanted(Given):
    """Which cases; ``open`` leaves out those that are closed or revoked, ``light`` is that of the next period.

    ``text`` is part of the number or the subject.
    """

    status: State | None = None
    division: str | None = None
    handler: int | None = None
    light: Light | None = None
    text: str | None = Field(default=None, max_length=200)
    illegal_building: int | None = None
    open: bool = False
    limit: int = Field(default=200, ge=1, le=1000)
    offset: int = Field(default=0, ge=0)


class SiteCheckIn(Given):
    """What was found on site; without ``place`` (lon, lat in EPSG:4490) it is that of the building or the case."""

    source: Source
    conclusion: Conclusion
    checked_at: AwareDatetime
    place: tuple[float, float] | None = None
    illegal_building_id: int | None = None
    case_id: int | None = None
    area_m2: Decimal | None = Field(default=None, gt=0, max_digits=12, decimal_places=2)
    note: str | None = Note


class FileIn(Given):
    """A case filed on a site check; without ``route`` the proposed one holds, another takes a reason."""

    site_check_id: int
    title: str = Field(min_length=1, max_length=200)
    route: Route | None = None
    reason: str | None = Note
    party_name: str | None = Field(default=None, max_length=200)
    ended_on: Day | None = None
    temporary: bool | None = None
    dwelling: bool | None = None
    handler_id: int | None = None


class FilingWanted(Given):
    """What a filing is tried with; see FileIn."""

    route: Route | None = None
    ended_on: Day | None = None
    temporary: bool | None = None
    dwelling: bool | None = None


class ActIn(Given):
    """An act on the version that was seen; which of the others it takes, the case tells with its acts."""

    version: int
    reason: str | None = Note
    note: str | None = Note
    route: Route | None = None
    heard: Literal["statement", "hearing_asked", "hearing_held"] | None = None
    document: Document | None = None
    method: Method | None = None
    served_on: Day | None = None
    receiver: str | None = Field(default=None, max_length=200)
    decision: Decision | None = None
    limit_days: int | None = None
    fine_yuan: Decimal | None = Yuan
    cost_yuan: Decimal | None = Field(default=None, ge=0, max_digits=14, decimal_places=2)
    posted_on: Day | None = None
    order_number: str | None = Field(default=None, max_length=200)
    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    means: list[Literal["manual", "machinery", "cut_water", "cut_power", "cut_heat", "cut_gas"]] | None = None
    remedy: Literal["review", "suit"] | None = None
    outcome: Literal["upheld", "annulled", "withdrawn"] | None = None
    on: Day | None = None
    days: int | None = None


class AnswerIn(Given):
    """The answer to a request, on the version of the case that was seen."""

    version: int
    granted: bool
    note: str | None = Note
