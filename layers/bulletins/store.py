"""All SQL of bulletins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from layers.bulletins.mapsheet import Marked
from layers.bulletins.model import Bulletin, BulletinFile
from layers.cases.dossier import State
from layers.cases.store import dossiers
from layers.errors import Conflict, NotFound
from layers.printing.document import File
from layers.statistics.measures import Area, Period

__all__ = [
    "add_files",
    "at_number",
    "cases",
    "choices",
    "files",
    "get",
    "grids",
    "is_synthetic",
    "listed",
    "lock",
    "names_in",
    "next_id",
    "next_number",
    "people",
    "replace_pictures",
    "structures",
    "townships",
    "unit",
]

_LISTED = """
SELECT b.id, b.code, b.status, b.year, b.number, b.title, b.period_from, b.period_to, b.issued_on, b.version, b.synthetic,
       b.updated_at, b.withdrawn_reason, b.returned_reason,
       coalesce(d.name, '全区') AS area FROM bulletins AS b LEFT JOIN divisions AS d ON d.id = b.division_id
WHERE b.kind = 'violations' AND (:all OR b.status = 'published') ORDER BY b.issued_on DESC NULLS FIRST, b.id DESC LIMIT 500
"""
_VALID = "valid_from <= :day AND (valid_to IS NULL OR valid_to > :day)"
_IN_AREA = "(CAST(:area AS bigint) IS NULL OR {column} = :area)"
_TOWNSHIPS = f"""
SELECT name, ST_AsBinary(ST_SimplifyPreserveTopology(ST_Transform(geom, 4548), 20)) FROM divisions
WHERE level = 'township' AND {_VALID} AND {_IN_AREA.format(column="id")} ORDER BY code
"""  # noqa: S608 - fragments of this file
_GRIDS = f"""
SELECT ST_AsBinary(ST_SimplifyPreserveTopology(ST_Transform(g.geom, 4548), 20)) FROM grids AS g
JOIN divisions AS d ON d.id = g.division_id
WHERE {_IN_AREA.format(column="d.parent_id")}
"""  # noqa: S608 - fragments of this file
_STRUCTURES = f"""
SELECT ST_X(p.at), ST_Y(p.at), b.status = 'demolished' FROM illegal_buildings AS b
CROSS JOIN LATERAL (SELECT ST_Transform(ST_PointOnSurface(b.geom), 4548) AS at) AS p
WHERE (b.found_on BETWEEN :first AND :last OR b.demolished_on BETWEEN :first AND :last) AND b.status <> 'dismissed'
  AND {_IN_AREA.format(column="b.division_id")}
"""  # noqa: S608 - fragments of this file
_CASES = """
SELECT c.id, c.code, c.title, c.status, c.route, c.filed_on, c.decided_on, c.closed_on, d.name AS place,
       b.area_m2, b.structure, b.status = 'demolished' AS gone, c.party_name, b.owner_name
FROM cases AS c JOIN illegal_buildings AS b ON b.id = c.illegal_building_id
LEFT JOIN divisions AS d ON d.id = c.division_id
"""
_NAMES = """
SELECT name FROM (SELECT party_name AS name FROM cases UNION SELECT owner_name FROM illegal_buildings
                  UNION SELECT petitioner FROM service_requests) AS known
WHERE length(name) > 1 AND position(name IN :words) > 0
"""
_SYNTHETIC = """
SELECT EXISTS (SELECT FROM divisions WHERE synthetic) OR EXISTS (SELECT FROM illegal_buildings WHERE synthetic)
    OR EXISTS (SELECT FROM candidates WHERE synthetic) OR EXISTS (SELECT FROM cases WHERE synthetic)
"""
_CHOICES = f"""
SELECT c.id, c.code, c.kind, c.area_m2, d.name AS place, s.flown_on FROM candidates AS c
JOIN surveys AS s ON s.id = c.survey_id LEFT JOIN divisions AS d ON d.id = c.division_id
WHERE c.status = 'accepted' AND c.baseline_id IS NOT NULL AND s.flown_on BETWEEN :first AND :last
  AND {_IN_AREA.format(column="c.division_id")} ORDER BY c.area_m2 DESC LIMIT 60
"""  # noqa: S608 - fragments of this file


def listed(session: Session, *, everything: bool) -> list[dict[str, Any]]:
    """Bulletins, drafts first and then the newest; only what is published without ``everything``."""
    return [dict(row) for row in session.execute(text(_LISTED), {"all": everything}).mappings()]


def get(session: Session, bulletin_id: int) -> Bulletin:
    """One bulletin. Raises NotFound."""
    found = session.get(Bulletin, bulletin_id, populate_existing=True)
    if found is None or found.kind != "violations":
        raise NotFound(what_zh="专报", what_en="bulletin", key=bulletin_id)
    return found


def lock(session: Session, bulletin_id: int, version: int) -> Bulletin:
    """The bulletin as it was seen, for a change. Raises NotFound, Conflict."""
    wanted = (
        select(Bulletin).where(Bulletin.id == bulletin_id, Bulletin.kind == "violations").with_for_update()
    )
    found = session.scalar(wanted, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(what_zh="专报", what_en="bulletin", key=bulletin_id)
    if found.version != version:
        raise Conflict(what_zh="专报", what_en="bulletin")
    return found


def at_number(session: Session, year: int, number: int) -> Bulletin:
    """The issued bulletin of that number, withdrawn or not. Raises NotFound."""
    found = session.scalar(
        select(Bulletin).where(
            Bulletin.kind == "violations",
            Bulletin.year == year,
            Bulletin.number == number,
            Bulletin.issued_on.is_not(None),
        )
    )
    if found is None:
        raise NotFound(what_zh="专报", what_en="bulletin", key=f"{year}/{number}")
    return found


def next_id(session: Session) -> int:
    """An id that a new bulletin may have."""
    return int(
        session.execute(text("SELECT nextval(pg_get_serial_sequence('bulletins', 'id'))")).scalar_one()
    )


def next_number(session: Session, year: int, *, taking: bool = False) -> int:
    """The number that the year's next bulletin gets; ``taking``: nobody else gets it in the meantime."""
    if taking:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('bulletin numbers'))"))
    sql = "SELECT coalesce(max(number), 0) + 1 FROM bulletins WHERE kind = 'violations' AND year = :year"
    return int(session.execute(text(sql), {"year": year}).scalar_one())


