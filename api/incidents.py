"""Incidents: reports, every act up to the evaluation, indicators, hot spots; the keys of Open311."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from api import clock
from api.dependencies import Me, Transaction
from api.schemas.incidents import (
    CategoryList,
    CategoryOut,
    FigureRowOut,
    FiguresOut,
    FiguresWanted,
    FilterOut,
    HandlerList,
    HandlerOut,
    HotspotsOut,
    HotspotsWanted,
    IncidentActIn,
    IncidentAnswerIn,
    IncidentIn,
    IncidentList,
    IncidentOut,
    IncidentShort,
    IncidentsWanted,
    KeyIn,
    KeyList,
    KeyMade,
    KeyOut,
    PhotographsIn,
    RateTermsOut,
    SimilarList,
    SimilarOut,
    SimilarWanted,
)
from layers.incidents import actions, keys, photographs, rules, shown
from layers.incidents.actions import Report, Said
from layers.incidents.figures import RATES, Figures, figures
from layers.incidents.hotspots import hotspots
from layers.incidents.rules import Act, Asker
from layers.incidents.similar import WITHIN_HOURS, WITHIN_M, similar_at
from layers.people.actions import SignedIn

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["incidents"])


@router.get("/incidents")
def incidents(session: Transaction, me: Me, wanted: Annotated[IncidentsWanted, Query()]) -> IncidentList:
    """Incidents, newest first, with how many show which light."""
    page = shown.page(session, now=clock.now(), **wanted.model_dump())
    items = [IncidentShort(**row) for row in page.rows]
    return IncidentList.model_validate({"total": page.total, "lights": page.lights, "items": items})


@router.post("/incidents", status_code=201)
def report(given: IncidentIn, session: Transaction, me: Me) -> IncidentOut:
    """Report an incident; what may be the same thing is told with it, and never dropped."""
    made = actions.report(session, me, Report(**given.model_dump()), now=clock.now())
    return _shown(session, made.id, me)


@router.get("/incidents/similar")
def similar(session: Transaction, me: Me, wanted: Annotated[SimilarWanted, Query()]) -> SimilarList:
    """What may be the same thing as that which is about to be reported."""
    found = similar_at(session, **wanted.model_dump(), at=clock.now())
    return SimilarList(
        items=[SimilarOut(**row) for row in found], within_m=WITHIN_M, within_hours=WITHIN_HOURS
    )


@router.get("/incidents/categories")
def categories(session: Transaction, me: Me, q: Annotated[str, Query(max_length=100)] = "") -> CategoryList:
    """Codes of events and components in force, by code or name, with their limits."""
    return CategoryList(items=[CategoryOut(**row) for row in shown.categories(session, q)])


@router.get("/incidents/handlers")
def handlers(session: Transaction, me: Me) -> HandlerList:
    """Organisations that an incident can be dispatched to."""
    return HandlerList(items=[HandlerOut(**row) for row in shown.handlers(session)])


@router.get("/incidents/figures")
def rates(session: Transaction, me: Me, wanted: Annotated[FiguresWanted, Query()]) -> FiguresOut:
    """立案率, 结案率, 按期结案率 with both terms, each with the filter of the list that it counts."""
    (total,) = figures(session, wanted.first, wanted.last)
    rows = figures(session, wanted.first, wanted.last, wanted.by) if wanted.by else []
    return FiguresOut(
        first=wanted.first,
        last=wanted.last,
        total=_figure(total, wanted),
        rows=[_figure(each, wanted) for each in rows],
    )


@router.get("/incidents/hotspots")
def spots(session: Transaction, me: Me, wanted: Annotated[HotspotsWanted, Query()]) -> HotspotsOut:
    """Where incidents gather: squares with their number, as GeoJSON."""
    given = wanted.model_dump()
    side = given.pop("side")
    return HotspotsOut(**hotspots(session, **given, side_m=side))


@router.get("/incidents/{incident_id}")
def incident(incident_id: int, session: Transaction, me: Me) -> IncidentOut:
    """One incident with its steps, and the acts that are possible now."""
    return _shown(session, incident_id, me)


@router.post("/incidents/{incident_id}/acts/{act}")
def act(incident_id: int, act: Act, given: IncidentActIn, session: Transaction, me: Me) -> IncidentOut:
    """Do an act on the version that was seen, or ask for one that takes an approval; 409 says why not."""
    said = Said(**given.model_dump(exclude={"version", "key"}))
    if rules.RULES[act].approver:
        actions.ask(session, me, incident_id, act, said, version=given.version, now=clock.now())
    else:
        actions.act(
            session, me, incident_id, act, said, version=given.version, now=clock.now(), key=given.key
        )
    return _shown(session, incident_id, me)


@router.post("/incidents/{incident_id}/requests/{request_id}")
def answer(
    incident_id: int, request_id: int, given: IncidentAnswerIn, session: Transaction, me: Me
) -> IncidentOut:
    """Grant or refuse what somebody else asked for; granting does it."""
    actions.answer(session, me, incident_id, request_id, **given.model_dump(), now=clock.now())
    return _shown(session, incident_id, me)


@router.post("/incidents/{incident_id}/photographs")
def add_photographs(incident_id: int, given: PhotographsIn, session: Transaction, me: Me) -> IncidentOut:
    """Join photographs that one has sent; again changes nothing."""
    photographs.attach(session, me, incident_id, given.photographs)
    return _shown(session, incident_id, me)


@router.get("/open311/keys")
def all_keys(session: Transaction, me: Me) -> KeyList:
    """The keys of Open311, for administrators."""
    return KeyList(items=[KeyOut(**row) for row in keys.listed(session, me)])


@router.post("/open311/keys", status_code=201)
def make_key(given: KeyIn, session: Transaction, me: Me) -> KeyMade:
    """Issue a key; it is told this once, and only its hash is kept."""
    made, key = keys.make(session, me, given.name)
    return KeyMade(id=made.id, name=made.name, key=key)


@router.delete("/open311/keys/{key_id}", status_code=204)
def revoke_key(key_id: int, session: Transaction, me: Me) -> None:
    """Let a key no longer pass."""
    keys.revoke(session, me, key_id, clock.now())


def _shown(session: Session, incident_id: int, me: SignedIn) -> IncidentOut:
    return IncidentOut(**shown.get(session, incident_id, Asker(me.id, me.roles), clock.now()))


def _figure(found: Figures, wanted: FiguresWanted) -> FigureRowOut:
    own: dict[str, Any] = {"first": wanted.first, "last": wanted.last}
    if wanted.by is not None:
        own[wanted.by] = found.key
    rates = {}
    for name, (over, under) in RATES.items():
        share = found.rates[name]
        rates[name] = RateTermsOut(
            numerator=share.numerator,
            denominator=share.denominator,
            rate=None if share.rate is None else float(share.rate),
            rate_text=share.rate_text,
            numerator_list=FilterOut(counted=over, **own),
            denominator_list=FilterOut(counted=under, **own),
        )
    return FigureRowOut(key=found.key, name=found.name, counts=found.counts, **rates)
