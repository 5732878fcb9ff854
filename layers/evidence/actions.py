"""To take an evidence file. It is read in one transaction, made without one, and written down in another."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from layers.database import session
from layers.evidence import case_files, case_page, case_told, document, page, pictures, store
from layers.evidence.bag import Bag
from layers.evidence.case_told import CaseTold
from layers.evidence.chain import chained
from layers.evidence.told import Told, tell
from layers.evidence.verify import EVIDENCE, EXPORT
from layers.fields import ENFORCERS
from layers.people.rules import Role, require
from layers.settings import Settings
from layers.storage import Storage
from layers.version import VERSION

__all__ = ["MAY_EXPORT", "MAY_EXPORT_CASES", "export", "export_by_code", "export_case", "export_case_by_code"]

MAY_EXPORT = frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMINISTRATOR})
MAY_EXPORT_CASES = ENFORCERS
"""The file of a case names the party."""

_Read = Callable[[Session], "Told | CaseTold"]


def export_by_code(
    url: str, settings: Settings, code: str, folder: Path, *, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:
    """``export`` of the candidate with that code."""
    return _export_candidate(
        url, settings, lambda transaction: store.id_of(transaction, code), folder, by, roles
    )


def export(
    url: str, settings: Settings, candidate_id: int, folder: Path, *, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:
    """Make the evidence file of a candidate in a folder; its path and its line in the register.

    ``by``: the sign-in name that the register keeps. The line is written before the file is: no file leaves
    without one. Raises NotAllowed, NotFound, ImageryChanged.
    """
    return _export_candidate(url, settings, lambda transaction: candidate_id, folder, by, roles)


def export_case_by_code(
    url: str, settings: Settings, code: str, folder: Path, *, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:
    """``export_case`` of the case with that code."""
    return _export_case(
        url, settings, lambda transaction: store.case_id_of(transaction, code), folder, by, roles
    )


def export_case(
    url: str, settings: Settings, case_id: int, folder: Path, *, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:
    """As ``export``, of a case with its documents, photographs and candidates. Raises FileChanged besides."""
    return _export_case(url, settings, lambda transaction: case_id, folder, by, roles)


def _export_candidate(
    url: str, settings: Settings, wanted: Callable[[Session], int], folder: Path, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:  # fmt: skip
    require(roles, MAY_EXPORT, act_zh="导出证据档案", act_en="take evidence files")
    return _export(url, settings, lambda each: tell(each, settings, wanted(each), roles), folder, by)


def _export_case(
    url: str, settings: Settings, wanted: Callable[[Session], int], folder: Path, by: str, roles: frozenset[Role]
) -> tuple[Path, dict[str, Any]]:  # fmt: skip
    require(roles, MAY_EXPORT_CASES, act_zh="导出案件证据档案", act_en="take evidence files of cases")
    return _export(
        url, settings, lambda each: case_told.tell(each, settings, wanted(each), roles), folder, by
    )


def _export(url: str, settings: Settings, read: _Read, folder: Path, by: str) -> tuple[Path, dict[str, Any]]:
    with session(url) as transaction:
        transaction.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        told = read(transaction)
    with TemporaryDirectory(prefix=".evidence-", dir=folder) as working:
        storage = Storage.of(settings)
        if isinstance(told, CaseTold):
            bag, head = _fill_case(told, storage, Path(working))
        else:
            bag, head = _fill(told, storage, Path(working))
        subject = told.subject
        with session(url, actor=by) as transaction:
            line = store.add_line(
                transaction,
                made_by=by,
                subject=subject.kind,
                code=subject.code,
                version=subject.version,
                manifest_sha256=bag.manifest_sha256,
                head_sha256=head,
            )
        target = folder / f"{bag.name}.zip"
        bag.pack(target, {EXPORT: _json(line)})
    return target, line


def _fill_case(told: CaseTold, storage: Storage, folder: Path) -> tuple[Bag, str]:
    """The payload of a case in a folder, as a bag, and the digest of the last entry."""
    (folder / "data").mkdir()
    files = case_files.write(told, storage, folder)
    facts = [told.case, *told.proceedings, *files.facts, *told.rest, *files.items]
    head = _write_evidence(folder, told.subject, facts)
    written = {
        "evidence.html": case_page.render(told, files, head),
        "README.txt": case_page.readme(told, files.items),
    }
    for name, words in written.items():
        (folder / "data" / name).write_text(words, encoding="utf-8")
    return _bag(folder, told.subject), head


def _fill(told: Told, storage: Storage, folder: Path) -> tuple[Bag, str]:
    """The payload of a candidate in a folder, as a bag, and the digest of the last entry."""
    (folder / "data").mkdir()
    flights = pictures.flights(told, storage)
    drawn = pictures.plates(told, storage)
    items = [
        pictures.outline_file(told, folder),
        *pictures.pieces(told, storage, folder),
        *pictures.picture_files(told, drawn, folder),
    ]
    facts = [told.structure, *flights, told.alignment, told.detection, *told.rest, *items]
    head = _write_evidence(folder, told.subject, facts)
    written = {
        "evidence.html": page.render(told, flights, items, drawn, head),
        "README.txt": page.readme(told, items),
    }
    for name, words in written.items():
        (folder / "data" / name).write_text(words, encoding="utf-8")
    return _bag(folder, told.subject), head


def _write_evidence(folder: Path, subject: document.Subject, facts: Sequence[document.Facts]) -> str:
    """evidence.json of any subject, with its schema; the digest of the last entry."""
    entries = chained(document.link(each) for each in facts)
    head = str(entries[-1]["sha256"])
    evidence = {
        "format": document.FORMAT,
        "subject": subject.model_dump(mode="json"),
        "entries": entries,
        "head_sha256": head,
    }
    (folder / EVIDENCE).write_bytes(_json(evidence))
    (folder / "data" / "evidence.schema.json").write_bytes(_json(document.schema()))
    return head


def _bag(folder: Path, subject: document.Subject) -> Bag:
    info = {
        "Bag-Software-Agent": f"Chengtu {VERSION}",
        "External-Identifier": f"{subject.code} version {subject.version}",
        "External-Description": "证据档案 Evidence file",
    }
    return Bag(folder, f"evidence-{subject.code}-v{subject.version}", info)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
