"""Writing single features of a layer: create, replace, change, delete, each under the rules of an import.

Values, geometry, place and references are checked as they are for a file, and what is wrong is said all at once.
Who saw version 3 changes version 3: with another version in the table nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis.errors import ChengtuError
from layers.candidates import store as candidates
from layers.candidates.rank import RANKED_BY
from layers.database import SRID
from layers.errors import Conflict, NotFound
from layers.imports import shapes, store, values
from layers.imports.broken_rules import sentence
from layers.imports.check import MEASURED
from layers.imports.faults import EMPTY, TAKEN, Unfit, unclear, unknown
from layers.imports.place import check_outside
from layers.layer import Field, Layer, Text
from layers.people.rules import Role, require
from layers.reference_systems import CRS84, System

__all__ = [
    "EditRefused",
    "NotEditable",
    "RowId",
    "StillReferred",
    "VersionGone",
    "change",
    "checked_row",
    "create",
    "delete",
    "lock",
    "parameter",
    "replace",
    "require_editor",
    "write",
]


class NotEditable(ChengtuError):
    """The layer is written by the platform's own acts only."""

    code = "not_editable"
    zh = "图层“{layer_zh}”不能直接编辑：它由平台或法定程序产生，请使用相应的业务操作。"
    en = "The layer “{layer_en}” takes no direct edits: the platform or a procedure of law makes it; use those acts."


class EditRefused(ChengtuError):
    """A feature that does not fit its layer; every fault is named."""

    code = "edit_refused"
    zh = "图层“{layer_zh}”没有改动：{lines_zh}"
    en = "Nothing in the layer “{layer_en}” was changed: {lines_en}"

    def __init__(self, layer: Layer, faults: Iterable[tuple[Field | None, Text]]) -> None:
        lines = list(faults)
        named_zh = "；".join(f"{field.title.zh}：{said.zh}" if field else said.zh for field, said in lines)
        named_en = "; ".join(f"{field.title.en}: {said.en}" if field else said.en for field, said in lines)
        super().__init__(
            layer_zh=layer.title.zh, layer_en=layer.title.en, lines_zh=f"{named_zh}。", lines_en=f"{named_en}."
        )  # fmt: skip


class StillReferred(EditRefused):
    """Other rows refer to the feature."""

    code = "still_referred"


class VersionGone(Conflict):
    """If-Match names another version than the table holds."""

    code = "version_gone"


class RowId(int):
    """The row that a field refers to, known by its id: a restored version needs no name to find it."""


def require_editor(layer: Layer, roles: frozenset[Role]) -> None:
    """Let those pass who may write the layer. Raises NotEditable, NotAllowed."""
    if not layer.editors:
        raise NotEditable(layer_zh=layer.title.zh, layer_en=layer.title.en)
    require(
        roles, layer.editors, act_zh=f"编辑{layer.title.zh}", act_en=f"edit the layer {layer.title.en}"
    )  # fmt: skip


def create(
    session: Session,
    layer: Layer,
    roles: frozenset[Role],
    feature: Mapping[str, Any],
    *,
    system: System = CRS84,
) -> tuple[int, int]:
    """Write a GeoJSON feature as a new row; its id and version.

    Blank required areas and lengths are measured. Raises EditRefused.
    """
    row = checked_row(session, layer, roles, feature, system, whole=True)
    columns, given = ", ".join(f'"{each}"' for each in row), ", ".join(parameter(each) for each in row)
    sql = f'INSERT INTO "{layer.table}" ({columns}) VALUES ({given}) RETURNING id, version'  # noqa: S608
    found = write(session, layer, sql, row)
    return int(found[0]), int(found[1])


def replace(
    session: Session, layer: Layer, roles: frozenset[Role], feature_id: int, feature: Mapping[str, Any],
    *, system: System = CRS84, version: int | None = None,
) -> int:  # fmt: skip
    """Put a GeoJSON feature in the place of a row: what it does not name becomes empty. The new version.

    ``version``: the one that was seen; another one in the table stops it. Raises EditRefused, NotFound,
    VersionGone.
    """
    return _put(session, layer, roles, feature_id, feature, system, version, whole=True)


def change(
    session: Session, layer: Layer, roles: frozenset[Role], feature_id: int, feature: Mapping[str, Any],
    *, system: System = CRS84, version: int | None = None,
) -> int:  # fmt: skip
    """Change only what a part of a GeoJSON feature names (JSON Merge Patch, RFC 7396). See ``replace``."""
    return _put(session, layer, roles, feature_id, feature, system, version, whole=False)


def delete(session: Session, layer: Layer, feature_id: int, *, version: int | None = None) -> None:
    """Delete a row; its history stays. Raises NotFound, VersionGone, StillReferred."""
    lock(session, layer, feature_id, version)
    try:
        with session.begin_nested():
            session.execute(text(f'DELETE FROM "{layer.table}" WHERE id = :id'), {"id": feature_id})  # noqa: S608
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        if getattr(error.orig, "sqlstate", "") == "23503":
            said = Text(
                "其他记录仍在引用它，请先改掉那些引用", "other rows still refer to it; change those first"
            )
            raise StillReferred(layer, [(None, said)]) from error
        raise EditRefused(layer, [sentence(error, layer)]) from error
    _ranked(session, layer)


