"""How many features lie in the cells of a tile: what low zooms of a dense layer are made from.

``layers/sql/tile_cells.sql`` says how they are counted; the database keeps them with every change.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, SmallInteger, Table, Text, text

from layers.database import Base
from layers.layer import Layer

__all__ = ["CELLS", "LARGE_M", "TILE_CELLS", "keep", "size_m"]

CELLS = 16  # along each side of a tile
LARGE_M = 76
"""Web Mercator metres: a little less than four pixels at zoom 13 and than one at zoom 11, where generalising ends."""

TILE_CELLS = Table(
    "tile_cells",
    Base.metadata,
    Column("layer", Text, nullable=False),
    Column("zoom", SmallInteger, nullable=False),
    Column("tile_x", Integer, nullable=False),
    Column("tile_y", Integer, nullable=False),
    Column("cell", SmallInteger, nullable=False),
    Column("features", BigInteger, nullable=False),
    Column("ids", BigInteger, nullable=False),
    Column("x_cm", BigInteger, nullable=False),
    Column("y_cm", BigInteger, nullable=False),
    Index(None, "layer", "zoom", "tile_x", "tile_y"),
)

_TRIGGERS = {
    "INSERT": "REFERENCING NEW TABLE AS changed",
    "DELETE": "REFERENCING OLD TABLE AS changed",
    "UPDATE": "REFERENCING OLD TABLE AS was NEW TABLE AS changed",
}
_MADE = """
SELECT encode(tgargs, 'escape') FROM pg_trigger
WHERE tgrelid = to_regclass(:table) AND tgname = 'count_insert'
"""


def size_m(geometry: str) -> str:
    """SQL of a geometry's longer side in Web Mercator metres, as the small index of large shapes has it."""
    wide, tall = (f"ST_{axis}Max({geometry}) - ST_{axis}Min({geometry})" for axis in "XY")
    return f"greatest({wide}, {tall})"


def keep(connection: Connection, layer: Layer) -> None:
    """Have the database count a layer's cells, or no longer, as the catalogue says.

    The arguments of the triggers tell which zooms are counted; where they are the same already, nothing happens.
    Otherwise the layer is counted anew, and nobody can change it until the transaction ends.
    """
    zooms = f"{layer.min_zoom}\\000{layer.clustered_below - 1}\\000" if layer.clustered_below else None
    made = connection.scalar(text(_MADE), {"table": layer.table})
    if made == zooms:
        return
    for verb in _TRIGGERS:
        connection.execute(text(f'DROP TRIGGER IF EXISTS count_{verb.lower()} ON "{layer.table}"'))
    if zooms is None:
        connection.execute(text("DELETE FROM tile_cells WHERE layer = :table"), {"table": layer.table})
        return
    first, last = layer.min_zoom, layer.clustered_below - 1
    for verb, referencing in _TRIGGERS.items():
        statement = (
            f'CREATE TRIGGER count_{verb.lower()} AFTER {verb} ON "{layer.table}" {referencing} '
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_tile_cells({first}, {last})"
        )
        connection.execute(text(statement))
    connection.execute(
        text("SELECT refill_tile_cells(:table, :first, :last)"),
        {"table": layer.table, "first": first, "last": last},
    )
