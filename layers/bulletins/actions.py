"""What a person does with a bulletin; the clock is given. Acts that draw take the database's address: no transaction is open meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from layers import database
from layers.bulletins import compose, rules, store
from layers.bulletins.model import Bulletin, BulletinFile
from layers.bulletins.printed import Facts, as_document
from layers.bulletins.rules import Act, State
from layers.bulletins.scrub import found_in
from layers.bulletins.seal import seal
from layers.errors import Conflict, Refused
from layers.people.actions import SignedIn
from layers.people.rules import require
from layers.printing.document import Document, File
from layers.printing.html import as_html
from layers.printing.pdf import as_pdf
from layers.printing.word import as_word
from layers.settings import Settings
from layers.statistics.measures import Period
from layers.statistics.store import area
from layers.storage import Storage
from layers.timezone import day_of

__all__ = [
    "FORMS",
    "Edit",
    "choices",
    "create",
    "discard",
    "document",
    "edit",
    "move",
    "publish",
    "rendered",
    "sealed",
]

FORMS = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_SECTIONS = (("overview", "总体情况"), ("problems", "存在问题"), ("next", "下一步工作"))


@dataclass(frozen=True)
class Edit:
    """What a draft becomes. ``structures``: candidates, ``exposures``: cases; ``count``: count and draw anew."""

    title: str
    sections: Sequence[Mapping[str, str]]
    structures: Sequence[int]
    exposures: Sequence[int]
    count: bool = False


def create(
    url: str,
    settings: Settings,
    person: SignedIn,
    *,
    first: date,
    last: date,
    division: str | None,
    title: str | None,
    now: datetime,
) -> int:
    """A draft of a period and a township (by code; None: the district), counted and drawn; its id.

    Raises NotAllowed, Refused, NotFound.
    """
    rule = rules.RULES[Act.EDIT]
    require(person.roles, rule.roles, act_zh="编写专报", act_en="write bulletins")
    today = day_of(now)
    composed, area_id = _composed(url, settings, first, last, division, (), (), today)
    sections = [{"id": name, "title": words, "text": ""} for name, words in _SECTIONS]
    sections[0]["text"] = compose.overview(composed, first, last)
    with database.session(url, actor=person.name) as session:
        number = store.next_id(session)
        bulletin = Bulletin(
            id=number,
            code=f"WJZB-{number:05d}",
            kind="violations",
            status=State.DRAFT,
            year=today.year,
            title=(title or "").strip() or "违建管控专报",
            period_from=first,
            period_to=last,
            division_id=area_id,
            figures=composed.figures,
            content=composed.content,
            sections=sections,
            authors=[person.id],
            synthetic=composed.synthetic,
        )
        session.add(bulletin)
        session.flush()
        store.replace_pictures(session, number, composed.pictures)
    return number


def edit(
    url: str, settings: Settings, person: SignedIn, bulletin_id: int, given: Edit, *, version: int, now: datetime
) -> None:  # fmt: skip
    """Change a draft; figures and pictures are made anew when that is asked for or the choice differs.

    Raises NotAllowed, NotFound, Conflict, Refused.
    """
    with database.session(url) as session:
        bulletin = store.get(session, bulletin_id)
        _check(bulletin, Act.EDIT, person)
        if bulletin.version != version:
            raise Conflict(what_zh="专报", what_en="bulletin")
        period, code = (bulletin.period_from, bulletin.period_to), _area_code(bulletin)
        chosen = bulletin.content["chosen"]
    composed = None
    if given.count or (list(given.structures), list(given.exposures)) != (
        chosen["structures"],
        chosen["exposures"],
    ):
        composed, _ = _composed(url, settings, *period, code, given.structures, given.exposures, day_of(now))
    with database.session(url, actor=person.name) as session:
        bulletin = store.lock(session, bulletin_id, version)
        _check(bulletin, Act.EDIT, person)
        bulletin.title = given.title.strip() or bulletin.title
        bulletin.sections = [dict(each) for each in given.sections]
        if person.id not in bulletin.authors:
            bulletin.authors = [*bulletin.authors, person.id]
        if composed is not None:
            bulletin.figures, bulletin.content = composed.figures, composed.content
            bulletin.synthetic = composed.synthetic
            store.replace_pictures(session, bulletin_id, composed.pictures)


def discard(session: Session, person: SignedIn, bulletin_id: int, *, version: int) -> None:
    """Delete a draft. Raises NotAllowed, NotFound, Conflict, Refused."""
    bulletin = store.lock(session, bulletin_id, version)
    _check(bulletin, Act.DISCARD, person)
    session.delete(bulletin)


def move(
    session: Session, person: SignedIn, bulletin_id: int, act: Act, *, version: int, now: datetime,
    reason: str | None = None,
) -> None:  # fmt: skip
    """Submit, return, approve or withdraw. Raises NotAllowed, NotFound, Conflict, Refused."""
    bulletin = store.lock(session, bulletin_id, version)
    after = _check(bulletin, act, person, reason)
    assert after is not None
    if act is Act.SUBMIT:
        _nobody_is_named(session, bulletin)
    elif act is Act.APPROVE:
        bulletin.approved_by = person.id
    elif act is Act.RETURN:
        bulletin.approved_by, bulletin.returned_reason = None, (reason or "").strip()
    elif act is Act.WITHDRAW:
        bulletin.withdrawn_by, bulletin.withdrawn_at = person.id, now
        bulletin.withdrawn_reason = (reason or "").strip()
    bulletin.status = after


def publish(url: str, person: SignedIn, bulletin_id: int, *, version: int, now: datetime) -> tuple[int, int]:
    """Give it the year's next number, write its documents, seal it; (year, number).

    The documents are written without a transaction; when somebody else published meanwhile, Conflict tells to do it
    again. Raises NotAllowed, NotFound, Conflict, Refused, TypefaceMissing.
    """
    today = day_of(now)
    with database.session(url) as session:
        bulletin = store.get(session, bulletin_id)
        _check(bulletin, Act.PUBLISH, person)
        if bulletin.version != version:
            raise Conflict(what_zh="专报", what_en="bulletin")
        number = store.next_number(session, today.year)
        files = store.files(session, bulletin_id, "picture")
        digest = _seal_of(bulletin, files, today.year, number, today)
        printed = as_document(_facts(bulletin, today.year, number, today, digest), _shown(files))
    made = rendered(printed)
    with database.session(url, actor=person.name) as session:
        bulletin = store.lock(session, bulletin_id, version)
        _check(bulletin, Act.PUBLISH, person)
        if store.next_number(session, today.year, taking=True) != number:
            raise Conflict(what_zh="专报期号", what_en="bulletin number")
        store.add_files(session, bulletin_id, made, role="document")
        bulletin.year, bulletin.number, bulletin.issued_on = today.year, number, today
        bulletin.published_by, bulletin.sha256, bulletin.status = person.id, digest, State.PUBLISHED
    return today.year, number


def document(session: Session, bulletin_id: int) -> Document:
    """The bulletin as it would be printed now. Raises NotFound."""
    bulletin = store.get(session, bulletin_id)
    files = store.files(session, bulletin_id, "picture")
    return as_document(
        _facts(bulletin, bulletin.year, bulletin.number, bulletin.issued_on, bulletin.sha256), _shown(files)
    )


def rendered(printed: Document) -> dict[str, File]:
    """The three documents by name. Raises TypefaceMissing."""
    return {
        "bulletin.html": File(FORMS["html"], as_html(printed).encode()),
        "bulletin.docx": File(FORMS["docx"], as_word(printed)),
        "bulletin.pdf": File(FORMS["pdf"], as_pdf(printed)),
    }


def sealed(session: Session, bulletin: Bulletin) -> bool | None:
    """Whether what is stored still has the digest it was published with; None before that."""
    if bulletin.sha256 is None or bulletin.issued_on is None or bulletin.number is None:
        return None
    files = store.files(session, bulletin.id, "picture")
    return _seal_of(bulletin, files, bulletin.year, bulletin.number, bulletin.issued_on) == bulletin.sha256


def choices(session: Session, bulletin_id: int) -> dict[str, list[dict[str, Any]]]:
    """The structures and cases that this bulletin may show. Raises NotFound."""
    bulletin = store.get(session, bulletin_id)
    where = area(session, _area_code(bulletin), bulletin.period_to)
    return store.choices(session, where, Period(bulletin.period_from, bulletin.period_to))


def _composed(
    url: str,
    settings: Settings,
    first: date,
    last: date,
    division: str | None,
    structures: Sequence[int],
    exposures: Sequence[int],
    today: date,
) -> tuple[compose.Composed, int | None]:
    with database.session(url) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        gathered = compose.gather(
            session, settings, first, last, division, structures=structures, exposures=exposures
        )
    return compose.draw(gathered, Storage.of(settings), today), gathered.statement.area.id


def _check(bulletin: Bulletin, act: Act, person: SignedIn, reason: str | None = None) -> State | None:
    return rules.check(State(bulletin.status), act, person.roles, person.id, bulletin.authors, reason)


def _nobody_is_named(session: Session, bulletin: Bulletin) -> None:
    """What a person wrote goes to the public too. Raises Refused, naming the section."""
    for section in [{"title": "标题", "text": bulletin.title}, *bulletin.sections]:
        words = f"{section['title']}\n{section['text']}"
        if found_in(words, store.names_in(session, words)):
            raise Refused(
                reason_zh=f"“{section['title']}”中有姓名、电话、证件号码、车牌或住址，专报将向社会公布。请删去后再提交。",
                reason_en=f"“{section['title']}” holds a name, a number of a person or a dwelling, and a bulletin goes to "
                "the public. Take it out, then submit again.",
            )


def _area_code(bulletin: Bulletin) -> str | None:
    code = bulletin.content["area"]["code"]
    return str(code) if bulletin.division_id is not None else None


def _facts(
    bulletin: Bulletin, year: int, number: int | None, issued_on: date | None, digest: str | None
) -> Facts:
    return Facts(
        bulletin.title, year, number, issued_on, bulletin.period_from, bulletin.period_to, bulletin.figures,
        bulletin.content, bulletin.sections, digest,
    )  # fmt: skip


def _seal_of(
    bulletin: Bulletin, files: Sequence[BulletinFile], year: int, number: int, issued_on: date
) -> str:
    told = {
        "title": bulletin.title, "year": year, "number": number, "issued_on": issued_on.isoformat(),
        "period": [bulletin.period_from.isoformat(), bulletin.period_to.isoformat()],
        "figures": bulletin.figures, "content": bulletin.content, "sections": bulletin.sections,
    }  # fmt: skip
    return seal(told, {each.name: each.sha256 for each in files})


def _shown(files: Sequence[BulletinFile]) -> dict[str, File]:
    return {each.name: File(each.media_type, each.content) for each in files}
