"""Bulletins on illegal building."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.shared import Day, Given, Shape
from layers.bulletins.rules import Act, State

__all__ = [
    "BulletinIn", "BulletinList", "BulletinOut", "BulletinShort", "CaseChoice", "ChoicesOut", "EditIn", "FileOut", "MoveIn",
    "SectionOut", "StructureChoice", "VersionIn",
]  # fmt: skip

Title = Field(default=None, max_length=120)


class BulletinIn(Given):
    """Of which period and area (township code; none: the district)."""

    first: Day
    last: Day
    division: str | None = Field(default=None, pattern="^[0-9]{12}$")
    title: str | None = Title


class BulletinShort(Shape):
    """A bulletin in the list."""

    id: int
    code: str
    status: State
    year: int
    number: int | None
    title: str
    area: str
    period_from: date
    period_to: date
    issued_on: date | None
    updated_at: datetime
    withdrawn_reason: str | None
    returned_reason: str | None
    version: int
    synthetic: bool


class BulletinList(Shape):
    """Bulletins, drafts first, then the newest."""

    items: list[BulletinShort]


class SectionOut(Shape):
    """A text that a person wrote."""

    id: str = Field(pattern="^[a-z0-9_-]{1,40}$")
    title: str = Field(min_length=1, max_length=80)
    text: str = Field(max_length=8000)


class FileOut(Shape):
    """A stored picture or document with its digest."""

    name: str
    role: Literal["picture", "document"]
    media_type: str
    bytes: int
    sha256: str


class BulletinOut(BulletinShort):
    """Everything of a bulletin; ``intact``: what is stored still has the digest it was sealed with.

    ``figures`` are those of the statistics, ``content`` the rest that was counted; ``acts`` what the asker can do now.
    """

    figures: list[dict[str, Any]]
    content: dict[str, Any]
    sections: list[SectionOut]
    authors: list[str]
    approved_by: str | None
    published_by: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    sha256: str | None
    intact: bool | None
    files: list[FileOut]
    acts: list[Act]


class EditIn(Given):
    """What the draft becomes, on the version that was seen; ``count``: count and draw anew."""

    version: int
    title: str = Field(min_length=1, max_length=120)
    sections: list[SectionOut] = Field(min_length=1, max_length=12)
    structures: list[int] = Field(default_factory=list, max_length=50)
    exposures: list[int] = Field(default_factory=list, max_length=100)
    count: bool = False


class MoveIn(Given):
    """An act on the version that was seen."""

    version: int
    reason: str | None = Field(default=None, max_length=1000)


class VersionIn(Given):
    """The version that was seen."""

    version: int


class StructureChoice(Shape):
    """An accepted suspicion with two flights."""

    id: int
    code: str
    kind: str
    area_m2: float
    place: str | None
    flown_on: date


class CaseChoice(Shape):
    """A decided case about a structure; no name."""

    id: int
    code: str
    title: str
    status: str
    place: str | None
    decided_on: date
    area_m2: float


class ChoicesOut(Shape):
    """What a bulletin may show."""

    structures: list[StructureChoice]
    cases: list[CaseChoice]
