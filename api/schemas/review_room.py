"""The review room: the queue, holds, pace, and the setting of the second pair of eyes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.candidates import CandidateKind, CandidateOut
from api.schemas.shared import Given, Shape

__all__ = [
    "HeldOut",
    "HoldIn",
    "NextIn",
    "NextOut",
    "ProgressOut",
    "QueueWanted",
    "ReviewSettingsIn",
    "ReviewSettingsOut",
]

SecondEyes = Literal["off", "accepted", "all", "large"]


class QueueWanted(Given):
    """Which candidates of the queue: of a flight, in a division (its code), of a kind, from an area (m²) on."""

    survey: int | None = None
    division: str | None = Field(default=None, max_length=32)
    kind: CandidateKind | None = None
    min_area_m2: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class NextIn(QueueWanted):
    """The next one; with ``after``, the next behind that candidate, round to the first."""

    after: int | None = None


class NextOut(Shape):
    """A candidate held for the asker until then, and the one kept for him after it; null where none waits."""

    item: CandidateOut | None
    until: datetime | None
    ahead: CandidateOut | None


class HoldIn(Given):
    """Which candidate to take, or to go on looking at."""

    candidate: int


class HeldOut(Shape):
    """The lease on a candidate ends then, unless it is renewed."""

    candidate: int
    until: datetime


class ProgressOut(Shape):
    """How many wait (``second``: of these for a second pair of eyes; ``held_by_others``: of these in other hands).

    ``judged_today`` and ``per_hour`` are the asker's own; breaks do not count in the pace, which is null at first.
    """

    waiting: int
    second: int
    held_by_others: int
    judged_today: int
    per_hour: float | None


class ReviewSettingsIn(Given):
    """Which verdicts take a second pair of eyes; the area (m²) with «large» only."""

    second_eyes: SecondEyes
    second_area_m2: Decimal | None = Field(default=None, gt=0, max_digits=12, decimal_places=2)
    version: int


class ReviewSettingsOut(Shape):
    """The bureau's setting, and who changed it last."""

    second_eyes: SecondEyes
    second_area_m2: float | None
    version: int
    updated_at: datetime
    updated_by: str | None
