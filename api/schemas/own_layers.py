"""Planners' own layers."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.schemas.shared import Given, Shape, TextPair
from layers.own.describe import Description

__all__ = ["MadeOut", "OwnLayerIn", "OwnLayerOut", "ProposalOut"]


class ProposalOut(Shape):
    """What a file seems to be; ``file`` is what creating the layer refers to. ``samples``: first values by heading."""

    file: str
    rows: int
    description: Description
    samples: dict[str, list[str]]


class OwnLayerIn(Given):
    """The description as a person confirmed it."""

    file: str = Field(pattern="^[0-9a-f]{32}$")
    description: Description


class MadeOut(Shape):
    """A layer that was made."""

    id: str
    rows: int


class OwnLayerOut(Shape):
    """An own layer, there or dropped: who made it and who dropped it."""

    id: str
    title: TextPair
    made_by: str | None
    made_at: datetime
    dropped_by: str | None
    dropped_at: datetime | None
