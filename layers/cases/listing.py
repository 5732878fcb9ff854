"""Cases many at a time: the list with its filters, what runs out soon, and what waits for an approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.cases import shown, store
from layers.cases.deadlines import Light
from layers.cases.dossier import Dossier
from layers.cases.needs import Asker, Moment

__all__ = ["Page", "due", "page", "requests"]

# A filter that is not given lets every case pass; a text is looked for in number and subject
_WHERE = """
WHERE (CAST(:division AS text) IS NULL OR d.code = :division)
  AND (CAST(:handler AS bigint) IS NULL OR c.handler_id = :handler)
  AND (CAST(:building AS bigint) IS NULL OR c.illegal_building_id = :building)
  AND (CAST(:words AS text) IS NULL OR strpos(lower(c.code || ' ' || c.title), lower(:words)) > 0)
  AND (NOT :open OR c.status NOT IN ('closed', 'revoked'))
  AND (CAST(:ids AS bigint[]) IS NULL OR c.id = ANY(:ids))
"""
_FROM = "FROM cases AS c LEFT JOIN divisions AS d ON d.id = c.division_id"
_IDS = f"SELECT c.id, c.route {_FROM} {_WHERE} AND c.status NOT IN ('closed', 'revoked')"
_COUNTS = f"SELECT c.status, count(*) AS n {_FROM} {_WHERE} GROUP BY c.status"
_STATUS = " AND (CAST(:status AS text) IS NULL OR c.status = :status)"
_PAGE = f"{_WHERE} {_STATUS} ORDER BY c.filed_on DESC, c.id DESC LIMIT :limit OFFSET :offset"
_DIVISIONS = (
    "SELECT DISTINCT d.code, d.name FROM cases c JOIN divisions d ON d.id = c.division_id ORDER BY d.code"
)
_HANDLERS = (
    "SELECT DISTINCT o.id, o.name FROM cases c JOIN organisations o ON o.id = c.handler_id ORDER BY o.name"
)
_OPEN = """
SELECT c.id, c.code, c.title, c.status, c.route, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.version,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('code', d.code, 'name', d.name) END AS division,
       o.name AS handler
FROM cases AS c
LEFT JOIN divisions AS d ON d.id = c.division_id
LEFT JOIN organisations AS o ON o.id = c.handler_id
"""
_REF = ("id", "code", "title", "status", "lon", "lat", "version", "division", "handler")
_REQUESTS = """
SELECT r.id, r.case_id, r.act, r.reason, r.days, r.asked_by AS asker, p.display_name AS asked_by, r.asked_at
FROM case_requests AS r JOIN people AS p ON p.id = r.asked_by
WHERE r.decided_at IS NULL ORDER BY r.asked_at, r.id
"""


@dataclass(frozen=True)
class Page:
    """Rows, how many fit in all and in each state, and what the list can be narrowed to."""

    total: int
    counts: dict[str, int]
    divisions: list[dict[str, Any]]
    handlers: list[dict[str, Any]]
    items: list[dict[str, Any]]


def page(  # noqa: PLR0913
    session: Session,
    asker: Asker,
    at: Moment,
    *,
    status: str | None,
    division: str | None,
    open: bool,
    limit: int,
    offset: int,
    handler: int | None = None,
    light: Light | None = None,
    text_: str | None = None,
    illegal_building: int | None = None,
) -> Page:
    """Cases, newest first. ``light`` is that of a case's next period; ``text_`` is part of its number or subject."""
    given: dict[str, Any] = {
        "status": status, "division": division, "open": open, "handler": handler, "building": illegal_building,
        "words": (text_ or "").strip() or None, "ids": None, "limit": limit, "offset": offset,
    }  # fmt: skip
    if light is not None:
        given["ids"] = _in_light(session, light, given, at)
    rows = session.execute(text(shown.SHOWN + _PAGE), given).mappings().all()
    counts = Counter({row.status: int(row.n) for row in session.execute(text(_COUNTS), given)})
    dossiers = store.dossiers(session, {row["id"]: row["route"] for row in rows})
    asked = _asked(session)
    return Page(
        total=counts[status] if status else counts.total(),
        counts=dict(counts),
        divisions=[dict(row) for row in session.execute(text(_DIVISIONS)).mappings()],
        handlers=[dict(row) for row in session.execute(text(_HANDLERS)).mappings()],
        items=[
            {**shown.hidden(row, asker), **shown.next_of(dossiers[row["id"]], at, asked=row["id"] in asked)}
            for row in rows
        ],
    )


def due(session: Session, at: Moment, within_days: int) -> list[dict[str, Any]]:
    """The periods of open cases that end within so many days, and the duties that were missed; earliest first."""
    rows = _open_cases(session)
    last = at.today + timedelta(days=within_days)
    found = [
        {"case": _ref(rows[case_id]), "deadline": shown.deadline(each, at)}
        for case_id, dossier in _dossiers(session, rows)
        for each in shown.running(dossier, at)
        if each.ends_on <= last
    ]
    return sorted(found, key=lambda each: (each["deadline"]["ends_on"], each["case"]["id"]))


def requests(session: Session, asker: Asker, at: Moment) -> list[dict[str, Any]]:
    """What waits for an approval, longest first, with what granting it would do; ``may_answer``: the asking person."""
    waiting = session.execute(text(_REQUESTS)).mappings().all()
    rows = _open_cases(session, [row["case_id"] for row in waiting])
    dossiers = dict(_dossiers(session, rows))
    return [
        {
            "case": _ref(rows[row["case_id"]]),
            "request": {
                **{name: row[name] for name in ("id", "act", "reason", "days", "asked_by", "asked_at")},
                "decided_by": None, "decided_at": None, "granted": None, "note": None,
            },
            **shown.granting(dossiers[row["case_id"]], row, asker, at),
        }
        for row in waiting
        if row["case_id"] in rows
    ]  # fmt: skip


def _in_light(session: Session, wanted: Light, given: dict[str, Any], at: Moment) -> list[int]:
    routes: dict[int, str] = {row.id: row.route for row in session.execute(text(_IDS), given)}
    return [
        case_id
        for case_id, dossier in store.dossiers(session, routes).items()
        if (first := next(iter(shown.running(dossier, at)), None)) and shown.light_of(first, at) is wanted
    ]


def _open_cases(session: Session, ids: list[int] | None = None) -> dict[int, Mapping[Any, Any]]:
    which = "c.status NOT IN ('closed', 'revoked')" if ids is None else "c.id = ANY(:ids)"
    found = session.execute(text(f"{_OPEN} WHERE {which}"), {"ids": ids} if ids is not None else {})
    return {row["id"]: row for row in found.mappings()}


def _dossiers(session: Session, rows: Mapping[int, Mapping[Any, Any]]) -> Iterator[tuple[int, Dossier]]:
    yield from store.dossiers(session, {key: row["route"] for key, row in rows.items()}).items()


def _ref(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _REF}


def _asked(session: Session) -> set[int]:
    return set(session.scalars(text("SELECT case_id FROM case_requests WHERE decided_at IS NULL")))
