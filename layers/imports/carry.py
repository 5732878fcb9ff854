"""The job of an import: rehearse the file, or store it after somebody confirmed. Idempotent: the row says what is due.

All that a job writes is one transaction at its end; killed before that, it is done again from the start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gis.errors import ChengtuError
from layers import database
from layers.imports import actions
from layers.imports.faults import ImportRefused, Rehearsed
from layers.imports.model import Import
from layers.imports.work import begin
from layers.jobs import Interrupted
from layers.settings import Settings
from layers.storage import Storage

__all__ = ["abandon", "carry"]

_EVERY = 25_000  # rows between two words about the progress

_log = logging.getLogger(__name__)


class ImportBroken(ChengtuError):
    """The platform itself failed."""

    code = "import_broken"
    zh = "导入时程序出错，没有任何数据被改动。请重新上传；若仍出错请告诉管理员。"
    en = "The program failed and nothing was changed. Send the file again, and tell the operator if it fails again."


def carry(url: str, settings: Settings, import_id: int, stop: threading.Event) -> None:
    """Do what is due for an import: ``checking`` after it was received, ``storing`` after it was confirmed."""
    storage = Storage.of(settings)
    with database.session(url) as session:
        row = session.get(Import, import_id)
        if row is None or row.status not in {"queued", "checking", "storing"} or row.path is None:
            return
        path, storing = storage.home / row.path, row.status == "storing"
        if not storing:
            row.status = "checking"
    try:
        _carry(url, import_id, path, _teller(url, import_id, stop), storing=storing)
    except Interrupted:
        raise
    except ChengtuError as error:
        _end(url, import_id, "refused", error)
    except Exception:
        _log.exception("import %s failed", import_id)
        _end(url, import_id, "failed", ImportBroken())
    with database.session(url) as session:
        done = session.scalar(select(Import.status).where(Import.id == import_id))
    if done == "stored":
        storage.forget_import(import_id)


def abandon(url: str, import_id: int, error: ChengtuError) -> None:
    """Write down that an import was given up."""
    _end(url, import_id, "failed", error)


def _carry(url: str, import_id: int, path: Path, tell: Callable[[int], None], *, storing: bool) -> None:
    with database.session(url) as session:
        row = session.get_one(Import, import_id)
        work = begin(session, row.layer, path, row.created_by)
        work.tell = tell
        work.stage()
        stored = False
        if storing:
            stored = work.store(sound_rows=row.sound_rows)
        else:
            work.judge()
        report = work.report()
        found: dict[str, Any] = actions.facts(report)
        if storing and stored:
            found |= {"preview": None, "status": "stored", "path": None}
        else:
            found |= {"preview": work.preview.collection(work.staged), "status": "checked"}
            error: ChengtuError | None = None
            if not work.whole:  # a column is missing, say: no row can be stored
                found["status"], error = "refused", ImportRefused(row.file_name, report.faults, report.count)
            elif storing:  # it was sound when it was rehearsed: somebody stored something else meanwhile
                error = Rehearsed(name=row.file_name)
            if error is not None:
                found |= {"error_zh": error.message_zh, "error_en": error.message_en}
        actions.keep(session, import_id, report.ids)
        for name, value in found.items():
            setattr(row, name, value)
        session.flush()
        work.staged.drop()


def _teller(url: str, import_id: int, stop: threading.Event) -> Callable[[int], None]:
    """Says how many rows were checked so far, and stops where the worker is told to."""
    said = 0

    def tell(rows: int) -> None:
        nonlocal said
        if stop.is_set():
            raise Interrupted
        if rows - said >= _EVERY:
            said = rows
            with database.session(url) as session:
                sql = "UPDATE imports SET rows = :rows WHERE id = :id"
                session.execute(text(sql), {"rows": rows, "id": import_id})

    return tell


def _end(url: str, import_id: int, status: str, error: ChengtuError) -> None:
    with database.session(url) as session:
        _say(session, import_id, status, error)


def _say(session: Session, import_id: int, status: str, error: ChengtuError) -> None:
    row = session.get_one(Import, import_id)
    row.status = status
    row.error_zh, row.error_en = error.message_zh, error.message_en
