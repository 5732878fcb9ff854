"""The way of a component or event case: states × acts, who may do them, what they take and stamp. Pure.

One table, ``RULES``, after the steps of GB/T 30428.8 as practised: 信息收集, 立案, 派遣, 处理, 反馈, 核实结案, 评价, with
延时, 回退, 作废 and 挂账, which somebody else approves. The database's ``incident_transitions`` is filled from it, the
doors ask it what is possible now, and the acts obey it. Who verifies is not who reported the work as done: our
reading of the separation of supervision and handling (监管分离).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from layers.errors import NotAllowed, Refused
from layers.incidents.codes import INCIDENT_STATUSES
from layers.layer import STAFF, Text
from layers.people.rules import Role, require

__all__ = [
    "APPROVERS", "OPEN", "RULES", "Act", "Asker", "IncidentAct", "IncidentState", "Rule", "Standing", "State", "Way",
    "after", "check", "check_approver", "ways", "why_not",
]  # fmt: skip


class IncidentState(StrEnum):
    """Where an incident stands; the values of ``codes.INCIDENT_STATUSES``."""

    ACCEPTED = "accepted"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CLOSED = "closed"
    EVALUATED = "evaluated"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    REVOKED = "revoked"


class IncidentAct(StrEnum):
    """What can be done to an incident. ``report`` and ``take_over`` begin one: the database writes them."""

    FILE = "file"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    START = "start"
    FEEDBACK = "feedback"
    CLOSE = "close"
    REWORK = "rework"
    EVALUATE = "evaluate"
    EXTEND = "extend"
    RETURN = "return"
    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESUME = "resume"


# cases have states and acts too: in the OpenAPI document every one needs a name of its own
State = IncidentState
Act = IncidentAct

DESK = frozenset({Role.PLANNER, Role.OFFICER, Role.ADMINISTRATOR})
"""The command desk 指挥中心: files, dispatches, evaluates."""
HANDLERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
VERIFIERS = frozenset({Role.INSPECTOR, Role.PLANNER, Role.ADMINISTRATOR})
APPROVERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})

_S = State
OPEN = (_S.ACCEPTED, _S.FILED, _S.DISPATCHED, _S.HANDLING, _S.HANDLED)
"""The states in which somebody has work with an incident."""
_RUNNING = (_S.FILED, _S.DISPATCHED, _S.HANDLING)


@dataclass(frozen=True)
class Rule:
    """One act. ``ways``: from which state to which; ``takes``: what must be given with it, ``may_take``: what may.

    ``stamps`` is the column of the incident that gets the time of the act, ``clears`` those that lose theirs;
    ``approver``: asked for by one person and granted by another.
    """

    title: Text
    ways: Mapping[State, State]
    roles: frozenset[Role]
    takes: tuple[str, ...] = ()
    may_take: tuple[str, ...] = ("note",)
    stamps: str | None = None
    clears: tuple[str, ...] = ()
    approver: bool = False


@dataclass(frozen=True)
class Way:
    """One permitted transition."""

    act: Act
    before: State
    after: State
    rule: Rule


@dataclass(frozen=True)
class Asker:
    """Who wants to act."""

    id: int
    roles: frozenset[Role]


@dataclass(frozen=True)
class Standing:
    """What the rules read of an incident: ``held`` is its state before it was put on hold."""

    state: State
    held: State | None = None
    due_at: datetime | None = None
    fed_back_by: int | None = None


def _to(state: State, *sources: State) -> dict[State, State]:
    return dict.fromkeys(sources, state)


def _stays(*states: State) -> dict[State, State]:
    return {each: each for each in states}


RULES: dict[Act, Rule] = {
    Act.FILE: Rule(Text("立案", "file"), _to(_S.FILED, _S.ACCEPTED), DESK, stamps="filed_at"),
    Act.DECLINE: Rule(Text("不予立案", "decline"), _to(_S.DECLINED, _S.ACCEPTED), DESK, ("reason",), ()),
    Act.DISPATCH: Rule(
        Text("派遣", "dispatch"), _to(_S.DISPATCHED, _S.FILED), DESK, ("handler_id",), stamps="dispatched_at"
    ),
    Act.START: Rule(Text("开始处理", "begin handling"), _to(_S.HANDLING, _S.DISPATCHED), HANDLERS),
    Act.FEEDBACK: Rule(
        Text("处理反馈", "report as handled"), _to(_S.HANDLED, _S.HANDLING), HANDLERS, ("note",), (), "handled_at"
    ),
    Act.CLOSE: Rule(Text("核实结案", "verify and close"), _to(_S.CLOSED, _S.HANDLED), VERIFIERS, stamps="closed_at"),
    Act.REWORK: Rule(
        Text("核查不通过", "send to rework"), _to(_S.HANDLING, _S.HANDLED), VERIFIERS, ("reason",), (),
        clears=("handled_at",),
    ),
    Act.EVALUATE: Rule(Text("评价", "evaluate"), _to(_S.EVALUATED, _S.CLOSED), DESK, ("grade",)),
    Act.EXTEND: Rule(
        Text("延时", "extend"), _stays(*_RUNNING), HANDLERS | DESK, ("count", "reason"), (), approver=True
    ),
    Act.RETURN: Rule(
        Text("回退", "send back"), _to(_S.FILED, _S.DISPATCHED, _S.HANDLING), HANDLERS, ("reason",), (),
        clears=("dispatched_at",), approver=True,
    ),
    Act.REVOKE: Rule(Text("作废", "void"), _to(_S.REVOKED, *OPEN, _S.SUSPENDED), DESK, ("reason",), (), approver=True),
    Act.SUSPEND: Rule(
        Text("挂账", "put on hold"), _to(_S.SUSPENDED, *_RUNNING), HANDLERS | DESK, ("reason",), (), approver=True
    ),
    # to where it was: see after()
    Act.RESUME: Rule(Text("恢复办理", "resume"), _stays(_S.SUSPENDED), DESK, ("reason",), ()),
}  # fmt: skip
REPORTERS = STAFF


def ways() -> Iterator[Way]:
    """Every permitted transition; a resumed incident goes back to the state it was in."""
    for act, rule in RULES.items():
        for before, state in rule.ways.items():
            for to in _RUNNING if act is Act.RESUME else (state,):
                yield Way(act, before, to, rule)


def after(standing: Standing, act: Act) -> State:
    """The state that an act leads to. Raises Refused, naming where it could be done."""
    rule = RULES[act]
    if standing.state not in rule.ways:
        raise Refused(
            reason_zh=_not_from(standing.state, rule, "zh"), reason_en=_not_from(standing.state, rule, "en")
        )
    if act is Act.RESUME:
        if standing.held is None:
            raise Refused(
                reason_zh="没有挂账前的状态记录，不能恢复；可申请作废。",
                reason_en="Where it stood before the hold is not on record; it can only be voided.",
            )
        return standing.held
    return rule.ways[standing.state]


def check(standing: Standing, act: Act, asker: Asker, now: datetime) -> State:
    """The state that the act leads to, when this person may do it now. Raises NotAllowed, Refused."""
    rule = RULES[act]
    require(asker.roles, rule.roles, act_zh=rule.title.zh, act_en=rule.title.en)
    state = after(standing, act)
    if act is Act.CLOSE and standing.fed_back_by == asker.id:
        raise Refused(
            reason_zh="反馈处理结果的人不能核实结案，请由其他人员核查。",
            reason_en="Who reported it as handled cannot verify it. Somebody else must.",
        )
    if act is Act.EXTEND and standing.due_at is None:
        raise Refused(
            reason_zh="该案件没有处置时限，无需延时。",
            reason_en="No limit runs, so there is nothing to extend.",
        )
    if act is Act.EXTEND and standing.due_at is not None and now > standing.due_at:
        raise Refused(
            reason_zh="已超过处置时限，不能再申请延时。",
            reason_en="The limit is over; it can no longer be extended.",
        )
    return state


def why_not(standing: Standing, act: Act, asker: Asker, now: datetime) -> NotAllowed | Refused | None:
    """The sentence why this person cannot do it now; None: it is possible."""
    try:
        check(standing, act, asker, now)
    except (NotAllowed, Refused) as refused:
        return refused
    return None


def check_approver(asked_by: int, approver: Asker) -> None:
    """Who approves is not the one who asks, and may approve. Raises NotAllowed, Refused."""
    zh, en = "审批延时、回退、作废、挂账", "approve extensions, returns, voidings, holds"
    require(approver.roles, APPROVERS, act_zh=zh, act_en=en)
    if asked_by == approver.id:
        raise Refused(
            reason_zh="申请人不能审批自己的申请。请由其他有权限的人员审批。",
            reason_en="Who asks cannot approve. Somebody else with the role must decide.",
        )


def _not_from(state: State, rule: Rule, language: str) -> str:
    names = {each.value: getattr(each.title, language) for each in INCIDENT_STATUSES}
    possible = {"zh": "、", "en": " or "}[language].join(names[each] for each in rule.ways)
    title = getattr(rule.title, language)
    if language == "zh":
        return f"案件处于“{names[state]}”，不能“{title}”；该步骤只能在“{possible}”时进行。"
    return f"The incident is “{names[state]}”, where one cannot {title}; that takes “{possible}”."
