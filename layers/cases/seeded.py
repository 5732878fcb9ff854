"""Steps for the demonstration's cases: each is walked through the rules, day by day, as its dates say. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from layers.cases import effects, rules
from layers.cases.deadlines import Calendar
from layers.cases.dossier import Act, Dossier, SiteCheck
from layers.cases.given import Given
from layers.cases.needs import Asker, Moment
from layers.cases.routes import Decision, Route
from layers.people.rules import Role
from layers.timezone import SHANGHAI

__all__ = ["TABLES", "rows"]

Row = dict[str, Any]
TABLES = ("site_checks", "case_services", "case_deadlines", "case_steps")
"""In the order of writing: a step is held to the periods that ran before it."""
ONE = timedelta(days=1)
HANDLER, LAWYER = (Asker(number, frozenset({Role.OFFICER})) for number in (1, 2))


def rows(cases: list[Row], buildings: list[Row], calendar: Calendar) -> dict[str, list[Row]]:
    """Rows of TABLES for these cases, whose ``steps`` it sets. Raises Refused where a case skips a step of the law."""
    state = {each["id"]: each["status"] for each in buildings}
    made: dict[str, list[Row]] = defaultdict(list)
    for case in cases:
        gone = state.get(case["illegal_building_id"]) == "demolished"
        dossier = Dossier(checks=(_checked(made, case, "violation", case["filed_on"] - ONE),))
        for act, asker, said, at in _walk(case, gone=gone):
            if act is Act.PERFORM and gone:
                check = _checked(made, case, "demolished", case["closed_on"])
                dossier = Dossier(
                    dossier.route,
                    dossier.steps,
                    dossier.services,
                    dossier.deadlines,
                    (*dossier.checks, check),
                )
            dossier, step, left = effects.done(dossier, act, asker, said, Moment(at, calendar))
            assert dossier.route is not None
            _add(
                made, "case_steps", case_id=case["id"], seq=step.seq, act=str(step.act),
                from_status=str(step.before) if step.before else None, to_status=str(step.after), at=step.at,
                legal_basis=rules.basis(act, dossier.route).zh, details=json.dumps(step.details, ensure_ascii=False),
                site_check_id=left.site_check_id,
            )  # fmt: skip
            if each := left.service:
                _add(
                    made, "case_services", case_id=case["id"], step_seq=step.seq, issued_seq=each.issued_seq,
                    document=str(each.document), method=each.method, served_on=each.served_on,
                    effective_on=each.effective_on,
                )  # fmt: skip
            for period in effects.counted(left, step.seq, calendar):
                _add(
                    made, "case_deadlines", case_id=case["id"], kind=str(period.kind), step_seq=step.seq,
                    counted_from=period.counted_from, count=period.length.count, unit=str(period.length.unit),
                    moves=period.length.moves, ends_on=period.ends_on, settled=period.settled, basis=period.basis,
                )  # fmt: skip
        assert dossier.state == case["status"]
        case["steps"] = len(dossier.steps)
    return {table: made[table] for table in TABLES}


def _walk(case: Row, *, gone: bool) -> Iterator[tuple[Act, Asker, Given, datetime]]:
    """The acts that the dates of a case stand for, each with who, what was said, and when."""
    filed, reviewed, decided, closed = (
        case[each] for each in ("filed_on", "reviewed_on", "decided_on", "closed_on")
    )
    first = Given(site_check_id=case["site_check"], title=case["title"], route=case["route"])
    del case["site_check"]
    yield Act.FILE, HANDLER, first, _at(filed, 9)
    if reviewed is None:
        return
    yield Act.NOTIFY, HANDLER, Given(), _at(filed + ONE, 9)
    yield Act.SERVE, HANDLER, _served("notice", filed + ONE), _at(filed + ONE, 15)
    yield Act.REVIEW, LAWYER, Given(note="同意"), _at(reviewed, 9)
    if decided is None:
        return
    fine = Decimal(case["fine_yuan"])
    if case["route"] == Route.APPEARANCE:
        said = Given(decision=Decision.FINE, limit_days=15, fine_yuan=fine)
    else:
        decision = Decision.DEMOLISH if gone else Decision.CORRECT
        said = Given(decision=decision, limit_days=15, fine_yuan=fine, cost_yuan=fine * 12)
    yield Act.DECIDE, HANDLER, said, _at(decided, 9)
    yield Act.SERVE, HANDLER, _served("decision", decided + ONE), _at(decided + ONE, 15)
    if closed is not None:
        yield Act.PERFORM, HANDLER, Given(note="已履行"), _at(closed, 10)
        yield Act.CLOSE, HANDLER, Given(), _at(closed, 15)


def _served(document: str, day: date) -> Given:
    return Given(document=document, method="direct", served_on=day)


def _checked(made: dict[str, list[Row]], case: Row, conclusion: str, day: date) -> SiteCheck:
    later = conclusion == "demolished"
    number = _add(
        made, "site_checks", source="patrol", illegal_building_id=case["illegal_building_id"],
        case_id=case["id"] if later else None, conclusion=conclusion, checked_at=_at(day, 8), geom=case["geom"],
        synthetic=True,
    )  # fmt: skip
    if not later:
        case["site_check"] = number
    return SiteCheck(number, conclusion, _at(day, 8))


def _add(made: dict[str, list[Row]], table: str, **values: Any) -> int:
    number = len(made[table]) + 1
    made[table].append({"id": number, **values})
    return number


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)
