"""The table of states and acts, cell by cell, and the hard stops of the law."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cases import effects, routes, rules
from layers.cases.deadlines import Kind
from layers.cases.dossier import Act, Document, State
from layers.cases.given import Given
from layers.errors import NotAllowed, Refused
from tests.layers.casework import CHIEF, CREW, LAWYER, OFFICER, Walk, at, fresh, ripe

# What the law permits, written down a second time: from each state the acts and where they lead
EVERYWHERE = "revoke>revoked suspend>suspended"
AFTER_DECISION = f"record_remedy end_remedy perform>performed {EVERYWHERE}"
PERMITTED = {
    None: "file>filed",
    "filed": f"stop reroute serve extend notify>notified {EVERYWHERE}",
    "notified": f"stop hear serve extend review>reviewed return>filed {EVERYWHERE}",
    "reviewed": f"stop serve extend decide>decided return>notified {EVERYWHERE}",
    "decided": f"serve announce demand>demanded {AFTER_DECISION}",
    "demanded": f"serve announce enforce>enforcing apply_court>court return>decided {AFTER_DECISION}",
    "enforcing": f"serve demolish {AFTER_DECISION}",
    "court": AFTER_DECISION,
    "performed": f"close>closed {EVERYWHERE}",
    "suspended": "resume>filed revoke>revoked",
    "closed": "",
    "revoked": "",
}
CELLS = list(product([None, *State], Act))


def permitted(state: State | None, act: Act) -> str | None:
    for entry in PERMITTED[state].split():
        name, _, to = entry.partition(">")
        if name == act:
            return to or str(state)
    return None


@pytest.mark.parametrize(("state", "act"), CELLS, ids=[f"{state or 'none'}-{act}" for state, act in CELLS])
def test_every_cell_leads_where_the_law_says_or_is_refused_with_a_sentence(
    state: State | None, act: Act
) -> None:
    walk, said, asker = ripe(state, act)
    assert walk.dossier.state == state
    to = permitted(state, act)
    if to is not None:
        approver = CHIEF.id if rules.RULES[act].approver else None
        assert rules.why_not(walk.dossier, act, asker, walk.moment) is None
        assert walk.do(act, asker, approver_id=approver, **said).dossier.state == to
        return
    refused = rules.why_not(walk.dossier, act, asker, walk.moment)
    assert isinstance(refused, Refused)
    assert rules.RULES[act].title.zh in refused.message_zh and rules.RULES[act].title.en in refused.message_en
    before = walk.dossier
    with pytest.raises(Refused):
        walk.do(act, asker, **said)
    assert walk.dossier is before


@pytest.mark.parametrize("act", Act)
def test_nobody_acts_without_the_role(act: Act) -> None:
    with pytest.raises(NotAllowed, match="officer"):
        rules.check(Walk().dossier, act, CREW, Walk().moment)


@pytest.mark.parametrize("act", Act)
def test_every_act_names_its_law_and_says_what_it_takes(act: Act) -> None:
    rule = rules.RULES[act]
    assert ("法" in rule.basis.zh or "规定" in rule.basis.zh) and rule.basis.en
    if rule.takes:
        with pytest.raises(Refused, match="takes"):
            effects.outcome(fresh(State.FILED).dossier, act, Given(), Walk().moment)


def test_an_act_does_not_take_the_words_of_another() -> None:
    with pytest.raises(Refused, match="does not take: fine in yuan"):
        fresh(State.FILED).do(Act.NOTIFY, fine_yuan=3)


# The way to force


def demanded(route: str = "planning_64") -> Walk:
    return fresh(State.DEMANDED, route).serve("demand")


def test_force_waits_for_review_suit_announcement_and_demand() -> None:
    walk = demanded()
    ends = [walk.dossier.deadline(kind).ends_on for kind in rules.RULES[Act.ENFORCE].waits_for]
    for day in sorted(each for each in ends if each >= walk.moment.today):
        walk.now = at(day, 23.9)
        with pytest.raises(Refused, match=r"runs until .* must wait"):
            walk.do(Act.ENFORCE, order_number="1")
    walk.wait(1)
    assert walk.do(Act.ENFORCE, order_number="1").dossier.state is State.ENFORCING
    assert max(ends) == walk.dossier.deadline(Kind.SUIT).ends_on


@settings(max_examples=40)
@given(st.dates(date(2022, 1, 10), date(2024, 12, 31)), st.sampled_from(["planning_64", "planning_65"]))
def test_whenever_it_was_served_force_begins_the_day_after_the_last_period_and_not_before(
    begin: date, route: str
) -> None:
    walk = fresh(State.DEMANDED, route, Walk(at(begin))).serve("demand")
    last = max(walk.dossier.deadline(kind).ends_on for kind in rules.RULES[Act.ENFORCE].waits_for)
    assert last >= walk.dossier.served(Document.DECISION) + timedelta(days=181)
    walk.now = at(last, 23.99)
    with pytest.raises(Refused, match="must wait"):
        walk.do(Act.ENFORCE, order_number="1")
    walk.now = at(last + timedelta(days=1), 0)
    assert walk.do(Act.ENFORCE, order_number="1").dossier.state is State.ENFORCING


def test_six_months_to_sue_and_sixty_days_for_review_count_from_the_service() -> None:
    walk = fresh(State.DECIDED, walk=Walk(at(date(2023, 2, 22)))).serve("decision")
    assert walk.dossier.served(Document.DECISION) == date(2023, 3, 15)
    assert walk.dossier.deadline(Kind.SUIT).ends_on == date(2023, 9, 15)
    assert walk.dossier.deadline(Kind.REVIEW).ends_on == date(2023, 5, 15)  # the sixtieth day is a Sunday


def test_under_the_land_law_one_sues_within_fifteen_days_and_only_the_court_enforces() -> None:
    walk = demanded("land_77")
    suit = walk.dossier.deadline(Kind.SUIT)
    assert (suit.length.count, suit.basis) == (15, "土地管理法第八十三条")
    walk.now = at(walk.dossier.deadline(Kind.REVIEW).ends_on + timedelta(days=1))
    with pytest.raises(Refused, match="court"):
        walk.do(Act.ENFORCE, order_number="1")
    assert walk.do(Act.APPLY_COURT, order_number="1").dossier.state is State.COURT


def test_the_court_is_asked_within_three_months() -> None:
    walk = demanded("land_77").wait(300)
    with pytest.raises(Refused, match="article 53"):
        walk.do(Act.APPLY_COURT, order_number="1")


def test_in_town_force_takes_an_order_of_the_government_and_in_a_village_it_does_not() -> None:
    with pytest.raises(Refused, match="article 68"):
        demanded().wait(200).do(Act.ENFORCE)
    assert demanded("planning_65").wait(200).do(Act.ENFORCE).dossier.state is State.ENFORCING


def test_no_force_while_a_review_or_a_suit_is_under_way() -> None:
    walk = demanded().do(Act.RECORD_REMEDY, remedy="suit", on=demanded().moment.today).wait(300)
    with pytest.raises(Refused, match="under way"):
        walk.do(Act.ENFORCE, order_number="1")
    walk.do(Act.END_REMEDY, outcome="upheld", on=walk.moment.today).do(Act.ENFORCE, order_number="1")


def test_an_annulled_decision_is_not_enforced() -> None:
    walk = demanded()
    walk.do(Act.RECORD_REMEDY, remedy="suit", on=walk.moment.today).wait(300)
    walk.do(Act.END_REMEDY, outcome="annulled", on=walk.moment.today)
    for act in (Act.ENFORCE, Act.APPLY_COURT):
        with pytest.raises(Refused, match="annulled"):
            walk.do(act, order_number="1")


def test_after_a_review_there_are_fifteen_days_to_sue_where_that_is_later() -> None:
    walk = demanded().wait(20)
    walk.do(Act.RECORD_REMEDY, remedy="review", on=walk.moment.today).wait(250)
    walk.do(Act.END_REMEDY, outcome="upheld", on=walk.moment.today)
    with pytest.raises(Refused, match="第四十五条"):
        walk.do(Act.ENFORCE, order_number="1")
    walk.wait(30).do(Act.ENFORCE, order_number="1")


@pytest.mark.parametrize(
    ("day", "hour", "hours"),
    [
        (date(2024, 3, 5), 5.99, 2),
        (date(2024, 3, 5), 21, 1.01),
        (date(2024, 3, 5), 22, 1),
        (date(2024, 3, 5), 20, 12),
        (date(2024, 2, 12), 10, 2),  # Spring Festival
        (date(2024, 4, 5), 10, 2),  # a Friday of Qingming
        (date(2024, 3, 9), 10, 2),  # a Saturday
        (date(2024, 3, 5), 10, -1),
    ],
)
def test_no_demolition_at_night_or_on_a_day_off(day: date, hour: float, hours: float) -> None:
    walk = fresh(State.ENFORCING)
    walk.serve("enforcement")
    walk.now = at(date(2024, 6, 1))
    with pytest.raises(Refused, match=r"night|day of rest|after the beginning"):
        walk.do(Act.DEMOLISH, started_at=at(day, hour), ended_at=at(day, hour + hours), means=("machinery",))


def test_a_make_up_working_day_is_a_working_day() -> None:
    walk = fresh(State.ENFORCING).serve("enforcement")
    walk.now = at(date(2024, 4, 7), 8)  # a Sunday
    assert walk.demolish().dossier.last(Act.DEMOLISH)


def test_a_demolition_cannot_be_dated_back_before_its_decision_was_served() -> None:
    walk = fresh(State.ENFORCING).wait(30).serve("enforcement").wait(1).until_working()
    with pytest.raises(Refused, match="before the enforcement decision"):
        walk.do(
            Act.DEMOLISH,
            started_at=at(date(2023, 9, 27), 10),
            ended_at=at(date(2023, 9, 27), 11),
            means=("manual",),
        )


@pytest.mark.parametrize("means", ["cut_water", "cut_power", "cut_heat", "cut_gas"])
def test_nobody_is_forced_by_cutting_water_power_heat_or_gas(means: str) -> None:
    walk = fresh(State.ENFORCING).serve("enforcement").wait(1).until_working()
    with pytest.raises(Refused, match="forbidden"):
        walk.demolish(means=("machinery", means))


@pytest.mark.parametrize(
    ("order", "first"), [("announcement_first", "announcement"), ("demand_first", "demand")]
)
def test_the_bureau_says_whether_announcement_or_demand_comes_first(order: str, first: str) -> None:
    walk = fresh(State.DECIDED, walk=Walk(order=order)).serve("decision").wait(20)
    act, said = {
        "announcement_first": (Act.DEMAND, {"limit_days": 10}),
        "demand_first": (Act.ANNOUNCE, {"limit_days": 10, "posted_on": walk.moment.today}),
    }[order]
    with pytest.raises(Refused, match=f"the {first} comes first"):
        walk.do(act, **said)
    walk.order = "either"
    walk.do(act, **said)


# Before the decision


def test_legal_review_is_done_by_somebody_else_after_five_working_days_and_the_hearing() -> None:
    walk = fresh(State.NOTIFIED)
    with pytest.raises(Refused, match="did not handle"):
        walk.do(Act.REVIEW, OFFICER, note="同意")
    with pytest.raises(Refused, match="not been served"):
        walk.do(Act.REVIEW, LAWYER, note="同意")
    walk.serve("notice")
    with pytest.raises(Refused, match="to ask for a hearing"):
        walk.do(Act.REVIEW, LAWYER, note="同意")
    walk.do(Act.HEAR, heard="hearing_asked", note="书面申请").wait(20)
    with pytest.raises(Refused, match="must be held first"):
        walk.do(Act.REVIEW, LAWYER, note="同意")
    walk.do(Act.HEAR, heard="hearing_held", note="笔录").do(Act.REVIEW, LAWYER, note="同意")


def test_ninety_days_to_decide_unless_extended() -> None:
    walk = fresh(State.REVIEWED).wait(90)
    with pytest.raises(Refused, match="extension"):
        walk.do(Act.DECIDE, decision="demolish", limit_days=15)
    walk.do(Act.EXTEND, days=30, reason="鉴定", approver_id=CHIEF.id)
    walk.do(Act.DECIDE, decision="demolish", limit_days=15)


def test_a_violation_that_ended_two_years_ago_is_not_filed() -> None:
    walk = Walk().see("violation")
    said = {"site_check_id": 1, "title": "x", "route": "planning_64"}
    with pytest.raises(Refused, match="two years"):
        walk.do(Act.FILE, ended_on=date(2021, 2, 28), **said)
    walk.do(Act.FILE, ended_on=date(2021, 3, 1), **said)


def test_a_notice_that_was_sent_back_must_be_served_again() -> None:
    walk = fresh(State.NOTIFIED).serve("notice").wait(20)
    walk.do(Act.RETURN, reason="事实不清", approver_id=CHIEF.id).do(Act.NOTIFY)
    with pytest.raises(Refused, match="not been served"):
        walk.do(Act.REVIEW, LAWYER, note="同意")
    walk.serve("notice")
    with pytest.raises(Refused, match="hearing"):
        walk.do(Act.REVIEW, LAWYER, note="同意")


def test_service_by_public_notice_counts_after_thirty_days() -> None:
    walk = fresh(State.DECIDED)
    walk.serve("decision", "public")
    with pytest.raises(Refused, match="counts as served"):
        walk.do(Act.ANNOUNCE, posted_on=walk.moment.today, limit_days=10)
    assert walk.dossier.deadline(Kind.REVIEW).counted_from == walk.moment.today + timedelta(days=30)


def test_a_document_is_served_once_not_early_and_not_in_the_future() -> None:
    walk = fresh(State.DECIDED)
    today = walk.moment.today
    for day, said in (
        (today - timedelta(days=1), "before the document"),
        (today + timedelta(days=1), "future"),
    ):
        with pytest.raises(Refused, match=said):
            walk.do(Act.SERVE, document="decision", method="direct", served_on=day)
    walk.serve("decision")
    with pytest.raises(Refused, match="twice"):
        walk.serve("decision")
    with pytest.raises(Refused, match="not been made"):
        walk.serve("demand")


@pytest.mark.parametrize(("passed", "named"), [(0, "has not been served"), (1, "site check")])
def test_performance_is_confirmed_on_site(passed: int, named: str) -> None:
    walk = fresh(State.DECIDED).see("demolished").wait(3)
    if passed:
        walk.see("standing").serve("decision")
    with pytest.raises(Refused, match=named):
        walk.do(Act.PERFORM, note="已拆除")


def test_a_suspended_case_goes_on_where_it_was() -> None:
    walk = demanded().do(Act.SUSPEND, reason="涉诉", approver_id=CHIEF.id)
    assert walk.wait(5).do(Act.RESUME, reason="恢复").dossier.state is State.DEMANDED


def test_who_asks_does_not_approve() -> None:
    with pytest.raises(Refused, match="cannot approve"):
        rules.check_approver(CHIEF.id, CHIEF)
    with pytest.raises(NotAllowed):
        rules.check_approver(CHIEF.id, OFFICER)
    rules.check_approver(OFFICER.id, LAWYER)


# Routes and fines


@pytest.mark.parametrize(
    ("zones", "flags", "route"),
    [
        ({"town"}, {}, "planning_64"),
        ({"village"}, {}, "planning_65"),
        ({"town", "village"}, {}, "planning_64"),
        ({"town"}, {"temporary": True}, "planning_66"),
        ({"farmland", "village"}, {}, "land_77"),
        ({"farmland"}, {"dwelling": True}, "land_78"),
        (set(), {}, "land_77"),
        ({"town"}, {"building": False}, "appearance"),
    ],
)
def test_the_route_is_proposed_from_where_it_lies(
    zones: set[str], flags: dict[str, bool], route: str
) -> None:
    proposal = routes.propose(zones, **{"building": True, **flags})
    assert proposal.route == route and proposal.why.zh and proposal.why.en


@pytest.mark.parametrize(
    ("route", "decision", "fine", "cost", "named"),
    [
        ("planning_64", "correct", 4_999, 100_000, "between 5% and 10%"),
        ("planning_64", "correct", None, 100_000, "amount"),
        ("planning_64", "demolish", 10_001, 100_000, "between 0% and 10%"),
        ("planning_64", "demolish", 10, None, "cost"),
        ("planning_65", "demolish", 1, 100, "no fine"),
        ("planning_66", "demolish", 101, 100, "between 0% and 100%"),
        ("land_78", "confiscate", None, None, "knows no such decision"),
        ("planning_64", "demolish", -1, 100, "negative"),
    ],
)
def test_a_decision_keeps_to_its_article(
    route: str, decision: str, fine: int | None, cost: int | None, named: str
) -> None:
    with pytest.raises(Refused, match=named):
        fresh(State.REVIEWED, route).do(
            Act.DECIDE, decision=decision, limit_days=15, fine_yuan=fine, cost_yuan=cost
        )
