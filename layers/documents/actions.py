"""What people do with documents: make one, correct one, bring a template, say how documents are numbered.

A document is read in one transaction, drawn and set without any, and written down in another. Its number stands in it,
so it is set with the number that is next; where somebody else took that one meanwhile, it is set again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from layers.cases.dossier import Document, Dossier
from layers.cases.model import Case
from layers.cases.store import dossier as dossier_of
from layers.database import session
from layers.documents import example, facts, kinds, numbers, photographs, pictures, store, template
from layers.documents.fields import of_kind
from layers.documents.filled import Picture, fill
from layers.documents.kinds import LATEST, MAKERS, RULES, Kind
from layers.documents.model import CaseDocument
from layers.documents.pdf import as_pdf
from layers.documents.words import BLANK
from layers.errors import Conflict, NotFound, Refused
from layers.people.actions import SignedIn
from layers.people.rules import Role, require
from layers.settings import Settings
from layers.timezone import SHANGHAI

__all__ = ["Wanted", "bring_template", "correct", "fonts", "make", "set_options"]

_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_TRIES = 20  # each lost one means that somebody else's document was made


@dataclass(frozen=True)
class Wanted:
    """Which document. ``serves``: of which document a certificate of service speaks; ``replaces``: what it corrects."""

    case_id: int
    kind: Kind
    serves: Document | None = None
    replaces: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class _Read:
    """A case as it was read for a document."""

    version: int
    steps: int
    serves: Document | None
    synthetic: bool
    values: dict[str, Any]
    seen: pictures.Seen
    photographs: list[photographs.Photograph]
    template_id: int
    template: bytes
    issuer_word: str
    number_format: str
    old: CaseDocument | None


def make(
    url: str, settings: Settings, person: SignedIn, wanted: Wanted, *, version: int, now: datetime
) -> int:
    """Make a document of a case as it was seen; the key of the document.

    Raises NotAllowed, NotFound, Conflict (the case has changed), Refused (not in this state), TypefaceMissing, PdfFailed.
    """
    require(person.roles, MAKERS, act_zh="制作文书", act_en="make documents")
    with session(url) as transaction:
        store.keep_standard(transaction, wanted.kind)
    with session(url) as transaction:
        transaction.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        read = _read(transaction, settings, person, wanted, version, now)
    return _make(url, settings, person, wanted, read, now)


def correct(
    url: str, settings: Settings, person: SignedIn, document_id: int, *, reason: str, version: int, now: datetime
) -> int:  # fmt: skip
    """Make a corrected version of a document, with the same number, which names the old one; raises as ``make``."""
    require(person.roles, MAKERS, act_zh="更正文书", act_en="correct documents")
    if not reason.strip():
        raise Refused(reason_zh="请写明更正的理由。", reason_en="Say why the document is corrected.")
    with session(url) as transaction:
        old = store.document(transaction, document_id)
    serves = Document(old.serves) if old.serves else None
    wanted = Wanted(old.case_id, Kind(old.kind), serves, document_id, reason.strip())
    return make(url, settings, person, wanted, version=version, now=now)


def bring_template(
    url: str, settings: Settings, person: SignedIn, kind: Kind, content: bytes, *, note: str | None, now: datetime
) -> int:  # fmt: skip
    """Check a template, try it with an example case, and keep it as the next version; which one it is.

    Raises NotAllowed, TemplateRefused, TypefaceMissing, PdfFailed; then nothing is kept.
    """
    require(person.roles, _ADMINISTRATORS, act_zh="更换文书模板", act_en="replace templates of documents")
    template.check(content, of_kind(kind))
    title = RULES[kind].title.zh
    try:
        tried = fill(content, example.values(kind), title=title, at=example.AT)
    except (
        Exception
    ) as error:  # whatever a hand-made Word file makes the libraries say, it is the file's fault
        raise template.TemplateRefused(
            why_zh=f"试填时出错（{type(error).__name__}）。请检查表格中的循环和判断是否成对。",
            why_en=f"it could not be filled with an example ({type(error).__name__}). Check that loops and conditions are closed.",
        ) from error
    as_pdf(tried, title=title, at=example.AT, fonts=fonts(settings))
    with session(url, actor=person.name) as transaction:
        store.keep_standard(transaction, kind)
        return store.add_template(
            transaction, kind, content, made_by=person.id, at=now, note=(note or "").strip() or None
        ).version


def set_options(
    session_: Session,
    person: SignedIn,
    *,
    issuer: str,
    issuer_word: str,
    review_body: str,
    number_format: str,
) -> None:
    """Say what documents call the bureau, and how they are numbered. Raises NotAllowed, Refused."""
    require(person.roles, _ADMINISTRATORS, act_zh="设置文书", act_en="set how documents are numbered")
    said = {"issuer": issuer.strip(), "issuer_word": issuer_word.strip(), "review_body": review_body.strip()}
    if not all(said.values()):
        raise Refused(
            reason_zh="单位、机关代字和复议机关都要填写。",
            reason_en="Give the bureau, its word and the review body.",
        )
    store.set_options(session_, **said, number_format=numbers.check_format(number_format))


def fonts(settings: Settings) -> Path:
    """Where a bureau puts its own fonts."""
    return settings.home / "fonts"


def _read(
    transaction: Session, settings: Settings, person: SignedIn, wanted: Wanted, version: int, now: datetime
) -> _Read:  # fmt: skip
    case = transaction.get(Case, wanted.case_id)
    if case is None:
        raise NotFound(what_zh="案件", what_en="case", key=wanted.case_id)
    if case.version != version:
        raise Conflict(what_zh="案件", what_en="case")
    dossier = dossier_of(transaction, case)
    kinds.check(dossier, wanted.kind, wanted.serves)
    serves = _serves(wanted, dossier)
    old = _corrected(transaction, wanted)
    form, options = store.template(transaction, wanted.kind), store.options(transaction)
    row = store.case_facts(transaction, case.id, filing=wanted.kind not in LATEST)
    values = facts.facts(
        dossier, row, kind=wanted.kind, serves=serves, issuer=options.issuer,
        review_body=options.review_body, at=now,
    )  # fmt: skip
    if old is not None:
        values["更正说明"] = f"更正第{old.revision}版：{wanted.reason}"
    return _Read(
        version=case.version, steps=case.steps, serves=serves, synthetic=case.synthetic, values=values,
        seen=pictures.see(transaction, settings, row, person.roles),
        photographs=photographs.of_case(transaction, settings, case.id), template_id=form.id, template=form.content,
        issuer_word=options.issuer_word, number_format=options.number_format, old=old,
    )  # fmt: skip


def _serves(wanted: Wanted, dossier: Dossier) -> Document | None:
    """Of which document a certificate speaks: the one named, else the latest that was made."""
    if wanted.kind is not Kind.SERVICE_RECEIPT:
        return None
    if wanted.serves is not None:
        return wanted.serves
    made = {each: dossier.last(each.issued_by) for each in kinds.served_documents(dossier)}
    return max(made, key=lambda each: step.seq if (step := made[each]) else 0)


def _corrected(transaction: Session, wanted: Wanted) -> CaseDocument | None:
    if wanted.replaces is None:
        return None
    old = store.document(transaction, wanted.replaces)
    if store.replaced(transaction, old.id):
        raise Refused(
            reason_zh=f"{old.number} 第{old.revision}版已被更正。请更正最新的一版。",
            reason_en=f"{old.number}, version {old.revision}, was corrected already. Correct the newest version.",
        )
    return old


def _make(url: str, settings: Settings, person: SignedIn, wanted: Wanted, read: _Read, now: datetime) -> int:
    drawn = {**pictures.draw(read.seen, settings), "照片": pictures.photograph_lines(read.photographs)}
    year = read.old.year if read.old else now.astimezone(SHANGHAI).year
    for _ in range(_TRIES):
        with session(url) as transaction:
            sequence = (
                read.old.sequence
                if read.old
                else store.next_sequence(transaction, wanted.kind, year, lock=False)
            )
        made = _set(settings, wanted, {**read.values, **drawn}, read, year, sequence, now)
        with session(url, actor=person.name) as transaction:
            if _taken(transaction, wanted, read, year, sequence):
                continue
            made.made_by = person.id
            transaction.add(made)
            transaction.flush()
            return made.id
    raise Conflict(what_zh="文号", what_en="number")


def _taken(transaction: Session, wanted: Wanted, read: _Read, year: int, sequence: int) -> bool:
    """Whether the number is somebody else's by now. Raises Conflict where the case or the corrected document is another."""
    case = transaction.get(Case, wanted.case_id, with_for_update={"read": True})
    if case is None or case.version != read.version:
        raise Conflict(what_zh="案件", what_en="case")
    following = store.next_sequence(transaction, wanted.kind, year, lock=True)
    if read.old is None:
        return following != sequence
    if store.replaced(transaction, read.old.id):
        raise Conflict(what_zh="文书", what_en="document")
    return False


