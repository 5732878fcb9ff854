"""Whose turn it is, what an act would leave behind, and what was said read in words; nothing of it is stored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cases import words
from layers.cases.consequence import foresee
from layers.cases.deadlines import working_days_left
from layers.cases.dossier import Act, State
from layers.cases.given import WORDS, Given
from layers.cases.rules import RULES
from layers.cases.turn import Turn, Who, whose
from layers.errors import NotAllowed, Refused
from tests.layers.casework import CALENDAR, CREW, OFFICER, fresh, ripe

TURNS = {
    State.FILED: Turn(Who.OFFICER, Act.NOTIFY),
    State.NOTIFIED: Turn(Who.OFFICER, Act.SERVE),
    State.REVIEWED: Turn(Who.OFFICER, Act.DECIDE),
    State.DECIDED: Turn(Who.OFFICER, Act.SERVE),
    State.DEMANDED: Turn(Who.OFFICER, Act.SERVE),
    State.ENFORCING: Turn(Who.OFFICER, Act.SERVE),
    State.COURT: Turn(Who.COURT),
    State.PERFORMED: Turn(Who.OFFICER, Act.CLOSE),
    State.SUSPENDED: Turn(Who.NOBODY),
    State.CLOSED: Turn(Who.NOBODY),
    State.REVOKED: Turn(Who.NOBODY),
}


@pytest.mark.parametrize("state", State)
def test_every_state_says_whose_turn_it_is(state: State) -> None:
    walk = fresh(state)
    assert whose(walk.dossier, walk.moment, asked=False) == TURNS[state]


def test_the_party_is_waited_for_then_the_reviewer_and_a_request_waits_for_its_approver() -> None:
    walk = fresh(State.NOTIFIED).serve("notice")
    assert whose(walk.dossier, walk.moment, asked=False) == Turn(Who.PARTY)
    walk.do(Act.HEAR, heard="hearing_asked", note="当事人申请听证").wait(18)
    assert whose(walk.dossier, walk.moment, asked=False) == Turn(Who.OFFICER, Act.HEAR)
    walk.do(Act.HEAR, heard="hearing_held", note="已举行")
    assert whose(walk.dossier, walk.moment, asked=False) == Turn(Who.REVIEWER, Act.REVIEW)
    assert whose(walk.dossier, walk.moment, asked=True) == Turn(Who.APPROVER)


def test_who_may_no_longer_decide_has_to_ask_for_time() -> None:
    walk = fresh(State.REVIEWED).wait(90)
    assert whose(walk.dossier, walk.moment, asked=False) == Turn(Who.OFFICER, Act.EXTEND)


@pytest.mark.parametrize("act", [each for each in Act if each is not Act.FILE])
def test_what_is_foreseen_is_what_happens(act: Act) -> None:
    state = next(each for each in RULES[act].ways if each is not None)
    walk, said, asker = ripe(state, act)
    told = foresee(walk.dossier, act, asker, Given(**said), walk.moment)
    before = walk.dossier
    walk.do(act, asker, approver_id=99 if RULES[act].approver else None, **said)
    assert (told.before, told.after, told.approver) == (before.state, walk.dossier.state, RULES[act].approver)
    assert told.opens == walk.dossier.deadlines[len(before.deadlines) :]


def test_foreseeing_refuses_as_doing_would() -> None:
    walk = fresh(State.FILED)
    with pytest.raises(Refused, match="time limit"):
        foresee(fresh(State.REVIEWED).dossier, Act.DECIDE, OFFICER, Given(decision="demolish"), walk.moment)
    with pytest.raises(NotAllowed):
        foresee(walk.dossier, Act.NOTIFY, CREW, Given(), walk.moment)


def test_every_word_of_every_act_has_a_kind_and_only_lawful_choices() -> None:
    for rule in RULES.values():
        for name in (*rule.takes, *rule.may_take):
            coded = words.kind(name) in {words.WordKind.CHOICE, words.WordKind.CHOICES}
            assert name in WORDS and coded == (name in words._LISTS)
    walk = fresh(State.DECIDED, "planning_65")
    assert [each.value for each in words.choices("document", walk.dossier)] == ["decision"]
    assert [each.value for each in words.choices("decision", walk.dossier)] == ["demolish", "correct"]
    assert "planning_65" not in {each.value for each in words.choices("route", walk.dossier)}
    assert words.nothing_to_choose(RULES[Act.SERVE].takes, walk.dossier) is None
    walk.serve("decision")
    assert words.choices("document", walk.dossier) == ()
    assert words.nothing_to_choose(RULES[Act.SERVE].takes, walk.dossier) is not None
    assert words.nothing_to_choose(RULES[Act.DEMAND].takes, walk.dossier) is None


def test_what_was_said_is_read_in_words_without_what_other_parts_tell() -> None:
    walk = fresh(State.ENFORCING).serve("enforcement").until_working().demolish()
    found = {each.name: each for each in words.read(walk.dossier.steps[-1].details)}
    assert found["means"].text is not None and found["means"].text.zh == "机械"
    assert (found["started_at"].kind, found["started_at"].text) == (words.WordKind.MOMENT, None)
    assert [each.name for each in words.read(walk.dossier.steps[0].details)] == ["route"]
    (why,) = words.read({"why": "位于城镇规划区"})
    assert why.text is not None and why.text.en == "in a town planning area"


@settings(max_examples=50)
@given(st.dates(date(2022, 1, 3), date(2025, 6, 30)), st.integers(0, 200), st.integers(0, 200))
def test_working_days_left_add_up_over_the_days(today: date, first: int, more: int) -> None:
    end, later = today + timedelta(days=first), today + timedelta(days=first + more)
    left, then, all_ = (
        working_days_left(to, since, CALENDAR) for to, since in ((end, today), (later, end), (later, today))
    )
    assert left is not None and then is not None and left + then == all_
    assert left == sum(CALENDAR.is_working(today + timedelta(days=n)) for n in range(1, first + 1))
    assert working_days_left(today, end, CALENDAR) == -left


def test_working_days_are_not_counted_over_a_year_without_holidays() -> None:
    assert working_days_left(date(2099, 1, 4), date(2099, 1, 1), CALENDAR) is None
