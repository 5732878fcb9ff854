"""One import under way: everything is checked, then everything is stored, or nothing, or what is sound.

A file goes by in batches: read, checked by columns, copied to a staging table. What needs all rows at once is asked
of that table in SQL; one INSERT then brings the rows into the layer. Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from geopandas import GeoDataFrame
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis import formats
from layers import catalogue
from layers.candidates.rank import RANKED_BY
from layers.database import set_actor
from layers.imports import constraints, headings, store
from layers.imports.broken_rules import sentence
from layers.imports.check import MEASURED, Checker
from layers.imports.faults import MOST_NAMED, NotImportable, RowFault
from layers.imports.place import District, Sample, check_place, check_shift, check_words
from layers.imports.preview import Preview
from layers.imports.staging import Staging
from layers.layer import Layer, Text
from layers.own import registry

__all__ = ["BATCH", "ImportReport", "Work", "begin"]

BATCH = 2_500  # rows that are in memory at a time

Told = Callable[[int], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or a rehearsal found.

    ``rows`` are in the file, ``imported`` were stored, ``faulty`` were not for the ``faults`` found (the first 50 of
    ``count``), ``repaired`` outlines were mended. ``ids``: int8multirange of the new features.
    """

    imported: int
    repaired: int
    notes: tuple[Text, ...]
    rows: int = 0
    faulty: int = 0
    count: int = 0
    faults: tuple[RowFault, ...] = ()
    ids: str = "{}"


@dataclass
class Work:
    """One import under way, in the session's transaction: ``stage``, then perhaps ``store``, then ``report``.

    ``tell`` is called with the number of rows checked so far, between batches; it may raise to stop.
    """

    session: Session
    layer: Layer
    path: Path
    name: str
    tell: Told = lambda rows: None
    preview: Preview = field(default_factory=Preview)
    repaired: int = 0
    measured: int = 0
    left_out: list[str] = field(default_factory=list)
    district: District | None = None
    _staging: Staging | None = None
    whole: bool = True
    imported: int = 0
    ids: str = "{}"

    @property
    def staged(self) -> Staging:
        """The staging table, once a row was read."""
        assert self._staging is not None
        return self._staging

    def stage(self) -> None:
        """Read and check every row. Raises FormatRefused, ImportMisplaced, ImportShifted."""
        self.district = District.of(store.district(self.session))
        sample, named = Sample(), Path(self.name)
        try:
            self._read(sample, named)
        finally:
            if self._staging is not None:
                self._staging.finish()
        check_place(sample, named, self.district.outline if self.district else None)
        check_shift(sample, named, store.known_points(self.staged.session, self.layer))
        self.staged.check_twice()
        self.staged.refer()
        self.staged.depend()

    def _read(self, sample: Sample, named: Path) -> None:
        checker = None
        for frame in formats.read_in_batches(self.path, BATCH):
            sample.add(frame)
            if checker is None:
                checker = self._begin(frame)
                check_words(sample, named)  # such a file need not be read to its end
            batch = checker.check(frame)
            self.staged.add(batch)
            self.preview.add(batch, batch.given)
            self.repaired += batch.mended
            self.measured += batch.measured
            self.tell(int(batch.rows[-1]))

    def _begin(self, frame: GeoDataFrame) -> Checker:
        given = [str(each) for each in frame.columns if each != frame.geometry.name]
        columns = headings.by_field(self.layer, given)
        self.left_out = headings.unknown(self.layer, given)
        self._staging = Staging(self.session, self.layer, list(columns))
        said = Text("文件中没有这一列", "the file has no such column")
        missing = [
            RowFault(None, None, each.title, said)
            for each in self.layer.fields
            if each.required and each.editable and each not in columns and each.name not in MEASURED
        ]
        self.whole = not missing
        self.staged.note(missing)
        staging = self._staging
        return Checker(lambda: staging.session, self.layer, columns, self.district)

    def judge(self) -> None:
        """Ask the table's constraints of all rows that are sound so far."""
        if self.whole:
            constraints.check(self.staged)
            self.staged.depend()

    def store(self, *, sound_rows: bool) -> bool:
        """Store all rows, or with ``sound_rows`` those without a fault; whether anything was.

        The table's own constraints are only asked one by one when the table has refused.
        """
        faults = self.staged.counts()[2]
        if faults:
            self.judge()
        if self._wrong(sound_rows):
            return False
        error = self._insert()
        if error is not None:
            self.judge()
            if self.staged.counts()[2] == faults:  # nothing that could be named by row
                meant, said = sentence(error, self.layer)
                self.staged.note([RowFault(None, None, meant.title if meant else None, said)])
                self.whole = False
            if self._wrong(sound_rows):
                return False
            error = self._insert()
            if error is not None:
                raise error
        if self.layer.id in RANKED_BY:
            # it loads the detector, of which the memory of no other import need know
            from layers.candidates import store as candidates  # noqa: PLC0415

            candidates.refresh(self.session)
        return True

    def _wrong(self, sound_rows: bool) -> bool:
        rows, faulty, faults = self.staged.counts()
        return faults > 0 and not (sound_rows and self.whole and faulty < rows)

    def _insert(self) -> DBAPIError | None:
        """Insert in a savepoint; the error that undid it, if any."""
        try:
            with self.session.begin_nested():
                self.imported, self.ids = self.staged.insert()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self.imported, self.ids = 0, "{}"
            return error
        return None

    def report(self) -> ImportReport:
        """What was done and found."""
        rows, faulty, count = self.staged.counts()
        faults = tuple(self.staged.faults(MOST_NAMED))
        return ImportReport(
            self.imported, self.repaired, self._notes(), rows, faulty, count, faults, self.ids
        )

    def _notes(self) -> tuple[Text, ...]:
        notes = []
        if self.left_out:
            names = self.left_out
            notes.append(Text(f"未导入的列：{'、'.join(names)}", f"columns left out: {', '.join(names)}"))
        if self.repaired:
            zh, en = f"修复了 {self.repaired} 个无效图形", f"{self.repaired} invalid geometries were repaired"
            notes.append(Text(zh, en))
        if self.measured:
            zh = f"{self.measured} 行的面积或长度由图形量算"
            notes.append(Text(zh, f"area or length of {self.measured} rows was measured"))
        if self.district is None:
            zh, en = "辖区范围尚未入库，未检查位置", "the district is not known yet, so no place was checked"
            notes.append(Text(zh, en))
        return tuple(notes)


def begin(session: Session, layer_id: str, path: Path, actor: str, *, name: str | None = None) -> Work:
    """The work of one import, done by ``actor``; ``name`` is what people call the file.

    Raises NotFound, NotImportable.
    """
    registry.refresh(session)
    layer = catalogue.layer(layer_id)
    if not layer.importable:
        raise NotImportable(layer_zh=layer.title.zh, layer_en=layer.title.en)
    set_actor(session, actor)
    return Work(session, layer, Path(path), name or Path(path).name)
