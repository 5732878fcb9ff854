"""The demonstration district into an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import shapely
from psycopg import Cursor, sql
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from layers import database
from layers.cases import holidays, seeded
from layers.codes import store as codes
from layers.database import SRID
from layers.errors import Refused
from layers.models import METADATA
from layers.people import actions as people
from layers.people.rules import Role
from layers.places.model import Organisation
from layers.places.where import grid_sql, township_sql

if TYPE_CHECKING:
    from data.demo.flights.on_record import OnRecord

__all__ = ["ACTOR", "PEOPLE", "DemoPerson", "load", "put_on_record"]

ACTOR = "demo"


@dataclass(frozen=True)
class DemoPerson:
    """An account of the demonstration: one for every role; ``organisation`` by its name."""

    name: str
    display_name: str
    role: Role
    divisions: tuple[str, ...] = ()
    organisation: str | None = None


PEOPLE = (
    DemoPerson("planner", "规划员（演示）", Role.PLANNER),
    DemoPerson("inspector", "监督员（演示）", Role.INSPECTOR, ("341502004000", "341502002000"), "东市大队"),
    DemoPerson("crew", "航飞员（演示）", Role.CREW),
    DemoPerson("reviewer", "复核员（演示）", Role.REVIEWER),
    DemoPerson("officer", "执法员（演示）", Role.OFFICER, ("341502004000",), "望城大队"),
    DemoPerson("administrator", "管理员（演示）", Role.ADMINISTRATOR),
)


def load(
    url: str,
    *,
    password: str,
    seed: int = 341502,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Make the district and its people and copy them in, in one transaction; a second time does nothing.

    ``password`` is that of all demo people. Raises Refused when the database holds real divisions.
    """
    tell = progress or (lambda share: None)
    with database.session(url, actor=ACTOR) as session:
        if _there(session):
            tell(1.0)
            return
        # data is material outside the installed packages, and only a demonstration needs it
        from data.demo.district import make  # noqa: PLC0415

        rows = make(seed, progress=lambda share: tell(0.5 * share))
        steps = seeded.rows(rows["cases"], rows["illegal_buildings"], holidays.calendar(session))
        _copy_all(session, rows, lambda share: tell(0.5 + 0.4 * share))
        _copy_steps(session, steps)
        _people(session, password)
        session.execute(text("ANALYZE"))
    tell(1.0)


_INSIDE = "ST_PointOnSurface(at.geom)"
_BUILDING = f"""
INSERT INTO illegal_buildings (code, status, source, structure, storeys, area_m2, found_on, demolished_on, address,
                               division_id, grid_id, geom, synthetic)
SELECT :code, :status, 'patrol', 'steel_sheet', 1, :area_m2, :found_on, :demolished_on,
       {township_sql(_INSIDE, "name")}, {township_sql(_INSIDE)}, {grid_sql(_INSIDE)}, at.geom, true
FROM (SELECT ST_Multi(ST_Transform(ST_GeomFromWKB(:outline, 4548), 4490)) AS geom) AS at
ON CONFLICT (code) DO NOTHING
"""  # noqa: S608


def put_on_record(session: Session, buildings: Iterable[OnRecord]) -> None:
    """Buildings on record where the demo flights will show what became of them; a second time does nothing."""
    for each in buildings:
        row = {**asdict(each), "outline": each.outline.wkb, "area_m2": round(each.outline.area, 1)}
        session.execute(text(_BUILDING), row)


def _there(session: Session) -> bool:
    """Whether the demo district is in; one loader at a time."""
    session.execute(text("SELECT pg_advisory_xact_lock(341502, 1)"))
    synthetic: bool | None = session.scalar(text("SELECT bool_and(synthetic) FROM divisions"))
    if synthetic is False:
        raise Refused(
            reason_zh="数据库中已有真实区划，演示数据只能装入空库。请换一个数据库。",
            reason_en="The database holds real divisions; the demo goes into an empty one only. Use another.",
        )
    return synthetic is True


def _copy_all(
    session: Session, rows: dict[str, list[dict[str, Any]]], progress: Callable[[float], None]
) -> None:
    categories = codes.ids(session, "incident_category")
    for row in rows["incidents"]:
        row["category_id"] = categories[row.pop("category")]
    total, done = sum(len(own) for own in rows.values()), 0
    with _cursor(session) as cursor:
        for table in _referenced_first(rows):
            _copy(cursor, table, rows[table])
            done += len(rows[table])
            progress(done / total)


def _copy_steps(session: Session, steps: dict[str, list[dict[str, Any]]]) -> None:
    with _cursor(session) as cursor:
        for table in seeded.TABLES:
            _copy(cursor, table, steps[table])


def _cursor(session: Session) -> Cursor[Any]:
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return cast("Cursor[Any]", driver.cursor())


def _referenced_first(rows: dict[str, list[dict[str, Any]]]) -> Iterable[str]:
    """The tables in the order of the models, so that what is referred to is there."""
    return [table.name for table in METADATA.sorted_tables if table.name in rows]


def _copy(cursor: Cursor[Any], table: str, rows: list[dict[str, Any]]) -> None:
    """COPY the rows in with the ids they have, and let the table count on from there."""
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([_value(row[column]) for column in columns])
    count_on = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})")
    cursor.execute(count_on.format(sql.Literal(table), sql.Literal(len(rows))))


def _value(value: Any) -> Any:
    """What COPY writes: geometries as EWKB in hex with their SRID."""
    if isinstance(value, BaseGeometry):
        return shapely.to_wkb(shapely.set_srid(value, SRID), hex=True, include_srid=True)
    return value


def _people(session: Session, password: str) -> None:
    for person in PEOPLE:
        made = people.create_person(
            session,
            name=person.name,
            display_name=person.display_name,
            password=password,
            roles=[person.role],
            division_codes=person.divisions,
            synthetic=True,
        )
        if person.organisation is not None:
            wanted = select(Organisation.id).where(Organisation.name == person.organisation)
            made.organisation_id = session.scalars(wanted).one()
