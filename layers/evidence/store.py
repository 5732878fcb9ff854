"""All SQL of evidence files: their register, and what is asked of candidates and flights besides what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from layers import models  # noqa: F401  (a flush must know every table that a foreign key names)
from layers.candidates.model import Candidate
from layers.cases.model import Case
from layers.errors import NotFound
from layers.evidence.chain import START, digest
from layers.evidence.model import EvidenceExport
from layers.people.model import Person

__all__ = ["add_line", "as_line", "case_id_of", "id_of", "kept", "lines", "name_of"]

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('evidence exports'))")
_REGISTER = text("SELECT to_regclass('evidence_exports') IS NOT NULL")


def id_of(session: Session, code: str) -> int:
    """The candidate of that code. Raises NotFound."""
    found = session.scalar(select(Candidate.id).where(Candidate.code == code))
    if found is None:
        raise NotFound(what_zh="疑似图斑", what_en="candidate", key=code)
    return found


def case_id_of(session: Session, code: str) -> int:
    """The case of that number. Raises NotFound."""
    found = session.scalar(select(Case.id).where(Case.code == code))
    if found is None:
        raise NotFound(what_zh="案件", what_en="case", key=code)
    return found


def name_of(session: Session, person_id: int) -> str:
    """The name of a person as others read it."""
    return str(session.scalar(select(Person.display_name).where(Person.id == person_id)))


def add_line(
    session: Session,
    *,
    made_by: str,
    subject: str,
    code: str,
    version: int,
    manifest_sha256: str,
    head_sha256: str,
) -> dict[str, Any]:
    """Write the next line of the register; the line as ``export.json`` has it. One writer at a time."""
    session.execute(_LOCK)
    last = session.scalar(select(EvidenceExport).order_by(EvidenceExport.number.desc()).limit(1))
    export = EvidenceExport(
        number=last.number + 1 if last else 1,
        at=session.scalar(select(func.clock_timestamp())),
        made_by=made_by,
        subject=subject,
        code=code,
        subject_version=version,
        manifest_sha256=manifest_sha256,
        head_sha256=head_sha256,
        previous=last.sha256 if last else START,
    )
    export.sha256 = digest(as_line(export))
    session.add(export)
    session.flush()
    return as_line(export)


def kept(session: Session) -> bool:
    """Whether this database keeps a register at all (it may be older than it)."""
    return bool(session.scalar(_REGISTER))


def lines(session: Session) -> Iterable[dict[str, Any]]:
    """The register from its first line on."""
    found = session.scalars(
        select(EvidenceExport).order_by(EvidenceExport.number).execution_options(yield_per=1000)
    )
    return (as_line(each) for each in found)


def as_line(export: EvidenceExport) -> dict[str, Any]:
    """A line of the register as plain JSON, the moment in UTC."""
    return {
        "number": export.number,
        "at": export.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "made_by": export.made_by,
        "subject": export.subject,
        "code": export.code,
        "version": export.subject_version,
        "manifest_sha256": export.manifest_sha256,
        "head_sha256": export.head_sha256,
        "previous": export.previous,
        "sha256": export.sha256,
    }
