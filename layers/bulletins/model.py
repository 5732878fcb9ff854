"""The table of bulletins."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, Versioned
from layers.database import Base

__all__ = ["Bulletin"]


class Bulletin(Versioned, Base):
    """A bulletin; once ``issued_on`` is set its ``figures`` are frozen."""

    __tablename__ = "bulletins"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("period_to >= period_from", name="period"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    period_from: Mapped[date]
    period_to: Mapped[date]
    issued_on: Mapped[date | None] = mapped_column(index=True)
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
