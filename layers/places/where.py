"""What lies at a place: township, unit grid, whose it is and how far its boundary is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.coordinates import in_china
from gis.crs import MEASURED, STORED, transform_points
from layers.errors import QueryRefused

__all__ = ["at", "grid_sql", "township_sql"]

DIVISION = """
SELECT code, name FROM divisions
WHERE level = 'township' AND valid_to IS NULL AND ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ORDER BY id LIMIT 1
"""

# metres in EPSG:4548, as everything that is measured
GRID = """
SELECT g.id, g.code, o.name AS owner, m.name AS manager,
       o.division_id IS DISTINCT FROM m.division_id AS managed_from_elsewhere,
       ST_Distance(ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), 4548),
                   ST_Boundary(ST_Transform(g.geom, 4548))) AS distance_to_boundary_m
FROM grids AS g
LEFT JOIN organisations AS o ON o.id = g.owner_id
LEFT JOIN organisations AS m ON m.id = g.manager_id
WHERE ST_Intersects(g.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ORDER BY g.id LIMIT 1
"""


def township_sql(point: str, column: str = "id") -> str:
    """SQL of a column of the township in force at ``point``, SQL of a point (EPSG:4490); on a border the one of two that
    was recorded first.
    """
    return f"""(
        SELECT township.{column} FROM divisions AS township
        WHERE township.level = 'township' AND township.valid_to IS NULL AND ST_Intersects(township.geom, {point})
        ORDER BY township.id LIMIT 1)"""  # noqa: S608


def grid_sql(point: str) -> str:
    """SQL of the id of the unit grid at ``point``, likewise."""
    return f"(SELECT unit.id FROM grids AS unit WHERE ST_Intersects(unit.geom, {point}) ORDER BY unit.id LIMIT 1)"  # noqa: S608


def at(session: Session, lon: float, lat: float) -> dict[str, Any]:
    """The division, the grid and the projected coordinates of a place in EPSG:4490 degrees. Raises QueryRefused far away."""
    if not in_china(lon, lat):
        raise QueryRefused(
            reason_zh=f"位置（{lon:g}，{lat:g}）不在中国境内。请核对经纬度次序与坐标系。",
            reason_en=f"The place ({lon:g}, {lat:g}) does not lie in China. Check the order (longitude, latitude) and the "
            "reference system.",
        )
    place = {"lon": lon, "lat": lat}
    division = session.execute(text(DIVISION), place).mappings().first()
    grid = session.execute(text(GRID), place).mappings().first()
    e, n = transform_points([(lon, lat)], STORED, MEASURED)[0]
    return {
        "division": dict(division) if division else None,
        "grid": {**grid, "distance_to_boundary_m": round(grid["distance_to_boundary_m"], 1)}
        if grid
        else None,
        "projected": {"epsg": 4548, "e": round(float(e), 3), "n": round(float(n), 3)},
    }
