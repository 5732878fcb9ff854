"""What each act leaves behind: one pure function per act, after ``rules.check`` and ``given.check_words``.

Raises Refused for what is given and cannot be; NoHolidays where a day cannot be judged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from layers.cases.deadlines import Calendar, Kind, Length, Unit, ends, enforcement_days, last_day
from layers.cases.dossier import (
    Act,
    Deadline,
    Document,
    Dossier,
    Opened,
    Outcome,
    Service,
    State,
    Step,
)
from layers.cases.given import Given, check_words
from layers.cases.hours import check_hours
from layers.cases.needs import Asker, Moment
from layers.cases.routes import Decision, Route, check_fine, suit_length
from layers.cases.rules import RULES, check, own_approval
from layers.errors import Refused
from layers.timezone import day_of

__all__ = ["counted", "done", "outcome"]

CUTTING = frozenset({"cut_water", "cut_power", "cut_heat", "cut_gas"})
MEANS = frozenset({"manual", "machinery"}) | CUTTING
PUBLIC_NOTICE = Length(30, Unit.DAYS, moves=False)
"""Service by public notice takes effect after thirty days (民事诉讼法95)."""
_LIMITATION_YEARS = 2


def outcome(dossier: Dossier, act: Act, given: Given, moment: Moment) -> Outcome:
    """What the act leaves behind."""
    check_words(act, given)
    return _EFFECTS.get(act, _said_only)(dossier, given, moment)


def done(
    dossier: Dossier, act: Act, asker: Asker, given: Given, moment: Moment, *, approver_id: int | None = None
) -> tuple[Dossier, Step, Outcome]:
    """The dossier after the act, the step and what it left behind. Raises NotAllowed, Refused."""
    state = check(dossier, act, asker, moment)
    if RULES[act].approver and approver_id in {None, asker.id}:
        raise own_approval()
    left = outcome(dossier, act, given, moment)
    step = Step(
        len(dossier.steps) + 1, act, dossier.state, state, moment.now, asker.id, approver_id,
        given.said().get("reason"), left.details,
    )  # fmt: skip
    return dossier.with_step(step, left, counted(left, step.seq, moment.calendar)), step, left


def counted(left: Outcome, step_seq: int, calendar: Calendar) -> tuple[Deadline, ...]:
    """The periods that an act opens, counted."""
    found = []
    for each in left.opens:
        ends_on, settled = ends(each.counted_from, each.length, calendar)
        found.append(
            Deadline(each.kind, each.counted_from, each.length, ends_on, settled, step_seq, each.basis)
        )
    return tuple(found)


def _said_only(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    return Outcome({name: _plain(value) for name, value in given.said().items() if name != "reason"})


def _file(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    """An image is a clue (行政处罚法41): somebody was there and found a violation. 行政处罚法36: two years from the end

    of the act; one that goes on (a standing building) has no end yet.
    """
    found = {each.id: each for each in dossier.checks if each.checked_at <= moment.now}.get(
        given.site_check_id or 0
    )
    if found is None or found.conclusion != "violation":
        raise Refused(
            reason_zh="没有结论为“属于违法”的现场核查，不能立案。请先到现场核查。",
            reason_en="No site check found a violation here, so no case can be filed. Somebody must go there first.",
        )
    if given.ended_on is not None:
        _not_later(given.ended_on, moment.today)
        limit = last_day(
            given.ended_on, Length(12 * _LIMITATION_YEARS, Unit.MONTHS, moves=False), moment.calendar
        )
        if moment.today > limit:
            raise Refused(
                reason_zh=f"违法行为已于 {given.ended_on} 终了，超过二年未被发现的不再处罚（行政处罚法第三十六条）。",
                reason_en=f"The violation ended on {given.ended_on}; after two years it is no longer punished "
                "(Administrative Penalty Law, article 36).",
            )
    opened = Opened(Kind.DECISION, moment.today, Length(90, Unit.DAYS, moves=False), "行政处罚法第六十条")
    changes = {"filed_on": moment.today, "route": given.route}
    return Outcome(
        _said_only(dossier, given, moment).details,
        changes,
        opens=(opened,),
        site_check_id=given.site_check_id,
    )


def _reroute(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    if given.route not in set(Route) or given.route == dossier.route:
        raise Refused(
            reason_zh="请选择另一条适用条款。", reason_en="Choose another article than the present one."
        )
    return Outcome({"route": given.route, "was": dossier.route}, {"route": given.route})


def _hear(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    _one_of(given.heard, {"statement", "hearing_asked", "hearing_held"})
    return _said_only(dossier, given, moment)


def _review(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    return Outcome(_said_only(dossier, given, moment).details, {"reviewed_on": moment.today})


def _decide(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    _one_of(given.decision, set(Decision))
    decision, route = Decision(given.decision or ""), dossier.route
    assert route is not None
    _at_least_one(given.limit_days)
    for amount in (given.fine_yuan, given.cost_yuan):
        if amount is not None and amount < 0:
            raise Refused(reason_zh="金额不能为负。", reason_en="An amount cannot be negative.")
    check_fine(route, decision, given.fine_yuan, given.cost_yuan)
    opened = Opened(
        Kind.SERVICE,
        moment.today,
        Length(7, Unit.WORKING_DAYS, moves=False),
        "行政处罚法第六十一条、第八十五条",
    )
    changes = {"decided_on": moment.today, "fine_yuan": given.fine_yuan}
    return Outcome(_said_only(dossier, given, moment).details, changes, opens=(opened,))


def _serve(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    _one_of(given.document, set(Document))
    _one_of(given.method, {"direct", "left", "mail", "electronic", "public"})
    document, served_on = Document(given.document or ""), given.served_on
    issued = dossier.last(document.issued_by)
    assert served_on is not None
    if issued is None:
        raise Refused(
            reason_zh="该文书尚未作出，不能送达。",
            reason_en="That document has not been made yet and cannot be served.",
        )
    _not_later(served_on, moment.today)
    if served_on < issued.day:
        raise Refused(
            reason_zh=f"送达日期早于文书作出的日期（{issued.day}）。",
            reason_en=f"The day of service lies before the document was made ({issued.day}).",
        )
    if dossier.served(document) is not None:
        raise Refused(
            reason_zh="该文书已登记送达，期限已经起算，不能重复登记。",
            reason_en="The service of this document is recorded and its periods run; it cannot be recorded twice.",
        )
    effective = served_on
    if given.method == "public":
        effective = last_day(served_on, PUBLIC_NOTICE, moment.calendar.guessing())
    service = Service(
        document, issued.seq, given.method or "", served_on, effective, given.said().get("receiver")
    )
    details = _said_only(dossier, given, moment).details
    return Outcome(details, service=service, opens=_opened_by(document, dossier, issued, effective, moment))


def _opened_by(
    document: Document, dossier: Dossier, issued: Step, day: date, moment: Moment
) -> tuple[Opened, ...]:
    if document is Document.NOTICE:
        return (Opened(Kind.HEARING, day, Length(5, Unit.WORKING_DAYS), "行政处罚法第六十四条、第八十五条"),)
    if document is Document.DEMAND:
        length = enforcement_days(issued.details["limit_days"])
        return (Opened(Kind.DEMAND, day, length, "行政强制法第三十五条、第五十四条、第六十九条"),)
    if document is not Document.DECISION:
        return ()
    assert dossier.route is not None
    decision = Decision(issued.details["decision"])
    suit = suit_length(dossier.route, decision)
    suit_basis = "土地管理法第八十三条" if suit.unit is Unit.DAYS else "行政诉讼法第四十六条"
    remedies = (
        Opened(Kind.REVIEW, day, Length(60, Unit.DAYS), "行政复议法第二十条"),
        Opened(Kind.SUIT, day, suit, suit_basis),
    )
    lapse = max(ends(each.counted_from, each.length, moment.calendar)[0] for each in remedies)
    return (
        Opened(Kind.PERFORM, day, Length(issued.details["limit_days"], Unit.DAYS), "处罚决定书载明的期限"),
        *remedies,
        _court(lapse),
    )


def _court(lapse: date) -> Opened:
    return Opened(Kind.COURT, lapse, Length(3, Unit.MONTHS, moves=False), "行政强制法第五十三条")


def _announce(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    assert given.posted_on is not None
    served = dossier.served(Document.DECISION)
    _not_later(given.posted_on, moment.today)
    if served is not None and given.posted_on < served:
        raise Refused(
            reason_zh=f"公告日期早于决定书送达的日期（{served}）。",
            reason_en=f"The announcement lies before the decision was served ({served}).",
        )
    length = enforcement_days(_at_least_one(given.limit_days))
    opened = Opened(Kind.ANNOUNCEMENT, given.posted_on, length, "行政强制法第四十四条、第六十九条")
    return Outcome(_said_only(dossier, given, moment).details, opens=(opened,))


def _demand(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    """行政强制法54 lets the court be asked ten days after the demand was served; shorter ones are refused."""
    if (given.limit_days or 0) < 10:
        raise Refused(
            reason_zh="催告履行期限不得少于十日（行政强制法第五十四条）。",
            reason_en="A demand gives at least ten days (Administrative Enforcement Law, article 54).",
        )
    return _said_only(dossier, given, moment)


def _enforce(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    if (
        dossier.route is not None
        and dossier.route.by_order_of_government
        and not given.said().get("order_number")
    ):
        raise Refused(
            reason_zh="强制拆除须由县级以上人民政府责成（城乡规划法第六十八条），请填写责成文件文号。",
            reason_en="Force takes an order of the county government (planning act, article 68); give the number of that order.",
        )
    return _said_only(dossier, given, moment)


def _demolish(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    assert given.started_at is not None and given.ended_at is not None
    if not given.means or not set(given.means) <= MEANS:
        raise Refused(
            reason_zh="请填写实施方式：人工（manual）或机械（machinery）。",
            reason_en="Say by which means: manual or machinery.",
        )
    if set(given.means) & CUTTING:
        raise Refused(
            reason_zh="不得采取停止供水、供电、供热、供燃气等方式迫使当事人履行（行政强制法第四十三条）。",
            reason_en="Cutting water, power, heat or gas to force performance is forbidden (Administrative Enforcement Law, article 43).",
        )
    if given.ended_at > moment.now:
        raise Refused(
            reason_zh="实施时间不能晚于现在；请在实施后登记。",
            reason_en="The demolition lies in the future; record it after it was carried out.",
        )
    check_hours(given.started_at, given.ended_at, moment.calendar)
    _not_before_lapse(dossier, day_of(given.started_at))
    return _said_only(dossier, given, moment)


def _not_before_lapse(dossier: Dossier, day: date) -> None:
    """What is recorded afterwards must have been lawful on its day."""
    served = dossier.served(Document.ENFORCEMENT)
    kinds = (Kind.ANNOUNCEMENT, Kind.DEMAND, Kind.REVIEW, Kind.SUIT)
    last = [each.ends_on for kind in kinds if (each := dossier.deadline(kind)) is not None]
    if served is None or day < served or day <= max(last, default=date.min):
        raise Refused(
            reason_zh="实施日期早于强制执行决定书送达或各期限届满之日。",
            reason_en="The day lies before the enforcement decision was served or before the periods had run.",
        )


def _record_remedy(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    _one_of(given.remedy, {"review", "suit"})
    _not_later(given.on, moment.today)
    _not_earlier(given.on, dossier.served(Document.DECISION))
    return _said_only(dossier, given, moment)


def _end_remedy(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    """After a review the party may sue within fifteen days (行政诉讼法45); the later end counts."""
    _one_of(given.outcome, {"upheld", "annulled", "withdrawn"})
    _not_later(given.on, moment.today)
    assert given.on is not None
    details = _said_only(dossier, given, moment).details
    begun, suit = dossier.last(Act.RECORD_REMEDY), dossier.deadline(Kind.SUIT)
    _not_earlier(given.on, date.fromisoformat(begun.details["on"]) if begun else None)
    if begun is None or begun.details.get("remedy") != "review" or given.outcome != "upheld":
        return Outcome(details)
    length = Length(15, Unit.DAYS)
    ends_on = ends(given.on, length, moment.calendar)[0]
    if suit is not None and suit.ends_on >= ends_on:
        return Outcome(details)
    return Outcome(
        details, opens=(Opened(Kind.SUIT, given.on, length, "行政诉讼法第四十五条"), _court(ends_on))
    )


def _perform(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    decided = dossier.last(Act.DECIDE)
    checked = (
        dossier.checked("demolished", decided.at)
        if decided and dossier.decision is Decision.DEMOLISH
        else None
    )
    return Outcome(_said_only(dossier, given, moment).details, site_check_id=checked.id if checked else None)


def _close(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    return Outcome(_said_only(dossier, given, moment).details, {"closed_on": moment.today})


def _extend(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    if not 1 <= (given.days or 0) <= 90:
        raise Refused(reason_zh="延时为 1 至 90 日。", reason_en="An extension has 1 to 90 days.")
    running = dossier.deadline(Kind.DECISION)
    start = max(running.ends_on, moment.today) if running else moment.today
    opened = Opened(
        Kind.DECISION, start, Length(given.days or 0, Unit.DAYS, moves=False), "行政处罚法第六十条"
    )
    return Outcome({"days": given.days}, opens=(opened,))


def _return(dossier: Dossier, given: Given, moment: Moment) -> Outcome:
    back = {State.REVIEWED: {"reviewed_on": None}}
    return Outcome(changes=back.get(dossier.state or State.FILED, {}))


_EFFECTS: dict[Act, Callable[[Dossier, Given, Moment], Outcome]] = {
    Act.FILE: _file,
    Act.REROUTE: _reroute,
    Act.HEAR: _hear,
    Act.REVIEW: _review,
    Act.DECIDE: _decide,
    Act.SERVE: _serve,
    Act.ANNOUNCE: _announce,
    Act.DEMAND: _demand,
    Act.ENFORCE: _enforce,
    Act.DEMOLISH: _demolish,
    Act.RECORD_REMEDY: _record_remedy,
    Act.END_REMEDY: _end_remedy,
    Act.PERFORM: _perform,
    Act.CLOSE: _close,
    Act.EXTEND: _extend,
    Act.RETURN: _return,
}


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _one_of(value: str | None, known: set[str]) -> None:
    if value not in known:
        listed = ", ".join(sorted(known))
        raise Refused(
            reason_zh=f"“{value}”不是可选值；可选：{listed}。", reason_en=f"“{value}” is none of: {listed}."
        )


def _not_later(day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise Refused(
            reason_zh=f"日期 {day} 晚于今天，请核对。",
            reason_en=f"The day {day} lies in the future; check it.",
        )


def _not_earlier(day: date | None, first: date | None) -> None:
    if day is not None and first is not None and day < first:
        raise Refused(
            reason_zh=f"日期 {day} 早于 {first}，请核对。",
            reason_en=f"The day {day} lies before {first}; check it.",
        )


def _at_least_one(days: int | None) -> int:
    if days is None or not 1 <= days <= 365:
        raise Refused(reason_zh="期限为 1 至 365 日。", reason_en="A time limit has 1 to 365 days.")
    return days
