"""The stamp of a layer: a short text that differs after any change, kept by ``layers/sql/layer_stamp.sql``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from layers.columns import Key
from layers.database import Base

__all__ = ["LayerChange", "stamp", "stamp_sql"]


class LayerChange(Base):
    """One statement that changed a table; only the newest of each are kept."""

    __tablename__ = "layer_changes"
    __table_args__ = (Index(None, "layer", "id"),)

    id: Mapped[Key]
    layer: Mapped[str] = mapped_column(Text)


def stamp_sql(tables: str) -> str:
    """SQL of the stamp of the tables that ``tables``, SQL of a text[], says.

    Of each the newest number, how many lines there are and their sum, for a transaction may commit after another that
    took a later number. Written out: a function of SQL that counts is planned anew in every question.
    """
    return f"""
        SELECT string_agg(lines, '.' ORDER BY name) FROM unnest({tables}) AS name, LATERAL (
            SELECT coalesce(max(id), 0) || '-' || count(*) || '-' || coalesce(sum(id), 0) AS lines
            FROM layer_changes WHERE layer = name
        ) AS of
    """  # noqa: S608


def stamp(session: Session, tables: Sequence[str]) -> str:
    """The stamp of these tables together."""
    return str(session.scalar(text(stamp_sql("CAST(:tables AS text[])")), {"tables": list(tables)}))
