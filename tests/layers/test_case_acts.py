"""Cases in a real database: filed, carried through to the closing, approved, and what plain SQL is refused."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers import database
from layers.candidates import actions as candidates
from layers.candidates import rules as verdicts
from layers.cases import actions, holidays, rules, shown, store
from layers.cases.deadlines import Kind, Light
from layers.cases.dossier import Act
from layers.cases.given import Given
from layers.cases.needs import Asker
from layers.errors import ChengtuError, Conflict, NotAllowed, NotFound, Refused
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


def test_from_an_accepted_suspicion_to_the_closing(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id, source="survey"))
    assert (office.status, building(office).status) == ("filed", "filed")
    office.enforcing()
    assert building(office).status == "ordered"
    office.now = at(date(2024, 3, 5), 12)  # a Tuesday
    office.do(
        Act.DEMOLISH, started_at=office.now - timedelta(hours=3), ended_at=office.now, means=("machinery",)
    )
    office.check("demolished", case_id=office.case)
    office.do(Act.PERFORM, note="已拆除").do(Act.CLOSE)
    assert (office.status, building(office)[1:]) == ("closed", ("demolished", date(2024, 3, 5)))
    told = office.shown()
    assert (told["code"], told["route"], told["closed_on"]) == (
        "AJ-2023-001",
        "planning_64",
        date(2024, 3, 5),
    )
    assert [each["act"] for each in told["steps"]][:4] == ["file", "notify", "serve", "review"]
    assert all(each["legal_basis"] and each["by"] for each in told["steps"])
    assert told["deadlines"] == [] and not [each for each in told["acts"] if each["possible"]]
    office.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


@pytest.mark.parametrize("source", ["patrol", "hotline", "petition"])
def test_other_sources_go_through_the_same_door(office: Office, source: str) -> None:
    check = office.check(source=source, place=(116.52, 31.75), area_m2=40)
    office.file(check, route="planning_65", reason="实为村庄建设")
    told = office.shown()
    assert told["division"]["code"] == "341502100000"
    said = {each.name: each.value for each in told["steps"][0]["details"]}
    assert (told["route"], said["proposed"]) == ("planning_65", "planning_64")
    office.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_nothing_is_filed_without_a_site_check_that_found_a_violation(office: Office) -> None:
    with pytest.raises(NotFound, match="site check"):
        office.file(4711)
    for conclusion in ("no_violation", "standing", "demolished"):
        with pytest.raises(Refused, match="No site check found a violation"):
            office.file(office.check(conclusion, place=(116.52, 31.75)))
    with pytest.raises(NotAllowed):
        office.file(office.check(place=(116.52, 31.75)), "crew")


def test_a_place_outside_the_district_and_an_unknown_handler_are_told(office: Office) -> None:
    with pytest.raises(Refused, match="outside the district"):
        office.check(place=(31.75, 116.52))
    with pytest.raises(NotFound, match="organisation"):
        office.file(office.check(place=(116.52, 31.75)), handler_id=4711)


def test_another_route_than_the_proposed_takes_a_reason(office: Office) -> None:
    with pytest.raises(Refused, match=r"planning_64.*takes a reason"):
        office.file(office.check(illegal_building_id=building(office).id), route="land_77")


def test_a_site_check_and_a_building_are_filed_once(office: Office) -> None:
    first = office.check(illegal_building_id=building(office).id)
    second = office.check(illegal_building_id=building(office).id)
    office.file(first)
    for each in (first, second):
        with pytest.raises(Refused, match="AJ-2023-001"):
            office.file(each)


def test_a_suspicion_that_is_none_on_site_is_dismissed_and_cannot_be_taken_back_in_the_review_room(
    office: Office,
) -> None:
    office.check("no_violation", illegal_building_id=building(office).id)
    assert building(office).status == "dismissed"
    _cannot_undo(office)


def test_after_a_site_check_the_verdict_stays(office: Office) -> None:
    office.check(illegal_building_id=building(office).id)
    assert building(office).status == "to_check"
    _cannot_undo(office)


def _cannot_undo(office: Office) -> None:
    number, version = office.session.execute(text("SELECT id, version FROM candidates")).one()
    with pytest.raises(Refused, match="moved on"):
        candidates.undo(office.session, office["lawyer"], number, version=version)


def test_an_approval_is_asked_for_and_granted_by_somebody_else(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    with pytest.raises(Refused, match="granted by somebody else"):
        office.do(Act.REVOKE, reason="x")
    request = office.ask(Act.REVOKE)
    assert office.status == "filed"
    with pytest.raises(Refused, match="waiting already"):
        office.ask(Act.SUSPEND)
    with pytest.raises(NotAllowed):
        office.answer(request, "officer")
    office.answer(request, granted=False)
    assert office.status == "filed"
    office.answer(office.ask(Act.REVOKE))
    step = office.shown()["steps"][-1]
    assert (step["act"], step["by"], step["approver"]) == ("revoke", "officer", "chief")
    assert (office.status, building(office).status) == ("revoked", "to_check")
    with pytest.raises(Refused, match="has been answered"):
        office.answer(request)


def test_one_with_every_role_cannot_approve_his_own_request(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    given = Given(reason="理由")
    asked = actions.ask(
        office.session,
        office["chief"],
        office.case,
        Act.SUSPEND,
        given,
        version=office.version,
        now=office.now,
    )
    with pytest.raises(Refused, match="cannot approve"):
        office.answer(asked, "chief")


def test_what_is_possible_and_the_sentence_why_the_rest_is_not(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    acts = {each["act"]: each for each in office.shown()["acts"]}
    possible = {name for name, each in acts.items() if each["possible"]}
    assert possible == {"stop", "reroute", "notify", "extend", "revoke", "suspend"}  # nothing to serve yet
    assert all(
        each["why_not"]["zh"] and each["why_not"]["en"] for name, each in acts.items() if name not in possible
    )
    order = list(acts)
    assert order.index("serve") < order.index(
        "hear"
    )  # what belongs to this state comes first, also where it must wait
    assert not [each for each in office.shown("crew")["acts"] if each["possible"]]
    deadline = office.shown()["deadlines"][0]
    assert (deadline["kind"], deadline["days_left"], deadline["light"]) == (Kind.DECISION, 90, Light.GREEN)
    office.wait(91)
    assert office.shown()["deadlines"][0]["light"] is Light.RED


def test_the_party_is_shown_to_officers_only(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id), party_name="王五")
    assert office.shown()["party_name"] == "王五"
    assert "王五" not in str(office.shown("lawyer"))


def test_the_version_that_was_seen_decides(office: Office) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    seen = office.version
    office.do(Act.STOP)
    with pytest.raises(Conflict):
        actions.act(
            office.session, office["officer"], office.case, Act.NOTIFY, Given(), version=seen, now=office.now
        )


def test_a_period_over_a_year_without_holidays_is_provisional_until_they_are_loaded(
    office: Office, tmp_path: Path
) -> None:
    office.session.execute(text("DELETE FROM calendar_days WHERE day >= '2024-01-01'"))
    office.file(office.check(illegal_building_id=building(office).id)).decided()
    suit = next(each for each in office.shown()["deadlines"] if each["kind"] is Kind.SUIT)
    assert (suit["ends_on"], suit["settled"]) == (date(2024, 1, 15), False)
    office.do(Act.ANNOUNCE, posted_on=office.now.date(), limit_days=15).wait(30)
    office.do(Act.DEMAND, limit_days=10).serve("demand").wait(200)
    with pytest.raises(Refused, match="holidays of 2024"):
        office.do(Act.ENFORCE, order_number="1")
    path = tmp_path / "2024.csv"
    lines = holidays.SHIPPED.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0], *(each for each in lines if each.startswith("2024"))]), encoding="utf-8"
    )
    years, counted = actions.load_holidays(office.session, path)
    assert years == [2024] and counted >= 1
    office.do(Act.ENFORCE, order_number="1")


def test_the_order_of_announcement_and_demand_is_the_administrators_to_say(office: Office) -> None:
    with pytest.raises(NotAllowed):
        actions.set_order(office.session, office["officer"], "demand_first")
    actions.set_order(office.session, office["chief"], "demand_first")
    office.file(office.check(illegal_building_id=building(office).id)).decided()
    with pytest.raises(Refused, match="the demand comes first"):
        office.do(Act.ANNOUNCE, posted_on=office.now.date(), limit_days=10)


# What plain SQL is refused

STEP = """
INSERT INTO case_steps (case_id, seq, act, from_status, to_status, at, person_id, approver_id, reason, details)
SELECT id, steps + 1, {act}, status, {to}, {at}, {person}, {approver}, 'x', {details} FROM cases
"""


def step(
    act: str,
    to: str,
    at: str = "'2023-12-29 10:00+08'",
    person: str = "1",
    approver: str = "NULL",
    details: str = "'{}'",
) -> str:
    names = "(SELECT min(id) FROM people)"
    return STEP.format(
        act=f"'{act}'", to=f"'{to}'", at=at, details=details,
        person=names if person == "1" else person, approver=names if approver == "1" else approver,
    )  # fmt: skip


HOURS = "jsonb_build_object('started_at', '{}', 'ended_at', '{}')"
REFUSED = {
    "a_status_without_its_step": ("filed", "UPDATE cases SET status = 'decided'", "status_without_step"),
    "a_count_of_steps_that_is_wrong": ("filed", "UPDATE cases SET steps = 9", "status_without_step"),
    "a_step_that_the_table_does_not_know": ("filed", step("enforce", "enforcing"), "illegal_transition"),
    "taking_a_case_over": ("filed", step("take_over", "closed"), "illegal_transition"),
    "a_step_from_another_state": (
        "filed",
        step("enforce", "enforcing").replace(", status, ", ", 'demanded', "),
        "step_out_of_turn",
    ),
    "a_step_before_the_last": ("filed", step("notify", "notified", "'2023-07-01'"), "step_out_of_turn"),
    "a_step_in_the_future": (
        "filed",
        step("notify", "notified", "now() + interval '1 day'"),
        "step_in_the_future",
    ),
    "a_revocation_without_approval": ("filed", step("revoke", "revoked"), "approval_missing"),
    "a_revocation_approved_by_who_asked": (
        "filed",
        step("revoke", "revoked", approver="1"),
        "approver_is_another",
    ),
    "legal_review_before_the_time_for_a_hearing": (
        "notified",
        step("review", "reviewed", "'2023-07-04 11:00+08'"),
        "period_runs: review must wait for the period hearing",
    ),
    "force_before_the_suit": ("demanded", step("enforce", "enforcing"), "period_runs"),
    "force_at_night": (
        "enforcing",
        step(
            "demolish",
            "enforcing",
            "'2024-06-01'",
            details=HOURS.format("2024-05-29T21:00+08", "2024-05-29T22:30+08"),
        ),
        "unlawful_time",
    ),
    "force_on_a_holiday": (
        "enforcing",
        step(
            "demolish",
            "enforcing",
            "'2024-06-01'",
            details=HOURS.format("2024-05-01T10:00+08", "2024-05-01T11:00+08"),
        ),
        "unlawful_time",
    ),
    "force_without_a_time": ("enforcing", step("demolish", "enforcing", "'2024-06-01'"), "unlawful_time"),
    "a_step_rewritten": ("filed", "UPDATE case_steps SET reason = 'x'", "kept_record"),
    "a_step_deleted": ("filed", "DELETE FROM case_steps", "kept_record"),
    "a_site_check_rewritten": ("filed", "UPDATE site_checks SET conclusion = 'violation'", "kept_record"),
    "a_service_rewritten": (
        "notified",
        "UPDATE case_services SET effective_on = '2023-01-01'",
        "kept_record",
    ),
    "a_period_rewritten": ("filed", "UPDATE case_deadlines SET ends_on = counted_from", "kept_record"),
    "a_period_of_review_that_is_too_short": (
        "notified",
        "INSERT INTO case_deadlines (case_id, kind, step_seq, counted_from, count, unit, moves, ends_on, settled, basis) "
        "SELECT id, 'hearing', steps, '2023-07-04', 5, 'working_days', true, '2023-07-05', true, 'x' FROM cases",
        "hearing_five_days",
    ),
    "a_period_without_a_service": (
        "filed",
        "INSERT INTO case_deadlines (case_id, kind, step_seq, counted_from, count, unit, moves, ends_on, settled, basis) "
        "SELECT id, 'suit', steps, '2023-01-04', 6, 'months', true, '2023-07-04', true, 'x' FROM cases",
        "period_without_service",
    ),
    "a_case_filed_without_a_site_check": (
        "filed",
        "INSERT INTO cases (code, title, status, route, filed_on, geom) SELECT 'AJ-9', 'x', 'filed', route, filed_on, geom "
        "FROM cases; INSERT INTO case_steps (case_id, seq, act, to_status, at) SELECT id, 1, 'file', 'filed', now() "
        "FROM cases WHERE code = 'AJ-9'",
        "site_check_missing",
    ),
    "a_case_without_a_step": (
        "filed",
        "INSERT INTO cases (code, title, status, route, filed_on, geom) SELECT 'AJ-9', 'x', 'decided', route, filed_on, geom "
        "FROM cases; SET CONSTRAINTS ALL IMMEDIATE",
        "status_without_step",
    ),
    "a_step_that_the_case_does_not_follow": (
        "filed",
        step("notify", "notified") + "; SET CONSTRAINTS ALL IMMEDIATE",
        "status_without_step",
    ),
    "a_case_deleted": ("filed", "DELETE FROM cases", "fk_|kept_record|foreign key"),
}


@pytest.mark.parametrize(("stage", "sql", "named"), REFUSED.values(), ids=REFUSED)
def test_the_database_refuses(office: Office, stage: str, sql: str, named: str) -> None:
    office.file(office.check(illegal_building_id=building(office).id))
    if stage == "notified":
        office.wait(1).do(Act.NOTIFY).serve("notice")
    elif stage == "demanded":
        office.decided().do(Act.ANNOUNCE, posted_on=office.now.date(), limit_days=15).wait(20)
        office.do(Act.DEMAND, limit_days=10).serve("demand")
    elif stage == "enforcing":
        office.enforcing()
    assert office.status == stage
    office.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"))
    with pytest.raises(DBAPIError, match=named):
        for statement in sql.split("; "):
            office.session.execute(text(statement))


def test_the_database_permits_what_the_rules_permit_and_nothing_else(session: Session) -> None:
    sql = "SELECT act, from_status, to_status, waits_for, approver FROM case_transitions"
    held = {
        (each.act, each.from_status, each.to_status, tuple(each.waits_for), each.approver)
        for each in session.execute(text(sql))
    }
    assert held == {
        (each.act, each.before, each.after, each.rule.waits_for, each.rule.approver) for each in rules.ways()
    }


def test_every_case_of_the_demo_has_lawful_steps(district: Session) -> None:
    sql = """
        SELECT count(*), count(*) FILTER (WHERE t.id IS NULL), count(DISTINCT s.case_id) FROM case_steps AS s
        LEFT JOIN case_transitions AS t ON t.act = s.act AND t.to_status = s.to_status
             AND t.from_status IS NOT DISTINCT FROM s.from_status
    """
    steps, unknown, cases = district.execute(text(sql)).one()
    assert (unknown, cases) == (0, 60) and steps > 300
    last = "SELECT count(*) FROM cases AS c JOIN case_steps AS s ON s.case_id = c.id AND s.seq = c.steps AND s.to_status = c.status"
    assert district.scalar(text(last)) == 60


def test_of_two_officers_at_once_one_acts_and_one_is_told(own_database_url: str) -> None:
    with database.session(own_database_url) as session:
        compared.flights(session)
        office = Office(session, at(date(2023, 7, 3)))
        office.file(office.check(place=(116.52, 31.75)))
        number, version, people, now = office.case, office.version, office.people, office.now
    gate, told = threading.Barrier(2), list[str]()

    def act(name: str) -> None:
        gate.wait()
        try:
            with database.session(own_database_url) as own:
                actions.act(own, people[name], number, Act.NOTIFY, Given(), version=version, now=now)
            told.append("done")
        except ChengtuError as error:
            told.append(error.code)

    both = [threading.Thread(target=act, args=(name,)) for name in ("officer", "chief")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told) == ["conflict", "done"]
    with database.session(own_database_url) as session:
        assert session.scalar(text("SELECT count(*) FROM case_steps")) == 2
        assert store.lock(session, number).status == "notified"
