"""The lists behind the figures of a half-year: a filter where a layer shows the rows, SQL of its own where none does."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound
from layers.timezone import TODAY

__all__ = ["COUNTED", "filter_of", "rows"]

_DAY = "{field} >= DATE('{first}') AND {field} <= DATE('{last}')"
_OPEN = "status = 'open' AND opened_on <= DATE('{last}')"
_ACCEPTED = "accepted_at >= TIMESTAMP('{starts}') AND accepted_at < TIMESTAMP('{ends}')"
_FILTERS = {
    "stall_clusters": f"kind = 'cluster' AND {_OPEN}",
    "breakfast_points": f"kind = 'breakfast' AND {_OPEN}",
    "night_markets": f"kind = 'night_market' AND {_OPEN}",
    "service_points": f"kind = 'service' AND {_OPEN}",
    "hardship_stalls": "hardship <> 'none' AND since <= DATE('{last}')",
    "demolished": _DAY.replace("{field}", "demolished_on"),
    "demolished_area": _DAY.replace("{field}", "demolished_on"),
    "sewage_plants": "taken_over_on <= DATE('{last}')",
    "sewers": "role IN ('main', 'branch') AND (laid_on IS NULL OR laid_on <= DATE('{last}'))",
    "incidents_accepted": _ACCEPTED,
    "incidents_handled": f"{_ACCEPTED} AND handled_at < TIMESTAMP('{{ends}}')",
    "cases_reviewed": _DAY.replace("{field}", "reviewed_on"),
    "cases_closed": _DAY.replace("{field}", "closed_on"),
    "fines": _DAY.replace("{field}", "closed_on"),
    "compounds_sorted": "sorted_since <= DATE('{last}')",
}

_REQUESTS = """
SELECT r.code, r.accepted_on AS day, d.name AS place, 1 AS counts FROM service_requests AS r
LEFT JOIN divisions AS d ON d.id = r.division_id
WHERE r.kind = '{kind}' AND r.accepted_on BETWEEN :first AND :last
"""
_CLOSED = " AND r.closed_on <= :last"
_GAS = """
SELECT g.code, g.checked_on AS day, d.name AS place, {counts} AS counts FROM gas_checks AS g
LEFT JOIN divisions AS d ON d.id = g.division_id WHERE g.checked_on BETWEEN :first AND :last AND {counts} > 0
"""
_ROWS = {
    "townships_inspected_daily": f"""
        SELECT d.code, max(p.patrolled_on) AS day, d.name AS place, 1 AS counts FROM divisions AS d
        JOIN patrols AS p ON p.division_id = d.id AND p.patrolled_on BETWEEN :first AND :last
        WHERE d.kind IN ('town', 'township') AND d.level = 'township'
          AND d.valid_from <= :last AND (d.valid_to IS NULL OR d.valid_to > :first)
        GROUP BY d.id HAVING count(DISTINCT p.patrolled_on) =
            least(:last, {TODAY}) - CAST(:first AS date) + 1""",  # noqa: S608
    "petitions_accepted": _REQUESTS.format(kind="petition"),
    "petitions_closed": _REQUESTS.format(kind="petition") + _CLOSED,
    "hotline_accepted": _REQUESTS.format(kind="hotline"),
    "hotline_closed": _REQUESTS.format(kind="hotline") + _CLOSED,
    "approvals": """
        SELECT a.code, a.decided_on AS day, NULL AS place, 1 AS counts FROM approvals AS a
        WHERE a.decided_on BETWEEN :first AND :last""",
    "roads_cleared": """
        SELECT r.code, max(c.cleared_on) AS day, r.name AS place, 1 AS counts FROM road_clearings AS c
        JOIN roads AS r ON r.id = c.road_id AND r.road_class IN ('main', 'secondary')
        WHERE c.cleared_on BETWEEN :first AND :last GROUP BY r.id""",
    "sites_rectified": """
        SELECT s.code, s.rectified_on AS day, s.name AS place, 1 AS counts FROM construction_sites AS s
        WHERE s.rectified_on BETWEEN :first AND :last""",
    "gas_checks": _GAS.format(counts="1"),
    "cylinders_seized": _GAS.format(counts="g.cylinders_seized"),
    "gas_hazards_rectified": _GAS.format(counts="g.hazards_rectified"),
    "problems_rectified": """
        SELECT p.code, p.rectified_on AS day, d.name AS place, 1 AS counts FROM supervision_problems AS p
        LEFT JOIN divisions AS d ON d.id = p.division_id WHERE p.rectified_on BETWEEN :first AND :last""",
    "bulletins": """
        SELECT b.code, b.issued_on AS day, b.title AS place, 1 AS counts FROM bulletins AS b
        WHERE b.kind = 'supervision' AND b.issued_on BETWEEN :first AND :last""",
}
COUNTED = {"demolished_area": "area_m2", "sewers": "length_m", "fines": "fine_yuan"}
"""Figures that are sums: of which field of their list."""


def filter_of(figure: str, first: date, last: date) -> str | None:
    """CQL2 text of the features that a figure counts; None: its rows have a list of their own."""
    wanted = _FILTERS.get(figure)
    if wanted is None:
        return None
    ends = date.fromordinal(last.toordinal() + 1)
    starts, after = (f"{day.isoformat()}T00:00:00+08:00" for day in (first, ends))
    return wanted.format(first=first, last=last, starts=starts, ends=after)


def rows(session: Session, figure: str, first: date, last: date) -> list[dict[str, Any]]:
    """What a figure without a layer counts: code, day, place, and what it adds. Nothing personal. Raises NotFound."""
    sql = _ROWS.get(figure)
    if sql is None:
        raise NotFound(what_zh="统计清单", what_en="list of a figure", key=figure)
    found = session.execute(text(f"{sql} ORDER BY 2, 1"), {"first": first, "last": last})
    return [dict(row) for row in found.mappings()]
