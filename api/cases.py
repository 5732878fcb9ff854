"""Cases: site checks, filing, and every act up to the closing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api.dependencies import Me, Transaction
from api.schemas.cases import (
    ActIn,
    AnswerIn,
    CaseList,
    CaseOut,
    CaseShort,
    CasesWanted,
    FileIn,
    OrderOut,
    SiteCheckIn,
    SiteCheckList,
    SiteCheckOut,
)
from layers.cases import actions, rules, shown, store
from layers.cases.dossier import Act
from layers.cases.given import Given
from layers.cases.needs import Asker
from layers.people.actions import SignedIn

__all__ = ["router"]

router = APIRouter(prefix="/api/cases", tags=["cases"])


@router.get("")
def cases(session: Transaction, me: Me, wanted: Annotated[CasesWanted, Query()]) -> CaseList:
    """Cases, newest first."""
    page = shown.page(session, _asker(me), **wanted.model_dump())
    return CaseList(total=page.total, items=[CaseShort(**row) for row in page.rows])


@router.post("", status_code=201)
def file(given: FileIn, session: Transaction, me: Me) -> CaseOut:
    """File a case on a site check that found a violation."""
    case = actions.file(session, me, Given(**given.model_dump()), now=_now())
    return _shown(session, case.id, me)


@router.get("/site-checks")
def unfiled(session: Transaction, me: Me) -> SiteCheckList:
    """Site checks that found a violation and are not filed yet."""
    return SiteCheckList(items=[SiteCheckOut(**row) for row in shown.site_checks(session)])


@router.post("/site-checks", status_code=201)
def check_site(given: SiteCheckIn, session: Transaction, me: Me) -> SiteCheckOut:
    """Record a site check: before a filing, or of a case to see whether a structure is gone."""
    number = actions.check_site(session, me, **given.model_dump(), now=_now())
    return SiteCheckOut(**shown.site_check(session, number))


@router.get("/order")
def order(session: Transaction, me: Me) -> OrderOut:
    """Whether announcement or demand comes first here."""
    return OrderOut.model_validate({"enforcement_order": store.enforcement_order(session)})


@router.put("/order")
def set_order(given: OrderOut, session: Transaction, me: Me) -> OrderOut:
    """Say whether announcement or demand comes first here; the law is disputed."""
    actions.set_order(session, me, given.enforcement_order)
    return given


@router.get("/{case_id}")
def case(case_id: int, session: Transaction, me: Me) -> CaseOut:
    """One case with steps, periods, and the acts that are possible now."""
    return _shown(session, case_id, me)


@router.post("/{case_id}/acts/{act}")
def act(case_id: int, act: Act, given: ActIn, session: Transaction, me: Me) -> CaseOut:
    """Do an act on the version that was seen, or ask for one that takes an approval; 409 says why not."""
    words: dict[str, Any] = given.model_dump(exclude={"version", "means"})
    said = Given(**words, means=None if given.means is None else tuple(given.means))
    do = actions.ask if rules.RULES[act].approver else actions.act
    do(session, me, case_id, act, said, version=given.version, now=_now())
    return _shown(session, case_id, me)


@router.post("/{case_id}/requests/{request_id}")
def answer(case_id: int, request_id: int, given: AnswerIn, session: Transaction, me: Me) -> CaseOut:
    """Grant or refuse what somebody else asked for; granting does it."""
    actions.answer(session, me, case_id, request_id, **given.model_dump(), now=_now())
    return _shown(session, case_id, me)


def _shown(session: Session, case_id: int, me: SignedIn) -> CaseOut:
    return CaseOut(**shown.get(session, case_id, _asker(me), actions.moment(session, _now())))


def _asker(me: SignedIn) -> Asker:
    return Asker(me.id, me.roles)


def _now() -> datetime:
    return datetime.now(UTC)
