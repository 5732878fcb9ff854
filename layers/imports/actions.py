"""Acts of a person: rehearse a file, import it, take an import back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.imports.faults import ImportRefused
from layers.imports.model import Import
from layers.imports.sheet import write
from layers.imports.work import ImportReport, Told, Work, begin
from layers.storage import sha256

__all__ = ["Outcome", "import_file", "perform"]


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: ``import_id`` None when nothing was stored; ``preview`` a FeatureCollection."""

    report: ImportReport
    import_id: int | None
    preview: dict[str, Any] | None = None


def import_file(
    session: Session, layer_id: str, path: Path, actor: str, *, sound_rows: bool = False
) -> ImportReport:
    """Import every row of a file as a new feature of a layer, written down as done by ``actor``.

    Columns are found by field name or title, code lists take values or titles, references the name or the
    code of the row they mean (in the database or in the same file). Blank required areas and lengths are
    measured. All or nothing, or with ``sound_rows`` every row without a fault: on any error the database
    stays as it was.
    Raises NotFound, NotImportable, FormatRefused, ImportMisplaced, ImportShifted, ImportRefused.
    """
    outcome = perform(session, layer_id, path, actor, sound_rows=sound_rows)
    if outcome.import_id is None:
        raise ImportRefused(Path(path).name, outcome.report.faults, outcome.report.count)
    return outcome.report


def perform(
    session: Session, layer_id: str, path: Path, actor: str, *, rehearse: bool = False,
    sound_rows: bool = False, faults: Path | None = None, tell: Told | None = None,
) -> Outcome:  # fmt: skip
    """The same, but rows that are wrong are told, not raised; with ``rehearse`` nothing is stored in any case.

    ``faults``: a .csv or .xlsx that then names every fault. ``tell`` hears how many rows were checked.
    """
    with session.begin_nested():
        work = begin(session, layer_id, path, actor)
        if tell is not None:
            work.tell = tell
        work.stage()
        made = None
        if rehearse:
            work.judge()
        elif work.store(sound_rows=sound_rows):
            made = _recorded(session, work, actor, sound_rows)
        report = work.report()
        staging = work.staged
        preview = work.preview.collection(staging) if rehearse else None
        if faults is not None and report.count + report.repaired:
            write(staging.faults(repaired=True), faults)
        staging.drop()
    return Outcome(report, made, preview)


def _recorded(session: Session, work: Work, actor: str, sound_rows: bool) -> int:
    """The row of an import that was done at once."""
    report = work.report()
    made = Import(
        layer=work.layer.id, file_name=work.name, sha256=sha256(work.path), bytes=work.path.stat().st_size,
        status="stored", sound_rows=sound_rows, created_by=actor, **facts(report),
    )  # fmt: skip
    session.add(made)
    session.flush()
    keep(session, made.id, report.ids)
    return made.id


def facts(report: ImportReport) -> dict[str, Any]:
    """What the row of an import says of its report."""
    return {
        "rows": report.rows,
        "stored": report.imported,
        "faulty": report.faulty,
        "repaired": report.repaired,
        "notes": [{"zh": each.zh, "en": each.en} for each in report.notes],
    }


def keep(session: Session, import_id: int, ids: str) -> None:
    """Write down which features an import added, and everything that was found about its rows."""
    given = {"id": import_id, "ids": ids}
    session.execute(
        text(
            "UPDATE imports SET feature_ids = CAST(:ids AS int8multirange), finished_at = clock_timestamp() WHERE id = :id"
        ),
        given,
    )
    session.execute(text("DELETE FROM import_faults WHERE import_id = :id"), given)
    columns = "row, code, field_zh, field_en, zh, en, lon, lat, repaired"
    sql = f"INSERT INTO import_faults (import_id, {columns}) SELECT :id, {columns} FROM import_found ORDER BY row NULLS FIRST"  # noqa: S608
    session.execute(text(sql), given)
