"""What differs: between two versions of a feature, and in a layer between two instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.errors import NotFound, QueryRefused
from layers.history import Change, FieldChange, Row, changes, compared_fields, lines, referenced, untold
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["MOST", "Difference", "LayerDifference", "State", "between", "state", "versions"]

MOST = 1000  # features of a page


class State(TypedDict):
    """A version of a feature as it lay on the map; ``geometry``: GeoJSON in EPSG:4490."""

    version: int
    at: datetime
    actor: str | None
    geometry: dict[str, Any] | None


class Difference(TypedDict):
    """Two versions of a feature and the visible fields that differ, the geometry among them."""

    before: State
    after: State
    changes: list[FieldChange]


class Differing(TypedDict):
    """A feature that is not what it was; ``geometry`` is the later one, of what is gone the last."""

    id: int
    kind: Literal["appeared", "changed", "gone"]
    name: str
    geometry: dict[str, Any] | None
    changes: list[FieldChange]


class LayerDifference(TypedDict):
    """A page of what differs, how many features appeared, changed and went in all, and where the next page begins."""

    appeared: int
    changed: int
    gone: int
    features: list[Differing]
    next: int | None


def _differing(layer: Layer) -> str:
    """SQL (WITH) of what differs: feature_id, kind, and the lines that say what was and what is, if there are any."""
    return f"""
        WITH touched AS (
            SELECT feature_id, min(id) AS first, max(id) AS last FROM history
            WHERE layer = '{layer.table}' AND at > :since AND at <= :until GROUP BY feature_id
        ),
        differing AS (
            SELECT t.feature_id, t.first, t.last,
                CASE WHEN f.before IS NULL THEN 'appeared' WHEN l.after IS NULL THEN 'gone' ELSE 'changed' END AS kind
            FROM touched t JOIN history f ON f.id = t.first JOIN history l ON l.id = t.last
            WHERE row_facts(f.before) IS DISTINCT FROM row_facts(l.after)
            UNION ALL
            SELECT feature_id, NULL, NULL, 'appeared' FROM ({untold(layer)}) AS u WHERE at > :since AND at <= :until
        )
    """  # noqa: S608 - no part is from outside


def _counted(layer: Layer) -> str:
    return f"{_differing(layer)} SELECT kind, count(*) FROM differing GROUP BY kind"  # noqa: S608


def _page(layer: Layer) -> str:
    return f"""{_differing(layer)}
        , here AS MATERIALIZED (SELECT * FROM differing WHERE feature_id > :after ORDER BY feature_id LIMIT :limit)
        SELECT d.feature_id, d.kind, f.before, CASE WHEN d.last IS NULL THEN u.after ELSE l.after END AS after
        FROM here d LEFT JOIN history f ON f.id = d.first LEFT JOIN history l ON l.id = d.last
        LEFT JOIN LATERAL (SELECT after FROM ({untold(layer)}) AS t WHERE t.feature_id = d.feature_id) AS u
            ON d.last IS NULL
        ORDER BY d.feature_id
    """  # noqa: S608 - no part is from outside


def state(session: Session, layer: Layer, feature_id: int, version: int) -> Change:
    """The line of history with which a version began. Raises NotFound."""
    return _began(lines(session, layer, feature_id), layer, feature_id, version)


def _began(of: Sequence[Change], layer: Layer, feature_id: int, version: int) -> Change:
    found = next((each for each in of if each.version == version and each.operation != "delete"), None)
    if found is None:
        raise NotFound(
            what_zh=f"{layer.title.zh}的版本",
            what_en=f"version of {layer.title.en}",
            key=f"{feature_id}/{version}",
        )
    return found


def versions(
    session: Session, layer: Layer, feature_id: int, roles: frozenset[Role], *, before: int, after: int
) -> Difference:
    """Two versions of a feature side by side: only fields that the roles may see, who only for staff.

    Raises NotFound for a version that never was.
    """
    of = lines(session, layer, feature_id)
    states = [_began(of, layer, feature_id, each) for each in (before, after)]
    fields = compared_fields(layer, roles)
    shown = referenced(session, fields, (each.after for each in states))
    staff = bool(roles - {Role.PUBLIC})
    return Difference(
        before=_state(states[0], staff=staff),
        after=_state(states[1], staff=staff),
        changes=changes(states[0].after, states[1].after, fields, shown),
    )


def between(
    session: Session, layer: Layer, roles: frozenset[Role], since: datetime, until: datetime,
    *, limit: int = 100, after: int = 0,
) -> LayerDifference:  # fmt: skip
    """What appeared, changed or went in a layer after ``since`` and until ``until``, by id behind ``after``.

    What was changed and changed back is no difference. A change of hidden fields alone is listed without saying what
    it was. Raises QueryRefused for an end before its beginning.
    """
    if until < since:
        raise QueryRefused(
            reason_zh="结束时点早于开始时点，请对调。",
            reason_en="The end is before the beginning; swap them.",
        )
    window = {"since": since, "until": until}
    counts = {str(kind): int(n) for kind, n in session.execute(text(_counted(layer)), window)}
    size = min(limit, MOST)
    rows = session.execute(text(_page(layer)), {**window, "after": after, "limit": size + 1}).all()
    page = rows[:size]
    fields = compared_fields(layer, roles)
    shown = referenced(session, fields, (each for row in page for each in (row.before, row.after)))
    titles = {each.name: each.column or each.name for each in fields}
    names = [titles[each] for each in (layer.label, "name", layer.key) if each in titles]
    return LayerDifference(
        appeared=counts.get("appeared", 0),
        changed=counts.get("changed", 0),
        gone=counts.get("gone", 0),
        features=[
            Differing(
                id=row.feature_id,
                kind=row.kind,
                name=_name(row.after or row.before, names),
                geometry=_geometry(row.after or row.before),
                changes=changes(row.before, row.after, fields, shown) if row.kind == "changed" else [],
            )
            for row in page
        ],
        next=page[-1].feature_id if len(rows) > size else None,
    )


def _state(line: Change, *, staff: bool) -> State:
    return State(
        version=line.version,
        at=line.at,
        actor=line.actor if staff else None,
        geometry=_geometry(line.after),
    )


def _geometry(row: Row) -> dict[str, Any] | None:
    """GeoJSON as RFC 7946 has it: PostGIS names the system in it."""
    given = (row or {}).get("geom")
    return None if given is None else {name: value for name, value in given.items() if name != "crs"}


def _name(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(row[each]) for each in names if row.get(each) is not None), "")
