"""Alarms written down flight after flight, and what closes them."""

from __future__ import annotations

import random
import uuid
from datetime import date, datetime, timedelta

import pytest
from shapely.geometry import box
from sqlalchemy import text

from layers.alarms import actions, shown, tell
from layers.candidates import actions as reviews
from layers.candidates import store
from layers.candidates.rules import RejectReason, Verdict
from layers.database import set_actor
from layers.errors import NotAllowed, QueryRefused, Refused
from layers.people.rules import Role
from layers.site_checks import actions as site_checks
from layers.timezone import SHANGHAI
from tests.layers import compared, ground
from tests.layers.test_candidate_record import (
    ANNEX,
    DECEMBER,
    JUNE,
    MARCH,
    SEPTEMBER,
    SHED,
    E,
    N,
    fly,
    frame,
    only,
)

WHOLE = SHED.union(ANNEX)
CHECKED = datetime(2023, 12, 20, 10, tzinfo=SHANGHAI)


@pytest.fixture
def office(session):
    ground.settle(session)
    set_actor(session, "test")
    return session


@pytest.fixture
def reviewer(office):
    return compared.person(office, "reviewer", Role.REVIEWER)


@pytest.fixture
def officer(office):
    return compared.person(office, "officer", Role.OFFICER)


@pytest.fixture
def flights(office):
    flown = [fly(office, date(2023, 1, 12))]
    for day in (MARCH, JUNE, SEPTEMBER, DECEMBER):
        flown.append(fly(office, day, baseline=flown[-1]))
        flown[-1].alignment_reliable, flown[-1].status = True, "processing"
    office.flush()
    return flown


@pytest.fixture
def shed(office, reviewer, flights):
    """A shed that the March flight saw, that was accepted and ordered gone."""
    record(office, flights, 1, (SHED, "new"))
    judge(office, reviewer, only(office), Verdict.ACCEPT)
    number = int(office.scalar(text("UPDATE illegal_buildings SET status = 'ordered' RETURNING id")))
    office.execute(
        text(
            "INSERT INTO cases (code, title, status, route, filed_on, reviewed_on, decided_on, illegal_building_id, geom) "
            "SELECT 'AJ-1', 'x', 'decided', 'planning_64', '2023-04-01', '2023-05-01', '2023-07-01', id, "
            "ST_PointOnSurface(geom) FROM illegal_buildings"
        )
    )
    return number


def record(session, flights, number, *found):
    store.replace(session, flights[number], flights[number - 1], frame(*found))
    flights[number].status = "done"
    tell.after_flight(session, flights[number].id)


def judge(session, person, row, verdict, reason=None):
    version = store.get(session, row["id"])["version"]
    reviews.review(session, person, row["id"], verdict=verdict, reason=reason, note=None, version=version)


def told(session, building):
    return [(each["kind"], each["status"]) for each in shown.of_building(session, building)]


def alarms(session):
    return session.execute(text("SELECT * FROM alarms ORDER BY id")).all()


def check(session, person, building, conclusion, at=CHECKED):
    found = site_checks.Found(uuid.uuid4(), building, conclusion, at, at + timedelta(hours=1))
    return site_checks.submit(session, person, found, at + timedelta(hours=1))


def test_a_building_is_told_of_by_every_flight_and_a_demolition_is_confirmed_by_the_next(
    office, officer, flights, shed
):
    record(office, flights, 2)
    record(office, flights, 3)
    assert told(office, shed) == [("standing", "noted"), ("standing", "open")]
    record(office, flights, 4, (SHED, "demolished", -3.0, 0.9))
    assert told(office, shed) == [("standing", "noted"), ("standing", "closed"), ("gone", "open")]
    gone = shown.of_building(office, shed)[-1]
    assert (gone["sureness"], gone["cleared_share"], gone["case"]["code"]) == (
        "high", pytest.approx(1, abs=0.01), "AJ-1",
    )  # fmt: skip
    assert gone["candidate"]["code"] == only(office, kind="demolished")["code"]
    statuses = office.execute(text("SELECT b.status, c.status FROM illegal_buildings b, cases c")).one()
    assert tuple(statuses) == ("ordered", "decided")  # an image is a clue
    task = site_checks.task(office, officer, shed, CHECKED)
    assert (task["purpose"], str(task["gone_on"])) == ("demolition", "2023-12-12")
    check(office, officer, shed, "demolished")
    assert told(office, shed)[-1] == ("gone", "closed")
    assert shown.of_building(office, shed)[-1]["closed_for"] == "site_check"


def test_the_same_flights_again_in_any_order_change_nothing(office, flights, shed):
    stories = {2: [], 3: [(ANNEX, "extended")], 4: [(WHOLE, "demolished", -3.0)]}
    for number, found in stories.items():
        record(office, flights, number, *found)
    first = alarms(office)
    assert told(office, shed) == [("standing", "noted"), ("grew", "closed"), ("gone", "open")]
    for seed in range(2):
        for number in random.Random(seed).sample(sorted(stories), 3):
            record(office, flights, number, *stories[number])
        assert alarms(office) == first


