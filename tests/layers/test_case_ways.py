"""Whatever people try in whatever order, no case comes to where the law forbids."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from layers.cases import rules
from layers.cases.dossier import Act, Document, Dossier, State, Step
from layers.errors import NotAllowed, Refused
from layers.timezone import SHANGHAI
from tests.layers.casework import CALENDAR, CHIEF, CREW, LAWYER, OFFICER, Walk, at, fresh, ripe

WAYS = {(each.act, each.before, each.after) for each in rules.ways()}
OWN = {
    State.NOTIFIED: "notice",
    State.DECIDED: "decision",
    State.DEMANDED: "demand",
    State.ENFORCING: "enforcement",
}
RIPE = [
    (State.NOTIFIED, Act.REVIEW),
    (State.DECIDED, Act.DEMAND),
    (State.DEMANDED, Act.ENFORCE),
    (State.DEMANDED, Act.ENFORCE),
    (State.ENFORCING, Act.DEMOLISH),
    (State.ENFORCING, Act.DEMOLISH),
]
"""Cases in which everything was done that the next step needs, so that force is reached."""


def said(data: st.DataObject, act: Act, walk: Walk) -> dict[str, Any]:
    """Something for every word that the act takes: mostly sensible, sometimes not."""
    today = walk.moment.today
    near = st.sampled_from([*[today] * 4, today - timedelta(days=1), today + timedelta(days=1)])
    start = at(data.draw(near), data.draw(st.sampled_from([9, 9, 9, 5, 21, 23])))
    words: dict[str, st.SearchStrategy[Any]] = {
        "reason": st.just("理由"),
        "note": st.just("说明"),
        "title": st.just("案由"),
        "site_check_id": st.just(1),
        "route": st.sampled_from(["planning_64", "planning_65", "planning_66", "land_77", "appearance"]),
        "heard": st.sampled_from(["statement", "hearing_asked", "hearing_held"]),
        "document": st.sampled_from([*[OWN.get(walk.dossier.state, "stop_order")] * 8, *map(str, Document)]),
        "method": st.sampled_from(["direct", "direct", "mail", "public"]),
        "served_on": near,
        "decision": st.sampled_from(["demolish", "demolish", "correct", "confiscate", "fine"]),
        "limit_days": st.integers(8, 20),
        "posted_on": near,
        "started_at": st.just(start),
        "ended_at": st.just(start + timedelta(hours=data.draw(st.sampled_from([1, 1, 2, 2, 30])))),
        "means": st.sampled_from([("machinery",), ("manual",), ("machinery",), ("machinery", "cut_power")]),
        "remedy": st.sampled_from(["review", "suit"]),
        "outcome": st.sampled_from(["upheld", "annulled", "withdrawn"]),
        "on": near,
        "days": st.sampled_from([15, 90, 91]),
        "order_number": st.just("1"),
    }
    names = [*rules.RULES[act].takes]
    if act is Act.FILE:
        names.append("route")
    if act is Act.ENFORCE and data.draw(st.integers(0, 3)):
        names.append("order_number")
    return {name: data.draw(words[name], label=name) for name in names}


def try_once(data: st.DataObject, walk: Walk) -> None:
    walk.wait(data.draw(st.sampled_from([0, 0, 0, 1, 6, 12, 40, 200]), label="days"))
    walk.now = walk.now.replace(minute=0) + timedelta(
        hours=data.draw(st.sampled_from([0, 0, 5]), label="hours")
    )
    if data.draw(st.integers(0, 5), label="check") == 0:
        walk.see(data.draw(st.sampled_from(["violation", "standing", "demolished"])))
    rare = {Act.REVOKE, Act.SUSPEND, Act.RETURN, Act.STOP, Act.REROUTE, Act.EXTEND}
    likely = [
        act
        for act in Act
        if act not in rare
        and rules.why_not(walk.dossier, act, LAWYER if act is Act.REVIEW else OFFICER, walk.moment) is None
    ]
    act = data.draw(st.sampled_from(likely * 9 + list(Act) if likely else list(Act)), label="act")
    asker = data.draw(st.sampled_from([OFFICER, OFFICER, OFFICER, CHIEF, LAWYER, CREW]), label="who")
    approver = CHIEF.id if rules.RULES[act].approver else None
    try:
        walk.do(act, asker, approver_id=approver, **said(data, act, walk))
    except (NotAllowed, Refused):
        return
    event(f"done: {act}")


@settings(max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes minutes
@given(st.data())
def test_no_sequence_of_acts_reaches_what_the_law_forbids(data: st.DataObject) -> None:
    walk = (
        data.draw(st.sampled_from(["fresh", "ripe"]), label="start") == "ripe"
        and ripe(*data.draw(st.sampled_from(RIPE), label="stage"))[0]
    )
    if not walk:
        stage = data.draw(
            st.sampled_from([None, State.REVIEWED, State.DECIDED, State.DEMANDED]), label="stage"
        )
        walk = fresh(stage, data.draw(st.sampled_from(["planning_64", "planning_65", "land_77"])))
    for _ in range(12):
        if walk.moment.today > date(2026, 1, 1):
            break
        try_once(data, walk)
    check_lawful(walk.dossier)


def check_lawful(dossier: Dossier) -> None:
    """The law once more, told from the steps alone and not by way of the rules' own functions."""
    before: State | None = None
    for place, step in enumerate(dossier.steps):
        assert step.before == before and (step.act, before, step.after) in WAYS
        past = dossier.steps[:place]
        if step.act in {"extend", "return", "revoke", "suspend"}:
            assert step.reason and step.approver_id not in {None, step.person_id}
        if step.act == "file":
            assert any(
                each.conclusion == "violation" and each.checked_at <= step.at for each in dossier.checks
            )
        if step.act == "review":
            assert step.person_id != newest(past, "notify").person_id
            assert working_days(served(dossier, past, "notify", "notice"), step.day) >= 5
        if step.act == "decide":
            assert newest(past, "review").after == "reviewed"
            extended = sum(each.details["days"] for each in past if each.act == "extend")
            late = max(
                [
                    90 + extended,
                    *(
                        ((each.day - past[0].day).days + each.details["days"])
                        for each in past
                        if each.act == "extend"
                    ),
                ]
            )
            assert (step.day - past[0].day).days <= late
        if step.act in {"enforce", "demolish", "apply_court"}:
            check_force(dossier, past, step)
        if step.act == "demolish":
            check_hours(step)
            assert any(each.act == "enforce" for each in past)
        if step.act == "close":
            assert any(each.act == "perform" for each in past)
        before = step.after


