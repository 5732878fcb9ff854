"""Second pair of eyes, what stands of all acts, and the pace of a day, as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.candidates.codes import OUTLINE_ACTS as ACT_CODES
from layers.candidates.codes import SECOND_EYES
from layers.candidates.queue import pace
from layers.candidates.rules import Status, Verdict
from layers.candidates.second import Policy, Said, SecondEyes, check_policy, contested, settle
from layers.candidates.standing import OUTLINE_ACTS, Act, may_take_back, standing
from layers.errors import NotAllowed, Refused

YES, NO = Status.ACCEPTED, Status.REJECTED
ANNA, BORIS, CHEN = 1, 2, 3


def test_the_code_lists_are_the_enumerations() -> None:
    assert [each.value for each in SECOND_EYES] == list(SecondEyes)
    assert {each.value for each in ACT_CODES} == set(OUTLINE_ACTS)


@pytest.mark.parametrize(
    ("eyes", "outcome", "area", "after"),
    [
        (SecondEyes.OFF, YES, 900, YES),
        (SecondEyes.ACCEPTED, YES, 10, Status.SECOND),
        (SecondEyes.ACCEPTED, NO, 900, NO),
        (SecondEyes.ALL, NO, 10, Status.SECOND),
        (SecondEyes.LARGE, YES, 199.9, YES),
        (SecondEyes.LARGE, NO, 200, Status.SECOND),
    ],
)
def test_a_first_verdict_waits_where_the_setting_says_so(eyes, outcome, area, after) -> None:
    policy = Policy(eyes, Decimal(200) if eyes is SecondEyes.LARGE else None)
    assert settle(policy, [], Said(ANNA, outcome), area) is after


@pytest.mark.parametrize("first", [YES, NO])
@pytest.mark.parametrize("second", [YES, NO])
@pytest.mark.parametrize("third", [YES, NO])
def test_two_who_agree_settle_it_and_a_third_decides_between_two_who_do_not(first, second, third) -> None:
    policy = Policy(SecondEyes.ALL)
    said = [Said(ANNA, first)]
    after = settle(policy, said, Said(BORIS, second), 50)
    if first is second:
        assert after is first
        return
    assert after is Status.SECOND
    said.append(Said(BORIS, second))
    assert contested(said)
    assert settle(policy, said, Said(CHEN, third), 50) is third


@pytest.mark.parametrize("eyes", [SecondEyes.OFF, SecondEyes.ALL])
def test_nobody_is_his_own_second_pair_of_eyes(eyes) -> None:
    with pytest.raises(Refused):
        settle(Policy(eyes), [Said(ANNA, YES)], Said(ANNA, YES), 50)


@pytest.mark.parametrize(
    "policy",
    [Policy(SecondEyes.LARGE), Policy(SecondEyes.ALL, Decimal(5)), Policy(SecondEyes.LARGE, Decimal(0))],
)
def test_an_area_belongs_to_large_ones_only(policy) -> None:
    with pytest.raises(Refused):
        check_policy(policy)


@given(st.lists(st.sampled_from([Verdict.ACCEPT, Verdict.REDRAW, Verdict.UNDO]), max_size=12))
def test_undoing_is_a_stack(wanted) -> None:
    acts: list[Act] = []
    stack: list[int] = []
    for number, verdict in enumerate(wanted, 1):
        if verdict is not Verdict.UNDO:
            stack.append(number)
            acts.append(Act(number, verdict, ANNA))
        elif stack:
            last = may_take_back(acts, ANNA, administrator=False)
            assert last.id == stack.pop()
            acts.append(Act(number, Verdict.UNDO, ANNA, undoes=last.id))
        else:
            with pytest.raises(Refused):
                may_take_back(acts, ANNA, administrator=False)
    assert [each.id for each in standing(acts)] == stack


def test_only_who_did_it_takes_it_back_and_first_what_was_built_upon_it() -> None:
    acts = [Act(1, Verdict.ACCEPT, ANNA), Act(2, Verdict.ACCEPT, BORIS)]
    with pytest.raises(Refused):
        may_take_back(acts, ANNA, administrator=False)
    with pytest.raises(NotAllowed):
        may_take_back(acts, CHEN, administrator=False)
    assert may_take_back(acts, BORIS, administrator=False).id == 2
    assert may_take_back(acts, CHEN, administrator=True).id == 2
    assert may_take_back([*acts, Act(3, Verdict.UNDO, BORIS, undoes=2)], ANNA, administrator=False).id == 1


def test_the_pace_counts_hours_of_work_and_not_the_noon_break() -> None:
    eight = datetime(2026, 5, 6, 0, 0, tzinfo=UTC)
    morning = [eight + timedelta(seconds=18 * n) for n in range(100)]
    noon = [eight + timedelta(hours=5, seconds=18 * n) for n in range(100)]
    assert pace([*morning, *noon]) == pytest.approx(200)
    assert pace(morning[:2]) is None
    assert pace([]) is None