def files(session: Session, bulletin_id: int, role: str | None = None) -> list[BulletinFile]:
    """Its files by name."""
    wanted = select(BulletinFile).where(BulletinFile.bulletin_id == bulletin_id)
    if role is not None:
        wanted = wanted.where(BulletinFile.role == role)
    return list(session.scalars(wanted.order_by(BulletinFile.name)))


def replace_pictures(session: Session, bulletin_id: int, made: dict[str, File]) -> None:
    """The pictures of a draft, anew."""
    session.execute(delete(BulletinFile).where(BulletinFile.bulletin_id == bulletin_id))
    add_files(session, bulletin_id, made, role="picture")


def add_files(session: Session, bulletin_id: int, made: dict[str, File], *, role: str) -> None:
    """Files with the digest that the database checks against their content."""
    sql = """INSERT INTO bulletin_files (bulletin_id, role, name, media_type, content, sha256)
             VALUES (:bulletin, :role, :name, :media_type, :content, encode(sha256(:content), 'hex'))"""
    for name, file in made.items():
        values = {"bulletin": bulletin_id, "role": role, "name": name}
        session.execute(text(sql), {**values, "media_type": file.media_type, "content": file.content})


def townships(session: Session, area: Area, day: date) -> list[tuple[str, BaseGeometry]]:
    """Names and shapes (EPSG:4548, metres) of the townships of an area on a day."""
    rows = session.execute(text(_TOWNSHIPS), {"day": day, "area": area.id})
    return [(name, shapely.from_wkb(bytes(wkb))) for name, wkb in rows]


def grids(session: Session, area: Area) -> list[BaseGeometry]:
    """Shapes of the unit grids (EPSG:4548)."""
    return [shapely.from_wkb(bytes(wkb)) for wkb in session.scalars(text(_GRIDS), {"area": area.id})]


def structures(session: Session, area: Area, period: Period) -> list[Marked]:
    """Illegal structures found or demolished in the period (EPSG:4548)."""
    values = {"area": area.id, "first": period.first, "last": period.last}
    return [Marked((x, y), gone) for x, y, gone in session.execute(text(_STRUCTURES), values)]


def cases(session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What may be told of cases about structures, with the names that must not be; ``stands``: their decision does."""
    rows = session.execute(text(f"{_CASES} WHERE c.id = ANY(:ids)"), {"ids": list(ids)})
    found = {row["id"]: row for row in _with_standing(session, rows.mappings())}
    missing = [each for each in ids if each not in found]
    if missing:
        raise NotFound(what_zh="违建案件", what_en="case about a structure", key=missing[0])
    return [found[each] for each in ids]


def choices(session: Session, area: Area, period: Period) -> dict[str, list[dict[str, Any]]]:
    """Accepted suspicions with two flights, and decided cases about structures, that a bulletin may show."""
    values = {"area": area.id, "first": period.first, "last": period.last}
    of_area = _IN_AREA.format(column="c.division_id")
    decided = f"{_CASES} WHERE c.decided_on BETWEEN :first AND :last AND {of_area} ORDER BY c.decided_on DESC LIMIT 100"
    shown = ("id", "code", "title", "status", "place", "decided_on", "area_m2")
    return {
        "structures": [dict(row) for row in session.execute(text(_CHOICES), values).mappings()],
        "cases": [
            {name: row[name] for name in shown}
            for row in _with_standing(session, session.execute(text(decided), values).mappings())
            if row["stands"]
        ],
    }


def _with_standing(session: Session, rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    found = [dict(row) for row in rows]
    known = dossiers(session, {row["id"]: row["route"] for row in found})
    return [
        {**row, "stands": row["status"] != State.REVOKED and not known[row["id"]].annulled} for row in found
    ]


def names_in(session: Session, words: str) -> list[str]:
    """Names of persons on record that a text mentions."""
    return list(session.scalars(text(_NAMES), {"words": words}))


def is_synthetic(session: Session) -> bool:
    """Whether anything that a bulletin tells of is made up."""
    return bool(session.scalar(text(_SYNTHETIC)))


def unit(session: Session) -> str:
    """The bureau's own name."""
    sql = "SELECT name FROM organisations WHERE parent_id IS NULL AND kind = 'bureau' ORDER BY id LIMIT 1"
    return str(session.scalar(text(sql)) or "区城市管理局")


def people(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    """Names of colleagues by id."""
    wanted = [each for each in ids if each is not None]
    rows = session.execute(text("SELECT id, display_name FROM people WHERE id = ANY(:ids)"), {"ids": wanted})
    return {each.id: each.display_name for each in rows}
