"""What an act would leave behind, told before it is done; by the same functions that do it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from layers.cases import effects, rules
from layers.cases.dossier import Act, Deadline, Dossier, State
from layers.cases.given import Given
from layers.cases.needs import Asker, Moment
from layers.layer import Text

__all__ = ["Consequence", "foresee"]

_SOMEBODY_ELSE = -1  # whoever will approve


@dataclass(frozen=True)
class Consequence:
    """The state before and after, the periods that begin, and the day from which a service counts.

    ``approver``: nothing happens before somebody else has granted it.
    """

    before: State | None
    after: State
    basis: Text
    opens: tuple[Deadline, ...]
    effective_on: date | None
    approver: bool


def foresee(dossier: Dossier, act: Act, asker: Asker, said: Given, at: Moment) -> Consequence:
    """What the act would leave behind. Raises NotAllowed, Refused: the same that doing it would."""
    then, step, left = effects.done(dossier, act, asker, said, at, approver_id=_SOMEBODY_ELSE)
    assert then.route is not None
    return Consequence(
        before=step.before,
        after=step.after,
        basis=rules.basis(act, then.route),
        opens=effects.counted(left, step.seq, at.calendar),
        effective_on=left.service.effective_on if left.service else None,
        approver=rules.RULES[act].approver,
    )
