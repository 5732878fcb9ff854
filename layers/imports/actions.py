"""Importing a file into a layer: everything is checked, then everything is stored, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis import formats
from gis.crs import STORED
from layers import catalogue
from layers.candidates import store as candidates
from layers.candidates.rank import RANKED_BY
from layers.database import set_actor
from layers.imports import headings, shapes, store, values
from layers.imports.faults import (
    EMPTY,
    MOST_NAMED,
    TAKEN,
    ImportRefused,
    NotImportable,
    RowFault,
    Unfit,
    unclear,
    unknown,
)
from layers.imports.place import check_outside, check_place, check_shift
from layers.imports.store import Draft
from layers.layer import Field, Layer, Text

__all__ = ["MEASURED", "ImportReport", "import_file"]

MEASURED = {"area_m2": "MultiPolygon", "length_m": "MultiLineString"}
"""Fields filled from the geometry when blank, and the geometry that has them."""


@dataclass(frozen=True)
class ImportReport:
    """How many rows were stored, how many outlines had to be repaired, and what else is worth knowing."""

    imported: int
    repaired: int
    notes: tuple[Text, ...]


@dataclass
class _Work:
    """What the steps of one import share."""

    layer: Layer
    columns: dict[Field, str]
    district: BaseGeometry | None
    faults: list[RowFault]
    repaired: int = 0
    measured: int = 0

    def refuse(self, draft: Draft, field: Field | None, said: Text) -> None:
        """Note what is wrong with a row."""
        draft.sound = False
        self.faults.append(RowFault(draft.row, draft.code, field.title if field else None, said))


def import_file(session: Session, layer_id: str, path: Path, actor: str) -> ImportReport:
    """Import every row of a file as a new feature of a layer, written down as done by ``actor``.

    Columns are found by field name or title, code lists take values or titles, references the name or the
    code of the row they mean (in the database or in the same file). Blank required areas and lengths are
    measured. All or nothing: on any error the database stays as it was.
    Raises NotFound, NotImportable, FormatRefused, ImportMisplaced, ImportShifted, ImportRefused.
    """
    layer = catalogue.layer(layer_id)
    if not layer.importable:
        raise NotImportable(layer_zh=layer.title.zh, layer_en=layer.title.en)
    path = Path(path)
    given = formats.read_as_given(path)
    with session.begin_nested():
        set_actor(session, actor)
        district = store.district(session)
        check_place(given, path, district)
        check_shift(given, path, store.known_points(session, layer))
        work = _Work(layer, headings.by_field(layer, _columns(given)), district, [])
        drafts = _drafts(work, given.to_crs(STORED))
        _check_twice(session, work, drafts)
        _refer(session, work, drafts)
        whole = not any(each.row is None for each in work.faults)
        if whole and len(work.faults) < MOST_NAMED:  # what only the database can see is said as well
            _insert(session, work, drafts)
        if work.faults:
            raise ImportRefused(path.name, work.faults)
        if layer.id in RANKED_BY:
            candidates.refresh(session)
    return ImportReport(len(drafts), work.repaired, _notes(work, given))


def _columns(frame: GeoDataFrame) -> list[str]:
    return [str(each) for each in frame.columns if each != frame.geometry.name]


def _drafts(work: _Work, frame: GeoDataFrame) -> list[Draft]:
    """Every row with its values, its geometry, and whether it is sound so far."""
    for field in work.layer.fields:
        if field.required and field.editable and field not in work.columns and field.name not in MEASURED:
            said = Text("文件中没有这一列", "the file has no such column")
            work.faults.append(RowFault(None, None, field.title, said))
    columns = {field: frame[column].tolist() for field, column in work.columns.items()}
    key = next((each for each in columns if each.name == work.layer.key), None)
    drafts = []
    for at, (row, geometry) in enumerate(zip(frame.index, frame.geometry, strict=True)):
        code = None if key is None or columns[key][at] is None else str(columns[key][at])
        draft = Draft(int(row), code)
        _fill_geometry(work, draft, geometry)
        for field, given in columns.items():
            _fill(work, draft, field, given[at])
        _measure(work, draft)
        drafts.append(draft)
    return drafts


def _fill_geometry(work: _Work, draft: Draft, geometry: BaseGeometry | None) -> None:
    try:
        fitted, repaired = shapes.fitted(geometry, work.layer.geometry)
        if work.district is not None:
            check_outside(fitted, work.district)
    except Unfit as unfit:
        work.refuse(draft, None, unfit.said)
    else:
        draft.geometry = fitted
        work.repaired += repaired


def _fill(work: _Work, draft: Draft, field: Field, given: Any) -> None:
    """Put one cell where it belongs; references are looked up later, all at once."""
    column = field.column or field.name
    try:
        value = values.stored(field, given)
    except Unfit as unfit:
        work.refuse(draft, field, unfit.said)
        return
    draft.values[column] = None if field.references else value
    if field.references and value is not None:
        draft.wanted[field] = value
    if value is None and field.required and field.name not in MEASURED:
        work.refuse(draft, field, EMPTY)


def _measure(work: _Work, draft: Draft) -> None:
    """Fill a required area or length that the file leaves blank."""
    for field in work.layer.fields:
        fits = MEASURED.get(field.name) == work.layer.geometry and field.required
        if fits and draft.values.get(field.name) is None and draft.geometry is not None:
            draft.values[field.name] = shapes.measured(draft.geometry, work.layer.geometry)
            work.measured += draft.sound


def _check_twice(session: Session, work: _Work, drafts: list[Draft]) -> None:
    """Unique values occur once in the file and not yet in the table."""
    for field in (each for each in work.columns if each.unique):
        column = field.column or field.name
        rows = Counter[Hashable](each.values.get(column) for each in drafts)
        there = store.taken(session, work.layer, column, [each for each in rows if each is not None])
        for draft in drafts:
            value = draft.values.get(column)
            if value is None:
                continue
            if rows[value] > 1:
                work.refuse(draft, field, Text("在文件中重复", "it occurs more than once in the file"))
            if value in there:
                work.refuse(draft, field, TAKEN)


def _refer(session: Session, work: _Work, drafts: list[Draft], *, last: bool = True) -> None:
    """Find the rows that are referred to; what this file itself will add may wait until it is stored."""
    for field in (each for each in work.columns if each.references):
        asked = [each for each in drafts if field in each.wanted]
        found = store.referenced(session, field, [each.wanted[field] for each in asked]) if asked else {}
        coming = _coming(work, field, drafts)
        for draft in asked:
            wanted = draft.wanted[field]
            ids = found.get(wanted, [])
            if len(ids) == 1:
                draft.values[str(field.column)] = ids[0]
                del draft.wanted[field]
            elif len(ids) > 1:
                work.refuse(draft, field, unclear(wanted))
            elif wanted not in coming and last:
                work.refuse(draft, field, unknown(wanted))


def _coming(work: _Work, field: Field, drafts: list[Draft]) -> set[Any]:
    """The names and codes by which rows of this very file can be referred to."""
    if field.references != work.layer.table:
        return set()
    return {each.values.get(key) for each in drafts for key in (field.shows, "code")}


def _insert(session: Session, work: _Work, drafts: list[Draft]) -> None:
    """Store the sound rows: first those that refer to nothing in the file, then those that refer to them."""
    waiting = [each for each in drafts if each.sound]
    while waiting:
        ready = [each for each in waiting if not each.wanted]
        waiting = [each for each in waiting if each.wanted]
        if not ready:
            for draft in waiting if not work.faults else []:
                said = Text("所引用的记录互相循环", "the rows refer to each other in a circle")
                work.refuse(draft, next(iter(draft.wanted)), said)
            return
        work.faults += store.insert(session, work.layer, ready)
        if waiting:
            _refer(session, work, waiting, last=False)


def _notes(work: _Work, frame: GeoDataFrame) -> tuple[Text, ...]:
    notes = []
    left = headings.unknown(work.layer, _columns(frame))
    if left:
        notes.append(Text(f"未导入的列：{'、'.join(left)}", f"columns left out: {', '.join(left)}"))
    if work.repaired:
        notes.append(
            Text(f"修复了 {work.repaired} 个无效图形", f"{work.repaired} invalid geometries were repaired")
        )
    if work.measured:
        notes.append(
            Text(
                f"{work.measured} 行的面积或长度由图形量算",
                f"area or length of {work.measured} rows was measured",
            )
        )
    if work.district is None:
        notes.append(
            Text("辖区范围尚未入库，未检查位置", "the district is not known yet, so no place was checked")
        )
    return tuple(notes)
