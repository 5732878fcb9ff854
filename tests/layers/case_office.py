"""An office with a case, moved from act to act in a real database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.candidates import actions as candidates
from layers.candidates import rules as verdicts
from layers.cases import actions, shown
from layers.cases.dossier import Act
from layers.cases.given import Given
from layers.cases.needs import Asker
from layers.people.actions import SignedIn
from layers.people.rules import Role
from tests.layers import compared
from tests.layers.casework import at

TOWN = """
INSERT INTO planning_areas (code, name, kind, area_m2, geom)
VALUES ('P1', '城区', :kind, 1000000, ST_Multi(ST_MakeEnvelope(116.2, 31.2, 117.0, 32.1, 4490)))
"""


class Office:
    """A bureau with people, a clock and one case that is being worked on."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        people = {
            "officer": Role.OFFICER,
            "lawyer": Role.REVIEWER,
            "chief": Role.ADMINISTRATOR,
            "crew": Role.CREW,
        }
        self.people = {name: compared.person(session, name, role) for name, role in people.items()}
        self.case = 0

    def __getitem__(self, name: str) -> SignedIn:
        return self.people[name]

    @property
    def version(self) -> int:
        return self.session.scalar(text("SELECT version FROM cases WHERE id = :id"), {"id": self.case}) or 0

    @property
    def status(self) -> str | None:
        return self.session.scalar(text("SELECT status FROM cases WHERE id = :id"), {"id": self.case})

    def wait(self, days: int) -> Office:
        self.now += timedelta(days=days)
        return self

    def check(self, conclusion: str = "violation", **given: Any) -> int:
        usual = {"source": "patrol", "checked_at": self.now, "now": self.now}
        return actions.check_site(self.session, self["officer"], conclusion=conclusion, **usual | given)

    def file(self, check: int, who: str = "officer", **said: Any) -> Office:
        given = Given(site_check_id=check, **{"title": "涉嫌未经许可建设", **said})
        self.case = actions.file(self.session, self[who], given, now=self.now).id
        return self

    def do(self, act: Act, who: str = "officer", **said: Any) -> Office:
        actions.act(
            self.session, self[who], self.case, act, Given(**said), version=self.version, now=self.now
        )
        return self

    def serve(self, document: str) -> Office:
        return self.do(Act.SERVE, document=document, method="direct", served_on=self.now.date())

    def ask(self, act: Act, **said: Any) -> int:
        given = Given(reason="理由", **said)
        return actions.ask(
            self.session, self["officer"], self.case, act, given, version=self.version, now=self.now
        )

    def answer(self, request: int, who: str = "chief", *, granted: bool = True) -> Office:
        actions.answer(
            self.session,
            self[who],
            self.case,
            request,
            granted=granted,
            note=None,
            version=self.version,
            now=self.now,
        )
        return self

    def shown(self, who: str = "officer") -> dict[str, Any]:
        asker = Asker(self[who].id, self[who].roles)
        return shown.get(self.session, self.case, asker, actions.moment(self.session, self.now))

    def decided(self) -> Office:
        self.wait(1).do(Act.NOTIFY).serve("notice").wait(10).do(Act.REVIEW, "lawyer", note="同意")
        return self.wait(1).do(Act.DECIDE, decision="demolish", limit_days=15).serve("decision")

    def enforcing(self) -> Office:
        self.decided().do(Act.ANNOUNCE, posted_on=self.now.date(), limit_days=15).wait(20)
        self.do(Act.DEMAND, limit_days=10).serve("demand").wait(200)
        return self.do(Act.ENFORCE, order_number="金政责〔2023〕5号").serve("enforcement")


@pytest.fixture
def office(session: Session) -> Office:
    """Two flights, an accepted suspicion in the town planning area, people of every kind; 1 March 2023."""
    _, later = compared.flights(session)
    session.execute(text(TOWN), {"kind": "town"})
    found = compared.candidate(session, later, compared.square(50, 50))
    made = Office(session, at(date(2023, 7, 3)))
    candidates.review(
        session, made["lawyer"], found, verdict=verdicts.Verdict.ACCEPT, reason=None, note=None, version=1
    )
    return made


def building(office: Office) -> Any:
    sql = "SELECT id, status, demolished_on FROM illegal_buildings"
    return office.session.execute(text(sql)).one()
