"""Whether somebody has reported the same before: the same category, near and not long ago. Offered, never dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.incidents import store

__all__ = ["IS_SIMILAR", "WITHIN_HOURS", "WITHIN_M", "similar_at", "similar_to"]

WITHIN_M = 50
WITHIN_HOURS = 24
"""Ours: two reports of one thing lie within a shopfront or two and a day of each other."""

# metres in Web Mercator grow with the latitude; over fifty of them that is exact enough
_NEAR = f"""
o.category_id = {{category}} AND o.status NOT IN ('declined', 'revoked')
AND o.accepted_at BETWEEN {{at}} - interval '{WITHIN_HOURS} hours' AND {{at}} + interval '{WITHIN_HOURS} hours'
AND ST_DWithin(o.geom_3857, {{geom_3857}}, {WITHIN_M} / cos(radians(ST_Y({{geom}}))))
"""
_OF_ROW = _NEAR.format(category="i.category_id", at="i.accepted_at", geom="i.geom", geom_3857="i.geom_3857")
IS_SIMILAR = f"EXISTS (SELECT FROM incidents o WHERE o.id <> i.id AND {_OF_ROW} OFFSET 0)"
"""SQL over ``incidents AS i``: another one is similar to it. OFFSET keeps it a look around each row (by the index of
places); joined by category, as the planner would have it, thousands of rows meet thousands.
"""

_SHORT = "o.id, o.code, o.status, o.accepted_at, round(ST_Distance(o.geom::geography, {geom}::geography)::numeric) AS distance_m"
_TO = f"""
SELECT {_SHORT.format(geom="i.geom")} FROM incidents i JOIN incidents o ON o.id <> i.id AND {_OF_ROW}
WHERE i.id = :id ORDER BY distance_m, o.id LIMIT 20
"""  # noqa: S608
_POINT = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)"
_AT_POINT = _NEAR.format(
    category=":category_id",
    at="CAST(:at AS timestamptz)",
    geom=_POINT,
    geom_3857=f"ST_Transform({_POINT}, 3857)",
)
_AT = f"SELECT {_SHORT.format(geom=_POINT)} FROM incidents o WHERE {_AT_POINT} ORDER BY distance_m, o.id LIMIT 20"  # noqa: S608


def similar_to(session: Session, incident_id: int) -> list[dict[str, Any]]:
    """Incidents similar to one that is on record, the nearest first, distance in metres."""
    return [dict(row) for row in session.execute(text(_TO), {"id": incident_id}).mappings()]


def similar_at(
    session: Session, *, category: str, lon: float, lat: float, at: datetime
) -> list[dict[str, Any]]:
    """The same for one that is about to be reported: place in EPSG:4490. Raises NotFound."""
    category_id = store.category(session, category, at)
    given = {"category_id": category_id, "lon": lon, "lat": lat, "at": at}
    return [dict(row) for row in session.execute(text(_AT), given).mappings()]
