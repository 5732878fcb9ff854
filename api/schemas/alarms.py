"""Alarms: what flights show of illegal buildings on record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.schemas.candidates import CodeRef, FlightRef, Method
from api.schemas.people import DivisionRef
from api.schemas.shared import Given, Shape

__all__ = ["AlarmCloseIn", "AlarmList", "AlarmOut", "AlarmsWanted"]

Kind = Literal["standing", "gone", "grew", "rebuilt"]
Status = Literal["noted", "open", "closed"]
Sureness = Literal["high", "medium", "low"]


class AlarmsWanted(Given):
    """Which alarms; ``after`` is the ``next`` of the page before."""

    status: Status | None = "open"
    every: bool = Field(default=False, description="of every status; ``status`` is then not looked at")
    kind: Kind | None = None
    survey: int | None = None
    division: str | None = Field(default=None, max_length=32)
    building: int | None = None
    limit: int = Field(default=100, ge=1, le=500)
    after: str | None = Field(default=None, max_length=40)


class AlarmOut(Shape):
    """What one flight shows of one building. Areas in m² (EPSG:4548), heights in metres, shares in [0, 1].

    ``recorded_m2`` is the area on record, ``area_m2`` what stands on the day of the flight ``after``.
    ``candidate`` is the detection that says so; null: the detector was silent, so nothing changed.
    An image is a clue: no alarm changes a building or a case.
    """

    id: int
    kind: Kind
    status: Status
    sureness: Sureness
    area_m2: float
    recorded_m2: float
    gained_m2: float | None
    gained_share: float | None
    height_change_m: float | None
    cleared_share: float
    shown_share: float
    method: Method | None
    confidence: float | None
    residual_m: float | None
    aligned: bool | None
    before: FlightRef
    after: FlightRef
    illegal_building: CodeRef
    building_status: Literal["to_check", "filed", "ordered", "demolished", "dismissed"]
    demolished_on: date | None
    candidate: CodeRef | None
    case: CodeRef | None
    division: DivisionRef | None
    bbox: tuple[float, float, float, float]
    closed_for: Literal["person", "site_check", "verdict", "demolished", "later_flight"] | None
    closed_by: str | None
    closed_at: datetime | None
    word: str | None
    synthetic: bool


class AlarmList(Shape):
    """A page of alarms; ``next`` asks for the page after it; ``counts`` by kind, whatever kind was asked for."""

    items: list[AlarmOut]
    next: str | None
    counts: dict[Kind, int]


class AlarmCloseIn(Given):
    """What came of it."""

    word: str = Field(min_length=1, max_length=1000)
