"""Acts of a person: rehearse a file, import it, take an import back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gis.formats import READABLE, FormatUnknown
from layers import catalogue, jobs
from layers.errors import NotFound, Refused
from layers.imports.faults import ImportRefused, NotImportable
from layers.imports.model import Import
from layers.imports.sheet import write
from layers.imports.undo import undo
from layers.imports.work import ImportReport, Told, Work, begin
from layers.layer import Layer
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.storage import Storage, sha256

__all__ = [
    "Arrived",
    "Outcome",
    "confirm",
    "discard",
    "facts",
    "import_file",
    "keep",
    "open_to",
    "perform",
    "receive",
    "require_importer",
    "seen",
    "take_back",
]


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


def importers(layer: Layer) -> frozenset[Role]:
    """Who may bring files into a layer: its editors; administrators where it takes no single edits."""
    return layer.editors or frozenset({Role.ADMINISTRATOR})


def require_importer(layer: Layer, roles: frozenset[Role]) -> None:
    """Let those pass who may import. Raises NotImportable, NotAllowed."""
    if not layer.importable:
        raise NotImportable(layer_zh=layer.title.zh, layer_en=layer.title.en)
    zh, en = layer.title.zh, layer.title.en
    require(roles, importers(layer), act_zh=f"向“{zh}”导入文件", act_en=f"import files into the layer {en}")


def open_to(roles: frozenset[Role]) -> list[str]:
    """The layers that somebody with these roles may import into."""
    return [each.id for each in catalogue.LAYERS if each.importable and importers(each) & roles]


@dataclass(frozen=True)
class Arrived:
    """A whole file that somebody sent, lying in a temporary place."""

    path: Path
    name: str
    sha256: str
    size: int


def receive(
    session: Session, person: SignedIn, storage: Storage, layer_id: str, file: Arrived
) -> tuple[Import, bool]:
    """Keep a file for a layer and queue its rehearsal; the same file again is the same import, if that is open.

    Whether it is new comes second. Raises NotFound, NotImportable, NotAllowed, FormatUnknown.
    """
    layer = catalogue.layer(layer_id, person.roles)
    require_importer(layer, person.roles)
    if Path(file.name).suffix.lower() not in READABLE:
        raise FormatUnknown(name=file.name, known=" ".join(sorted(READABLE)))
    same = select(Import).where(
        Import.layer == layer_id, Import.sha256 == file.sha256, Import.created_by == person.name,
        Import.status.in_(("queued", "checking", "checked", "storing")),
    )  # fmt: skip
    known = session.scalar(same.order_by(Import.id.desc()).limit(1))
    if known is not None:
        return known, False
    made = Import(
        layer=layer_id, file_name=file.name, sha256=file.sha256, bytes=file.size, status="queued",
        created_by=person.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    target = storage.for_import(made.id) / file.name
    target.parent.mkdir(parents=True, exist_ok=True)
    file.path.replace(target)
    made.path = storage.relative(target)
    jobs.enqueue_import(session, made.id)
    session.flush()
    session.refresh(made)
    return made, True


def confirm(session: Session, person: SignedIn, import_id: int, *, sound_rows: bool) -> Import:
    """Store what was rehearsed: everything, or the sound rows. Raises NotFound, NotAllowed, Refused."""
    row = seen(session, person, import_id, lock=True)
    if row.status != "checked":
        raise Refused(
            reason_zh=f"导入 {import_id} 不在等待确认。请刷新后查看。",
            reason_en=f"Import {import_id} does not wait to be confirmed. Reload and look at it.",
        )
    if row.faulty and not sound_rows:
        raise Refused(
            reason_zh=f"有 {row.faulty} 行有错。请改正文件后重新上传，或选择只导入没有错误的行。",
            reason_en=f"{row.faulty} rows are wrong. Mend the file and send it again, or choose to store the sound rows.",
        )
    row.status, row.sound_rows = "storing", sound_rows
    row.error_zh = row.error_en = None
    jobs.enqueue_import(session, import_id)
    return row


def discard(session: Session, person: SignedIn, import_id: int) -> None:
    """Forget a file that was not stored. Raises NotFound, NotAllowed, Refused."""
    row = seen(session, person, import_id, lock=True)
    if row.status not in {"checked", "refused", "failed"}:
        raise Refused(
            reason_zh=f"导入 {import_id} 正在处理或已入库，不能丢弃。",
            reason_en=f"Import {import_id} is under way or stored; it cannot be discarded.",
        )
    session.delete(row)


def take_back(session: Session, person: SignedIn, import_id: int) -> Import:
    """Undo a whole import. Raises NotFound, NotAllowed, Refused, UndoRefused."""
    seen(session, person, import_id)
    undo(session, import_id, person.name)
    return session.get_one(Import, import_id, populate_existing=True)


def seen(session: Session, person: SignedIn, import_id: int, *, lock: bool = False) -> Import:
    """An import of a layer that the person may import into. Raises NotFound, NotAllowed."""
    asked = select(Import).where(Import.id == import_id)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotFound(what_zh="导入", what_en="import", key=str(import_id))
    require_importer(catalogue.layer(row.layer), person.roles)
    return row
