"""Columns and constraints that the tables share. The database refuses what these forbid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, MappedColumn, declared_attr, mapped_column
from sqlalchemy.schema import SchemaItem

from layers.cells import LARGE_M, size_m
from layers.database import SRID
from layers.layer import Code

__all__ = ["GENERAL_CODE", "Feature", "Key", "Versioned", "not_negative", "one_of", "positive", "reference"]

_STAMP = DateTime(timezone=True)
GENERAL_CODE = "^[A-Z0-9][A-Z0-9-]{1,31}$"

Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-2)]


def reference(
    target: str,
    *,
    ondelete: str | None = None,
    index: bool = True,
    use_alter: bool = False,
    primary_key: bool = False,
) -> MappedColumn[Any]:
    """A foreign key to ``target.id``, indexed; nullable exactly when the annotation says ``| None``."""
    return mapped_column(
        BigInteger,
        ForeignKey(f"{target}.id", ondelete=ondelete, use_alter=use_alter),
        index=index,
        primary_key=primary_key,
    )


def one_of(column: str, codes: Iterable[Code], *, default: str | None = None) -> MappedColumn[Any]:
    """A text column that holds one value of a code list."""
    values = ", ".join(f"'{each.value}'" for each in codes)
    check = CheckConstraint(f"{column} IN ({values})", name=column)
    return mapped_column(Text, check, server_default=None if default is None else text(f"'{default}'"))


def positive(column: str, digits: int = 12, places: int = 2) -> MappedColumn[Any]:
    """A decimal greater than zero, stored exactly as ``numeric(digits, places)``."""
    check = CheckConstraint(f"{column} > 0", name=f"{column}_positive")
    return mapped_column(Numeric(digits, places), check)


def not_negative(
    column: str, kind: type[Integer] = Integer, *, default: int | None = None
) -> MappedColumn[Any]:
    """A whole number of zero or more."""
    check = CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")
    return mapped_column(kind, check, server_default=None if default is None else text(str(default)))


class Versioned:
    """Columns the triggers of ``layers/sql/history.sql`` keep: every change is a new version.

    A row of version 1 tells its creation itself: when the statement began that made it, and who.
    """

    version: Mapped[int] = mapped_column(server_default=text("1"), sort_order=9)
    created_at: Mapped[datetime] = mapped_column(
        _STAMP, server_default=func.statement_timestamp(), sort_order=9
    )
    updated_at: Mapped[datetime] = mapped_column(
        _STAMP, server_default=func.statement_timestamp(), sort_order=9
    )
    updated_by: Mapped[str | None] = mapped_column(Text, sort_order=9)
    synthetic: Mapped[bool] = mapped_column(server_default=text("false"), sort_order=9)


class Feature(Versioned):
    """A published table: identity, unique code, one valid geometry in EPSG:4490 and its 3857 twin.

    Subclasses set ``geometry`` (POINT, MULTILINESTRING or MULTIPOLYGON) and may set ``code_pattern``,
    ``geometry_required`` and ``constraints``.
    """

    geometry: ClassVar[str]
    geometry_required: ClassVar[bool] = True
    code_pattern: ClassVar[str] = GENERAL_CODE
    constraints: ClassVar[tuple[SchemaItem, ...]] = ()

    id: Mapped[Key]

    @declared_attr
    @classmethod
    def code(cls) -> Mapped[str]:
        """The number a person quotes."""
        check = CheckConstraint(f"code ~ '{cls.code_pattern}'", name="code_format")
        return mapped_column(Text, check, unique=True, sort_order=-1)

    @declared_attr
    @classmethod
    def geom(cls) -> Mapped[WKBElement]:
        """Where it lies: lon/lat in EPSG:4490."""
        kind = Geometry(cls.geometry, SRID, spatial_index=False)
        valid = CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name="geom_valid")
        return mapped_column(kind, valid, nullable=not cls.geometry_required, sort_order=8)

    @declared_attr
    @classmethod
    def geom_3857(cls) -> Mapped[WKBElement]:
        """The same in Web Mercator, computed by the database, for tiles."""
        kind = Geometry(cls.geometry, 3857, spatial_index=False)
        computed = Computed("ST_Transform(geom, 3857)", persisted=True)
        return mapped_column(kind, computed, nullable=True, sort_order=8)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[SchemaItem, ...]:
        shaped: tuple[SchemaItem, ...] = ()
        if (
            cls.geometry == "MULTIPOLYGON"
        ):  # what is large enough to be seen at low zooms is found without the rest
            large = text(f"{size_m('geom_3857')} > {LARGE_M}")
            name = f"ix_{getattr(cls, '__tablename__')}_large"  # noqa: B009
            shaped = (Index(name, "geom_3857", postgresql_using="gist", postgresql_where=large),)
        return (
            *cls.constraints,
            Index(None, "geom", postgresql_using="gist"),
            Index(None, "geom_3857", postgresql_using="gist"),
            Index(None, "created_at", postgresql_where=text("version = 1")),  # what appeared since an instant
            *shaped,
        )
