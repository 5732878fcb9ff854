"""A former version becomes the current state again: an edit like any other, with its rules and its line of history."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import edits
from layers.differences import state
from layers.edits import RowId, VersionGone
from layers.history import Change, lines
from layers.layer import Layer
from layers.people.rules import Role
from layers.reference_systems import CRS84

__all__ = ["restore"]


def restore(
    session: Session, layer: Layer, roles: frozenset[Role], feature_id: int, version: int,
    *, seen: int | None = None,
) -> int:  # fmt: skip
    """Make a former version the current state; the new version's number.

    Everything that an edit may set is checked as it is for an edit: place, codes, rows referred to, values that must
    be unique. What the roles may not see, and what no edit may set, stays as it is; of a deleted feature, as it last
    was. A deleted feature comes back with its id. ``seen``: the newest version that the person knew.
    Raises EditRefused, NotAllowed, NotEditable, NotFound, VersionGone.
    """
    edits.require_editor(layer, roles)
    feature = _feature(layer, state(session, layer, feature_id, version))
    last = lines(session, layer, feature_id)[0]
    feature["properties"] = {
        name: value
        for name, value in feature["properties"].items()
        if name in {each.name for each in layer.fields_for(roles)}
    }
    if last.operation != "delete":
        return edits.replace(session, layer, roles, feature_id, feature, version=seen)
    if seen is not None and seen != last.version:
        raise VersionGone(what_zh=layer.title.zh, what_en=layer.title.en)
    row = edits.checked_row(session, layer, roles, feature, CRS84, whole=True, own=feature_id)
    return _inserted(session, layer, row, last)


def _feature(layer: Layer, line: Change) -> dict[str, Any]:
    """A stored state as an edit is given: GeoJSON, references by their ids."""
    stored = line.after or {}
    properties = {}
    for field in layer.fields:
        value = stored.get(field.column or field.name)
        properties[field.name] = RowId(value) if field.references and value is not None else value
    return {"type": "Feature", "geometry": stored.get("geom"), "properties": properties}


def _inserted(session: Session, layer: Layer, row: dict[str, Any], last: Change) -> int:
    """Write a deleted row again: what an edit sets from ``row``, the other columns as they last were."""
    kept = [each for each in _columns(session, layer) if each in (last.before or {}) and each not in row]
    was = f'(jsonb_populate_record(NULL::"{layer.table}", CAST(:v_was AS jsonb)))'
    names = ", ".join(f'"{each}"' for each in (*row, *kept))
    values = ", ".join([*(edits.parameter(each) for each in row), *(f'{was}."{each}"' for each in kept)])
    sql = f'INSERT INTO "{layer.table}" ({names}) VALUES ({values}) RETURNING id, version'  # noqa: S608
    marked = text("SELECT set_config('chengtu.restored', :version, true)")
    session.execute(marked, {"version": str(last.version)})
    written = edits.write(session, layer, sql, {**row, "was": json.dumps(last.before)})
    session.execute(marked, {"version": ""})
    return int(written[1])


def _columns(session: Session, layer: Layer) -> list[str]:
    """The columns that an INSERT may name and no trigger sets, ``id`` among them."""
    sql = """
        SELECT attname FROM pg_attribute
        WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND attname NOT IN ('version', 'updated_at', 'updated_by')
        ORDER BY attnum
    """
    return list(session.scalars(text(sql), {"table": f'"{layer.table}"'}))
