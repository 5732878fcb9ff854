"""The table of permitted transitions in the database, filled from the rules."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from layers.cases import rules
from layers.cases.model import CaseTransition

__all__ = ["fill"]


def fill(connection: Connection) -> None:
    """Have the database permit what the rules permit, and nothing else."""
    connection.execute(delete(CaseTransition))
    rows = [
        {
            "act": way.act.value,
            "from_status": way.before.value if way.before else None,
            "to_status": way.after.value,
            "waits_for": [each.value for each in way.rule.waits_for],
            "approver": way.rule.approver,
        }
        for way in rules.ways()
    ]
    connection.execute(insert(CaseTransition), rows)