def _set(
    settings: Settings, wanted: Wanted, values: dict[str, Any], read: _Read, year: int, sequence: int, now: datetime
) -> CaseDocument:  # fmt: skip
    if read.old is not None:
        number, revision = read.old.number, read.old.revision + 1
    else:
        number, revision = (
            numbers.number(
                read.number_format, issuer=read.issuer_word, year=year, kind=wanted.kind, sequence=sequence
            ),
            1,
        )
    said = {name: values[name] for name in of_kind(wanted.kind) if name != "文号"} | {"文号": number}
    title = f"{said['文书名称']} {number}"
    docx = fill(read.template, said, title=title, at=now)
    pdf = as_pdf(docx, title=title, at=now, fonts=fonts(settings))
    return CaseDocument(
        case_id=wanted.case_id, kind=wanted.kind.value, year=year, sequence=sequence, number=number, revision=revision,
        replaces_id=wanted.replaces, reason=wanted.reason, serves=read.serves, template_id=read.template_id,
        step_seq=read.steps, made_at=now, facts=_words(said), docx=docx, docx_sha256=hashlib.sha256(docx).hexdigest(),
        pdf=pdf, pdf_sha256=hashlib.sha256(pdf).hexdigest(), synthetic=read.synthetic,
    )  # fmt: skip


def _words(said: dict[str, Any]) -> dict[str, Any]:
    """The facts as JSON: pictures by their digest, blanks as nothing."""
    return {name: _plain(value) for name, value in said.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Picture):
        return {"sha256": hashlib.sha256(value.content).hexdigest()}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if value is BLANK else value