def _put(
    session: Session, layer: Layer, roles: frozenset[Role], feature_id: int, feature: Mapping[str, Any], system: System,
    version: int | None, *, whole: bool,
) -> int:  # fmt: skip
    lock(session, layer, feature_id, version)
    row = checked_row(session, layer, roles, feature, system, whole=whole, own=feature_id)
    if not row:
        return lock(session, layer, feature_id, None)
    sets = ", ".join(f'"{each}" = {parameter(each)}' for each in row)
    sql = f'UPDATE "{layer.table}" SET {sets} WHERE id = :v_id RETURNING id, version'  # noqa: S608
    return int(write(session, layer, sql, {**row, "id": feature_id})[1])


def lock(session: Session, layer: Layer, feature_id: int, version: int | None) -> int:
    """Lock the row; its version. Raises NotFound, VersionGone."""
    sql = f'SELECT version FROM "{layer.table}" WHERE id = :id FOR UPDATE'  # noqa: S608
    found = session.scalar(text(sql), {"id": feature_id})
    if found is None:
        raise NotFound(what_zh=layer.title.zh, what_en=layer.title.en, key=str(feature_id))
    if version is not None and found != version:
        raise VersionGone(what_zh=layer.title.zh, what_en=layer.title.en)
    return int(found)


def checked_row(
    session: Session, layer: Layer, roles: frozenset[Role], feature: Mapping[str, Any], system: System,
    *, whole: bool, own: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Values by column, the geometry as WKB; ``whole``: what is not named is empty. Raises EditRefused."""
    faults: list[tuple[Field | None, Text]] = []
    row: dict[str, Any] = {}
    geometry = None
    if whole or "geometry" in feature:
        try:
            geometry = _geometry(session, layer, feature.get("geometry"), system)
        except Unfit as unfit:
            faults.append((None, unfit.said))
        else:
            row["geom"] = shapely.to_wkb(geometry)
    given = feature.get("properties") or {}
    known = {each.name: each for each in layer.fields_for(roles)}  # what they may not see stays as it is
    faults += [
        (None, Text(f"没有字段“{name}”", f"there is no field “{name}”"))
        for name in given
        if name not in known and name != "version"
    ]
    for field in (each for each in known.values() if each.editable and (whole or each.name in given)):
        try:
            row[field.column or field.name] = _value(
                session, layer, field, given.get(field.name), geometry, own
            )
        except Unfit as unfit:
            faults.append((field, unfit.said))
    if faults:
        raise EditRefused(layer, faults)
    return row


def parameter(column: str) -> str:
    """The SQL of a column's parameter."""
    return f"ST_GeomFromWKB(:v_geom, {SRID})" if column == "geom" else f":v_{column}"


def _geometry(session: Session, layer: Layer, given: Any, system: System) -> BaseGeometry:
    try:
        made = None if given is None else shape(given)
    except Exception as error:
        raise Unfit("图形无法读取", "the geometry cannot be read") from error
    if made is None:
        raise Unfit("没有图形", "it has no geometry")
    if system is not CRS84:
        wkb = session.scalar(
            text(f"SELECT ST_AsBinary({system.taken('ST_SetSRID(ST_GeomFromWKB(:wkb), 0)')})"),
            {"wkb": shapely.to_wkb(made)},
        )
        made = shapely.from_wkb(bytes(wkb or b""))
    fitted, _ = shapes.fitted(made, layer.geometry)
    district = store.district(session)
    if district is not None:
        check_outside(fitted, district)
    return fitted


def _value(
    session: Session, layer: Layer, field: Field, given: Any, geometry: BaseGeometry | None, own: int | None
) -> Any:
    """What the column takes. Raises Unfit."""
    if isinstance(given, RowId):
        sql = f'SELECT EXISTS (SELECT FROM "{field.references}" WHERE id = :id)'  # noqa: S608
        if session.scalar(text(sql), {"id": int(given)}):
            return int(given)
        raise Unfit(f"当时引用的记录（#{given}）已不存在", f"the row it referred to then (#{given}) is gone")
    value = values.stored(field, given)
    if (
        value is None
        and field.required
        and MEASURED.get(field.name) == layer.geometry
        and geometry is not None
    ):
        return shapes.measured(geometry, layer.geometry)
    if value is None:
        if field.required:
            raise Unfit(EMPTY.zh, EMPTY.en)
        return None
    if field.references is not None:
        ids = store.referenced(session, field, [value]).get(value, [])
        if len(ids) != 1:
            said = unclear(value) if ids else unknown(value)
            raise Unfit(said.zh, said.en)
        return ids[0]
    if field.unique and store.taken(session, layer, field.column or field.name, [value], besides=own):
        raise Unfit(TAKEN.zh, TAKEN.en)
    return value


def write(session: Session, layer: Layer, sql: str, row: Mapping[str, Any]) -> Any:
    """Run one statement in a savepoint; what the database refuses is said to people. Raises EditRefused."""
    try:
        with session.begin_nested():
            found = session.execute(text(sql), {f"v_{name}": value for name, value in row.items()}).one()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        raise EditRefused(layer, [sentence(error, layer)]) from error
    _ranked(session, layer)
    return found


def _ranked(session: Session, layer: Layer) -> None:
    if layer.id in RANKED_BY:
        candidates.refresh(session)
