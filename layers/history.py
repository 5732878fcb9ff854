"""Who changed what, when, from what to what. The rows are written by ``layers/sql/history.sql``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key
from layers.database import Base

__all__ = ["Change"]


class Change(Base):
    """One change of one row; ``before`` and ``after`` are the whole row, geometry as GeoJSON in EPSG:4490."""

    __tablename__ = "history"
    __table_args__ = (
        Index(None, "layer", "feature_id", "version"),
        Index(None, "layer", "id"),
        CheckConstraint("operation IN ('insert', 'update', 'delete')", name="operation"),
        CheckConstraint(
            "(before IS NULL) = (operation = 'insert') AND (after IS NULL) = (operation = 'delete')",
            name="states",
        ),
    )

    id: Mapped[Key]
    layer: Mapped[str] = mapped_column(Text)
    feature_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int]
    operation: Mapped[str] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
