"""The table of permitted transitions in the database, filled from the rules."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from layers.incidents import rules
from layers.incidents.model import IncidentTransition

__all__ = ["fill"]


def fill(connection: Connection) -> None:
    """Have the database permit what the rules permit, and nothing else."""
    connection.execute(delete(IncidentTransition))
    rows = [
        {
            "act": way.act.value,
            "from_status": way.before.value,
            "to_status": way.after.value,
            "approver": way.rule.approver,
            "stamps": way.rule.stamps,
            "clears": list(way.rule.clears),
        }
        for way in rules.ways()
    ]
    connection.execute(insert(IncidentTransition), rows)
