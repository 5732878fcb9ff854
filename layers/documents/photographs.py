"""Where photographs of a case come from: rooms that keep some register here, and this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from layers.settings import Settings

__all__ = ["SOURCES", "Photograph", "Source", "of_case"]


@dataclass(frozen=True)
class Photograph:
    """A picture file as it was received. ``sha256``: its digest as the database has it; ``facts``: what else is known

    of it (JSON), for the evidence file. ``preview``: a picture to print where the original is no JPEG, PNG or WebP.
    """

    code: str
    path: Path
    sha256: str
    media_type: str
    caption: str
    taken_at: datetime | None = None
    preview: Path | None = None
    facts: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Session, Settings, int], Sequence[Photograph]]
"""Photographs of a case (its id), oldest first; reads only."""

SOURCES: list[Source] = []
"""To join a room: ``SOURCES.append(photographs.of_case)``."""


def of_case(session: Session, settings: Settings, case_id: int) -> list[Photograph]:
    """All photographs of a case."""
    return [each for source in SOURCES for each in source(session, settings, case_id)]
