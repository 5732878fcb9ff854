"""Cases in a real database: filed, carried through to the closing, approved."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers import database
from layers.candidates import actions as candidates
from layers.cases import actions, holidays, store
from layers.cases.deadlines import Kind, Light
from layers.cases.dossier import Act
from layers.cases.given import Given
from layers.errors import ChengtuError, Conflict, NotAllowed, NotFound, Refused
from tests.layers import compared
from tests.layers.case_office import Office, building
from tests.layers.casework import at


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
