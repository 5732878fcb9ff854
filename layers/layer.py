"""The noun of the catalogue: a published layer, its fields, its codes, its look.

One ``Layer`` stands beside each table (``layers/<noun>/layer.py``); ``layers/catalogue.py`` lists them.
Tiles, features, import, forms, legend and data dictionary all read this and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from layers.people.rules import Role

__all__ = ["EVERYONE", "STAFF", "Code", "Field", "FieldType", "Geometry", "Layer", "Style", "Text", "codes"]

Geometry = Literal["Point", "MultiLineString", "MultiPolygon"]
FieldType = Literal["text", "integer", "number", "boolean", "date", "time", "datetime", "code"]

EVERYONE: frozenset[Role] = frozenset(Role)
STAFF: frozenset[Role] = frozenset(Role) - {Role.PUBLIC}


@dataclass(frozen=True)
class Text:
    """One text in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True)
class Code:
    """One value of a code list."""

    value: str
    title: Text


def codes(*rows: tuple[str, str, str]) -> tuple[Code, ...]:
    """A code list from (value, Chinese, English) rows."""
    return tuple(Code(value, Text(zh, en)) for value, zh, en in rows)


@dataclass(frozen=True)
class Field:
    """One published column of a layer's table.

    ``unit`` is the printed unit (m, m², mm, km …). ``visible_to`` names the roles that may see the
    value anywhere: page, tile, feature, export. ``in_tiles`` columns travel in vector tiles (label,
    state and the like); the others only in features. ``editable`` columns may be set by import.

    A field with ``references`` publishes not its own ``column`` (a foreign key to ``id`` of that
    table) but the referenced row's ``shows``: the owner's name, the grid's code.
    """

    name: str
    title: Text
    type: FieldType = "text"
    unit: str | None = None
    codes: tuple[Code, ...] = ()
    visible_to: frozenset[Role] = EVERYONE
    in_tiles: bool = False
    editable: bool = True
    required: bool = False
    unique: bool = False
    personal: bool = False
    column: str | None = None
    references: str | None = None
    shows: str = "name"

    def sql(self, alias: str = "t") -> str:
        """The SQL expression of the published value, over the layer's table under ``alias``."""
        own = f'{alias}."{self.column or self.name}"'
        if self.references is None:
            return own
        return f'(SELECT r."{self.shows}" FROM "{self.references}" r WHERE r.id = {own})'  # noqa: S608


@dataclass(frozen=True)
class Style:
    """How a layer is drawn; ``light`` and ``dark`` are #rrggbb of the two themes.

    ``state_field`` picks a pattern as well as a colour: ``states`` maps its values to
    (light, dark, pattern), pattern one of solid, dashed, hatch, outline, dot, cross.
    """

    light: str
    dark: str
    pattern: Literal["solid", "dashed", "hatch", "outline", "dot", "cross"] = "solid"
    width: float = 1.5
    state_field: str | None = None
    states: dict[str, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One published layer: its id is its OGC collection, its ``table`` (or view) the source.

    Tables have ``id bigint``, ``geom geometry(<Geometry>, 4490)``, the stored ``geom_3857`` for tiles
    and a column per field. ``min_zoom`` is the first zoom at which features are drawn; below
    ``points_below`` an area is too small to be seen and is drawn as a point. Below ``clustered_below`` (at
    most 14; 0: never) tiles tell of what is too small to be seen one by one as counts of cells
    (``layers/cells.py``), and of the rest as itself. ``time`` is the field that answers “when”.
    ``editors`` may write single features through OGC API; what goes through a procedure of law or is made
    by the platform has none: those have acts of their own.
    """

    id: str
    title: Text
    description: Text
    group: str
    table: str
    geometry: Geometry
    fields: tuple[Field, ...]
    style: Style
    label: str | None = None
    key: str = "code"
    min_zoom: int = 8
    max_zoom: int = 18
    label_zoom: int = 13
    points_below: int = 0
    clustered_below: int = 0
    visible_to: frozenset[Role] = EVERYONE
    shown_at_start: bool = False
    importable: bool = True
    time: str | None = None
    editors: frozenset[Role] = frozenset({Role.PLANNER, Role.ADMINISTRATOR})

    def fields_for(self, roles: frozenset[Role]) -> tuple[Field, ...]:
        """The fields that somebody with these roles may see."""
        return tuple(each for each in self.fields if each.visible_to & roles)

    def tile_fields_for(self, roles: frozenset[Role]) -> tuple[Field, ...]:
        """The fields that travel in a vector tile for these roles."""
        return tuple(each for each in self.fields_for(roles) if each.in_tiles)