def check_force(dossier: Dossier, past: tuple[Step, ...], step: Step) -> None:
    decision = newest(past, "decide")
    told = served(dossier, past, "decide", "decision")
    assert step.day > told + timedelta(days=60)
    by_land = dossier.route in {"land_77", "land_78"}
    least = 15 if by_land and decision.details["decision"] == "demolish" else 181
    assert step.day > told + timedelta(days=least)
    assert working_days(served(dossier, past, "demand", "demand"), step.day) >= 10
    assert sum(each.act == "record_remedy" for each in past) <= sum(each.act == "end_remedy" for each in past)
    assert not any(each.details.get("outcome") == "annulled" for each in past)
    if step.act != "apply_court":
        assert not by_land and decision.details["decision"] == "demolish"
        assert date.fromisoformat(newest(past, "announce").details["posted_on"]) < step.day


def check_hours(step: Step) -> None:
    start, end = (
        datetime.fromisoformat(step.details[each]).astimezone(SHANGHAI) for each in ("started_at", "ended_at")
    )
    assert start.date() == end.date() and 6 <= start.hour < 22 and (end.hour, end.minute) <= (22, 0)
    assert CALENDAR.is_working(start.date())
    assert not [each for each in step.details["means"] if each.startswith("cut_")]


def newest(past: tuple[Step, ...], act: str) -> Step:
    return next(each for each in reversed(past) if each.act == act)


def served(dossier: Dossier, past: tuple[Step, ...], made_by: str, document: str) -> date:
    """The day from which the newest document of that kind counts as served."""
    number = newest(past, made_by).seq
    return next(
        each.effective_on
        for each in dossier.services
        if each.document == document and each.issued_seq == number
    )


def working_days(after: date, until: date) -> int:
    """Whole working days strictly between."""
    return sum(CALENDAR.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days))


def test_the_check_itself_sees_what_is_unlawful() -> None:
    walk = fresh(State.ENFORCING).serve("enforcement").wait(1).until_working().demolish()
    check_lawful(walk.dossier)
    steps = walk.dossier.steps
    early = [*steps[:-3]]
    moved = [
        Step(
            each.seq,
            each.act,
            each.before,
            each.after,
            each.at - timedelta(days=60),
            each.person_id,
            details=each.details,
        )
        for each in steps[-3:]
    ]
    forged = Dossier(
        walk.dossier.route,
        (*early, *moved),
        walk.dossier.services,
        walk.dossier.deadlines,
        walk.dossier.checks,
    )
    try:
        check_lawful(forged)
    except AssertionError:
        return
    raise AssertionError("a demolition before the end of the suit's period went through")
