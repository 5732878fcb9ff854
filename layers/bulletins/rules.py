"""States × acts of a bulletin: who may do what from where to where. Pure; one table, ``RULES``.

The database's table of transitions is filled from it (``transitions.py``); the doors ask it what is possible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from layers.errors import Refused
from layers.layer import Text
from layers.people.rules import Role, require

__all__ = ["RULES", "Act", "Rule", "State", "check", "possible", "transitions"]

WRITERS = frozenset({Role.PLANNER, Role.ADMINISTRATOR})
APPROVERS = frozenset({Role.PLANNER, Role.OFFICER, Role.ADMINISTRATOR})


class State(StrEnum):
    """Where a bulletin stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What is done with one."""

    EDIT = "edit"
    DISCARD = "discard"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Rule:
    """One act; ``ways``: from which state to which (None: it is gone). ``another``: nobody who wrote at it."""

    title: Text
    ways: Mapping[State, State | None]
    roles: frozenset[Role]
    another: bool = False
    takes_reason: bool = False


_S = State
RULES: dict[Act, Rule] = {
    Act.EDIT: Rule(Text("编辑专报", "edit the bulletin"), {_S.DRAFT: _S.DRAFT}, WRITERS),
    Act.DISCARD: Rule(Text("删除专报草稿", "discard the draft"), {_S.DRAFT: None}, WRITERS),
    Act.SUBMIT: Rule(Text("提交专报审核", "submit the bulletin"), {_S.DRAFT: _S.SUBMITTED}, WRITERS),
    Act.RETURN: Rule(
        Text("退回专报", "send the bulletin back"), {_S.SUBMITTED: _S.DRAFT, _S.APPROVED: _S.DRAFT}, APPROVERS,
        takes_reason=True,
    ),
    Act.APPROVE: Rule(Text("审核专报", "approve the bulletin"), {_S.SUBMITTED: _S.APPROVED}, APPROVERS, another=True),
    Act.PUBLISH: Rule(Text("发布专报", "publish the bulletin"), {_S.APPROVED: _S.PUBLISHED}, WRITERS | APPROVERS),
    Act.WITHDRAW: Rule(
        Text("撤回专报", "withdraw the bulletin"), {_S.PUBLISHED: _S.WITHDRAWN}, APPROVERS, takes_reason=True
    ),
}  # fmt: skip

_NAMES = {
    State.DRAFT: Text("草稿", "a draft"),
    State.SUBMITTED: Text("待审核", "waiting for approval"),
    State.APPROVED: Text("已审核", "approved"),
    State.PUBLISHED: Text("已发布", "published"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
}


def check(
    state: State,
    act: Act,
    roles: frozenset[Role],
    person_id: int,
    authors: Collection[int],
    reason: str | None = None,
) -> State | None:
    """The state that the act leads to, when this person may do it now. Raises NotAllowed, Refused."""
    rule = RULES[act]
    require(roles, rule.roles, act_zh=rule.title.zh, act_en=rule.title.en)
    if state not in rule.ways:
        raise Refused(
            reason_zh=f"专报为“{_NAMES[state].zh}”，不能{rule.title.zh}。请刷新后查看当前可做的操作。",
            reason_en=f"The bulletin is {_NAMES[state].en}; one cannot {rule.title.en} now. Reload to see what is possible.",
        )
    if rule.another and person_id in authors:
        raise Refused(
            reason_zh="编写人不能审核自己编写的专报。请由另一位有权限的人员审核。",
            reason_en="Who wrote at a bulletin cannot approve it. Somebody else with the role must.",
        )
    if rule.takes_reason and not (reason or "").strip():
        raise Refused(
            reason_zh=f"{rule.title.zh}须填写原因。", reason_en=f"To {rule.title.en} takes a reason."
        )
    return rule.ways[state]


def possible(state: State, roles: frozenset[Role], person_id: int, authors: Collection[int]) -> list[Act]:
    """The acts that this person can do now."""
    return [
        act
        for act, rule in RULES.items()
        if state in rule.ways and rule.roles & roles and not (rule.another and person_id in authors)
    ]


def transitions() -> Iterator[tuple[State, State]]:
    """Every permitted change of state."""
    for rule in RULES.values():
        for before, after in rule.ways.items():
            if after is not None and after is not before:
                yield before, after
