from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cases.deadlines import Calendar
from layers.errors import NotAllowed, Refused
from layers.incidents import rules
from layers.incidents.codes import INCIDENT_STATUSES
from layers.incidents.limits import BUSINESS_HOURS, Limit, LimitUnit, due
from layers.incidents.rules import Act, Asker, Standing, State
from layers.people.rules import Role
from layers.timezone import SHANGHAI
from tests.layers.casework import CALENDAR

NOW = datetime(2023, 3, 1, 9, tzinfo=SHANGHAI)
CHIEF = Asker(1, frozenset({Role.ADMINISTRATOR}))
END = {State.EVALUATED, State.DECLINED, State.REVOKED}


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}+08:00")


def test_the_states_are_those_of_the_code_list():
    assert {each.value for each in State} == {each.value for each in INCIDENT_STATUSES}


def test_every_state_can_be_reached_and_every_one_but_the_last_can_be_left():
    reached, left = {State.ACCEPTED}, set()
    for _ in State:
        for way in rules.ways():
            if way.before in reached:
                reached.add(way.after)
                left.add(way.before)
    assert reached == set(State)
    assert set(State) - left == END


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2023-03-01T09:00", Limit(4, LimitUnit.HOURS), "2023-03-01T13:00"),
        ("2023-03-01T09:00", Limit(2, LimitUnit.WORKING_HOURS), "2023-03-01T11:00"),
        ("2023-03-01T11:00", Limit(4, LimitUnit.WORKING_HOURS), "2023-03-01T17:00"),  # over noon
        ("2023-03-03T17:00", Limit(4, LimitUnit.WORKING_HOURS), "2023-03-06T11:00"),  # over the weekend
        ("2023-03-04T09:00", Limit(1, LimitUnit.WORKING_HOURS), "2023-03-06T09:00"),
        ("2023-04-28T16:00", Limit(2, LimitUnit.WORKING_DAYS), "2023-05-05T18:00"),  # 1 May off until the 3rd
        ("2023-04-22T09:00", Limit(1, LimitUnit.WORKING_DAYS), "2023-04-23T18:00"),  # a Sunday made up for
        ("2023-03-01T09:00", Limit(3, LimitUnit.DAYS), "2023-03-05T00:00"),
    ],
)
def test_a_limit_ends_as_its_unit_counts(start, limit, end):
    time = due(at(start), limit, CALENDAR)
    assert (time.at, time.settled) == (at(end), True)


def test_a_limit_over_a_year_without_holidays_is_provisional():
    time = due(at("2023-03-01T09:00"), Limit(4, LimitUnit.WORKING_HOURS), Calendar({}, frozenset()))
    assert (time.at, time.settled) == (at("2023-03-01T15:00"), False)


@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2025, 6, 1)).map(lambda each: each.replace(tzinfo=SHANGHAI)),
    st.integers(1, 60),
)
def test_working_hours_end_in_business_hours_and_add_up(start, count):
    end = due(start, Limit(count, LimitUnit.WORKING_HOURS), CALENDAR).at
    assert CALENDAR.is_working(end.date())
    assert any(begins <= end.time() <= ends for begins, ends in BUSINESS_HOURS)
    one = start
    for _ in range(count):
        one = due(one, Limit(1, LimitUnit.WORKING_HOURS), CALENDAR).at
    assert one == end


def test_who_reported_it_as_handled_cannot_verify_it():
    standing = Standing(State.HANDLED, fed_back_by=1)
    with pytest.raises(Refused, match="cannot verify"):
        rules.check(standing, Act.CLOSE, CHIEF, NOW)
    assert rules.check(standing, Act.CLOSE, Asker(2, CHIEF.roles), NOW) is State.CLOSED


def test_an_extension_is_asked_for_before_the_limit_is_over():
    standing = Standing(State.HANDLING, due_at=NOW)
    assert rules.check(standing, Act.EXTEND, CHIEF, NOW) is State.HANDLING
    with pytest.raises(Refused, match="limit is over"):
        rules.check(standing, Act.EXTEND, CHIEF, NOW + timedelta(seconds=1))


def test_what_is_not_possible_says_where_it_would_be():
    said = rules.why_not(Standing(State.ACCEPTED), Act.CLOSE, CHIEF, NOW)
    assert "已受理" in said.message_zh
    assert "已处置" in said.message_zh
    said = rules.why_not(Standing(State.ACCEPTED), Act.FILE, Asker(1, frozenset({Role.CREW})), NOW)
    assert isinstance(said, NotAllowed)


def test_nobody_approves_what_he_asked_for():
    with pytest.raises(Refused, match="Who asks cannot approve"):
        rules.check_approver(1, CHIEF)
    with pytest.raises(NotAllowed):
        rules.check_approver(2, Asker(1, frozenset({Role.OFFICER})))
