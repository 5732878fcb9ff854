"""Who changed what, when, from what to what. The rows are written by ``layers/sql/history.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from shapely import get_dimensions
from shapely.geometry import shape
from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from gis.crs import to_metres
from layers.columns import Key
from layers.database import Base
from layers.errors import NotFound
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


class FieldChange(TypedDict):
    """One published field that changed: a reference as what it shows, the geometry in a few words."""

    field: str
    title: dict[str, str]
    before: Any
    after: Any


class Version(TypedDict):
    """One version of a feature and what was new in it."""

    version: int
    operation: str
    actor: str | None
    at: datetime
    changes: list[FieldChange]


_KEPT_BY_TRIGGERS = {"updated_at", "updated_by"}  # a version says so itself
_GEOMETRY = Field("geometry", Words("图形", "Geometry"), column="geom")
_Shown = dict[Field, dict[int, Any]]


def of(session: Session, layer: Layer, feature_id: int, roles: frozenset[Role]) -> list[Version]:
    """What happened to a feature, newest first; only fields that the roles may see.

    Who did it is told to staff only: to others ``actor`` is None. A change of hidden fields alone stays in
    the list, without saying what it was. References show what the row they mean says today, ``#id`` when it
    is gone. Raises NotFound for a feature that never was.
    """
    lines = session.scalars(
        select(Change)
        .where(Change.layer == layer.table, Change.feature_id == feature_id)
        .order_by(Change.version.desc(), Change.id.desc())
    ).all()
    if not lines:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=str(feature_id))
    fields = [each for each in layer.fields_for(roles) if each.name not in _KEPT_BY_TRIGGERS]
    shown = {each: _referenced(session, each, lines) for each in fields if each.references}
    staff = bool(roles - {Role.PUBLIC})
    return [_version(line, [*fields, _GEOMETRY], shown, staff=staff) for line in lines]


def _version(line: Change, fields: list[Field], shown: _Shown, *, staff: bool) -> Version:
    return Version(
        version=line.version,
        operation=line.operation,
        actor=line.actor if staff else None,
        at=line.at,
        changes=_changes(line, fields, shown),
    )


def _changes(line: Change, fields: list[Field], shown: _Shown) -> list[FieldChange]:
    """The fields whose stored value differs before and after."""
    found = []
    for field in fields:
        before, after = _values(line, field)
        if before != after:
            told = [_told(field, each, shown) for each in (before, after)]
            title = {"zh": field.title.zh, "en": field.title.en}
            found.append(FieldChange(field=field.name, title=title, before=told[0], after=told[1]))
    return found


def _values(line: Change, field: Field) -> tuple[Any, Any]:
    """The stored values of a field's column before and after a change."""
    column = field.column or field.name
    before, after = ((row or {}).get(column) for row in (line.before, line.after))
    return before, after


def _referenced(session: Session, field: Field, lines: Sequence[Change]) -> dict[int, Any]:
    """What every row that a field ever referred to shows, by its id."""
    ids = sorted({value for line in lines for value in _values(line, field) if value is not None})
    sql = f'SELECT id, "{field.shows}" FROM "{field.references}" WHERE id = ANY(:ids)'  # noqa: S608
    return {row.id: row[1] for row in session.execute(text(sql), {"ids": ids})} if ids else {}


def _told(field: Field, value: Any, shown: _Shown) -> Any:
    """A stored value as it is published."""
    if value is None:
        return None
    if field is _GEOMETRY:
        return _place(value)
    if field in shown:
        return shown[field].get(value, f"#{value}")
    return value


def _place(geojson: dict[str, Any]) -> str:
    """Area in m² or length in m (EPSG:4548), and a point that lies on it: lon, lat in EPSG:4490."""
    geometry = shape(geojson)
    metres = to_metres(geometry)
    size = {2: f"{metres.area:.1f} m² · ", 1: f"{metres.length:.1f} m · "}.get(
        int(get_dimensions(geometry)), ""
    )
    point = geometry.representative_point()
    return f"{size}{point.x:.6f}, {point.y:.6f}"
