"""Cases: site checks, filing, and every act up to the closing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api import clock
from api.dependencies import Me, Transaction
from api.schemas.case_inputs import ActIn, AnswerIn, CasesWanted, FileIn, FilingWanted, SiteCheckIn
from api.schemas.cases import (
    CaseList,
    CaseOut,
    ConsequenceOut,
    DueList,
    FilingOut,
    OrderOut,
    SiteCheckList,
    SiteCheckOut,
    WaitingList,
)
from layers.cases import actions, codes, listing, rules, shown, store
from layers.cases.dossier import Act
from layers.cases.given import Given
from layers.cases.needs import Asker
from layers.people.actions import SignedIn
from layers.places.codes import PLANNING_KINDS

__all__ = ["router"]

_AREAS = {each.value: each.title for each in PLANNING_KINDS}

router = APIRouter(prefix="/api/cases", tags=["cases"])


@router.get("")
def cases(session: Transaction, me: Me, wanted: Annotated[CasesWanted, Query()]) -> CaseList:
    """Cases, newest first."""
    given = wanted.model_dump()
    words = given.pop("text")
    page = listing.page(session, _asker(me), actions.moment(session, clock.now()), text_=words, **given)
    return CaseList.model_validate(page)


@router.post("", status_code=201)
def file(given: FileIn, session: Transaction, me: Me) -> CaseOut:
    """File a case on a site check that found a violation."""
    case = actions.file(session, me, Given(**given.model_dump()), now=clock.now())
    return _shown(session, case.id, me)


@router.get("/deadlines")
def deadlines(session: Transaction, me: Me, within_days: Annotated[int, Query(ge=0, le=366)] = 30) -> DueList:
    """What runs out in so many days across the open cases, and the duties that were missed; earliest first."""
    found = listing.due(session, actions.moment(session, clock.now()), within_days)
    return DueList.model_validate({"items": found})


@router.get("/requests")
def requests(session: Transaction, me: Me) -> WaitingList:
    """What waits for an approval, longest first, with what granting it would do."""
    found = listing.requests(session, _asker(me), actions.moment(session, clock.now()))
    return WaitingList.model_validate({"items": found})


@router.get("/site-checks")
def unfiled(session: Transaction, me: Me, illegal_building: int | None = None) -> SiteCheckList:
    """Site checks that found a violation and are not filed yet, at one building or at all."""
    return SiteCheckList(items=[SiteCheckOut(**row) for row in shown.site_checks(session, illegal_building)])


@router.post("/site-checks", status_code=201)
def check_site(given: SiteCheckIn, session: Transaction, me: Me) -> SiteCheckOut:
    """Record a site check: before a filing, or of a case to see whether a structure is gone."""
    number = actions.check_site(session, me, **given.model_dump(), now=clock.now())
    return SiteCheckOut(**shown.site_check(session, number))


@router.get("/site-checks/{check_id}/filing")
def try_filing(
    check_id: int, session: Transaction, me: Me, wanted: Annotated[FilingWanted, Query()]
) -> FilingOut:
    """The route proposed for a site check, and what filing would leave behind; nothing is filed. 409 says why not."""
    said = Given(site_check_id=check_id, **wanted.model_dump())
    found = actions.foresee_filing(session, me, said, now=clock.now())
    routes = [{"value": each.value, "title": each.title} for each in codes.ROUTES]
    return FilingOut.model_validate(
        {
            "proposed": next(each for each in routes if each["value"] == found.proposal.route),
            "why": found.proposal.why,
            "areas": [{"name": name, "kind": _AREAS[kind]} for name, kind in found.areas],
            "routes": routes,
            "consequence": shown.consequence(found.consequence, actions.moment(session, clock.now())),
        }
    )


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
    said = _given(given)
    do = actions.ask if rules.RULES[act].approver else actions.act
    do(session, me, case_id, act, said, version=given.version, now=clock.now())
    return _shown(session, case_id, me)


@router.post("/{case_id}/acts/{act}/try")
def try_act(case_id: int, act: Act, given: ActIn, session: Transaction, me: Me) -> ConsequenceOut:
    """What an act, or the request for it once granted, would leave behind; nothing is done. 409 says why not."""
    left = actions.foresee(session, me, case_id, act, _given(given), version=given.version, now=clock.now())
    return ConsequenceOut.model_validate(shown.consequence(left, actions.moment(session, clock.now())))


@router.post("/{case_id}/requests/{request_id}")
def answer(case_id: int, request_id: int, given: AnswerIn, session: Transaction, me: Me) -> CaseOut:
    """Grant or refuse what somebody else asked for; granting does it."""
    actions.answer(session, me, case_id, request_id, **given.model_dump(), now=clock.now())
    return _shown(session, case_id, me)


def _shown(session: Session, case_id: int, me: SignedIn) -> CaseOut:
    return CaseOut(**shown.get(session, case_id, _asker(me), actions.moment(session, clock.now())))


def _given(given: ActIn) -> Given:
    words: dict[str, Any] = given.model_dump(exclude={"version", "means"})
    return Given(**words, means=None if given.means is None else tuple(given.means))


def _asker(me: SignedIn) -> Asker:
    return Asker(me.id, me.roles)
