"""Photographs of an incident: joined by who reports it or adds to it, and what to look at about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import NotFound, Refused
from layers.incidents import rules
from layers.incidents.model import Incident, IncidentPhotograph
from layers.people.actions import SignedIn
from layers.people.rules import require
from layers.photographs import store
from layers.photographs.rules import VIEWERS, Facts, clues

__all__ = ["MOST", "attach", "of"]

MOST = 20
"""Photographs that one incident may have."""

# Distances in metres, EPSG:4548, to the place of the incident
_OF = """
SELECT p.id, p.claimed_sha256 IS NOT NULL AS hashed, p.width, p.height, p.geom IS NOT NULL AS placed, p.clock, p.taken_at,
       p.software, p.received_at, p.person_id, q.display_name AS by,
       ST_Distance(ST_Transform(p.geom, 4548), ST_Transform(i.geom, 4548)) AS distance_m
FROM incident_photographs AS j
JOIN photographs AS p ON p.id = j.photograph_id
JOIN people AS q ON q.id = p.person_id
JOIN incidents AS i ON i.id = j.incident_id
WHERE j.incident_id = :id ORDER BY j.at, p.id
"""


def attach(session: Session, person: SignedIn, incident_id: int, photographs: Sequence[int]) -> None:
    """Join photographs that this person sent; one that is joined already stays as it is.

    Raises NotAllowed, NotFound (no such incident), Refused (not this person's, or too many).
    """
    require(person.roles, rules.REPORTERS, act_zh="添加事部件照片", act_en="add photographs to incidents")
    if session.get(Incident, incident_id, with_for_update={"key_share": True}) is None:
        raise NotFound(what_zh="事部件案件", what_en="incident", key=incident_id)
    own = list(dict.fromkeys(photographs))
    if missing := store.foreign(session, own, person.id):
        raise Refused(
            reason_zh=f"照片 {missing[0]} 不存在或不是您上传的，没有添加。请重新选择照片。",
            reason_en=f"Photograph {missing[0]} is not there or not yours; nothing was added. Choose it again.",
        )
    if own:
        rows = [{"incident_id": incident_id, "photograph_id": each} for each in own]
        session.execute(insert(IncidentPhotograph).values(rows).on_conflict_do_nothing())
    counted = "SELECT count(*) FROM incident_photographs WHERE incident_id = :id"
    if (session.scalar(text(counted), {"id": incident_id}) or 0) > MOST:
        raise Refused(
            reason_zh=f"一个案件最多 {MOST} 张照片，没有添加。",
            reason_en=f"An incident takes {MOST} photographs at most; nothing was added.",
        )


def of(session: Session, incident_id: int, person_id: int, roles: frozenset[Any]) -> list[dict[str, Any]]:
    """The photographs of an incident in the order they were added.

    ``original``: whether this person may see one as it came; the small one without tags is for all who see the incident.
    A report may come hours after the photograph, so the time is no clue here.
    """
    found = []
    for row in session.execute(text(_OF), {"id": incident_id}).mappings():
        facts = Facts(
            hashed=row["hashed"], placed=row["placed"], distance_m=row["distance_m"], taken_at=row["taken_at"],
            clock=row["clock"], software=row["software"], checked_at=None,
        )  # fmt: skip
        shown = {
            name: row[name]
            for name in ("id", "width", "height", "taken_at", "received_at", "by", "distance_m")
        }
        original = row["person_id"] == person_id or bool(roles & VIEWERS)
        found.append({**shown, "original": original, "clues": clues(facts)})
    return found
