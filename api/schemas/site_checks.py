"""Site checks as the inspector's work: tasks, what was found, and what was found before."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from api.schemas.candidates import CandidateKind
from api.schemas.cases import Conclusion, SiteCheckOut, Source
from api.schemas.photographs import SitePhotographOut
from api.schemas.shared import GeoJSON, Given, Shape

__all__ = ["FoundIn", "SiteCheckFullOut", "TaskFullOut", "TaskList", "TaskOut"]

Purpose = Literal["first", "recheck", "demolition"]
Material = Literal["steel_sheet", "brick", "concrete", "container", "other"]
Use = Literal["dwelling", "shop", "factory", "storage", "parking", "farming", "vacant", "other"]
Metres = Field(default=None, gt=0, max_digits=8, decimal_places=2)


class ClaimOut(Shape):
    """Who has taken a task, and since when."""

    by: str
    at: datetime
    mine: bool


class SuspicionOut(Shape):
    """What two flights showed: area in m² (EPSG:4548), height change in metres, the days flown."""

    id: int
    code: str
    kind: CandidateKind
    area_m2: float
    height_change_m: float | None
    before: date | None
    after: date


class TaskOut(Shape):
    """A building to be looked at; its number is that of the illegal building.

    ``lon``, ``lat`` (EPSG:4490) lie on it; ``distance_m`` from where was asked (EPSG:4548). ``purpose`` null: nobody
    has to go there now. ``perform_by``: the party's last day to demolish; ``gone_on``: a flight that shows it gone.
    """

    id: int
    code: str
    purpose: Purpose | None
    conclusions: list[Conclusion]
    source: Source
    area_m2: float
    storeys: int | None
    structure: Material | None
    address: str | None
    found_on: date
    lon: float
    lat: float
    geometry: GeoJSON
    grid: str | None
    manager: str | None
    owner: str | None
    division: str | None
    case_id: int | None
    case_code: str | None
    perform_by: date | None
    gone_on: date | None
    candidate: SuspicionOut | None
    claim: ClaimOut | None
    distance_m: float | None
    synthetic: bool


class TaskList(Shape):
    """The tasks of the asking person: of their ``organisation``, their ``divisions``, or ``everything``; ``whose`` names it."""

    scope: Literal["organisation", "divisions", "everything"]
    whose: str
    items: list[TaskOut]


class SiteCheckFullOut(SiteCheckOut):
    """A site check with what was measured (metres, m²) and its photographs."""

    recorded_at: datetime
    length_m: float | None
    width_m: float | None
    height_m: float | None
    storeys: int | None
    use: Use | None
    material: Material | None
    photographs: list[SitePhotographOut]


class TaskFullOut(TaskOut):
    """A task with the site checks so far, newest first."""

    checks: list[SiteCheckFullOut]


class FoundIn(Given):
    """What was found on site.

    ``client_id`` is made by the phone: the same one twice is one site check. ``sent_at`` is the phone's clock when it
    sends, by which ``checked_at`` is put right. ``place``: lon, lat of the phone, EPSG:4490. Lengths in metres; the area
    in m², by default length times width.
    """

    client_id: UUID
    illegal_building_id: int
    conclusion: Conclusion
    checked_at: AwareDatetime
    sent_at: AwareDatetime
    photographs: list[int] = Field(default_factory=list, max_length=30)
    place: tuple[float, float] | None = None
    length_m: Decimal | None = Metres
    width_m: Decimal | None = Metres
    area_m2: Decimal | None = Field(default=None, gt=0, max_digits=12, decimal_places=2)
    height_m: Decimal | None = Field(default=None, gt=0, max_digits=6, decimal_places=2)
    storeys: int | None = Field(default=None, ge=1, le=99)
    use: Use | None = None
    material: Material | None = None
    note: str | None = Field(default=None, max_length=4000)
