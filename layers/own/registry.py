"""The own layers that this process knows.

``refresh`` asks the database whether they are still right, which one look-up of a stamp tells; requests and commands
call it when their transaction begins. Tiles ask nothing more: a layer that the tile door does not know, or whose table
is gone, is left to a request that does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers.layer import Layer
from layers.own.describe import Description, layer_of
from layers.own.model import OwnLayer
from layers.stamps import stamp_sql

__all__ = ["known", "refresh"]

_STAMP = text(f"SELECT current_database() || ':' || ({stamp_sql('ARRAY[:table]')})")


@dataclass(frozen=True)
class _Known:
    stamp: str = ""
    layers: dict[str, Layer] = field(default_factory=dict)


_held = [_Known()]  # replaced as a whole, so that a thread sees the old or the new


def known() -> dict[str, Layer]:
    """The own layers by id, newest first."""
    return _held[0].layers


def refresh(session: Session) -> None:
    """Know what this transaction sees."""
    stamp = str(session.scalar(_STAMP, {"table": OwnLayer.__tablename__}))
    if stamp != _held[0].stamp:
        rows = session.scalars(
            select(OwnLayer).where(OwnLayer.dropped_at.is_(None)).order_by(OwnLayer.id.desc())
        )
        made = {
            each.layer_id: layer_of(Description.model_validate(each.description), each.table) for each in rows
        }
        _held[0] = _Known(stamp, made)
