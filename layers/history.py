"""Who changed what, when, from what to what. The rows are written by ``layers/sql/history.sql``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from layers.columns import Key
from layers.database import Base
from layers.layer import Field, Layer
from layers.layer import Text as Words
from layers.people.rules import Role

__all__ = ["Change", "FieldChange", "Version", "of"]


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


@dataclass(frozen=True)
class FieldChange:
    """One published field that changed; references are given by name or code, the place as GeoJSON."""

    field: str
    title: Words
    before: Any
    after: Any


@dataclass(frozen=True)
class Version:
    """One version of a feature and what was new in it."""

    version: int
    operation: str
    actor: str | None
    at: datetime
    changes: tuple[FieldChange, ...]


_GEOMETRY = Field("geom", Words("位置", "Place"))


def of(session: Session, layer: Layer, feature_id: int, roles: frozenset[Role]) -> list[Version]:
    """What happened to a feature, newest first; only fields that the roles may see.

    Who did it is told to staff only: to others ``actor`` is None. A change of hidden fields alone
    stays in the list, without saying what it was.
    """
    lines = session.scalars(
        select(Change)
        .where(Change.layer == layer.table, Change.feature_id == feature_id)
        .order_by(Change.version.desc(), Change.id.desc())
    )
    staff = bool(roles - {Role.PUBLIC})
    return [
        Version(
            version=line.version,
            operation=line.operation,
            actor=line.actor if staff else None,
            at=line.at,
            changes=_changes(session, layer.fields_for(roles), line),
        )
        for line in lines
    ]


def _changes(session: Session, fields: tuple[Field, ...], line: Change) -> tuple[FieldChange, ...]:
    """The fields whose value differs before and after."""
    before, after = line.before or {}, line.after or {}
    found = []
    for field in (*(each for each in fields if each.editable), _GEOMETRY):
        column = field.column or field.name
        if before.get(column) != after.get(column):
            values = [_shown(session, field, row.get(column)) for row in (before, after)]
            found.append(FieldChange(field.name, field.title, *values))
    return tuple(found)


def _shown(session: Session, field: Field, value: Any) -> Any:
    """The value as it is published: a reference becomes the name or code it has today."""
    if field.references is None or value is None:
        return value
    sql = f'SELECT "{field.shows}" FROM "{field.references}" WHERE id = :id'  # noqa: S608
    return session.scalar(text(sql), {"id": value}) or value
