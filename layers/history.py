"""Who changed what, when, from what to what. The rows are written by ``layers/sql/history.sql``.

A creation has no line until the row first changes or goes: ``untold`` reads it from the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

__all__ = [
    "GEOMETRY", "Change", "FieldChange", "Row", "Version", "changes", "compared_fields", "lines", "of", "referenced", "untold",
]  # fmt: skip


class Change(Base):
    """One change of one row; ``before`` and ``after`` are the whole row, geometry as GeoJSON in EPSG:4490."""

    __tablename__ = "history"
    __table_args__ = (
        Index(None, "layer", "feature_id", "version"),
        Index(None, "layer", "id"),
        Index(
            None,
            "at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
        ),
        Index(  # where past.py looks for a former state
            "ix_history_before_geom",
            text("st_setsrid(st_geomfromgeojson(nullif(before -> 'geom', 'null'::jsonb) - 'crs'), 4490)"),
            postgresql_using="gist",
            postgresql_where=text("before IS NOT NULL"),
        ),
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
GEOMETRY = Field("geometry", Words("图形", "Geometry"), column="geom")
Row = dict[str, Any] | None
Shown = dict[Field, dict[int, Any]]


def of(session: Session, layer: Layer, feature_id: int, roles: frozenset[Role]) -> list[Version]:
    """What happened to a feature, newest first; only fields that the roles may see.

    Who did it is told to staff only: to others ``actor`` is None. A change of hidden fields alone stays in
    the list, without saying what it was. References show what the row they mean says today, ``#id`` when it
    is gone. Raises NotFound for a feature that never was.
    """
    found = lines(session, layer, feature_id)
    if not found:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=str(feature_id))
    fields = compared_fields(layer, roles)
    shown = referenced(session, fields, (row for line in found for row in (line.before, line.after)))
    staff = bool(roles - {Role.PUBLIC})
    return [_version(line, fields, shown, staff=staff) for line in found]


def lines(session: Session, layer: Layer, feature_id: int) -> list[Change]:
    """All lines of a feature, newest first; its creation as if it had one. Empty if it never was."""
    found = list(
        session.scalars(
            select(Change)
            .where(Change.layer == layer.table, Change.feature_id == feature_id)
            .order_by(Change.version.desc(), Change.id.desc())
        )
    )
    first = text(f"SELECT t.* FROM ({untold(layer)}) AS t WHERE feature_id = :id")  # noqa: S608
    for row in session.execute(first, {"id": feature_id}).mappings():
        found.insert(0, Change(**row, layer=layer.table, version=1, operation="insert", before=None))
    return found


def untold(layer: Layer) -> str:
    """SQL of the creations of a layer's rows that no line tells yet: feature_id, at, actor, after."""
    return f"""
        SELECT c.id AS feature_id, c.created_at AS at, c.updated_by AS actor, to_jsonb(c) - 'geom_3857' AS after
        FROM "{layer.table}" c WHERE c.version = 1 AND NOT EXISTS (
            SELECT FROM history h WHERE h.layer = '{layer.table}' AND h.feature_id = c.id AND h.version = 1
                AND h.operation = 'insert' AND h.at >= c.created_at
        )
    """  # noqa: S608 - no part is from outside


def _version(line: Change, fields: list[Field], shown: Shown, *, staff: bool) -> Version:
    return Version(
        version=line.version,
        operation=line.operation,
        actor=line.actor if staff else None,
        at=line.at,
        changes=changes(line.before, line.after, fields, shown),
    )


def compared_fields(layer: Layer, roles: frozenset[Role]) -> list[Field]:
    """The fields that a comparison tells these roles about, the geometry last."""
    return [*(each for each in layer.fields_for(roles) if each.name not in _KEPT_BY_TRIGGERS), GEOMETRY]


def changes(before: Row, after: Row, fields: Sequence[Field], shown: Shown) -> list[FieldChange]:
    """The fields whose stored values differ between two states of a row."""
    found = []
    for field in fields:
        stored = [_stored(each, field) for each in (before, after)]
        if stored[0] != stored[1]:
            told = [_told(field, each, shown) for each in stored]
            title = {"zh": field.title.zh, "en": field.title.en}
            found.append(FieldChange(field=field.name, title=title, before=told[0], after=told[1]))
    return found


def referenced(session: Session, fields: Sequence[Field], rows: Iterable[Row]) -> Shown:
    """What every row shows that one of these states refers to, by field and id."""
    states = list(rows)
    found: Shown = {}
    for field in (each for each in fields if each.references):
        ids = sorted({value for each in states if (value := _stored(each, field)) is not None})
        sql = f'SELECT id, "{field.shows}" FROM "{field.references}" WHERE id = ANY(:ids)'  # noqa: S608
        rows_there = session.execute(text(sql), {"ids": ids}).all() if ids else []
        found[field] = {int(row[0]): row[1] for row in rows_there}
    return found


def _stored(row: Row, field: Field) -> Any:
    return (row or {}).get(field.column or field.name)


def _told(field: Field, value: Any, shown: Shown) -> Any:
    """A stored value as it is published."""
    if value is None:
        return None
    if field is GEOMETRY:
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
