"""The inspector's work: which building, for whom, what a conclusion takes, and what about a photograph is worth a look."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.cases import actions as cases
from layers.cases.given import Given
from layers.errors import NotAllowed, Refused
from layers.people.actions import DivisionHeld, SignedIn
from layers.people.rules import Role
from layers.photographs.rules import Clue, clues
from layers.photographs.rules import Facts as Taken
from layers.site_checks import actions, rules
from layers.site_checks.rules import Claim, Facts, Purpose
from layers.timezone import SHANGHAI
from tests.layers import compared
from tests.layers.ground import settle

NOW = datetime(2023, 6, 20, 10, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# Two grids side by side: the team manages the western one, the town's government the eastern one
GRIDS = """
WITH community AS (INSERT INTO divisions (code, name, level, kind, parent_id, valid_from, geom)
    SELECT '341502100001', '淠河村', 'community', 'village', id, '2020-01-01', geom FROM divisions
    WHERE code = '341502100000' RETURNING id),
town AS (INSERT INTO organisations (code, name, kind, geom)
    VALUES ('ORG2', '木厂镇人民政府', 'government', ST_SetSRID(ST_MakePoint(116.55, 31.7), 4490)) RETURNING id),
squad AS (INSERT INTO organisations (code, name, kind, parent_id, geom)
    SELECT 'ORG3', '望城一中队', 'team', id, geom FROM organisations WHERE code = 'ORG1' RETURNING id)
INSERT INTO grids (code, name, division_id, owner_id, manager_id, area_m2, geom)
SELECT '34150210000100' || n, 'x', community.id, town.id, CASE n WHEN 1 THEN squad.id ELSE town.id END, 1,
       ST_Multi(ST_MakeEnvelope(116.49 + 0.01 * n, 31.70, 116.50 + 0.01 * n, 31.71, 4490))
FROM community, town, squad, generate_series(1, 2) AS n
"""
BUILDING = """
INSERT INTO illegal_buildings (code, status, source, area_m2, found_on, geom)
VALUES (:code, 'to_check', 'hotline', 60, '2023-06-18',
        ST_Multi(ST_MakeEnvelope(CAST(:lon AS float8), 31.705, CAST(:lon AS float8) + 0.0001, 31.7051, 4490))) RETURNING id
"""
PHOTOGRAPH = """
INSERT INTO photographs (sha256, claimed_sha256, bytes, media_type, width, height, person_id, clock, geom)
VALUES (repeat(:digit, 64), repeat(:digit, 64), 1, 'image/jpeg', 4, 3, :person, '2023-06-20 09:00:00',
        ST_SetSRID(ST_MakePoint(116.5051, 31.705), 4490)) RETURNING id
