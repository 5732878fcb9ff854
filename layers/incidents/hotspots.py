"""Where incidents gather: counts in a lattice of squares, made in the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.incidents.counted import CONDITIONS

__all__ = ["MOST", "hotspots"]

MOST = 5_000
"""Squares that are given at most, the fullest first; ``total`` counts all incidents whatever is left out."""

_SQL = """
WITH found AS (
    SELECT ST_Transform(i.geom, 4548) AS at FROM incidents i JOIN codes c ON c.id = i.category_id
    WHERE {accepted} AND i.status NOT IN ('declined', 'revoked')
      AND (CAST(:category AS text) IS NULL OR c.value = :category)
      AND (CAST(:division AS text) IS NULL OR i.division_id = (SELECT id FROM divisions WHERE code = :division))
), squares AS (
    SELECT floor(ST_X(at) / :side) AS col, floor(ST_Y(at) / :side) AS row, count(*) AS n FROM found GROUP BY 1, 2
)
SELECT n, sum(n) OVER () AS total, count(*) OVER () AS squares, ST_AsGeoJSON(ST_Transform(ST_MakeEnvelope(
    col * :side, row * :side, (col + 1) * :side, (row + 1) * :side, 4548), 4490), 6)::jsonb AS shape
FROM squares ORDER BY n DESC, col, row LIMIT :most
""".replace("{accepted}", CONDITIONS["accepted"])


def hotspots(
    session: Session,
    first: date,
    last: date,
    *,
    side_m: int,
    category: str | None = None,
    division: str | None = None,
) -> dict[str, Any]:
    """Squares of ``side_m`` metres (EPSG:4548) with the incidents accepted in the period: a GeoJSON collection.

    Properties ``n`` and, of the whole, ``total``, ``squares`` and ``most`` in one square. EPSG:4490 degrees.
    """
    given = {
        "first": first,
        "last": last,
        "side": side_m,
        "category": category,
        "division": division,
        "most": MOST,
    }
    rows = session.execute(text(_SQL), given).all()
    return {
        "type": "FeatureCollection",
        "total": int(rows[0].total) if rows else 0,
        "squares": int(rows[0].squares) if rows else 0,
        "most": int(rows[0].n) if rows else 0,
        "features": [{"type": "Feature", "properties": {"n": row.n}, "geometry": row.shape} for row in rows],
    }
