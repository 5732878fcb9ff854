"""Tables of imports: which file came into which layer, by whom, and what was wrong with its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Double, Index, Text, func, text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, reference
from layers.database import Base

__all__ = ["STATUSES", "Import", "ImportFault"]

STATUSES = ("queued", "checking", "checked", "storing", "stored", "refused", "failed", "undone")
_LIST = ", ".join(f"'{each}'" for each in STATUSES)


class Import(Base):
    """One file for one layer. ``feature_ids`` are the features that it added: ids are never given twice, so they
    say of every row which import it came by.

    queued → checking → checked → storing → stored → undone; refused: rows or the file were wrong and nothing was
    stored; failed: the platform could not do it.
    """

    __tablename__ = "imports"
    __table_args__ = (CheckConstraint(f"status IN ({_LIST})", name="status"),)

    id: Mapped[Key]
    layer: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger)
    path: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    sound_rows: Mapped[bool] = mapped_column(server_default=text("false"))
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    stored: Mapped[int] = mapped_column(server_default=text("0"))
    faulty: Mapped[int] = mapped_column(server_default=text("0"))
    repaired: Mapped[int] = mapped_column(server_default=text("0"))
    feature_ids: Mapped[Any] = mapped_column(INT8MULTIRANGE, server_default=text("'{}'"))
    notes: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default=text("'[]'"))
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    error_zh: Mapped[str | None] = mapped_column(Text)
    error_en: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    undone_by: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ImportFault(Base):
    """One thing that was wrong with a row, or (``repaired``) was mended; row null: with the whole file."""

    __tablename__ = "import_faults"
    __table_args__ = (Index(None, "import_id", "row"),)

    id: Mapped[Key]
    import_id: Mapped[int] = reference("imports", ondelete="CASCADE", index=False)
    row: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str | None] = mapped_column(Text)
    field_zh: Mapped[str | None] = mapped_column(Text)
    field_en: Mapped[str | None] = mapped_column(Text)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    repaired: Mapped[bool] = mapped_column(server_default=text("false"))
