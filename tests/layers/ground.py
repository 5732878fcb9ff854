"""A small district to import into: its divisions, an organisation and a cluster of stalls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely
from geopandas import GeoDataFrame
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.formats import write

WEST, SOUTH, EAST, NORTH = 116.2, 31.2, 117.0, 32.1
FIELDS = {"status": "open", "kind": "cluster", "upgrade": "none", "opened_on": "2023-03-01"}
HOURS = {"opens_at": "06:00", "closes_at": "22:30", "capacity": 20}
BUILDING = {"status": "to_check", "source": "survey", "owner_name": "张三丰", "found_on": "2023-06-18"}


def box(east: float = 116.5, north: float = 31.7, size: float = 0.001) -> Any:
    """A square of ``size`` degrees, its south-west corner given."""
    return shapely.box(east, north, east + size, north + size)


def settle(session: Session) -> None:
    """District 金安区 (a rectangle), a township, an organisation and an open cluster C1."""
    district = shapely.MultiPolygon([shapely.box(WEST, SOUTH, EAST, NORTH)]).wkt
    township = shapely.MultiPolygon([box(size=0.1)]).wkt
    division = (
        "INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom) VALUES (:code, :name, "
        ":level, :kind, (SELECT id FROM divisions WHERE code = :parent), '2020-01-01', ST_GeomFromText(:wkt, 4490))"
    )
    for code, name, level, kind, parent, wkt in (
        ("341502000000", "金安区", "district", "district", None, district),
        ("341502100000", "木厂镇", "township", "town", "341502000000", township),
    ):
        given = {"code": code, "name": name, "level": level, "kind": kind, "parent": parent, "wkt": wkt}
        session.execute(text(division), given)
    session.execute(
        text(
            "INSERT INTO organisations (code, name, kind, geom) "
            "VALUES ('ORG1', '望城大队', 'team', ST_GeomFromText('POINT (116.5 31.7)', 4490))"
        )
    )


def clusters(**columns: Any) -> GeoDataFrame:
    """Two sound stall clusters; columns given are put in place of the usual ones."""
    usual = {"code": ["C1", "C2"], "name": ["皋陶夜市", "青峰路摊群"], **FIELDS, **HOURS}
    frame = {**usual, "division": "木厂镇", "manager": "望城大队", **columns}
    return GeoDataFrame(frame, geometry=[box(), box(116.51)], crs="EPSG:4490")


def buildings(**columns: Any) -> GeoDataFrame:
    """Two illegal buildings with owners."""
    frame = {"code": ["B1", "B2"], **BUILDING, "division": "341502100000", **columns}
    return GeoDataFrame(frame, geometry=[box(size=0.0002), box(116.51, size=0.0002)], crs="EPSG:4490")


def file(folder: Path, frame: GeoDataFrame, name: str = "t.gpkg") -> Path:
    """The frame written to a file."""
    write(frame, folder / name)
    return folder / name


def count(session: Session, table: str) -> int:
    """How many rows a table has."""
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608
