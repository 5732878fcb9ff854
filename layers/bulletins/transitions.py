"""The table of a bulletin's permitted transitions in the database, filled from the rules."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from layers.bulletins import rules
from layers.bulletins.model import BulletinTransition

__all__ = ["fill"]


def fill(connection: Connection) -> None:
    """Have the database permit what the rules permit, and nothing else."""
    connection.execute(delete(BulletinTransition))
    rows = [
        {"id": number, "from_status": before.value, "to_status": after.value}
        for number, (before, after) in enumerate(rules.transitions(), start=1)
    ]
    connection.execute(insert(BulletinTransition), rows)
