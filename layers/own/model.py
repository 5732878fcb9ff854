"""The table ``own_layers``: who made which layer, how it is described, and who dropped it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.columns import Key, Versioned
from layers.database import Base

__all__ = ["OwnLayer"]


class OwnLayer(Versioned, Base):
    """One own layer; its rows are in the table ``own_<id>`` until it is dropped."""

    __tablename__ = "own_layers"
    __table_args__ = (
        Index("uq_own_layers_layer_id", "layer_id", unique=True, postgresql_where=text("dropped_at IS NULL")),
    )

    id: Mapped[Key]
    layer_id: Mapped[str] = mapped_column(Text)
    description: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[str | None] = mapped_column(Text)
    dropped_by: Mapped[str | None] = mapped_column(Text)
    dropped_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def table(self) -> str:
        """Never used twice, so that the history of a dropped layer is nobody else's."""
        return f"own_{self.id}"
