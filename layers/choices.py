"""What may stand in a field that names another row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.edits import require_editor
from layers.errors import NotFound
from layers.layer import Layer
from layers.people.rules import Role

__all__ = ["MOST", "Choice", "offered"]

MOST = 20


@dataclass(frozen=True)
class Choice:
    """A row that a field may name: ``value`` is what an edit gives, ``note`` what tells it from others like it."""

    value: str
    note: str | None


def offered(session: Session, layer: Layer, name: str, roles: frozenset[Role], wanted: str) -> list[Choice]:
    """Rows in force whose name or code has ``wanted`` in it, those that begin with it first, shorter ones before longer, at most ``MOST``.

    A name that several rows bear is given by their codes, as an edit asks for it. Raises NotAllowed, NotEditable,
    NotFound for a field that names no row.
    """
    require_editor(layer, roles)
    field = next((each for each in layer.fields_for(roles) if each.name == name and each.references), None)
    if field is None:
        raise NotFound(what_zh="可选择的字段", what_en="field with choices", key=name)
    table = str(field.references)
    held = "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND NOT attisdropped"
    columns = set(session.scalars(text(held), {"table": f'"{table}"'}))
    code = "code" if "code" in columns else field.shows
    current = "valid_to IS NULL" if "valid_to" in columns else "true"
    sql = f"""
        SELECT said, code, twice FROM (
            SELECT "{field.shows}"::text AS said, "{code}"::text AS code, count(*) OVER (PARTITION BY "{field.shows}") > 1 AS twice
            FROM "{table}" WHERE {current}
        ) AS known
        WHERE strpos(lower(said), lower(:wanted)) > 0 OR strpos(lower(code), lower(:wanted)) > 0
        ORDER BY NOT (starts_with(lower(said), lower(:wanted)) OR starts_with(lower(code), lower(:wanted))), length(said), said, code
        LIMIT {MOST}
    """  # noqa: S608 - names are from the catalogue
    rows = session.execute(text(sql), {"wanted": wanted.strip()}).all()
    return [
        Choice(row.code, row.said)
        if row.twice
        else Choice(row.said, None if row.code == row.said else row.code)
        for row in rows
    ]
