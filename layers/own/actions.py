"""Acts of a planner: look at a file, make a layer of it, drop it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from gis import formats
from gis.crs import STORED
from layers import catalogue
from layers.database import set_actor
from layers.errors import NotFound
from layers.imports import shapes, store
from layers.imports.faults import EMPTY, MOST_NAMED, ImportRefused, RowFault, Unfit
from layers.imports.place import Sample, check_outside, check_place
from layers.imports.values import stored
from layers.layer import Field, Layer, Text
from layers.own import registry, tables
from layers.own.describe import EDITORS, Description, OwnLayerRefused, checked, layer_of
from layers.own.model import OwnLayer
from layers.own.propose import propose
from layers.people.rules import Role, require

__all__ = ["drop", "look", "made", "make", "require_planner"]


def require_planner(roles: frozenset[Role]) -> None:
    """Let planners and administrators pass. Raises NotAllowed."""
    require(roles, EDITORS, act_zh="自建图层", act_en="make layers of their own")


def look(session: Session, path: Path, *, title: str | None = None) -> tuple[Description, GeoDataFrame]:
    """The layer that is proposed for a file, and the file's rows. Raises FormatRefused, OwnLayerRefused,
    ImportMisplaced, ImportShifted.
    """
    registry.refresh(session)
    frame = formats.read_as_given(path)
    sample = Sample()
    sample.add(frame)
    check_place(sample, path, store.district(session))
    taken = frozenset(each.id for each in catalogue.every())
    return propose(frame, title or path.stem, taken), frame


def make(session: Session, path: Path, given: Description, actor: str) -> tuple[Layer, int]:
    """Make the table and the layer, and fill it: all or nothing. The layer and how many rows it has.

    Raises OwnLayerRefused for a description that does not hold or a name that is taken, ImportRefused for rows
    that do not fit, and what ``look`` raises.
    """
    _, frame = look(session, path)
    description = checked(given)
    for other in catalogue.every():
        if other.id == description.id or other.title.zh == description.zh:
            raise _taken(description.id if other.id == description.id else description.zh)
    set_actor(session, actor)
    row = OwnLayer(layer_id=description.id, description=description.model_dump(mode="json"), made_by=actor)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:  # somebody else was faster
        raise _taken(description.id) from error
    layer = layer_of(description, row.table)
    rows = _rows(layer, description, frame.to_crs(STORED), path, store.district(session))
    tables.make(session, layer)
    tables.fill(session, layer, rows)
    registry.refresh(session)
    return layer, len(rows)


def drop(session: Session, layer_id: str, name: str, actor: str) -> None:
    """Drop a layer and its rows; its history stays. ``name``: its id or title, given again so that nobody slips.

    Raises NotFound, OwnLayerRefused.
    """
    registry.refresh(session)
    row = session.scalars(
        select(OwnLayer).where(OwnLayer.layer_id == layer_id, OwnLayer.dropped_at.is_(None)).with_for_update()
    ).first()
    if row is None:
        raise NotFound(what_zh="自建图层", what_en="own layer", key=layer_id)
    layer = layer_of(Description.model_validate(row.description), row.table)
    if name.strip() not in {layer.id, layer.title.zh, layer.title.en}:
        raise OwnLayerRefused(
            reason_zh=f"没有删除：请输入图层名称“{layer.title.zh}”以确认。",
            reason_en=f"Nothing was dropped: type the layer's name, “{layer.title.en}”, to confirm.",
        )
    set_actor(session, actor)
    try:
        with session.begin_nested():
            tables.drop(session, layer)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "2BP01":
            raise
        raise OwnLayerRefused(
            reason_zh=f"图层“{layer.title.zh}”仍被其他数据引用，没有删除。请先去掉那些引用。",
            reason_en=f"Other data still refer to the layer “{layer.title.en}”; it was not dropped.",
        ) from error
    row.dropped_by = actor
    row.dropped_at = session.scalar(text("SELECT clock_timestamp()"))
    session.flush()
    registry.refresh(session)


def made(session: Session) -> list[OwnLayer]:
    """Every own layer that ever was, newest first."""
    return list(session.scalars(select(OwnLayer).order_by(OwnLayer.id.desc())))


def _taken(name: str) -> OwnLayerRefused:
    return OwnLayerRefused(
        reason_zh=f"已有图层“{name}”，请换一个名称或标识。",
        reason_en=f"There is a layer “{name}” already; choose another name or id.",
    )


def _rows(
    layer: Layer, description: Description, frame: GeoDataFrame, path: Path, district: BaseGeometry | None
) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Every row by column, with its geometry. Raises ImportRefused, which names the first that do not fit."""
    headings = {str(each): each for each in frame.columns}
    key = next((each for each in description.fields if each.column == description.key), None)
    wanted = {each.name: each for each in layer.fields}
    taken_from: dict[Field, list[Any]] = {}
    for each in description.fields:
        if each.column not in headings:
            said = Text("文件中没有这一列", "the file has no such column")
            raise ImportRefused(path.name, [RowFault(None, None, Text(each.zh, each.en), said)])
        field = wanted["code"] if each is key else wanted[each.name]
        taken_from[field] = frame[headings[each.column]].tolist()
    if key is None:
        taken_from[wanted["code"]] = [f"{number:05d}" for number in range(1, len(frame) + 1)]
    faults: list[RowFault] = []
    codes: dict[Any, int] = {}
    rows = []
    for at, (number, geometry) in enumerate(zip(frame.index, frame.geometry, strict=True)):
        values: dict[str, Any] = {}
        meant: Field | None = None
        try:
            fitted, _ = shapes.fitted(geometry, layer.geometry)
            if district is not None:
                check_outside(fitted, district)
            for meant, column in taken_from.items():
                values[meant.name] = stored(meant, column[at])
                if values[meant.name] is None and meant.required:
                    raise Unfit(EMPTY.zh, EMPTY.en)
            meant = wanted["code"]
            first = codes.setdefault(values["code"], int(number))
            if first != int(number):
                raise Unfit(f"与第 {first} 行重复", f"the same as in row {first}")
        except Unfit as unfit:
            code = str(values.get("code") or "") or None
            faults.append(RowFault(int(number), code, None if meant is None else meant.title, unfit.said))
            if len(faults) >= MOST_NAMED:
                break
        else:
            rows.append((values, fitted))
    if faults:
        raise ImportRefused(path.name, faults)
    return rows
