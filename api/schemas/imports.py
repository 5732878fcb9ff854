"""Imports over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.schemas.shared import Given, Shape, TextPair

__all__ = ["ConfirmIn", "ImportFaultOut", "ImportList", "ImportOut", "ImportStatus"]

ImportStatus = Literal["queued", "checking", "checked", "storing", "stored", "refused", "failed", "undone"]


class ImportFaultOut(Shape):
    """One thing that is wrong with a row, or (``repaired``) was mended; ``lon``, ``lat`` in EPSG:4490."""

    row: int | None
    code: str | None
    field: TextPair | None
    said: TextPair
    lon: float | None
    lat: float | None
    repaired: bool


class ImportOut(Shape):
    """One file for one layer; ``rows`` were checked (so far), ``faulty`` of them are wrong."""

    id: int
    layer: str
    file_name: str
    bytes: int
    sha256: str
    status: ImportStatus
    sound_rows: bool
    rows: int
    stored: int
    faulty: int
    repaired: int
    notes: list[TextPair]
    error: TextPair | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None


class ImportList(Shape):
    """Imports, newest first, and the layers that the asking person may import into."""

    layers: list[str]
    formats: list[str]
    items: list[ImportOut]


class ConfirmIn(Given):
    """Store everything, or with ``sound_rows`` every row without a fault."""

    sound_rows: bool = False