def test_a_flight_that_finds_something_else_when_it_is_run_again_takes_its_alarm_back(office, flights, shed):
    record(office, flights, 2, (SHED, "demolished", -3.0))
    assert told(office, shed) == [("gone", "open")]
    record(office, flights, 2)
    assert told(office, shed) == [("standing", "noted")]


def test_a_demolition_that_a_reviewer_rejects_as_none_is_no_alarm(office, reviewer, flights, shed):
    record(office, flights, 2)
    record(office, flights, 3, (SHED, "demolished", -3.0))
    judge(office, reviewer, only(office, kind="demolished"), Verdict.REJECT, RejectReason.SHADOW)
    assert ("gone", "open") not in told(office, shed)


def test_growth_is_measured_against_the_record_and_closed_by_its_verdict(office, reviewer, flights, shed):
    record(office, flights, 2, (ANNEX, "extended", 3.2))
    [grown] = shown.of_building(office, shed)
    assert (grown["kind"], grown["status"]) == ("grew", "open")
    assert (grown["gained_m2"], grown["gained_share"]) == (
        pytest.approx(50, abs=0.5),
        pytest.approx(0.5, abs=0.01),
    )
    assert grown["height_change_m"] == 3.2
    assert grown["candidate"]["code"] == only(office, kind="extended")["code"]
    judge(office, reviewer, only(office, kind="extended"), Verdict.ACCEPT)
    assert shown.of_building(office, shed)[0]["closed_for"] == "verdict"


def test_what_is_built_again_comes_first_in_the_queue_and_says_why(office, officer, reviewer, flights, shed):
    record(office, flights, 2, (SHED, "demolished", -3.0))
    office.execute(text("UPDATE illegal_buildings SET status = 'demolished', demolished_on = '2023-07-01'"))
    large = box(E + 100, N, E + 160, N + 60)
    record(office, flights, 3, (SHED, "new", 3.0, 0.5), (large, "new", 5.0, 0.99))
    page = store.page(
        office, survey=flights[3].id, status="pending", kind="new", sort="priority", dismissed="exclude", limit=9,
        offset=0,
    )  # fmt: skip
    again, other = (store.get(office, each["id"]) for each in page.rows)
    assert (again["priority"], other["rebuilds"]) == (1.0, None)
    assert again["rebuilds"]["case"]["code"] == "AJ-1"
    assert again["rebuilds"]["illegal_building"]["id"] == shed
    assert told(office, shed)[-1] == ("rebuilt", "open")
    judge(office, reviewer, again, Verdict.ACCEPT)
    assert told(office, shed)[-1] == ("rebuilt", "closed")


def test_a_person_closes_an_alarm_with_a_word_that_no_later_flight_takes_away(office, officer, flights, shed):
    record(office, flights, 2, (ANNEX, "extended"))
    [grown] = shown.of_building(office, shed)
    crew = compared.person(office, "crew", Role.CREW)
    with pytest.raises(NotAllowed):
        actions.close(office, crew, grown["id"], "x", CHECKED)
    actions.close(office, officer, grown["id"], " 已并案处理 ", CHECKED)
    with pytest.raises(Refused):
        actions.close(office, officer, grown["id"], "再次", CHECKED)
    record(office, flights, 3)
    record(office, flights, 2, (ANNEX, "extended"))
    first = shown.of_building(office, shed)[0]
    assert (first["status"], first["closed_by"], first["word"]) == ("closed", "officer", "已并案处理")


def test_a_building_that_no_flight_found_is_told_of_by_where_it_stands(office, flights):
    record(office, flights, 1)
    number = office.scalar(
        text(
            "INSERT INTO illegal_buildings (code, status, source, area_m2, found_on, geom) VALUES ('WJ-P', 'to_check', "
            "'patrol', 100, '2023-03-01', ST_Multi(ST_Transform(ST_SetSRID(ST_MakeEnvelope(:w, :s, :e, :n), 4548), 4490))) "
            "RETURNING id"
        ),
        dict(zip("wsen", SHED.bounds, strict=True)),
    )
    record(office, flights, 2)
    record(office, flights, 3, (SHED, "demolished", -3.0))
    assert told(office, number) == [("standing", "noted"), ("gone", "open")]


def test_pages_go_by_key_and_counts_leave_the_kind_out(office, flights, shed):
    for number in (2, 3, 4):
        record(office, flights, number, *([(SHED, "demolished", -3.0)] if number == 4 else []))
    seen, mark = [], None
    while True:
        page = shown.page(office, limit=1, after=mark)
        seen += [each["id"] for each in page.rows]
        mark = page.next
        if mark is None:
            break
    assert len(seen) == 3
    assert seen == sorted(seen, key=lambda number: -number)
    assert shown.page(office, limit=9, after=None, kind="gone").counts == {"standing": 2, "gone": 1}
    with pytest.raises(QueryRefused):
        shown.page(office, limit=1, after="yesterday")


def test_what_flights_showed_since_the_filing_stands_in_the_case(office, flights, shed):
    for number in (2, 3):
        record(office, flights, number)
    number = office.scalar(text("SELECT id FROM cases"))
    assert [str(each["after"]["flown_on"]) for each in shown.of_case(office, number)] == [
        "2023-06-12", "2023-09-12",
    ]  # fmt: skip
