"""Fields that many layers have in common, so that they read alike everywhere."""

from __future__ import annotations

from layers.layer import EVERYONE, STAFF, Code, Field, Text
from layers.people.rules import Role

__all__ = ["ENFORCERS", "area", "code", "coded", "day", "name", "person", "refers", "synthetic", "updated"]

ENFORCERS: frozenset[Role] = frozenset({Role.OFFICER, Role.ADMINISTRATOR})


def code(zh: str = "编号", en: str = "Code") -> Field:
    """The number a person quotes; unique in its layer."""
    return Field("code", Text(zh, en), in_tiles=True, required=True, unique=True)


def name(zh: str = "名称", en: str = "Name") -> Field:
    """What people call it."""
    return Field("name", Text(zh, en), in_tiles=True, required=True)


def coded(
    column: str, zh: str, en: str, codes: tuple[Code, ...], *, in_tiles: bool = True, required: bool = True
) -> Field:
    """A value of a code list."""
    return Field(column, Text(zh, en), type="code", codes=codes, in_tiles=in_tiles, required=required)


def day(column: str, zh: str, en: str, *, required: bool = False) -> Field:
    """A date."""
    return Field(column, Text(zh, en), type="date", required=required)


def area(column: str = "area_m2", *, required: bool = True) -> Field:
    """An area in m², measured in EPSG:4548."""
    return Field(column, Text("面积", "Area"), type="number", unit="m²", required=required)


def refers(  # noqa: PLR0913
    column: str,
    zh: str,
    en: str,
    table: str,
    *,
    shows: str = "name",
    required: bool = False,
    editable: bool = True,
    in_tiles: bool = False,
    visible_to: frozenset[Role] = EVERYONE,
) -> Field:
    """A row of another table, published as its name or code; ``column`` is the foreign key."""
    return Field(
        column.removesuffix("_id"),
        Text(zh, en),
        column=column,
        references=table,
        shows=shows,
        required=required,
        editable=editable,
        in_tiles=in_tiles,
        visible_to=visible_to,
    )


def person(column: str, zh: str, en: str, *, required: bool = False) -> Field:
    """Personal data: for officers and administrators only, and never in a tile."""
    return Field(column, Text(zh, en), visible_to=ENFORCERS, personal=True, required=required)


def updated() -> tuple[Field, ...]:
    """Who changed the row last, and when: for staff."""
    return (
        Field("updated_at", Text("更新时间", "Updated"), type="datetime", editable=False, visible_to=STAFF),
        Field("updated_by", Text("更新人", "Updated by"), editable=False, visible_to=STAFF),
    )


def synthetic() -> Field:
    """Whether the row is made up for the demonstration."""
    return Field("synthetic", Text("演示数据", "Synthetic"), type="boolean", editable=False, in_tiles=False)
