"""Cases walked through the rules without a database: a clock, a calendar, people, and one case per state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from layers.cases import effects, holidays
from layers.cases.deadlines import Calendar
from layers.cases.dossier import Act, Dossier, SiteCheck, State
from layers.cases.given import Given
from layers.cases.needs import Asker, Moment
from layers.people.rules import Role
from layers.timezone import SHANGHAI

CALENDAR = Calendar(
    {
        row["day"]: row["kind"] == "workday"
        for rows in holidays.read(holidays.SHIPPED).values()
        for row in rows
    },
    frozenset(holidays.read(holidays.SHIPPED)),
)
OFFICER, LAWYER, CHIEF, CREW = (
    Asker(number, frozenset({role}))
    for number, role in ((1, Role.OFFICER), (2, Role.REVIEWER), (3, Role.ADMINISTRATOR), (4, Role.CREW))
)
BEGIN = datetime(2023, 3, 1, 10, tzinfo=SHANGHAI)


def at(day: date, hour: float = 10) -> datetime:
    """An hour of a day in China."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)


class Walk:
    """A case on its way: ``dossier`` and the clock."""

    def __init__(self, now: datetime = BEGIN, calendar: Calendar = CALENDAR, order: str = "either") -> None:
        self.dossier = Dossier()
        self.now, self.calendar, self.order = now, calendar, order

    @property
    def moment(self) -> Moment:
        return Moment(self.now, self.calendar, self.order)

    def do(self, act: Act, asker: Asker = OFFICER, *, approver_id: int | None = None, **said: Any) -> Walk:
        self.dossier, _, _ = effects.done(
            self.dossier, act, asker, Given(**said), self.moment, approver_id=approver_id
        )
        return self

    def wait(self, days: int) -> Walk:
        self.now += timedelta(days=days)
        return self

    def until_working(self) -> Walk:
        while not self.calendar.is_working(self.moment.today):
            self.wait(1)
        return self

    def serve(self, document: str, method: str = "direct") -> Walk:
        return self.do(Act.SERVE, document=document, method=method, served_on=self.moment.today)

    def see(self, conclusion: str) -> Walk:
        check = SiteCheck(len(self.dossier.checks) + 1, conclusion, self.now)
        self.dossier = replace(self.dossier, checks=(*self.dossier.checks, check))
        return self

    def file(self, route: str = "planning_64") -> Walk:
        return self.see("violation").do(Act.FILE, site_check_id=1, title="涉嫌未经许可建设", route=route)

    def demolish(self, hour: float = 9, hours: float = 2, means: tuple[str, ...] = ("machinery",)) -> Walk:
        start = at(self.moment.today, hour)
        self.now = max(self.now, start + timedelta(hours=hours))
        return self.do(Act.DEMOLISH, started_at=start, ended_at=start + timedelta(hours=hours), means=means)


def fresh(state: State | None, route: str = "planning_64", walk: Walk | None = None) -> Walk:  # noqa: PLR0911
    """A case that has just come to this state, by the straight way."""
    w = walk or Walk()
    if state is None:
        return w
    w.file(route)
    if state is State.FILED:
        return w
    if state is State.SUSPENDED:
        return w.do(Act.SUSPEND, reason="当事人下落不明", approver_id=CHIEF.id)
    if state is State.REVOKED:
        return w.do(Act.REVOKE, reason="重复立案", approver_id=CHIEF.id)
    w.wait(1).do(Act.NOTIFY)
    if state is State.NOTIFIED:
        return w
    w.serve("notice").wait(18).do(Act.REVIEW, LAWYER, note="同意")
    if state is State.REVIEWED:
        return w
    w.wait(2).do(Act.DECIDE, decision="demolish", limit_days=15)
    if state is State.DECIDED:
        return w
    w.serve("decision").do(Act.ANNOUNCE, posted_on=w.moment.today, limit_days=15).wait(26)
    if state in {State.PERFORMED, State.CLOSED}:
        w.see("demolished").do(Act.PERFORM, note="当事人自行拆除")
        return w if state is State.PERFORMED else w.do(Act.CLOSE)
    w.do(Act.DEMAND, limit_days=10)
    if state is State.DEMANDED:
        return w
    w.serve("demand").wait(190)
    if state is State.COURT:
        return w.do(Act.APPLY_COURT, order_number="金城管强申〔2023〕1号")
    return w.do(Act.ENFORCE, order_number="金政责〔2023〕5号")


def ripe(state: State | None, act: Act) -> tuple[Walk, dict[str, Any], Asker]:
    """A case in this state where nothing but the table can stand against the act; what to say, and who says it."""
    w = fresh(state)
    if act is not Act.SERVE:
        _serve_own(w)
    elif state in {State.FILED, State.REVIEWED}:
        w.do(Act.STOP)
    if act is Act.END_REMEDY and state in {State.DECIDED, State.DEMANDED, State.ENFORCING, State.COURT}:
        w.do(Act.RECORD_REMEDY, remedy="suit", on=w.moment.today)
    if act is Act.PERFORM:
        w.see("demolished")
    w.until_working()
    if act is Act.FILE and state is None:
        w.see("violation")
    w.now = at(w.moment.today, 18)
    return w, _said(act, state, w), LAWYER if act is Act.REVIEW else OFFICER


def _serve_own(w: Walk) -> None:
    if w.dossier.state is State.NOTIFIED:
        w.serve("notice").wait(10)
    elif w.dossier.state is State.DECIDED:
        w.serve("decision").wait(20)
    elif w.dossier.state is State.DEMANDED:
        w.serve("demand").do(Act.ANNOUNCE, posted_on=w.moment.today, limit_days=10).wait(190)
    elif w.dossier.state is State.ENFORCING:
        w.serve("enforcement")


def _said(act: Act, state: State | None, w: Walk) -> dict[str, Any]:
    today = w.moment.today
    document = {
        State.NOTIFIED: "notice", State.DECIDED: "decision", State.DEMANDED: "demand", State.ENFORCING: "enforcement",
    }.get(state or State.FILED, "stop_order")  # fmt: skip
    said: dict[Act, dict[str, Any]] = {
        Act.FILE: {"site_check_id": 1, "title": "涉嫌未经许可建设", "route": "planning_64"},
        Act.REROUTE: {"route": "planning_65", "reason": "位于村庄规划区"},
        Act.HEAR: {"heard": "statement", "note": "当事人无异议"},
        Act.REVIEW: {"note": "同意"},
        Act.DECIDE: {"decision": "demolish", "limit_days": 15},
        Act.SERVE: {"document": document, "method": "direct", "served_on": today},
        Act.ANNOUNCE: {"posted_on": today, "limit_days": 15},
        Act.DEMAND: {"limit_days": 10},
        Act.ENFORCE: {"order_number": "金政责〔2023〕5号"},
        Act.DEMOLISH: {"started_at": at(today, 9), "ended_at": at(today, 17), "means": ("machinery",)},
        Act.APPLY_COURT: {"order_number": "1"},
        Act.RECORD_REMEDY: {"remedy": "review", "on": today},
        Act.END_REMEDY: {"outcome": "upheld", "on": today},
        Act.PERFORM: {"note": "已拆除"},
        Act.EXTEND: {"days": 30, "reason": "案情复杂"},
        **{each: {"reason": "理由"} for each in (Act.RETURN, Act.REVOKE, Act.SUSPEND, Act.RESUME)},
    }
    return said.get(act, {})