"""


@pytest.fixture
def office(session: Session) -> Session:
    settle(session)
    session.execute(text(GRIDS))
    return session


def inspector(session: Session, name: str = "inspector", organisation: str | None = None) -> SignedIn:
    made = compared.person(session, name, Role.INSPECTOR)
    session.execute(
        text(
            "UPDATE people SET organisation_id = (SELECT id FROM organisations WHERE code = :code) WHERE id = :id"
        ),
        {"code": organisation, "id": made.id},
    )
    return made


def building(session: Session, code: str = "WJ-1", lon: float = 116.505) -> int:
    return int(session.scalar(text(BUILDING), {"code": code, "lon": lon}) or 0)


def photograph(session: Session, person: SignedIn, digit: str = "a") -> int:
    return int(session.scalar(text(PHOTOGRAPH), {"digit": digit, "person": person.id}) or 0)


def found(building_id: int, **given: Any) -> actions.Found:
    usual = {"conclusion": "violation", "checked_at": NOW - HOUR, "sent_at": NOW, "client_id": uuid.uuid4()}
    return actions.Found(**{"illegal_building_id": building_id, **usual, **given})


def listed(session: Session, person: SignedIn, **given: Any) -> list[str]:
    return [each["code"] for each in actions.tasks(session, person, NOW, **given).rows]


BEFORE = NOW - 3 * DAY


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (Facts("to_check"), Purpose.FIRST),
        (Facts("to_check", ("violation", BEFORE, False)), None),
        (Facts("to_check", ("violation", BEFORE, True)), Purpose.RECHECK),
        (Facts("to_check", ("no_violation", BEFORE, False)), Purpose.RECHECK),
        (Facts("filed", ("violation", BEFORE, True)), None),
        (Facts("dismissed"), None),
        (Facts("demolished"), None),
        (Facts("ordered", ("violation", BEFORE, True), date(2023, 6, 20)), None),
        (Facts("ordered", ("violation", BEFORE, True), date(2023, 6, 19)), Purpose.DEMOLITION),
        (
            Facts("ordered", ("violation", BEFORE, True), date(2023, 6, 20), seen_gone=True),
            Purpose.DEMOLITION,
        ),
        (Facts("ordered", ("violation", BEFORE, True)), Purpose.DEMOLITION),
        (Facts("ordered", ("standing", BEFORE, False), date(2023, 6, 1)), None),
        (Facts("ordered", ("standing", NOW - 7 * DAY, False), date(2023, 6, 1)), Purpose.DEMOLITION),
        (Facts("ordered", ("demolished", NOW - 30 * DAY, False), date(2023, 6, 1)), None),
    ],
)
def test_what_has_to_be_looked_at_follows_from_status_case_and_checks(
    seen: Facts, wanted: Purpose | None
) -> None:
    assert rules.purpose(seen, NOW) is wanted


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, []),
        ({"hashed": False}, [Clue.NOT_HASHED]),
        ({"placed": False, "distance_m": None}, [Clue.NO_PLACE]),
        ({"distance_m": 151.0}, [Clue.FAR]),
        ({"clock": NOW.replace(tzinfo=None) - 2 * HOUR}, [Clue.OTHER_TIME]),
        ({"taken_at": NOW - 31 * HOUR / 60}, [Clue.OTHER_TIME]),
        ({"clock": None}, [Clue.NO_TIME]),
        ({"software": "Adobe Photoshop 24"}, [Clue.EDITED]),
        ({"software": "HarmonyOS 4.2"}, []),
    ],
)
def test_clues_are_what_is_out_of_the_ordinary(changed: dict[str, Any], wanted: list[Clue]) -> None:
    usual = Taken(True, True, 12.0, None, NOW.replace(tzinfo=None), "16.5", NOW)
    assert clues(replace(usual, **changed)) == wanted


def test_a_claim_keeps_others_away_for_a_day() -> None:
    held = Claim(1, "李四", NOW - 23 * HOUR)
    rules.check_claim(held, 1, NOW)
    rules.check_claim(replace(held, at=NOW - DAY), 2, NOW)
    with pytest.raises(Refused, match="李四"):
        rules.check_claim(held, 2, NOW)


def test_a_phone_with_a_wrong_clock_is_put_right() -> None:
    ahead = 3 * HOUR
    assert rules.corrected(NOW - HOUR + ahead, NOW + ahead, NOW) == NOW - HOUR
    assert rules.corrected(NOW - HOUR, NOW - timedelta(seconds=3), NOW) == NOW - HOUR


def test_the_team_that_manages_a_grid_sees_its_buildings_nearest_first(office: Session) -> None:
    for number, lon in enumerate((116.503, 116.507, 116.515), start=1):
        building(office, f"WJ-{number}", lon)
    team, town, desk = (
        inspector(office, name, code) for name, code in (("aa", "ORG1"), ("bb", "ORG2"), ("cc", None))
    )
    assert listed(office, team, here=(116.5075, 31.705)) == ["WJ-2", "WJ-1"]  # of the squad below it too
    assert listed(office, town) == ["WJ-3"]
    assert len(listed(office, desk)) == 3
    for code, count in (("341502000000", 3), ("341502100000", 3), ("341502101000", 0)):
        held = replace(desk, divisions=(DivisionHeld(code, "x"),))
        assert (actions.tasks(office, held, NOW).scope, len(listed(office, held))) == ("divisions", count)
    [first, _] = actions.tasks(office, team, NOW, here=(116.5075, 31.705)).rows
    assert (first["grid"], first["manager"], first["owner"]) == (
        "341502100001001",
        "望城一中队",
        "木厂镇人民政府",
    )
    assert first["distance_m"] == pytest.approx(42, abs=3)


def test_a_check_with_photographs_is_recorded_once_and_found_by_the_filing(office: Session) -> None:
    me, number = inspector(office, organisation="ORG1"), building(office)
    actions.claim(office, me, number, NOW)
    assert actions.task(office, me, number, NOW)["claim"]["mine"]
    said = found(
        number, photographs=[photograph(office, me)], length_m=Decimal(8), width_m=Decimal("4.5"), use="shop"
    )
    made, new = actions.submit(office, me, said, NOW)
    assert new and actions.submit(office, me, said, NOW + HOUR) == (made, False)
    shown = actions.task(office, me, number, NOW)
    [check] = shown["checks"]
    assert (shown["purpose"], shown["claim"], check["area_m2"], check["use"]) == (
        None,
        None,
        Decimal(36),
        "shop",
    )
    [taken] = check["photographs"]
    assert taken["distance_m"] == pytest.approx(0, abs=10) and taken["clues"] == []
    assert listed(office, me) == []
    with pytest.raises(DBAPIError, match="kept_record"), office.begin_nested():
        office.execute(text("DELETE FROM site_check_photographs"))
    officer = compared.person(office, "officer", Role.OFFICER)
    case = cases.file(office, officer, Given(site_check_id=made, title="涉嫌未经许可建设"), now=NOW)
    assert case.illegal_building_id == number


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "至少要有一张"),
        ({"photographs": [4711]}, "4711"),
        ({"conclusion": "demolished"}, "没有责令拆除"),
    ],
)
def test_a_conclusion_that_lacks_something_is_refused_and_leaves_nothing(
    office: Session, given: dict[str, Any], said: str
) -> None:
    me, number = inspector(office), building(office)
    with pytest.raises(Refused) as refusal:
        actions.submit(office, me, found(number, **given), NOW)
    assert said in refusal.value.message_zh
    assert office.scalar(text("SELECT count(*) FROM site_checks")) == 0


def test_what_was_seen_is_taken_although_somebody_else_had_taken_the_task(office: Session) -> None:
    first, second, number = inspector(office, "first"), inspector(office, "second"), building(office)
    actions.claim(office, first, number, NOW)
    with pytest.raises(Refused):
        actions.claim(office, second, number, NOW)
    actions.submit(office, second, found(number, conclusion="no_violation"), NOW)
    assert office.scalar(text("SELECT status FROM illegal_buildings")) == "dismissed"
    with pytest.raises(Refused, match="needs no site check"):
        actions.claim(office, first, number, NOW)


def test_what_was_ordered_gone_is_looked_at_again_a_week_later_while_it_stands(office: Session) -> None:
    me, number = inspector(office), building(office)
    office.execute(text("UPDATE illegal_buildings SET status = 'ordered'"))
    assert actions.task(office, me, number, NOW)["conclusions"] == ["demolished", "standing"]
    actions.submit(office, me, found(number, conclusion="standing"), NOW)
    assert actions.task(office, me, number, NOW)["purpose"] is None
    assert actions.task(office, me, number, NOW + 8 * DAY)["purpose"] is Purpose.DEMOLITION


def test_a_photograph_of_somebody_else_and_a_crew_are_refused(office: Session) -> None:
    me, other, number = inspector(office, "first"), inspector(office, "second"), building(office)
    with pytest.raises(Refused):
        actions.submit(office, me, found(number, photographs=[photograph(office, other)]), NOW)
    with pytest.raises(NotAllowed):
        actions.tasks(office, compared.person(office, "crew", Role.CREW), NOW)
