"""The SQL of the statistics of violation control: cells by township and month, areas, lists of a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import catalogue
from layers.errors import NotFound
from layers.filters import condition
from layers.people.rules import Role
from layers.statistics.measures import MEASURES, Area, Listed, Measure, Period, filter_of
from layers.statistics.violations import Cell, Counts

__all__ = ["area", "cells", "counts", "lists", "newest_day", "townships"]

_SEES = frozenset({Role.PLANNER})  # no filter of a measure names a personal field
_AREAS = """
SELECT id, code, name, level, ST_Area(ST_Transform(geom, 4548)) / 1e6 AS km2 FROM divisions
WHERE valid_from <= :last AND (valid_to IS NULL OR valid_to > :last) AND level IN ('district', 'township')
"""
_FLIGHTS = "SELECT code, flown_on FROM surveys"
_ENFORCED = """
SELECT case_id, min((at AT TIME ZONE 'Asia/Shanghai')::date) FROM case_steps WHERE act = 'enforce' GROUP BY case_id
"""
_CELLS = """
SELECT d.code AS division, d.name AS name, date_trunc('month', b.{day})::date AS month, b.status AS state, count(*) AS count,
       sum(b.area_m2) AS area_m2
FROM illegal_buildings AS b LEFT JOIN divisions AS d ON d.id = b.division_id
WHERE b.{day} BETWEEN :first AND :last AND b.status <> 'dismissed' AND (CAST(:area AS bigint) IS NULL OR b.division_id = :area)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4
"""
_NEWEST = """
SELECT max(day) FROM (
    SELECT max(greatest(found_on, demolished_on)) AS day FROM illegal_buildings
    UNION ALL SELECT max(greatest(filed_on, decided_on, closed_on)) FROM cases
    UNION ALL SELECT max((accepted_at AT TIME ZONE 'Asia/Shanghai')::date) FROM incidents
    UNION ALL SELECT max(flown_on) FROM surveys
    UNION ALL SELECT max(patrolled_on) FROM patrols
) AS days
"""


def newest_day(session: Session) -> date | None:
    """The last day on which anything is on record that the figures count; None in an empty database."""
    found: date | None = session.scalar(text(_NEWEST))
    return found


def area(session: Session, code: str | None, last: date) -> Area:
    """The township of that code, or the district without one, as of a day. Raises NotFound."""
    rows = session.execute(text(_AREAS), {"last": last}).all()
    for row in rows:
        if (row.level == "district") if code is None else row.code == code:
            number = None if row.level == "district" else row.id
            return Area(number, row.code, row.name, round(row.km2, 3), row.level)
    if code is None:
        return Area(None, "", "全区", 0.0, "district")
    raise NotFound(what_zh="乡镇街道", what_en="township", key=code)


def townships(session: Session, within: Area, last: date) -> list[Area]:
    """The townships and streets of an area that were valid on a day, by code."""
    rows = session.execute(text(_AREAS + " AND level = 'township' ORDER BY code"), {"last": last})
    found = [Area(row.id, row.code, row.name, round(row.km2, 3)) for row in rows]
    return [each for each in found if within.id is None or each.id == within.id]


def lists(session: Session) -> dict[Listed, dict[str | int, date]]:
    """The day of every flight by its code, and of every case that was enforced by its id."""
    return {
        "first_survey": dict(_pairs(session, _FLIGHTS)),
        "id": dict(_pairs(session, _ENFORCED)),
    }


def counts(
    session: Session, period: Period, area: Area, days: Mapping[Listed, Mapping[str | int, date]]
) -> Counts:
    """The cells of every measure, each counted through the filter that opens its list."""
    return {each.id: _cells(session, each, period, area, days) for each in MEASURES}


def cells(session: Session, period: Period, within: Area, field: str) -> list[dict[str, Any]]:
    """Illegal buildings by township, month of ``found_on`` or ``demolished_on``, and state; none that was dismissed."""
    assert field in {"found_on", "demolished_on"}
    values = {"first": period.first, "last": period.last, "area": within.id}
    return [dict(row) for row in session.execute(text(_CELLS.format(day=field)), values).mappings()]


def _pairs(session: Session, sql: str) -> list[tuple[Any, date]]:
    return [(key, day) for key, day in session.execute(text(sql))]


def _cells(
    session: Session,
    measure: Measure,
    period: Period,
    area: Area,
    days: Mapping[Listed, Mapping[str | int, date]],
) -> list[Cell]:
    layer = catalogue.layer(measure.layer)
    listed = days[measure.listed] if measure.listed else {}
    asked = condition(filter_of(measure, period, area, listed), layer, _SEES)
    by_name = {each.name: each.sql() for each in layer.fields}
    key = "t.id" if measure.listed == "id" else by_name[measure.listed or measure.day or ""]
    size = "sum(t.area_m2)" if measure.sized else "0"
    sql = f"""SELECT t.division_id, {key} AS day, count(*) AS n, {size} AS area_m2
              FROM "{layer.table}" t WHERE {asked.sql} GROUP BY 1, 2"""  # noqa: S608 - names of the catalogue
    found: dict[tuple[int | None, date], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for row in session.execute(text(sql), asked.values):
        day: date = listed[row.day] if measure.listed else row.day
        place = (row.division_id, day.replace(day=1))
        count, m2 = found[place]
        found[place] = (count + row.n, m2 + round(Decimal(str(row.area_m2 or 0)), 2))
    return [Cell(division, month, count, m2) for (division, month), (count, m2) in found.items()]
