"""Who has the next move in a case, and which: what a list of cases is read for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from layers.cases import needs, rules
from layers.cases.dossier import Act, Document, Dossier, State
from layers.cases.needs import Asker, Moment
from layers.cases.routes import Decision
from layers.people.rules import Role

__all__ = ["Turn", "Who", "whose"]


class Who(StrEnum):
    """Who has to do something; ``party``: a period of the party runs, and the bureau waits for its end."""

    OFFICER = "officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    PARTY = "party"
    COURT = "court"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Turn:
    """Whose turn it is and the act that is due; none while somebody else is waited for."""

    who: Who
    act: Act | None = None


# In the order in which they are looked for: those that bring a case to its end before those on the way
_ONWARD = (
    Act.CLOSE, Act.PERFORM, Act.DEMOLISH, Act.ENFORCE, Act.APPLY_COURT, Act.ANNOUNCE, Act.DEMAND, Act.DECIDE, Act.REVIEW, Act.NOTIFY,
)  # fmt: skip
_ANYBODY = Asker(-1, frozenset(Role))


def whose(dossier: Dossier, at: Moment, *, asked: bool) -> Turn:
    """Whose turn it is; ``asked``: a request of the case waits for its answer."""
    if dossier.state in {None, State.CLOSED, State.REVOKED}:
        return Turn(Who.NOBODY)
    if asked:
        return Turn(Who.APPROVER)
    if dossier.state is State.SUSPENDED:
        return Turn(Who.NOBODY)
    if act := _next(dossier, at):
        return Turn(Who.REVIEWER if act is Act.REVIEW else Who.OFFICER, act)
    return Turn(_WAITED_FOR.get(dossier.state, Who.PARTY))


# Where no period of the party runs
_WAITED_FOR: dict[State | None, Who] = {
    State.FILED: Who.OFFICER,
    State.REVIEWED: Who.OFFICER,
    State.PERFORMED: Who.OFFICER,
    State.COURT: Who.COURT,
}


def _next(dossier: Dossier, at: Moment) -> Act | None:
    for act in _ONWARD:
        if _due(dossier, act) and rules.why_not(dossier, act, _ANYBODY, at) is None:
            return act
    if any(dossier.last(each.issued_by) and dossier.served(each) is None for each in Document):
        return Act.SERVE
    if dossier.state is State.REVIEWED:  # too late to decide
        return Act.EXTEND
    hearing_waits = needs.hearing_held_if_asked(dossier, at, _ANYBODY) is not None
    return Act.HEAR if hearing_waits and dossier.state is State.NOTIFIED else None


def _due(dossier: Dossier, act: Act) -> bool:
    """Whether an act that is possible is also what the case waits for."""
    if act is Act.PERFORM:  # of other decisions the program cannot know that they were performed
        return dossier.decision is Decision.DEMOLISH
    if act is Act.ANNOUNCE:
        own_force = dossier.route is not None and dossier.route.own_force
        return own_force and dossier.last(act) is None
    return act is not Act.DEMOLISH or dossier.last(act) is None
